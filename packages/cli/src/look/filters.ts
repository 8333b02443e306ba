import {
  type ChangeGroup,
  changeGroups,
  type ChangeType,
  changeTypes,
  expandTypes,
  GlobError,
  isBelow,
  nearest,
  parseDuration,
  pathCondition,
  RuleTextError,
} from '@qwarden/engine';
import { CliError } from '../errors/cli-error.ts';

/** `--since`: a time, or how long ago; ms since the epoch. Throws CliError. */
export function sinceOf(text: string, nowMs: number): number {
  try {
    return nowMs - parseDuration(text);
  } catch (error) {
    if (!(error instanceof RuleTextError)) throw error;
    const at = /^\d{4}-/.test(text) ? Date.parse(text) : Number.NaN;
    if (!Number.isNaN(at)) return at;
    throw new CliError('usage', `--since: ${JSON.stringify(text)} is neither a time nor a duration.`, {
      remedy: 'For example 2031-12-31T12:00:00Z, 90s, 15m, 24h or 7d.',
      cause: error,
    });
  }
}

/** `--path`: at or below a path, or what a glob matches. Throws CliError. */
export function pathFilterOf(text: string | undefined): (path: string) => boolean {
  if (text === undefined) return () => true;
  if (!text.startsWith('/') && !text.startsWith('*')) {
    throw new CliError('usage', `--path: ${JSON.stringify(text)} is not an absolute path.`, {
      remedy: 'Paths begin with a slash, as the cluster has them.',
    });
  }
  try {
    const condition = pathCondition(text);
    if (condition === undefined) return () => true;
    return condition.matches ?? ((path) => isBelow(path, condition.prefix));
  } catch (error) {
    if (!(error instanceof GlobError)) throw error;
    throw new CliError('usage', `--path: ${error.message}`, { cause: error });
  }
}

/** `--type`: groups and types. Undefined = all. Throws CliError. */
export function typesOf(words: readonly string[]): ReadonlySet<ChangeType> | undefined {
  if (words.length === 0) return undefined;
  return new Set(expandTypes(words.map((word) => typeOf(word, '--type'))));
}

/** A group or a type by its name. Throws CliError with the nearest that there is. */
export function typeOf(word: string, flag: string): ChangeGroup | ChangeType {
  const known: readonly (ChangeGroup | ChangeType)[] = [...groups, ...changeTypes];
  const found = known.find((one) => one === word);
  if (found !== undefined) return found;
  const near = nearest(word, known);
  throw new CliError('usage', `${flag}: there is no type of change ${JSON.stringify(word)}.`, {
    remedy: near === undefined ? `Known: ${known.join(', ')}.` : `Did you mean "${near}"?`,
  });
}

// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- Object.keys forgets which keys there are
const groups = Object.keys(changeGroups) as ChangeGroup[];
