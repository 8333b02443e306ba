import type { Clock, FileAttributes, QumuloClient } from '@qwarden/qumulo-client';
import type { Change } from '../events/change.ts';
import type { ChangeType } from '../events/kinds.ts';
import type { LockNote } from '../ledger/lock-record.ts';
import type { z } from 'zod';

export type Zod = typeof z;

/** What an action changes on the cluster, as far as its parameters tell: declared before anything runs, so that loops are found at load. */
export interface DeclaredEffect {
  /** Done to a file that it was done to already, the action changes nothing: so it cannot feed its own rule without end. */
  readonly settles?: boolean | undefined;
  /** Types of change that the cluster will report because of it. */
  readonly types: readonly ChangeType[];
  /**
   * Where the object is afterwards, when that is fixed: an absolute directory it ends up under. Absent: where it was.
   * `name` is a template of its new name, when it gets one.
   */
  readonly into?: { readonly under?: string | undefined; readonly name?: string | undefined } | undefined;
}

/** The file (or directory) that a job is about, as last known. Changes when a step renames or moves it. */
export interface Subject {
  readonly fileId: string;
  /** Absolute, without a slash at the end. */
  readonly path: string;
}

export interface ActionInput<P> {
  readonly params: P;
  /** What triggered the job: the latest change that it answers. */
  readonly change: Change;
  readonly subject: Subject;
  readonly job: {
    /** Stable over retries and restarts: what an idempotency key is made of. */
    readonly key: string;
    /** Number of the match that the job answers; a job that is armed anew has another. */
    readonly match: string;
    readonly rule: string;
    /** Which step of the rule, from 0. */
    readonly step: number;
    /** From 1. */
    readonly attempt: number;
    /** When the file's last change was received, and when this job was first armed, ms since the epoch. */
    readonly changedAt: number;
    readonly armedAt: number;
    readonly settleMs: number;
    /** Armed by this process and never tried: nothing of it can have been done already. */
    readonly fresh: boolean;
  };
  /** What earlier steps of this job handed on (`ActionOutcome.output`), by action name. */
  readonly outputs: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

/** An effect that is about to be made, so that its echo in the stream is recognised. */
export interface ExpectedEffect {
  readonly fileId: string;
  readonly types: readonly ChangeType[];
  /**
   * The path that its echo will tell. An echo from outside of the watch never comes: who awaited it would take what a person does next for it.
   * Absent: not known.
   */
  readonly at?: string | undefined;
  /** Nobody knows whether the cluster tells of it: awaited for a moment only. */
  readonly maybe?: boolean | undefined;
}

export interface ActionContext {
  readonly cluster: QumuloClient;
  readonly clock: Clock;
  readonly random: () => number;
  /** Given up when it aborts. */
  readonly signal: AbortSignal;
  /**
   * Makes an effect under the eyes of the loop guard: the expectation is durable before `make` is called, and is withdrawn when `make`
   * rejects with an answer of the cluster that says that nothing was changed. Every call that changes a watched object goes through here.
   */
  effect<T>(expected: readonly ExpectedEffect[], make: () => Promise<T>): Promise<T>;
  readonly outside: Outside;
  /** Paths under the watch by which the file is known, as far as that is known here. */
  namesOf(fileId: string): readonly string[];
  /** Has the ledger a retention lock of ours on this file? */
  isLocked(fileId: string): Promise<boolean>;
  /**
   * Where the file stands with the rule under this path, as far as names and places tell, and the attributes that the caller has read: what
   * cannot be undone is not done to a file that has left. `left-out`: under the watch, but the rule is not for it there, or as it is now;
   * `outside`: not under the watch. Rejects with the client's error.
   */
  standing(path: string, attributes?: FileAttributes): Promise<'covered' | 'left-out' | 'outside'>;
}

/** The world beside the cluster, behind ports: adapters are in `outside/`. */
export interface Outside {
  /** Sends one HTTP request. Redirects are not followed; at most `maxBytes` of the answer are read. Rejects with `OutsideError`. */
  http(request: HttpRequest, signal: AbortSignal): Promise<HttpAnswer>;
  /** Sends one mail. Rejects with `OutsideError`. */
  mail(message: MailMessage, server: MailServer, signal: AbortSignal): Promise<void>;
  /** Runs a program without a shell, in a process group of its own. Resolves whatever its exit code is. Rejects with `OutsideError`. */
  run(command: CommandSpec, signal: AbortSignal): Promise<CommandResult>;
  /** Appends to a Redis stream or publishes to a channel. Rejects with `OutsideError`. */
  publish(message: PublishedMessage, signal: AbortSignal): Promise<void>;
  /** The value of an environment variable, or the text of a file (without line break at its end): where secrets come from. */
  secret(from: { readonly env?: string | undefined; readonly file?: string | undefined }): string;
}

/** `transient`: trying again may help. The message is for people and holds no secret. */
export class OutsideError extends Error {
  override readonly name = 'OutsideError';
  readonly transient: boolean;

  constructor(message: string, options: { transient: boolean; cause?: unknown }) {
    super(message, { cause: options.cause });
    this.transient = options.transient;
  }
}

export interface HttpRequest {
  readonly method: 'POST' | 'PUT';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly timeoutMs: number;
  readonly maxBytes: number;
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Cut at `maxBytes`. */
  readonly body: string;
}

export interface MailServer {
  readonly host: string;
  readonly port: number;
  readonly security: 'tls' | 'starttls' | 'none';
  readonly user?: string | undefined;
  readonly password?: string | undefined;
  readonly timeoutMs: number;
}

export interface MailMessage {
  readonly from: string;
  readonly to: readonly string[];
  readonly subject: string;
  readonly text: string;
  /** Same key, same mail: makes the Message-ID. */
  readonly key: string;
}

export interface CommandSpec {
  readonly command: readonly [string, ...string[]];
  readonly stdin: string;
  /** All of its environment, but for PATH, HOME, LANG and TZ. */
  readonly environment: Readonly<Record<string, string>>;
  readonly cwd?: string | undefined;
  readonly timeoutMs: number;
  /** Most bytes kept of each output stream; the rest is read and dropped. */
  readonly maxOutputBytes: number;
}

export interface CommandResult {
  /** Null when a signal ended it. */
  readonly exitCode: number | null;
  readonly signal: string | null;
  readonly timedOut: boolean;
  readonly stdout: string;
  readonly stderr: string;
}

export interface PublishedMessage {
  readonly url: string;
  readonly kind: 'stream' | 'channel';
  readonly name: string;
  readonly fields: Readonly<Record<string, string>>;
  /** Streams: trimmed to about so many entries. */
  readonly maxLength?: number | undefined;
}

export type NoteLevel = 'debug' | 'info' | 'warn' | 'error';

/** What became of one run of an action. The words are for people: what happened, and what to do. */
export type ActionOutcome =
  | {
      readonly kind: 'done';
      readonly note: string;
      /** Where the file is now, when the action moved it. */
      readonly path?: string | undefined;
      readonly output?: Readonly<Record<string, string>> | undefined;
      /** What the ledger of retention locks is to know of it, here and below: written with the end of the step. */
      readonly ledger?: LockNote | undefined;
      /** How loud the note is in the monitor's log. Default `info`. */
      readonly level?: NoteLevel | undefined;
    }
  /** Nothing to do: already so, or not a thing that this is for. Counts as done. */
  | {
      readonly kind: 'skipped';
      readonly note: string;
      /** Where the file is, when that is where the action would have put it: an earlier try may have. */
      readonly path?: string | undefined;
      readonly ledger?: LockNote | undefined;
    }
  /** The file is not there any more: the job ends here. */
  | { readonly kind: 'gone'; readonly note: string; readonly ledger?: LockNote | undefined }
  /** Not yet (still open, still changing): again after a while, which is no failed try. */
  | {
      readonly kind: 'not-yet';
      readonly reason: string;
      readonly delayMs: number;
      /** What it waits for, where that is known: that the file is quiet, or that nobody holds it open. */
      readonly until?: 'quiet' | 'closed' | undefined;
    }
  | {
      readonly kind: 'transient';
      readonly reason: string;
      /** Whose fault it is: the file's alone, or that of a whole target, whose breaker counts it. */
      readonly target: 'file' | 'cluster' | `host:${string}`;
      /** The target asks to slow down. */
      readonly overload: boolean;
      readonly waitMs?: number | undefined;
      /** The target refuses who we are: further tries are failed logins, and what to do is a person's. */
      readonly login?: { readonly remedy: string } | undefined;
      /** For when it is out of tries; see `failed`. */
      readonly ledger?: LockNote | undefined;
    }
  /** The ledger is told only when the rule goes on without it: otherwise the job itself says so. */
  | {
      readonly kind: 'failed';
      readonly reason: string;
      readonly remedy: string;
      /** The cluster's answer, when that is what it was. */
      readonly answer?: { readonly status: number; readonly errorClass: string } | undefined;
      readonly ledger?: LockNote | undefined;
    }
  /** Given up because the program stops: the job stays as it is. */
  | { readonly kind: 'aborted' };

/** An action module. Users write their own against this interface too (docs/actions.md). */
export interface Action<P = unknown> {
  /** The keyword in the rule file. */
  readonly name: string;
  /** One sentence, for help and docs. */
  readonly summary: string;
  /**
   * Is never out of tries while what keeps it from its work may pass, and never held back for running often: for what must not be missed,
   * and has no effect that comes back as a change.
   */
  readonly perseveres?: boolean | undefined;
  /** What it does to the cluster its parameters do not tell, so that its `effects` may not be all. */
  readonly unforeseeable?: boolean | undefined;
  /** Whom it speaks to: the cluster, others, or nobody. Others may hang: they are not to keep anybody from the cluster. Default: the cluster. */
  readonly reach?: 'cluster' | 'outside' | 'nobody' | undefined;
  /** Schema of its parameters (zod), strict. */
  params(z: Zod): z.ZodType<P>;
  /** The same for parameters that were in force once, and that jobs were made with: what only time has made wrong since is read all the same. */
  keptParams?(z: Zod): z.ZodType<P>;
  effects(params: P): readonly DeclaredEffect[];
  /** Privileges of the cluster that it needs, as `PRIVILEGE_…`. */
  privileges(params: P): readonly string[];
  /** What it would do, in words. Changes nothing. */
  dryRun(input: ActionInput<P>, context: ActionContext): Promise<string>;
  /** The same, with what it would have told the ledger; for an action that tells it anything. */
  dryRunForLedger?(
    input: ActionInput<P>,
    context: ActionContext,
  ): Promise<{ readonly note: string; readonly ledger: LockNote | undefined }>;
  /** Does it. Run twice = run once. Never rejects for what can be said as an outcome. */
  run(input: ActionInput<P>, context: ActionContext): Promise<ActionOutcome>;
}

/** Actions by the keyword in the rule file. */
export type Actions = Readonly<Record<string, Action>>;
