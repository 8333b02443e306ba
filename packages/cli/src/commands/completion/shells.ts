import { commandTree } from '../../tree/command-tree.ts';
import { describeCommand, type DescribedCommand } from '../../tree/describe.ts';
import { bashCompletion } from './bash.ts';
import { fishCompletion } from './fish.ts';
import { zshCompletion } from './zsh.ts';

export type Shell = 'bash' | 'zsh' | 'fish';

const writers: Readonly<Record<Shell, (qwarden: DescribedCommand) => string>> = {
  bash: bashCompletion,
  zsh: zshCompletion,
  fish: fishCompletion,
};

/** The completion script of a shell, for the command line as it is. */
export async function completionFor(shell: Shell): Promise<string> {
  return writers[shell](describeCommand(await commandTree()));
}
