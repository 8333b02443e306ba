import { holderOfStateDir, openQueueReader, type QueueReader } from '@qwarden/engine';
import { connectControl } from '../../control/client.ts';
import type { ControlStatus } from '../../control/protocol.ts';
import { isRedis, shownPlace } from '../../look/place.ts';

type Counts = Awaited<ReturnType<QueueReader['jobs']['counts']>>;
type Lag = Awaited<ReturnType<QueueReader['log']['lag']>>;

/** One state directory: what its monitor says, or what is to be read in it. */
export type StoreStatus =
  | ({ readonly stateDir: string; readonly running: true } & ControlStatus)
  | {
      readonly stateDir: string;
      readonly running: false;
      /** The process that uses it and cannot be asked, which `filelock` cannot; null: it is not known which; absent: none. */
      readonly heldBy?: number | null;
      readonly jobs: Counts;
      readonly lag: Lag;
      /** When the last match was decided, RFC 3339. */
      readonly lastMatchAt: string | null;
    };

/** Rejects with CliError, StateError. */
export async function statusOf(place: string): Promise<StoreStatus> {
  const stateDir = shownPlace(place);
  const control = await connectControl(place);
  if (control !== undefined) {
    try {
      return { stateDir, running: true, ...(await control.ask('status', {})) };
    } finally {
      control.close();
    }
  }
  const reader = await openQueueReader(place);
  try {
    let lastMatchAt: string | null = null;
    for await (const { at } of reader.traces.matches({ limit: 1 })) lastMatchAt = new Date(at).toISOString();
    const jobs = await reader.jobs.counts(Date.now());
    const heldBy = isRedis(place) ? undefined : holderOfStateDir(place);
    const held = heldBy === undefined ? {} : { heldBy };
    return { stateDir, running: false, ...held, jobs, lag: await reader.log.lag(), lastMatchAt };
  } finally {
    await reader.close();
  }
}
