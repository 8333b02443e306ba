import {
  type Finding,
  findingsOf,
  grantCommand,
  LOCK_PRIVILEGE,
  newRoleCommands,
  privilegeNamedIn,
  startupChecks,
  type StartupFinding,
  type WantedPrivilege,
} from '@qwarden/engine';
import { QumuloApiError, type QumuloClient, QumuloError, type WhoAmI } from '@qwarden/qumulo-client';
import { oneLine } from '../log/escape.ts';
import type { Subject } from './subject.ts';

/** Retention locks on files: SDK of the same release and newer (FACTS 5). */
const LOCKS_SINCE = [7, 2, 1] as const;
const TOKEN_PRIVILEGE = 'PRIVILEGE_ACCESS_TOKENS_READ';
const EXPIRES_SOON_DAYS = 30;
const DAY_MS = 86_400_000;
/** Of the cluster's own: their privileges cannot be changed. */
const BUILT_IN = /^(?:Administrators|Data-Administrators|Observers|Qumulo-Support)$/i;

const version = findingsOf('api-version');
const token = findingsOf('access-token');
const clock = findingsOf('clock');

export interface ClusterExamination {
  readonly findings: readonly Finding[];
  readonly clusterId: string | undefined;
}

/** All that the start-up checks ask, privileges one by one, and beyond that the version and when an access token expires. */
export async function examineCluster(
  client: QumuloClient,
  subject: Subject,
  privileges: readonly WantedPrivilege[],
): Promise<ClusterExamination> {
  const watch = { ...subject.watch, opens: subject.role !== 'worker' };
  const report = await startupChecks(client, { watch, privileges });
  const loggedIn = report.identity !== undefined;
  const granting = loggedIn ? await grantingFor(client) : undefined;
  const findings = report.findings.map((finding) => translated(finding, granting));
  if (report.cluster !== undefined) {
    const locks = privileges.some(({ privilege }) => privilege === LOCK_PRIVILEGE);
    findings.splice(1, 0, judgeVersion(report.cluster.version, locks));
  }
  if (loggedIn && client.clusterClock.skewMs() === undefined) {
    findings.push(
      clock.unknown(
        'The cluster does not tell its time (no Date in its answers).',
        'Compare its clock with that of this machine: qq time_get.',
      ),
    );
  }
  if (loggedIn && 'accessToken' in subject.cluster.credentials) findings.push(await tokenExpiry(client, granting));
  return { findings, clusterId: report.cluster?.id };
}

const CHECKS: Readonly<Record<StartupFinding['check'], string>> = {
  reachable: 'api',
  login: 'login',
  'privilege-lock': 'privilege',
  privilege: 'privilege',
  'privilege-watch': 'watch',
  'recursive-mode': 'recursive-mode',
  directory: 'directory',
  'clock-skew': 'clock',
};

function translated(finding: StartupFinding, granting: Granting | undefined): Finding {
  const { check, ok, severity, message, remedy, privilege, cause } = finding;
  const make = findingsOf(CHECKS[check]);
  const text = oneLine(message);
  if (ok) return make.ok(text);
  if (privilege !== undefined) {
    const how = granting === undefined ? remedy : granting([privilege.privilege]);
    return privilege.unless === undefined ? make.failed(text, how) : make.warning(text, how);
  }
  if (severity === 'error') return make.failed(text, withGrant(remedy, cause, granting));
  // The start-up goes on without these answers; here they are what was asked for.
  if (check === 'recursive-mode' || check === 'privilege-watch')
    return make.unknown(text, withGrant(remedy, cause, granting));
  return make.warning(text, remedy);
}

/** A cluster that names the privilege that was lacking has told what to do. */
function withGrant(remedy: string | undefined, cause: unknown, granting: Granting | undefined): string | undefined {
  const named = cause instanceof QumuloApiError ? privilegeNamedIn(cause) : undefined;
  if (named === undefined || granting === undefined) return remedy;
  return [remedy, granting([named])].filter((line) => line !== undefined).join('\n');
}

type Granting = (privileges: readonly string[]) => string;

/** How this user gets privileges: by a role of his that can be changed, else by one of its own. */
async function grantingFor(client: QumuloClient): Promise<Granting | undefined> {
  const user = await orUndefined(client.session.whoAmI());
  if (user === undefined) return undefined;
  const roles = (await orUndefined(client.session.roles())) ?? [];
  const role = roles.find((name) => !BUILT_IN.test(name));
  const again = 'Then restart qwarden: a role reaches a user only with a new login.';
  return (privileges) =>
    role === undefined
      ? [...newRoleCommands('qwarden', privileges, trusteeOf(user)), again].join('\n')
      : `${grantCommand(role, privileges)}\n${again}`;
}

function trusteeOf({ id, name }: WhoAmI): string {
  return id === '' ? name : `auth_id:${id}`;
}

async function orUndefined<T>(asked: Promise<{ data: T }>): Promise<T | undefined> {
  try {
    return (await asked).data;
  } catch (error) {
    if (!(error instanceof QumuloError)) throw error;
    return undefined;
  }
}

function judgeVersion(revision: string, locks: boolean): Finding {
  const [, ...numbers] = /(\d+)\.(\d+)(?:\.(\d+))?/.exec(revision) ?? [];
  if (numbers.length === 0) {
    return version.unknown(
      `The cluster calls its version ${JSON.stringify(oneLine(revision))}: which it is cannot be told from that.`,
    );
  }
  const known = numbers.map((number) => Number(number ?? 0));
  if (locks && isOlder(known, LOCKS_SINCE)) {
    const message = `${oneLine(revision)} cannot set retention locks on files: ${LOCKS_SINCE.join('.')} or newer can.`;
    return version.failed(message, 'Upgrade the cluster.');
  }
  return version.ok(`${oneLine(revision)}.`);
}

function isOlder(known: readonly number[], least: readonly number[]): boolean {
  for (const [at, number] of least.entries()) if ((known[at] ?? 0) !== number) return (known[at] ?? 0) < number;
  return false;
}

async function tokenExpiry(client: QumuloClient, granting: Granting | undefined): Promise<Finding> {
  try {
    const { data: user } = await client.session.whoAmI();
    const id = user.access_token_id;
    if (id === undefined || id === null)
      return token.unknown('The cluster does not say which access token it was given.');
    const { expiration_time: until } = (await client.accessTokens.get(id)).data;
    if (until === undefined || until === null || until === '') return token.ok('The access token does not expire.');
    const days = (Date.parse(until) - client.clusterClock.nowMs()) / DAY_MS;
    const message = `The access token expires at ${oneLine(until)}.`;
    if (days >= EXPIRES_SOON_DAYS) return token.ok(message);
    const trustee = trusteeOf(user);
    const remedy = `Make another one in time (at most two a user): qq auth_create_access_token ${trustee}, put it in (qwarden configure), restart; then qq auth_delete_access_token ${id}.`;
    return token.warning(`${message} That is in ${Math.max(0, Math.floor(days))} days.`, remedy);
  } catch (error) {
    if (!(error instanceof QumuloApiError)) throw error;
    const message = `When the access token expires cannot be told: ${error.status} ${oneLine(error.description)}`;
    if (error.status !== 403) return token.unknown(message);
    const ask = 'Ask an administrator (qq auth_list_access_tokens), or let the user see it:';
    return token.unknown(message, [ask, granting?.([TOKEN_PRIVILEGE])].filter((line) => line !== undefined).join('\n'));
  }
}
