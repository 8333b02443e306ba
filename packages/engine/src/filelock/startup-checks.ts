import {
  type Clock,
  type FileRef,
  QumuloApiError,
  QumuloConnectionError,
  QumuloLoginError,
  systemClock,
} from '@qwarden/qumulo-client';
import { grantCommand, LOCK_PRIVILEGE, type WantedPrivilege } from '../actions/privileges.ts';
import type { Cluster } from '../cluster.ts';
import { withoutSlash } from '../watch/place.ts';
import type { StartupFinding, StartupReport } from './startup-types.ts';

const SKEW_MS = 2000;
const WATCH_WITHIN_MS = 15_000;

type Report = { findings: StartupFinding[] } & Omit<
  { -readonly [K in keyof StartupReport]: StartupReport[K] },
  'findings'
>;

export interface StartupQuestion {
  /** `opens: false`: another process watches it (a worker only needs the directory itself). */
  readonly watch: { readonly ref: FileRef; readonly recursive: boolean; readonly opens?: boolean };
  /** What the user must be allowed to do, besides watching. */
  readonly privileges: readonly WantedPrivilege[];
}

/** Between the tries of a check that met a passing trouble. */
const AGAIN_AFTER_MS = [300, 1000, 3000] as const;

/**
 * Asks the cluster everything that would stop `filelock` later, each with its remedy. Never rejects, changes nothing. A passing
 * trouble of the cluster (5xx, 429, a connection cut) is not a finding: the check is tried again a few times first.
 */
export async function startupChecks(
  cluster: Cluster,
  question: StartupQuestion,
  clock: Clock = systemClock,
): Promise<StartupReport> {
  const report: Report = { findings: [] };
  if (!(await reachable(cluster, report, clock))) return report;
  if (!(await login(cluster, question.privileges, report, clock))) return report;
  await name(cluster, report);
  const directory = await findDirectory(cluster, question.watch.ref, report, clock);
  const { recursive, opens = true } = question.watch;
  if (opens && recursive) await recursiveMode(cluster, report);
  if (opens && directory !== undefined) await mayWatch(cluster, directory, recursive, report, clock);
  clockSkew(cluster, report);
  return report;
}

async function reachable(cluster: Cluster, report: Report, clock: Clock): Promise<boolean> {
  try {
    const { data } = await patiently(clock, () => cluster.cluster.version());
    report.cluster = { id: '', name: '', version: data.revision_id };
    report.findings.push(fine('reachable', `The cluster answers (${data.revision_id}).`));
    return true;
  } catch (error) {
    report.findings.push({
      ...bad(
        'reachable',
        `The cluster does not answer: ${words(error)}`,
        'Check host, port (8000, or 443 with /api) and network.',
      ),
      cause: error,
    });
    return false;
  }
}

async function login(
  cluster: Cluster,
  privileges: readonly WantedPrivilege[],
  report: Report,
  clock: Clock,
): Promise<boolean> {
  try {
    const { data } = await patiently(clock, () => cluster.session.whoAmI());
    report.identity = { name: data.name };
    report.findings.push(fine('login', `Logged in as ${data.name}.`));
    for (const privilege of privileges) report.findings.push(hasPrivilege(data, privilege));
    return true;
  } catch (error) {
    const refused = error instanceof QumuloLoginError || (error instanceof QumuloApiError && error.status === 401);
    const remedy =
      error instanceof QumuloLoginError && error.ssoRequired
        ? 'This cluster demands single sign-on: use an access token (qwarden configure).'
        : refused
          ? 'Check user and password, or the access token (qwarden configure).'
          : 'Try again; if it stays, look at the cluster.';
    report.findings.push({ ...bad('login', `Login failed: ${words(error)}`, remedy), cause: error });
    return false;
  }
}

/** Of privileges other than that of retention locks the name is inferred, so that lacking one may mean nothing. */
function hasPrivilege(user: { name: string; privileges: readonly string[] }, wanted: WantedPrivilege): StartupFinding {
  const { privilege, by, unless } = wanted;
  const locks = privilege === LOCK_PRIVILEGE;
  if (user.privileges.includes(privilege)) {
    return locks
      ? { ...fine('privilege-lock', `${user.name} may set retention locks (${privilege}).`), privilege: wanted }
      : { ...fine('privilege', `${user.name} has the privilege ${privilege}.`), privilege: wanted };
  }
  const remedy = `Give the user a role with ${privilege} (${grantCommand('ROLE', [privilege])}), then log in again (a role reaches a user only with a new login).`;
  if (locks) {
    const message = `${user.name} lacks the privilege ${privilege}: the cluster will refuse every retention lock.`;
    return { ...bad('privilege-lock', message, remedy), privilege: wanted };
  }
  const message =
    unless === undefined
      ? `${user.name} lacks the privilege ${privilege}, which ${by} needs: the cluster may refuse it.`
      : `${user.name} lacks the privilege ${privilege}: ${by} works only where ${unless}.`;
  return { check: 'privilege', ok: false, severity: 'warning', message, remedy, privilege: wanted };
}

/** The cluster's name and id are nice to have. */
async function name(cluster: Cluster, report: Report): Promise<void> {
  const [settings, node] = await Promise.allSettled([cluster.cluster.settings(), cluster.cluster.nodeState()]);
  report.cluster = {
    id: node.status === 'fulfilled' ? node.value.data.cluster_id : '',
    name: settings.status === 'fulfilled' ? settings.value.data.cluster_name : '',
    version: report.cluster?.version ?? '',
  };
}

async function findDirectory(
  cluster: Cluster,
  ref: FileRef,
  report: Report,
  clock: Clock,
): Promise<string | undefined> {
  const called = ref.startsWith('/') ? ref : `with the id ${ref}`;
  try {
    const { data } = await patiently(clock, () => cluster.files.getAttributes(ref));
    if (data.type !== 'FS_FILE_TYPE_DIRECTORY') {
      report.findings.push(
        bad('directory', `${data.path} is not a directory.`, 'Name the directory that the files come into.'),
      );
      return undefined;
    }
    report.directory = { id: data.id, path: withoutSlash(data.path) };
    report.findings.push(fine('directory', `${withoutSlash(data.path)} is a directory (id ${data.id}).`));
    return data.id;
  } catch (error) {
    const missing = error instanceof QumuloApiError && error.status === 404;
    report.findings.push({
      ...bad(
        'directory',
        missing
          ? `There is no directory ${called} on the cluster.`
          : `The directory ${called} cannot be read: ${words(error)}`,
        missing
          ? 'Check the path (as the cluster sees it, not as a client mounts it), or the id.'
          : isPassing(error)
            ? 'Try again; if it stays, look at the cluster.'
            : 'The user needs read permission on it, or a role with PRIVILEGE_FILE_READ_ACCESS.',
      ),
      cause: error,
    });
    return undefined;
  }
}

async function recursiveMode(cluster: Cluster, report: Report): Promise<void> {
  try {
    const { recursive_mode: mode } = (await cluster.fileSystem.getNotifySettings()).data;
    const remedy =
      'Switch it on with: qq fs_set_notify_settings --recursive-mode enabled. Or watch without --recursive.';
    if (mode === 'ENABLED') report.findings.push(fine('recursive-mode', 'Recursive change notifications are enabled.'));
    else if (mode === 'DISABLED_IGNORE') {
      report.findings.push(
        bad(
          'recursive-mode',
          'Recursive change notifications are switched off: subdirectories would be missed in silence.',
          remedy,
        ),
      );
    } else report.findings.push(bad('recursive-mode', 'Recursive change notifications are switched off.', remedy));
  } catch (error) {
    const message = `Cannot tell whether recursive change notifications are enabled: ${words(error)}`;
    report.findings.push({
      check: 'recursive-mode',
      ok: false,
      severity: 'warning',
      message,
      remedy: 'Harmless if the watch starts.',
      cause: error,
    });
  }
}

/** Which privilege a recursive watch needs is not documented by its right name (FACTS 6.1): so it is simply tried. */
async function mayWatch(
  cluster: Cluster,
  directory: string,
  recursive: boolean,
  report: Report,
  clock: Clock,
): Promise<void> {
  try {
    await patiently(clock, () => tryWatch(cluster, directory, recursive));
    report.findings.push(fine('privilege-watch', 'The directory can be watched.'));
  } catch (error) {
    if (isPassing(error)) {
      report.findings.push({
        check: 'privilege-watch',
        ok: false,
        severity: 'warning',
        message: `Whether the directory can be watched cannot be told now: ${words(error)}`,
        remedy: 'The watch is tried again until the cluster answers.',
        cause: error,
      });
      return;
    }
    report.findings.push({
      ...bad(
        'privilege-watch',
        `The cluster refuses to watch the directory: ${words(error)}`,
        recursive
          ? 'A recursive watch needs a role with PRIVILEGE_FILE_FULL_ACCESS (if the cluster asks for more, the role Data-Administrators); without --recursive, read permission on the directory is enough.'
          : 'The user needs read permission on the directory, or a role with PRIVILEGE_FILE_READ_ACCESS.',
      ),
      cause: error,
    });
  }
}

async function tryWatch(cluster: Cluster, directory: string, recursive: boolean): Promise<void> {
  const signal = AbortSignal.timeout(WATCH_WITHIN_MS);
  const stream = await cluster.files.notify(directory, { recursive, filter: ['self_removed'], signal });
  try {
    await stream.registered;
  } catch (error) {
    throw (await stream.ended).error ?? error;
  } finally {
    await stream.close();
  }
}

/** Tries again while the trouble is the cluster's and passing. */
async function patiently<T>(clock: Clock, ask: () => Promise<T>): Promise<T> {
  for (const waitMs of AGAIN_AFTER_MS) {
    try {
      return await ask();
    } catch (error) {
      if (!isPassing(error)) throw error;
      await clock.sleep(waitMs);
    }
  }
  return await ask();
}

function isPassing(error: unknown): boolean {
  if (error instanceof QumuloApiError) return error.status >= 500 || error.status === 429;
  return error instanceof QumuloConnectionError && error.kind === 'reset';
}

function clockSkew(cluster: Cluster, report: Report): void {
  const skewMs = cluster.clusterClock.skewMs();
  if (skewMs === undefined) return;
  const seconds = Math.abs(Math.round(skewMs / 100) / 10);
  if (Math.abs(skewMs) <= SKEW_MS) {
    report.findings.push(fine('clock-skew', 'The clocks of the cluster and of this machine agree.'));
    return;
  }
  report.skewToldMs = skewMs;
  report.findings.push({
    check: 'clock-skew',
    ok: false,
    severity: 'warning',
    message: `The cluster's clock is ${seconds} s ${skewMs > 0 ? 'ahead of' : 'behind'} this machine's. Retention follows the cluster's.`,
    remedy: 'Point both at the same time servers (NTP).',
  });
}

function fine(check: StartupFinding['check'], message: string): StartupFinding {
  return { check, ok: true, severity: 'error', message };
}

function bad(check: StartupFinding['check'], message: string, remedy: string): StartupFinding {
  return { check, ok: false, severity: 'error', message, remedy };
}

function words(error: unknown): string {
  if (error instanceof QumuloApiError) return `${error.status} ${error.errorClass}: ${error.description}`;
  return error instanceof Error ? error.message : String(error);
}
