import { createHmac } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ActionOutcome } from '../../src/actions/port.ts';
import { webhookAction } from '../../src/actions/webhook/index.ts';
import { createOutside } from '../../src/outside/index.ts';
import { actionContext, actionInput, HOSTILE_NAMES, problems } from '../support/action.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { HttpReceiver } from '../support/http-receiver.ts';

const TOKEN = 'T0PSECRETTOKEN';
const KEY = 'signing-key-4711';
const BEARER = 'bearer-token-0815';

let receiver: HttpReceiver;
let clock: FakeClock;
let outside: ReturnType<typeof createOutside>;
const directory = mkdtempSync(join(tmpdir(), 'qwarden-webhook-'));
const told: string[] = [];

beforeEach(async () => {
  receiver = await HttpReceiver.open();
  clock = new FakeClock();
  outside = createOutside({
    environment: { HOOK: `http://${receiver.host}/services/${TOKEN}?key=${TOKEN}%21`, KEY, AUTH: `Bearer ${BEARER}` },
    clock,
  });
});
afterEach(async () => {
  await outside.close();
  await receiver.close();
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const EVERYTHING = { url_env: 'HOOK', secret_env: 'KEY', headers_env: { Authorization: 'AUTH' } };

/** Everything that leaves an action is kept, and looked through at the end. */
async function send(
  params: object,
  more: Parameters<typeof actionInput>[2] = {},
  signal?: AbortSignal,
): Promise<ActionOutcome> {
  const input = actionInput(webhookAction, params, more);
  const context = actionContext(outside, { clock, ...(signal === undefined ? {} : { signal }) });
  const outcome = await webhookAction.run(input, context);
  told.push(JSON.stringify(outcome), await webhookAction.dryRun(input, context));
  return outcome;
}

async function sent(params: object, more: Parameters<typeof actionInput>[2] = {}) {
  receiver.received.length = 0;
  const outcome = await send(params, more);
  const [received] = receiver.received;
  if (outcome.kind !== 'done' || received === undefined) throw new Error(`not sent: ${JSON.stringify(outcome)}`);
  return received;
}

describe('webhook: what is sent', () => {
  it('is a CloudEvent in structured mode, with every attribute that must be there', async () => {
    const { headers, body, path } = await sent({ url_env: 'HOOK' }, { path: '/in/a b.csv' });
    expect(path).toBe(`/services/${TOKEN}?key=${TOKEN}%21`);
    expect(headers['content-type']).toBe('application/cloudevents+json; charset=utf-8');
    const event: Record<string, unknown> = JSON.parse(body);
    expect(event).toEqual({
      specversion: '1.0',
      id: expect.stringMatching(/^[0-9a-f]{32}$/),
      source: 'qumulo://cluster.test:8000',
      type: 'io.qwarden.match',
      subject: '/in/a b.csv',
      time: '2031-01-05T07:08:09.120Z',
      datacontenttype: 'application/json',
      data: {
        id: event['id'],
        rule: 'tell',
        step: 0,
        match: '7.0/tell',
        path: '/in/a b.csv',
        file_id: '1003',
        change: {
          id: '7.0',
          type: 'child_file_added',
          time: '2031-01-05T07:08:09.120Z',
          path: '/in/a b.csv',
          moved_from: null,
          kind: 'file',
          stream: null,
        },
        outputs: {},
      },
    });
    // 3.1 of the specification: names of attributes, and a source that is a URI reference.
    expect(Object.keys(event).every((name) => /^[a-z0-9]+$/.test(name))).toBe(true);
    expect(URL.canParse(String(event['source']))).toBe(true);
  });

  it('has an id that stays over tries, and is another for another match', async () => {
    const id = async (more: object) => {
      const event: { id: string } = JSON.parse((await sent({ url_env: 'HOOK' }, more)).body);
      return event.id;
    };
    const first = await id({ attempt: 1 });
    expect(await id({ attempt: 2 })).toBe(first);
    expect(receiver.received[0]?.headers['idempotency-key']).toBe(first);
    expect(await id({ match: '8.0/tell' })).not.toBe(first);
    expect(await id({ fileId: '1004' })).not.toBe(first);
  });

  it.each(HOSTILE_NAMES)('survives the name %j in every format', async (name) => {
    const path = `/in/${name}`;
    const cloud: { subject: string; data: { path: string } } = JSON.parse(
      (await sent({ url_env: 'HOOK' }, { path })).body,
    );
    expect(cloud.data.path).toBe(path);
    // oxlint-disable-next-line no-control-regex -- control characters are what this is about
    expect(cloud.subject).not.toMatch(/[\x00-\x1f\x7f-\x9f]|\p{Cs}/u);

    const template = { url_env: 'HOOK', format: 'template', body: '{"file": "{{path}}", "rule": "{{rule}}"}' };
    const own = await sent(template, { path });
    expect(JSON.parse(own.body)).toEqual({ file: path, rule: 'tell' });
    expect(own.headers['content-type']).toBe('application/json');

    const slack: { text: string } = JSON.parse(
      (await sent({ url_env: 'HOOK', format: 'slack', text: '<!here> *{{name}}*' }, { path })).body,
    );
    expect(slack.text).toMatch(/^<!here> \*[^<>\n]*\*$/);
    expect(slack.text).not.toMatch(/&(?!amp;|lt;|gt;)/);

    const teams: object = JSON.parse((await sent({ url_env: 'HOOK', format: 'teams' }, { path })).body);
    expect(teams).toMatchObject({
      type: 'message',
      attachments: [
        {
          contentType: 'application/vnd.microsoft.card.adaptive',
          content: { type: 'AdaptiveCard', body: [{ type: 'RichTextBlock' }] },
        },
      ],
    });

    const header = await sent({ url_env: 'HOOK', headers: { 'X-Path': '{{path}}' } }, { path });
    expect(header.headers['x-path']).toMatch(/^[\x20-\x7e]+$/);
  });

  it('says to Slack what it says by default', async () => {
    const { body } = await sent({ url_env: 'HOOK', format: 'slack' }, { path: '/in/<a> & b' });
    expect(JSON.parse(body)).toEqual({ text: 'tell: child_file_added /in/&lt;a&gt; &amp; b' });
  });

  it('is signed: HMAC-SHA256 over time and body', async () => {
    const file = join(directory, 'key');
    writeFileSync(file, `${KEY}\n`);
    for (const from of [{ secret_env: 'KEY' }, { secret_file: file }]) {
      const { headers, body } = await sent({ url_env: 'HOOK', ...from }, { path: '/in/ünï' });
      const [, time = '', mac = ''] = /^t=(\d+),v1=([0-9a-f]{64})$/.exec(String(headers['qwarden-signature'])) ?? [];
      expect(Number(time)).toBe(clock.now() / 1000);
      expect(mac).toBe(createHmac('sha256', KEY).update(`${time}.${body}`).digest('hex'));
    }
  });

  it('has the headers that the rule asks for', async () => {
    const { headers } = await sent({ ...EVERYTHING, headers: { 'X-Rule': '{{rule}}', 'User-Agent': 'mine' } });
    expect(headers).toMatchObject({ 'x-rule': 'tell', authorization: `Bearer ${BEARER}`, 'user-agent': 'mine' });
  });
});

describe('webhook: what is answered', () => {
  const answer = (status: number, headers: Record<string, string> = {}, body = '') =>
    receiver.answerWith((response) => response.writeHead(status, headers).end(body));

  it('counts 2xx, or those that the rule names', async () => {
    answer(204);
    expect(await send(EVERYTHING)).toEqual({ kind: 'done', note: `sent to ${receiver.host} (204)` });
    expect(await send({ ...EVERYTHING, success: [200, 202] })).toMatchObject({ kind: 'failed' });
    answer(202);
    expect(await send({ ...EVERYTHING, success: [200, 202] })).toMatchObject({ kind: 'done' });
  });

  it.each([
    [408, false],
    [425, false],
    [429, true],
    [500, false],
    [503, true],
  ])('%i may pass', async (status, overload) => {
    answer(status, {}, 'busy\nnow');
    expect(await send(EVERYTHING)).toEqual({
      kind: 'transient',
      reason: `${receiver.host} answered ${status}: busy now`,
      target: `host:${receiver.host}`,
      overload,
    });
  });

  it('is waited for as long as it asks: seconds, a date by its own clock, but not for years', async () => {
    answer(429, { 'Retry-After': '17' });
    expect(await send(EVERYTHING)).toMatchObject({ waitMs: 17_000 });
    answer(503, { Date: 'Sun, 06 Nov 1994 08:49:37 GMT', 'Retry-After': 'Sun, 06 Nov 1994 08:50:07 GMT' });
    expect(await send(EVERYTHING)).toMatchObject({ waitMs: 30_000 });
    answer(503, { 'Retry-After': '999999999' });
    expect(await send(EVERYTHING)).toMatchObject({ waitMs: 24 * 3_600_000 });
  });

  it('is not followed to another host', async () => {
    const other = await HttpReceiver.open();
    answer(301, { Location: `http://${other.host}/moved/${TOKEN}` });
    const outcome = await send(EVERYTHING);
    expect(outcome).toMatchObject({
      kind: 'failed',
      reason: `${receiver.host} answered 301: it points to ${other.host}`,
    });
    expect(JSON.stringify(outcome)).toContain('Redirects are not followed');
    expect(other.received).toEqual([]);
    await other.close();
    answer(307, { Location: `/else/${TOKEN}` });
    expect(await send(EVERYTHING)).toMatchObject({
      kind: 'failed',
      reason: expect.stringContaining('same host'),
    });
  });

  it('fails for good with other 4xx, and repeats what was said without the secrets in it', async () => {
    answer(404, {}, `no hook /services/${TOKEN}, key ${TOKEN}!, ${BEARER}, ${KEY}`);
    expect(await send(EVERYTHING)).toMatchObject({
      kind: 'failed',
      reason: `${receiver.host} answered 404: no hook /•••, key •••, •••, •••`,
    });
  });

  it('is not read to its end when it is huge', async () => {
    receiver.answerWith((response) => {
      const megabyte = Buffer.alloc(1024 * 1024, ' ');
      let rest = 100;
      const more = () => {
        while (rest > 0 && !response.destroyed) {
          rest -= 1;
          if (!response.write(megabyte)) return;
        }
        response.end();
      };
      response.on('drain', more);
      more();
    });
    expect(await send(EVERYTHING)).toMatchObject({ kind: 'done' });
  });

  it('may pass when it does not come: hangs, cuts, is away', async () => {
    receiver.answerWith(() => undefined);
    const hanging = send(EVERYTHING);
    await receiver.got(1);
    await clock.advance(10_000);
    const target = `host:${receiver.host}`;
    expect(await hanging).toMatchObject({ kind: 'transient', reason: `${receiver.host}: no answer in 10 s`, target });
    receiver.answerWith((response) => response.destroy());
    expect(await send(EVERYTHING)).toMatchObject({ kind: 'transient', target });
  });

  it('is nothing when the program stops', async () => {
    const stop = new AbortController();
    receiver.answerWith(() => stop.abort());
    expect(await send(EVERYTHING, {}, stop.signal)).toEqual({ kind: 'aborted' });
  });

  it('says what is missing', async () => {
    expect(await send({ url_env: 'NOT_THERE' })).toMatchObject({
      kind: 'failed',
      reason: 'the environment variable NOT_THERE is not set',
    });
    const file = join(directory, 'url');
    writeFileSync(file, `not a URL ${TOKEN}`);
    expect(await send({ url_file: file })).toMatchObject({
      kind: 'failed',
      reason: `the text of ${file} is not a URL of the form https://… or http://…`,
    });
  });
});

describe('webhook: a dry run', () => {
  it('says what it would send, and sends nothing', async () => {
    const input = actionInput(webhookAction, { ...EVERYTHING, format: 'slack', text: 'new: {{path}}' });
    expect(await webhookAction.dryRun(input, actionContext(outside))).toBe(
      `would send to ${receiver.host} (the address is the value of the variable HOOK) as application/json; charset=utf-8, signed: {"text":"new: /in/report.csv"}`,
    );
    expect(receiver.received).toEqual([]);
    const missing = actionInput(webhookAction, { url_env: 'NOT_THERE' });
    expect(await webhookAction.dryRun(missing, actionContext(outside))).toContain(
      'the environment variable NOT_THERE is not set',
    );
  });
});

describe('webhook: parameters', () => {
  it.each([
    [{}, 'url: one of "url", "url_env", "url_file" is needed'],
    [{ url: 'https://a/', url_env: 'A' }, 'url_env: only one of'],
    [{ url: 'ftp://a/' }, 'url: is no URL of the form https://…'],
    [{ url_env: 'A B' }, 'url_env: is no name of an environment variable'],
    [{ url_env: 'A', secret_env: 'A', secret_file: '/a' }, 'secret_file: only one of'],
    [{ url_env: 'A', format: 'template' }, 'body: `format: template` needs it'],
    [{ url_env: 'A', format: 'template', body: '{"a": {{path}}}' }, 'body: is not JSON once its values are in'],
    [{ url_env: 'A', body: '{}' }, 'body: is for `format: template` only'],
    [{ url_env: 'A', text: 'a' }, 'text: is for Slack and Teams only'],
    [{ url_env: 'A', format: 'slack', text: '{{nmae}}' }, 'text: {{nmae}} is not known'],
    [{ url_env: 'A', headers: { Host: 'a' } }, 'headers.Host'],
    [{ url_env: 'A', headers: { 'a b': 'a' } }, 'headers.a b'],
    [{ url_env: 'A', timeout: '10' }, 'timeout: The duration "10" has no unit'],
    [{ url_env: 'A', timeout: '1h' }, 'timeout: must be between 100ms and 5m'],
    [{ url_env: 'A', success: [302] }, 'success.0'],
    [{ url_env: 'A', extra: 1 }, 'Unrecognized key'],
  ])('%j: %s', (params, problem) => {
    expect(problems(webhookAction, params).join('\n')).toContain(problem);
  });

  it('that are right are taken', () => {
    expect(problems(webhookAction, { url: 'https://hooks.example.com/a' })).toEqual([]);
    const body = '{"n": {{file_id}}, "p": "{{path}}"}';
    expect(problems(webhookAction, { url_env: 'A', format: 'template', body, timeout: '2m' })).toEqual([]);
    expect(
      problems(webhookAction, { url_env: 'A', format: 'template', body: 'x {{path}}', content_type: 'text/plain' }),
    ).toEqual([]);
  });

  it('declare no effects and need no privileges', () => {
    const { params } = actionInput(webhookAction, EVERYTHING);
    expect([webhookAction.effects(params), webhookAction.privileges(params)]).toEqual([[], []]);
  });
});

describe('webhook: secrets', () => {
  it('were in nothing that any test was told', () => {
    expect(told.length).toBeGreaterThan(20);
    expect(told.filter((text) => [TOKEN, KEY, BEARER].some((secret) => text.includes(secret)))).toEqual([]);
  });
});
