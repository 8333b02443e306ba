import type { Monitor, RuleJob } from '@qwarden/engine';
import type { ControlStatus, Handlers, JobsChanged } from '../../control/protocol.ts';
import { isDead } from '../jobs/states.ts';
import type { RecentLog } from './recent.ts';

export interface ControlOptions {
  readonly monitor: Pick<Monitor, 'status' | 'running' | 'retry' | 'cancel' | 'job'>;
  readonly recent: Pick<RecentLog, 'errors' | 'reload' | 'storeAway'>;
  readonly about: Omit<ControlStatus, 'monitor' | 'lastErrors' | 'lastReload'>;
  /** Resolves when the rules were read anew, or refused. */
  readonly reload: () => Promise<boolean>;
}

/** What a running monitor does when it is asked to. */
export function controlHandlers({ monitor, recent, about, reload }: ControlOptions): Handlers {
  const each = async (keys: readonly string[], change: (key: string) => Promise<boolean>): Promise<JobsChanged> => {
    const done = await Promise.all(keys.map(async (key) => ((await change(key)) ? [key] : [])));
    return { changed: done.flat() };
  };
  const ifDead = (key: string, change: () => Promise<boolean>) =>
    monitor.job(key).then((job: RuleJob | undefined) => job !== undefined && isDead(job.state) && change());
  return {
    status: async () => {
      // It would wait, and so would whoever asks.
      if (recent.storeAway !== undefined) throw new Error(recent.storeAway);
      return { ...about, monitor: await monitor.status(), lastErrors: recent.errors, lastReload: recent.reload };
    },
    'jobs.running': async () => ({ keys: await monitor.running() }),
    'jobs.retry': ({ keys }) => each(keys, (key) => monitor.retry(key)),
    'jobs.cancel': ({ keys }) => each(keys, (key) => monitor.cancel(key, CANCELLED)),
    'dead.retry': ({ keys }) => each(keys, (key) => ifDead(key, () => monitor.retry(key))),
    'dead.discard': ({ keys }) => each(keys, (key) => ifDead(key, () => monitor.cancel(key, DISCARDED))),
    'rules.reload': async () => {
      const ok = await reload();
      return { ok, text: recent.reload?.text ?? '' };
    },
  };
}

/** What the trace says of it. */
export const CANCELLED = 'cancelled by a person (qwarden jobs cancel)';
export const DISCARDED = 'discarded by a person (qwarden dead discard)';
