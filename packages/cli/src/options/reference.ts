import {
  flagOf,
  iniKeysOf,
  negatedFlagOf,
  type OptionDefinition,
  type OptionTable,
  variablesOf,
} from './definition.ts';

/** One command as docs/reference/cli.md shows it. */
export interface DocumentedCommand {
  /** `filelock`, `locks list`. */
  name: string;
  summary: string;
  table: OptionTable;
  /** Prefix of its environment variables. */
  prefix: string;
  /** Markdown after the options. */
  notes?: string;
}

/** The Markdown of one command: a table for each group of options. */
export function commandReference(command: DocumentedCommand): string {
  const groups = Map.groupBy(Object.entries(command.table), ([, option]) => option.group);
  const parts = [`## \`qwarden ${command.name}\``, command.summary];
  for (const [group, rows] of groups) {
    parts.push(`### ${group}`, optionTable(command, rows));
  }
  if (command.notes) parts.push(command.notes);
  return parts.join('\n\n');
}

function optionTable(command: DocumentedCommand, rows: readonly (readonly [string, OptionDefinition])[]): string {
  const lines = rows.map(([name, option]) => {
    const names = variablesOf(command.prefix, name, option);
    const variables = option.secret ? names.flatMap((variable) => [variable, `${variable}_FILE`]) : names;
    const cells = [
      flagsOf(name, option).map(code).join(', '),
      variables.map(code).join(', '),
      (command.table.configFile ? iniKeysOf(name, option) : []).map(code).join(', '),
      `${option.description}.${defaultOf(option)}`,
    ];
    return `| ${cells.map(escapeCell).join(' | ')} |`;
  });
  return ['| flag | environment | key in the file | meaning |', '|---|---|---|---|', ...lines].join('\n');
}

function flagsOf(name: string, option: OptionDefinition): string[] {
  const value = option.kind === 'boolean' ? '' : ` ${option.placeholder ?? 'VALUE'}`;
  const main = option.default === true ? negatedFlagOf(name) : flagOf(name);
  const flags = [`--${main}${value}`, ...(option.aliases ?? []).map((alias) => `--${alias}${value}`)];
  if (option.short) flags.push(`-${option.short}`);
  if (option.secret) flags.push(`--${flagOf(name)}-file FILE`);
  return flags;
}

function defaultOf(option: OptionDefinition): string {
  if (option.defaultText !== undefined) return ` Default: ${option.defaultText}.`;
  const value = option.default;
  if (value === undefined || typeof value === 'boolean' || (typeof value === 'object' && value.length === 0)) return '';
  return ` Default: ${code(String(value))}.`;
}

function code(text: string): string {
  return `\`${text}\``;
}

function escapeCell(text: string): string {
  return text.replaceAll('|', '\\|');
}
