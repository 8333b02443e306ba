import { CliError } from '../errors/cli-error.ts';

export type Format = 'table' | 'json' | 'csv';

/** `--format`, or its short forms. Throws CliError when they contradict each other. */
export function chosenFormat(values: { format: Format; json: boolean; csv: boolean }): Format {
  if (values.json && values.csv)
    throw new CliError('usage', '--json and --csv contradict each other.', { remedy: 'Give one of them.' });
  const short = values.json ? 'json' : values.csv ? 'csv' : undefined;
  if (short !== undefined && values.format !== 'table' && values.format !== short) {
    throw new CliError('usage', `--${short} and --format ${values.format} contradict each other.`, {
      remedy: 'Give one of them.',
    });
  }
  return short ?? values.format;
}
