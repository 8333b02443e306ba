import type { ExportFields } from '../cluster/nfs-exports.ts';
import { checkIfMatch, etagOf } from '../cluster/versioned.ts';
import { FsError } from '../fs/errors.ts';
import { empty, json } from '../http/answer.ts';
import { array, type DecodedFields, integer, object, optional, string } from '../http/decode.ts';
import { type Call, notImplemented, on, onBody, onUndocumented, onUndocumentedBody } from '../http/operation.ts';
import { exportV2, exportV3, presentAs32Bit, restriction } from './nfs-body.ts';

const fields = {
  tenant_id: optional(integer),
  description: optional(string),
  restrictions: optional(array(restriction)),
  fields_to_present_as_32_bit: optional(presentAs32Bit),
};
const whole = object({ ...fields, export_path: string, fs_path: string });
const part = object({ ...fields, export_path: optional(string), fs_path: optional(string) });
type Part = DecodedFields<typeof fields> & { export_path?: string; fs_path?: string };

function exportFields(sent: Part): ExportFields {
  return {
    ...(sent.tenant_id === undefined ? {} : { tenantId: sent.tenant_id }),
    ...(sent.export_path === undefined ? {} : { exportPath: sent.export_path }),
    ...(sent.fs_path === undefined ? {} : { fsPath: sent.fs_path }),
    ...(sent.description === undefined ? {} : { description: sent.description }),
    ...(sent.restrictions === undefined ? {} : { restrictions: sent.restrictions }),
    ...(sent.fields_to_present_as_32_bit === undefined
      ? {}
      : { fieldsToPresentAs32Bit: sent.fields_to_present_as_32_bit }),
  };
}

/** The directory must be there, unless `allow-fs-path-create=true` makes all that is missing (FACTS 14). */
function checkFsPath(call: Call, path: string): void {
  const create = call.query.flag('allow-fs-path-create');
  const { fs } = call.cluster;
  let parent = '/';
  for (const name of create ? path.split('/').filter((part) => part !== '') : []) {
    const child = parent === '/' ? `/${name}` : `${parent}/${name}`;
    if (fs.idOf(child) === null) fs.createEntry(call.caller, parent, { name, action: 'CREATE_DIRECTORY' });
    parent = child;
  }
  const { type } = fs.getAttributes(call.caller, path).value;
  if (type !== 'FS_FILE_TYPE_DIRECTORY') throw new FsError(400, 'fs_not_a_directory_error', `not a directory: ${path}`);
}

function add(call: Call, sent: ReturnType<typeof whole>) {
  checkFsPath(call, sent.fs_path);
  return call.cluster.exports.add({ ...exportFields(sent), exportPath: sent.export_path, fsPath: sent.fs_path });
}

function change(call: Call, ref: string, sent: Part) {
  const { exports } = call.cluster;
  const target = exports.get(ref);
  checkIfMatch(call.ifMatch, target.version);
  if (sent.fs_path !== undefined && sent.fs_path !== target.fsPath) checkFsPath(call, sent.fs_path);
  return exports.change(target, exportFields(sent));
}

/** NFS exports, version 3. */
export const nfsExportOperations = {
  ...on('GET /v3/nfs/exports/', {
    privilege: 'PRIVILEGE_NFS_EXPORT_READ',
    handle: ({ cluster }) => json({ entries: cluster.exports.all().map(exportV3) }),
  }),
  ...onBody('POST /v3/nfs/exports/', whole, {
    privilege: 'PRIVILEGE_NFS_EXPORT_WRITE',

    handle(call, sent) {
      const added = add(call, sent);
      return json(exportV3(added), etagOf(added.version));
    },
  }),
  ...on('GET /v3/nfs/exports/{id}', {
    privilege: 'PRIVILEGE_NFS_EXPORT_READ',
    handle(call) {
      const found = call.cluster.exports.get(call.param('id'));
      return json(exportV3(found), etagOf(found.version));
    },
  }),
  ...onBody('PATCH /v3/nfs/exports/{id}', part, {
    privilege: 'PRIVILEGE_NFS_EXPORT_WRITE',

    handle(call, sent) {
      const changed = change(call, call.param('id'), sent);
      return json(exportV3(changed), etagOf(changed.version));
    },
  }),
  ...on('DELETE /v3/nfs/exports/{id}', {
    privilege: 'PRIVILEGE_NFS_EXPORT_WRITE',
    handle(call) {
      call.cluster.exports.remove(call.param('id'));
      return empty();
    },
  }),
  ...notImplemented('GET /v2/nfs/settings', 'PATCH /v2/nfs/settings'),
};

/** NFS exports, version 2: lists are bare arrays, and an export is named by its id or its path (FACTS 14). */
export const nfsExportV2Operations = {
  ...onUndocumented('GET /v2/nfs/exports/', {
    privilege: 'PRIVILEGE_NFS_EXPORT_READ',
    handle: ({ cluster }) => json(cluster.exports.all().map(exportV2)),
  }),
  ...onUndocumentedBody('POST /v2/nfs/exports/', whole, {
    privilege: 'PRIVILEGE_NFS_EXPORT_WRITE',

    handle(call, sent) {
      const added = add(call, sent);
      return json(exportV2(added), etagOf(added.version));
    },
  }),
  ...onUndocumented('GET /v2/nfs/exports/{ref}', {
    privilege: 'PRIVILEGE_NFS_EXPORT_READ',
    handle(call) {
      const found = call.cluster.exports.get(call.param('ref'));
      return json(exportV2(found), etagOf(found.version));
    },
  }),
  ...onUndocumentedBody('PATCH /v2/nfs/exports/{ref}', part, {
    privilege: 'PRIVILEGE_NFS_EXPORT_WRITE',

    handle(call, sent) {
      const changed = change(call, call.param('ref'), sent);
      return json(exportV2(changed), etagOf(changed.version));
    },
  }),
  /** The whole export, as SDKs up to 5.1 send it. */
  ...onUndocumentedBody('PUT /v2/nfs/exports/{ref}', whole, {
    privilege: 'PRIVILEGE_NFS_EXPORT_WRITE',

    handle(call, sent) {
      const changed = change(call, call.param('ref'), sent);
      return json(exportV2(changed), etagOf(changed.version));
    },
  }),
  ...onUndocumented('DELETE /v2/nfs/exports/{ref}', {
    privilege: 'PRIVILEGE_NFS_EXPORT_WRITE',
    handle(call) {
      call.cluster.exports.remove(call.param('ref'));
      return empty();
    },
  }),
};
