import { empty, json } from '../http/answer.ts';
import { type Decoder, object, string } from '../http/decode.ts';
import { on, onBody } from '../http/operation.ts';

/** A directory: id or absolute path; a number is taken as an id. */
const directory: Decoder<string> = (value, field) =>
  typeof value === 'number' && Number.isSafeInteger(value) ? String(value) : string(value, field);

/** Deleting whole trees: the name goes at once, the contents after it (FACTS 14). */
export const treeDeleteOperations = {
  ...on('GET /v1/tree-delete/jobs/', {
    privilege: 'PRIVILEGE_FS_DELETE_TREE_READ',
    handle: ({ cluster }) => json({ jobs: cluster.fs.treeDelete.list() }),
  }),
  ...onBody('POST /v1/tree-delete/jobs/', object({ id: directory }), {
    privilege: 'PRIVILEGE_FS_DELETE_TREE_WRITE',

    handle({ cluster, caller }, { id }) {
      cluster.fs.treeDelete.create(caller, id);
      cluster.runTreeDeletes();
      return empty();
    },
  }),
  ...on('GET /v1/tree-delete/jobs/{id}', {
    privilege: 'PRIVILEGE_FS_DELETE_TREE_READ',
    handle: (call) => json(call.cluster.fs.treeDelete.get(call.param('id'))),
  }),
  ...on('DELETE /v1/tree-delete/jobs/{id}', {
    privilege: 'PRIVILEGE_FS_DELETE_TREE_WRITE',
    handle(call) {
      call.cluster.fs.treeDelete.cancel(call.param('id'));
      return empty();
    },
  }),
  ...on('POST /v1/tree-delete/jobs/restart/{id}', {
    privilege: 'PRIVILEGE_FS_DELETE_TREE_WRITE',
    handle(call) {
      call.cluster.fs.treeDelete.restart(call.param('id'));
      call.cluster.runTreeDeletes();
      return empty();
    },
  }),
};
