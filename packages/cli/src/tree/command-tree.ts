import type { Command } from 'commander';
import { commandTable } from '../commands/index.ts';
import { ExitCode } from '../errors/cli-error.ts';
import { createProgram } from './create-program.ts';

/** The whole command line with every command's flags, for those who describe it: completions and man pages. */
export async function commandTree(): Promise<Command> {
  const program = createProgram();
  for (const entry of commandTable) {
    const command = program.command(entry.name).summary(entry.summary).description(entry.summary);
    const module = await entry.load();
    module.configure(command, { exitCode: ExitCode.ok });
    if (module.notes !== undefined) command.addHelpText('after', await module.notes());
  }
  return program;
}
