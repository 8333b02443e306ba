import { builtinActions, rulesJsonSchema, rulesReference } from '@qwarden/engine';
import { filelockNotes } from './commands/filelock/help.ts';
import { monitorNotes } from './commands/monitor/help.ts';
import { fileJsonSchema } from './options/json-schema.ts';
import { commandReference, type DocumentedCommand } from './options/reference.ts';
import { configureOptions } from './options/table/configure.ts';
import { demoOptions } from './options/table/demo.ts';
import { emulatorOptions } from './options/table/emulator.ts';
import { filelockOptions } from './options/table/filelock.ts';
import { monitorOptions } from './options/table/monitor.ts';
import { locksListOptions, locksVerifyOptions } from './options/table/locks.ts';

/** Commands with options, in the order of the reference. */
const commands: readonly DocumentedCommand[] = [
  {
    name: 'filelock',
    summary: 'Watch a directory and put a retention lock on each new file.',
    table: filelockOptions,
    prefix: 'QWARDEN_',
    notes: `### Notes\n\n\`\`\`text\n${filelockNotes().trim()}\n\`\`\``,
  },
  {
    name: 'monitor',
    summary: 'Watch everything that happens below a directory and act on it by rules.',
    table: monitorOptions,
    prefix: 'QWARDEN_',
    notes: `### Notes\n\n\`\`\`text\n${monitorNotes().trim()}\n\`\`\``,
  },
  {
    name: 'locks list',
    summary: 'Which files are locked, until when, and why: reads the ledger, also while `qwarden filelock` runs.',
    table: locksListOptions,
    prefix: 'QWARDEN_',
  },
  {
    name: 'locks verify',
    summary: 'Asks the cluster about every file of the ledger; exit code 3 when they differ.',
    table: locksVerifyOptions,
    prefix: 'QWARDEN_',
  },
  {
    name: 'configure',
    summary: 'Asks for host and login, tests them, and writes the configuration file. Every question has its flag.',
    table: configureOptions,
    prefix: 'QWARDEN_',
  },
  {
    name: 'demo',
    summary: 'Runs the event monitor live on an emulated cluster, and proves the result by asking it about every file.',
    table: demoOptions,
    prefix: 'QWARDEN_DEMO_',
  },
  {
    name: 'emulator',
    summary: 'Runs a Qumulo cluster in memory, behind the same REST API, for trying and testing.',
    table: emulatorOptions,
    prefix: 'QWARDEN_EMULATOR_',
  },
];

const introduction = `# Command line

Made from the option table in \`packages/cli/src/options/table/\` by \`scripts/generate-docs.mjs\`; do not edit.

Every setting is a flag, an environment variable and, where the third column says so, a key in the configuration file
(\`[DEFAULT]\` section, upper or lower case, in the format of Python's \`configparser\`). Flag over environment over file over
default; \`--show-config\` says where each value came from. Variables that end in \`_FILE\` name a file that holds the secret.
A boolean is switched off with \`--no-…\`, and in variables and files with \`false\`, \`no\`, \`off\` or \`0\`. Lists have one item a line there.
The JSON Schema of the configuration file: [config.schema.json](config.schema.json).`;

/** Content of the generated files, by their path in the repository. */
export function generatedDocs(): Record<string, string> {
  const schema = fileJsonSchema(filelockOptions, 'Configuration file of qwarden filelock');
  return {
    'docs/reference/cli.md': `${[introduction, ...commands.map(commandReference)].join('\n\n')}\n`,
    'docs/reference/config.schema.json': `${JSON.stringify(schema, undefined, 2)}\n`,
    'docs/reference/rules.md': rulesReference(builtinActions),
    'docs/reference/rules.schema.json': `${JSON.stringify(rulesJsonSchema(builtinActions), undefined, 2)}\n`,
  };
}
