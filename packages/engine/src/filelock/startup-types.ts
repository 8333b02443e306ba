import type { WantedPrivilege } from '../actions/privileges.ts';

/** One start-up check and what to do when it is not well. */
export interface StartupFinding {
  readonly check:
    | 'reachable'
    | 'login'
    | 'privilege-lock'
    | 'privilege'
    | 'privilege-watch'
    | 'recursive-mode'
    | 'directory'
    | 'clock-skew';
  readonly ok: boolean;
  readonly severity: 'error' | 'warning';
  /** For people; says what was found, also when it is well. */
  readonly message: string;
  readonly remedy?: string;
  /** Of the checks of privileges: which one. */
  readonly privilege?: WantedPrivilege;
  /** The error behind it, for callers that know more to say about it (a certificate, for example). */
  readonly cause?: unknown;
}

export interface StartupReport {
  readonly findings: readonly StartupFinding[];
  readonly directory?: { readonly id: string; readonly path: string };
  readonly cluster?: { readonly id: string; readonly name: string; readonly version: string };
  /** What was told about the clocks, ms: so that nobody tells it again. */
  readonly skewToldMs?: number;
  readonly identity?: { readonly name: string };
}
