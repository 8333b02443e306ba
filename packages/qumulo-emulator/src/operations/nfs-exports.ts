import type { ExportFields } from '../cluster/nfs-exports.ts';
import { checkIfMatch, etagOf } from '../cluster/versioned.ts';
import { empty, json } from '../http/answer.ts';
import { array, type DecodedFields, integer, object, optional, string } from '../http/decode.ts';
import { type Call, on, onBody, onUndocumented, onUndocumentedBody } from '../http/operation.ts';
import { ensureDirectory } from './fs-path.ts';
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

function add(call: Call, sent: ReturnType<typeof whole>) {
  const { tenants, exports } = call.cluster;
  if (sent.tenant_id !== undefined) tenants.get(sent.tenant_id);
  ensureDirectory(call, sent.fs_path, call.query.flag('allow-fs-path-create'));
  return exports.add({ ...exportFields(sent), exportPath: sent.export_path, fsPath: sent.fs_path });
}

function change(call: Call, ref: string, sent: Part) {
  const { tenants, exports } = call.cluster;
  const target = exports.get(ref);
  checkIfMatch(call.ifMatch, target.version);
  if (sent.tenant_id !== undefined) tenants.get(sent.tenant_id);
  if (sent.fs_path !== undefined && sent.fs_path !== target.fsPath)
    ensureDirectory(call, sent.fs_path, call.query.flag('allow-fs-path-create'));
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
