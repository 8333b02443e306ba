import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient, type QumuloClient } from '@qwarden/qumulo-client';
import { type Emulator, startEmulator } from '@qwarden/qumulo-emulator';
import {
  type Filelock,
  type FilelockEvent,
  type FilelockPolicy,
  type FilelockSummary,
  openFilelock,
} from '../../src/index.ts';
import { POLICY } from './rig.ts';

const ADMIN = { authId: '500', groupIds: ['513'], privileges: new Set(['PRIVILEGE_FILE_FULL_ACCESS'] as const) };

/** The engine against the emulator over TLS, in real time. */
export class Live {
  readonly emulator: Emulator;
  readonly client: QumuloClient;
  readonly stateDir = mkdtempSync(join(tmpdir(), 'qwarden-live-'));
  readonly events: FilelockEvent[] = [];
  #filelock: Filelock | undefined;
  #summary: Promise<FilelockSummary> | undefined;
  #stop = new AbortController();
  #waiting: { until: () => boolean; resolve: () => void }[] = [];

  static async open(): Promise<Live> {
    const emulator = await startEmulator({ keepaliveMs: 1000 });
    emulator.fs.createEntry(ADMIN, '/', { action: 'CREATE_DIRECTORY', name: 'records' });
    return new Live(emulator);
  }

  private constructor(emulator: Emulator) {
    this.emulator = emulator;
    this.client = createClient({
      host: emulator.host,
      port: emulator.port,
      credentials: { username: emulator.username, password: emulator.password },
      tls: { fingerprint256: emulator.fingerprint256 },
      connections: 32,
    });
  }

  async start(policy: Partial<FilelockPolicy> = {}): Promise<this> {
    this.#stop = new AbortController();
    this.#filelock = await openFilelock(
      {
        watch: { ref: '/records', recursive: true },
        policy: { ...POLICY, intervalMs: 0, ...policy },
        dryRun: false,
        stateDir: this.stateDir,
        maxConcurrency: 32,
      },
      { client: this.client, report: (event) => this.#told(event) },
    );
    this.#summary = this.#filelock.run(this.#stop.signal);
    const before = this.of('catch-up-finished').length;
    await this.until(() => this.of('catch-up-finished').length > before);
    return this;
  }

  async stop(): Promise<FilelockSummary | undefined> {
    this.#stop.abort();
    const summary = await this.#summary;
    await this.#filelock?.close();
    return summary;
  }

  async dispose(): Promise<void> {
    await this.stop();
    await this.client.close();
    await this.emulator.stop();
    rmSync(this.stateDir, { recursive: true, force: true });
  }

  create(name: string, directory = '/records'): string {
    return this.emulator.fs.createEntry(ADMIN, directory, { action: 'CREATE_FILE', name }).value.id;
  }

  of<K extends FilelockEvent['kind']>(kind: K): Extract<FilelockEvent, { kind: K }>[] {
    return this.events.filter((event): event is Extract<FilelockEvent, { kind: K }> => event.kind === kind);
  }

  /** Resolves when it holds; looked at after every event. */
  until(condition: () => boolean): Promise<void> {
    if (condition()) return Promise.resolve();
    return new Promise((resolve) => {
      this.#waiting.push({ until: condition, resolve });
    });
  }

  locked(count: number): Promise<void> {
    return this.until(() => this.of('locked').length >= count);
  }

  #told(event: FilelockEvent): void {
    this.events.push(event);
    const met = this.#waiting.filter(({ until }) => until());
    this.#waiting = this.#waiting.filter((waiting) => !met.includes(waiting));
    for (const { resolve } of met) resolve();
  }
}
