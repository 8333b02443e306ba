import {
  builtinActions,
  jobHandle,
  loadRuleFile,
  maskedRuleText,
  openQueueReader,
  type QueueReader,
} from '@qwarden/engine';
import { open, readdir, stat } from 'node:fs/promises';
import { cpus, freemem, release, totalmem, uptime } from 'node:os';
import { basename, join } from 'node:path';
import { loadOwnActions } from '../../actions/own-actions.ts';
import { examine } from '../../doctor/examine.ts';
import type { Subject } from '../../doctor/subject.ts';
import { isRedis, shownPlace } from '../../look/place.ts';
import { describeSettings } from '../../options/show-config.ts';
import { version } from '../../version.ts';
import { readRuleFile } from '../monitor/rule-file.ts';
import { statusOf } from '../status/gather.ts';
import type { Bundle } from './bundle.ts';
import { hideSecrets, hideSecretsOfRules } from './secrets.ts';

const MOST_EPOCHS = 1000;
const MOST_JOBS = 200;
const MOST_LOG_BYTES = 8 * 1024 * 1024;

export interface CollectOptions {
  readonly lines: number;
  readonly environment: NodeJS.ProcessEnv;
  readonly signal: AbortSignal;
}

/** Puts everything into the bundle that there is to know. Without a subject (its configuration cannot be read) little is left. */
export async function collect(bundle: Bundle, subject: Subject | undefined, options: CollectOptions): Promise<void> {
  const { environment, lines, signal } = options;
  hideSecrets(bundle, subject, environment);
  bundle.add('README.txt', README);
  bundle.addJson('about.json', about(environment));
  if (subject === undefined) return;
  bundle.addJson('configuration.json', {
    door: subject.door,
    file: subject.settings.configFile ?? null,
    warnings: subject.settings.warnings,
    settings: describeSettings(subject.table, subject.settings),
  });
  await bundle.gather('rules', () => rules(bundle, subject, environment));
  await bundle.gather('doctor', async () => {
    bundle.addJson('doctor.json', await examine(subject, { sendTest: false, environment, signal }));
  });
  await bundle.gather('files', async () => bundle.addJson('state-files.json', await filesOf(subject.stateDir)));
  if (isRedis(subject.place) || (await exists(subject.place))) await state(bundle, subject);
  else bundle.add('state.txt', `There is no state in ${subject.place} yet.`);
  await bundle.gather('log', () => log(bundle, subject, lines));
}

async function state(bundle: Bundle, { place }: Subject): Promise<void> {
  await bundle.gather('status', async () => bundle.addJson('status.json', await statusOf(place)));
  await bundle.gather('store', async () => {
    const reader = await openQueueReader(place);
    try {
      await bundle.gather('coverage', async () => bundle.addJson('coverage.json', await coverage(reader)));
      await bundle.gather('jobs', async () => bundle.addJson('open-jobs.json', await openJobs(reader)));
      await bundle.gather('rule sets', async () => {
        bundle.addJson('store.json', {
          place: shownPlace(place),
          clusterId: await reader.clusterId(),
          lag: await reader.log.lag(),
          jobs: await reader.jobs.counts(Date.now()),
          ruleSets: await reader.ruleSets(),
        });
      });
    } finally {
      await reader.close();
    }
  });
}

async function coverage(reader: QueueReader): Promise<unknown> {
  const watches = await reader.watches();
  return await Promise.all(
    watches.map(async (watch) => {
      const epochs: unknown[] = [];
      for await (const epoch of reader.epochs(watch)) {
        epochs.push(epoch);
        if (epochs.length > MOST_EPOCHS) epochs.shift();
      }
      return { ...watch, epochs };
    }),
  );
}

/** Those that wait for a person. What their steps have handed on may be anything, and stays away. */
async function openJobs(reader: QueueReader): Promise<unknown> {
  const rows: unknown[] = [];
  for await (const job of reader.jobs.list({ states: ['dead', 'parked'], limit: MOST_JOBS })) {
    const { rule, path, state, step, attempts, lastError, armedAt } = job;
    rows.push({ job: jobHandle(job.key), rule, path, state, step, attempts, lastError, armedAt });
  }
  return rows;
}

async function rules(bundle: Bundle, { rules: plan }: Subject, environment: NodeJS.ProcessEnv): Promise<void> {
  if (plan === undefined || (!plan.named && !(await exists(plan.file)))) return;
  const text = readRuleFile(plan.file);
  const own = await loadOwnActions(plan.actions).catch(() => ({}));
  const loaded = loadRuleFile(text, { source: basename(plan.file), actions: { ...builtinActions, ...own } });
  if (loaded.ok) hideSecretsOfRules(bundle, loaded.ruleSet, environment);
  const shown = maskedRuleText(text, builtinActions);
  if (shown === undefined)
    bundle.gap('rules', `${plan.file} is no YAML, or too long: without reading it nobody knows what in it is secret`);
  else bundle.add('rules.yml', shown);
}

async function log(bundle: Bundle, { output }: Subject, lines: number): Promise<void> {
  if (output === undefined) {
    bundle.add('log.txt', 'No log file is set (--output): see where stdout goes, "journalctl -u qwarden" for example.');
    return;
  }
  bundle.add('log.txt', await lastLines(output.path, lines));
}

async function lastLines(path: string, lines: number): Promise<string> {
  const file = await open(path, 'r');
  try {
    const { size } = await file.stat();
    const length = Math.min(size, MOST_LOG_BYTES);
    const buffer = Buffer.alloc(length);
    await file.read(buffer, 0, length, size - length);
    const all = buffer.toString('utf8').split('\n');
    // A line that is cut may begin in the middle of what would have been masked.
    if (length < size) all.shift();
    if (all.at(-1) === '') all.pop();
    return lines === 0 ? '' : all.slice(-lines).join('\n');
  } finally {
    await file.close();
  }
}

async function filesOf(directory: string): Promise<unknown> {
  if (!(await exists(directory))) return { directory, files: [] };
  const names = (await readdir(directory)).sort();
  const files = await Promise.all(
    names.map(async (name) => {
      const { size, mode, uid, mtime } = await stat(join(directory, name));
      return { name, size, mode: (mode % 0o1000).toString(8).padStart(4, '0'), uid, modified: mtime.toISOString() };
    }),
  );
  return { directory, files };
}

async function exists(path: string): Promise<boolean> {
  return await stat(path).then(
    () => true,
    () => false,
  );
}

function about(environment: NodeJS.ProcessEnv): unknown {
  return {
    made: new Date().toISOString(),
    qwarden: version(),
    node: process.versions.node,
    sqlite: process.versions['sqlite'] ?? null,
    openssl: process.versions.openssl,
    platform: process.platform,
    arch: process.arch,
    release: release(),
    cpus: cpus().length,
    memory: { total: totalmem(), free: freemem(), limit: process.constrainedMemory() },
    uptimeSeconds: Math.round(uptime()),
    timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone,
    user: process.getuid?.() ?? null,
    // Names only.
    variables: Object.keys(environment)
      .filter((name) => /^(?:QWARDEN_|NODE_|HTTPS?_PROXY|NO_PROXY|XDG_STATE_HOME)/i.test(name))
      .sort(),
  };
}

const README = `What "qwarden support-bundle" has gathered, for whoever helps.

about.json            versions and the machine
configuration.json    every setting, where it came from; secrets masked
rules.yml             the rule file without comments; addresses, headers, bodies, arguments and whatever is called a secret masked
doctor.json           what "qwarden doctor" finds
status.json           what the monitor says, or its store
store.json            what the store is about, what is unread, which rule sets it knows (not their text)
coverage.json         what was watched when, and what closed each gap
open-jobs.json        what waits for a person, and why
state-files.json      files of the state directory, their sizes and modes
log.txt               the last lines of the log file
could-not-be-gathered.txt   what is missing here, and why

Passwords, tokens and keys that qwarden knows of are left out everywhere. Names of files, directories, hosts and users are in it: look through
it before you send it on.
`;
