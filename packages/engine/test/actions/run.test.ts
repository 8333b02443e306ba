import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '@qwarden/qumulo-client';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import type { ActionOutcome } from '../../src/actions/port.ts';
import { runAction } from '../../src/actions/run/index.ts';
import { createOutside } from '../../src/outside/index.ts';
import { actionContext, actionInput, HOSTILE_NAMES, problems } from '../support/action.ts';

const NODE = process.execPath;
const TOKEN = 'token-of-the-program-0815';
const OURS = 'password-of-qwarden-4711';
const directory = mkdtempSync(join(tmpdir(), 'qwarden-action-'));
const told: string[] = [];
let outside: ReturnType<typeof createOutside>;

beforeEach(() => {
  outside = createOutside({
    environment: { PATH: process.env['PATH'], TOKEN, QWARDEN_PASSWORD: OURS },
    clock: systemClock,
  });
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

type More = Parameters<typeof actionInput>[2];

async function run(params: object, more: More = {}, signal?: AbortSignal): Promise<ActionOutcome> {
  const input = actionInput(runAction, params, more);
  const context = actionContext(outside, { clock: systemClock, ...(signal === undefined ? {} : { signal }) });
  const outcome = await runAction.run(input, context);
  told.push(JSON.stringify(outcome), await runAction.dryRun(input, context));
  return outcome;
}

const script = (code: string, more: object = {}) => ({ command: [NODE, '-e', code, '--'], ...more });

describe('run', () => {
  it.each(HOSTILE_NAMES)('tells the program of the file %j as it is', async (name) => {
    const path = `/in/${name}`;
    const code = `let input = ''; process.stdin.on('data', (d) => input += d).on('end', () => {
      require('fs').writeFileSync('told.json', JSON.stringify({ argv: process.argv.slice(1), env: process.env, input })); });`;
    const params = {
      command: [NODE, '-e', code, '--', '{{name}}', 'x{{path}}'],
      cwd: directory,
      environment: { FILE: 'f={{path}}' },
    };
    expect(await run(params, { path, attempt: 3 })).toMatchObject({ kind: 'done' });
    const text = (value: string) => value.toWellFormed();
    const seen: {
      argv: string[];
      env: Record<string, string>;
      input: string;
    } = JSON.parse(readFileSync(join(directory, 'told.json'), 'utf8'));
    expect(seen.argv).toEqual([text(name), text(`x${path}`)]);
    expect(seen.env).toMatchObject({
      FILE: text(`f=${path}`),
      QWARDEN_PATH: text(path),
      QWARDEN_NAME: text(name),
      QWARDEN_FILE_ID: '1003',
      QWARDEN_EVENT: 'child_file_added',
      QWARDEN_RULE: 'tell',
      QWARDEN_ATTEMPT: '3',
    });
    expect(seen.env).not.toHaveProperty('TOKEN');
    expect(Object.values(seen.env)).not.toContain(OURS);
    // The exact name, half pairs included, is in the JSON.
    expect(JSON.parse(seen.input)).toMatchObject({
      path,
      rule: 'tell',
      file_id: '1003',
      change: { type: 'child_file_added' },
    });
  });

  it('hands on what the program says, and notes the last lines', async () => {
    const outcome = await run(script('console.log("a\\nb\\nc\\nd\\u001b[2J")'));
    expect(outcome).toEqual({
      kind: 'done',
      note: `${NODE} ended with exit code 0: b | c | d\\u001b[2J`,
      output: { exit_code: '0', stdout: 'a\nb\nc\nd\u001b[2J' },
    });
  });

  it('knows exit codes: success, try again, failed', async () => {
    expect(await run(script('process.exit(0)'))).toMatchObject({
      kind: 'done',
      note: `${NODE} ended with exit code 0`,
    });
    expect(await run(script('process.exit(4)', { success_codes: [0, 4] }))).toMatchObject({ kind: 'done' });
    expect(await run(script('console.error("full"); process.exit(75)'))).toEqual({
      kind: 'transient',
      reason: `${NODE} ended with exit code 75: full`,
      target: 'file',
      overload: false,
    });
    expect(await run(script('process.exit(9)', { retry_codes: [9] }))).toMatchObject({ kind: 'transient' });
    expect(await run(script('console.log("out"); console.error("no such order"); process.exit(1)'))).toMatchObject({
      kind: 'failed',
      reason: `${NODE} ended with exit code 1: no such order`,
    });
    expect(await run(script('process.kill(process.pid, "SIGKILL")'))).toMatchObject({
      kind: 'transient',
      reason: `${NODE} was ended by SIGKILL`,
    });
  });

  it('ends what takes too long, and tries again', async () => {
    expect(await run(script('setInterval(() => {}, 1000)', { timeout: '200ms' }))).toMatchObject({
      kind: 'transient',
      reason: `${NODE} took longer than 200ms and was ended`,
    });
  });

  it('keeps the end of a long output', async () => {
    const outcome = await run(script('process.stdout.write("x".repeat(200000) + "the end")', { max_output: '1KiB' }));
    const output = outcome.kind === 'done' ? (outcome.output?.['stdout'] ?? '') : '';
    expect([output.length, output.endsWith('xthe end')]).toEqual([1024, true]);
    expect(JSON.stringify(outcome).length).toBeLessThan(2000);
  });

  it('passes on the variables that are named, and keeps their values out of what it says', async () => {
    const code =
      'console.log("my token is " + process.env.TOKEN); console.error("bad " + process.env.TOKEN); process.exit(Number(process.argv[1]))';
    const params = { command: [NODE, '-e', code, '--', '0'], environment_from: ['TOKEN'] };
    expect(await run(params)).toMatchObject({
      kind: 'done',
      note: `${NODE} ended with exit code 0: bad •••`,
      output: { stdout: 'my token is •••' },
    });
    expect(await run({ ...params, command: [NODE, '-e', code, '--', '1'] })).toMatchObject({
      kind: 'failed',
      reason: expect.stringContaining('bad •••'),
    });
    expect(await run({ ...params, environment_from: ['NOT_THERE'] })).toMatchObject({
      kind: 'failed',
      reason: 'the environment variable NOT_THERE is not set',
    });
  });

  it('says what cannot be started', async () => {
    const program = join(directory, 'none');
    expect(await run({ command: [program] })).toMatchObject({
      kind: 'failed',
      reason: expect.stringContaining(`there is no program ${program}`),
    });
  });

  it('runs no more at once than it may; those that come too early come again later', async () => {
    const params = script('process.stdin.resume().on("end", () => {})', { concurrency: 2 });
    const outcomes = await Promise.all([1, 2, 3, 4, 5].map((n) => run(params, { fileId: `${n}` })));
    expect(outcomes.map(({ kind }) => kind)).toEqual(['done', 'done', 'not-yet', 'not-yet', 'not-yet']);
    expect(outcomes.map((outcome) => (outcome.kind === 'not-yet' ? outcome.delayMs : 0))).toEqual([
      0, 0, 1000, 1000, 2000,
    ]);
    expect(await run(params, { fileId: '3' })).toMatchObject({ kind: 'done' });
    // Another rule has its own.
    expect(await run(params, { rule: 'other' })).toMatchObject({ kind: 'done' });
  });

  it('is nothing when the program stops', async () => {
    const stop = new AbortController();
    const running = run(script('setInterval(() => {}, 1000)'), {}, stop.signal);
    stop.abort();
    expect(await running).toEqual({ kind: 'aborted' });
  });
});

describe('run: parameters', () => {
  it.each([
    [{ command: [] }, 'command'],
    [{ command: 'rm -rf /' }, 'command'],
    [{ command: ['/opt/{{name}}'] }, 'command.0: the program itself must be fixed'],
    [{ command: ['/bin/cat', '{{name}}'] }, 'command.1: a file may be called "-rf"'],
    [{ command: ['/bin/cat', '{{nope}}'] }, 'command.1: {{nope}} is not known'],
    [{ command: ['/bin/cat'], environment: { QWARDEN_A: 'a' } }, 'environment.QWARDEN_A'],
    [{ command: ['/bin/cat'], environment: { 'A=B': 'a' } }, 'environment.A=B'],
    [{ command: ['/bin/cat'], cwd: 'here' }, 'cwd: must be an absolute path'],
    [{ command: ['/bin/cat'], max_output: '1GiB' }, 'max_output: must not be more than 16MiB'],
    [{ command: ['/bin/cat'], max_output: '64K' }, 'max_output: The size "64K" is not clear'],
    [{ command: ['/bin/cat'], success_codes: [75] }, 'retry_codes: 75 cannot be both'],
    [{ command: ['/bin/cat'], shell: true }, 'Unrecognized key'],
  ])('%j: %s', (params, problem) => {
    expect(problems(runAction, params).join('\n')).toContain(problem);
  });

  it('that are right are taken', () => {
    expect(
      problems(runAction, { command: ['/bin/cat', '--', '{{name}}', '-'], concurrency: 1, timeout: '5m' }),
    ).toEqual([]);
    expect(problems(runAction, { command: ['/bin/cat', '{{path}}', 'x{{name}}'] })).toEqual([]);
  });

  it('declare no effects, need no privileges; a dry run says what would run', async () => {
    const input = actionInput(
      runAction,
      { command: ['/bin/cat', '{{path}}'], environment_from: ['TOKEN'] },
      { path: '/in/a "b"\u202e' },
    );
    expect([runAction.effects(input.params), runAction.privileges(input.params)]).toEqual([[], []]);
    expect(await runAction.dryRun(input, actionContext(outside))).toBe(
      String.raw`would run ["/bin/cat","/in/a \"b\"\u202e"]`,
    );
  });
});

describe('run: secrets', () => {
  it('were in nothing that any test was told', () => {
    expect(told.length).toBeGreaterThan(20);
    expect(told.filter((words) => words.includes(TOKEN) || words.includes(OURS))).toEqual([]);
  });
});
