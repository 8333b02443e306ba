import { DemoError, runDemo } from '../../demo/run-demo.ts';
import { demoHolds, demoSummary } from '../../demo/summary.ts';
import { liveView, plainView } from '../../demo/view.ts';
import { CliError, ExitCode } from '../../errors/cli-error.ts';
import type { ValuesOf } from '../../options/definition.ts';
import { durationMs } from '../../options/duration.ts';
import type { demoOptions } from '../../options/table/demo.ts';
import { stopOnSignals } from '../../process/stop-signals.ts';
import { writeTo } from '../../process/streams.ts';

/** `qwarden demo`: runs the main job on an embedded cluster and proves the result. Resolves with the exit code. */
export async function demonstrate(values: ValuesOf<typeof demoOptions>): Promise<number> {
  const view = process.stdout.isTTY
    ? liveView(process.stdout)
    : plainView((text) => void writeTo(process.stdout, text));
  const stop = stopOnSignals(() => undefined);
  const { interval: intervalSeconds, retention, seed } = values;
  const forMs = values.for === undefined ? undefined : durationMs(values.for);
  try {
    const result = await runDemo({ forMs, intervalSeconds, retention, seed }, view, stop.signal);
    writeTo(process.stdout, `${demoSummary(result)}\n`);
    return demoHolds(result) ? ExitCode.ok : ExitCode.failed;
  } catch (error) {
    if (error instanceof DemoError) throw new CliError('failed', error.message, { cause: error });
    throw error;
  } finally {
    stop.release();
  }
}
