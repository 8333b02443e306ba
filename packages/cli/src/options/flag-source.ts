import { type Command, Option } from 'commander';
import { CliError } from '../errors/cli-error.ts';
import { flagOf, negatedFlagOf, type OptionDefinition, type OptionTable } from './definition.ts';
import { hideArgument } from '../process/secrets.ts';
import type { RawValue, Source } from './origin.ts';
import { readSecretFile } from './secret-file.ts';

/**
 * Declares a table's flags on a command. The returned source fills while the command line is parsed.
 * A flag given twice with different values is a usage error (thrown while parsing): with locks that cannot be undone
 * it must be clear what was meant.
 */
export function declareFlags(command: Command, table: OptionTable): Source {
  const source = new Map<string, RawValue>();
  const groups = new Map<string, [string, OptionDefinition][]>();
  for (const [name, option] of Object.entries(table)) {
    groups.set(option.group, [...(groups.get(option.group) ?? []), [name, option]]);
  }
  for (const [group, rows] of groups) {
    for (const [name, option] of rows) declareOption({ command, source, group: `${group}:` }, name, option);
  }
  return source;
}

interface Declaring {
  command: Command;
  source: Map<string, RawValue>;
  group: string;
}

function declareOption(to: Declaring, name: string, option: OptionDefinition): void {
  const flag = flagOf(name);
  const short = option.short ? `-${option.short}, ` : '';
  const take = (used: string) => (value: string) => {
    if (option.secret) hideArgument(value);
    note(to.source, name, option, { used, value });
  };
  const negative = option.kind === 'boolean' && option.default === true;
  const main = negative ? negatedFlagOf(name) : flag;
  add(to, `${short}--${main}`, option, take(main), describe(option));
  const aliases = option.aliases ?? [];
  for (const alias of aliases) add(to, `--${alias}`, option, take(alias), `Same as --${flag}`);
  if (option.kind === 'boolean') {
    const other = negative ? flag : negatedFlagOf(name);
    add(to, `--${other}`, option, take(other));
  }
  if (option.secret) {
    const fileFlag = `${flag}-file`;
    const describeFile = `Read the ${flag.replaceAll('-', ' ')} from this file; "-" is standard input`;
    const fileOption = new Option(`--${fileFlag} <FILE>`, describeFile).helpGroup(to.group);
    to.command.addOption(fileOption);
    to.command.on(`option:${fileFlag}`, (path: string) =>
      note(to.source, name, option, { used: fileFlag, value: readSecretFile(path, `--${fileFlag}`) }),
    );
  }
}

/** Without a description the flag is understood but not listed. */
function add(
  to: Declaring,
  flags: string,
  option: OptionDefinition,
  take: (value: string) => void,
  description?: string,
): void {
  const takesValue = option.kind !== 'boolean';
  const declared = new Option(takesValue ? `${flags} <${option.placeholder ?? 'VALUE'}>` : flags, description);
  declared.helpGroup(to.group);
  if (description === undefined) declared.hideHelp();
  to.command.addOption(declared);
  to.command.on(`option:${declared.name()}`, take);
}

function note(
  source: Map<string, RawValue>,
  name: string,
  option: OptionDefinition,
  given: { used: string; value: string },
): void {
  const earlier = source.get(name);
  const origin = { kind: 'flag', flag: given.used } as const;
  if (option.kind === 'list') {
    const before = Array.isArray(earlier?.value) ? earlier.value : [];
    source.set(name, { value: [...before, given.value], origin });
    return;
  }
  const value = option.kind === 'boolean' ? !given.used.startsWith('no-') : given.value;
  if (earlier && earlier.value !== value) {
    const other = earlier.origin.kind === 'flag' ? earlier.origin.flag : given.used;
    throw new CliError('usage', `--${other} and --${given.used} contradict each other.`, {
      remedy: other === given.used ? 'Give it once.' : 'Give one of them.',
    });
  }
  source.set(name, { value, origin });
}

function describe(option: OptionDefinition): string {
  const shown = option.defaultText ?? defaultOf(option.default);
  return shown === undefined ? option.description : `${option.description} (default: ${shown})`;
}

function defaultOf(value: OptionDefinition['default']): string | undefined {
  if (value === undefined || typeof value === 'boolean') return undefined;
  if (typeof value === 'object') return value.length > 0 ? value.join(', ') : undefined;
  return String(value);
}
