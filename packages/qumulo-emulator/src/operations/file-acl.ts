import { json, tagged } from '../http/answer.ts';
import { array, object, optional, string } from '../http/decode.ts';
import { on, onBody } from '../http/operation.ts';
import { aclV1, aclV2 } from './file-bodies.ts';
import { refOf, snapshotOf } from './file-query.ts';
import { identityFields } from './identity-body.ts';

const rightsRequest = object({
  user: identityFields,
  primary_group: optional(identityFields),
  auxiliary_identities: optional(array(identityFields)),
});

/** Access control lists, both forms (FACTS 4), and what explains them. */
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
  ...on('POST /v1/files/{ref}/info/acl/explain-posix-mode', {
    handle: (call) => json(call.cluster.fs.explainPosixMode(call.caller, refOf(call))),
  }),
  ...onBody('POST /v1/files/{ref}/info/acl/explain-set-mode', object({ mode: string }), {
    handle: (call, { mode }) => json(call.cluster.fs.explainSetMode(call.caller, refOf(call), mode)),
  }),
  ...onBody('POST /v1/files/{ref}/info/acl/explain-rights', rightsRequest, {
    handle: (call, request) => json(call.cluster.fs.explainRights(call.caller, refOf(call), request)),
  }),
};
