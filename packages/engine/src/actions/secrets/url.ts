import { OutsideError } from '../port.ts';

export interface SecretUrl {
  /** Host, with the port when it is not the usual one. The only part that may be told. */
  readonly host: string;
  /** Everything in it that must not be told: incoming webhooks carry their token in the path. */
  readonly secrets: readonly string[];
}

/** Takes apart a URL that may hold a secret. `what` names it in the error. @throws OutsideError */
export function readSecretUrl(url: string, protocols: readonly string[], what: string): SecretUrl {
  // The error of `new URL` repeats its input, so it must not travel on as a cause.
  const parsed = URL.parse(url);
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
  return { host: parsed.host === '' ? 'this machine' : parsed.host, secrets: [...secrets] };
}

export function percentDecoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    // Not percent-encoded: it stands as it is.
    return text;
  }
}
