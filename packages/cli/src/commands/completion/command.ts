import { Argument, type Command } from 'commander';
import { writeTo } from '../../process/streams.ts';
import type { Shell } from './shells.ts';

export function configure(command: Command): void {
  command
    .addArgument(new Argument('<SHELL>', 'whose completions to print').choices(['bash', 'zsh', 'fish']))
    .addHelpText('after', notes)
    .action(async (shell: Shell) => {
      const { completionFor } = await import('./shells.ts');
      writeTo(process.stdout, await completionFor(shell));
    });
}

const notes = `
Where to put what it prints:
  bash   qwarden completion bash > ~/.local/share/bash-completion/completions/qwarden
         (without the package bash-completion: eval "$(qwarden completion bash)" in ~/.bashrc)
  zsh    qwarden completion zsh > DIRECTORY/_qwarden, with DIRECTORY in $fpath before compinit runs
  fish   qwarden completion fish > ~/.config/fish/completions/qwarden.fish`;
