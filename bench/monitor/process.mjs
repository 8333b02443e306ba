// Forked processes of this benchmark that speak by messages.
import { fork } from 'node:child_process';
import { join } from 'node:path';
import { nodePath, root } from '../../scripts/toolchain.mjs';
import { endProcess, peakMegabytes, residentMegabytes, watchOver } from '../filelock/process.mjs';

/** Starts bench/monitor/`script`. */
export function startFork(script, options = {}, { execArgv = [] } = {}) {
  const child = fork(join(root, 'bench', 'monitor', script), [JSON.stringify(options)], {
    cwd: root,
    execPath: nodePath(),
    execArgv: ['--disable-warning=ExperimentalWarning', '--max-semi-space-size=16', ...execArgv],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  return new Fork(watchOver(child), script);
}

class Fork {
  #messages = [];
  #waiting = [];
  #ended;

  constructor(child, script) {
    this.child = child;
    child.on('message', (message) => {
      this.#messages.push(message);
      this.#look();
    });
    child.once('exit', (code) => {
      this.#ended = new Error(`bench/monitor/${script} ended with exit code ${code}`);
      this.#look();
    });
  }

  get residentMegabytes() {
    return residentMegabytes(this.child.pid);
  }

  get peakMegabytes() {
    return peakMegabytes(this.child.pid);
  }

  send(message) {
    this.child.send(message);
  }

  /** The next message of this kind, also when it has come already. Rejects when the process ends first. */
  told(kind) {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ kind, resolve, reject });
      this.#look();
    });
  }

  /** Asks it to end: it closes what it has open. */
  async stop() {
    if (this.child.connected) this.child.disconnect();
    await endProcess(this.child, 0);
  }

  #look() {
    this.#waiting = this.#waiting.filter(({ kind, resolve, reject }) => {
      const n = this.#messages.findIndex((message) => message.kind === kind);
      if (n >= 0) resolve(this.#messages.splice(n, 1)[0]);
      else if (this.#ended === undefined) return true;
      else reject(this.#ended);
      return false;
    });
  }
}
