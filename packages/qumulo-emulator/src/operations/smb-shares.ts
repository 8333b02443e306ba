import type { SmbShare } from '../cluster/smb-shares.ts';
import { checkIfMatch, etagOf } from '../cluster/versioned.ts';
import { empty, json } from '../http/answer.ts';
import { type Call, on, onBody, onUndocumented, onUndocumentedBody } from '../http/operation.ts';
import { ensureDirectory } from './fs-path.ts';
import {
  type NameTrustees,
  partialShare,
  type SentShare,
  shareFields,
  shareV2,
  shareV3,
  wholeShare,
} from './smb-share-body.ts';

const read = 'PRIVILEGE_SMB_SHARE_READ';
const write = 'PRIVILEGE_SMB_SHARE_WRITE';

const named =
  ({ cluster }: Call): NameTrustees =>
  (authId) =>
    cluster.identity.directory.trustee(authId);

/** In a list, names are there when they are asked for. */
function namedIfAsked(call: Call): NameTrustees {
  const asked = call.query.flag('populate-trustee-names');
  if (asked || call.cluster.unknowns.shareListNamesWhenNotAsked === 'filled') return named(call);
  return (authId) => ({ ...named(call)(authId), name: null });
}

/** A path with variables is a directory only once somebody connects (SDK commands/smb.py: `%U`). */
function checkPath(call: Call, sent: SentShare, present: SmbShare | undefined): void {
  if (sent.tenant_id !== undefined) call.cluster.tenants.get(sent.tenant_id);
  const path = sent.fs_path;
  if (path === undefined || path === present?.fsPath) return;
  if ((sent.expand_fs_path_variables ?? present?.expandFsPathVariables) === true && path.includes('%U')) return;
  const create = sent.allow_fs_path_create === true || call.query.flag('allow-fs-path-create');
  ensureDirectory(call, path, create);
}

function add(call: Call, sent: ReturnType<typeof wholeShare>): SmbShare {
  const fields = { ...shareFields(call, sent), name: sent.share_name, fsPath: sent.fs_path };
  checkPath(call, sent, undefined);
  return call.cluster.shares.add(fields);
}

/** The share in the path, unless `If-Match` names another state of it. */
function present(call: Call<'id'>): SmbShare {
  const share = call.cluster.shares.get(call.param('id'));
  checkIfMatch(call.ifMatch, share.version);
  return share;
}

function change(call: Call<'id'>, sent: SentShare): SmbShare {
  const share = present(call);
  const fields = shareFields(call, sent);
  checkPath(call, sent, share);
  return call.cluster.shares.change(share, fields);
}

function remove(call: Call<'id'>) {
  call.cluster.shares.remove(call.param('id'));
  return empty();
}

/** SMB shares, version 3. */
export const smbShareOperations = {
  ...on('GET /v3/smb/shares/', {
    privilege: read,
    handle(call) {
      const trustee = namedIfAsked(call);
      return json({ entries: call.cluster.shares.all().map((share) => shareV3(share, trustee)) });
    },
  }),
  ...onBody('POST /v3/smb/shares/', wholeShare, {
    privilege: write,

    handle(call, sent) {
      const share = add(call, sent);
      return json(shareV3(share, named(call)), etagOf(share.version));
    },
  }),
  ...on('GET /v3/smb/shares/{id}', {
    privilege: read,
    handle(call) {
      const share = call.cluster.shares.get(call.param('id'));
      return json(shareV3(share, named(call)), etagOf(share.version));
    },
  }),
  ...onBody('PATCH /v3/smb/shares/{id}', partialShare, {
    privilege: write,

    handle(call, sent) {
      const share = change(call, sent);
      return json(shareV3(share, named(call)), etagOf(share.version));
    },
  }),
  ...on('DELETE /v3/smb/shares/{id}', { privilege: write, handle: remove }),
};

/** SMB shares, version 2: the list is a bare array, and `allow-fs-path-create` stands in the query (FACTS 14). */
export const smbShareV2Operations = {
  ...onUndocumented('GET /v2/smb/shares/', {
    privilege: read,
    handle: (call) => json(call.cluster.shares.all().map((share) => shareV2(share, named(call)))),
  }),
  ...onUndocumentedBody('POST /v2/smb/shares/', wholeShare, {
    privilege: write,

    handle(call, sent) {
      const share = add(call, sent);
      return json(shareV2(share, named(call)), etagOf(share.version));
    },
  }),
  ...onUndocumented('GET /v2/smb/shares/{id}', {
    privilege: read,
    handle(call) {
      const share = call.cluster.shares.get(call.param('id'));
      return json(shareV2(share, named(call)), etagOf(share.version));
    },
  }),
  ...onUndocumentedBody('PATCH /v2/smb/shares/{id}', partialShare, {
    privilege: write,

    handle(call, sent) {
      const share = change(call, sent);
      return json(shareV2(share, named(call)), etagOf(share.version));
    },
  }),
  /** The whole share: what is left out is reset to its default (docstring of the SDK of 2018). */
  ...onUndocumentedBody('PUT /v2/smb/shares/{id}', wholeShare, {
    privilege: write,

    handle(call, sent) {
      const share = present(call);
      const fields = { ...shareFields(call, sent), name: sent.share_name, fsPath: sent.fs_path };
      checkPath(call, sent, share);
      const replaced = call.cluster.shares.replace(share, fields);
      return json(shareV2(replaced, named(call)), etagOf(replaced.version));
    },
  }),
  ...onUndocumented('DELETE /v2/smb/shares/{id}', { privilege: write, handle: remove }),
};
