import { type ChildProcess, spawn } from 'node:child_process';
import { makeDirectory } from '@qwarden/engine';
import { closeSync, openSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { addressOf, type ClusterSettings } from '../../connect/cluster-settings.ts';
import { trustedSettings } from '../../connect/connect.ts';
import { CliError, ExitCode } from '../../errors/cli-error.ts';
import { renderReport, reportOf } from '../../errors/report.ts';
import { refuseIfRunning } from '../../process/pid-file.ts';
import { withoutSecrets } from '../../process/secrets.ts';
import { writeTo } from '../../process/streams.ts';
import { confirmFirstRun } from './confirm.ts';
import type { FilelockPlan, FilelockSettings } from './plan.ts';
import { runFilelock } from './run.ts';

/** Marks the detached child; its value is the file that the messages go to. */
const MARK = 'QWARDEN_DAEMON';

/** What the child tells the parent, once. */
type Report = { kind: 'listening' } | { kind: 'failed'; text: string; exitCode: number };

/**
 * `--run-as-daemon`: starts ourselves again in a session of its own (working directory /, output to the log file) and waits until
 * that child really listens, or has failed and said why. Questions are asked here, where the terminal is.
 */
export async function runDetached(settings: FilelockSettings, plan: FilelockPlan): Promise<number> {
  const log = process.env[MARK];
  if (log !== undefined) return await runAsChild(settings, plan, log);
  const logFile = plan.output?.path ?? join(plan.stateDir, 'filelock.log');
  if (plan.pidFile !== undefined) refuseIfRunning(plan.pidFile);
  const cluster = await trustedSettings(settings);
  await confirmFirstRun(plan, cluster, plan.watch.ref, settings.values.yes);
  const child = start(logFile, cluster);
  const report = await firstReport(child);
  child.disconnect();
  child.unref();
  if (report.kind === 'failed') {
    writeTo(process.stderr, report.text);
    return report.exitCode;
  }
  writeTo(
    process.stdout,
    `Listening on ${addressOf(cluster)} in the background: process ${child.pid}, messages in ${logFile}\n`,
  );
  return ExitCode.ok;
}

function start(logFile: string, cluster: ClusterSettings): ChildProcess {
  makeDirectory(dirname(logFile));
  const fd = openSync(logFile, 'a', 0o600);
  const pin = cluster.tls.fingerprint256;
  try {
    return spawn(process.execPath, [...process.execArgv, ...process.argv.slice(1)], {
      detached: true,
      stdio: ['ignore', fd, fd, 'ipc'],
      env: { ...process.env, [MARK]: logFile, ...(pin !== undefined && { QWARDEN_TLS_FINGERPRINT: pin }) },
    });
  } finally {
    closeSync(fd);
  }
}

/** Ctrl-C while waiting stops the child as well. */
function firstReport(child: ChildProcess): Promise<Report> {
  return new Promise((resolve, reject) => {
    const interrupt = () => {
      child.kill('SIGTERM');
      reject(new CliError('interrupted', 'Not started.'));
    };
    process.once('SIGINT', interrupt);
    const settle = (report: Report) => {
      process.off('SIGINT', interrupt);
      resolve(report);
    };
    child.once('message', (message) => settle(asReport(message)));
    child.once('error', reject);
    child.once('exit', (code, signal) =>
      settle({
        kind: 'failed',
        text: `qwarden: the background process ended early (${signal ?? code}).\n`,
        exitCode: 1,
      }),
    );
  });
}

function asReport(message: unknown): Report {
  if (typeof message === 'object' && message !== null && 'kind' in message) {
    if (message.kind === 'listening') return { kind: 'listening' };
    if ('text' in message && 'exitCode' in message) {
      return { kind: 'failed', text: String(message.text), exitCode: Number(message.exitCode) };
    }
  }
  return { kind: 'failed', text: 'qwarden: the background process said something unexpected.\n', exitCode: 1 };
}

async function runAsChild(settings: FilelockSettings, plan: FilelockPlan, log: string): Promise<number> {
  delete process.env[MARK];
  process.chdir('/');
  const output = plan.output ?? { path: log, keep: settings.values.outputKeep };
  try {
    return await runFilelock(
      settings,
      { ...plan, output },
      { confirmed: true, toStdout: false, onListening: () => tell({ kind: 'listening' }) },
    );
  } catch (error) {
    const report = await reportOf(error);
    tell({ kind: 'failed', text: withoutSecrets(renderReport(report, error, false)), exitCode: report.exitCode });
    throw error;
  }
}

function tell(report: Report): void {
  if (!process.connected) return;
  process.send?.(report, () => {
    if (process.connected) process.disconnect();
  });
}
