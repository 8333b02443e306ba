import type { Answer, CallOptions, FileRef } from '../../options.ts';
import type { Caller } from '../../transport/caller.ts';
import { endpoint } from '../../transport/endpoint.ts';
import { encodeRef, encodeSegment } from '../../transport/encode.ts';
import { listIn, nothing, object } from '../../transport/read-body.ts';

/** Removal of a directory with all below it, done by the cluster. It is named by the directory's id. */
export interface TreeDeleteJob {
  id: string;
  create_time: string;
  mode?: 'IN_PLACE' | 'PORTAL_DELETION' | 'PORTAL_EVICTION' | null;
  initial_path: string;
  initial_capacity: string;
  initial_directories?: string | null;
  initial_files?: string | null;
  remaining_capacity: string;
  remaining_directories?: string | null;
  remaining_files?: string | null;
  /** Null unless the job has stopped, at a retention lock for instance (FACTS 5). */
  last_error_message: string | null;
}

export interface TreeDeleteApi {
  /** The directory's name is gone when this resolves, what is in it goes later (FACTS 14). */
  create(ref: FileRef, options?: CallOptions): Promise<Answer<undefined>>;
  list(options?: CallOptions): Promise<Answer<TreeDeleteJob[]>>;
  /** Rejects with status 404 when the job is done (FACTS 2.2). */
  get(id: string, options?: CallOptions): Promise<Answer<TreeDeleteJob>>;
  /** Goes on with a job that has stopped. */
  restart(id: string, options?: CallOptions): Promise<Answer<undefined>>;
  cancel(id: string, options?: CallOptions): Promise<Answer<undefined>>;
}

const create = endpoint('POST /v1/tree-delete/jobs/', nothing);
const list = endpoint('GET /v1/tree-delete/jobs/', listIn<{ jobs: TreeDeleteJob[] }>('jobs'));
const get = endpoint('GET /v1/tree-delete/jobs/{id}', object<TreeDeleteJob>('id'));
const restart = endpoint('POST /v1/tree-delete/jobs/restart/{id}', nothing);
const cancel = endpoint('DELETE /v1/tree-delete/jobs/{id}', nothing);

export function treeDeleteApi(caller: Caller): TreeDeleteApi {
  return {
    create: async (ref, options) => {
      encodeRef(ref); // throws the TypeError of every call for what is neither path nor id
      return caller.call(create, [], options, { json: { id: ref }, about: ref });
    },
    list: async (options) => {
      const answer = await caller.call(list, [], options);
      return { ...answer, data: answer.data.jobs };
    },
    get: (id, options) => caller.call(get, [encodeSegment(id)], options, { about: id }),
    restart: (id, options) => caller.call(restart, [encodeSegment(id)], options, { about: id }),
    cancel: (id, options) => caller.call(cancel, [encodeSegment(id)], options, { about: id }),
  };
}
