/** What the CLI's exit codes mean; every command's --help lists them. */
export const ExitCode = {
  ok: 0,
  /** It could not be done: cluster, network, state directory, start-up checks. */
  failed: 1,
  /** The command line, the configuration or the trust in the certificate must be corrected first. */
  usage: 2,
  /** Finished but incomplete: `filelock` could not lock some files; `locks verify` found that the cluster differs from the ledger. */
  incomplete: 3,
  /** Ctrl-C at a question. */
  interrupted: 130,
} as const;
export type ExitCode = (typeof ExitCode)[keyof typeof ExitCode];

/** `usage`: the command line. `config`: file or environment. `trust`: TLS. `failed`: all else. */
export type CliErrorKind = 'usage' | 'config' | 'trust' | 'failed' | 'interrupted';

/** A mistake or a failure that is already in words for people. Printed as message and remedy, never with a stack. */
export class CliError extends Error {
  readonly kind: CliErrorKind;
  readonly remedy: string | undefined;

  constructor(kind: CliErrorKind, message: string, more: { remedy?: string | undefined; cause?: unknown } = {}) {
    super(message, more.cause === undefined ? undefined : { cause: more.cause });
    this.name = 'CliError';
    this.kind = kind;
    this.remedy = more.remedy;
  }

  get exitCode(): ExitCode {
    if (this.kind === 'failed') return ExitCode.failed;
    return this.kind === 'interrupted' ? ExitCode.interrupted : ExitCode.usage;
  }
}
