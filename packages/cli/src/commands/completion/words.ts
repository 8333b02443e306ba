import type { DescribedCommand } from '../../tree/describe.ts';

/** Between single quotes, in the words of every POSIX shell. */
export function quote(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}

/** One line, without what is too long for a list beside words. */
export function short(description: string): string {
  const line = description.replaceAll(/\s+/g, ' ').trim();
  return line.length > 100 ? `${line.slice(0, 99).trimEnd()}…` : line;
}

export const HEAD = `# Completion of qwarden, made by "qwarden completion" from the command line itself; make it anew after an upgrade.`;

/** Each pair of a command's words and the word below it that leads further: `["locks", "list"]`, `["", "locks"]`. */
export function steps(commands: readonly DescribedCommand[]): [string, string][] {
  return commands.flatMap(({ path, commands }) => commands.map(({ name }): [string, string] => [path, name]));
}
