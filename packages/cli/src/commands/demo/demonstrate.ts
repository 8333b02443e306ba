import { DemoError } from '../../demo/demo-error.ts';
import { runDemo } from '../../demo/run-demo.ts';
import { demoSummary, demoWrongs } from '../../demo/summary.ts';
import { liveView, plainView } from '../../demo/view.ts';
import { CliError, ExitCode } from '../../errors/cli-error.ts';
import type { ValuesOf } from '../../options/definition.ts';
import { durationMs } from '../../options/duration.ts';
import type { demoOptions } from '../../options/table/demo.ts';
import { stopOnSignals } from '../../process/stop-signals.ts';
import { writeTo } from '../../process/streams.ts';

/** `qwarden demo`: runs the event monitor on an embedded cluster and proves the result. Resolves with the exit code. */
export async function demonstrate(values: ValuesOf<typeof demoOptions>): Promise<number> {
  const view = process.stdout.isTTY
    ? liveView(process.stdout)
    : plainView((text) => void writeTo(process.stdout, text));
  const stop = stopOnSignals(() => undefined);
  const { interval: intervalSeconds, retention, seed } = values;
  const forMs = values.for === undefined ? undefined : durationMs(values.for);
  try {
    const result = await runDemo({ forMs, intervalSeconds, retention, seed }, view, stop.signal);
    if (result === undefined) {
      writeTo(process.stdout, 'Ended before anything was written: there is nothing to prove.\n');
      return ExitCode.ok;
    }
    writeTo(process.stdout, `${demoSummary(result)}\n`);
    return demoWrongs(result).length === 0 ? ExitCode.ok : ExitCode.failed;
  } catch (error) {
    if (error instanceof DemoError) throw new CliError('failed', error.message, { cause: error });
    throw error;
  } finally {
    stop.release();
  }
}
