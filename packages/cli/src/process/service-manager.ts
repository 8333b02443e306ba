import type { MonitorEvent } from '@qwarden/engine';
import { oneLine } from '../log/escape.ts';
import type { Notify } from './notify.ts';

interface Options {
  readonly notify: Notify;
  /** How long the manager waits for a sign of life; absent: it wants none. */
  readonly watchdogMs?: number | undefined;
  /** Said once: what cannot be told. */
  readonly onTrouble: (message: string) => void;
}

/** In each stretch of the watchdog it hears of us so often: one that comes late is no reason to end a process that works. */
const SIGNS = 3;

/**
 * Tells a service manager (systemd) how it goes: ready when the work has begun, in a few words what it does, that it stops, and, while the
 * event loop turns, that it lives.
 */
export class ServiceManager {
  readonly #o: Options;
  readonly #signs: NodeJS.Timeout | undefined;
  #last: Promise<void> = Promise.resolve();
  #waiting = 0;
  #begun = false;
  #troubled = false;
  #work = '';
  #rules = '';

  constructor(options: Options) {
    this.#o = options;
    const { watchdogMs } = options;
    if (watchdogMs === undefined) return;
    this.#signs = setInterval(() => {
      // Those before are not sent yet: one of them will do.
      if (this.#waiting === 0) this.#tell('WATCHDOG=1');
    }, watchdogMs / SIGNS);
    this.#signs.unref();
  }

  told(event: MonitorEvent): void {
    if (event.kind === 'draining') {
      this.#tell('STOPPING=1', `STATUS=Stopping: ${event.inFlight} in flight`);
      return;
    }
    const work = workOf(event);
    const rules = rulesOf(event);
    if (work === undefined && rules === undefined) return;
    this.#work = work ?? this.#work;
    this.#rules = rules ?? this.#rules;
    const begins = !this.#begun && (event.kind === 'listening' || event.kind === 'working');
    if (begins) this.#begun = true;
    const status = oneLine([this.#work, this.#rules].filter((part) => part !== '').join('; '));
    this.#tell(...(begins ? ['READY=1'] : []), `STATUS=${status}`);
  }

  /** Resolves when everything was told, or could not be. */
  async close(): Promise<void> {
    clearInterval(this.#signs);
    await this.#last;
  }

  /** One after the other, in order. */
  #tell(...fields: readonly string[]): void {
    this.#waiting++;
    this.#last = this.#last
      .then(() => this.#o.notify(...fields))
      .catch((error: unknown) => {
        if (!this.#troubled) this.#o.onTrouble(error instanceof Error ? error.message : String(error));
        this.#troubled = true;
      })
      .finally(() => {
        this.#waiting--;
      });
  }
}

function workOf(event: MonitorEvent): string | undefined {
  if (event.kind === 'listening') return `Watching ${event.path}`;
  if (event.kind === 'working') return 'Working';
  if (event.kind === 'stream-ended') return 'The stream has ended and is being opened again';
  if (event.kind === 'refused') return `The cluster refuses the ${event.what}: ${event.reason}`;
  if (event.kind === 'fatal') return `Failed: ${event.reason}`;
  if (event.kind === 'store' && event.state === 'away') return `Waiting for the store: ${event.message}`;
  if (event.kind === 'store' && event.state === 'back') return 'The store is back';
  return undefined;
}

function rulesOf(event: MonitorEvent): string | undefined {
  if (event.kind === 'rules-loaded') return `${event.rules} ${event.rules === 1 ? 'rule' : 'rules'} in force`;
  if (event.kind === 'rules-broken') return 'the rule file is broken, the rules before it stay in force';
  return undefined;
}
