import { connectControl } from '../../control/client.ts';
import { CliError, ExitCode } from '../../errors/cli-error.ts';
import { oneLine } from '../../log/escape.ts';
import { storeDirs } from '../../look/stores.ts';
import type { ValuesOf } from '../../options/definition.ts';
import type { rulesReloadOptions } from '../../options/table/rules.ts';
import { writeTo } from '../../process/streams.ts';

/** `qwarden rules reload`. */
export async function reloadRules(values: ValuesOf<typeof rulesReloadOptions>): Promise<ExitCode> {
  let asked = 0;
  let refused = 0;
  for (const stateDir of storeDirs(values.store)) {
    const control = await connectControl(stateDir);
    if (control === undefined) continue;
    try {
      const { ok, text } = await control.ask('rules.reload', {});
      asked += 1;
      if (!ok) refused += 1;
      writeTo(ok ? process.stdout : process.stderr, `${oneLine(text)}\n`);
    } finally {
      control.close();
    }
  }
  if (asked === 0) throw new CliError('failed', 'No monitor runs that could read its rules anew.');
  return refused === 0 ? ExitCode.ok : ExitCode.failed;
}
