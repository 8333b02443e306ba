import type { QumuloClient } from '@qwarden/qumulo-client';
import type { Truth } from '../truth.ts';

/** Which files have a retention lock, held against which should. */
export interface LockProof {
  /** Files that must have a retention lock, and how many of them have one. */
  expected: number;
  lockedAsExpected: number;
  /** Files that must not have one, and how many of them have none. */
  others: number;
  unlockedAsExpected: number;
  /** One line for each file that is not as it should be. */
  wrong: string[];
  /** The earliest retention end seen on the locked files. */
  earliestEnd: string | undefined;
}

const CALLS_IN_FLIGHT = 32;

/** Asks the cluster for the retention lock of each of these files, and compares. */
export async function proveLocks(client: QumuloClient, truth: Truth, ids: Iterable<string>): Promise<LockProof> {
  const proof: LockProof = {
    expected: 0,
    lockedAsExpected: 0,
    others: 0,
    unlockedAsExpected: 0,
    wrong: [],
    earliestEnd: undefined,
  };
  const seen = new Set<string>();
  const pending = new Set<Promise<void>>();
  for (const id of ids) {
    seen.add(id);
    const task = judge(client, truth, id, proof).finally(() => pending.delete(task));
    pending.add(task);
    if (pending.size >= CALLS_IN_FLIGHT) await Promise.race(pending);
  }
  await Promise.all(pending);
  for (const [id, file] of truth.entries())
    if (file.expectation.locked && !seen.has(id)) {
      proof.expected += 1;
      proof.wrong.push(`${file.path} is not on the cluster any more`);
    }
  return proof;
}

async function judge(client: QumuloClient, truth: Truth, id: string, proof: LockProof): Promise<void> {
  const { data } = await client.files.getAttributes(id, { retrieveFileLock: true });
  const end = data.lock?.retention_period ?? undefined;
  const locked = end !== undefined || data.lock?.legal_hold === true;
  const expectation = truth.get(id)?.expectation ?? { locked: false, why: 'outside' as const };
  if (expectation.locked) {
    proof.expected += 1;
    if (locked) proof.lockedAsExpected += 1;
    else proof.wrong.push(`${data.path} has no retention lock`);
  } else {
    proof.others += 1;
    if (locked) proof.wrong.push(`${data.path} has a retention lock and must not (${expectation.why})`);
    else proof.unlockedAsExpected += 1;
  }
  if (end !== undefined && (proof.earliestEnd === undefined || end < proof.earliestEnd)) proof.earliestEnd = end;
}
