import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { QumuloClient } from '@qwarden/qumulo-client';
import type {
  Filelock,
  FilelockEvent,
  FilelockEventKind,
  FilelockOptions,
  FilelockPolicy,
  FilelockSummary,
} from '../../src/index.ts';
import { openFilelock, parseRetention } from '../../src/index.ts';
import { FakeClock } from './fake-clock.ts';
import { FakeCluster } from './fake-cluster.ts';
import { afterAll } from 'vitest';

export const POLICY: FilelockPolicy = {
  retention: parseRetention('1y'),
  legalHold: false,
  extend: false,
  intervalMs: 15_000,
  include: [],
  exclude: [],
  builtinExcludes: true,
  existing: 'report',
  waitForClose: false,
};

export interface RigOptions {
  policy?: Partial<FilelockPolicy>;
  recursive?: boolean;
  dryRun?: boolean;
  ref?: string;
  random?: () => number;
  maxConcurrency?: number;
  /** The state file may not grow beyond so many pages: a full disk. */
  maxPages?: number;
  skewToldMs?: number;
}

const directories: string[] = [];
afterAll(() => {
  for (const directory of directories) rmSync(directory, { recursive: true, force: true });
});

/** Gone when the file's tests are over, also where a test has replaced its rig. */
function temporaryDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'qwarden-engine-'));
  directories.push(directory);
  return directory;
}

export class Rig {
  readonly clock: FakeClock;
  readonly cluster: FakeCluster;
  readonly stateDir: string;
  readonly events: FilelockEvent[] = [];
  filelock: Filelock | undefined;
  summary: Promise<FilelockSummary> | undefined;
  #stop = new AbortController();

  constructor(from?: Rig) {
    this.clock = from?.clock ?? new FakeClock();
    this.cluster = from?.cluster ?? new FakeCluster(this.clock);
    this.stateDir = from?.stateDir ?? temporaryDirectory();
    if (from === undefined) this.cluster.mkdir('/records');
  }

  async start(options: RigOptions = {}): Promise<this> {
    await this.open(options);
    this.run();
    await this.clock.settle();
    return this;
  }

  /** Does not run yet. */
  async open(options: RigOptions = {}): Promise<void> {
    this.#stop = new AbortController();
    const all: FilelockOptions = {
      watch: { ref: options.ref ?? '/records', recursive: options.recursive ?? true },
      policy: { ...POLICY, ...options.policy },
      dryRun: options.dryRun ?? false,
      stateDir: this.stateDir,
      maxConcurrency: options.maxConcurrency,
      skewToldMs: options.skewToldMs,
    };
    const deps = {
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- it has what `filelock` needs
      client: this.cluster as unknown as QumuloClient,
      clock: this.clock,
      random: options.random ?? (() => 0.5),
      report: (event: FilelockEvent) => this.#told(event),
    };
    this.filelock = await openFilelock(all, deps, {
      groupWaitMs: 0,
      syncInBackground: false,
      ...(options.maxPages === undefined ? {} : { maxPages: options.maxPages }),
    });
  }

  run(): void {
    this.summary = this.filelock?.run(this.#stop.signal);
  }

  async stop(): Promise<FilelockSummary> {
    if (this.summary === undefined) throw new Error('not started');
    this.#stop.abort();
    await this.clock.settle();
    const summary = await this.summary;
    await this.filelock?.close();
    return summary;
  }

  /** As `kill -9`: nothing is finished, nothing is written any more. */
  async crash(): Promise<void> {
    await this.filelock?.close();
    await this.clock.settle();
  }

  of<K extends FilelockEventKind>(kind: K): Extract<FilelockEvent, { kind: K }>[] {
    return this.events.filter((event): event is Extract<FilelockEvent, { kind: K }> => event.kind === kind);
  }

  paths(kind: FilelockEventKind): string[] {
    return this.events
      .flatMap((event) => (event.kind === kind && 'path' in event && event.path !== null ? [event.path] : []))
      .sort();
  }

  lock(path: string): string | null {
    return this.cluster.tree.get(path).lock.retention_period;
  }

  dispose(): void {
    rmSync(this.stateDir, { recursive: true, force: true });
  }

  #told(event: FilelockEvent): void {
    this.clock.activity += 1;
    this.events.push(event);
  }
}
