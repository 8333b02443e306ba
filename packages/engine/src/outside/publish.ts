import type { SecureContext } from 'node:tls';
import type { Clock } from '@qwarden/qumulo-client';
import { OutsideError, type PublishedMessage } from '../actions/port.ts';
import { parseAddress, percentDecoded, REDIS_PROTOCOLS, readSecretUrl } from '../actions/secrets/url.ts';
import { connectionFailure } from './connection-failure.ts';
import { codeOf } from './errno.ts';
import type { Targets } from './targets.ts';
import { within } from './within.ts';

/** For connecting and sending together. */
const TIMEOUT_MS = 10_000;
/** Kinds of error answers (the first word is the kind) that pass without anybody changing the message. */
const PASSING = new Set([
  'LOADING',
  'BUSY',
  'OOM',
  'READONLY',
  'MASTERDOWN',
  'CLUSTERDOWN',
  'TRYAGAIN',
  'MISCONF',
  'NOREPLICAS',
]);

type Redis = Awaited<ReturnType<typeof createConnection>>;

/**
 * Publishes to Redis or Valkey over one connection a URL, made when it is first needed. A connection that ends is not made again behind the
 * scenes: the next message makes one, and how often that is tried is for its job to say.
 */
export class RedisPublisher {
  readonly #clock: Clock;
  readonly #trust: () => SecureContext;
  readonly #targets: Targets;
  readonly #connections = new Map<string, Promise<Redis>>();

  constructor(clock: Clock, trust: () => SecureContext, targets: Targets) {
    this.#clock = clock;
    this.#trust = trust;
    this.#targets = targets;
  }

  async send(message: PublishedMessage, signal: AbortSignal): Promise<void> {
    const { url } = message;
    const { host } = readSecretUrl(url, REDIS_PROTOCOLS, 'the address of Redis');
    this.#demand(url);
    const late = `${host}: no answer in ${TIMEOUT_MS / 1000} s`;
    try {
      await within({ clock: this.#clock, ms: TIMEOUT_MS, signal, late }, async () => {
        try {
          await give(await this.#connection(url), message);
        } catch (error) {
          throw await failure(error, host);
        }
      });
    } catch (error) {
      // A server that hangs: what waits on this connection waits for nothing.
      if (error instanceof OutsideError && error.message === late) await this.#drop(url);
      throw error;
    }
  }

  async close(): Promise<void> {
    await Promise.all([...this.#connections.keys()].map((url) => this.#drop(url)));
  }

  #demand(url: string): void {
    const address = parseAddress(url);
    if (address === null) return;
    const { hostname, port, pathname, protocol } = address;
    if (protocol === 'unix:') this.#targets.demandSocket(percentDecoded(pathname));
    else this.#targets.demandHost(hostname, Number(port || 6379));
  }

  #connection(url: string): Promise<Redis> {
    const known = this.#connections.get(url);
    if (known !== undefined) return known;
    const opened = this.#open(url, () => {
      if (this.#connections.get(url) === opened) this.#connections.delete(url);
    });
    this.#connections.set(url, opened);
    return opened;
  }

  async #open(url: string, gone: () => void): Promise<Redis> {
    const client = await createConnection(url, this.#trust, this.#targets);
    const over = () => {
      gone();
      // Not from within its own event. It takes the client off the library's books, and rejects what still waits for an answer.
      setImmediate(() => client.destroy());
    };
    // Whoever waits for an answer gets the error too; without a listener it would end the process.
    client.on('error', over);
    client.once('end', over);
    try {
      await client.connect();
      return client;
    } catch (error) {
      over();
      throw error;
    }
  }

  async #drop(url: string): Promise<void> {
    const opened = this.#connections.get(url);
    this.#connections.delete(url);
    // One that never came about has told whoever asked for it.
    const client = await opened?.catch(() => undefined);
    client?.destroy();
  }
}

async function createConnection(url: string, trust: () => SecureContext, { lookup }: Targets) {
  const { createClient } = await import('@redis/client');
  const secure = url.startsWith('rediss:') ? { tls: true as const, secureContext: trust() } : {};
  return createClient({
    url,
    // Understood by every server.
    RESP: 2,
    maintNotifications: 'disabled',
    disableOfflineQueue: true,
    socket: { ...secure, lookup, reconnectStrategy: false, connectTimeout: TIMEOUT_MS },
  });
}

async function give(client: Redis, { kind, name, fields, maxLength }: PublishedMessage): Promise<void> {
  const text = Object.fromEntries(Object.entries(fields).map(([field, value]) => [field, value.toWellFormed()]));
  if (kind === 'channel') {
    await client.publish(name, JSON.stringify(fields));
    return;
  }
  const trim =
    maxLength === undefined
      ? {}
      : ({ TRIM: { strategy: 'MAXLEN', strategyModifier: '~', threshold: maxLength } } as const);
  await client.xAdd(name, '*', text, trim);
}

async function failure(error: unknown, host: string): Promise<OutsideError> {
  if (error instanceof OutsideError) return error;
  const { ErrorReply } = await import('@redis/client');
  if (error instanceof ErrorReply) {
    const [kind = ''] = error.message.split(' ', 1);
    return new OutsideError(`${host}: Redis refuses: ${sayKind(kind)}`, { transient: PASSING.has(kind) });
  }
  return (
    connectionFailure(codeOf(error), host) ??
    new OutsideError(
      `${host}: the connection broke off (${error instanceof Error ? error.constructor.name : 'unknown'})`,
      {
        transient: true,
      },
    )
  );
}

const WORDS: Readonly<Record<string, string>> = {
  NOAUTH: 'it wants a password',
  WRONGPASS: 'wrong user or password',
  NOPERM: 'this user may not do that',
  WRONGTYPE: 'there is something else than a stream of that name',
  OOM: 'its memory is full',
  READONLY: 'it is a replica, which takes no messages',
  LOADING: 'it is still loading its data',
  MISCONF: 'it cannot save to its disk',
  MOVED: 'the stream is on another node of this cluster: name that node',
};

/** The rest of the answer may repeat what was sent. */
function sayKind(kind: string): string {
  const words = WORDS[kind];
  return words === undefined ? kind : `${words} (${kind})`;
}
