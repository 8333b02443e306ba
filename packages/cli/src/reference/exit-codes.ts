import { exitCodeMeanings } from '../errors/exit-codes.ts';
import { commandTree } from '../tree/command-tree.ts';
import { allCommands, describeCommand, type DescribedCommand } from '../tree/describe.ts';
import { code, markdownTable } from './markdown.ts';

/** docs/reference/exit-codes.md, out of the meanings in code and what the help of each command says. */
export async function exitCodesReference(): Promise<string> {
  const general = Object.entries(exitCodeMeanings).map(([number, meaning]) => [code(number), meaning]);
  const commands = allCommands(describeCommand(await commandTree())).flatMap((command) => {
    const codes = codesOf(command);
    return codes.length === 0 ? [] : [[code(`qwarden ${command.path}`), codes.join('<br>')]];
  });
  return `${introduction}

${markdownTable(['code', 'meaning'], general)}

## By command

${markdownTable(['command', 'codes'], commands)}

What stands for \`list\` holds for the other commands beside it too. Every other command ends with 0, 1 or 2 as above. Signals: a command that runs until it is told to stop ends with the code of its work after SIGINT and SIGTERM, not with 130 or 143; a second
one ends it at once.
`;
}

/** The entries of "Exit codes:" in a command's help, each beginning with its number; a number stands after two spaces or more. */
function codesOf({ notes }: DescribedCommand): string[] {
  const lines = notes.split('\n');
  const start = lines.findIndex((line) => line.startsWith('Exit codes:'));
  if (start === -1) return [];
  const end = lines.findIndex((line, index) => index > start && line.trim() === '');
  const text = lines.slice(start + 1, end === -1 ? undefined : end).join('  ');
  return text
    .split(/(?:^|\s{2,})(?=\d{1,3}\s{2})/)
    .filter((entry) => entry.trim() !== '')
    .map((entry) =>
      entry
        .trim()
        .replace(/^(\d+)\s+/, '`$1` ')
        .replaceAll(/\s+/g, ' '),
    );
}

const introduction = `# Exit codes

Made from the table in \`packages/cli/src/errors/exit-codes.ts\` and the help of each command by \`scripts/generate-docs.mjs\`; do not edit.`;
