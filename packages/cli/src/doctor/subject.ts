import { type ClusterSettings, clusterSettings } from '../connect/cluster-settings.ts';
import { CliError } from '../errors/cli-error.ts';
import { type FilelockPlan, planFilelock } from '../commands/filelock/plan.ts';
import type { OutputPlan } from '../commands/filelock/output-plan.ts';
import { withMonitorConfig, withOtherConfig } from '../commands/monitor/config-file.ts';
import { planMonitor } from '../commands/monitor/plan.ts';
import { flagOf, type OptionTable, variablesOf } from '../options/definition.ts';
import type { Source } from '../options/origin.ts';
import { type Resolved, resolve } from '../options/resolve.ts';
import { filelockOptions } from '../options/table/filelock.ts';
import { monitorOptions } from '../options/table/monitor.ts';

export type FrontDoor = 'filelock' | 'monitor';

/** Whose configuration is looked at, and what it says. */
export interface Subject {
  readonly door: FrontDoor;
  readonly table: OptionTable;
  readonly settings: Resolved<OptionTable>;
  readonly cluster: ClusterSettings;
  readonly watch: { readonly ref: string; readonly recursive: boolean };
  /** State directory, or the address of a Redis: not to be shown. */
  readonly place: string;
  /** Where the monitor keeps its inventory and its control socket, with a Redis too. */
  readonly stateDir: string;
  readonly role: 'all' | 'watcher' | 'worker';
  readonly output: OutputPlan | undefined;
  readonly filelock: FilelockPlan | undefined;
  readonly rules:
    | {
        readonly file: string;
        readonly named: boolean;
        readonly actions: readonly string[];
        readonly allowed: readonly string[];
      }
    | undefined;
}

/** Reads the configuration as `filelock` or `monitor` would. Throws CliError for what would stop them before they connect. */
export async function subjectOf(
  word: string | undefined,
  flags: Source,
  environment: NodeJS.ProcessEnv,
): Promise<Subject> {
  const door = await frontDoor(word, flags, environment);
  refuseOthers(door, flags);
  return door === 'filelock' ? await ofFilelock(flags, environment) : await ofMonitor(flags, environment);
}

async function ofFilelock(flags: Source, environment: NodeJS.ProcessEnv): Promise<Subject> {
  const table = filelockOptions;
  const settings = await resolve({
    table,
    flags,
    environment: withMonitorConfig(flags.has('configFile'), environment),
  });
  const plan = planFilelock(settings, environment);
  return {
    door: 'filelock',
    table,
    settings,
    cluster: clusterSettings(settings),
    watch: plan.watch,
    place: plan.stateDir,
    stateDir: plan.stateDir,
    role: 'all',
    output: plan.output,
    filelock: plan,
    rules: undefined,
  };
}

async function ofMonitor(flags: Source, environment: NodeJS.ProcessEnv): Promise<Subject> {
  const table = monitorOptions;
  const settings = await resolve({ table, flags, environment: withOtherConfig(flags.has('configFile'), environment) });
  const plan = planMonitor(settings, environment);
  return {
    door: 'monitor',
    table,
    settings,
    cluster: clusterSettings(settings),
    watch: plan.watch,
    place: plan.redisUrl ?? plan.stateDir,
    stateDir: plan.stateDir,
    role: plan.role,
    output: plan.output,
    filelock: undefined,
    rules: {
      file: plan.rulesFile,
      named: settings.origins.get('rules')?.kind !== 'default',
      actions: plan.actions,
      allowed: plan.allowed,
    },
  };
}

/** The one that is named; else the one that the settings are for: what only one of them knows, then whether there is a policy of locks. */
async function frontDoor(word: string | undefined, flags: Source, environment: NodeJS.ProcessEnv): Promise<FrontDoor> {
  if (word === 'filelock' || word === 'monitor') return word;
  if (word !== undefined) {
    throw new CliError('usage', `There is nothing called ${JSON.stringify(word)} to look at.`, {
      remedy: 'Name filelock or monitor, or neither.',
    });
  }
  for (const [door, table, other] of [
    ['monitor', monitorOptions, filelockOptions],
    ['filelock', filelockOptions, monitorOptions],
  ] as const) {
    const own = Object.entries<OptionTable[string]>(table).filter(([name]) => !Object.hasOwn(other, name));
    const given = own.some(
      ([name, option]) =>
        flags.has(name) ||
        variablesOf('QWARDEN_', name, option).some((variable) => environment[variable] !== undefined),
    );
    if (given) return door;
  }
  const { retention, legalHold, ...rest } = filelockOptions;
  const { values } = await resolve({
    table: { configFile: rest.configFile, retention, legalHold },
    flags,
    environment: withMonitorConfig(flags.has('configFile'), environment),
  });
  return values.retention !== undefined || values.legalHold ? 'filelock' : 'monitor';
}

function refuseOthers(door: FrontDoor, flags: Source): void {
  const [table, other] = door === 'filelock' ? [filelockOptions, monitorOptions] : [monitorOptions, filelockOptions];
  for (const name of flags.keys()) {
    if (Object.hasOwn(table, name) || !Object.hasOwn(other, name)) continue;
    const otherDoor = door === 'filelock' ? 'monitor' : 'filelock';
    throw new CliError('usage', `--${flagOf(name)} is for ${otherDoor}, and ${door} is looked at.`, {
      remedy: `Leave it out, or ask for "qwarden doctor ${otherDoor}".`,
    });
  }
}
