import { redisError } from './errors.ts';

export interface RedisAddress {
  readonly url: string;
  /** For people: without password. */
  readonly shown: string;
  readonly username: string | undefined;
  readonly password: string | undefined;
  readonly tls: boolean;
  readonly namespace: string | undefined;
  /** PEM file with the certificate authority to trust, instead of the system's. */
  readonly ca: string | undefined;
}

const FORM =
  'it must look like redis://user:password@host:6379/1 or, with TLS, rediss://…; write / ? # @ : and % of user and password as %2F %3F %23 %40 %3A and %25';
const KNOWN: ReadonlySet<string> = new Set(['namespace', 'ca']);

/**
 * Reads `redis[s]://[user[:password]@]host[:port][/database][?namespace=NAME&ca=FILE]`.
 * @throws StateError that names no password.
 */
export function redisAddress(url: string): RedisAddress {
  const parsed = URL.parse(url);
  const [username, password] = [decoded(parsed?.username), decoded(parsed?.password)];
  if (parsed === null || !isPlain(parsed) || username === undefined || password === undefined)
    throw redisError('other', 'the address given', { detail: FORM });
  const unknown = [...parsed.searchParams.keys()].find((name) => !KNOWN.has(name));
  if (unknown !== undefined) {
    throw redisError('other', 'the address given', {
      detail: `it has ${JSON.stringify(unknown)}; behind the question mark only namespace=NAME and ca=FILE are known`,
    });
  }
  const shown = new URL(parsed);
  if (shown.password !== '') shown.password = '***';
  const bare = new URL(parsed);
  bare.search = '';
  return {
    url: bare.href,
    shown: shown.href,
    username: username === '' ? undefined : username,
    password: password === '' ? undefined : password,
    tls: parsed.protocol === 'rediss:',
    namespace: parsed.searchParams.get('namespace') ?? undefined,
    ca: parsed.searchParams.get('ca') ?? undefined,
  };
}

/** What comes behind the host can be the rest of a password with a slash in it. */
function isPlain({ protocol, hostname, pathname, hash, search }: URL): boolean {
  return (
    /^rediss?:$/.test(protocol) && hostname !== '' && /^\/?\d*$/.test(pathname) && hash === '' && !search.includes('@')
  );
}

function decoded(text = ''): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
