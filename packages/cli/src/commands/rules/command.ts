import type { Command } from 'commander';
import { declareFlags } from '../../options/flag-source.ts';
import { resolve } from '../../options/resolve.ts';
import {
  rulesBacktestOptions,
  rulesCheckOptions,
  rulesExplainOptions,
  rulesReloadOptions,
  rulesSchemaOptions,
  rulesTestOptions,
} from '../../options/table/rules.ts';
import type { Outcome } from '../outcome.ts';

export function configure(command: Command, outcome: Outcome): void {
  const checking = command
    .command('check')
    .description('Say what is wrong with a rule file, and where')
    .argument('<FILE>', FILE);
  const checkFlags = declareFlags(checking, rulesCheckOptions);
  checking.addHelpText('after', checkNotes).action(async (file: string) => {
    const { values } = await resolve({ table: rulesCheckOptions, flags: checkFlags, environment: process.env });
    const { checkRules } = await import('./check.ts');
    outcome.exitCode = await checkRules(file, values);
  });

  const testing = command
    .command('test')
    .description('Which rules a change would match, and why the others do not')
    .argument('<FILE>', FILE);
  const testFlags = declareFlags(testing, rulesTestOptions);
  testing.addHelpText('after', testNotes).action(async (file: string) => {
    const settings = await resolve({ table: rulesTestOptions, flags: testFlags, environment: process.env });
    const { testRules } = await import('./test.ts');
    outcome.exitCode = await testRules(file, settings);
  });

  const explaining = command
    .command('explain')
    .description('Rules in plain words')
    .argument('<FILE>', FILE)
    .argument('[NAME]', 'only this rule');
  const explainFlags = declareFlags(explaining, rulesExplainOptions);
  explaining.action(async (file: string, name: string | undefined) => {
    const { values } = await resolve({ table: rulesExplainOptions, flags: explainFlags, environment: process.env });
    const { loadOwnActions } = await import('../../actions/own-actions.ts');
    const { explainRules } = await import('./explain.ts');
    outcome.exitCode = explainRules(file, name, await loadOwnActions(values.actions));
  });

  const schema = command.command('schema').description('Print the JSON Schema of rule files, for editors');
  const schemaFlags = declareFlags(schema, rulesSchemaOptions);
  schema.action(async () => {
    const { values } = await resolve({ table: rulesSchemaOptions, flags: schemaFlags, environment: process.env });
    const { loadOwnActions } = await import('../../actions/own-actions.ts');
    const { printSchema } = await import('./explain.ts');
    outcome.exitCode = printSchema(await loadOwnActions(values.actions));
  });

  command
    .command('migrate')
    .description('Print a watch list of the public event-monitor samples as a rule file')
    .argument('<FILE>', 'watch list with PATHS, EXTENSIONS, EVENTS; "-" is standard input')
    .action(async (file: string) => {
      const { migrateRules } = await import('./explain.ts');
      outcome.exitCode = migrateRules(file);
    });

  const reloading = command
    .command('reload')
    .description('Have the running monitor read its rule file anew, and say what came of it');
  const reloadFlags = declareFlags(reloading, rulesReloadOptions);
  reloading.addHelpText('after', reloadNotes).action(async () => {
    const { values } = await resolve({ table: rulesReloadOptions, flags: reloadFlags, environment: process.env });
    const { reloadRules } = await import('./reload.ts');
    outcome.exitCode = await reloadRules(values);
  });

  const testingBack = command
    .command('backtest')
    .description('What new rules would have done more, and less, for the changes that are recorded')
    .argument('<NEW>', FILE);
  const backFlags = declareFlags(testingBack, rulesBacktestOptions);
  testingBack.addHelpText('after', backtestNotes).action(async (file: string) => {
    const { values } = await resolve({ table: rulesBacktestOptions, flags: backFlags, environment: process.env });
    const { backtestRules } = await import('./backtest.ts');
    outcome.exitCode = await backtestRules(file, values);
  });
}

const FILE = 'rule file; "-" is standard input';

const checkNotes = `
Needs no cluster.

Exit codes:
  0  the file can be used    2  it cannot: every problem with file:line:column`;

const testNotes = `
Does nothing. With --host (or a configuration file) the cluster is asked for what rules want to know of the file; without it
such rules are undecided.

Exit codes:
  0  tested    1  the cluster could not be asked    2  the command line, the configuration or the rules must be corrected

Examples:
  qwarden rules test rules.yml --path /records/a.pdf --type created
  qwarden rules test rules.yml --path /records/a.pdf --type renamed --moved-from /records/a.part
  qwarden events export --since 1h | qwarden rules test rules.yml --event -`;

const reloadNotes = `
The monitor notices by itself when the file changes; this says at once whether it could be used.

Exit codes:
  0  read    1  no monitor runs, or it refused the file and keeps the rules that it has    2  the command line must be corrected`;

const backtestNotes = `
Does nothing. Reads the log of "qwarden monitor", also while it runs, and puts its changes through both rule sets.

Exit codes:
  0  compared    1  the log cannot be read    2  the command line or the rules must be corrected

Examples:
  qwarden rules backtest new-rules.yml --since 24h
  qwarden rules backtest new-rules.yml --rules rules.yml --since 7d`;
