import { runEmulatorCommand } from '@qwarden/qumulo-emulator';
import type { ValuesOf } from '../../options/definition.ts';
import type { emulatorOptions } from '../../options/table/emulator.ts';
import { stopOnSignals } from '../../process/stop-signals.ts';
import { writeTo } from '../../process/streams.ts';

/** `qwarden emulator`: runs until it is told to stop. Resolves with the exit code. */
export async function runEmulator(values: ValuesOf<typeof emulatorOptions>): Promise<number> {
  const { password, ...options } = values;
  const stop = stopOnSignals(() => undefined);
  try {
    return await runEmulatorCommand(password === undefined ? options : { ...options, password }, {
      stdout: { write: (text) => writeTo(process.stdout, text) },
      stderr: { write: (text) => writeTo(process.stderr, text) },
      signal: stop.signal,
    });
  } finally {
    stop.release();
  }
}
