import { changeGroups } from '../../events/kinds.ts';
import type { ActionCatalog } from '../catalog.ts';
import { conditionKeys, conditions } from '../conditions/index.ts';
import { isRecord, type UnknownRecord } from '../record.ts';
import { rulesJsonSchema } from './json-schema.ts';

const INTRODUCTION = `# Rules

Made from the schema in \`packages/engine/src/rules\` by \`scripts/generate-docs.mjs\`; do not edit.

A rule file is YAML (or JSON, which is a part of it). For an editor's help, begin it with
\`# yaml-language-server: $schema=rules.schema.json\` ([rules.schema.json](rules.schema.json)).

\`\`\`yaml
version: 1
defaults: { settle: 15s }
rules:
  - name: lock finished records
    on: [created, written, moved-in, renamed]
    where: { under: /records, not: { name: ["*.part", "~$*"] } }
    settle: 30s
    do:
      - lock: { retention: 7y, legal_hold: false }
\`\`\`

Durations are \`250ms\`, \`15s\`, \`2m\` (minutes), \`1h30m\`, \`7d\`, \`2w\`; a bare number is refused. Octal modes and other texts that YAML
would read as numbers, and texts that begin with \`*\`, must be quoted. Aliases (\`&name\`, \`*name\`) may be used, merge keys (\`<<\`) may not.
The watch lists of the public event-monitor samples (\`PATHS\`, \`EXTENSIONS\`, \`EVENTS\`) load unchanged.`;

/** docs/reference/rules.md */
export function rulesReference(catalog: ActionCatalog): string {
  const schema = rulesJsonSchema(catalog);
  const rule = definition(schema, 'rule');
  const parts = [
    INTRODUCTION,
    `## A file\n\n${keyTable(schema)}`,
    `## A rule\n\n${keyTable(rule)}`,
    `### limits\n\n${keyTable(propertiesOf(rule)['limits'] ?? {})}`,
    `## on\n\n${groupTable()}\n\nThe types of the cluster may be named too. Both halves of a rename inside the watch are joined into \`child_file_renamed\` or \`child_dir_renamed\`; only a half that stays alone is \`moved-in\` or \`moved-out\`.`,
    `## where\n\n${WHERE}\n\n${conditionTable(definition(schema, 'where'))}`,
    `### count\n\n${keyTable(propertiesOf(propertiesOf(rule)['where'] ?? {})['count'] ?? {})}`,
  ];
  if (Object.keys(catalog).length > 0)
    parts.push(`## do\n\n${DO}`, ...Object.entries(catalog).map(([name, { summary }]) => action(rule, name, summary)));
  return `${parts.join('\n\n')}\n`;
}

const WHERE = `Several keys in one object all have to hold; a list as a value means one of these. \`all\`, \`any\` and \`not\` nest freely. Conditions that need nothing but the event
are decided first, then the time, then what the cluster must be asked for. A condition on a file that is gone cannot be answered: then the rule does not match.
Case counts, but not in \`extension\`; \`case_sensitive\` of the rule changes both.`;

const DO = `Each item of \`do\` names one action with its parameters; \`continue_on_error: true\` beside it lets the next action run even if this one fails.`;

function conditionTable(where: UnknownRecord): string {
  const rows = conditionKeys.map((key) => {
    const { summary, needs, example } = conditions[key];
    return row([code(key), summary, needs === 'change' ? '' : needs, code(example)]);
  });
  const others = ['all', 'any', 'not', 'time_zone'].map((key) =>
    row([code(key), textOf(propertiesOf(where)[key]?.['description']), '', '']),
  );
  return ['| keyword | compares | needs | example |', '|---|---|---|---|', ...rows, ...others].join('\n');
}

function groupTable(): string {
  const rows = Object.entries(changeGroups).map(([group, types]) =>
    row([code(group), group === 'any' ? 'all' : types.map(code).join(' ')]),
  );
  return ['| group | types |', '|---|---|', ...rows].join('\n');
}

function action(rule: UnknownRecord, name: string, summary: string): string {
  const params = propertiesOf(propertiesOf(rule)['do']?.['items'])[name] ?? {};
  const table = Object.keys(propertiesOf(params)).length === 0 ? 'No parameters.' : keyTable(params);
  return `### ${name}\n\n${summary}\n\n${table}`;
}

function keyTable(schema: UnknownRecord): string {
  const required = new Set(listOf(schema['required']));
  const rows = Object.entries(propertiesOf(schema)).map(([key, own]) =>
    row([
      `${code(key)}${required.has(key) ? ' (required)' : ''}`,
      [textOf(own['description']), examplesOf(own), choicesOf(own), defaultOf(own)].filter(Boolean).join(' '),
    ]),
  );
  return ['| key | meaning |', '|---|---|', ...rows].join('\n');
}

function examplesOf(schema: UnknownRecord): string {
  const examples = listOf(schema['examples']);
  return examples.length === 0 ? '' : `Such as ${examples.map((one) => code(textOf(one))).join(', ')}.`;
}

function choicesOf(schema: UnknownRecord): string {
  const choices = listOf(schema['enum']);
  return choices.length === 0 ? '' : `One of ${choices.map((one) => code(textOf(one))).join(', ')}.`;
}

function defaultOf(schema: UnknownRecord): string {
  return schema['default'] === undefined ? '' : `Default: ${code(JSON.stringify(schema['default']))}.`;
}

function definition(schema: UnknownRecord, id: string): UnknownRecord {
  return childrenOf(schema['$defs'])[id] ?? {};
}

function propertiesOf(schema: unknown): Readonly<Record<string, UnknownRecord>> {
  return isRecord(schema) ? childrenOf(schema['properties']) : {};
}

function childrenOf(value: unknown): Readonly<Record<string, UnknownRecord>> {
  const entries = isRecord(value) ? Object.entries(value) : [];
  return Object.fromEntries(entries.map(([key, own]) => [key, isRecord(own) ? own : {}]));
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : value === undefined ? '' : JSON.stringify(value);
}

function row(cells: readonly string[]): string {
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|').replaceAll('\n', ' ')).join(' | ')} |`;
}

function code(text: string): string {
  return `\`${text}\``;
}
