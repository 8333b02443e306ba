import { bytes, empty, json, tagged } from '../http/answer.ts';
import { badRequest } from '../http/errors.ts';
import { type Call, on, onBody, rawBytes } from '../http/operation.ts';
import { attributesPatch, createEntry } from './file-bodies.ts';
import { refOf, snapshotOf } from './file-query.ts';
import { pagingOf } from './paging.ts';

export const readOptions = (call: Call) => ({
  snapshot: snapshotOf(call),
  offset: call.query.count('offset'),
  length: call.query.count('length'),
  skipAtimeUpdate: call.query.flag('skip-atime-update'),
});

/** Attributes, names and data of files (FACTS 3 and 4). */
export const fileOperations = {
  ...on('GET /v1/files/{ref}/info/attributes', {
    handle: (call) =>
      tagged(
        call.cluster.fs.getAttributes(call.caller, refOf(call), {
          snapshot: snapshotOf(call),
          retrieveFileLock: call.query.flag('retrieve-file-lock'),
        }),
      ),
  }),
  ...onBody('PATCH /v1/files/{ref}/info/attributes', attributesPatch, {
    handle: (call, patch) => tagged(call.cluster.fs.setAttributes(call.caller, refOf(call), patch, call)),
  }),
  ...on('DELETE /v1/files/{ref}', {
    handle(call) {
      call.cluster.fs.delete(call.caller, refOf(call), call);
      return empty();
    },
  }),
  ...on('GET /v1/files/{ref}/entries/', {
    handle(call) {
      const limit = call.query.count('limit');
      if (limit === 0) throw badRequest('limit must be at least 1');
      const { value, etag } = call.cluster.fs.list(call.caller, refOf(call), {
        snapshot: snapshotOf(call),
        after: call.query.text('after'),
        limit,
        smbPattern: call.query.text('smb-pattern'),
        skipAtimeUpdate: call.query.flag('skip-atime-update'),
        includeAcls: call.query.flag('include-acls'),
      });
      const { next, ...page } = value;
      const kept = ['snapshot', 'smb-pattern', 'skip-atime-update', 'include-acls'];
      return json({ ...page, paging: pagingOf(call, next, limit, '', kept) }, etag);
    },
  }),
  ...onBody('POST /v1/files/{ref}/entries/', createEntry, {
    handle: (call, entry) => tagged(call.cluster.fs.createEntry(call.caller, refOf(call), entry)),
  }),
  ...on('DELETE /v1/files/{ref}/entries/{name}', {
    handle(call) {
      call.cluster.fs.unlink(call.caller, refOf(call), call.param('name'), call);
      return empty();
    },
  }),
  ...on('GET /v1/files/{ref}/data', {
    handle: (call) => bytes(call.cluster.fs.readData(call.caller, refOf(call), readOptions(call))),
  }),
  ...onBody('PUT /v1/files/{ref}/data', rawBytes, {
    handle: (call, body) =>
      tagged(call.cluster.fs.writeData(call.caller, refOf(call), body, { ifMatch: call.ifMatch })),
  }),
  ...onBody('PATCH /v1/files/{ref}/data', rawBytes, {
    handle: (call, body) =>
      tagged(
        call.cluster.fs.writeData(call.caller, refOf(call), body, {
          ifMatch: call.ifMatch,
          offset: call.query.count('offset') ?? 0,
        }),
      ),
  }),
};
