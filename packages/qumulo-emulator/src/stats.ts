/** One retention-lock call, as the cluster saw it. */
export interface LockCall {
  /** Milliseconds since 1970 by the cluster's clock. */
  readonly atMs: number;
  /** When it arrived, and when it was executed and answered: a fault's delay lies between. Milliseconds of `performance.now()` of this process. */
  readonly arrivedMs: number;
  readonly monotonicMs: number;
  readonly ref: string;
  /** The file's id; undefined when the call found no file. */
  readonly fileId: string | undefined;
  readonly request: { readonly retention_period?: string | null; readonly legal_hold?: boolean };
  /** HTTP status of the answer. */
  readonly status: number;
  readonly lock: { readonly retention_period: string | null; readonly legal_hold: boolean } | undefined;
}

export interface StatsSnapshot {
  readonly requests: Record<string, Record<string, number>>;
  readonly totalRequests: number;
  readonly inFlight: number;
  readonly peakInFlight: number;
  readonly openStreams: number;
  readonly openConnections: number;
  readonly peakConnections: number;
  readonly connectionsEver: number;
  readonly ignoredOnStreams: number;
  readonly sessions: number;
  readonly lockCalls: number;
  readonly lockCallsForgotten: number;
}

/** Most lock calls that are remembered one by one; later ones are only counted. */
const LOCK_CALL_LIMIT = 500_000;

/** What happened since the start, or since `reset`: for tests and benches that want to prove what was asked of a cluster. */
export class Stats {
  readonly #requests = new Map<string, Map<number, number>>();
  #total = 0;
  #inFlight = 0;
  #peakInFlight = 0;
  #connections = 0;
  #peakConnections = 0;
  #connectionsEver = 0;
  /** Requests that came down the connection of a running stream. */
  ignoredOnStreams = 0;
  #lockCalls: LockCall[] = [];
  #lockCallsForgotten = 0;

  begin(): void {
    this.#inFlight++;
    if (this.#inFlight > this.#peakInFlight) this.#peakInFlight = this.#inFlight;
  }

  /** `status` 0 = the connection was dropped without an answer. */
  end(operation: string, status: number): void {
    this.#inFlight--;
    this.#total++;
    let statuses = this.#requests.get(operation);
    if (statuses === undefined) {
      statuses = new Map();
      this.#requests.set(operation, statuses);
    }
    statuses.set(status, (statuses.get(status) ?? 0) + 1);
  }

  connected(): void {
    this.#connections++;
    this.#connectionsEver++;
    if (this.#connections > this.#peakConnections) this.#peakConnections = this.#connections;
  }

  disconnected(): void {
    this.#connections--;
  }

  lockCall(call: LockCall): void {
    if (this.#lockCalls.length < LOCK_CALL_LIMIT) this.#lockCalls.push(call);
    else this.#lockCallsForgotten++;
  }

  /** Calls on one file, or all, oldest first. */
  lockCalls(fileId?: string): readonly LockCall[] {
    return fileId === undefined ? this.#lockCalls : this.#lockCalls.filter((call) => call.fileId === fileId);
  }

  /** How often an operation was answered; with any status, or with this one. */
  count(operation: string, status?: number): number {
    const statuses = this.#requests.get(operation);
    if (statuses === undefined) return 0;
    return status === undefined ? statuses.values().reduce((sum, n) => sum + n, 0) : (statuses.get(status) ?? 0);
  }

  snapshot(now: { openStreams: number; sessions: number }): StatsSnapshot {
    return {
      requests: Object.fromEntries(
        [...this.#requests].map(([operation, statuses]) => [operation, Object.fromEntries(statuses)]),
      ),
      totalRequests: this.#total,
      inFlight: this.#inFlight,
      peakInFlight: this.#peakInFlight,
      openConnections: this.#connections,
      peakConnections: this.#peakConnections,
      connectionsEver: this.#connectionsEver,
      ignoredOnStreams: this.ignoredOnStreams,
      lockCalls: this.#lockCalls.length,
      lockCallsForgotten: this.#lockCallsForgotten,
      ...now,
    };
  }

  /** Counts from here; what is open or in flight stays counted. */
  reset(): void {
    this.#requests.clear();
    this.#total = 0;
    this.#peakInFlight = this.#inFlight;
    this.#peakConnections = this.#connections;
    this.#connectionsEver = this.#connections;
    this.ignoredOnStreams = 0;
    this.#lockCalls = [];
    this.#lockCallsForgotten = 0;
  }
}
