const MASK = '********';
/** Shorter ones stand in every text: masking them would tell more than it hides. */
const LEAST_LENGTH = 6;
const known = new Set<string>();
/** On the command line. */
const given = new Set<string>();

/** A secret that this process was given: whatever goes wrong, its errors are told without it. */
export function keepSecret(secret: string): void {
  const url = URL.parse(secret);
  for (const one of url === null ? [secret] : [secret, url.password, decoded(url.password)])
    if (one.length >= LEAST_LENGTH) known.add(one);
}

/** The text without every secret that was kept, as it is and as Python, JSON or a URL would write it. */
export function withoutSecrets(text: string): string {
  const forms = [...known].flatMap((secret) => [
    secret,
    JSON.stringify(secret).slice(1, -1),
    encodeURIComponent(secret),
  ]);
  // The longest first: one may be a part of another.
  return forms.toSorted((a, b) => b.length - a.length).reduce((rest, form) => rest.replaceAll(form, MASK), text);
}

/**
 * Takes a secret out of what `ps` shows of this process. Until here other users could have seen it, and a shell keeps it in its history:
 * files and variables are better.
 */
export function hideArgument(secret: string): void {
  keepSecret(secret);
  given.add(secret);
  process.title = ['qwarden', ...process.argv.slice(2).map(shownArgument)].join(' ');
}

/** However short it is: `abc` and `--password=abc`. */
function shownArgument(argument: string): string {
  if (given.has(argument)) return MASK;
  const [, flag, value] = /^(--[\w-]+=)(.*)$/s.exec(argument) ?? [];
  return flag !== undefined && value !== undefined && given.has(value) ? `${flag}${MASK}` : withoutSecrets(argument);
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
