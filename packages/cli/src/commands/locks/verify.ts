import {
  type Ledger,
  type LockRule,
  lockRulesOf,
  verifyLedger,
  type VerifyOptions,
  type VerifyRow,
} from '@qwarden/engine';
import type { QumuloClient } from '@qwarden/qumulo-client';
import { loadOwnActions } from '../../actions/own-actions.ts';
import { addressOf } from '../../connect/cluster-settings.ts';
import { connect } from '../../connect/connect.ts';
import { CliError, ExitCode } from '../../errors/cli-error.ts';
import { oneLine } from '../../log/escape.ts';
import type { Resolved } from '../../options/resolve.ts';
import type { locksVerifyOptions } from '../../options/table/locks.ts';
import { startProgress } from '../../output/progress.ts';
import { stopOnSignals } from '../../process/stop-signals.ts';
import { writeTo } from '../../process/streams.ts';
import type { Format } from '../../output/format.ts';
import { print, renderRows } from '../../output/print.ts';
import { brokenRules, loadNamed } from '../rules/file.ts';
import { withLedgers } from './ledgers.ts';
import { LeftOutCounts } from './left-out.ts';
import { verifyShape } from './rows.ts';

type VerifySettings = Resolved<typeof locksVerifyOptions>;

/** `qwarden locks verify`. */
export async function verifyLocks(settings: VerifySettings, format: Format): Promise<number> {
  const { values } = settings;
  const rules = values.rules === undefined ? undefined : await lockRulesIn(values.rules, values.actions);
  return await withLedgers(settings, async (ledgers) => {
    if (ledgers.length === 0) {
      throw new CliError('failed', 'There is nothing to compare.', {
        remedy: 'Name the place of the ledger with --state-dir or --store.',
      });
    }
    const { client, settings: cluster } = await connect(settings, { connections: values.maxConcurrency });
    try {
      const { data: node } = await client.cluster.nodeState();
      const ours = ledgers.filter(({ ledger, stateDir }) => {
        const isOurs = ledger.clusterId === null || ledger.clusterId === node.cluster_id;
        if (!isOurs)
          writeTo(process.stderr, `Left out: ${stateDir} belongs to another cluster than ${addressOf(cluster)}.\n`);
        return isOurs;
      });
      if (ours.length === 0)
        throw new CliError('failed', `No ledger of ${addressOf(cluster)}.`, {
          remedy: 'Is it the right cluster, the right --state-dir or --store?',
        });
      const shown: VerifyRow[] = [];
      const leftOut = new LeftOutCounts();
      let checked = 0;
      for (const { ledger } of ours) {
        const options = { concurrency: values.maxConcurrency, rules, onLeftOut: leftOut.add };
        for await (const row of verified(ledger, client, options)) {
          checked++;
          if (!row.ok || values.all) shown.push(row);
        }
        await leftOut.lookedAt(ledger, rules);
      }
      const code = await conclude(shown, checked, format);
      for (const line of leftOut.lines()) writeTo(process.stderr, `${oneLine(line)}\n`);
      return code;
    } finally {
      await client.close();
    }
  });
}

/** Throws CliError with every problem of the file. */
async function lockRulesIn(file: string, actions: readonly string[]): Promise<readonly LockRule[]> {
  const loaded = loadNamed(file, await loadOwnActions(actions));
  if (!loaded.ok) throw brokenRules(loaded.problems);
  const rules = lockRulesOf(loaded.ruleSet.text);
  if (rules.length > 0) return rules;
  throw new CliError('config', `${file} has no rule with a lock step: there is nothing to look for.`, {
    remedy: 'Name another rule file with --rules, or leave it out to take the rules that were in force last.',
  });
}

async function* verified(ledger: Ledger, client: QumuloClient, options: VerifyOptions): AsyncGenerator<VerifyRow> {
  const progress = startProgress('files compared');
  const stop = stopOnSignals(() => undefined);
  try {
    yield* verifyLedger(ledger, client, {
      ...options,
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
