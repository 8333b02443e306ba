import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';

/** The launcher of this clone; QWARDEN_E2E_COMMAND names another qwarden to test (words separated by spaces). */
const command = process.env.QWARDEN_E2E_COMMAND?.split(' ') ?? [
  fileURLToPath(new URL('../../qwarden', import.meta.url)),
];

/** Longest time that any single wait may take; a test that needs it has failed. */
export const PATIENCE_MS = 60_000;

export interface Place {
  /** Working directory, new for each test. */
  cwd: string;
  /** Added to an environment without any QWARDEN_ variable and with a home of its own. */
  env?: Readonly<Record<string, string>>;
}

/** A directory that is gone when the test ends. */
export function temporaryDirectory(): string {
  const path = mkdtempSync(join(tmpdir(), 'qwarden-e2e-'));
  onTestFinished(() => rmSync(path, { recursive: true, force: true, maxRetries: 3 }));
  return path;
}

export interface Finished {
  code: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
}

/** Runs qwarden to its end. */
export async function qwarden(args: readonly string[], place: Place, input = ''): Promise<Finished> {
  const running = start(args, place);
  running.process.stdin?.end(input);
  return await running.finished();
}

/** Starts qwarden; it is killed when the test ends. */
export function start(args: readonly string[], place: Place): Running {
  const [program = '', ...first] = command;
  return launch(program, [...first, ...args], place);
}

/** Starts qwarden on a terminal of its own (Python's pty); stdout and stderr come out as one. */
export function startOnTerminal(args: readonly string[], place: Place): Running {
  const script = 'import os, pty, sys; sys.exit(os.waitstatus_to_exitcode(pty.spawn(sys.argv[1:])))';
  const env = { TERM: 'xterm', ...place.env };
  return launch('python3', ['-c', script, ...command, ...args], { ...place, env });
}

/** Starts qwarden in a mount namespace of its own, after a shell command that may mount what it likes there. */
export function startIn(preparation: string, args: readonly string[], place: Place): Running {
  const script = `${preparation} && exec "$@"`;
  return launch('unshare', ['-rm', 'sh', '-c', script, 'sh', ...command, ...args], place);
}

function launch(program: string, args: readonly string[], place: Place): Running {
  const clean = Object.entries(process.env).filter(([name]) => !/^(QWARDEN|VITEST|NODE_|XDG_|FORCE_COLOR)/.test(name));
  const child = spawn(program, args, {
    cwd: place.cwd,
    env: { ...Object.fromEntries(clean), HOME: place.cwd, ...place.env },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  return new Running(child);
}

/** A process whose output can be waited for. */
export class Running {
  readonly process: ChildProcess;
  stdout = '';
  stderr = '';
  private readonly exited: Promise<Finished>;
  private readonly listeners = new Set<() => void>();

  constructor(child: ChildProcess) {
    this.process = child;
    child.stdin?.on('error', () => undefined);
    child.stdout?.setEncoding('utf8').on('data', (text: string) => this.take('stdout', text));
    child.stderr?.setEncoding('utf8').on('data', (text: string) => this.take('stderr', text));
    this.exited = new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (code, signal) => {
        resolve({ code, signal, stdout: this.stdout, stderr: this.stderr });
        this.wake();
      });
    });
    onTestFinished(async () => {
      child.kill('SIGKILL');
      await this.exited;
    });
  }

  /** Waits until the output (all of it so far) matches; rejects when the process ends before. */
  async until(what: string | RegExp, from: 'stdout' | 'stderr' = 'stdout'): Promise<string> {
    const found = () => (typeof what === 'string' ? this[from].includes(what) : what.test(this[from]));
    await this.wait(found, String(what));
    return this[from];
  }

  /** Waits for a line of JSON on stdout that the predicate accepts. */
  async untilJson(accepts: (line: Record<string, unknown>) => boolean, what: string): Promise<Record<string, unknown>> {
    let found: Record<string, unknown> | undefined;
    let looked = 0;
    await this.wait(() => {
      const lines = this.stdout.split('\n');
      for (; looked < lines.length - 1 && !found; looked++) {
        const line: Record<string, unknown> = JSON.parse(lines[looked] ?? '');
        if (accepts(line)) found = line;
      }
      return found !== undefined;
    }, what);
    return found ?? {};
  }

  type(text: string): void {
    this.process.stdin?.write(text);
  }

  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<Finished> {
    this.process.kill(signal);
    return await this.finished();
  }

  async finished(patienceMs = PATIENCE_MS): Promise<Finished> {
    const late = AbortSignal.timeout(patienceMs);
    return await Promise.race([
      this.exited,
      once(late, 'abort').then(() => {
        throw new Error(`still running:\n${this.transcript()}`);
      }),
    ]);
  }

  private async wait(holds: () => boolean, what: string): Promise<void> {
    const late = AbortSignal.timeout(PATIENCE_MS);
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const look = () => {
      if (holds()) resolve();
      else if (this.process.exitCode !== null || this.process.signalCode !== null)
        reject(this.missed(what, 'it ended'));
    };
    this.listeners.add(look);
    late.addEventListener('abort', () => reject(this.missed(what, 'it never came')));
    look();
    await promise.finally(() => this.listeners.delete(look));
  }

  private missed(what: string, why: string): Error {
    return new Error(`waited for ${what}, but ${why}:\n${this.transcript()}`);
  }

  private transcript(): string {
    return `--- stdout\n${this.stdout}\n--- stderr\n${this.stderr}`;
  }

  private take(from: 'stdout' | 'stderr', text: string): void {
    this[from] += text;
    this.wake();
  }

  private wake(): void {
    for (const listener of this.listeners) listener();
  }
}
