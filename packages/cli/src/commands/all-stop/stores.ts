import { fileStopRecords, type StopRecords } from '@qwarden/engine';
import { systemClock } from '@qwarden/qumulo-client';
import { existsSync } from 'node:fs';
import { CliError } from '../../errors/cli-error.ts';
import { storeDirs } from '../../look/stores.ts';
import { writeTo } from '../../process/streams.ts';

/** Where stops may be kept: in the named state directory of a monitor, or in all of this user. */
export function stopStores(store: string | undefined): { readonly stateDir: string; readonly records: StopRecords }[] {
  return storeDirs(store).map((stateDir) => {
    if (!existsSync(stateDir))
      throw new CliError('failed', `There is no state directory ${stateDir}.`, {
        remedy: 'Name that of the monitor with --store sqlite:DIR.',
      });
    return { stateDir, records: fileStopRecords(stateDir, systemClock) };
  });
}

/** Loud: such a file may be the only one that knows how the cluster was. */
export function warnOfUnreadable(unreadable: readonly { readonly path: string; readonly why: string }[]): void {
  for (const { path, why } of unreadable) {
    writeTo(process.stderr, `qwarden: warning: The stop in ${path} cannot be read: ${why.replaceAll(/\s+/g, ' ')}.\n`);
  }
}
