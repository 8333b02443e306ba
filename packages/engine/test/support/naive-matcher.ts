import type { FileAttributes } from '@qwarden/qumulo-client';
import { Minimatch } from 'minimatch';
import type { Change, Facts, Rule, Where } from '../../src/index.ts';
import { BUILTIN_EXCLUDES } from '../../src/rules/builtin-excludes.ts';

/** true, false, or null where an answer is missing. */
type Answer = boolean | null;

/** What the matcher should find, without an index, an order or a cache: the twin that it is compared with. */
export function naiveAnswer(rule: Rule, change: Change, facts: Facts | null): Answer {
  if (!rule.enabled || !rule.on.includes(change.type)) return false;
  return rule.where === null ? true : whole(rule.where, rule, change, facts);
}

function whole(where: Where, rule: Pick<Rule, 'caseSensitive'>, change: Change, facts: Facts | null): Answer {
  const answers: Answer[] = Object.entries(where)
    .filter(([key, value]) => value !== undefined && !['all', 'any', 'not', 'time_zone'].includes(key))
    .map(([key, value]) => leaf(key, value, where.time_zone ?? 'UTC', rule.caseSensitive, change, facts));
  for (const one of where.all ?? []) answers.push(whole(one, rule, change, facts));
  if (where.any !== undefined) {
    const some = where.any.map((one) => whole(one, rule, change, facts));
    answers.push(some.includes(true) ? true : some.includes(null) ? null : false);
  }
  if (where.not !== undefined) {
    const inner = whole(where.not, rule, change, facts);
    answers.push(inner === null ? null : !inner);
  }
  if (answers.includes(false)) return false;
  return answers.includes(null) ? null : true;
}

function leaf(
  key: string,
  // oxlint-disable-next-line typescript/no-explicit-any -- the twin trusts what the loader has checked
  value: any,
  zone: string,
  caseSensitive: boolean | null,
  change: Change,
  facts: Facts | null,
): Answer {
  const fold = (text: string): string => (caseSensitive === false ? text.toLowerCase() : text);
  const like = (globs: string[], text: string): boolean => globs.some((glob) => glob1(fold(glob), fold(text)));
  const below = (directories: string[], path: string): boolean =>
    directories.some((directory) => {
      const parts = fold(directory).split('/').filter(Boolean);
      const own = fold(path).split('/').filter(Boolean);
      return own.length > parts.length && parts.every((part, index) => part === own[index]);
    });
  const name = change.path.split('/').at(-1) ?? '';
  const attributes = facts?.attributes;
  const answerOf = (other: Change): Answer => {
    const rule = { caseSensitive };
    return whole(value, rule, other, facts);
  };
  const ask = (answer: (attributes: FileAttributes, now: number) => boolean): Answer =>
    attributes === undefined || attributes === null ? null : answer(attributes, facts?.now ?? 0);
  switch (key) {
    case 'path':
      return like(value, change.path);
    case 'under':
      return below(value, change.path);
    case 'name':
      return like(value, name);
    case 'extension': {
      const sense = caseSensitive === true ? (text: string) => text : (text: string) => text.toLowerCase();
      const bare = sense(name).replace(/^\.+/, '');
      return value.some((wanted: string) => {
        const own = sense(wanted);
        if (own === '') return !bare.includes('.') || bare.endsWith('.');
        return own.includes('.')
          ? bare.endsWith(`.${own}`) && bare.length > own.length + 1
          : bare.split('.').length > 1 && bare.split('.').at(-1) === own;
      });
    }
    case 'regex':
      return value.some((one: string) => new RegExp(one, caseSensitive === false ? 'i' : '').test(change.path));
    case 'type': {
      if (change.kind === 'directory') return value.includes('directory');
      if (change.kind === 'file' && value.every((one: string) => one === 'directory')) return false;
      if (attributes === undefined) return null;
      if (attributes === null) return change.kind === 'file' ? value.includes('file') : null;
      return value.includes(attributes.type.replace('FS_FILE_TYPE_', '').toLowerCase());
    }
    case 'stream':
      if (typeof value === 'boolean') return (change.stream !== null) === value;
      return change.stream !== null && like(value, change.stream);
    case 'depth': {
      const depth = change.path.split('/').filter(Boolean).length;
      if (typeof value === 'number') return depth === value;
      return depth >= (value.min ?? 0) && depth <= (value.max ?? 1e9);
    }
    case 'moved_from':
      if (change.movedFrom === null) return false;
      if (Array.isArray(value)) return like(value, change.movedFrom);
      return answerOf({ ...change, path: change.movedFrom });
    case 'temporary': {
      const lower = change.path.toLowerCase();
      const last = lower.split('/').at(-1) ?? '';
      const is = BUILTIN_EXCLUDES.some(({ glob }) => glob1(glob, glob.includes('/') ? lower.slice(1) : last));
      return is === value;
    }
    case 'size':
      return ask(({ size }) => {
        const [, low, high] = /^(\d+)\.\.(\d+)$/.exec(value) ?? [];
        if (low !== undefined) return Number(size) >= Number(low) && Number(size) <= Number(high);
        return value.startsWith('>=') ? Number(size) >= Number(value.slice(2)) : Number(size) < Number(value.slice(1));
      });
    case 'mode':
      return ask(({ mode }) => {
        if (typeof value === 'string') return Number.parseInt(mode, 8) === Number.parseInt(value, 8);
        return (Number.parseInt(mode, 8) & Number.parseInt(value.any, 8)) !== 0;
      });
    case 'modified':
      return ask(({ modification_time }, now) => now - Date.parse(modification_time) > 3_600_000);
    case 'locked':
      return ask(({ lock }, now) => {
        const isHeld = lock?.legal_hold === true;
        const isKept = typeof lock?.retention_period === 'string' && Date.parse(lock.retention_period) > now;
        return (isHeld || isKept) === value;
      });
    case 'time_of_day': {
      if (facts === null) return null;
      const text = new Date(facts.now).toLocaleTimeString('en-GB', {
        timeZone: zone,
        hour: '2-digit',
        minute: '2-digit',
      });
      return value.some((span: string) => {
        const [from = '', to = ''] = span.split('-');
        return from < to ? text >= from && text < to : text >= from || text < to;
      });
    }
    case 'weekday': {
      if (facts === null) return null;
      const day = new Date(facts.now).toLocaleDateString('en-GB', { timeZone: zone, weekday: 'short' });
      return value.includes(day.toLowerCase());
    }
    case 'tag': {
      const tags = facts?.tags;
      if (tags === undefined || tags === null) return null;
      return Object.entries(value).every(
        ([tag, globs]) => tags[tag] !== undefined && Array.isArray(globs) && like(globs, tags[tag]),
      );
    }
    default:
      throw new Error(`The twin does not know ${key}.`);
  }
}

const compiled = new Map<string, Minimatch>();

function glob1(glob: string, text: string): boolean {
  const one = compiled.get(glob) ?? new Minimatch(glob, { dot: true, nocomment: true, nonegate: true, noext: true });
  compiled.set(glob, one);
  return one.match(text);
}
