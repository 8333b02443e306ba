import type { AggregateOrder, SampleBy } from '../fs/api.ts';
import { json } from '../http/answer.ts';
import { array, decimal, integer, object, optional } from '../http/decode.ts';
import { type Call, on, onBody } from '../http/operation.ts';
import { refOf, snapshotOf } from './file-query.ts';

const orders = [
  'total_blocks',
  'total_datablocks',
  'total_named_stream_datablocks',
  'total_metablocks',
  'total_files',
  'total_directories',
  'total_symlinks',
  'total_other',
  'total_named_streams',
] as const satisfies readonly AggregateOrder[];

const samples = ['capacity', 'data', 'file', 'named_streams'] as const satisfies readonly SampleBy[];

const sums = (call: Call) => ({
  snapshot: snapshotOf(call),
  maxEntries: call.query.count('max-entries'),
  orderBy: call.query.oneOf('order-by', orders),
});

/** Ids to paths, and sums over directories (FACTS 3). */
export const fileLookupOperations = {
  ...onBody('POST /v1/files/resolve', array(decimal), {
    handle: (call, ids) => json(call.cluster.fs.resolve(call.caller, ids, snapshotOf(call))),
  }),
  ...onBody('POST /v1/files/try-resolve', object({ ids: array(decimal), snapshot: optional(integer) }), {
    handle: (call, { ids, snapshot }) => json(call.cluster.fs.tryResolve(call.caller, ids, snapshot)),
  }),
  ...on('GET /v1/files/{ref}/aggregates/', {
    handle: (call) => json(call.cluster.fs.aggregates(call.caller, refOf(call), sums(call))),
  }),
  ...on('GET /v1/files/{ref}/recursive-aggregates/', {
    handle: (call) =>
      json(
        call.cluster.fs.recursiveAggregates(call.caller, refOf(call), {
          ...sums(call),
          maxDepth: call.query.count('max-depth'),
        }),
      ),
  }),
  ...on('GET /v1/files/{ref}/sample/', {
    handle(call) {
      const by = call.query.text('by-value') === '' ? undefined : call.query.oneOf('by-value', samples);
      return json(call.cluster.fs.sample(call.caller, refOf(call), { by, limit: call.query.count('limit') }));
    },
  }),
};
