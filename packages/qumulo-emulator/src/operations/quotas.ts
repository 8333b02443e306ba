import { createHash } from 'node:crypto';
import { checkIfMatch } from '../cluster/versioned.ts';
import type { Page, Quota } from '../fs/api.ts';
import { empty, json } from '../http/answer.ts';
import { decimal, object, optional } from '../http/decode.ts';
import { type Call, on, onBody } from '../http/operation.ts';
import { pagingOf } from './paging.ts';
import { checkSameId } from './users.ts';

const pageOptions = (call: Call) => ({ after: call.query.text('after'), limit: call.query.count('limit') });

function list<T>(call: Call, { entries, next }: Page<T>) {
  return json({ quotas: entries, paging: pagingOf(call, next, call.query.count('limit'), '') });
}

const etag = (quota: Quota): string =>
  String(createHash('sha256').update(`${quota.id} ${quota.limit}`).digest().readUInt32BE(0));

/** Directory quotas, by directory id only (FACTS 14). Their lists end with `""` (FACTS 3). */
export const quotaOperations = {
  ...on('GET /v1/files/quotas/', {
    privilege: 'PRIVILEGE_QUOTA_READ',
    handle: (call) => list(call, call.cluster.fs.quotas.list(pageOptions(call))),
  }),
  ...on('GET /v1/files/quotas/status/', {
    privilege: 'PRIVILEGE_QUOTA_READ',
    handle: (call) => list(call, call.cluster.fs.quotas.listStatus(pageOptions(call))),
  }),
  ...on('GET /v1/files/quotas/status/{id}', {
    privilege: 'PRIVILEGE_QUOTA_READ',
    handle: (call) => json(call.cluster.fs.quotas.getStatus(call.param('id'))),
  }),
  ...on('GET /v1/files/quotas/{id}', {
    privilege: 'PRIVILEGE_QUOTA_READ',
    handle(call) {
      const quota = call.cluster.fs.quotas.get(call.param('id'));
      return json(quota, etag(quota));
    },
  }),
  ...onBody('POST /v1/files/quotas/', object({ id: decimal, limit: decimal }), {
    privilege: 'PRIVILEGE_QUOTA_WRITE',

    handle({ cluster }, { id, limit }) {
      const quota = cluster.fs.quotas.create(id, limit);
      return json(quota, etag(quota));
    },
  }),
  ...onBody('PUT /v1/files/quotas/{id}', object({ id: optional(decimal), limit: decimal }), {
    privilege: 'PRIVILEGE_QUOTA_WRITE',

    handle(call, { id, limit }) {
      const { quotas } = call.cluster.fs;
      const current = quotas.get(call.param('id'));
      checkSameId(id, current.id);
      checkIfMatch(call.ifMatch, Number(etag(current)));
      const quota = quotas.update(current.id, limit);
      return json(quota, etag(quota));
    },
  }),
  ...on('DELETE /v1/files/quotas/{id}', {
    privilege: 'PRIVILEGE_QUOTA_WRITE',
    handle(call) {
      const { quotas } = call.cluster.fs;
      const current = quotas.get(call.param('id'));
      checkIfMatch(call.ifMatch, Number(etag(current)));
      quotas.remove(current.id);
      return empty();
    },
  }),
};
