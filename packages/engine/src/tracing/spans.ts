import { AsyncLocalStorage } from 'node:async_hooks';
import {
  type Attributes,
  type HrTime,
  ROOT_CONTEXT,
  type Span,
  type SpanContext,
  SpanKind,
  SpanStatusCode,
  trace,
  TraceFlags,
  type Tracer,
} from '@opentelemetry/api';
import { type IdGenerator, RandomIdGenerator } from '@opentelemetry/sdk-trace';
import type { Clock, RequestInfo } from '@qwarden/qumulo-client';
import type { ActionOutcome } from '../actions/port.ts';
import { actionLabel } from '../metrics/action-label.ts';
import { jobHandle } from '../queue/handle.ts';
import type { JobEnd, RuleJob } from '../queue/port.ts';
import { idOfJob, idsOfChange } from './ids.ts';
import type { Attempt, MadeJob, Tracing } from './port.ts';

const HASH_DIGITS = 12;

/** Gives the ids that are asked for once, and random ones otherwise. */
export class ChosenIds implements IdGenerator {
  readonly #random = new RandomIdGenerator();
  #traceId: string | undefined;
  #spanId: string | undefined;

  /** Of the span that `make` begins. */
  with<T>(ids: { readonly traceId?: string; readonly spanId: string }, make: () => T): T {
    this.#traceId = ids.traceId;
    this.#spanId = ids.spanId;
    try {
      return make();
    } finally {
      this.#traceId = undefined;
      this.#spanId = undefined;
    }
  }

  generateTraceId(): string {
    return this.#traceId ?? this.#random.generateTraceId();
  }

  generateSpanId(): string {
    return this.#spanId ?? this.#random.generateSpanId();
  }
}

export interface SpanTracingOptions {
  readonly tracer: Tracer;
  /** Those that the tracer takes its ids from. */
  readonly ids: ChosenIds;
  /** Is the trace of that id kept? The same in every process. */
  readonly isKept: (traceId: string) => boolean;
  readonly clock: Clock;
  readonly close: () => Promise<void>;
}

/**
 * Spans of OpenTelemetry: `change` (from its receipt until rules have decided, durably), below it `decide` and each `job`, below that each
 * attempt of an action, below that the calls of the cluster. What is in them are kinds, numbers, and ids with which `qwarden why` and `qwarden
 * jobs show` tell more: no path, no name of a rule, no message. They may be confidential, and leave the house with the traces.
 */
export class SpanTracing implements Tracing {
  readonly #o: SpanTracingOptions;
  readonly #attempting = new AsyncLocalStorage<SpanContext>();

  constructor(options: SpanTracingOptions) {
    this.#o = options;
  }

  decided(jobs: readonly MadeJob[], since: number): void {
    const { tracer, ids, isKept, clock } = this.#o;
    const end = hrTime(clock.now());
    for (const [first, count] of byChange(jobs)) {
      const { change } = first;
      const { traceId, rootId } = idsOfChange(change);
      if (!isKept(traceId)) continue;
      const attributes = {
        'qwarden.change.type': change.type,
        'qwarden.change.found': change.found ?? 'stream',
        'qwarden.file.id': first.fileId,
      };
      const startTime = hrTime(Math.min(change.at, since));
      const whole = ids.with({ traceId, spanId: rootId }, () =>
        tracer.startSpan('change', { root: true, kind: SpanKind.CONSUMER, startTime, attributes }, ROOT_CONTEXT),
      );
      const deciding = { 'qwarden.matches': count, 'qwarden.rule_set': first.ruleSet.slice(0, HASH_DIGITS) };
      tracer
        .startSpan('decide', { startTime: hrTime(since), attributes: deciding }, below(whole.spanContext()))
        .end(end);
      whole.end(end);
    }
  }

  async attempt(about: Attempt, make: () => Promise<ActionOutcome>): Promise<ActionOutcome> {
    const { tracer, clock } = this.#o;
    const parent = this.#jobContext(about.job);
    if (parent === undefined) return await make();
    const action = actionLabel(about.action);
    const attributes = { 'qwarden.action': action, 'qwarden.step': about.step + 1, 'qwarden.attempt': about.attempt };
    const startedAt = clock.now();
    const started = clock.monotonic();
    const options = { startTime: hrTime(startedAt), attributes };
    const span = tracer.startSpan(`action ${action}`, options, below(parent));
    try {
      const outcome = await this.#attempting.run(span.spanContext(), make);
      concluded(span, outcome);
      return outcome;
    } catch (error) {
      span.setStatus({ code: SpanStatusCode.ERROR });
      throw error;
    } finally {
      span.end(hrTime(startedAt + clock.monotonic() - started));
    }
  }

  ended(job: RuleJob, end: JobEnd): void {
    if (end.kind === 'again') return;
    const { tracer, ids, isKept, clock } = this.#o;
    const { traceId, rootId } = idsOfChange(job.change);
    if (!isKept(traceId)) return;
    const attributes: Attributes = {
      'qwarden.job': jobHandle(job.key),
      'qwarden.file.id': job.fileId,
      'qwarden.rule_set': job.ruleSet.slice(0, HASH_DIGITS),
      'qwarden.settle_ms': job.settleMs,
      'qwarden.outcome': end.kind,
    };
    const span = ids.with({ spanId: idOfJob(job) }, () =>
      tracer.startSpan('job', { startTime: hrTime(job.armedAt), attributes }, below(contextOf(traceId, rootId))),
    );
    if (end.kind !== 'done') span.setStatus({ code: SpanStatusCode.ERROR });
    span.end(hrTime(clock.now()));
  }

  called({ operation, attempt, status, failure, ms }: RequestInfo): void {
    const parent = this.#attempting.getStore();
    if (parent === undefined) return;
    const { tracer, clock } = this.#o;
    const [method, template] = operation.split(' ', 2);
    const attributes = {
      'http.request.method': method,
      'url.template': template,
      'http.response.status_code': status,
      'http.request.resend_count': attempt > 1 ? attempt - 1 : undefined,
      'error.type': failure ?? (status !== undefined && status >= 400 ? String(status) : undefined),
    };
    const end = clock.now();
    const options = { kind: SpanKind.CLIENT, startTime: hrTime(end - ms), attributes };
    const span = tracer.startSpan(operation, options, below(parent));
    if (attributes['error.type'] !== undefined) span.setStatus({ code: SpanStatusCode.ERROR });
    span.end(hrTime(end));
  }

  async close(): Promise<void> {
    await this.#o.close();
  }

  /** Undefined: its trace is not kept. */
  #jobContext(job: MadeJob): SpanContext | undefined {
    const { traceId } = idsOfChange(job.change);
    return this.#o.isKept(traceId) ? contextOf(traceId, idOfJob(job)) : undefined;
  }
}

/** One job of each change, and how many there are of it. */
function byChange(jobs: readonly MadeJob[]): Iterable<readonly [MadeJob, number]> {
  const found = new Map<string, readonly [MadeJob, number]>();
  for (const job of jobs) {
    const [first, count] = found.get(job.change.id) ?? [job, 0];
    found.set(job.change.id, [first, count + 1]);
  }
  return found.values();
}

function concluded(span: Span, outcome: ActionOutcome): void {
  span.setAttribute('qwarden.outcome', outcome.kind);
  if (outcome.kind === 'failed' || outcome.kind === 'transient') span.setStatus({ code: SpanStatusCode.ERROR });
}

function contextOf(traceId: string, spanId: string): SpanContext {
  return { traceId, spanId, traceFlags: TraceFlags.SAMPLED, isRemote: true };
}

function below(parent: SpanContext) {
  return trace.setSpanContext(ROOT_CONTEXT, parent);
}

/** The library takes small numbers for times since the process began. */
function hrTime(ms: number): HrTime {
  const seconds = Math.floor(ms / 1000);
  return [seconds, Math.round((ms - seconds * 1000) * 1_000_000)];
}
