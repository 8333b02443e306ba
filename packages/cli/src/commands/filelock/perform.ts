import { ExitCode } from '../../errors/cli-error.ts';
import type { Source } from '../../options/origin.ts';
import { filelockOptions } from '../../options/table/filelock.ts';
import { printSettings } from '../../output/settings.ts';
import { writeTo } from '../../process/streams.ts';
import { type FilelockSettings, planFilelock } from './plan.ts';

/** Does what the settings ask for: show them, configure, detach, or run. */
export async function perform(settings: FilelockSettings, flags: Source): Promise<number> {
  for (const warning of settings.warnings) writeTo(process.stderr, `qwarden: warning: ${warning}\n`);
  const { values } = settings;
  if (values.showConfig) {
    printSettings(filelockOptions, settings, values.format);
    return ExitCode.ok;
  }
  if (values.configure) {
    const { configureFile } = await import('../configure/configure.ts');
    return await configureFile(settings, { flags, test: true, yes: values.yes });
  }
  const plan = planFilelock(settings, process.env);
  if (values.runAsDaemon) {
    const { runDetached } = await import('./daemon.ts');
    return await runDetached(settings, plan);
  }
  const { runFilelock } = await import('./run.ts');
  return await runFilelock(settings, plan, { confirmed: false, toStdout: true });
}
