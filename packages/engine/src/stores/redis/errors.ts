import { ErrorReply } from '@redis/client';
import { masked } from '../../actions/secrets/mask.ts';
import { StateError, type StateErrorKind } from '../../ledger/state-error.ts';

/** What goes wrong with a service. */
type ServiceErrorKind = Extract<
  StateErrorKind,
  | 'unavailable'
  | 'access'
  | 'unsuitable'
  | 'disk-full'
  | 'read-only'
  | 'newer-version'
  | 'other-cluster'
  | 'closed'
  | 'in-use'
  | 'emptied'
  | 'no-queue'
  | 'other'
>;

const ADVICE: Readonly<Record<ServiceErrorKind, (at: string) => string>> = {
  unavailable: (at) => `Redis at ${at} cannot be reached. Check its address, that it runs, and the network between.`,
  access: (at) =>
    `Redis at ${at} refuses us. Check user and password, and that the user may use all commands on our keys and channels.`,
  unsuitable: (at) => `Redis at ${at} cannot keep the queue.`,
  'disk-full': (at) =>
    `Redis at ${at} is full. Nothing is done on the cluster without a record: give it more memory (maxmemory) or disk, and start again.`,
  'read-only': (at) =>
    `Redis at ${at} is a replica and cannot be written. Give the address of its primary, or one that leads to whichever is it.`,
  'newer-version': (at) =>
    `The queue in Redis at ${at} was written by a newer qwarden. Use that version, or another namespace.`,
  'other-cluster': (at) =>
    `The queue in Redis at ${at} belongs to another cluster, whose files have the same ids. Give each cluster a queue of its own: another database (redis://HOST:PORT/1), or ?namespace=NAME behind the address.`,
  closed: (at) => `The queue in Redis at ${at} is closed already.`,
  'in-use': (at) => `Another process reads the same part of the queue in Redis at ${at}. Let only one of them do it.`,
  emptied: (at) =>
    `The queue in Redis at ${at} is gone: Redis was emptied (FLUSHALL, FLUSHDB), was started without its file, or another one answers at this address now.`,
  'no-queue': (at) =>
    `No monitor has worked with Redis at ${at} yet. Check host, database (redis://HOST:PORT/1) and ?namespace=NAME of the address.`,
  other: (at) => `The queue in Redis at ${at} could not be used.`,
};

/** First words of Redis' errors. */
const KINDS: Readonly<Record<string, ServiceErrorKind>> = {
  NOAUTH: 'access',
  WRONGPASS: 'access',
  NOPERM: 'access',
  OOM: 'disk-full',
  MISCONF: 'disk-full',
  READONLY: 'read-only',
  LOADING: 'unavailable',
  CLUSTERDOWN: 'unavailable',
  MASTERDOWN: 'unavailable',
};

/** These end by themselves: Redis loads its file, a replica takes over, slots move, a script of somebody else runs. */
const PASSING: ReadonlySet<string> = new Set([
  'LOADING',
  'CLUSTERDOWN',
  'MASTERDOWN',
  'TRYAGAIN',
  'READONLY',
  'BUSY',
  'NOREPLICAS',
]);

/** `at` is the address without the password. */
export function redisError(
  kind: ServiceErrorKind,
  at: string,
  options: { readonly cause?: unknown; readonly detail?: string | undefined } = {},
): StateError {
  const detail = options.detail === undefined ? '' : ` (${options.detail})`;
  return new StateError(kind, `${ADVICE[kind](at)}${detail}`, { cause: options.cause });
}

/** What Redis or its client threw, as a StateError. */
export function toRedisError(
  error: unknown,
  { shown: at, password }: { readonly shown: string; readonly password: string | undefined },
): StateError {
  if (error instanceof StateError) return error;
  const words = error instanceof Error ? error.message || codeOf(error) : String(error);
  // Old servers repeat what they do not understand, the login among it.
  const said = masked(words.replace(/, with args beginning with:.*$/s, ''), password === undefined ? [] : [password]);
  const hint = /certificate/i.test(said) ? '; ?ca=FILE behind the address names a certificate authority to trust' : '';
  const detail = `${said}${hint}`;
  // How the client passes on what Redis says to a connection that is being made.
  if (said.startsWith('ERR ') && !(error instanceof ErrorReply))
    return redisError('other', at, { cause: error, detail });
  if (error instanceof ErrorReply) return redisError(kindOf(error), at, { cause: error, detail });
  return redisError(isProgramError(error) ? 'other' : 'unavailable', at, { cause: error, detail });
}

/** Worth waiting for: the call is to be made again. */
export function isPassing(error: unknown): boolean {
  if (error instanceof StateError || isProgramError(error)) return false;
  return !(error instanceof ErrorReply) || PASSING.has(firstWord(error));
}

export function isRefusal(error: unknown): boolean {
  return error instanceof ErrorReply && kindOf(error) === 'access';
}

export function isReplica(error: unknown): boolean {
  return error instanceof ErrorReply && kindOf(error) === 'read-only';
}

export function isScriptMissing(error: unknown): boolean {
  return error instanceof ErrorReply && firstWord(error) === 'NOSCRIPT';
}

function kindOf(error: ErrorReply): ServiceErrorKind {
  // How Redis refuses a long command of somebody who has not given a password.
  if (error.message.startsWith('ERR Protocol error: unauthenticated')) return 'access';
  return KINDS[firstWord(error)] ?? 'other';
}

function firstWord(error: Error): string {
  return error.message.split(' ', 1)[0] ?? '';
}

function codeOf(error: Error): string {
  return 'code' in error ? String(error.code) : error.name;
}

function isProgramError(error: unknown): boolean {
  return error instanceof TypeError || error instanceof RangeError || error instanceof SyntaxError;
}
