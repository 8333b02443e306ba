import { OutsideError } from '../port.ts';

export const HTTP_PROTOCOLS: readonly string[] = ['https:', 'http:'];
export const REDIS_PROTOCOLS: readonly string[] = ['redis:', 'rediss:', 'unix:'];

export interface SecretUrl {
  /** Host, with the port when it is not the usual one. The only part that may be told. */
  readonly host: string;
  /** Everything in it that must not be told: incoming webhooks carry their token in the path. */
  readonly secrets: readonly string[];
}

/** Takes apart a URL that may hold a secret. `what` names it in the error. @throws OutsideError */
export function readSecretUrl(url: string, protocols: readonly string[], what: string): SecretUrl {
  const parsed = parseAddress(url);
  if (parsed === null || !protocols.includes(parsed.protocol)) {
    const accepted = protocols.map((protocol) => `${protocol}//…`).join(' or ');
    throw new OutsideError(`${what} is not a URL of the form ${accepted}`, { transient: false });
  }
  const { username, password, pathname, search, searchParams } = parsed;
  const parts = [
    username,
    password,
    pathname.slice(1),
    search.slice(1),
    ...pathname.split('/'),
    ...searchParams.values(),
  ];
  const secrets = new Set([url, ...parts, ...parts.map(percentDecoded)]);
  secrets.delete('');
  return { host: parsed.host === SOCKET ? 'this machine' : parsed.host, secrets: [...secrets] };
}

export function isUrlWith(url: string, protocols: readonly string[]): boolean {
  return protocols.includes(parseAddress(url)?.protocol ?? '');
}

/** A socket has no host; the parser of URLs wants one before it looks for a user. */
const SOCKET = 'socket.invalid';

/** Null instead of an error: that of `new URL` repeats its input. */
export function parseAddress(url: string): URL | null {
  return URL.parse(url.replace(/^(unix:\/\/(?:[^/@]*@)?)(?=\/)/, `$1${SOCKET}`));
}

export function percentDecoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    // Not percent-encoded: it stands as it is.
    return text;
  }
}
