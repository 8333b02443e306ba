import { lookup as lookUp } from 'node:dns';
import type { LookupFunction } from 'node:net';
import { OutsideError } from '../actions/port.ts';
import { isRefusedAddress } from './link-local.ts';

export type Lookup = typeof lookUp;

export interface TargetOptions {
  /**
   * What rules may reach: `hooks.example.com`, `mail.example.com:587`, `*.example.com` (all below), `[fd00::1]`, `unix:/run/redis.sock`,
   * `run:/usr/local/bin/ingest`. Empty: whatever they name.
   */
  readonly allowed?: readonly string[] | undefined;
  /** Asks for the addresses of a name; Node's own unless told otherwise. */
  readonly lookup?: Lookup | undefined;
}

/** Whom rules may send to. Link-local addresses and those of clouds' metadata nobody can allow. */
export class Targets {
  readonly #allowed: readonly string[];
  readonly #lookup: Lookup;

  constructor({ allowed = [], lookup = lookUp }: TargetOptions) {
    this.#allowed = allowed.map(canonicalEntry);
    this.#lookup = lookup;
  }

  /** @throws OutsideError when nothing may be sent there. What a name leads to is looked at by {@link lookup}. */
  demandHost(host: string, port: number): void {
    const name = canonicalHost(host);
    if (isRefusedAddress(unbracketed(name))) throw notThere(host);
    if (this.#allowed.length === 0) return;
    const known = this.#allowed.some((entry) => {
      const [, pattern = '', only] = /^(\[[^\]]*\]|[^:]*)(?::(\d+))?$/.exec(entry) ?? [];
      if (only !== undefined && Number(only) !== port) return false;
      return pattern.startsWith('*.') ? name.endsWith(pattern.slice(1)) : name === pattern;
    });
    if (!known) throw notAllowed(`${host}:${port}`);
  }

  /** @throws OutsideError */
  demandSocket(path: string): void {
    if (this.#allowed.length > 0 && !this.#allowed.includes(`unix:${path}`)) throw notAllowed(`unix:${path}`);
  }

  /** @throws OutsideError */
  demandProgram(program: string): void {
    if (this.#allowed.length > 0 && !this.#allowed.includes(`run:${program}`)) throw notAllowed(`run:${program}`);
  }

  /**
   * For `connect` of net and tls: the addresses of a name without those that nothing is sent to. The very addresses that are connected to, so that a
   * name which leads elsewhere the next moment gains nothing.
   */
  readonly lookup: LookupFunction = (hostname, options, callback) => {
    this.#lookup(hostname, { ...options, all: true }, (error, addresses) => {
      if (error !== null) {
        callback(error, '', 0);
        return;
      }
      const good = addresses.filter(({ address }) => !isRefusedAddress(address));
      const [first] = good;
      if (first === undefined) callback(notThere(hostname), '', 0);
      else if (options.all === true) callback(null, good);
      else callback(null, first.address, first.family);
    });
  };
}

function notThere(host: string): OutsideError {
  return new OutsideError(
    `${host} is a link-local address or one of a cloud's metadata, or its name leads there: nothing is sent to those`,
    { transient: false },
  );
}

function notAllowed(target: string): OutsideError {
  return new OutsideError(`${target} is not one of the targets that are allowed (--allow-target)`, {
    transient: false,
  });
}

function canonicalEntry(entry: string): string {
  if (/^(?:unix|run):/.test(entry)) return entry;
  const [, wild = '', host = '', port = ''] = /^(\*\.)?(\[[^\]]*\]|[^:]*)(:\d+)?$/.exec(entry) ?? [];
  return `${wild}${canonicalHost(host)}${port}`;
}

/** One way to write it: `0xA9.254.43518` is 169.254.169.254, and case and a dot at the end make no other name. */
function canonicalHost(host: string): string {
  const written = host.includes(':') && !host.startsWith('[') ? `[${host.replace(/%.*$/, '')}]` : host;
  const name = URL.parse(`http://${written}/`)?.hostname ?? host.toLowerCase();
  return name.replace(/\.$/, '');
}

function unbracketed(host: string): string {
  return host.replace(/^\[(.*)\]$/, '$1');
}
