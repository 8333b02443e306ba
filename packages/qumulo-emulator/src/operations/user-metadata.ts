import { empty, json } from '../http/answer.ts';
import { object, string } from '../http/decode.ts';
import { decodeError } from '../http/errors.ts';
import { type Call, on, onBody } from '../http/operation.ts';
import { refOf, snapshotOf } from './file-query.ts';
import { pagingOf } from './paging.ts';

/** One Base64 string, whatever the documented schema says (FACTS 4). */
const metadataValue = object({
  value: (value: unknown, field: string): string => {
    const text = string(value, field);
    if (!/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(text))
      throw decodeError(`field '${field}': expected Base64`);
    return text;
  },
});

function list(call: Call<'ref'>, type: string | null) {
  const limit = call.query.count('limit');
  const { value, etag } = call.cluster.fs.listUserMetadata(call.caller, refOf(call), type, {
    snapshot: snapshotOf(call),
    after: call.query.text('after'),
    limit,
  });
  return json({ entries: value.entries, paging: pagingOf(call, value.next, limit, null, ['snapshot']) }, etag);
}

/** User-defined metadata; the type segment is read without regard to case (FACTS 13). */
export const userMetadataOperations = {
  ...on('GET /v1/files/{ref}/user-metadata/', { handle: (call) => list(call, null) }),
  ...on('GET /v1/files/{ref}/user-metadata/{type}/', { handle: (call) => list(call, call.param('type')) }),
  ...on('GET /v1/files/{ref}/user-metadata/{type}/{key}', {
    handle(call) {
      const options = { snapshot: snapshotOf(call) };
      const { type, key } = keyOf(call);
      const { value, etag } = call.cluster.fs.getUserMetadata(call.caller, refOf(call), type, key, options);
      return json({ value: value.value }, etag);
    },
  }),
  ...onBody('POST /v1/files/{ref}/user-metadata/{type}/{key}', metadataValue, {
    handle(call, { value }) {
      const { type, key } = keyOf(call);
      return empty(call.cluster.fs.setUserMetadata(call.caller, refOf(call), type, key, value, 'create', call).etag);
    },
  }),
  ...onBody('PUT /v1/files/{ref}/user-metadata/{type}/{key}', metadataValue, {
    handle(call, { value }) {
      const { type, key } = keyOf(call);
      return empty(call.cluster.fs.setUserMetadata(call.caller, refOf(call), type, key, value, 'upsert', call).etag);
    },
  }),
  ...on('DELETE /v1/files/{ref}/user-metadata/{type}/{key}', {
    handle(call) {
      const { type, key } = keyOf(call);
      call.cluster.fs.deleteUserMetadata(call.caller, refOf(call), type, key, call);
      return empty();
    },
  }),
};

const keyOf = (call: Call<'type' | 'key'>) => ({ type: call.param('type'), key: call.param('key') });
