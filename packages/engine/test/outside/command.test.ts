import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, watch, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '@qwarden/qumulo-client';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { CommandSpec } from '../../src/actions/port.ts';
import { runCommand } from '../../src/outside/command.ts';
import { createOutside } from '../../src/outside/index.ts';
import { HOSTILE_NAMES } from '../support/action.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { rejection } from '../support/rejection.ts';

const NODE = process.execPath;
const signal = new AbortController().signal;
let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'qwarden-run-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

/** A program in JavaScript, which every machine that runs these tests can run. */
function script(code: string, more: Partial<CommandSpec> = {}): CommandSpec {
  return command([NODE, '-e', code], more);
}

function command(argv: readonly [string, ...string[]], more: Partial<CommandSpec> = {}): CommandSpec {
  return { command: argv, stdin: '', environment: {}, timeoutMs: 60_000, maxOutputBytes: 64 * 1024, ...more };
}

function run(
  spec: CommandSpec,
  options: { environment?: Record<string, string>; clock?: FakeClock; signal?: AbortSignal } = {},
) {
  const { environment = { PATH: process.env['PATH'] ?? '' }, clock = systemClock } = options;
  return createOutside({ environment, clock }).run(spec, options.signal ?? signal);
}

/** Resolves when the file is there and not empty. */
async function written(name: string): Promise<string> {
  const path = join(directory, name);
  const watcher = watch(directory);
  try {
    while (!existsSync(path) || readFileSync(path, 'utf8') === '')
      await new Promise((resolve) => {
        watcher.once('change', resolve);
      });
    return readFileSync(path, 'utf8');
  } finally {
    watcher.close();
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    // A zombie has ended; nobody may have fetched its exit code yet.
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}

/** Resolves when the process has ended; the test's own time limit is the deadline. */
async function ended(pid: number): Promise<void> {
  while (isAlive(pid))
    await new Promise((resolve) => {
      setImmediate(resolve);
    });
}

describe('programs', () => {
  it('get arguments as they are, input, and nothing but their own environment', async () => {
    const code = `let input = ''; process.stdin.on('data', (d) => input += d).on('end', () => {
      console.log(JSON.stringify({ argv: process.argv.slice(1), input, env: process.env, cwd: process.cwd() })); process.exit(3); });`;
    const names = HOSTILE_NAMES.map((name) => name.toWellFormed());
    const environment = {
      PATH: '/bin',
      HOME: '/root',
      LANG: 'C',
      TZ: 'UTC',
      AWS_SECRET: 'geheim',
      NODE_OPTIONS: '--no',
    };
    const spec = command([NODE, '-e', code, '--', ...names], {
      stdin: '{"a":1}\n',
      environment: { A: '$(rm)\n' },
      cwd: directory,
    });
    const { exitCode, stdout } = await run(spec, { environment });
    expect(exitCode).toBe(3);
    const told: unknown = JSON.parse(stdout);
    expect(told).toMatchObject({ argv: names, input: '{"a":1}\n', cwd: directory });
    expect(told).toHaveProperty('env', { PATH: '/bin', HOME: '/root', LANG: 'C', TZ: 'UTC', A: '$(rm)\n' });
  });

  it('that never end are ended at the time-out, first gently', async () => {
    const clock = new FakeClock();
    const code = `process.on('SIGTERM', () => { console.log('asked to stop'); process.exit(7); });
      require('fs').writeFileSync('ready', 'yes'); setInterval(() => {}, 1000);`;
    const running = run(script(code, { cwd: directory, timeoutMs: 30_000 }), { clock });
    await written('ready');
    await clock.advance(30_000);
    expect(await running).toMatchObject({ timedOut: true, exitCode: 7, stdout: 'asked to stop\n' });
  });

  it('that do not listen are killed', async () => {
    const clock = new FakeClock();
    const code = `process.on('SIGTERM', () => { require('fs').writeFileSync('deaf', 'yes'); });
      require('fs').writeFileSync('ready', 'yes'); setInterval(() => {}, 1000);`;
    const running = run(script(code, { cwd: directory, timeoutMs: 1000 }), { clock });
    await written('ready');
    await clock.advance(1000);
    await written('deaf');
    await clock.advance(5000);
    expect(await running).toMatchObject({ timedOut: true, exitCode: null, signal: 'SIGKILL' });
  });

  it('that not even SIGKILL ends are not waited for', async () => {
    const clock = new FakeClock();
    const tried: string[] = [];
    const kill = (_pid: number, name: string) => {
      tried.push(name);
      return true;
    };
    const code = `require('fs').writeFileSync('ready', String(process.pid)); setInterval(() => {}, 1000);`;
    const environment = { PATH: process.env['PATH'] };
    const running = rejection(
      runCommand(script(code, { cwd: directory, timeoutMs: 1000 }), signal, { clock, environment, kill }),
    );
    const pid = Number(await written('ready'));
    await clock.advance(11_000);
    expect(await running).toMatchObject({
      transient: true,
      message: expect.stringContaining(`(process ${pid}) does not end`),
    });
    expect(tried).toEqual(['SIGTERM', 'SIGKILL']);
    process.kill(pid, 'SIGKILL');
  });

  it('take what they have started with them at the time-out', async () => {
    const clock = new FakeClock();
    const code = `const { spawn } = require('child_process');
      const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'inherit' });
      require('fs').writeFileSync('child', String(child.pid)); setInterval(() => {}, 1000);`;
    const running = run(script(code, { cwd: directory, timeoutMs: 1000 }), { clock });
    const child = Number(await written('child'));
    expect(isAlive(child)).toBe(true);
    await clock.advance(1000);
    expect(await running).toMatchObject({ timedOut: true, signal: 'SIGTERM' });
    await ended(child);
  });

  it('that leave a child behind which holds the pipe open are over when they are over', async () => {
    const code = `const { spawn } = require('child_process');
      const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'inherit' });
      child.unref(); console.log(child.pid);`;
    const { exitCode, timedOut, stdout } = await run(script(code));
    expect({ exitCode, timedOut }).toEqual({ exitCode: 0, timedOut: false });
    await ended(Number(stdout));
  });

  it('that leave a child behind give it time to clean up', async () => {
    const child = `process.on('SIGTERM', () => { require('fs').writeFileSync('tidy', 'yes'); process.exit(); });
      require('fs').writeFileSync('ready', 'yes'); setInterval(() => {}, 1000);`;
    const code = `const { spawn } = require('child_process'); const fs = require('fs');
      const child = spawn(process.execPath, ['-e', ${JSON.stringify(child)}], { stdio: 'inherit' });
      const watcher = fs.watch('.', () => { if (fs.existsSync('ready')) { watcher.close(); child.unref(); } });`;
    expect(await run(script(code, { cwd: directory }))).toMatchObject({ exitCode: 0 });
    expect(existsSync(join(directory, 'tidy'))).toBe(true);
  });

  it('that leave one behind in a session of its own do not hold us up, and it lives on', async () => {
    const code = `const { spawn } = require('child_process');
      const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'inherit', detached: true });
      child.unref(); console.log(child.pid);`;
    const { exitCode, stdout } = await run(script(code));
    expect(exitCode).toBe(0);
    const child = Number(stdout);
    expect(isAlive(child)).toBe(true);
    process.kill(child, 'SIGKILL');
  });

  it('may write as much as they like: the end of it is kept', async () => {
    const code = `const line = Buffer.alloc(1024 * 1024, 'x'); let n = 0;
      const more = () => { while (n < 100) { n += 1; if (!process.stdout.write(line)) return process.stdout.once('drain', more); }
        process.stdout.write('the end €'); process.stderr.write('also here'); }; more();`;
    const { exitCode, stdout, stderr } = await run(script(code, { maxOutputBytes: 1000 }));
    expect({ exitCode, stderr, length: Buffer.byteLength(stdout) }).toEqual({
      exitCode: 0,
      stderr: 'also here',
      length: 1000,
    });
    expect(stdout.endsWith('xxthe end €')).toBe(true);
  });

  it('are cut between characters', async () => {
    const { stdout } = await run(script(`process.stdout.write('€€€')`, { maxOutputBytes: 4 }));
    expect(stdout).toBe('€');
  });

  it('need not read what they are given', async () => {
    const result = await run(
      script('require("fs").closeSync(0); process.exit(0)', { stdin: 'x'.repeat(10 * 1024 * 1024) }),
    );
    expect(result.exitCode).toBe(0);
  });

  it('are ended when we stop', async () => {
    const stop = new AbortController();
    const code = `require('fs').writeFileSync('ready', String(process.pid)); setInterval(() => {}, 1000);`;
    const running = rejection(run(script(code, { cwd: directory }), { signal: stop.signal }));
    const pid = Number(await written('ready'));
    stop.abort();
    expect(await running).toMatchObject({ transient: true });
    expect(isAlive(pid)).toBe(false);
    await expect(run(script(''), { signal: stop.signal })).rejects.toMatchObject({ transient: true });
  });

  it('that cannot be started say why, for good', async () => {
    const file = join(directory, 'tool');
    const why = async (argv: readonly [string, ...string[]], more: Partial<CommandSpec> = {}) =>
      await run(command(argv, more)).then(
        () => 'started',
        (error: { message: string; transient: boolean }) => (error.transient ? 'transient' : error.message),
      );
    expect(await why([file])).toBe(`there is no program ${file} (or the interpreter that its first line names)`);
    expect(await why(['no-such-tool-here'])).toContain('there is no program no-such-tool-here');
    writeFileSync(file, 'echo\n');
    expect(await why([file])).toBe(`${file} is not executable for this user`);
    writeFileSync(file, '#!/no/such/shell\n');
    chmodSync(file, 0o755);
    expect(await why([file])).toContain('the interpreter that its first line names');
    expect(await why([NODE, '-v'], { cwd: join(directory, 'none') })).toContain(
      'is no directory that this user may run a program in',
    );
    expect(await why([NODE, '-e', '0', 'a\0b'])).toContain('holds a NUL character');
    expect(await why([NODE, '-e', '0', 'x'.repeat(4 * 1024 * 1024)])).toContain('too long for this machine');
  });
});
