import type { IfMatch } from '../fs/api.ts';
import { type Answer, empty, json, tagged } from '../http/answer.ts';
import { decimal, object, optional } from '../http/decode.ts';
import { type Call, onBody } from '../http/operation.ts';
import { copyChunk } from './file-bodies.ts';
import { exactNumber, refOf } from './file-query.ts';

const range = object({ offset: decimal, size: decimal });

function punch(
  call: Call<'ref'>,
  body: { offset: string; size: string },
  streamId: string | undefined,
): Answer<unknown> {
  const hole = { offset: exactNumber(body.offset, 'offset'), size: exactNumber(body.size, 'size') };
  return tagged(call.cluster.fs.punchHole(call.caller, refOf(call), hole, { ifMatch: call.ifMatch, streamId }));
}

/** The answer is the next request's body while there is more to copy, and empty at the end; the ETag goes with both (FACTS 2.3). */
function copy(
  call: Call<'ref'> & IfMatch,
  body: ReturnType<typeof copyChunk>,
  streamId: string | undefined,
): Answer<unknown> {
  const { value, etag } = call.cluster.fs.copyChunk(call.caller, refOf(call), body, {
    ifMatch: call.ifMatch,
    streamId,
  });
  return value === null ? empty(etag) : json(value, etag);
}

/** Holes, server-side copies and cache warming (FACTS 3). */
export const fileExtentOperations = {
  ...onBody('POST /v1/files/{ref}/punch-hole', range, { handle: (call, body) => punch(call, body, undefined) }),
  ...onBody('POST /v1/files/{ref}/streams/{stream_id}/punch-hole', range, {
    handle: (call, body) => punch(call, body, call.param('stream_id')),
  }),
  ...onBody('POST /v1/files/{ref}/copy-chunk', copyChunk, {
    handle: (call, body) => copy(call, body, undefined),
  }),
  ...onBody('POST /v1/files/{ref}/streams/{stream_id}/copy-chunk', copyChunk, {
    handle: (call, body) => copy(call, body, call.param('stream_id')),
  }),
  ...onBody('POST /v1/files/{ref}/fetch-data', object({ offset: decimal, length: optional(decimal) }), {
    handle: (call, body) =>
      json(
        call.cluster.fs.fetchData(call.caller, refOf(call), {
          offset: exactNumber(body.offset, 'offset'),
          length: body.length === undefined ? undefined : exactNumber(body.length, 'length'),
        }),
      ),
  }),
};
