import { createClient, type FileLock, type QumuloClient } from '@qwarden/qumulo-client';
import { type Emulator, type EmulatorOptions, startEmulator } from '@qwarden/qumulo-emulator';
import { onTestFinished } from 'vitest';
import { type Running, start, temporaryDirectory } from './qwarden.ts';

/** A cluster in the test's own process, so that faults and the tree are at hand; only qwarden is a process of its own. */
export interface Cluster {
  emulator: Emulator;
  /** As its administrator. */
  client: QumuloClient;
  /** Leads qwarden there, certificate pinned. */
  env: Record<string, string>;
}

export async function startCluster(options: EmulatorOptions = {}): Promise<Cluster> {
  const emulator = await startEmulator(options);
  onTestFinished(() => emulator.stop());
  const { host, port, username, password, fingerprint256 } = emulator;
  const client = createClient({ host, port, credentials: { username, password }, tls: { fingerprint256 } });
  onTestFinished(() => client.close());
  await client.files.createDirectory('/', 'records');
  const env = {
    QWARDEN_HOST: host,
    QWARDEN_PORT: String(port),
    QWARDEN_USERNAME: username,
    QWARDEN_PASSWORD: password,
    QWARDEN_TLS_FINGERPRINT: fingerprint256,
  };
  return { emulator, client, env };
}

export interface FilelockRun {
  running: Running;
  /** Everything of it lives here: working directory, home, state. */
  cwd: string;
  /** Environment to run further commands with the same state. */
  env: Record<string, string>;
}

/** `qwarden filelock` on /records with a retention of 7 days at once, unless told otherwise; resolves when it listens. */
export async function startFilelock(
  cluster: Cluster,
  options: { args?: readonly string[]; env?: Record<string, string>; cwd?: string } = {},
): Promise<FilelockRun> {
  const cwd = options.cwd ?? temporaryDirectory();
  const env = {
    ...cluster.env,
    QWARDEN_DIRECTORY_PATH: '/records',
    QWARDEN_RETENTION: '7d',
    QWARDEN_INTERVAL: '0',
    QWARDEN_RECURSIVE: 'true',
    QWARDEN_STATE_DIR: 'state',
    ...options.env,
  };
  const running = start(['filelock', ...(options.args ?? [])], { cwd, env });
  await running.until(/Listening for change notifications|"kind":"listening"/);
  return { running, cwd, env };
}

/** The retention lock that the cluster itself reports. */
export async function lockOf(client: QumuloClient, ref: string): Promise<FileLock | null | undefined> {
  return (await client.files.getAttributes(ref, { retrieveFileLock: true })).data.lock;
}

/** An empty file, so that a retention lock at once (interval 0) comes too late for nothing. Resolves with its id. */
export async function makeFile(client: QumuloClient, directory: string, name: string): Promise<string> {
  return (await client.files.createFile(directory, name)).data.id;
}
