import type { RecentLine } from '../../control/protocol.ts';
import type { LogLine } from '../../log/levels.ts';
import type { Logger } from '../../log/logger.ts';

const KEPT = 10;

/** Passes on what is logged, and remembers what somebody who looks in later should see. */
export class RecentLog implements Logger {
  readonly #logger: Logger;
  readonly #now: () => Date;
  #errors: RecentLine[] = [];
  #reload: RecentLine | null = null;
  #storeAway: string | undefined;

  constructor(logger: Logger, now: () => Date = () => new Date()) {
    this.#logger = logger;
    this.#now = now;
  }

  /** The latest last. */
  get errors(): readonly RecentLine[] {
    return this.#errors;
  }

  get reload(): RecentLine | null {
    return this.#reload;
  }

  /** Why nothing can be asked of the store now: it is a service that cannot be reached. */
  get storeAway(): string | undefined {
    return this.#storeAway;
  }

  log(line: LogLine): void {
    const { level, kind, text } = line;
    const recent = { at: this.#now().toISOString(), kind, text };
    if (level === 'ERROR') this.#errors = [...this.#errors, recent].slice(-KEPT);
    if (kind === 'store') this.#storeAway = line.fields?.['state'] === 'away' ? text : undefined;
    if (kind === 'rules-loaded' || kind === 'rules-broken') this.#reload = recent;
    this.#logger.log(line);
  }

  banner(text: string, line: LogLine): void {
    this.#logger.banner(text, line);
  }
}
