import { resolve as absolute } from 'node:path';
import { clusterSettings } from '../../connect/cluster-settings.ts';
import { CliError } from '../../errors/cli-error.ts';
import { durationMs } from '../../options/duration.ts';
import type { Environment } from '../../options/environment-source.ts';
import type { Resolved } from '../../options/resolve.ts';
import { type ListenPlan, planListen } from '../../http/observe.ts';
import { isRedis } from '../../look/place.ts';
import type { monitorOptions } from '../../options/table/monitor.ts';
import { byteCount, type OutputPlan, planOutput } from '../filelock/output-plan.ts';
import { defaultStateDir } from '../filelock/state-dir.ts';

export type MonitorSettings = Resolved<typeof monitorOptions>;

/** What is going to be done, checked as far as it can be without the cluster. */
export interface MonitorPlan {
  watch: { ref: string; recursive: boolean };
  rulesFile: string;
  /** Where the user's own actions are. */
  actions: readonly string[];
  /** What rules may reach outside the cluster; empty = whatever they name. */
  allowed: readonly string[];
  stateDir: string;
  /** The queue is there, and not in the state directory. */
  redisUrl?: string;
  role: 'all' | 'watcher' | 'worker';
  dryRun: boolean;
  forMs?: number;
  /** Of events that were decided about. */
  keep: { keepMs: number; keepBytes?: number };
  maxConcurrency?: number;
  output?: OutputPlan;
  pidFile?: string;
  listen?: ListenPlan;
}

/** Throws CliError for everything that must be corrected before a connection makes sense. */
export function planMonitor(settings: MonitorSettings, environment: Environment): MonitorPlan {
  const { values } = settings;
  if (values.fileNum !== undefined && values.directoryPath !== undefined) {
    throw new CliError('usage', '--file-id and --directory-path both name the directory to watch.', {
      remedy: 'Give one of them.',
    });
  }
  const ref = values.fileNum ?? values.directoryPath ?? '/';
  const { host, port } = clusterSettings(settings);
  const plan: MonitorPlan = {
    watch: { ref, recursive: values.recursive },
    rulesFile: absolute(values.rules),
    actions: values.actions,
    allowed: values.allowTarget,
    stateDir: absolute(inDirectory(values.store) ?? defaultStateDir(environment, { host, port, ref }, 'monitor')),
    role: values.role,
    dryRun: values.dryRun,
    keep: {
      keepMs: durationMs(values.keepEvents),
      ...(values.keepEventsSize === undefined ? {} : { keepBytes: byteCount(values.keepEventsSize) }),
    },
  };
  if (values.store !== undefined && isRedis(values.store)) plan.redisUrl = values.store;
  else if (values.role !== 'all') {
    throw new CliError('usage', `--role ${values.role} needs a queue that several processes share.`, {
      remedy: 'Name a Redis with --store redis://HOST:PORT, or leave out --role.',
    });
  }
  if (values.role === 'worker' && values.dryRun) {
    throw new CliError(
      'usage',
      'A worker that only says what it would do takes no jobs, so that it has nothing to say.',
      {
        remedy: 'Leave out --role worker: a dry run watches and decides by itself.',
      },
    );
  }
  if (values.for !== undefined) plan.forMs = durationMs(values.for);
  if (values.maxConcurrency !== undefined) plan.maxConcurrency = values.maxConcurrency;
  if (values.pidFile !== undefined) plan.pidFile = absolute(values.pidFile);
  const listen = planListen(values);
  if (listen !== undefined) plan.listen = listen;
  const output = planOutput(settings);
  if (output !== undefined) plan.output = output;
  return plan;
}

/** The directory of `sqlite:DIR`. */
function inDirectory(store: string | undefined): string | undefined {
  return store === undefined || isRedis(store) ? undefined : store.replace(/^sqlite:/, '');
}
