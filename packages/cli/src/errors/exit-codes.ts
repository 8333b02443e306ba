import type { ExitCode } from './cli-error.ts';

/** What the exit codes mean whatever the command is: for the man page and the reference. */
export const exitCodeMeanings: Readonly<Record<ExitCode, string>> = {
  0: 'Done.',
  1: 'It could not be done.',
  2: 'The command line, the configuration or the trust in the certificate must be corrected first.',
  3: 'Finished but incomplete; the page of the command says what that means.',
  130: 'Interrupted at a question.',
};
