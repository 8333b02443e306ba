import { type ChildProcess, spawn } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import type { Clock } from '@qwarden/qumulo-client';
import { type CommandResult, type CommandSpec, OutsideError } from '../actions/port.ts';
import { codeOf } from './errno.ts';
import { Tail } from './tail.ts';

/** What a program may take from our own environment: what it needs to run at all, and nothing that may be a secret. */
const INHERITED = ['PATH', 'HOME', 'LANG', 'TZ'] as const;
/** From SIGTERM to SIGKILL, for a program that is cut short. */
const GRACE_MS = 5000;
/** The same for what a program that is over has left behind in its process group. */
const LEFTOVER_GRACE_MS = 500;
/** It may work later: this machine is short of something, or the file is being replaced. */
const PASSING = new Set(['EAGAIN', 'ENOMEM', 'EMFILE', 'ENFILE', 'ETXTBSY']);

interface Surroundings {
  readonly clock: Clock;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Sends a signal to a process group; tests have one that does not get through. */
  readonly kill?: ((pid: number, signal: 'SIGTERM' | 'SIGKILL') => boolean) | undefined;
}

/**
 * Runs a program in a process group of its own. Time-out and abort end the whole group; so does the end of the program itself: what it
 * leaves behind is ended too (a program that shall outlive it starts a session of its own: `setsid`).
 */
export async function runCommand(
  spec: CommandSpec,
  signal: AbortSignal,
  { clock, environment, kill = (pid, name) => process.kill(pid, name) }: Surroundings,
): Promise<CommandResult> {
  if (signal.aborted) throw givenUp();
  const child = await start(spec, environment);
  const stdout = collect(child.stdout, spec.maxOutputBytes);
  const stderr = collect(child.stderr, spec.maxOutputBytes);
  feed(child, spec.stdin);
  const group = new Group(child, kill);
  const over = new AbortController();
  const immortal = Promise.withResolvers<never>();
  let timedOut = false;
  const cut = () => {
    group.signal('SIGTERM');
    after(clock, GRACE_MS, over.signal, () => {
      group.signal('SIGKILL');
      after(clock, GRACE_MS, over.signal, () => immortal.reject(doesNotDie(child, spec)));
    });
  };
  if (signal.aborted) cut();
  else signal.addEventListener('abort', cut, { once: true, signal: over.signal });
  after(clock, spec.timeoutMs, over.signal, () => {
    timedOut = true;
    cut();
  });
  try {
    const { exitCode, endedBy } = await Promise.race([ended(child, group, clock), immortal.promise]);
    if (signal.aborted) throw givenUp();
    return { exitCode, signal: endedBy, timedOut, stdout: stdout.text(), stderr: stderr.text() };
  } finally {
    over.abort();
  }
}

async function start(spec: CommandSpec, environment: Surroundings['environment']): Promise<ChildProcess> {
  const [program, ...args] = spec.command;
  const inherited = Object.fromEntries(
    INHERITED.flatMap((name) => (environment[name] === undefined ? [] : [[name, environment[name]]])),
  );
  try {
    const child = spawn(program, args, {
      cwd: spec.cwd,
      env: { ...inherited, ...spec.environment },
      shell: false,
      detached: true,
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    await new Promise((resolve, reject) => {
      child.once('spawn', resolve);
      // It stays: an error that comes later (a signal that cannot be sent) must not end our process.
      child.on('error', reject);
    });
    return child;
  } catch (error) {
    throw startFailure(codeOf(error), program, spec.cwd);
  }
}

function startFailure(code: string, program: string, cwd: string | undefined): OutsideError {
  const permanent = (message: string) => new OutsideError(message, { transient: false });
  if (cwd !== undefined && !isEnterable(cwd))
    return permanent(`${cwd} is no directory that this user may run a program in`);
  if (code === 'ENOENT')
    return permanent(`there is no program ${program} (or the interpreter that its first line names)`);
  if (code === 'EACCES') return permanent(`${program} is not executable for this user`);
  if (code === 'ENOEXEC') return permanent(`${program} is no program: does its first line (#!…) lack?`);
  if (code === 'E2BIG') return permanent(`the arguments of ${program} are too long for this machine`);
  if (code === 'ERR_INVALID_ARG_VALUE')
    return permanent(`an argument of ${program} holds a NUL character, which none can`);
  return new OutsideError(`${program} could not be started (${code})`, { transient: PASSING.has(code) });
}

function isEnterable(directory: string): boolean {
  try {
    accessSync(`${directory}/.`, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Resolves when the program is over and its output is read, or its leftovers had their grace. */
async function ended(
  child: ChildProcess,
  group: Group,
  clock: Clock,
): Promise<{ exitCode: number | null; endedBy: string | null }> {
  const closed = Promise.withResolvers<undefined>();
  child.once('close', () => closed.resolve(undefined));
  const { exitCode, endedBy } = await new Promise<{ exitCode: number | null; endedBy: string | null }>((resolve) => {
    child.once('exit', (code, signal) => resolve({ exitCode: code, endedBy: signal }));
  });
  // Those that are left hold its pipes open, perhaps: nobody waits for them for longer than that.
  const leftovers = group.signal('SIGTERM');
  const over = new AbortController();
  after(clock, LEFTOVER_GRACE_MS, over.signal, () => {
    group.signal('SIGKILL');
    // Held open by one that has left the group.
    child.stdout?.destroy();
    child.stderr?.destroy();
  });
  await closed.promise;
  if (!leftovers) over.abort();
  return { exitCode, endedBy };
}

/** The process group that a program leads. */
class Group {
  readonly #leader: ChildProcess;
  readonly #kill: (pid: number, signal: 'SIGTERM' | 'SIGKILL') => boolean;

  constructor(leader: ChildProcess, kill: (pid: number, signal: 'SIGTERM' | 'SIGKILL') => boolean) {
    this.#leader = leader;
    this.#kill = kill;
  }

  /** False when nobody is in it any more. */
  signal(name: 'SIGTERM' | 'SIGKILL'): boolean {
    const { pid } = this.#leader;
    if (pid === undefined) return false;
    try {
      return this.#kill(-pid, name);
    } catch (error) {
      if (codeOf(error) === 'ESRCH') return false;
      // One of them has become another user's. It is not ours to end, and the time-out must not fail for it.
      if (codeOf(error) === 'EPERM') return true;
      throw error;
    }
  }
}

/** Not even SIGKILL ends what waits in the kernel, for a network file system that is gone, say. Nobody waits with it. */
function doesNotDie(child: ChildProcess, { command: [program] }: CommandSpec): OutsideError {
  for (const stream of [child.stdin, child.stdout, child.stderr]) stream?.destroy();
  child.unref();
  const message = `${program} (process ${child.pid}) does not end although it was killed: it waits for a disk or a network file system, perhaps`;
  return new OutsideError(message, { transient: true });
}

function collect(stream: ChildProcess['stdout'], maxBytes: number): Tail {
  const tail = new Tail(maxBytes);
  stream?.on('data', (chunk: Buffer) => tail.add(chunk));
  // A pipe that breaks is the end of its output.
  stream?.on('error', () => undefined);
  return tail;
}

/** A program need not read what it is given: then the pipe breaks (EPIPE), which is no failure. */
function feed({ stdin }: ChildProcess, text: string): void {
  stdin?.on('error', () => undefined);
  stdin?.end(text.toWellFormed());
}

function after(clock: Clock, ms: number, unless: AbortSignal, then: () => void): void {
  clock.sleep(ms, unless).then(then, () => undefined);
}

function givenUp(): OutsideError {
  return new OutsideError('given up because the program stops', { transient: true });
}
