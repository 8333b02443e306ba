import { ExitCode } from './errors/cli-error.ts';
import { followParent } from './process/parent-watch.ts';
import { endOnSignalsAsProcessOne } from './process/process-one.ts';
import { renderReport, reportOf } from './errors/report.ts';
import { withoutSecrets } from './process/secrets.ts';
import { tolerateClosedPipes, writeTo } from './process/streams.ts';
import { parseAndRun } from './program.ts';

/** Runs one command line and sets the exit code. Never rejects. */
export async function run(args: readonly string[]): Promise<void> {
  followParent(process.env);
  endOnSignalsAsProcessOne();
  tolerateClosedPipes();
  process.on('uncaughtException', (error) => void crash(error));
  try {
    process.exitCode = await parseAndRun(args);
  } catch (error) {
    process.exitCode = await explain(error);
  }
}

/** What nobody caught is a mistake of ours: said like every other error, and the end. */
async function crash(error: unknown): Promise<void> {
  process.exit(await explain(error));
}

async function explain(error: unknown): Promise<number> {
  const report = await reportOf(error);
  const debug = process.env.QWARDEN_DEBUG === '1' || report.unexpected === true;
  if (report.exitCode === ExitCode.interrupted) writeTo(process.stderr, '\n');
  writeTo(process.stderr, withoutSecrets(renderReport(report, error, debug)));
  return report.exitCode;
}
