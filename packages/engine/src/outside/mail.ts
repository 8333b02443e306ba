import { createHash } from 'node:crypto';
import type { Socket } from 'node:net';
import type { SecureContext } from 'node:tls';
import type { Clock } from '@qwarden/qumulo-client';
import { type MailMessage, type MailServer, OutsideError } from '../actions/port.ts';
import { masked } from '../actions/secrets/mask.ts';
import { oneLine } from '../text/one-line.ts';
import { openConnection } from './connect.ts';
import { connectionFailure } from './connection-failure.ts';
import { codeOf } from './errno.ts';
import { subjectLine } from './mail-subject.ts';
import type { Targets } from './targets.ts';
import { within } from './within.ts';

/** Servers answer in a line or two; what is longer says nothing more. */
const MOST_WORDS = 300;

/** Sends mails over SMTP, one connection each: they are few, and a connection that is kept is one that has died when it is needed. */
export class MailSender {
  readonly #clock: Clock;
  readonly #trust: () => SecureContext;
  readonly #targets: Targets;

  constructor(clock: Clock, trust: () => SecureContext, targets: Targets) {
    this.#clock = clock;
    this.#trust = trust;
    this.#targets = targets;
  }

  async send(message: MailMessage, server: MailServer, signal: AbortSignal): Promise<void> {
    const at = `${server.host}:${server.port}`;
    const { createTransport } = await import('nodemailer');
    const { host, port, timeoutMs } = server;
    const tls = server.security === 'tls';
    const transport = createTransport({
      host,
      port,
      secure: tls,
      // Of the connection that it is given below.
      secured: tls,
      requireTLS: server.security === 'starttls',
      ignoreTLS: server.security === 'none',
      tls: { secureContext: this.#trust() },
      ...(server.user === undefined
        ? {}
        : { auth: { user: server.user, pass: server.password ?? '' }, forceAuth: true }),
      // `within` cuts the whole; these tell which part of it was slow.
      connectionTimeout: timeoutMs,
      greetingTimeout: timeoutMs,
      socketTimeout: timeoutMs,
      disableFileAccess: true,
      disableUrlAccess: true,
    });
    const limit = {
      clock: this.#clock,
      ms: timeoutMs,
      signal,
      late: `${at}: the mail was not taken in ${timeoutMs / 1000} s`,
    };
    const sent = await within(limit, async (cut) => {
      let connection: Socket | undefined;
      try {
        const opened = await openConnection({ host, port, tls }, { targets: this.#targets, trust: this.#trust }, cut);
        connection = opened;
        // It would resolve the name itself, and connect to whatever comes out.
        transport.transporter.getSocket = (_options, callback) => callback(null, { connection: opened });
        return await transport.sendMail({
          from: message.from,
          to: [...message.to],
          subject: subjectLine(message.subject),
          text: message.text.toWellFormed(),
          messageId: messageId(message),
          date: new Date(this.#clock.now()),
          // RFC 3834: nobody's holiday notice should answer it.
          headers: { 'Auto-Submitted': 'auto-generated' },
          signal: cut,
        });
      } catch (error) {
        connection?.destroy();
        throw failure(error, at, server);
      } finally {
        transport.close();
      }
    });
    if (sent.rejected.length === 0) return;
    const refused = sent.rejected.map(addressOf).join(', ');
    const taken = sent.accepted.map(addressOf).join(', ');
    const message_ = `${at}: the mail was taken for ${taken} but refused for ${refused}. Those that it was taken for get it twice if it is sent again`;
    throw new OutsideError(message_, { transient: false });
  }
}

function addressOf(to: string | { readonly address: string }): string {
  return typeof to === 'string' ? to : to.address;
}

/** The same for the same key, so that a mail that had to be sent twice can be known by its receiver. */
function messageId({ key, from }: MailMessage): string {
  const domain = /@([A-Za-z0-9.-]+)>?\s*$/.exec(from)?.[1] ?? 'qwarden.invalid';
  return `<qwarden.${createHash('sha256').update(key).digest('hex').slice(0, 40)}@${domain}>`;
}

function failure(error: unknown, at: string, server: MailServer): OutsideError {
  if (error instanceof OutsideError) return error;
  const [code, cause] = [codeOf(error), field(error, 'originalCode')];
  const status = field(error, 'responseCode');
  if (typeof status === 'number') {
    const transient = status >= 400 && status < 500;
    const where = code === 'EAUTH' ? 'the login was refused' : 'the mail was refused';
    return new OutsideError(`${at}: ${where}: ${wordsOf(error, server)}`, { transient });
  }
  const known = connectionFailure(typeof cause === 'string' ? cause : code, at);
  if (known !== undefined) return known;
  switch (code) {
    case 'ETIMEDOUT':
      return new OutsideError(`${at}: no answer in time`, { transient: true });
    case 'EDNS':
      return new OutsideError(`${at}: no host of that name was found`, { transient: true });
    case 'EAUTH':
      return new OutsideError(`${at}: the server offers no way to log in that is known here`, { transient: false });
    case 'ETLS':
      return new OutsideError(`${at}: no TLS connection came about; does the server offer STARTTLS?`, {
        transient: false,
      });
    case 'EENVELOPE':
      return new OutsideError('an address is not one that a mail can be sent to', { transient: false });
    case 'EMESSAGE':
      return new OutsideError(`${at}: the mail is larger than the server takes`, { transient: false });
    default:
      return new OutsideError(`${at}: the exchange broke off${code === '' ? '' : ` (${code})`}`, { transient: true });
  }
}

/** What the server said, without what it was told in confidence. */
function wordsOf(error: unknown, { user = '', password = '' }: MailServer): string {
  const response = field(error, 'response');
  if (typeof response !== 'string') return 'without a word';
  const secrets = [password, base64(password), base64(`\0${user}\0${password}`)];
  return masked(oneLine(response), password === '' ? [] : secrets).slice(0, MOST_WORDS);
}

function base64(text: string): string {
  return Buffer.from(text, 'utf8').toString('base64');
}

function field(error: unknown, name: string): unknown {
  return typeof error === 'object' && error !== null ? Reflect.get(error, name) : undefined;
}
