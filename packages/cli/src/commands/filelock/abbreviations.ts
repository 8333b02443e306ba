import { CliError } from '../../errors/cli-error.ts';

/** The flags of the earlier Python script. */
const oldFlags = [
  '--file-num',
  '--directory-path',
  '--debug',
  '--config-file',
  '--interval',
  '--output',
  '--recursive',
  '--retention',
  '--legal-hold',
  '--configure',
  '--run-as-daemon',
] as const;

/**
 * Python's argparse takes any unambiguous beginning of a flag (`--dir /x`), so command lines in use may have them.
 * They are written out as argparse would, looking at the earlier script's flags alone; everything else stays as it is.
 * Throws CliError for a beginning of several of them.
 */
export function expandAbbreviations(words: readonly string[], ours: ReadonlySet<string>): string[] {
  const end = words.indexOf('--');
  return words.map((word, index) => {
    if ((end >= 0 && index > end) || !/^--[a-z]/.test(word)) return word;
    const [flag = '', ...value] = word.split('=');
    if (ours.has(flag)) return word;
    const meant = oldFlags.filter((old) => old.startsWith(flag));
    if (meant.length > 1) {
      throw new CliError('usage', `${flag} could be ${meant.join(' or ')}.`, { remedy: 'Write it out.' });
    }
    return meant.length === 1 ? [meant[0], ...value].join('=') : word;
  });
}
