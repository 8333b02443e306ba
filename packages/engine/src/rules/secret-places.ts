/** Where in the parameters of actions secrets stand, or may. */

export const MASK = '•••';
/** Whatever stands below these keys may be a secret. */
export const SECRET_BELOW: ReadonlySet<string> = new Set(['headers', 'environment', 'body']);
const SECRET_KEY = /pass|secret|token|auth|credential|api.?key|private|cookie/i;
/** These say where a secret is, not what it is. */
const NAMES_A_PLACE = /_(?:env|file|from)$/;
const URL_IN_TEXT = /\b([a-z][a-z0-9+.-]*:\/\/)([^\s"'<>]*)/gi;
/** In texts: what is called a secret, to the end of its line, since passwords may have blanks. A variable alone is none. */
const NAMED_IN_TEXT =
  /((?:passw(?:or)?d|passphrase|token|secret|key|bearer)[\w-]{0,40}["']?\s*[:=][ \t]*|bearer[ \t]+)(?!\{\{[^{}]*\}\}[ \t]*$)\S.*/gim;
/** Services that take whoever knows the address for somebody who may. */
const BY_ADDRESS = /(?:^|\.)(?:hooks\.slack\.com|webhook\.office\.com|logic\.azure\.com|discord\.com)$/;
/** Parts of addresses that are no words. */
const LEAST_TOKEN = 16;

export function namesSecret(key: string): boolean {
  return SECRET_KEY.test(key) && !NAMES_A_PLACE.test(key);
}

/** Of URLs only scheme and host: incoming webhooks carry their token in the path. */
function withoutUrls(text: string): string {
  return text.replace(URL_IN_TEXT, (_whole, scheme: string, rest: string) => {
    const host = /^(?:[^/?#]*@)?([^/?#@]*)/.exec(rest)?.[1] ?? '';
    return `${scheme}${host}/${MASK}`;
  });
}

/** A text as it may be shown: without the paths of URLs, and without what it calls a password, a token, a key or the like. */
export function withoutSecrets(text: string): string {
  return withoutUrls(text).replace(NAMED_IN_TEXT, `$1${MASK}`);
}

/** The parameters of an action as they may be shown to whoever looks over a shoulder. */
export function shownParams(value: unknown, key = '', secret = false): unknown {
  if (typeof value === 'string') return secret || namesSecret(key) ? MASK : withoutSecrets(value);
  if (Array.isArray(value)) return value.map((one) => shownParams(one, key, secret));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [
      name,
      shownParams(inner, NAMES_A_PLACE.test(key) ? key : name, secret || SECRET_BELOW.has(name)),
    ]),
  );
}

/** What in the parameters of an action looks like a secret that is written out. */
export function writtenSecrets(params: unknown): string[] {
  if (typeof params !== 'object' || params === null) return [];
  const written: Readonly<Record<string, unknown>> = { ...params };
  const out: string[] = [];
  const { url } = written;
  if (typeof url === 'string' && isSecretUrl(url)) out.push('url');
  for (const below of ['headers', 'environment']) {
    const own: unknown = written[below];
    if (typeof own !== 'object' || own === null) continue;
    for (const [name, value] of Object.entries(own))
      if (namesSecret(name) && typeof value === 'string' && value.replaceAll(/\{\{.*?\}\}/g, '').trim() !== '')
        out.push(`${below}.${name}`);
  }
  return out;
}

function isSecretUrl(text: string): boolean {
  const url = URL.parse(text);
  if (url === null) return false;
  const { hostname, pathname, password, searchParams } = url;
  if (password !== '') return true;
  if (BY_ADDRESS.test(hostname) && pathname !== '/') return true;
  if ([...searchParams].some(([name, value]) => value !== '' && (namesSecret(name) || /^(?:key|sig)$/i.test(name))))
    return true;
  return [...pathname.split('/'), ...searchParams.values()].some(isToken);
}

function isToken(part: string): boolean {
  return part.length >= LEAST_TOKEN && /\d/.test(part) && /[a-z]/i.test(part) && !part.includes('.');
}
