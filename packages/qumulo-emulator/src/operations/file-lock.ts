import { tagged } from '../http/answer.ts';
import { onBody } from '../http/operation.ts';
import { fileLockPatch } from './file-bodies.ts';
import { refOf } from './file-query.ts';

/** Retention lock of a file (FACTS 5). Every call goes into the stats' timeline, refused ones too. */
export const fileLockOperations = {
  ...onBody('PATCH /v1/files/{ref}/file-lock', fileLockPatch, {
    handle(call, request) {
      const { fs, stats } = call.cluster;
      const ref = refOf(call);
      const seen = { atMs: call.nowMs, arrivedMs: call.startedAt, monotonicMs: performance.now(), ref, request };
      try {
        const result = fs.modifyFileLock(call.caller, ref, request, call);
        const { id, lock } = result.value;
        stats.lockCall({ ...seen, fileId: id, status: 200, lock: lock ?? undefined });
        return tagged(result);
      } catch (error) {
        const status =
          error instanceof Error && 'status' in error && typeof error.status === 'number' ? error.status : 500;
        stats.lockCall({ ...seen, fileId: fs.idOf(ref) ?? undefined, status, lock: undefined });
        throw error;
      }
    },
  }),
};
