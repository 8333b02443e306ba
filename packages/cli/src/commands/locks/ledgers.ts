import { type Ledger, openLedger, StateError } from '@qwarden/engine';
import { shownPlace } from '../../look/place.ts';
import { storeDirs } from '../../look/stores.ts';
import { compareStrength, type Resolved } from '../../options/resolve.ts';
import type { locksCoverageOptions } from '../../options/table/locks.ts';
import { writeTo } from '../../process/streams.ts';
import { stateDirsToRead, stateRoot } from '../filelock/state-dir.ts';

export type LedgerSettings = Pick<Resolved<typeof locksCoverageOptions>, 'values' | 'origins'>;

export interface OpenLedger {
  readonly ledger: Ledger;
  /** Its state directory, or the address of its Redis without the password. */
  readonly stateDir: string;
}

/** Opens what --state-dir and --store name, or else all ledgers of this user, for the time of `work`. Rejects with StateError. */
export async function withLedgers<T>(
  settings: LedgerSettings,
  work: (ledgers: readonly OpenLedger[]) => Promise<T>,
): Promise<T> {
  const ledgers: OpenLedger[] = [];
  try {
    const named = namedPlaces(settings);
    if (named.length > 0) for (const place of named) ledgers.push(await open(place));
    else ledgers.push(...(await openAll()));
    return await work(ledgers);
  } finally {
    for (const { ledger } of ledgers) await ledger.close();
  }
}

/** A flag is meant; variables and keys of a file may be set for several programs at once, and then both count. */
function namedPlaces({ values, origins }: LedgerSettings): string[] {
  const { stateDir, store } = values;
  const stateDirs = stateDir === undefined ? [] : stateDirsToRead(process.env, stateDir);
  if (store === undefined) return stateDirs;
  const stores = storeDirs(store);
  if (stateDir === undefined) return stores;
  const [a, b] = [origins.get('stateDir'), origins.get('store')];
  if (a?.kind !== 'flag' && b?.kind !== 'flag') return [...stateDirs, ...stores];
  const stronger = compareStrength(a, b);
  return [...(stronger >= 0 ? stateDirs : []), ...(stronger <= 0 ? stores : [])];
}

async function openAll(): Promise<OpenLedger[]> {
  const ledgers: OpenLedger[] = [];
  const roots = (['filelock', 'monitor'] as const).map((of) => ({ of, root: stateRoot(process.env, of) }));
  for (const { of } of roots) {
    for (const stateDir of stateDirsToRead(process.env, undefined, of)) {
      try {
        ledgers.push(await open(stateDir));
      } catch (error) {
        // A monitor whose queue is in Redis has a state directory too.
        if (!(error instanceof StateError) || error.kind !== 'missing') throw error;
        writeTo(process.stderr, `Left out: there is no ledger in ${stateDir}. One in Redis is named with --store.\n`);
      }
    }
  }
  if (ledgers.length === 0) {
    const places = roots.map(({ root }) => root).join(' and ');
    writeTo(process.stderr, `No ledger yet below ${places}. Name another place with --state-dir or --store.\n`);
  }
  return ledgers;
}

async function open(place: string): Promise<OpenLedger> {
  return { ledger: await openLedger(place), stateDir: shownPlace(place) };
}
