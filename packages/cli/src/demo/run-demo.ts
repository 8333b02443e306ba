import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { createClient, type QumuloClient } from '@qwarden/qumulo-client';
import type { QwardenChild } from './child.ts';
import { startEmulator } from './cluster.ts';
import { isFinished } from './finished.ts';
import { startMonitor } from './monitor.ts';
import { PLACES } from './places.ts';
import { prepare, type Preparation, writerContext } from './prepare.ts';
import { type Proof, proveByCluster } from './proof/index.ts';
import { type Receiver, startReceiver } from './receiver.ts';
import { putRules } from './rule-file.ts';
import { firstRules, type RuleSettings } from './rule-texts.ts';
import { readOnlyInForce, Story } from './story.ts';
import { Tally } from './tally.ts';
import { Truth } from './truth.ts';
import type { View } from './view.ts';
import { writers } from './writers/index.ts';

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
  receiver: Pick<Receiver, 'received' | 'refused'>;
  /** Errors of writers: a writer that is refused means that a file was dealt with while it was written. */
  writerErrors: string[];
  monitorExit: number | string;
  /** What was begun on the way (rule files, the cut) came to its end. */
  storyEnded: boolean;
}

const PICTURE_MS = 100;
/** How long the last files may take, beyond their settle time. */
const PATIENCE_MS = 30_000;

/**
 * The event monitor on an embedded cluster: an emulator in its own process, several writers at once, the real
 * `qwarden monitor` as a third process, and at the end a proof by asking the cluster. Resolves with undefined when it
 * was ended before anything was written.
 * @throws {DemoError} when the emulator or the monitor does not come up, or dies on the way
 */
export async function runDemo(options: DemoOptions, view: View, signal: AbortSignal): Promise<DemoResult | undefined> {
  const scratch = mkdtempSync(join(tmpdir(), 'qwarden-demo-'));
  const running: QwardenChild[] = [];
  let client: QumuloClient | undefined;
  const receiver = await startReceiver();
  try {
    const cluster = await startEmulator(running, signal);
    view.say(`An emulated cluster listens on ${cluster.url} (its own process, certificate pinned).`);
    client = createClient({
      host: cluster.host,
      port: cluster.port,
      credentials: { username: cluster.username, password: cluster.password },
      tls: { fingerprint256: cluster.fingerprint256 },
    });
    const rules = { settleSeconds: options.intervalSeconds, retention: options.retention, webhook: receiver.url };
    const rulesFile = join(scratch, 'rules.yml');
    putRules(rulesFile, firstRules(rules));
    const truth = new Truth();
    const tally = new Tally();
    const context = writerContext(client, truth, options.seed, () => readOnlyInForce(tally));
    await prepare(context, cluster.port);
    const place = { scratch, rules: rulesFile };
    const monitor = await startMonitor(cluster, place, (line) => tally.take(line), running, signal);
    view.say(`qwarden monitor --rules ${rulesFile}`);
    const stage = { ...options, view, tally, truth, receiver, monitor, signal, port: cluster.port, rulesFile, rules };
    const story = new Story({ ...stage, say: view.say });
    const writerErrors = await write(context, stage, story);
    await settleDown(stage, story);
    const monitorExit = await monitor.stop();
    const proof = await proveByCluster(client, truth, receiver);
    const { received, refused } = receiver;
    const storyEnded = story.rests;
    return { proof, tally, truth, receiver: { received, refused }, writerErrors, monitorExit, storyEnded };
  } catch (error) {
    if (signal.aborted && error === signal.reason) return undefined;
    throw error;
  } finally {
    view.end();
    await client?.close();
    for (const child of running.toReversed()) await child.stop();
    await receiver.close();
    rmSync(scratch, { recursive: true, force: true });
  }
}

interface Stage extends DemoOptions {
  view: View;
  tally: Tally;
  truth: Truth;
  receiver: Receiver;
  monitor: QwardenChild;
  signal: AbortSignal;
  /** Of the emulator. */
  port: number;
  rulesFile: string;
  rules: RuleSettings;
}

/** Runs all writers until the time is over or a person ends it; draws meanwhile. Returns what went wrong for them. */
async function write(context: Preparation, stage: Stage, story: Story): Promise<string[]> {
  const { view, tally, truth, receiver, forMs, signal } = stage;
  const enough = new AbortController();
  const ends = AbortSignal.any([signal, enough.signal]);
  const own = { ...context, ending: () => ends.aborted, pause: (ms: number) => pauseUntil(ms, ends) };
  for (const writer of writers) view.say(`  ${writer.name.padEnd(10)} ${writer.does}`);
  const started = Date.now();
  const drawing = setInterval(() => {
    const elapsedMs = Date.now() - started;
    if (forMs !== undefined && elapsedMs >= forMs) enough.abort();
    story.tick(elapsedMs, !ends.aborted);
    view.show({ tally, truth, received: receiver.received, elapsedMs, endsMs: forMs, phase: 'writing' });
  }, PICTURE_MS);
  void stage.monitor.exited.then(() => enough.abort());
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

/** Gives the last files their settle time, and some more; ends early once everything is dealt with. */
async function settleDown(stage: Stage, story: Story): Promise<void> {
  const { view, tally, truth, receiver, monitor, intervalSeconds } = stage;
  const started = Date.now();
  const endsMs = intervalSeconds * 1000 + PATIENCE_MS;
  view.say(
    `The writers have stopped; the last files settle. Then the cluster is asked about ${PLACES.records} and all the rest.`,
  );
  for (let elapsedMs = 0; elapsedMs < endsMs && monitor.process.exitCode === null; elapsedMs = Date.now() - started) {
    story.tick(Number.POSITIVE_INFINITY, false);
    if (story.rests && isFinished(truth, tally)) return;
    view.show({ tally, truth, received: receiver.received, elapsedMs, endsMs, phase: 'settling' });
    await wait(PICTURE_MS);
  }
}
