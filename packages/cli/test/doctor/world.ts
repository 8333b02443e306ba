import type { Finding } from '@qwarden/engine';
import { createClient, type Privilege, type QumuloClient } from '@qwarden/qumulo-client';
import { type Emulator, type EmulatorOptions, startEmulator } from '@qwarden/qumulo-emulator';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { exitCodeOf } from '../../src/doctor/exit-code.ts';
import { examine } from '../../src/doctor/examine.ts';
import { subjectOf } from '../../src/doctor/subject.ts';
import { temporaryDirectory } from '../support.ts';

/** A cluster, and a machine that qwarden would run on. */
export interface World {
  readonly emulator: Emulator;
  readonly client: QumuloClient;
  readonly directory: string;
  readonly env: Record<string, string>;
}

export async function openWorld(options: EmulatorOptions = {}): Promise<World> {
  const emulator = await startEmulator(options);
  onTestFinished(() => emulator.stop());
  const { host, port, username, password, fingerprint256 } = emulator;
  const client = createClient({
    host,
    port,
    credentials: { username, password },
    ...(fingerprint256 === '' ? { protocol: 'http' } : { tls: { fingerprint256 } }),
  });
  onTestFinished(() => client.close());
  await client.files.createDirectory('/', 'records');
  const directory = temporaryDirectory();
  const env = {
    QWARDEN_HOST: host,
    QWARDEN_PORT: String(port),
    QWARDEN_USERNAME: username,
    QWARDEN_PASSWORD: password,
    ...(fingerprint256 === '' ? {} : { QWARDEN_TLS_FINGERPRINT: fingerprint256 }),
    QWARDEN_DIRECTORY_PATH: '/records',
    XDG_STATE_HOME: directory,
    PATH: process.env['PATH'] ?? '',
  };
  return { emulator, client, directory, env };
}

export interface Look {
  readonly exitCode: number;
  readonly findings: readonly Finding[];
  /** Those of one check. */
  of(check: string): Finding[];
  /** That of a check that is made once. */
  the(check: string): Finding;
}

export const FILELOCK = { QWARDEN_RETENTION: '7d', QWARDEN_RECURSIVE: 'true' };

/** `qwarden doctor filelock`, with a policy, unless the settings are those of a monitor. */
export async function look(
  world: World,
  more: Record<string, string> = FILELOCK,
  { sendTest = false, without = [] as readonly string[] } = {},
): Promise<Look> {
  const environment: Record<string, string | undefined> = { ...world.env, ...more };
  for (const name of without) environment[name] = undefined;
  const subject = await subjectOf(undefined, new Map(), environment);
  const findings = await examine(subject, { sendTest, environment, signal: new AbortController().signal });
  const of = (check: string) => findings.filter((finding) => finding.check === check);
  return {
    exitCode: exitCodeOf(findings),
    findings,
    of,
    the(check) {
      const [one, ...others] = of(check);
      if (one === undefined || others.length > 0) throw new Error(`${check}: ${of(check).length} findings`);
      return one;
    },
  };
}

/** The settings of a monitor with these rules. */
export function monitor(world: World, rules: string, more: Record<string, string> = {}): Record<string, string> {
  const file = join(world.directory, 'rules.yml');
  writeFileSync(file, rules);
  return { QWARDEN_RULES: file, ...more };
}

const isPrivilege = (text: string): text is Privilege => text.startsWith('PRIVILEGE_');

/** A user with a role of these privileges, and the settings that log in as him. */
export function userWith(world: World, privileges: readonly string[], name = 'joe'): Record<string, string> {
  const { accounts, roles } = world.emulator.cluster.identity;
  const user = accounts.addUser({ name, password: 'Secret1!' });
  const role = roles.add(`${name}s-role`, '', privileges.filter(isPrivilege));
  roles.addMember(role, user.id);
  return { QWARDEN_USERNAME: name, QWARDEN_PASSWORD: 'Secret1!' };
}
