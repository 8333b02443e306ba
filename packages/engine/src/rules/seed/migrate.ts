import { stringify } from 'yaml';
import { readText } from '../load/read-text.ts';
import type { Problem } from '../load/problem.ts';
import { fromSeed, isSeed } from './seed.ts';

export type MigrateResult =
  | { readonly ok: true; readonly text: string }
  | { readonly ok: false; readonly problems: readonly Problem[] };

const HEADER = `# Made from a watch list (PATHS, EXTENSIONS, EVENTS). It matches what the list matched.\n`;

/** Turns a watch list of the event-monitor samples into a rule file. */
export function migrate(text: string, options: { readonly source?: string } = {}): MigrateResult {
  const result = readText(text, options.source ?? 'watched_items.yml');
  if (!result.ok) return result;
  const { read } = result;
  if (!isSeed(read.value)) {
    const finding = { path: [], message: 'This is no watch list: it has none of PATHS, EXTENSIONS, EVENTS.' };
    return { ok: false, problems: [read.place(finding)] };
  }
  const seed = fromSeed(read.value);
  if (!seed.ok) return { ok: false, problems: seed.findings.map((finding) => read.place(finding)) };
  return { ok: true, text: HEADER + stringify(seed.file, { lineWidth: 120, aliasDuplicateObjects: false }) };
}
