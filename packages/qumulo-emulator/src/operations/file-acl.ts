import { tagged } from '../http/answer.ts';
import { notImplemented, on, onBody } from '../http/operation.ts';
import { aclV1, aclV2 } from './file-bodies.ts';
import { refOf, snapshotOf } from './file-query.ts';

/** Access control lists, both forms (FACTS 4). */
export const fileAclOperations = {
  ...on('GET /v2/files/{ref}/info/acl', {
    handle: (call) => tagged(call.cluster.fs.getAcl(call.caller, refOf(call), { snapshot: snapshotOf(call) })),
  }),
  ...onBody('PUT /v2/files/{ref}/info/acl', aclV2, {
    handle: (call, acl) => tagged(call.cluster.fs.setAcl(call.caller, refOf(call), acl, call)),
  }),
  ...on('GET /v1/files/{ref}/info/acl', {
    handle: (call) => tagged(call.cluster.fs.getAclV1(call.caller, refOf(call), { snapshot: snapshotOf(call) })),
  }),
  ...onBody('PUT /v1/files/{ref}/info/acl', aclV1, {
    handle: (call, acl) => tagged(call.cluster.fs.setAclV1(call.caller, refOf(call), acl, call)),
  }),
  ...notImplemented(
    'POST /v1/files/{ref}/info/acl/explain-posix-mode',
    'POST /v1/files/{ref}/info/acl/explain-set-mode',
    'POST /v1/files/{ref}/info/acl/explain-rights',
  ),
};
