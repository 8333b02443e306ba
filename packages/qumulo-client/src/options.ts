import type { Clock } from './time/clock.ts';
import type { RetryPolicy } from './transport/retry-policy.ts';

/**
 * A file or directory of the cluster: its absolute path (`"/a/b"`) or its id (`"1003"`, decimal).
 * Anything else makes the call throw a TypeError before a byte is sent.
 */
export type FileRef = string;

/** What every call takes besides its own arguments. */
export interface CallOptions {
  /** Gives the call up: it rejects at once with a QumuloConnectionError of kind `aborted`. */
  signal?: AbortSignal | undefined;
  /** Longest silence in ms, first until the answer starts and then between its bytes; default `ClientOptions.timeoutMs`. */
  timeoutMs?: number | undefined;
  /** An `etag` of an earlier answer: the cluster refuses with 412 when the object has changed since (FACTS 2.3). */
  ifMatch?: string | undefined;
  /** `false`: one try only, for callers that have their own retries. */
  retry?: false | undefined;
}

/** Every call resolves to this. */
export interface Answer<T> {
  data: T;
  /** Opaque; goes back as `ifMatch`. */
  etag: string | undefined;
  status: number;
  /**
   * The `Date` header: the cluster's clock when it answered, ms since the epoch, cut to whole seconds, so the true
   * time was in `[clusterTimeMs, clusterTimeMs + 1000)`.
   */
  clusterTimeMs: number | undefined;
  /** Local clock when the whole answer was there, ms since the epoch. */
  receivedAtMs: number;
  /** From the call's (last) sending to the end of its answer, ms of the monotonic clock. */
  roundTripMs: number;
}

/** How the cluster proves who it is. With none of the keys: a certificate chain to a CA that this machine trusts. */
export interface TlsOptions {
  /** PEM text of one or more CA certificates, trusted instead of the machine's. */
  ca?: string | undefined;
  /** SHA-256 of the cluster's own certificate (`AA:BB:…` or bare hex): the only one accepted, chain, name and dates left aside. */
  fingerprint256?: string | undefined;
  /** Accept any certificate: no protection against an impostor. */
  insecure?: boolean | undefined;
}

/** A user's password (a session is opened, and opened again when it ends) or an access token (used as it is). */
export type Credentials = { username: string; password: string } | { accessToken: string };

/** One try of a call, for debug logs; holds no secrets. */
export interface RequestInfo {
  /** `"GET /v1/files/{ref}/info/attributes"`. */
  operation: string;
  /** 1 for the first try. */
  attempt: number;
  /** HTTP status; undefined when no answer came. */
  status: number | undefined;
  /** `kind` of the QumuloConnectionError when no answer came. */
  failure: string | undefined;
  /** Milliseconds from sending to the end of the answer. */
  ms: number;
}

export interface ClientOptions {
  /** Name or address, without scheme and port. */
  host: string;
  /** Default 8000. */
  port?: number | undefined;
  /** Default `https`. */
  protocol?: 'https' | 'http' | undefined;
  /** What comes before `/v1/…`: nothing on port 8000, `/api` on 443 (FACTS 1). Default nothing. */
  basePath?: '' | '/api' | undefined;
  /** Without them only calls that need no login work (`cluster.version()`). */
  credentials?: Credentials | undefined;
  tls?: TlsOptions | undefined;
  /** Most connections for calls; each notify stream has one more of its own. Default 32. */
  connections?: number | undefined;
  /** See `CallOptions.timeoutMs`. Default 30,000. */
  timeoutMs?: number | undefined;
  userAgent?: string | undefined;
  retry?: Partial<RetryPolicy> | undefined;
  clock?: Clock | undefined;
  /** Source of jitter, `[0, 1)`; default Math.random. */
  random?: (() => number) | undefined;
  /** Called after every try of every call. Must not throw. */
  onRequest?: ((info: RequestInfo) => void) | undefined;
}
