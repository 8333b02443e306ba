import { redisError } from './errors.ts';

export interface RedisAddress {
  readonly url: string;
  /** For people: without password. */
  readonly shown: string;
  readonly username: string | undefined;
  readonly password: string | undefined;
  readonly tls: boolean;
  readonly namespace: string | undefined;
}

/**
 * Reads `redis[s]://[user[:password]@]host[:port][/database][?namespace=NAME]`.
 * @throws StateError that names no password.
 */
export function redisAddress(url: string): RedisAddress {
  const parsed = URL.parse(url);
  if (parsed === null || !/^rediss?:$/.test(parsed.protocol) || parsed.hostname === '') {
    throw redisError('other', 'the address given', {
      detail: 'it must look like redis://user:password@host:6379 or, with TLS, rediss://…',
    });
  }
  const unknown = [...parsed.searchParams.keys()].find((name) => name !== 'namespace');
  if (unknown !== undefined) {
    throw redisError('other', 'the address given', {
      detail: `it has ${JSON.stringify(unknown)}; behind the question mark only namespace=NAME is known`,
    });
  }
  const shown = new URL(parsed);
  if (shown.password !== '') shown.password = '***';
  const bare = new URL(parsed);
  bare.search = '';
  return {
    url: bare.href,
    shown: shown.href,
    username: parsed.username === '' ? undefined : decodeURIComponent(parsed.username),
    password: parsed.password === '' ? undefined : decodeURIComponent(parsed.password),
    tls: parsed.protocol === 'rediss:',
    namespace: parsed.searchParams.get('namespace') ?? undefined,
  };
}
