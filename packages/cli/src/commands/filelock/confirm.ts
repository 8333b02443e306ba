import { createHash } from 'node:crypto';
import { makeDirectory } from '@qwarden/engine';
import { readFileSync, appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { CliError } from '../../errors/cli-error.ts';
import { errnoOf } from '../../errors/errno.ts';
import { oneLine } from '../../log/escape.ts';
import { canAsk } from '../../output/terminal.ts';
import { writeTo } from '../../process/streams.ts';
import { addressOf, type ClusterSettings } from '../../connect/cluster-settings.ts';
import type { FilelockPlan } from './plan.ts';

/**
 * Before the first run of a configuration a person on a terminal is shown what will happen and asked, once. Machines
 * (no terminal, or --yes) are not asked: a crontab must not hang. Throws CliError when the answer is no.
 */
export async function confirmFirstRun(
  plan: FilelockPlan,
  cluster: ClusterSettings,
  path: string,
  yes: boolean,
): Promise<void> {
  if (plan.dryRun || yes || !canAsk()) return;
  const digest = configurationDigest(plan, cluster);
  const file = join(plan.stateDir, 'confirmed');
  if (readConfirmed(file).includes(digest)) return;
  writeTo(process.stderr, `${describePlan(plan, cluster, path)}\n`);
  const { confirm } = await import('@inquirer/prompts');
  const message = 'Retention locks cannot be taken back. Start?';
  if (!(await confirm({ message, default: false }, { output: process.stderr }))) {
    throw new CliError('failed', 'Not started.', { remedy: 'With --dry-run it only says what it would lock.' });
  }
  makeDirectory(plan.stateDir, 0o700);
  appendFileSync(file, `${digest}\n`, { mode: 0o600 });
}

/** What will happen, in words. */
function describePlan(plan: FilelockPlan, cluster: ClusterSettings, path: string): string {
  const { policy, watch } = plan;
  const what = [
    policy.retention && `a retention period of ${policy.retention.text}`,
    policy.legalHold && 'a legal hold',
  ].filter((part) => typeof part === 'string');
  const lines = [
    'This configuration runs for the first time. It will',
    `  - watch ${oneLine(path)}${watch.recursive ? ' and everything below it' : ' (not the directories below it)'} on ${addressOf(cluster)}`,
    `  - put ${what.join(' and ')} on each new file, ${policy.intervalMs / 1000} s after its last change`,
  ];
  if (policy.include.length > 0) lines.push(`  - only on files that match ${oneLine(policy.include.join(' or '))}`);
  if (policy.exclude.length > 0) lines.push(`  - never on files that match ${oneLine(policy.exclude.join(' or '))}`);
  if (!policy.builtinExcludes) lines.push('  - also on temporary files (--no-builtin-excludes)');
  if (policy.extend) lines.push('  - extend retention locks that are there already and end earlier');
  if (policy.existing === 'lock') lines.push('  - do so with all files that ARE ALREADY THERE, too (--existing lock)');
  return lines.join('\n');
}

function configurationDigest(plan: FilelockPlan, cluster: ClusterSettings): string {
  const { watch, policy } = plan;
  const what = JSON.stringify([cluster.host, cluster.port, watch, { ...policy, retention: policy.retention?.text }]);
  return createHash('sha256').update(what).digest('hex');
}

function readConfirmed(file: string): string[] {
  try {
    return readFileSync(file, 'utf8').split('\n');
  } catch (error) {
    if (errnoOf(error) === 'ENOENT' || errnoOf(error) === 'ENOTDIR') return [];
    throw error;
  }
}
