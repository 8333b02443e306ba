import type { OptionDefinition, OptionKind, Zod } from './definition.ts';
import { nameOrigin, type RawValue } from './origin.ts';

/** The words of Python's `getboolean`, so that a file reads the same here. */
const booleans: Readonly<Record<string, boolean>> = {
  '1': true,
  yes: true,
  true: true,
  on: true,
  '0': false,
  no: false,
  false: false,
  off: false,
};

export function parseBoolean(text: string): boolean | undefined {
  return booleans[text.trim().toLowerCase()];
}

export type Converted = { ok: true; value: unknown } | { ok: false; problem: string };

/** Gives a raw value its kind and checks it. The problem names the source, and shows the value unless it is secret. */
export function convert(z: Zod, option: OptionDefinition, raw: RawValue): Converted {
  const typed = toKind(option, raw.value);
  if (!typed.ok) return { ok: false, problem: describe(option, raw, typed.problem) };
  const checked = option.schema(z).safeParse(typed.value);
  if (checked.success) return { ok: true, value: checked.data };
  return { ok: false, problem: describe(option, raw, checked.error.issues[0]?.message ?? 'is not valid') };
}

function toKind(option: OptionDefinition, value: RawValue['value']): Converted {
  return kinds[option.kind](value);
}

const kinds: Readonly<Record<OptionKind, (value: RawValue['value']) => Converted>> = {
  boolean: (value) => {
    const parsed = typeof value === 'boolean' ? value : parseBoolean(String(value));
    if (parsed === undefined) return { ok: false, problem: 'must be true or false (yes/no, on/off, 1/0)' };
    return { ok: true, value: parsed };
  },
  integer: (value) => {
    const text = String(value).trim();
    if (!/^[+-]?\d{1,15}$/.test(text)) return { ok: false, problem: 'must be a whole number' };
    return { ok: true, value: Number(text) };
  },
  list: (value) => ({ ok: true, value: toList(value) }),
  text: (value) => ({ ok: true, value: String(value) }),
};

/** Flags repeat; files and variables have one item a line. */
function toList(value: RawValue['value']): string[] {
  if (typeof value !== 'string') return typeof value === 'boolean' ? [] : [...value];
  return value
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '');
}

function describe(option: OptionDefinition, raw: RawValue, rule: string): string {
  const { value, origin } = raw;
  const isTold = !(option.secret || typeof value === 'boolean');
  const told = typeof value === 'string' ? withoutUser(value) : value;
  return `${nameOrigin(origin)}: ${rule}${isTold ? `, not ${JSON.stringify(told)}` : ''}.`;
}

/** An address with a password in it may stand where none is to be, and errors go to journals. */
function withoutUser(text: string): string {
  return text.replace(/^([a-z][\w+.-]*:\/\/)?.*@/is, '$1•••@');
}
