import type { MonitorRole } from '../monitor/options.ts';
import type { MonitorEvent } from '../monitor/events.ts';

/**
 * How a run is, from what it tells, for those who watch over processes.
 *
 * `live` is about the process: only what a restart would help with may make it unhealthy. `ready` is about its work: does it watch, or carry
 * out? A stream that ended is being opened again by the process that has all it needs for it; another process could do no better, so that
 * this one stays ready. That the cluster refuses needs a person, and a new version with such a login must not count as rolled out.
 */
export class Health {
  readonly #role: MonitorRole;
  #begun = false;
  #refused: 'login' | 'watch' | undefined;
  #storeAway = false;
  #stopping = false;
  #failed = false;

  constructor(role: MonitorRole) {
    this.#role = role;
  }

  told(event: MonitorEvent): void {
    if (event.kind === 'listening' || event.kind === 'working') this.#begun = true;
    if (event.kind === 'listening') this.#refused = undefined;
    if (event.kind === 'refused') this.#refused = event.what;
    // The login of a job is the login of all. A stream that may not watch is told of anew only when it may.
    if (event.kind === 'recovered' && event.target === 'cluster' && this.#refused === 'login')
      this.#refused = undefined;
    if (event.kind === 'store' && (event.state === 'away' || event.state === 'back'))
      this.#storeAway = event.state === 'away';
    if (event.kind === 'fatal' || event.kind === 'watch-removed') this.#failed = true;
    if (event.kind === 'draining') this.#stopping = true;
  }

  /** Why a restart is due; undefined when the process works. */
  get live(): string | undefined {
    return this.#failed ? 'it has failed and is ending' : undefined;
  }

  /** Why the work is not being done; undefined when it is. Names nobody's files or hosts: whoever reaches the address may read it. */
  get ready(): string | undefined {
    if (this.#failed) return this.live;
    if (this.#stopping) return 'it is stopping';
    if (this.#storeAway) return 'the store cannot be reached';
    if (this.#refused === 'login') return 'the cluster refuses the login';
    if (this.#refused === 'watch') return 'the cluster refuses the watch';
    if (this.#begun) return undefined;
    return this.#role === 'worker' ? 'it has not begun to work yet' : 'the stream was never open yet';
  }
}
