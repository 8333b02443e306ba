import type { FileAttributes, QumuloClient } from '@qwarden/qumulo-client';
import type { Receiver } from '../receiver.ts';
import type { Truth } from '../truth.ts';
import { type Claim, claim } from './claim.ts';
import { type LockProof, proveLocks } from './locks.ts';
import { proveQuarantine } from './quarantine.ts';

export type { Claim } from './claim.ts';

/** What the cluster itself says at the end, held against what the writers know. */
export interface Proof {
  locks: LockProof;
  /** The same for the other rules, each in words with its exceptions. */
  claims: Claim[];
}

/**
 * Asks the cluster for every file, and compares. The list comes from a tree walk and not from qwarden's state: what
 * qwarden believes is not evidence.
 */
export async function proveByCluster(client: QumuloClient, truth: Truth, receiver: Receiver): Promise<Proof> {
  const files = new Map<string, FileAttributes>();
  for await (const file of client.files.walk('/', { recursive: true }))
    if (file.type === 'FS_FILE_TYPE_FILE') files.set(file.id, file);
  const locks = await proveLocks(client, truth, files.keys());
  const quarantine = await proveQuarantine(client, truth);
  const notified = claim(
    'quarantined files were told of by webhook',
    [...truth.executables].map(([id, path]) => [receiver.perFile.has(id), `${path}: nobody was told`]),
  );
  for (const id of receiver.perFile.keys())
    if (!truth.executables.has(id)) notified.wrong.push(`somebody was told of file ${id}, which is no executable`);
  const stay = claim(
    'harmless files are where they were put',
    [...truth.harmless].map(([id, path]) => [files.get(id)?.path === path, `${path} is ${whereIs(files.get(id))}`]),
  );
  const stamped = claim(
    'files of the inbox have the name that they should have, tables one done- each',
    [...truth.inbox].map(([id, path]) => [files.get(id)?.path === path, `${path} is ${whereIs(files.get(id))}`]),
  );
  const readOnly = claim(
    'files that were finished after the new rule are read-only',
    [...truth.readOnly].map((id) => {
      const file = files.get(id);
      return [file?.mode === '0444', `${file?.path ?? id} has mode ${file?.mode ?? 'unknown'}`];
    }),
  );
  return { locks, claims: [quarantine, stay, notified, stamped, readOnly] };
}

function whereIs(file: FileAttributes | undefined): string {
  return file === undefined ? 'not on the cluster any more' : `at ${file.path}`;
}
