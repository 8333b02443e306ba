import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import type { SMTPServerOptions } from 'smtp-server';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { selfsigned } from '../../../qumulo-client/test/fixtures/certificates.ts';
import type { MailMessage, MailServer } from '../../src/actions/port.ts';
import { createOutside } from '../../src/outside/index.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { SmtpReceiver } from '../support/smtp.ts';

const signal = new AbortController().signal;
const SECRET = 'geheim-4711';
let clock: FakeClock;
let outside: ReturnType<typeof createOutside>;
let receiver: SmtpReceiver | undefined;

beforeEach(() => {
  clock = new FakeClock();
  outside = createOutside({ environment: {}, clock, ca: selfsigned.cert });
});
afterEach(async () => {
  await receiver?.close();
  receiver = undefined;
});

const MAIL: MailMessage = {
  from: 'qwarden <qwarden@example.com>',
  to: ['ops@example.com', 'Ann <ann@example.org>'],
  subject: 'nightly ünï',
  text: 'one\n.two\n',
  key: 'a b',
};

function server(port: number, more: Partial<MailServer> = {}): MailServer {
  return { host: '127.0.0.1', port, security: 'none', timeoutMs: 10_000, ...more };
}

async function failure(sent: Promise<void>): Promise<{ message: string; transient: boolean }> {
  return await sent.then(
    () => expect.unreachable('it was sent'),
    (error: { name: string; message: string; transient: boolean; stack: string; cause?: unknown }) => {
      expect(error.name).toBe('OutsideError');
      expect(`${error.stack}${JSON.stringify(error)}${String(error.cause)}`).not.toContain(SECRET);
      return { message: error.message, transient: error.transient };
    },
  );
}

const login: SMTPServerOptions = {
  onAuth: (auth, _session, callback) => {
    if (auth.username === 'ann' && auth.password === SECRET) callback(null, { user: 'ann' });
    // Some servers repeat what they were told.
    else callback(Object.assign(new Error(`bad login ${auth.password}`), { responseCode: 535 }));
  },
};

describe('mails', () => {
  it('are sent to all, with a Message-ID made of the key', async () => {
    receiver = await SmtpReceiver.open();
    await outside.mail(MAIL, server(receiver.port), signal);
    await outside.mail(MAIL, server(receiver.port), signal);
    await outside.mail({ ...MAIL, key: 'c' }, server(receiver.port), signal);
    const ids = receiver.mails.map(({ source }) => /^Message-ID: (<.*@example\.com>)\r$/m.exec(source)?.[1]);
    expect(new Set(ids)).toHaveLength(2);
    expect(ids[0]).toBe(ids[1]);
    expect(receiver.mails[0]).toMatchObject({
      from: 'qwarden@example.com',
      to: ['ops@example.com', 'ann@example.org'],
    });
    expect(receiver.mails[0]?.source).toMatch(/^Auto-Submitted: auto-generated\r$/m);
    expect(receiver.mails[0]?.source).toMatch(/^Date: Mon, 23 Nov 2026 10:00:00 \+0000\r$/m);
  });

  it('cannot get a header from a subject', async () => {
    receiver = await SmtpReceiver.open();
    await outside.mail({ ...MAIL, subject: 'a\r\nBcc: eve@example.com\nX-A: b \ud83d' }, server(receiver.port), signal);
    expect(receiver.mails[0]?.to).toHaveLength(2);
    expect(receiver.mails[0]?.source).not.toMatch(/^(?:Bcc|X-A):/im);
  });

  it('go over TLS with a login', async () => {
    receiver = await SmtpReceiver.open({ secure: true, ...selfsigned, ...login });
    await outside.mail(MAIL, server(receiver.port, { security: 'tls', user: 'ann', password: SECRET }), signal);
    expect(receiver.mails).toMatchObject([{ user: 'ann', secure: true }]);
  });

  it('go over STARTTLS with a login, and nowhere without it', async () => {
    receiver = await SmtpReceiver.open({ ...selfsigned, ...login });
    const to = server(receiver.port, { security: 'starttls', user: 'ann', password: SECRET });
    await outside.mail(MAIL, to, signal);
    expect(receiver.mails).toMatchObject([{ user: 'ann', secure: true }]);
    const plain = await SmtpReceiver.open(login);
    expect(await failure(outside.mail(MAIL, { ...to, port: plain.port }, signal))).toMatchObject({ transient: false });
    expect(plain.mails).toEqual([]);
    await plain.close();
  });

  it('are not sent to a server whose certificate nobody vouches for', async () => {
    outside = createOutside({ environment: {}, clock });
    receiver = await SmtpReceiver.open({ secure: true, ...selfsigned });
    const tls = await failure(outside.mail(MAIL, server(receiver.port, { security: 'tls' }), signal));
    expect(tls).toEqual({
      transient: false,
      message: `127.0.0.1:${receiver.port}: its certificate is self-signed (DEPTH_ZERO_SELF_SIGNED_CERT)`,
    });
    await receiver.close();
    receiver = await SmtpReceiver.open(selfsigned);
    expect(await failure(outside.mail(MAIL, server(receiver.port, { security: 'starttls' }), signal))).toMatchObject({
      transient: false,
    });
  });

  it('that are refused say why, and whether it may pass', async () => {
    receiver = await SmtpReceiver.open({ secure: true, ...selfsigned, ...login });
    const to = server(receiver.port, { security: 'tls' });
    const at = `127.0.0.1:${receiver.port}`;
    const wrong = { user: 'ann', password: `${SECRET}-wrong` };
    expect(await failure(outside.mail(MAIL, { ...to, ...wrong }, signal))).toEqual({
      transient: false,
      message: `${at}: the login was refused: 535 bad login •••`,
    });
    receiver.refusal = { status: 451, words: 'try later' };
    expect(await failure(outside.mail(MAIL, to, signal))).toEqual({
      transient: true,
      message: `${at}: the mail was refused: 451 try later`,
    });
    receiver.refusal = { status: 550, words: 'no such user' };
    expect(await failure(outside.mail(MAIL, to, signal))).toEqual({
      transient: false,
      message: `${at}: the mail was refused: 550 no such user`,
    });
  });

  it('that are taken for some only are no success', async () => {
    receiver = await SmtpReceiver.open({
      onRcptTo: ({ address }, _session, callback) => {
        if (address.startsWith('ann')) callback(Object.assign(new Error('unknown'), { responseCode: 550 }));
        else callback();
      },
    });
    const { message, transient } = await failure(outside.mail(MAIL, server(receiver.port), signal));
    expect(transient).toBe(false);
    expect(message).toContain('was taken for ops@example.com but refused for ann@example.org');
  });

  it('do not wait for a greeting that never comes, nor for an answer', async () => {
    const sockets = new Set<Socket>();
    const silent = createServer((socket) => {
      sockets.add(socket);
      socket.on('error', () => undefined);
    });
    silent.listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const address = silent.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const waiting = failure(outside.mail(MAIL, server(port), signal));
    await once(silent, 'connection');
    await clock.advance(10_000);
    expect(await waiting).toEqual({ transient: true, message: `127.0.0.1:${port}: the mail was not taken in 10 s` });
    // The connection is ended from our side too.
    const [socket] = sockets;
    if (socket !== undefined && !socket.destroyed) await once(socket.resume(), 'close');
    silent.close();

    receiver = await SmtpReceiver.open();
    const never = Promise.withResolvers<undefined>();
    const data = Promise.withResolvers<undefined>();
    Object.defineProperty(receiver, 'hold', {
      get: () => {
        data.resolve(undefined);
        return never.promise;
      },
    });
    const stuck = failure(outside.mail(MAIL, server(receiver.port), signal));
    await data.promise;
    await clock.advance(10_000);
    expect(await stuck).toMatchObject({ transient: true });
    never.resolve(undefined);
  });

  it('tell by type: nobody listens, no such host, no address', async () => {
    const gone = await SmtpReceiver.open();
    const { port } = gone;
    await gone.close();
    expect(await failure(outside.mail(MAIL, server(port), signal))).toEqual({
      transient: true,
      message: `127.0.0.1:${port}: nobody listens there (ECONNREFUSED)`,
    });
    expect(await failure(outside.mail(MAIL, server(25, { host: 'mail.invalid' }), signal))).toMatchObject({
      transient: true,
    });
    receiver = await SmtpReceiver.open();
    expect(await failure(outside.mail({ ...MAIL, to: ['nobody'] }, server(receiver.port), signal))).toMatchObject({
      transient: false,
    });
  });
});
