import type { LookupAddress } from 'node:dns';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { OutsideError } from '../../src/actions/port.ts';
import { createOutside } from '../../src/outside/index.ts';
import { isRefusedAddress } from '../../src/outside/link-local.ts';
import { createReach } from '../../src/outside/reach.ts';
import { type Lookup, Targets } from '../../src/outside/targets.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { HttpReceiver } from '../support/http-receiver.ts';
import { SmtpReceiver } from '../support/smtp.ts';

const signal = new AbortController().signal;
const clock = new FakeClock();
const directory = mkdtempSync(join(tmpdir(), 'qwarden-targets-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

/** A name server with these names. */
function names(known: Readonly<Record<string, readonly string[]>>): Lookup {
  const answer = (name: string, _options: unknown, callback: (error: Error | null, all: LookupAddress[]) => void) => {
    const addresses = known[name];
    if (addresses === undefined) callback(Object.assign(new Error('no such name'), { code: 'ENOTFOUND' }), []);
    else
      callback(
        null,
        addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
      );
  };
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- asked with `all: true` only
  return answer as unknown as Lookup;
}

let receiver: HttpReceiver;
let mails: SmtpReceiver;
beforeEach(async () => {
  [receiver, mails] = await Promise.all([HttpReceiver.open(), SmtpReceiver.open()]);
});
afterEach(async () => {
  await Promise.all([receiver.close(), mails.close()]);
});

/** Sends by every way there is; what each of them says. */
async function sendAll(host: string, options: { allowed?: readonly string[]; lookup?: Lookup } = {}) {
  const outside = createOutside({ environment: {}, clock, ...options });
  const bare = host.replace(/^\[(.*)\]$/, '$1');
  const said = async (work: Promise<unknown>) =>
    await work.then(
      () => 'done',
      (error: unknown) => (error instanceof OutsideError ? error.message : String(error)),
    );
  const request = { method: 'POST', headers: {}, body: '', timeoutMs: 9999, maxBytes: 10 } as const;
  const mail = { from: 'a@a.test', to: ['b@b.test'], subject: 's', text: 't', key: 'k' };
  const reach = createReach(clock, undefined, new Targets(options));
  const out = {
    http: await said(outside.http({ ...request, url: `http://${host}:${receiver.port}/` }, signal)),
    mail: await said(outside.mail(mail, { host: bare, port: mails.port, security: 'none', timeoutMs: 9999 }, signal)),
    // It is no Redis: what matters is whether it is spoken to.
    publish: await said(
      outside.publish({ url: `redis://${host}:${receiver.port}`, kind: 'channel', name: 'c', fields: {} }, signal),
    ),
    doctor: await said(reach({ host: bare, port: receiver.port, tls: false }, signal)),
  };
  await outside.close();
  return out;
}

const ALL_REFUSED = (words: RegExp) => ({
  http: expect.stringMatching(words),
  mail: expect.stringMatching(words),
  publish: expect.stringMatching(words),
  doctor: expect.stringMatching(words),
});

describe('link-local addresses and those of metadata', () => {
  it.each([
    '169.254.169.254',
    '169.254.0.1',
    // Other ways to write the first one: one number, hexadecimal, octal, a dot at the end.
    '2852039166',
    '0xa9.0xfe.0xa9fe',
    '0251.0376.0251.0376',
    '169.254.169.254.',
    '100.100.100.200',
    '168.63.129.16',
    '[fe80::1]',
    '[febf::1]',
    '[fd00:ec2::254]',
    '[fd00:ec2::23]',
    '[fd00:c1::a9fe:a9fe]',
    '[::ffff:0:a9fe:a9fe]',
    '[64:ff9b:1::a9fe:a9fe]',
    '[64:ff9b:1:a9fe:a9:fe00::]',
    '[::ffff:169.254.169.254]',
    '[::ffff:a9fe:a9fe]',
    '[64:ff9b::a9fe:a9fe]',
    '[2002:a9fe:a9fe::1]',
    '[::169.254.169.254]',
  ])('%s: nobody is sent anything there, whatever is allowed', async (host) => {
    expect(await sendAll(host)).toEqual(ALL_REFUSED(/link-local/));
    expect(await sendAll(host, { allowed: [host] })).toEqual(ALL_REFUSED(/link-local/));
  });

  it('names that lead there do not help, nor does one of their addresses that is good', async () => {
    const lookup = names({
      'metadata.test': ['169.254.169.254'],
      'mapped.test': ['::ffff:169.254.169.254', 'fe80::1%lo'],
      'both.test': ['169.254.169.254', '127.0.0.1'],
    });
    expect(await sendAll('metadata.test', { lookup })).toEqual(ALL_REFUSED(/link-local/));
    expect(await sendAll('mapped.test', { lookup })).toEqual(ALL_REFUSED(/link-local/));
    expect(receiver.received).toEqual([]);
    expect(await sendAll('both.test', { lookup })).toMatchObject({ http: 'done', mail: 'done', doctor: 'done' });
  });

  it('redirects there are not followed', async () => {
    receiver.answerWith((response) => response.writeHead(302, { location: 'http://169.254.169.254/' }).end());
    const outside = createOutside({ environment: {}, clock });
    const url = `http://${receiver.host}/`;
    const request = { method: 'POST', url, headers: {}, body: '', timeoutMs: 9999, maxBytes: 10 } as const;
    expect(await outside.http(request, signal)).toMatchObject({ status: 302 });
    await outside.close();
  });

  it('their neighbours are none', () => {
    for (const good of [
      '169.253.255.255',
      '169.255.0.0',
      '127.0.0.1',
      '::1',
      '10.0.0.1',
      'fd00::1',
      'fec0::1',
      'a.test',
      '',
    ])
      expect(isRefusedAddress(good), good).toBe(false);
    fc.assert(
      fc.property(fc.nat(255), fc.nat(255), (c, d) => {
        expect(isRefusedAddress(`169.254.${c}.${d}`)).toBe(true);
        expect(isRefusedAddress(`::ffff:169.254.${c}.${d}`)).toBe(true);
      }),
    );
  });
});

function isAllowed(allowed: readonly string[], host: string, port: number): boolean {
  try {
    new Targets({ allowed }).demandHost(host, port);
    return true;
  } catch (error) {
    if (error instanceof OutsideError) return false;
    throw error;
  }
}

describe('targets that are allowed', () => {
  const lookup = names({ 'hooks.test': ['127.0.0.1'], 'a.hooks.test': ['127.0.0.1'], 'xhooks.test': ['127.0.0.1'] });

  it('are reached; others are not, and are named', async () => {
    const allowed = ['Hooks.TEST', '*.a.test', '[::1]:1'];
    expect(await sendAll('hooks.test', { lookup, allowed })).toMatchObject({
      http: 'done',
      mail: 'done',
      doctor: 'done',
    });
    const before = receiver.received.length;
    expect(await sendAll('a.hooks.test', { lookup, allowed })).toEqual(
      ALL_REFUSED(/^a\.hooks\.test:\d+ is not one of/),
    );
    expect(await sendAll('127.0.0.1', { lookup, allowed })).toEqual(ALL_REFUSED(/is not one of/));
    expect(await sendAll('[::1]', { lookup, allowed })).toEqual(ALL_REFUSED(/is not one of/));
    expect(receiver.received).toHaveLength(before);
  });

  it.each([
    ['hooks.test', 443, ['hooks.test'], true],
    ['HOOKS.test.', 443, ['hooks.test'], true],
    ['hooks.test', 443, ['hooks.test:443'], true],
    ['hooks.test', 444, ['hooks.test:443'], false],
    ['a.b.hooks.test', 1, ['*.hooks.test'], true],
    ['hooks.test', 1, ['*.hooks.test'], false],
    ['evilhooks.test', 1, ['*.hooks.test'], false],
    ['hooks.test.evil.test', 1, ['hooks.test', '*.hooks.test'], false],
    ['fd00:0::1', 5, ['[fd00::1]:5'], true],
    ['[fd00::1]', 6, ['[fd00::1]:5'], false],
    ['127.1', 5, ['127.0.0.1'], true],
    ['bücher.test', 5, ['xn--bcher-kva.test'], true],
  ] as const)('%s:%i against %j: %s', (host, port, allowed, expected) => {
    expect(isAllowed(allowed, host, port)).toBe(expected);
  });

  it('programs and sockets are among them', async () => {
    const spec = { stdin: '', environment: {}, cwd: undefined, timeoutMs: 60_000, maxOutputBytes: 100 };
    const program = join(directory, 'program');
    writeFileSync(program, '#!/bin/sh\necho ran\n', { mode: 0o700 });
    const outside = createOutside({ environment: {}, clock, allowed: [`run:${program}`, 'unix:/run/a.sock'] });
    expect(await outside.run({ ...spec, command: [program] }, signal)).toMatchObject({ stdout: 'ran\n' });
    await expect(outside.run({ ...spec, command: ['/bin/sh', program] }, signal)).rejects.toThrow('not one of');
    const message = { kind: 'channel', name: 'c', fields: {} } as const;
    const publish = (url: string) => outside.publish({ ...message, url }, signal);
    await expect(publish('unix:///run/a.sock')).rejects.toThrow('no such socket');
    for (const url of ['unix:///run/b.sock', 'unix://user:word@/run/b.sock'])
      await expect(publish(url)).rejects.toThrow('unix:/run/b.sock is not one of');
    await outside.close();
  });
});
