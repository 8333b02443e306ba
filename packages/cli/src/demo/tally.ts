import { RULES } from './rule-texts.ts';

/** How many lines of what was done last a person is shown: retention locks, and the rest, which is rarer. */
const RECENT = 4;

/** Something that was done to a file, in words. */
interface Deed {
  path: string;
  what: string;
}

/** What the running `qwarden monitor` has said so far, counted for the live view. Files are counted, by their ids, and not lines. */
export class Tally {
  readonly locked = new Set<string>();
  readonly quarantined = new Set<string>();
  readonly renamed = new Set<string>();
  readonly readOnly = new Set<string>();
  /** Files that somebody was told of, as the monitor has it. */
  readonly notified = new Set<string>();
  skipped = 0;
  gone = 0;
  failed = 0;
  retried = 0;
  ownEffects = 0;
  streamRestarts = 0;
  stream: 'connecting' | 'watching' | 'catching up' | 'down' = 'connecting';
  /** The rules in force. */
  rules: { hash: string; count: number; names: ReadonlySet<string> } | undefined;
  reloads = 0;
  refusals = 0;
  /** Why the last rule file was refused. */
  lastRefusal = '';
  /** Retention locks that were set last, newest last. */
  readonly recentLocks: Deed[] = [];
  /** What else was done last. */
  readonly recentOthers: Deed[] = [];
  readonly problems: string[] = [];
  /** Rule and file of what is matched and not dealt with yet. */
  readonly #waiting = new Set<string>();
  readonly #latencies: number[] = [];

  /** Takes one line of `qwarden monitor --log-format json`. */
  take(line: Record<string, unknown>): void {
    const kind = text(line.kind);
    const key = `${text(line.rule)}\0${text(line.fileId)}`;
    if (kind === 'matched') this.#waiting.add(key);
    else if (DEALT_WITH.has(kind)) this.#waiting.delete(key);
    switch (kind) {
      case 'listening':
        // After a cut, what happened meanwhile is looked for first.
        this.stream = this.streamRestarts > 0 ? 'catching up' : 'watching';
        break;
      case 'catch-up-started':
        this.stream = 'catching up';
        break;
      case 'catch-up-finished':
        this.stream = 'watching';
        break;
      case 'stream-ended':
        this.stream = 'down';
        this.streamRestarts += 1;
        break;
      case 'rules-loaded':
        this.#loaded(line);
        break;
      case 'rules-broken':
        this.refusals += 1;
        this.lastRefusal = list(line.problems).join(' ');
        break;
      case 'own-effect':
        this.ownEffects += 1;
        break;
      case 'done':
        this.#done(line);
        break;
      case 'skipped':
        this.skipped += 1;
        break;
      case 'gone':
        this.gone += 1;
        break;
      case 'retrying':
        this.retried += 1;
        break;
      case 'failed':
      case 'parked':
        this.failed += 1;
        this.problems.push(`${text(line.path)}: ${text(line.reason)}`);
        break;
      default:
        break; // the rest is of no interest to the picture
    }
  }

  /** Waiting for their settle time, or for their turn. */
  get waiting(): number {
    return this.#waiting.size;
  }

  /** Percentile of the time from due to done, in milliseconds. */
  latency(fraction: number): number | undefined {
    if (!this.#latencies.length) return undefined;
    const sorted = this.#latencies.toSorted((a, b) => a - b);
    return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * fraction))];
  }

  #loaded(line: Record<string, unknown>): void {
    if (this.rules !== undefined) this.reloads += 1;
    const names = new Set(this.rules?.names);
    for (const name of list(line.added)) names.add(name);
    for (const name of list(line.removed)) names.delete(name);
    this.rules = { hash: text(line.hash), count: Number(line.rules), names };
  }

  #done(line: Record<string, unknown>): void {
    const files = this.#filesOf(line);
    if (files === undefined) return;
    files.add(text(line.fileId));
    if (typeof line.latencyMs === 'number') this.#latencies.push(line.latencyMs);
    const recent = files === this.locked ? this.recentLocks : this.recentOthers;
    recent.push({ path: text(line.path), what: text(line.note) });
    if (recent.length > RECENT) recent.shift();
  }

  #filesOf({ rule, action }: Record<string, unknown>): Set<string> | undefined {
    if (rule === RULES.lock) return this.locked;
    if (rule === RULES.quarantine) return action === 'webhook' ? this.notified : this.quarantined;
    if (rule === RULES.stamp) return this.renamed;
    return rule === RULES.readOnly ? this.readOnly : undefined;
  }
}

const DEALT_WITH = new Set(['done', 'skipped', 'gone', 'failed', 'parked']);

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function list(value: unknown): string[] {
  return Array.isArray(value) ? value.map(String) : [];
}
