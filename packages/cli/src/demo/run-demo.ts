import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { createClient, type QumuloClient } from '@qwarden/qumulo-client';
import { type QwardenChild, startQwarden } from './child.ts';
import { cutStreams } from './cut.ts';
import { type Proof, proveByCluster } from './proof.ts';
import { Tally } from './tally.ts';
import { Truth } from './truth.ts';
import type { View } from './view.ts';
import { ensureDirectory, type WriterContext, writers, writeWhole } from './writers/index.ts';

export interface DemoOptions {
  /** How long the writers write, in milliseconds; undefined = until the signal aborts. */
  forMs: number | undefined;
  intervalSeconds: number;
  retention: string;
  /** Seed of the writers' choices. */
  seed: number;
}

export interface DemoResult {
  proof: Proof;
  tally: Tally;
  truth: Truth;
  /** Errors of writers: a writer that is refused means that a file was locked while it was written. */
  writerErrors: string[];
  filelockExit: number | string;
}

/** The demo could not run; the message says what happened. */
export class DemoError extends Error {}

const RECORDS = '/records';
const STAGING = '/staging';
const PICTURE_MS = 100;
/** When the stream is cut, after the writers began. */
const CUT_MS = 12_000;

/**
 * The main job on an embedded cluster: an emulator in its own process, several writers at once, the real
 * `qwarden filelock` as a third process, and at the end a proof by asking the cluster.
 * @throws {DemoError} when the emulator or filelock does not come up, or dies on the way
 */
export async function runDemo(options: DemoOptions, view: View, signal: AbortSignal): Promise<DemoResult> {
  const scratch = mkdtempSync(join(tmpdir(), 'qwarden-demo-'));
  const running: QwardenChild[] = [];
  let client: QumuloClient | undefined;
  try {
    const cluster = await startEmulator(running);
    view.say(`An emulated cluster listens on ${cluster.url} (its own process, certificate pinned).`);
    client = createClient({
      host: cluster.host,
      port: cluster.port,
      credentials: { username: cluster.username, password: cluster.password },
      tls: { fingerprint256: cluster.fingerprint256 },
    });
    const truth = new Truth();
    const context = writerContext(client, truth, options.seed, signal);
    await prepare(context);
    const tally = new Tally();
    const filelock = await startFilelock(cluster, options, scratch, tally, running);
    view.say(
      `qwarden filelock watches ${RECORDS}: retention ${options.retention}, settle interval ${options.intervalSeconds} s.`,
    );
    const writerErrors = await write(context, { ...options, view, tally, filelock, signal, port: cluster.port });
    await settleDown(truth, tally, options, view, filelock);
    const filelockExit = await filelock.stop();
    const proof = await proveByCluster(client, truth, [RECORDS, STAGING]);
    return { proof, tally, truth, writerErrors, filelockExit };
  } finally {
    view.end();
    await client?.close();
    for (const child of running.toReversed()) await child.stop();
    rmSync(scratch, { recursive: true, force: true });
  }
}

interface Cluster {
  url: string;
  host: string;
  port: number;
  username: string;
  password: string;
  fingerprint256: string;
}

async function startEmulator(running: QwardenChild[]): Promise<Cluster> {
  const { promise, resolve } = Promise.withResolvers<Cluster>();
  const child = startQwarden(['emulator', '--port', '0', '--json'], {}, (line) => resolve(asCluster(line)));
  running.push(child);
  return orDied(promise, child, 'the emulator');
}

function asCluster(line: Record<string, unknown>): Cluster {
  const { url, host, port, username, password, fingerprint256 } = line;
  const texts = { url: String(url), host: String(host), username: String(username), password: String(password) };
  return { ...texts, port: Number(port), fingerprint256: String(fingerprint256) };
}

async function startFilelock(
  cluster: Cluster,
  options: DemoOptions,
  scratch: string,
  tally: Tally,
  running: QwardenChild[],
): Promise<QwardenChild> {
  const { promise, resolve } = Promise.withResolvers<QwardenChild>();
  const args = ['filelock', '--directory-path', RECORDS, '--recursive', '--retention', options.retention];
  args.push(
    '--interval',
    String(options.intervalSeconds),
    '--state-dir',
    join(scratch, 'state'),
    '--log-format',
    'json',
    '--yes',
  );
  const environment = {
    QWARDEN_API_HOST: cluster.host,
    QWARDEN_API_PORT: String(cluster.port),
    QWARDEN_USERNAME: cluster.username,
    QWARDEN_PASSWORD: cluster.password,
    QWARDEN_TLS_FINGERPRINT: cluster.fingerprint256,
    QWARDEN_CONFIG_FILE: join(scratch, 'none.ini'),
  };
  const child = startQwarden(args, environment, (line) => {
    tally.take(line);
    if (line.kind === 'listening') resolve(child);
  });
  running.push(child);
  return orDied(promise, child, 'qwarden filelock');
}

/** Waits for `promise`, unless the child ends first: then its last words are the error. */
async function orDied<T>(promise: Promise<T>, child: QwardenChild, name: string): Promise<T> {
  const died = child.exited.then((code): never => {
    throw new DemoError(`${name} ended (${code}) before it was ready. Its last words:\n${child.stderrTail()}`);
  });
  return Promise.race([promise, died]);
}

function writerContext(client: QumuloClient, truth: Truth, seed: number, signal: AbortSignal): WriterContext {
  let state = seed >>> 0;
  const random = (): number => {
    // mulberry32: small, seeded, good enough to vary names and sizes
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  const pause = async (ms: number): Promise<void> => {
    await wait(ms, undefined, { signal }).catch((error: unknown) => {
      if (!signal.aborted) throw error;
    });
  };
  return {
    client,
    truth,
    records: RECORDS,
    staging: STAGING,
    random,
    now: () => Date.now(),
    pause,
    ending: () => signal.aborted,
  };
}

/** The directories, and some files that were there before the watch began: those must stay as they are. */
async function prepare(context: WriterContext): Promise<void> {
  await ensureDirectory(context, '/', RECORDS.slice(1));
  await ensureDirectory(context, '/', STAGING.slice(1));
  const archive = await ensureDirectory(context, RECORDS, 'archive-2019');
  for (let number = 1; number <= 5; number += 1) {
    const name = `old-${number}.pdf`;
    context.truth.left(await writeWhole(context, archive, name), `${archive}/${name}`, context.now(), 'existing');
  }
}

interface Stage extends DemoOptions {
  view: View;
  tally: Tally;
  filelock: QwardenChild;
  signal: AbortSignal;
  /** Of the emulator. */
  port: number;
}

/** Runs all writers until the time is over or a person ends it; draws meanwhile. Returns what went wrong for them. */
async function write(context: WriterContext, stage: Stage): Promise<string[]> {
  const enough = new AbortController();
  const ends = stage.forMs === undefined ? stage.signal : AbortSignal.any([stage.signal, enough.signal]);
  const own = { ...context, ending: () => ends.aborted, pause: (ms: number) => pauseUntil(ms, ends) };
  for (const writer of writers) stage.view.say(`  ${writer.name.padEnd(9)} ${writer.does}`);
  const started = Date.now();
  const cutMs = Math.min(CUT_MS, (stage.forMs ?? CUT_MS) * 0.6);
  let cut = false;
  const drawing = setInterval(() => {
    const elapsedMs = Date.now() - started;
    if (!cut && elapsedMs >= cutMs) {
      cut = true;
      stage.view.say('The network is cut for a moment: the notification stream is gone, the writers go on.');
      cutStreams(stage.port).catch((error: unknown) => stage.view.say(`The stream could not be cut: ${String(error)}`));
    }
    if (stage.forMs !== undefined && elapsedMs >= stage.forMs) enough.abort();
    stage.view.show({ tally: stage.tally, truth: context.truth, elapsedMs, endsMs: stage.forMs, phase: 'writing' });
  }, PICTURE_MS);
  void stage.filelock.exited.then(() => enough.abort());
  try {
    const results = await Promise.allSettled(writers.map((writer) => writer.run(own)));
    return results.flatMap((result, index) =>
      result.status === 'rejected' ? [`${writers[index]?.name ?? 'a writer'}: ${String(result.reason)}`] : [],
    );
  } finally {
    clearInterval(drawing);
  }
}

async function pauseUntil(ms: number, ends: AbortSignal): Promise<void> {
  await wait(ms, undefined, { signal: ends }).catch((error: unknown) => {
    if (!ends.aborted) throw error;
  });
}

/** Gives the last files their settle interval, and some more; ends early once as many are locked as must be. */
async function settleDown(
  truth: Truth,
  tally: Tally,
  options: DemoOptions,
  view: View,
  filelock: QwardenChild,
): Promise<void> {
  const started = Date.now();
  const patience = options.intervalSeconds * 1000 + 20_000;
  view.say('The writers have stopped; the last files settle.');
  while (
    tally.locked < truth.expectedLocked() &&
    Date.now() - started < patience &&
    filelock.process.exitCode === null
  ) {
    const elapsedMs = Date.now() - started;
    view.show({ tally, truth, elapsedMs, endsMs: patience, phase: 'settling' });
    await wait(PICTURE_MS);
  }
}
