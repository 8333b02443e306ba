import type { Cluster } from '../cluster.ts';
import type { LockRule } from './lock-rules.ts';

/**
 * - `pending` under the policy, settling or due
 * - `locked` retention lock set by qwarden; `already-locked` found with one that suffices (or is shorter, see `note`)
 * - `failed` refused for good, or held back: `filelock` tries it again at its next start, a rule when a person says so
 * - `skipped` not a regular file, or no longer under the policy; `forgotten` gone before it was due
 * - `existing` was there before the watch began
 */
export type LedgerState = 'pending' | 'locked' | 'already-locked' | 'failed' | 'skipped' | 'forgotten' | 'existing';

/** What is known of one file. Times are RFC 3339 in UTC. */
export interface LedgerRow {
  readonly fileId: string;
  /** Absolute path on the cluster, as last known. */
  readonly path: string;
  readonly state: LedgerState;
  /** End of the retention period as read back; null when there is none (yet). */
  readonly retentionPeriod: string | null;
  readonly legalHold: boolean;
  /** The policy or rule that decided: `filelock /records --retention 7y`, `rule "lock finished records": 7y`. */
  readonly why: string;
  /** How it came under the policy: `created`, `moved-in`, `catch-up`, … */
  readonly how: string;
  readonly seenAt: string;
  /** When its retention lock is or was due. */
  readonly dueAt: string | null;
  readonly lockedAt: string | null;
  readonly attempts: number;
  readonly lastError: string | null;
  /** What a person should know besides. */
  readonly note: string | null;
}

/** All given conditions must hold. Without `states`: every row except `existing`, `skipped` and `forgotten`. */
export interface LedgerQuery {
  /** A path and everything below it; with `*`, `?` or `[`, a glob over absolute paths. */
  readonly path?: string | undefined;
  /** Retention period ends at or before this RFC 3339 time. */
  readonly until?: string | undefined;
  /** Retention period ends at or after this RFC 3339 time. */
  readonly after?: string | undefined;
  /** On legal hold (true) or not (false). */
  readonly held?: boolean | undefined;
  /** Only pending rows; with `failed`, both. */
  readonly pending?: boolean | undefined;
  /** Only failed rows; with `pending`, both. */
  readonly failed?: boolean | undefined;
  /** Exactly these states; overrides `pending` and `failed`. */
  readonly states?: readonly LedgerState[] | undefined;
  readonly fileId?: string | undefined;
  readonly limit?: number | undefined;
}

/** One watch of this store. */
export interface LedgerWatch {
  readonly directoryId: string;
  readonly path: string;
  readonly recursive: boolean;
  readonly since: string;
  readonly why: string;
  /** Is it known which files were there before the watch began? */
  readonly baselineDone: boolean;
  /** By an inventory, and not by when files were created. */
  readonly exact: boolean;
  readonly epochs: number;
  readonly lastEpoch: CoverageEpoch | null;
}

/** One unbroken connection of a watch, and how the gap before it was closed. */
export interface CoverageEpoch {
  readonly openedAt: string;
  readonly registeredAt: string | null;
  readonly endedAt: string | null;
  readonly endReason: string | null;
  readonly events: number;
  /** `baseline`, `walk` or `start`; null while the gap before this epoch is not closed. */
  readonly gapClosedBy: string | null;
  readonly gapClosedAt: string | null;
}

/** Read side of the ledger; works beside a running process. All that is asked rejects with StateError. */
export interface Ledger {
  /** Rows one by one, pending and failed ones first; memory does not grow with their number. */
  list(query?: LedgerQuery): AsyncIterable<LedgerRow>;
  counts(): Promise<Readonly<Record<LedgerState, number>>>;
  watches(): Promise<readonly LedgerWatch[]>;
  /** Coverage record of all watches, each oldest first. */
  coverage(): AsyncIterable<CoverageEpoch & { readonly directoryId: string; readonly path: string }>;
  /** Everything that is known of one file, whatever its state. */
  find(fileId: string): Promise<readonly LedgerRow[]>;
  /** The rules with a lock step that are in force, or were last. */
  rules(): Promise<readonly LockRule[]>;
  /** Which cluster it is about; null when the cluster did not say. */
  readonly clusterId: string | null;
  close(): Promise<void>;
}

/**
 * - `same` as recorded; `longer`, `shorter`: the retention period on the cluster ends later, earlier
 * - `hold-missing`, `hold-added`: legal hold against the ledger; `not-locked`: no retention lock at all
 * - `expired`: as recorded, and over
 * - `missing`: the file is gone; `unreadable`: the cluster refused to say
 * - `not-in-ledger`: under the watch, covered by the policy, and unknown to the ledger; `pending`: known, and still to be done
 */
export type VerifyVerdict =
  | 'same'
  | 'longer'
  | 'shorter'
  | 'hold-missing'
  | 'hold-added'
  | 'not-locked'
  | 'expired'
  | 'missing'
  | 'unreadable'
  | 'not-in-ledger'
  | 'pending';

export interface VerifyRow {
  /** Null for `not-in-ledger`. */
  readonly row: LedgerRow | null;
  readonly fileId: string;
  readonly path: string;
  readonly verdict: VerifyVerdict;
  /** False when ledger (or policy) and cluster differ in a way that a person should look at. */
  readonly ok: boolean;
  readonly actual: { readonly retentionPeriod: string | null; readonly legalHold: boolean } | null;
  /** For people. */
  readonly message: string;
}

/** What of a cluster is asked. */
export type VerifyCluster = Pick<Cluster, 'files' | 'clusterClock'>;

export interface VerifyOptions {
  /** Files asked for at the same time; default 32. */
  readonly concurrency?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((done: number) => void) | undefined;
  /** Also walk the watched directories for covered files without a retention lock; default true. */
  readonly walk?: boolean | undefined;
  /** Rules to walk for, instead of those in the ledger. */
  readonly rules?: readonly LockRule[] | undefined;
  /** Called for each file that a walk meets and cannot decide about. */
  readonly onLeftOut?: ((why: LeftOut) => void) | undefined;
}

/**
 * Why a walk decides nothing about a file without a retention lock that a rule may be for:
 * - `before`: it was created before the rule was in force under this watch
 * - `undecidable`: the rule asks for what is not known any more (tags, the change itself)
 */
export type LeftOut = 'before' | 'undecidable';
