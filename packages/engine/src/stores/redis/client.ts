import { readFileSync } from 'node:fs';
import { createClient, createCluster, ErrorReply } from '@redis/client';
import { createTrust } from '../../outside/trust.ts';
import type { RedisAddress } from './address.ts';
import { isPassing, redisError } from './errors.ts';
import { list, text } from './replies.ts';

/** Redis or a Redis Cluster, so far as the queue needs it. */
export interface RawRedis {
  /** `key` says to which node of a cluster. */
  send(key: string, readOnly: boolean, args: readonly string[]): Promise<unknown>;
  /** What each primary says of itself. */
  info(): Promise<string[]>;
  /** How it is set up, of each primary. Rejects where it does not say so: many a service does not. */
  setting(name: string): Promise<string[]>;
  /** Resolves when each primary has answered, whatever it says. */
  ping(): Promise<void>;
  subscribe(channel: string, listener: (message: string) => void): Promise<void>;
  /** Goes to the address anew: another may answer there by now. A cluster finds its nodes by itself. */
  renew(): void;
  /** Ends all connections at once; what is in flight is rejected. */
  destroy(): void;
}

export interface RawEvents {
  /** A connection stands, for the first time or again. */
  readonly onReady: () => void;
  readonly onError: (error: unknown) => void;
  /** How long until the next try, ms; undefined: none. */
  readonly reconnectIn: (tries: number, cause: unknown) => number | undefined;
}

/** A connection that says nothing for so long is dead: half-open ones must not hold calls for ever. */
const SILENCE_MS = 20_000;
const PING_MS = 5000;
const CONNECT_MS = 5000;

function settings(events: RawEvents) {
  return {
    // Calls wait with us, and know whether they were sent before.
    disableOfflineQueue: true,
    pingInterval: PING_MS,
    disableClientInfo: true,
    maintNotifications: 'disabled' as const,
    socket: {
      connectTimeout: CONNECT_MS,
      socketTimeout: SILENCE_MS,
      reconnectStrategy: (tries: number, cause: Error) => events.reconnectIn(tries, cause) ?? cause,
    },
  };
}

function secure({ tls, ca, shown }: RedisAddress) {
  if (!tls) return {};
  try {
    const pem = ca === undefined ? undefined : readFileSync(ca, 'utf8');
    return { tls: true as const, secureContext: createTrust(pem)() };
  } catch (error) {
    const detail = `ca=${ca ?? ''}: ${error instanceof Error ? error.message : String(error)}`;
    throw redisError('other', shown, { cause: error, detail });
  }
}

async function pinged(client: { sendCommand(args: string[]): Promise<unknown> }): Promise<void> {
  try {
    await client.sendCommand(['PING']);
  } catch (error) {
    // A user who may not ask has an answer too.
    if (!(error instanceof ErrorReply) || isPassing(error)) throw error;
  }
}

/** Of the answer to CONFIG GET. */
function value(reply: unknown): string {
  return text(list(reply)[1]);
}

/** Connects. Rejects with what the client throws when it cannot be done at once. */
export async function connectRedis(address: RedisAddress, events: RawEvents): Promise<RawRedis> {
  const { socket, ...rest } = settings(events);
  const client = createClient({ url: address.url, RESP: 2, ...rest, socket: { ...socket, ...secure(address) } });
  client.on('error', events.onError);
  client.on('ready', events.onReady);
  try {
    await client.connect();
    const cluster = text(await client.sendCommand(['INFO', 'cluster']));
    if (/^cluster_enabled:1/m.test(cluster)) {
      client.destroy();
      return await connectCluster(address, events);
    }
  } catch (error) {
    if (client.isOpen) client.destroy();
    throw error;
  }
  const listener = client.duplicate();
  listener.on('error', events.onError);
  listener.on('ready', events.onReady);
  let renewing = false;
  let heardOn: Parameters<RawRedis['subscribe']> | undefined;
  const subscribe: RawRedis['subscribe'] = async (channel, heard) => {
    heardOn = [channel, heard];
    await listener.connect();
    await listener.subscribe(channel, heard);
  };
  return {
    renew() {
      if (renewing) return;
      renewing = true;
      for (const one of [client, listener]) if (one.isOpen) one.destroy();
      void (async () => {
        try {
          await client.connect();
          if (heardOn !== undefined) await subscribe(...heardOn);
        } catch {
          // Closed meanwhile, or refused: the next call finds out.
        } finally {
          renewing = false;
        }
      })();
    },
    send: (_key, _readOnly, args) => client.sendCommand(args),
    info: async () => [text(await client.sendCommand(['INFO']))],
    setting: async (name) => [value(await client.sendCommand(['CONFIG', 'GET', name]))],
    ping: async () => await pinged(client),
    subscribe,
    destroy() {
      for (const one of [client, listener]) if (one.isOpen) one.destroy();
    },
  };
}

async function connectCluster(address: RedisAddress, events: RawEvents): Promise<RawRedis> {
  const { socket, ...rest } = settings(events);
  const { username, password } = address;
  const defaults = {
    ...rest,
    ...(username === undefined ? {} : { username }),
    ...(password === undefined ? {} : { password }),
    socket: { ...socket, ...secure(address) },
  };
  const cluster = createCluster({ rootNodes: [{ url: address.url }], RESP: 2, defaults });
  cluster.on('error', events.onError);
  cluster.on('node-error', events.onError);
  cluster.on('node-ready', events.onReady);
  await cluster.connect();
  let [looking, closed] = [false, false];
  let heardOn: Parameters<RawRedis['subscribe']> | undefined;
  const lookAnew = () => {
    if (looking || closed) return;
    looking = true;
    void (async () => {
      try {
        if (cluster.isOpen) cluster.destroy();
        await cluster.connect();
        if (heardOn !== undefined) await cluster.subscribe(...heardOn);
      } catch {
        // The next call looks anew, or finds out what it is.
      } finally {
        looking = false;
        if (closed && cluster.isOpen) cluster.destroy();
      }
    })();
  };
  return {
    renew: () => undefined,
    async send(key, readOnly, args) {
      try {
        return await cluster.sendCommand(key, readOnly, [...args]);
      } catch (error) {
        if (!(error instanceof TypeError)) throw error;
        // How the client says that it knows of no node with that slot: the nodes may not have told it yet.
        lookAnew();
        throw new Error('no node is known to have the slot of this key', { cause: error });
      }
    },
    info: async () =>
      await Promise.all(
        cluster.masters.map(async (node) => text(await (await cluster.nodeClient(node)).sendCommand(['INFO']))),
      ),
    setting: async (name) =>
      await Promise.all(
        cluster.masters.map(async (node) =>
          value(await (await cluster.nodeClient(node)).sendCommand(['CONFIG', 'GET', name])),
        ),
      ),
    async ping() {
      await Promise.all(cluster.masters.map(async (node) => await pinged(await cluster.nodeClient(node))));
    },
    async subscribe(channel, heard) {
      heardOn = [channel, heard];
      await cluster.subscribe(channel, heard);
    },
    destroy() {
      closed = true;
      if (cluster.isOpen) cluster.destroy();
    },
  };
}
