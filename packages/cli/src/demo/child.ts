import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';

const entry = fileURLToPath(new URL('../main.js', import.meta.url));
const sourceEntry = fileURLToPath(new URL('../main.ts', import.meta.url));

/** A `qwarden` command in its own process, whose stdout is one JSON object a line. */
export interface QwardenChild {
  readonly process: ChildProcess;
  /** Resolves with the exit code, or the signal's name, when the process is gone. */
  readonly exited: Promise<number | string>;
  /** The last lines that it wrote to stderr, for an error message. */
  stderrTail(): string;
  stop(signal?: NodeJS.Signals): Promise<number | string>;
}

/**
 * Starts `qwarden …args` in a process group of its own, so that a Ctrl-C at the demo's terminal reaches the demo
 * alone and it can end things in order. The child kills itself when the demo is killed (the pipe on descriptor 3 ends).
 */
export function startQwarden(
  args: readonly string[],
  environment: Record<string, string>,
  onLine: (line: Record<string, unknown>) => void,
): QwardenChild {
  const fromSource = import.meta.url.endsWith('.ts');
  const command = fromSource ? ['--conditions=qwarden-source', sourceEntry, ...args] : [entry, ...args];
  const child = spawn(process.execPath, command, {
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
    detached: true,
    env: { ...process.env, ...environment, QWARDEN_PARENT_FD: '3', NO_COLOR: '1' },
  });
  const tail: string[] = [];
  lines(child.stderr, (line) => {
    tail.push(line);
    if (tail.length > 20) tail.shift();
  });
  lines(child.stdout, (line) => {
    const parsed = parseObject(line);
    if (parsed) onLine(parsed);
    else tail.push(line);
  });
  const exited = once(child, 'exit').then(([code, signal]: unknown[]) =>
    typeof code === 'number' ? code : String(signal),
  );
  return {
    process: child,
    exited,
    stderrTail: () => tail.join('\n'),
    stop: (signal = 'SIGTERM') => {
      if (child.exitCode === null && child.signalCode === null) child.kill(signal);
      return exited;
    },
  };
}

function lines(stream: Readable | null, onLine: (line: string) => void): void {
  if (stream) createInterface({ input: stream, crlfDelay: Infinity }).on('line', onLine);
}

function parseObject(line: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null ? { ...value } : undefined;
  } catch {
    return undefined; // not ours: a warning of the runtime, kept for the error message
  }
}
