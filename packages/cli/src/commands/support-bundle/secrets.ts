import type { RuleSet } from '@qwarden/engine';
import { readFileSync } from 'node:fs';
import type { Subject } from '../../doctor/subject.ts';
import type { Bundle } from './bundle.ts';

/** Variables that hold secrets by their names, whoever they are for. */
const SECRET_NAME = /PASS|SECRET|TOKEN|CREDENTIAL|AUTH|API_?KEY|PRIVATE|HEADERS|WEBHOOK|_URL$/i;
/** Shorter parts of an address are words (`services`, `hooks`). */
const LEAST_PART = 12;
const LEAST_VALUE = 6;
/** An argument of a program that is no option, no path and no template, and long enough to be a secret. */
const ARGUMENT = /^(?!-)[^\s/{}]{12,}$/;

/** Tells the bundle every secret that can be known here. */
export function hideSecrets(bundle: Bundle, subject: Subject | undefined, environment: NodeJS.ProcessEnv): void {
  for (const [name, value] of Object.entries(environment)) {
    if (value !== undefined && value.length >= LEAST_VALUE && SECRET_NAME.test(name)) hide(bundle, value);
    if (value !== undefined && name.endsWith('_FILE') && SECRET_NAME.test(name)) hideFile(bundle, value);
  }
  if (subject === undefined) return;
  const values: Readonly<Record<string, unknown>> = subject.settings.values;
  for (const [name, { secret }] of Object.entries(subject.table)) {
    const value = values[name];
    if (secret === true && typeof value === 'string') hide(bundle, value);
  }
}

/** Those that rules hold, or say where they are: variables, files, addresses, headers, bodies. */
export function hideSecretsOfRules(
  bundle: Bundle,
  { rules }: Pick<RuleSet, 'rules'>,
  environment: NodeJS.ProcessEnv,
): void {
  for (const rule of rules) for (const { written } of rule.do) walk(written, '', false);

  function walk(value: unknown, key: string, secret: boolean): void {
    if (typeof value === 'string') {
      // The templates of a header, or of the environment of a program, are as secret as their values.
      if (secret || /:\/\//.test(value)) hide(bundle, value);
      if (key === 'command' && ARGUMENT.test(value)) bundle.hide(value);
      if (key.endsWith('_env') || key === 'environment_from' || key === 'headers_env') hideValue(environment[value]);
      else if (key.endsWith('_file')) hideFile(bundle, value);
      return;
    }
    if (typeof value !== 'object' || value === null) return;
    for (const [name, inner] of Object.entries(value)) {
      const below = Array.isArray(value) || key === 'headers_env' ? key : name;
      walk(inner, below, secret || name === 'headers' || name === 'environment');
    }
  }

  function hideValue(value: string | undefined): void {
    if (value !== undefined) hide(bundle, value);
  }
}

/** Of an address only what is no host; of `Bearer abc`, `abc` too. */
function hide(bundle: Bundle, secret: string): void {
  const url = /^[a-z][a-z0-9+.-]*:\/\//i.test(secret.trim()) ? URL.parse(secret.trim()) : null;
  if (url === null) {
    bundle.hide(secret);
    for (const word of secret.split(/\s+/)) if (word.length >= LEAST_VALUE && word !== 'Bearer') bundle.hide(word);
    return;
  }
  const { password, pathname, search, searchParams } = url;
  const names = pathname.slice(1).split('/');
  // A log may have the path of an address without its beginning.
  const ends = names.map((_name, at) => names.slice(at).join('/'));
  const parts = [...ends, search.slice(1), ...names, ...searchParams.values()];
  if (password !== '') for (const text of [password, decoded(password)]) bundle.hide(text);
  for (const part of parts) if (part.length >= LEAST_PART) for (const text of [part, decoded(part)]) bundle.hide(text);
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function hideFile(bundle: Bundle, path: string): void {
  try {
    hide(bundle, readFileSync(path, 'utf8').trim());
  } catch {
    // What this user cannot read, it cannot have put into the bundle.
  }
}
