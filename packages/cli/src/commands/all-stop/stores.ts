import { type KeptStops, openStopRecords, type StopRecords, UNREADABLE_REMEDY } from '@qwarden/engine';
import { existsSync } from 'node:fs';
import { CliError } from '../../errors/cli-error.ts';
import { oneLine } from '../../log/escape.ts';
import { isRedis, shownPlace } from '../../look/place.ts';
import { storeDirs } from '../../look/stores.ts';
import { writeTo } from '../../process/streams.ts';

export interface StopStore {
  /** State directory, or address of a Redis without its password. */
  readonly place: string;
  readonly records: StopRecords;
}

/** Opens where stops may be kept, for the time of `work`: the named store of a monitor, or all state directories of this user. Rejects with StateError. */
export async function withStopStores<T>(
  store: string | undefined,
  work: (stores: readonly StopStore[]) => Promise<T>,
): Promise<T> {
  const opened: (StopStore & { readonly close: () => Promise<void> })[] = [];
  try {
    for (const place of storeDirs(store)) {
      if (!isRedis(place) && !existsSync(place))
        throw new CliError('failed', `There is no state directory ${place}.`, {
          remedy: 'Name that of the monitor with --store sqlite:DIR.',
        });
      opened.push({ place: shownPlace(place), ...(await openStopRecords(place)) });
    }
    return await work(opened);
  } finally {
    for (const { close } of opened) await close();
  }
}

export type Unreadable = KeptStops['unreadable'];

/** Not a word of "nothing is stopped" when that is not known. */
export function cannotTell(unreadable: Unreadable): CliError {
  const files = unreadable.map(({ path }) => oneLine(path)).join(', ');
  return new CliError('failed', `Whether a stop stands cannot be told: ${files} cannot be read.`, {
    remedy: UNREADABLE_REMEDY,
  });
}

/** Loud: such a file may be the only one that knows how the cluster was. */
export function warnOfUnreadable(unreadable: Unreadable): void {
  for (const { path, why } of unreadable) {
    writeTo(process.stderr, `qwarden: warning: The stop in ${path} cannot be read: ${why.replaceAll(/\s+/g, ' ')}.\n`);
  }
}
