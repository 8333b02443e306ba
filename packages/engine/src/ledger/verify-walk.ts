import { type FileAttributes, QumuloApiError } from '@qwarden/qumulo-client';
import { inParallel } from './in-parallel.ts';
import { lockOf } from './lock-of.ts';
import type { LockRule } from './lock-rules.ts';
import type { Ledger, LedgerWatch, LeftOut, VerifyCluster, VerifyOptions, VerifyRow } from './types.ts';

/** Time that a file may need beyond its interval before its absence from the ledger means anything. */
const GRACE_MS = 10_000;
/** Clocks are known to agree to about this much; a file from around the beginning may be from before. */
const BEGAN_TOLERANCE_MS = 2000;

/** What a walk looks for. */
interface Policy {
  readonly why: string;
  readonly intervalMs: number;
  /** As far as the name tells. */
  covers(path: string): boolean;
  /** Undefined: it is one of those that must have a retention lock. */
  leftOut(file: FileAttributes): LeftOut | 'not covered' | undefined;
}

/** Walks the watched directory for files that must have a retention lock, and that the ledger does not know. */
export async function* unknownFiles(
  ledger: Ledger,
  watch: LedgerWatch,
  cluster: VerifyCluster,
  options: VerifyOptions & { readonly concurrency: number },
): AsyncGenerator<VerifyRow | undefined> {
  const { signal, concurrency } = options;
  const root = await cluster.files.getAttributes(watch.directoryId, { signal }).catch((error: unknown) => {
    if (error instanceof QumuloApiError && error.status === 404) return undefined;
    throw error;
  });
  if (root === undefined) return;
  const policies = await ofRules(ledger, watch, cluster, options);
  if (policies.length === 0) return;
  const covered = coveredFiles(watch, policies, cluster, signal);
  yield* inParallel(covered, concurrency, ({ file, by }) => look(file, by, ledger, cluster, options));
}

async function* coveredFiles(
  watch: LedgerWatch,
  policies: readonly Policy[],
  cluster: VerifyCluster,
  signal: AbortSignal | undefined,
): AsyncGenerator<{ file: FileAttributes; by: readonly Policy[] }> {
  for await (const file of cluster.files.walk(watch.directoryId, { recursive: watch.recursive, signal })) {
    if (file.type !== 'FS_FILE_TYPE_FILE') continue;
    const by = policies.filter((policy) => policy.covers(file.path));
    if (by.length > 0) yield { file, by };
  }
}

async function look(
  file: FileAttributes,
  by: readonly Policy[],
  ledger: Ledger,
  cluster: VerifyCluster,
  { signal, onLeftOut }: VerifyOptions,
): Promise<VerifyRow | undefined> {
  if ((await ledger.find(file.id)).some(({ state }) => state !== 'forgotten')) return undefined;
  const about = { row: null, fileId: file.id, path: file.path };
  const answer = await lockOf(file.id, cluster, signal);
  if (answer.kind === 'missing') return undefined;
  if (answer.kind === 'unreadable')
    return { ...about, verdict: 'unreadable', ok: false, actual: null, message: answer.message };
  const { retention_period: retentionPeriod, legal_hold: legalHold } = answer.lock;
  if (retentionPeriod !== null || legalHold) return undefined;
  const verdicts = by.map((policy) => ({ policy, leftOut: policy.leftOut(answer.file) }));
  const sure = verdicts.find(({ leftOut }) => leftOut === undefined)?.policy;
  if (sure === undefined) {
    const why = verdicts.map(({ leftOut }) => leftOut).find((one) => one !== 'not covered');
    if (why !== undefined) onLeftOut?.(why);
    return undefined;
  }
  const actual = { retentionPeriod, legalHold };
  const changedMs = Math.max(Date.parse(file.change_time), Date.parse(file.modification_time));
  const young = cluster.clusterClock.nowMs() - changedMs < sure.intervalMs + GRACE_MS;
  if (young) return { ...about, verdict: 'pending', ok: true, actual, message: 'new, and not settled yet' };
  const message = `covered by ${sure.why}, but it has no retention lock and the ledger does not know it`;
  return { ...about, verdict: 'not-in-ledger', ok: false, actual, message };
}

async function ofRules(
  ledger: Ledger,
  watch: LedgerWatch,
  cluster: VerifyCluster,
  { rules: given }: VerifyOptions,
): Promise<Policy[]> {
  const kept = await ledger.rules();
  const known = new Map(kept.map(({ definition, since }) => [definition, since]));
  const rules = given?.map((rule) => ({ ...rule, since: known.get(rule.definition) ?? rule.since })) ?? kept;
  return rules.filter(({ enabled }) => enabled).map((rule) => ofRule(rule, watch, cluster));
}

function ofRule(rule: LockRule, watch: LedgerWatch, cluster: VerifyCluster): Policy {
  const watched = Date.parse(watch.since);
  const inForce = rule.since ?? 0;
  // What an inventory does not count among those that were there before has come since, however old it is.
  const began = watch.exact && inForce <= watched ? Number.NEGATIVE_INFINITY : Math.max(watched, inForce);
  const beganCluster = began + (cluster.clusterClock.skewMs() ?? 0) + BEGAN_TOLERANCE_MS;
  return {
    why: rule.why,
    intervalMs: rule.settleMs,
    covers: (path) => rule.covers(path),
    leftOut(file) {
      const verdict = rule.judge(file);
      if (verdict === 'not covered') return verdict;
      if (Date.parse(file.creation_time) < beganCluster) return 'before';
      return verdict === 'covered' ? undefined : 'undecidable';
    },
  };
}
