import { z } from 'zod';
import { type ChangeType, changeTypes } from '../../events/kinds.ts';
import type { Finding } from '../load/problem.ts';
import { findingsOf } from '../load/findings.ts';
import { extension } from '../conditions/extension.ts';
import { directories } from '../conditions/under.ts';

/** The watch list of the public event-monitor samples (watched_items.yml). */
export const seedSchema = z.strictObject({
  PATHS: directories,
  EXTENSIONS: z.union([extension.schema, z.tuple([])]).optional(),
  EVENTS: z.array(z.enum(changeTypes)).min(1, 'EVENTS is empty: name at least one type of event.').optional(),
});

/** What halves of a rename are of. */
const KINDS = ['file', 'dir'] as const;
type Kind = (typeof KINDS)[number];

const KEYS = ['PATHS', 'EXTENSIONS', 'EVENTS'];

export type FromSeed =
  | { readonly ok: true; readonly file: unknown; readonly notes: readonly Finding[] }
  | { readonly ok: false; readonly findings: readonly Finding[] };

export function isSeed(value: unknown): boolean {
  return typeof value === 'object' && value !== null && KEYS.some((key) => Object.hasOwn(value, key));
}

/**
 * The rules that say what a watch list says: an event of EVENTS below one of PATHS whose extension is one of EXTENSIONS is printed.
 * As in the sample with EVENTS, a new directory needs no extension. The older sample has no EVENTS and looks at new files.
 * Unlike there, `/home/joe` does not cover `/home/joey`, and extensions are compared without case.
 */
export function fromSeed(value: unknown): FromSeed {
  const parsed = seedSchema.safeParse(value);
  if (!parsed.success) return { ok: false, findings: findingsOf(seedSchema, value, parsed.error.issues) };
  const { PATHS: under, EXTENSIONS = [], EVENTS: events = ['child_file_added'] } = parsed.data;
  const extensions = EXTENSIONS.map((one) => (one === '' ? '' : `.${one}`));
  const rules: unknown[] = [];
  if (extensions.length > 0) {
    rules.push({
      name: 'watched items',
      on: withRenames(events),
      where: { under, extension: extensions },
      settle: '0s',
      mode: 'parallel',
      do: [{ log: {} }],
    });
    rules.push(...rulesForOldNames(events, { under, extension: extensions }));
  }
  if (events.includes('child_dir_added')) {
    rules.push({
      name: 'new directories in watched items',
      on: ['child_dir_added'],
      where: { under, ...(extensions.length > 0 ? { not: { extension: extensions } } : {}) },
      settle: '0s',
      mode: 'parallel',
      do: [{ log: {} }],
    });
  }
  if (rules.length === 0) {
    return {
      ok: false,
      findings: [{ path: ['EXTENSIONS'], message: 'EXTENSIONS is missing: nothing would ever match.' }],
    };
  }
  return { ok: true, file: { version: 1, rules }, notes: [] };
}

/** Halves of a rename are joined before rules see them, so who asked for its second half gets the whole, by the new name. */
function withRenames(events: readonly ChangeType[]): readonly ChangeType[] {
  const out = new Set(events);
  for (const what of KINDS) if (out.has(`child_${what}_moved_to`)) out.add(`child_${what}_renamed`);
  return [...out];
}

/**
 * Who asked for the first half of a rename asked by the old name: what leaves one of PATHS for elsewhere, or gets another extension, is
 * printed too. Once for a rename of which both halves are asked for.
 */
function rulesForOldNames(events: readonly ChangeType[], items: { under: unknown; extension: unknown }): unknown[] {
  const asked = KINDS.filter((what) => events.includes(`child_${what}_moved_from`));
  const rule = (name: string, kinds: readonly Kind[], where: object): unknown[] => {
    if (kinds.length === 0) return [];
    const on = kinds.map((what) => `child_${what}_renamed`);
    const text = '{{event}} {{moved_from}} -> {{path}}';
    return [{ name, on, where, settle: '0s', mode: 'parallel', do: [{ log: { text } }] }];
  };
  const isWhole = (what: Kind) => events.includes(`child_${what}_moved_to`);
  const whole = asked.filter(isWhole);
  const half = asked.filter((what) => !isWhole(what));
  return [
    ...rule('watched items that are moved away', whole, { moved_from: items, not: items }),
    ...rule('watched items that are moved or renamed', half, { moved_from: items }),
  ];
}
