import { type Ledger, openLedger, verifyLedger, type VerifyRow } from '@qwarden/engine';
import type { QumuloClient } from '@qwarden/qumulo-client';
import { addressOf } from '../../connect/cluster-settings.ts';
import { connect } from '../../connect/connect.ts';
import { CliError, ExitCode } from '../../errors/cli-error.ts';
import type { Resolved } from '../../options/resolve.ts';
import type { locksVerifyOptions } from '../../options/table/locks.ts';
import { startProgress } from '../../output/progress.ts';
import { stopOnSignals } from '../../process/stop-signals.ts';
import { writeTo } from '../../process/streams.ts';
import { stateDirsToRead, stateRoot } from '../filelock/state-dir.ts';
import type { Format } from '../../output/format.ts';
import { print, renderRows } from '../../output/print.ts';
import { verifyShape } from './rows.ts';

type VerifySettings = Resolved<typeof locksVerifyOptions>;

/** `qwarden locks verify`. */
export async function verifyLocks(settings: VerifySettings, format: Format): Promise<number> {
  const { values } = settings;
  const stateDirs = stateDirsToRead(process.env, values.stateDir);
  if (stateDirs.length === 0) {
    throw new CliError('failed', `No ledger yet below ${stateRoot(process.env)}.`, {
      remedy: 'Name another place with --state-dir.',
    });
  }
  const { client, settings: cluster } = await connect(settings, { connections: values.maxConcurrency });
  try {
    const { data: node } = await client.cluster.nodeState();
    const shown: VerifyRow[] = [];
    let checked = 0;
    let ledgers = 0;
    for (const stateDir of stateDirs) {
      const ledger = await openLedger(stateDir);
      try {
        if (ledger.clusterId !== null && ledger.clusterId !== node.cluster_id) {
          writeTo(process.stderr, `Left out: ${stateDir} belongs to another cluster than ${addressOf(cluster)}.\n`);
          continue;
        }
        ledgers++;
        for await (const row of verified(ledger, client, values.maxConcurrency)) {
          checked++;
          if (!row.ok || values.all) shown.push(row);
        }
      } finally {
        ledger.close();
      }
    }
    if (ledgers === 0)
      throw new CliError('failed', `No ledger of ${addressOf(cluster)}.`, {
        remedy: 'Is it the right cluster, the right --state-dir?',
      });
    return await conclude(shown, checked, format);
  } finally {
    await client.close();
  }
}

async function* verified(ledger: Ledger, client: QumuloClient, concurrency: number): AsyncGenerator<VerifyRow> {
  const progress = startProgress('files compared');
  const stop = stopOnSignals(() => undefined);
  try {
    yield* verifyLedger(ledger, client, {
      concurrency,
      signal: stop.signal,
      onProgress: (done) => progress.update(done),
    });
    if (stop.signal.aborted) throw new CliError('interrupted', 'Interrupted: not everything was compared.');
  } finally {
    stop.release();
    progress.end();
  }
}

async function conclude(shown: readonly VerifyRow[], checked: number, format: Format): Promise<number> {
  const differing = shown.filter((row) => !row.ok).length;
  if (shown.length > 0 || format !== 'table') await print(renderRows(shown, verifyShape, format));
  const verdict = differing === 0 ? 'ledger and cluster agree' : `${differing} DIFFER`;
  writeTo(process.stderr, `${checked} files compared: ${verdict}.\n`);
  return differing === 0 ? ExitCode.ok : ExitCode.incomplete;
}
