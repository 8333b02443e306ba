import { formatProblem } from '@qwarden/engine';
import { loadOwnActions } from '../../actions/own-actions.ts';
import { ExitCode } from '../../errors/cli-error.ts';
import { oneLine } from '../../log/escape.ts';
import { writeTo } from '../../process/streams.ts';
import { loadNamed, sourceName, warn } from './file.ts';

/** `qwarden rules check`. Problems alone on stderr, a line each, as compilers print them: editors can read that. */
export async function checkRules(
  file: string,
  { json, actions }: { json: boolean; actions: readonly string[] },
): Promise<ExitCode> {
  const loaded = loadNamed(file, await loadOwnActions(actions));
  if (json) {
    const { ok } = loaded;
    const shown = loaded.ok
      ? { ok, rules: loaded.ruleSet.rules.length, hash: loaded.ruleSet.hash, problems: [], warnings: loaded.warnings }
      : { ok, rules: null, hash: null, problems: loaded.problems, warnings: [] };
    writeTo(process.stdout, `${JSON.stringify(shown, undefined, 2)}\n`);
    return ok ? ExitCode.ok : ExitCode.usage;
  }
  if (!loaded.ok) {
    for (const problem of loaded.problems) writeTo(process.stderr, `${oneLine(formatProblem(problem))}\n`);
    return ExitCode.usage;
  }
  warn(loaded.warnings);
  const { rules, hash } = loaded.ruleSet;
  const off = rules.filter(({ enabled }) => !enabled).length;
  const some = off === 0 ? '' : ` (${off} switched off)`;
  writeTo(
    process.stdout,
    `${oneLine(sourceName(file))}: ${rules.length} rules${some}, can be used; rule set ${hash.slice(0, 12)}\n`,
  );
  return ExitCode.ok;
}
