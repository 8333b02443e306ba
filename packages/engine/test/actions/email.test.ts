import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { emailAction } from '../../src/actions/email/index.ts';
import type { ActionOutcome } from '../../src/actions/port.ts';
import { createOutside } from '../../src/outside/index.ts';
import { actionContext, actionInput, HOSTILE_NAMES, problems } from '../support/action.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { SmtpReceiver } from '../support/smtp.ts';

const PASSWORD = 'geheim-4711';
let receiver: SmtpReceiver;
let clock: FakeClock;
let outside: ReturnType<typeof createOutside>;
const told: string[] = [];

beforeEach(async () => {
  receiver = await SmtpReceiver.open();
  clock = new FakeClock();
  outside = createOutside({ environment: { PASSWORD }, clock });
});
afterEach(() => receiver.close());

const ADDRESSES = { to: 'ops@example.com', from: 'qwarden@example.com' };

type More = Parameters<typeof actionInput>[2];

async function run(params: object = {}, more: More = {}, signal?: AbortSignal): Promise<ActionOutcome> {
  const server = { host: '127.0.0.1', port: receiver.port, security: 'none' };
  const input = actionInput(emailAction, { ...ADDRESSES, server, ...params }, more);
  const outcome = await emailAction.run(
    input,
    actionContext(outside, { clock, ...(signal === undefined ? {} : { signal }) }),
  );
  told.push(JSON.stringify(outcome));
  return outcome;
}

function file(n: number): More {
  return { fileId: `${n}`, path: `/in/${n}.csv`, match: `${n}.0/tell` };
}

/** Text of a mail as its reader sees it. */
function text(source: string | undefined): string {
  const [head = '', ...body] = (source ?? '').split('\r\n\r\n');
  const raw = body.join('\r\n\r\n');
  if (/quoted-printable/i.test(head)) {
    const bytes = raw
      .replaceAll('=\r\n', '')
      .replaceAll(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
    return Buffer.from(bytes, 'latin1').toString('utf8').replaceAll('\r\n', '\n');
  }
  return (/base64/i.test(head) ? Buffer.from(raw, 'base64').toString('utf8') : raw).replaceAll('\r\n', '\n');
}

/** The subject as its reader sees it (RFC 2047). */
function shownSubject(source = ''): string {
  const raw = /^Subject: (.*(?:\r\n[ \t].*)*)\r$/m.exec(source)?.[1]?.replaceAll('\r\n', '') ?? '';
  const word = /=\?utf-8\?([BQ])\?([^? ]*)\?=/gi;
  return raw.replaceAll(/(?<=\?=)\s+(?==\?utf-8\?[BQ]\?)/gi, '').replaceAll(word, (_, how: string, encoded: string) => {
    if (how.toUpperCase() === 'B') return Buffer.from(encoded, 'base64').toString('utf8');
    const bytes = encoded
      .replaceAll('_', ' ')
      .replaceAll(/=([0-9A-F]{2})/gi, (_all, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
    return Buffer.from(bytes, 'latin1').toString('utf8');
  });
}

const subject = (source: string | undefined) => /^Subject: (.*)\r$/m.exec(source ?? '')?.[1];

describe('email: one at once', () => {
  it('is sent before the job is done', async () => {
    expect(await run({ batch: '0s' }, file(1))).toEqual({ kind: 'done', note: 'mailed to ops@example.com' });
    expect(subject(receiver.mails[0]?.source)).toBe('tell: 1.csv');
    expect(text(receiver.mails[0]?.source).trim()).toBe('2031-01-05T07:08:09Z child_file_added /in/1.csv');
  });

  it.each(HOSTILE_NAMES)('is one line for the file %j', async (name) => {
    const path = `/in/${name}`;
    expect(await run({ batch: '0s', text: '[{{path}}]', subject: 'new {{name}}' }, { path })).toMatchObject({
      kind: 'done',
    });
    const [mail] = receiver.mails;
    expect(text(mail?.source).trimEnd()).toMatch(/^\[\/in\/.*\]$/);
    expect(mail?.source.match(/^Subject:/gim)).toHaveLength(1);
    expect(mail?.to).toEqual(['ops@example.com']);
  });

  it.each([
    '=?utf-8?q?=0ABcc:_x?=',
    'a =?UTF-8?B?Gw==?= b',
    '=?utf-8?q?=0A?= =?utf-8?q?x?= ünïcödé',
    `=? ${'\u{1F600} long '.repeat(30)}`,
    'ünïcödé \u{1F600} "quoted"',
  ])('shows its reader a name that looks encoded as it is: %j', async (name) => {
    expect(await run({ batch: '0s', subject: 'new {{name}}' }, { path: `/in/${name}` })).toMatchObject({
      kind: 'done',
    });
    const [mail] = receiver.mails;
    expect(shownSubject(mail?.source)).toBe(`new ${name}`);
    expect(Math.max(...(mail?.source ?? '').split('\r\n').map(({ length }) => length))).toBeLessThan(100);
  });

  it('that may be tried again says whose fault it is', async () => {
    receiver.refusal = { status: 451, words: 'later' };
    expect(await run({ batch: '0s' })).toMatchObject({ kind: 'transient', target: 'host:127.0.0.1' });
    receiver.refusal = { status: 550, words: 'never' };
    expect(await run({ batch: '0s' })).toMatchObject({
      kind: 'failed',
      reason: expect.stringContaining('550 never'),
    });
  });

  it('that lacks its password is not sent', async () => {
    const server = { host: '127.0.0.1', port: receiver.port, security: 'none', user: 'ann', password_env: 'NOT_THERE' };
    expect(await run({ batch: '0s', server })).toMatchObject({
      kind: 'failed',
      reason: 'the environment variable NOT_THERE is not set',
    });
    const refused = await run({ batch: '0s', server: { ...server, password_env: 'PASSWORD' } });
    expect(refused).toMatchObject({ kind: 'failed' });
  });
});

describe('email: a batch', () => {
  it('is one mail for all that came in its time; every job is done with it and not before', async () => {
    expect(await run({}, file(1))).toMatchObject({ kind: 'not-yet', delayMs: 60_000 });
    await clock.advance(20_000);
    expect(await run({}, file(2))).toMatchObject({ kind: 'not-yet', delayMs: 40_000 });
    expect(await run({}, file(2))).toMatchObject({ kind: 'not-yet', delayMs: 40_000 });
    await clock.advance(40_000);
    expect(receiver.mails).toEqual([]);
    const note = 'mailed to ops@example.com, one of 2 matches in one mail';
    expect(await run({}, file(2))).toEqual({ kind: 'done', note });
    expect(await run({}, file(1))).toEqual({ kind: 'done', note });
    expect(receiver.mails).toHaveLength(1);
    expect(subject(receiver.mails[0]?.source)).toBe('tell: 1.csv (and 1 more)');
    expect(text(receiver.mails[0]?.source).trimEnd().split('\n')).toEqual([
      '2031-01-05T07:08:09Z child_file_added /in/1.csv',
      '2031-01-05T07:08:09Z child_file_added /in/2.csv',
    ]);
  });

  it('tells its jobs at the same moment when they ask while it is sent', async () => {
    const taken = Promise.withResolvers<undefined>();
    receiver.hold = taken.promise;
    const files = Array.from({ length: 20 }, (_, n) => file(n));
    for (const one of files) await run({}, one);
    await clock.advance(60_000);
    const asked = files.map((one) => run({}, one));
    // One that comes now is none of this mail.
    const late = await run({}, file(99));
    taken.resolve(undefined);
    expect((await Promise.all(asked)).map(({ kind }) => kind)).toEqual(files.map(() => 'done'));
    expect(late).toMatchObject({ kind: 'not-yet', delayMs: 60_000 });
    expect(receiver.mails).toHaveLength(1);
    await clock.advance(60_000);
    expect(await run({}, file(99))).toMatchObject({ kind: 'done' });
    expect(receiver.mails).toHaveLength(2);
  });

  it('that is lost in a crash before it is sent is made anew from its jobs', async () => {
    await run({}, file(1));
    await run({}, file(2));
    // Another process: nothing of the old one is there but the jobs.
    outside = createOutside({ environment: {}, clock });
    await clock.advance(60_000);
    expect(await run({}, file(1))).toMatchObject({ kind: 'not-yet' });
    expect(await run({}, file(2))).toMatchObject({ kind: 'not-yet' });
    await clock.advance(60_000);
    expect(await run({}, file(1))).toMatchObject({ kind: 'done' });
    expect(await run({}, file(2))).toMatchObject({ kind: 'done' });
    expect(receiver.mails).toHaveLength(1);
  });

  it('that was taken just before a crash comes again with the same Message-ID', async () => {
    const send = async (order: readonly number[]) => {
      for (const n of order) await run({}, file(n));
      await clock.advance(60_000);
      await run({}, file(order[0] ?? 0));
    };
    await send([1, 2, 3]);
    outside = createOutside({ environment: {}, clock });
    await send([3, 1, 2]);
    const ids = receiver.mails.map(({ source }) => /^Message-ID: (.*)\r$/m.exec(source)?.[1]);
    expect(ids).toHaveLength(2);
    expect(ids[0]).toBe(ids[1]);
  });

  it('that fails is a failed try for each of its jobs, once', async () => {
    receiver.refusal = { status: 451, words: 'later' };
    for (const n of [1, 2]) await run({}, file(n));
    await clock.advance(60_000);
    for (const n of [1, 2])
      expect(await run({}, file(n))).toMatchObject({ kind: 'transient', target: 'host:127.0.0.1' });
    receiver.refusal = undefined;
    for (const n of [1, 2])
      expect(await run({}, { ...file(n), attempt: 2 })).toMatchObject({ kind: 'not-yet', delayMs: 60_000 });
    await clock.advance(60_000);
    for (const n of [1, 2]) expect(await run({}, { ...file(n), attempt: 2 })).toMatchObject({ kind: 'done' });
    expect(receiver.mails).toHaveLength(1);
  });

  it('has a job that was armed anew once, with its latest match', async () => {
    await run({ text: '{{path}}' }, file(1));
    await run({ text: '{{path}}' }, { ...file(1), match: '5.0/tell', path: '/in/renamed.csv' });
    await clock.advance(60_000);
    expect(await run({ text: '{{path}}' }, { ...file(1), match: '5.0/tell', path: '/in/renamed.csv' })).toMatchObject({
      kind: 'done',
    });
    expect(text(receiver.mails[0]?.source).trim()).toBe('/in/renamed.csv');
  });

  it('that stops with the program is handed in again', async () => {
    const stop = new AbortController();
    const never = Promise.withResolvers<undefined>();
    const reached = Promise.withResolvers<undefined>();
    Object.defineProperty(receiver, 'hold', {
      configurable: true,
      get: () => {
        reached.resolve(undefined);
        return never.promise;
      },
    });
    await run({}, file(1));
    await clock.advance(60_000);
    const stopped = run({}, file(1), stop.signal);
    await reached.promise;
    stop.abort();
    expect(await stopped).toEqual({ kind: 'aborted' });
    expect(await run({}, file(1))).toMatchObject({ kind: 'not-yet' });
    never.resolve(undefined);
  });

  it('is of one rule, and of one set of parameters', async () => {
    await run({}, file(1));
    await run({}, { ...file(2), rule: 'other' });
    await run({ to: ['ann@example.com'] }, file(3));
    await clock.advance(60_000);
    await run({}, file(1));
    await run({}, { ...file(2), rule: 'other' });
    await run({ to: ['ann@example.com'] }, file(3));
    expect(receiver.mails.map(({ source }) => subject(source))).toEqual(['tell: 1.csv', 'other: 2.csv', 'tell: 3.csv']);
  });

  it('says how many there were more when they are too many for a mail', async () => {
    const server = { host: '127.0.0.1', port: receiver.port, security: 'none' };
    const input = actionInput(emailAction, { ...ADDRESSES, server, text: '{{path}}' });
    const tell = (n: number) => {
      const job = { ...input.job, key: `tell\0${n}`, match: `${n}.0/tell` };
      return emailAction.run(
        { ...input, subject: { fileId: `${n}`, path: `/in/${n}.csv` }, job },
        actionContext(outside, { clock }),
      );
    };
    for (let n = 0; n < 1200; n += 1) await tell(n);
    await clock.advance(60_000);
    await tell(0);
    const lines = text(receiver.mails[0]?.source).trim().split('\n');
    expect(lines).toHaveLength(1001);
    expect(lines.at(-1)).toBe('… and 200 more, which qwarden keeps the record of.');
    expect(subject(receiver.mails[0]?.source)).toBe('tell: 0.csv (and 1199 more)');
  });

  it('does not wait for longer when the clock is set back', async () => {
    await run({}, file(1));
    clock = new FakeClock(clock.now() - 3_600_000);
    expect(await run({}, file(1))).toMatchObject({ kind: 'not-yet', delayMs: 60_000 });
  });
});

describe('email: parameters', () => {
  const server = { host: 'mail.example.com', security: 'tls' };
  const good = { ...ADDRESSES, server };

  it.each([
    [{ ...good, to: 'nobody' }, 'to'],
    [{ ...good, to: [] }, 'to'],
    [{ ...good, to: 'a@b, c@d' }, 'to'],
    [{ ...good, from: 'a@b\nBcc: c@d' }, 'from: is no mail address'],
    [{ ...good, server: { host: 'a' } }, 'server.security'],
    [
      { ...good, server: { ...server, user: 'a' } },
      'server.password_env: one of "password_env", "password_file" is needed',
    ],
    [{ ...good, server: { ...server, password_env: 'A' } }, 'server.user: a password needs a user'],
    [
      { ...good, server: { ...server, security: 'none', user: 'a', password_env: 'A' } },
      'server.security: without TLS the password',
    ],
    [{ ...good, batch: '1' }, 'batch: The duration "1" has no unit'],
    [{ ...good, subject: '{{nope}}' }, 'subject: {{nope}} is not known'],
  ])('%j: %s', (params, problem) => {
    expect(problems(emailAction, params).join('\n')).toContain(problem);
  });

  it('that are right are taken', () => {
    expect(problems(emailAction, { ...good, to: ['Ops <ops@example.com>', 'a@b'] })).toEqual([]);
    const local = { host: 'localhost', security: 'none', user: 'a', password_file: '/run/secrets/mail' };
    expect(problems(emailAction, { ...good, server: local, batch: '0s' })).toEqual([]);
  });

  it('declare no effects, need no privileges; a dry run says what would be mailed', async () => {
    const login = { ...server, user: 'ann', password_env: 'PASSWORD' };
    const input = actionInput(emailAction, { ...good, server: login });
    expect([emailAction.effects(input.params), emailAction.privileges(input.params)]).toEqual([[], []]);
    const words = await emailAction.dryRun(input, actionContext(outside));
    told.push(words);
    expect(words).toBe(
      'would mail "tell: report.csv" to ops@example.com over mail.example.com as ann, with all other matches within 1m: 2031-01-05T07:08:09Z child_file_added /in/report.csv',
    );
  });
});

describe('email: secrets', () => {
  it('were in nothing that any test was told', () => {
    expect(told.length).toBeGreaterThan(20);
    expect(told.filter((words) => words.includes(PASSWORD))).toEqual([]);
  });
});
