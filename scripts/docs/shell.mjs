// A shell in which the commands of one page are run, one after the other, as a reader would: what one sets the next one sees.
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

export class Shell {
  #child;
  #ended;
  #count = 0;
  #directory;
  #background = new Map();

  constructor({ directory, environment, scratch }) {
    this.#directory = scratch;
    // In its own process group, so that nothing it leaves behind outlives the page.
    this.#child = spawn('bash', ['--norc', '--noprofile'], {
      cwd: directory,
      env: environment,
      stdio: ['pipe', 'ignore', 'ignore'],
      detached: true,
    });
    this.#ended = new Promise((resolve) => {
      this.#child.on('exit', resolve);
    });
    // What the background runs gets a process group of its own, and Ctrl-C is not ignored in it.
    this.#child.stdin.write('set -m\n');
  }

  /** Runs a command to its end: `{ code, printed }`. */
  async run(command, { withinMs = 180_000 } = {}) {
    const { file, log, done } = this.#files(command);
    // The file is read by the shell itself, so that cd, variables and functions stay.
    this.#child.stdin.write(
      `. '${file}' > '${log}' 2>&1 < /dev/null; echo $? > '${done}.new'; mv '${done}.new' '${done}'\n`,
    );
    const code = await this.#appearing(
      done,
      withinMs,
      () => `it did not end within ${withinMs / 1000} s; it printed:\n${read(log)}`,
    );
    return { code: Number(code), printed: read(log) };
  }

  /** Starts a command that stays. */
  async start(name, command) {
    const { log, done } = this.#files('');
    this.#child.stdin.write(
      `( exec ${command} ) > '${log}' 2>&1 < /dev/null & echo $! > '${done}.new'; mv '${done}.new' '${done}'\n`,
    );
    const pid = Number(await this.#appearing(done, 20_000, () => 'it could not be started'));
    this.#background.set(name, { pid, log });
  }

  /** What a command in the background has printed. */
  said(name) {
    return read(this.#entry(name).log);
  }

  runs(name) {
    return isAlive(this.#entry(name).pid);
  }

  /** Ctrl-C, and what it ends with. */
  async stop(name) {
    const { pid, log } = this.#entry(name);
    process.kill(-pid, 'SIGINT');
    const { code } = await this.run(`wait ${pid}`, { withinMs: 60_000 });
    this.#background.delete(name);
    return { code, printed: read(log) };
  }

  async close() {
    for (const { pid } of this.#background.values()) endGroup(pid, 'SIGTERM');
    const deadline = Date.now() + 10_000;
    while ([...this.#background.values()].some(({ pid }) => isAlive(pid)) && Date.now() < deadline) await pause(50);
    for (const { pid } of this.#background.values()) endGroup(pid, 'SIGKILL');
    endGroup(this.#child.pid, 'SIGKILL');
    await this.#ended;
  }

  #entry(name) {
    const entry = this.#background.get(name);
    if (!entry) throw new Error(`nothing called "${name}" runs in the background`);
    return entry;
  }

  #files(command) {
    this.#count += 1;
    const base = join(this.#directory, `${String(this.#count).padStart(3, '0')}-${randomUUID().slice(0, 8)}`);
    writeFileSync(`${base}.sh`, `${command}\n`);
    return { file: `${base}.sh`, log: `${base}.log`, done: `${base}.done` };
  }

  async #appearing(file, withinMs, why) {
    const deadline = Date.now() + withinMs;
    while (!existsSync(file)) {
      if (Date.now() > deadline) throw new Error(why());
      if (this.#child.exitCode !== null || this.#child.signalCode !== null) throw new Error('the shell has ended');
      await pause(20);
    }
    return read(file).trim();
  }
}

function read(file) {
  return existsSync(file) ? readFileSync(file, 'utf8') : '';
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

function endGroup(pid, signal) {
  try {
    process.kill(-pid, signal);
  } catch {
    // It has ended by itself.
  }
}
