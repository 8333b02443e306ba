/** What the running `qwarden filelock` has said so far, counted for the live view. */
export class Tally {
  locked = 0;
  skipped = 0;
  forgotten = 0;
  failed = 0;
  retried = 0;
  streamRestarts = 0;
  stream: 'connecting' | 'watching' | 'down' = 'connecting';
  /** The last retention locks, newest last. */
  readonly recent: { path: string; until: string; latencyMs: number | undefined }[] = [];
  readonly problems: string[] = [];
  /** Files under way: seen, and not decided yet. */
  readonly #pending = new Set<string>();
  readonly #latencies: number[] = [];

  /** Takes one line of `qwarden filelock --log-format json`. */
  take(line: Record<string, unknown>): void {
    const fileId = text(line.fileId);
    if (line.kind === 'seen') this.#pending.add(fileId);
    else if (DECIDED.has(text(line.kind))) this.#pending.delete(fileId);
    switch (line.kind) {
      case 'listening':
        this.stream = 'watching';
        break;
      case 'stream-ended':
        this.stream = 'down';
        this.streamRestarts += 1;
        break;
      case 'locked':
        this.#locked(line);
        break;
      case 'skipped':
        this.skipped += 1;
        break;
      case 'forgotten':
        this.forgotten += 1;
        break;
      case 'retrying':
        this.retried += 1;
        break;
      case 'failed':
        this.failed += 1;
        this.problems.push(`${text(line.path)}: ${text(line.reason ?? line.message)}`);
        break;
      default:
        break; // the rest is of no interest to the picture
    }
  }

  /** Waiting for their settle interval, or for their turn. */
  get settling(): number {
    return this.#pending.size;
  }

  /** Percentile of the time from due to confirmed, in milliseconds. */
  latency(fraction: number): number | undefined {
    if (!this.#latencies.length) return undefined;
    const sorted = this.#latencies.toSorted((a, b) => a - b);
    return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * fraction))];
  }

  #locked(line: Record<string, unknown>): void {
    this.locked += 1;
    const latencyMs = typeof line.latencyMs === 'number' ? line.latencyMs : undefined;
    if (latencyMs !== undefined) this.#latencies.push(latencyMs);
    this.recent.push({ path: text(line.path), until: text(line.retentionPeriod), latencyMs });
    if (this.recent.length > 8) this.recent.shift();
  }
}

const DECIDED = new Set(['locked', 'already-locked', 'skipped', 'forgotten', 'failed']);

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
