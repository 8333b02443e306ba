import { documentedCommands } from '../docs.ts';
import { exitCodeMeanings } from '../errors/exit-codes.ts';
import { flagOf, iniKeysOf, negatedFlagOf, type OptionDefinition, variablesOf } from '../options/definition.ts';
import type { DocumentedCommand } from '../options/reference.ts';
import { commandTree } from '../tree/command-tree.ts';
import { allCommands, describeCommand, type DescribedCommand, type DescribedFlag } from '../tree/describe.ts';
import { version } from '../version.ts';
import { bold, italic, item, plain, section, subsection, verbatim } from './roff.ts';

/** The man pages, by their path in the repository: one of `qwarden`, and one of each of its commands. */
export async function manPages(): Promise<Record<string, string>> {
  const qwarden = describeCommand(await commandTree());
  const below = qwarden.commands.map((one): [string, string] => [titleOf(one), page(one)]);
  const pages: [string, string][] = [['qwarden', overview(qwarden)], ...below];
  return Object.fromEntries(pages.map(([name, text]) => [`docs/man/${name}.1`, text]));
}

function titleOf(command: DescribedCommand): string {
  return `qwarden-${command.path}`;
}

function head(title: string, summary: string): string[] {
  return [
    String.raw`.\" Made from the option table by scripts/generate-docs.mjs; do not edit.`,
    `.TH "${plain(title.toUpperCase())}" 1 "" "qwarden ${plain(version())}" "qwarden"`,
    section('name', `${plain(title)} \\- ${plain(lowerFirst(summary))}`),
  ];
}

function overview(qwarden: DescribedCommand): string {
  const rows = qwarden.commands.map((one) =>
    item(bold(`qwarden ${one.path}`), `${plain(one.summary)}. See ${link(one)}.`),
  );
  return join([
    ...head('qwarden', qwarden.summary.replace(/\.$/, '')),
    section('synopsis', `${bold('qwarden')} ${italic('COMMAND')} [${italic('OPTIONS')}]`),
    section(
      'description',
      plain(
        'Every setting is a flag, an environment variable and, where the page of the command says so, a key in the',
      ),
      plain(
        'configuration file: flag over environment over file over default; --show-config says where each came from.',
      ),
      plain('A variable that ends in _FILE names a file that holds the secret. --no-… switches a boolean off.'),
    ),
    section('commands', ...rows),
    section('options', ...qwarden.flags.map((flag) => item(spelling(flag), `${plain(flag.description)}.`))),
    section('exit status', ...Object.entries(exitCodeMeanings).map(([code, meaning]) => item(code, meaning))),
    section('see also', qwarden.commands.map(link).join(',\n')),
  ]);
}

function page(command: DescribedCommand): string {
  const leaves = allCommands(command).filter(({ commands }) => commands.length === 0);
  const single = leaves.length === 1;
  return join([
    ...head(titleOf(command), command.summary),
    section('synopsis', leaves.map(synopsis).join('\n.br\n')),
    ...(single
      ? [section('options', ...options(command)), ...notes(command)]
      : leaves.map((leaf) =>
          section(`qwarden ${leaf.path}`, `${plain(leaf.summary)}.`, ...options(leaf), ...notes(leaf)),
        )),
    section('see also', String.raw`\fBqwarden\fR(1)`),
  ]);
}

function synopsis({ path, flags, arguments: all }: DescribedCommand): string {
  const words = all.map(({ name, required, repeated }) => {
    const word = `${italic(name)}${repeated ? '…' : ''}`;
    return required ? word : `[${word}]`;
  });
  return [bold(`qwarden ${path}`), ...(flags.length > 0 ? [`[${italic('OPTIONS')}]`] : []), ...words].join(' ');
}

function options(command: DescribedCommand): string[] {
  const table = tableOf(command);
  const given = command.arguments
    .filter(({ description }) => description !== '')
    .map(({ name, description }) => item(italic(name), `${plain(description)}.`));
  const groups = Map.groupBy(command.flags, ({ group }) => group);
  return [
    ...given,
    ...[...groups].flatMap(([group, flags]) => [
      subsection(group),
      ...flags.map((flag) =>
        item(spelling(flag), [`${plain(flag.description)}.`, ...elsewhere(flag, table)].join('\n')),
      ),
    ]),
  ];
}

function spelling({ names, value }: DescribedFlag): string {
  return names.map((name) => bold(name) + (value === undefined ? '' : ` ${italic(value.placeholder)}`)).join(', ');
}

/** Where else it can be set. */
function elsewhere(flag: DescribedFlag, documented: DocumentedCommand | undefined): string[] {
  const found = Object.entries(documented?.table ?? {}).find(
    ([name, option]) => mainFlag(name, option) === flag.names[0],
  );
  if (documented === undefined || found === undefined) return [];
  const [name, option] = found;
  const variables = variablesOf(documented.prefix, name, option);
  const keys = documented.table.configFile ? iniKeysOf(name, option) : [];
  return [
    ...(variables.length > 0 ? [`Environment: ${plain(variables.join(', '))}.`] : []),
    ...(keys.length > 0 ? [`Key in the file: ${plain(keys.join(', '))}.`] : []),
  ];
}

function mainFlag(name: string, option: OptionDefinition): string {
  return `--${option.kind === 'boolean' && option.default === true ? negatedFlagOf(name) : flagOf(name)}`;
}

/** The reference names arguments too: `why PATH|ID`. */
function tableOf({ path }: DescribedCommand): DocumentedCommand | undefined {
  return documentedCommands.find(({ name }) => name.replace(/ [[A-Z].*$/, '') === path);
}

function notes(command: DescribedCommand): string[] {
  return command.notes === '' ? [] : [subsection('Notes', verbatim(command.notes))];
}

function link(command: DescribedCommand): string {
  return `${bold(titleOf(command))}(1)`;
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}

function join(parts: readonly string[]): string {
  return `${parts.join('\n')}\n`;
}
