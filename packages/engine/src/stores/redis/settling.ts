import type { SettlingJob } from '../../queue/port.ts';
import type { Partitions } from './partitions.ts';
import { toJob } from './records.ts';
import { list, texts } from './replies.ts';

const PAGE = 500;

/** See `JobQueue.settling`. Jobs of changes without a file id are partition 0's, wherever their files are. */
export async function* settlingJobs(
  partitions: Partitions,
  reader: number,
  after: number,
): AsyncGenerator<SettlingJob> {
  for (const partition of reader === 0 ? partitions.all : [reader]) {
    for await (const job of settlingIn(partitions, partition, after))
      if (partitions.of(job.ref === job.fileId ? job.fileId : '') === reader) yield job;
  }
}

async function* settlingIn(partitions: Partitions, partition: number, after: number): AsyncGenerator<SettlingJob> {
  const due = partitions.key(partition, 'due');
  const jobs = partitions.key(partition, 'jobs');
  // From the latest to the earliest: what is taken meanwhile goes at the other end, and none is passed over.
  for (let from = 0; ; from += PAGE) {
    const keys = texts(await partitions.redis.call(due, ['ZREVRANGE', due, String(from), String(from + PAGE - 1)]));
    if (keys.length === 0) return;
    const records = list(await partitions.redis.call(jobs, ['HMGET', jobs, ...keys]));
    for (const record of records) {
      if (typeof record !== 'string') continue;
      const { key, rule, fileId, path, settleMs, dueAt, step, attempts, change } = toJob(record, false);
      if (dueAt === null || dueAt <= after) return;
      if (settleMs <= 0 || step > 0 || attempts > 0) continue;
      yield { key, rule, fileId, settleMs, dueAt, ref: change.fileId === '' ? path : fileId };
    }
    if (keys.length < PAGE) return;
  }
}
