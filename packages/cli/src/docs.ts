import {
  builtinActions,
  metricsReference,
  privilegesReference,
  rulesJsonSchema,
  rulesReference,
} from '@qwarden/engine';
import { filelockNotes } from './commands/filelock/help.ts';
import { monitorNotes } from './commands/monitor/help.ts';
import { fileJsonSchema } from './options/json-schema.ts';
import { commandReference, type DocumentedCommand } from './options/reference.ts';
import { allStopResumeOptions, allStopStatusOptions } from './options/table/all-stop.ts';
import { configureOptions } from './options/table/configure.ts';
import { eventsExportOptions, eventsListOptions, eventsTailOptions } from './options/table/events.ts';
import {
  deadDiscardOptions,
  deadListOptions,
  jobsChangeOptions,
  jobsListOptions,
  jobsShowOptions,
} from './options/table/jobs.ts';
import {
  rulesBacktestOptions,
  rulesCheckOptions,
  rulesExplainOptions,
  rulesReloadOptions,
  rulesSchemaOptions,
  rulesTestOptions,
} from './options/table/rules.ts';
import { healthOptions } from './options/table/health.ts';
import { doctorOptions, supportBundleOptions } from './options/table/doctor.ts';
import { statusOptions } from './options/table/status.ts';
import { whyOptions } from './options/table/why.ts';
import { demoOptions } from './options/table/demo.ts';
import { emulatorOptions } from './options/table/emulator.ts';
import { filelockOptions } from './options/table/filelock.ts';
import { monitorOptions } from './options/table/monitor.ts';
import { locksCoverageOptions, locksListOptions, locksVerifyOptions } from './options/table/locks.ts';
import { quarantineListOptions, quarantinePurgeOptions, quarantineRestoreOptions } from './options/table/quarantine.ts';

/** Commands with options, in the order of the reference. */
export const documentedCommands: readonly DocumentedCommand[] = [
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
    name: 'status',
    summary: 'What the running monitor does; of one that does not run, what its store has.',
    table: statusOptions,
    prefix: 'QWARDEN_',
  },
  {
    name: 'health',
    summary:
      'Asks what runs with `--listen` whether it does its work (`/readyz`): exit code 0 when it does, else 1 and why. For HEALTHCHECK and exec probes.',
    table: healthOptions,
    prefix: 'QWARDEN_',
  },
  {
    name: 'doctor [filelock|monitor]',
    summary:
      'Checks everything that a run needs, each with its remedy, and changes nothing ([how to read it](../how-to/doctor.md)). Takes the settings of `qwarden filelock` or `qwarden monitor`.',
    table: doctorOptions,
    prefix: 'QWARDEN_',
  },
  {
    name: 'support-bundle PLACE [filelock|monitor]',
    summary:
      'Gathers what a helper needs in a file (`….tar.gz`) or a directory, without secrets ([what is in it](../how-to/doctor.md#support-bundle)).',
    table: supportBundleOptions,
    prefix: 'QWARDEN_',
  },
  {
    name: 'why PATH|ID',
    summary: 'What happened to a file, and why: changes, matches, what was done, what waits, what was an own effect.',
    table: whyOptions,
    prefix: 'QWARDEN_',
  },
  {
    name: 'events list',
    summary: 'The changes that the monitor has recorded, oldest first; the halves of a rename are one.',
    table: eventsListOptions,
    prefix: 'QWARDEN_',
  },
  {
    name: 'events tail',
    summary: 'The same as they come, until Ctrl-C.',
    table: eventsTailOptions,
    prefix: 'QWARDEN_',
  },
  {
    name: 'events export',
    summary: 'The same as lines of JSON.',
    table: eventsExportOptions,
    prefix: 'QWARDEN_',
  },
  {
    name: 'jobs list',
    summary:
      'What the monitor still has to do, and what it could not do. A job is called by the beginning of a hash (column JOB).',
    table: jobsListOptions,
    prefix: 'QWARDEN_',
  },
  {
    name: 'jobs show JOB…',
    summary: 'Everything about a job, with each try.',
    table: jobsShowOptions,
    prefix: 'QWARDEN_',
  },
  {
    name: 'jobs retry [JOB…]',
    summary: 'Has jobs done now that are dead or held back, from the step where they stopped.',
    table: jobsChangeOptions,
    prefix: 'QWARDEN_',
  },
  {
    name: 'jobs cancel [JOB…]',
    summary: 'Has jobs never done; one that runs is left alone.',
    table: jobsChangeOptions,
    prefix: 'QWARDEN_',
  },
  {
    name: 'dead list',
    summary: 'Jobs that could not be done (out of tries, or held back), and why.',
    table: deadListOptions,
    prefix: 'QWARDEN_',
  },
  {
    name: 'dead retry [JOB…]',
    summary: 'Tries them again, when the cause is gone.',
    table: jobsChangeOptions,
    prefix: 'QWARDEN_',
  },
  {
    name: 'dead discard [JOB…]',
    summary: 'Gives them up for good; asks first on a terminal.',
    table: deadDiscardOptions,
    prefix: 'QWARDEN_',
  },
  {
    name: 'rules check FILE',
    summary: 'Says what is wrong with a rule file, and where (file:line:column).',
    table: rulesCheckOptions,
    prefix: 'QWARDEN_',
  },
  {
    name: 'rules test FILE',
    summary: 'Which rules a change would match, and for the others the first condition that failed.',
    table: rulesTestOptions,
    prefix: 'QWARDEN_',
  },
  {
    name: 'rules explain FILE [NAME]',
    summary: 'Rules in plain words.',
    table: rulesExplainOptions,
    prefix: 'QWARDEN_',
  },
  {
    name: 'rules schema',
    summary: 'Prints the JSON Schema of rule files.',
    table: rulesSchemaOptions,
    prefix: 'QWARDEN_',
  },
  {
    name: 'rules migrate FILE',
    summary: 'Prints a watch list of the public event-monitor samples as a rule file.',
    table: {},
    prefix: 'QWARDEN_',
  },
  {
    name: 'rules reload',
    summary: 'Has the running monitor read its rule file anew, and says what came of it.',
    table: rulesReloadOptions,
    prefix: 'QWARDEN_',
  },
  {
    name: 'rules backtest NEW',
    summary: 'What new rules would have done more, and less, for the changes that are recorded.',
    table: rulesBacktestOptions,
    prefix: 'QWARDEN_',
  },
  {
    name: 'locks list',
    summary:
      'Which files are locked, until when, and why: reads the ledgers of `qwarden filelock` and `qwarden monitor`, also while they run.',
    table: locksListOptions,
    prefix: 'QWARDEN_',
  },
  {
    name: 'locks verify',
    summary:
      'Asks the cluster about every file of the ledger, and looks for files that should be in it; exit code 3 when they differ.',
    table: locksVerifyOptions,
    prefix: 'QWARDEN_',
  },
  {
    name: 'locks coverage',
    summary: 'What was watched when, and what closed each gap between: reads the coverage record.',
    table: locksCoverageOptions,
    prefix: 'QWARDEN_',
  },
  {
    name: 'all-stop status',
    summary: 'Which stops of the action `all-stop` stand, what fired them, and what they stopped; needs no cluster.',
    table: allStopStatusOptions,
    prefix: 'QWARDEN_',
  },
  {
    name: 'all-stop resume',
    summary:
      'Makes everything as it was before the stop. What somebody else has changed since is left and told (exit code 3), unless `--force` or `--keep-changed` decides.',
    table: allStopResumeOptions,
    prefix: 'QWARDEN_',
  },
  {
    name: 'quarantine list',
    summary: 'What is in quarantine, since when, why, and where it came from ([quarantine.md](../quarantine.md)).',
    table: quarantineListOptions,
    prefix: 'QWARDEN_',
  },
  {
    name: 'quarantine restore',
    summary:
      'Puts files back where they came from: `qwarden quarantine restore WHICH…`, each an entry of the list, the id of a file, or the path where it came from.',
    table: quarantineRestoreOptions,
    prefix: 'QWARDEN_',
  },
  {
    name: 'quarantine purge',
    summary: 'Deletes files that are in quarantine for good: `qwarden quarantine purge WHICH…`, as with restore.',
    table: quarantinePurgeOptions,
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
  {
    name: 'completion bash|zsh|fish',
    summary: 'Prints the completion script of a shell; `--help` says where to put it.',
    table: {},
    prefix: 'QWARDEN_',
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
    'docs/reference/cli.md': `${[introduction, ...documentedCommands.map(commandReference)].join('\n\n')}\n`,
    'docs/reference/config.schema.json': `${JSON.stringify(schema, undefined, 2)}\n`,
    'docs/reference/metrics.md': metricsReference(),
    'docs/reference/privileges.md': privilegesReference(),
    'docs/reference/rules.md': rulesReference(builtinActions),
    'docs/reference/rules.schema.json': `${JSON.stringify(rulesJsonSchema(builtinActions), undefined, 2)}\n`,
  };
}
