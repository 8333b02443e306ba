import { listQuarantine, parseDuration, type QuarantineEntry, RuleTextError } from '@qwarden/engine';
import type { QumuloClient } from '@qwarden/qumulo-client';
import { CliError } from '../../errors/cli-error.ts';
import { entryName } from './rows.ts';

export interface Choice {
  readonly which: readonly string[];
  readonly all: boolean;
  readonly olderThan?: string | undefined;
}

/** Checks what can be checked without the cluster. @throws CliError */
export function checkChoice({ which, all, olderThan }: Choice): void {
  if (all && which.length > 0)
    throw new CliError('usage', '--all and names contradict each other.', { remedy: 'Give one of them.' });
  if (!all && which.length === 0)
    throw new CliError('usage', 'Nothing is named.', {
      remedy: 'Name entries of "qwarden quarantine list", ids of files or paths where they came from, or give --all.',
    });
  if (olderThan !== undefined) oldestOf(olderThan);
}

/** The entries that are meant. @throws CliError when a name is that of none */
export async function chooseEntries(
  client: QumuloClient,
  quarantine: string,
  choice: Choice,
  nowMs: number,
): Promise<QuarantineEntry[]> {
  const entries: QuarantineEntry[] = [];
  for await (const entry of listQuarantine(client, quarantine)) entries.push(entry);
  const unknown = choice.which.filter((name) => !entries.some((entry) => isCalled(entry, name)));
  if (unknown.length > 0)
    throw new CliError('failed', `Not in quarantine at ${quarantine}: ${unknown.join(', ')}. Nothing was done.`, {
      remedy: '"qwarden quarantine list" tells what is there.',
    });
  const chosen = choice.all ? entries : entries.filter((entry) => choice.which.some((name) => isCalled(entry, name)));
  const { olderThan } = choice;
  if (olderThan === undefined) return chosen;
  const before = nowMs - oldestOf(olderThan);
  return chosen.filter((entry) => sinceMs(entry) <= before);
}

function isCalled(entry: QuarantineEntry, name: string): boolean {
  return [entryName(entry), entry.manifest?.file_id, entry.manifest?.path].includes(name);
}

/** Without a manifest: the end of the day that its directory names. */
function sinceMs({ manifest, cell }: QuarantineEntry): number {
  const at = Date.parse(manifest?.quarantined_at ?? '');
  return Number.isNaN(at) ? Date.parse(cell.day.slice(-10)) + 86_400_000 : at;
}

function oldestOf(text: string): number {
  try {
    return parseDuration(text);
  } catch (error) {
    if (!(error instanceof RuleTextError)) throw error;
    throw new CliError('usage', `--older-than: ${error.message}`, { remedy: 'For example 30d or 12h.', cause: error });
  }
}
