import { type Command, CommanderError } from 'commander';
import { commandTable } from './commands/index.ts';
import type { Outcome } from './commands/outcome.ts';
import { CliError, ExitCode } from './errors/cli-error.ts';
import { writeTo } from './process/streams.ts';
import { createProgram } from './tree/create-program.ts';

/** Parses a command line, runs its command, and resolves with the exit code. Throws what went wrong. */
export async function parseAndRun(args: readonly string[]): Promise<number> {
  const outcome: Outcome = { exitCode: ExitCode.ok };
  const program = createProgram();
  const wanted = args[0] === 'help' ? args[1] : args[0];
  const words = [...args];
  for (const entry of commandTable) {
    const command = program.command(entry.name).summary(entry.summary).description(entry.summary);
    if (entry.name !== wanted) continue;
    const module = await entry.load();
    module.configure(command, outcome);
    if (args[0] !== 'help') words.splice(1, words.length - 1, ...(module.rewrite?.(args.slice(1)) ?? args.slice(1)));
    if (module.notes !== undefined && asksForHelp(words)) command.addHelpText('after', await module.notes());
  }
  makeStrict(program);
  if (args.length === 0) {
    writeTo(process.stderr, program.helpInformation());
    return ExitCode.usage;
  }
  try {
    await program.parseAsync(words, { from: 'user' });
  } catch (error) {
    if (error instanceof CommanderError) return usage(error);
    throw error;
  }
  return outcome.exitCode;
}

function asksForHelp(words: readonly string[]): boolean {
  return words[0] === 'help' || words.some((word) => word === '--help' || word === '-h');
}

/** Mistakes become exceptions in every command, help goes where it belongs. */
function makeStrict(command: Command): void {
  command.exitOverride().allowExcessArguments(false).configureHelp({ showGlobalOptions: false });
  command.configureOutput({
    writeOut: (text) => void writeTo(process.stdout, text),
    writeErr: (text) => void writeTo(process.stderr, text),
    outputError: () => undefined,
  });
  for (const child of command.commands) makeStrict(child);
}

/** `--help` and `--version` come as exceptions too, with exit code 0. */
function usage(error: CommanderError): number {
  if (error.exitCode === 0) return ExitCode.ok;
  // Help because a word was missing: it has just been printed, on stderr.
  if (error.code === 'commander.help') return ExitCode.usage;
  const [what, ...hints] = error.message.replace(/^error: /, '').split('\n');
  const hint = hints.map((line) => line.replace(/^\(|\)$/g, '').trim()).join(' ');
  throw new CliError('usage', `${what ?? 'wrong command line'}.`, { remedy: hint || 'See --help.' });
}
