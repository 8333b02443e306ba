import {
  checkRetention,
  compileSelection,
  type FilelockPolicy,
  parseRetention,
  type Retention,
  RetentionError,
} from '@qwarden/engine';
import { resolve as absolute } from 'node:path';
import { clusterSettings } from '../../connect/cluster-settings.ts';
import { CliError } from '../../errors/cli-error.ts';
import { type ListenPlan, planListen } from '../../http/observe.ts';
import { durationMs } from '../../options/duration.ts';
import type { Environment } from '../../options/environment-source.ts';
import { nameOrigin } from '../../options/origin.ts';
import type { Resolved } from '../../options/resolve.ts';
import { compareStrength } from '../../options/resolve.ts';
import type { filelockOptions } from '../../options/table/filelock.ts';
import { type OutputPlan, planOutput } from './output-plan.ts';
import { defaultStateDir } from './state-dir.ts';

export type FilelockSettings = Resolved<typeof filelockOptions>;

/** What is going to be done, checked as far as it can be without the cluster. */
export interface FilelockPlan {
  watch: { ref: string; recursive: boolean };
  /** Both were given: they must turn out to be the same directory. */
  alsoPath?: string;
  policy: FilelockPolicy;
  stateDir: string;
  dryRun: boolean;
  /** Stop after this many ms. */
  forMs?: number;
  maxConcurrency?: number;
  output?: OutputPlan;
  pidFile?: string;
  listen?: ListenPlan;
}

/** Throws CliError for everything that must be corrected before a connection makes sense. */
export function planFilelock(settings: FilelockSettings, environment: Environment): FilelockPlan {
  const { values } = settings;
  const watch = chooseWatch(settings);
  const policy = makePolicy(settings);
  const { host, port } = clusterSettings(settings);
  const plan: FilelockPlan = {
    watch: { ref: watch.ref, recursive: values.recursive },
    policy,
    stateDir: absolute(values.stateDir ?? defaultStateDir(environment, { host, port, ref: watch.ref })),
    dryRun: values.dryRun,
  };
  if (watch.alsoPath !== undefined) plan.alsoPath = watch.alsoPath;
  if (values.for !== undefined) plan.forMs = durationMs(values.for);
  if (values.maxConcurrency !== undefined) plan.maxConcurrency = values.maxConcurrency;
  if (values.pidFile !== undefined) plan.pidFile = absolute(values.pidFile);
  const listen = planListen(values);
  if (listen !== undefined) plan.listen = listen;
  const output = planOutput(settings);
  if (output !== undefined) plan.output = output;
  return plan;
}

function chooseWatch({ values, origins }: FilelockSettings): { ref: string; alsoPath?: string } {
  const { directoryPath, fileNum } = values;
  if (directoryPath === undefined && fileNum === undefined) {
    throw new CliError('usage', 'No directory to watch.', {
      remedy: 'Name it with --directory-path PATH, or by its id with --file-id ID.',
    });
  }
  if (fileNum === undefined) return { ref: String(directoryPath) };
  if (directoryPath === undefined) return { ref: fileNum };
  const stronger = compareStrength(origins.get('fileNum'), origins.get('directoryPath'));
  if (stronger === 0) return { ref: fileNum, alsoPath: directoryPath };
  return { ref: stronger > 0 ? fileNum : directoryPath };
}

function makePolicy(settings: FilelockSettings): FilelockPolicy {
  const { values, origins } = settings;
  if (values.retention === undefined && !values.legalHold) {
    throw new CliError(
      'usage',
      'Neither a retention period nor a legal hold was asked for: there would be nothing to do.',
      {
        remedy: [
          'Either give a retention period:  --retention 7y   (7d, 6m, 2y, 2031-12-31, …)',
          'or put files on legal hold:      --legal-hold',
          'or both. RETENTION and LEGAL_HOLD in the configuration file do the same.',
        ].join('\n'),
      },
    );
  }
  if (values.extend && values.retention === undefined) {
    throw new CliError('usage', '--extend needs a retention period to extend to.', {
      remedy: 'Add --retention PERIOD.',
    });
  }
  const selection = { include: values.include, exclude: values.exclude, builtinExcludes: values.builtinExcludes };
  compileSelection(selection);
  const origin = origins.get('retention');
  const retention =
    values.retention === undefined
      ? undefined
      : readRetention(values.retention, values.allowLongRetention, origin && nameOrigin(origin));
  return {
    ...(retention && { retention }),
    legalHold: values.legalHold,
    extend: values.extend,
    intervalMs: values.interval * 1000,
    ...selection,
    existing: values.existing,
    waitForClose: values.waitForClose,
  };
}

function readRetention(text: string, allowLong: boolean, from = '--retention'): Retention {
  try {
    const retention = parseRetention(text);
    // The local clock is good enough to refuse what cannot be meant; the cluster's decides when it comes to locking.
    checkRetention(retention, Date.now(), { allowLong });
    return retention;
  } catch (error) {
    if (error instanceof RetentionError) throw new CliError('usage', `${from}: ${error.message}`, { cause: error });
    throw error;
  }
}
