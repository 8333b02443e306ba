// Real processes: run one to its end, or start one, wait for what it says, and end it.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { delimiter, dirname } from 'node:path';
import { nodePath } from '../../toolchain.mjs';

/** What the environment keeps for a program that stands outside the repository: no settings of npm run, of this workspace, of qwarden, of CI. */
export function outsideEnvironment(extra = {}, directories = []) {
  const kept = Object.entries(process.env).filter(
    ([name]) =>
      !/^(npm_(?!config_(registry|cache|userconfig))|INIT_CWD|NODE_OPTIONS|QWARDEN_|CI$|CI_|GITHUB_|GITLAB_|ACTIONS_|SIGSTORE_)/.test(
        name,
      ),
  );
  const path = [...directories, dirname(nodePath()), process.env.PATH].join(delimiter);
  return { ...Object.fromEntries(kept), npm_config_update_notifier: 'false', ...extra, PATH: path };
}

/** Runs a program to its end. Throws with what it printed unless its exit code is the expected one. */
export async function run(command, args, { cwd, env = outsideEnvironment(), status = 0, withinMs = 300_000 } = {}) {
  const started = start(command, args, { cwd, env });
  const code = await started.ended(withinMs);
  const { stdout, stderr } = started.output();
  assert.equal(
    code,
    status,
    `"${command} ${args.join(' ')}" ended with ${code}, not ${status}:\n${stdout.slice(-4000)}\n${stderr.slice(-4000)}`,
  );
  return { stdout, stderr };
}

/** Starts a program in a process group of its own; `input`: what is written to its `stdin` is read by it. */
export function start(command, args, { cwd, env = outsideEnvironment(), input = false } = {}) {
  const child = spawn(command, args, { cwd, env, stdio: [input ? 'pipe' : 'ignore', 'pipe', 'pipe'], detached: true });
  let stdout = '';
  let stderr = '';
  const listeners = new Set();
  const told = () => {
    for (const listener of listeners) listener();
  };
  child.stdout.setEncoding('utf8').on('data', (text) => {
    stdout += text;
    told();
  });
  child.stderr.setEncoding('utf8').on('data', (text) => {
    stderr += text;
    told();
  });
  const closed = new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => {
      resolve(code ?? signal);
      told();
    });
  });
  const kill = (signal) => {
    // It never began.
    if (child.pid === undefined) return;
    try {
      process.kill(-child.pid, signal);
    } catch (error) {
      if (error.code !== 'ESRCH') throw error;
    }
  };
  const output = () => ({ stdout, stderr });
  /** The exit code, or the signal that ended it; it is killed when that takes too long. */
  async function ended(withinMs = 60_000) {
    const timer = setTimeout(kill, withinMs, 'SIGKILL');
    return await closed.finally(() => clearTimeout(timer));
  }
  /** Waits until its output matches; returns the match. */
  function says(pattern, withinMs = 60_000) {
    return new Promise((resolve, reject) => {
      const finish = (settle, value) => {
        listeners.delete(look);
        clearTimeout(timer);
        settle(value);
      };
      const complain = (why) =>
        finish(
          reject,
          new Error(`"${command} ${args.join(' ')}" ${why} before it said ${pattern}:\n${stdout}\n${stderr}`),
        );
      const look = () => {
        const match = pattern.exec(stdout) ?? pattern.exec(stderr);
        if (match) finish(resolve, match);
        else if (child.exitCode !== null || child.signalCode !== null) complain('ended');
      };
      const timer = setTimeout(complain, withinMs, `ran ${withinMs / 1000} s`);
      listeners.add(look);
      look();
    });
  }
  return { ended, says, output, kill, closed, stdin: child.stdin };
}

/** An emulator from its command, with the coordinates that it prints, and calls of its control API. */
export async function startEmulator(command, args, options) {
  const child = start(command, [...args, '--port', '0', '--json'], options);
  const [line] = await child.says(/^\{.*\}$/m);
  const coordinates = JSON.parse(line);
  const { host, port, password, fingerprint256, url } = coordinates;
  return {
    coordinates,
    /** For README's examples. */
    environment: {
      CLUSTER: host,
      CLUSTER_PORT: String(port),
      CLUSTER_PASSWORD: password,
      CLUSTER_FINGERPRINT: fingerprint256,
    },
    async control(method, path, body) {
      const data = body === undefined ? [] : ['-d', JSON.stringify(body)];
      const { stdout } = await run('curl', [
        '-ksS',
        '--fail-with-body',
        '-X',
        method,
        `${url}/_emulator/${path}`,
        ...data,
      ]);
      return stdout === '' ? undefined : JSON.parse(stdout);
    },
    async stop() {
      child.kill('SIGTERM');
      return await child.ended(10_000);
    },
  };
}
