import type { FileAttributes, QumuloClient } from '@qwarden/qumulo-client';
import type { Truth } from './truth.ts';

/** What the cluster itself says at the end, held against what the writers know. */
export interface Proof {
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

/**
 * Asks the cluster for every file below `roots`, with its retention lock, and compares. The list comes from a tree
 * walk and not from the ledger: what qwarden believes is not evidence.
 */
export async function proveByCluster(client: QumuloClient, truth: Truth, roots: readonly string[]): Promise<Proof> {
  const proof: Proof = {
    expected: 0,
    lockedAsExpected: 0,
    others: 0,
    unlockedAsExpected: 0,
    wrong: [],
    earliestEnd: undefined,
  };
  const seen = new Set<string>();
  const pending = new Set<Promise<void>>();
  for (const root of roots) {
    for await (const file of client.files.walk(root, { recursive: true })) {
      if (file.type !== 'FS_FILE_TYPE_FILE' || seen.has(file.id)) continue;
      seen.add(file.id);
      const task = judge(client, truth, file, proof).finally(() => pending.delete(task));
      pending.add(task);
      if (pending.size >= CALLS_IN_FLIGHT) await Promise.race(pending);
    }
  }
  await Promise.all(pending);
  for (const [id, file] of truth.entries())
    if (file.expectation.locked && !seen.has(id)) {
      proof.expected += 1;
      proof.wrong.push(`${file.path} is not on the cluster any more`);
    }
  return proof;
}

async function judge(client: QumuloClient, truth: Truth, file: FileAttributes, proof: Proof): Promise<void> {
  const { data } = await client.files.getAttributes(file.id, { retrieveFileLock: true });
  const end = data.lock?.retention_period ?? undefined;
  const locked = end !== undefined || data.lock?.legal_hold === true;
  const expectation = truth.get(file.id)?.expectation ?? { locked: false, why: 'temporary' as const };
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
