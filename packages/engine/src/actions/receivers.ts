import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import type { Change } from '../events/change.ts';
import type { Rule, RuleSet, RuleStep } from '../rules/rule.ts';
import { mailServer, sendEmail } from './email/run.ts';
import type { EmailParams } from './email/schema.ts';
import type { ActionContext, ActionInput, ActionOutcome } from './port.ts';
import { broker } from './publish/run.ts';
import type { PublishParams } from './publish/schema.ts';
import { commandSpec } from './run/command.ts';
import type { RunParams } from './run/schema.ts';
import { webhookRequest } from './webhook/request.ts';
import { sendWebhook } from './webhook/run.ts';
import type { WebhookParams } from './webhook/schema.ts';

/** Stands in everything that a test sends, so that nobody takes it for the real thing. */
export const TEST_MARK = 'TEST by qwarden doctor';

/** Somebody outside the cluster whom a rule tells something, or a program that it runs. */
export interface Receiver {
  readonly check: 'mail' | 'webhook' | 'publish' | 'program';
  readonly rule: string;
  /** For people, without secrets: known once `resolve` has not thrown. */
  readonly shown: string;
  /** Where a connection must come about; undefined for programs and local sockets. */
  readonly at: { readonly host: string; readonly port: number; readonly tls: boolean } | undefined;
  /** What is run, as the rule names it. */
  readonly program?: string | undefined;
  /** Sends a test, marked as one; undefined where a test would be taken for the real thing. */
  readonly test: (() => Promise<ActionOutcome>) | undefined;
}

/** One that cannot even be named: a variable is not set, a file cannot be read. */
export interface Unnamed {
  readonly check: Receiver['check'];
  readonly rule: string;
  readonly error: unknown;
}

type Env = Readonly<Record<string, string | undefined>>;

/** The receivers of the rules in force, each once, with all that is needed to reach them read out. */
export function receiversOf(rules: RuleSet['rules'], context: ActionContext, environment: Env): (Receiver | Unnamed)[] {
  const found = new Map<string, Receiver | Unnamed>();
  for (const rule of rules) {
    if (!rule.enabled) continue;
    rule.do.forEach((step, index) => {
      const one = receiverOf(rule, step, index, context, environment);
      if (one === undefined) return;
      const key = 'error' in one ? `${one.check} ${one.rule} ${index}` : `${one.check} ${one.key}`;
      if (!found.has(key)) found.set(key, one);
    });
  }
  return [...found.values()];
}

function receiverOf(
  rule: Rule,
  step: RuleStep,
  index: number,
  context: ActionContext,
  environment: Env,
): (Receiver & { readonly key: string }) | Unnamed | undefined {
  const about = testOf(rule, index, context.clock.now());
  const check = CHECKS[step.action];
  if (check === undefined) return undefined;
  try {
    const { params } = step;
    // What the schema of the action has made of it when the rules were loaded.
    /* oxlint-disable typescript/no-unsafe-type-assertion */
    switch (check) {
      case 'webhook':
        return webhook(about, params as WebhookParams, context);
      case 'mail':
        return mail(about, params as EmailParams, context);
      case 'publish':
        return publish(about, params as PublishParams, context);
      case 'program':
        return program(about, params as RunParams, context, environment);
      default:
        return check satisfies never;
    }
    /* oxlint-enable typescript/no-unsafe-type-assertion */
  } catch (error) {
    return { check, rule: rule.name, error };
  }
}

const CHECKS: Readonly<Record<string, Receiver['check']>> = {
  webhook: 'webhook',
  email: 'mail',
  publish: 'publish',
  run: 'program',
};

type Test = Omit<ActionInput<unknown>, 'params'>;

function webhook(about: Test, params: WebhookParams, context: ActionContext): Receiver & { key: string } {
  const text =
    params.text ??
    (params.format === 'slack' || params.format === 'teams' ? '{{rule}}: {{event}} {{path}}' : undefined);
  const marked: WebhookParams = {
    ...params,
    ...(text === undefined ? {} : { text: `[${TEST_MARK}] ${text}` }),
    headers: { ...params.headers, 'Qwarden-Test': 'true' },
  };
  const input = { ...about, params: marked };
  const { request, asked } = webhookRequest(input, context);
  const { hostname, port, protocol } = new URL(request.url);
  const tls = protocol === 'https:';
  return {
    check: 'webhook',
    rule: plainRule(about),
    shown: asked.host,
    key: `${request.url} ${params.format}`,
    at: { host: unbracketed(hostname), port: Number(port || (tls ? 443 : 80)), tls },
    test: () => sendWebhook(input, context),
  };
}

function mail(about: Test, params: EmailParams, context: ActionContext): Receiver & { key: string } {
  const { host, port, security } = mailServer(params, context.outside);
  const marked: EmailParams = {
    ...params,
    subject: `[${TEST_MARK}] ${params.subject}`,
    text: `This is a test: nothing has happened. So would it look:\n${params.text}`,
    batch: 0,
  };
  return {
    check: 'mail',
    rule: plainRule(about),
    shown: `${host}:${port}, to ${params.to.join(', ')}`,
    key: JSON.stringify([params.server, params.from, params.to]),
    at: { host, port, tls: security === 'tls' },
    test: () => sendEmail({ ...about, params: marked }, context),
  };
}

function publish(about: Test, params: PublishParams, context: ActionContext): Receiver & { key: string } {
  const { url, host } = broker({ ...about, params }, context);
  const { hostname, port, protocol } = new URL(url);
  const local = protocol === 'unix:';
  return {
    check: 'publish',
    rule: plainRule(about),
    shown: host,
    key: url,
    at: local ? undefined : { host: unbracketed(hostname), port: Number(port || 6379), tls: protocol === 'rediss:' },
    // Whoever reads the stream would act on it.
    test: undefined,
  };
}

/** @throws the file system's error when there is no such program, or this user may not run it */
function program(about: Test, params: RunParams, context: ActionContext, environment: Env): Receiver & { key: string } {
  const [command] = commandSpec({ ...about, params }, context.outside).spec.command;
  const places = command.includes('/')
    ? [command]
    : (environment['PATH'] ?? '').split(delimiter).map((place) => join(place, command));
  const found = places.find((place) => mayRun(place));
  if (found === undefined) accessSync(places[0] ?? command, constants.X_OK);
  return {
    check: 'program',
    rule: plainRule(about),
    shown: found ?? command,
    program: command,
    key: `${found} ${params.environment_from.join(' ')}`,
    at: undefined,
    test: undefined,
  };
}

function mayRun(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** A change that never was. Everything that a receiver is shown of it says so. */
function testOf({ name, settleMs }: Rule, step: number, now: number): Test {
  const path = `/${TEST_MARK.replaceAll(' ', '-')}/test.txt`;
  const change: Change = {
    id: `test-${now}.${step}`,
    type: 'child_file_added',
    fileId: '0',
    path,
    movedFrom: null,
    kind: 'file',
    stream: null,
    at: now,
    lineage: 0,
  };
  return {
    change,
    subject: { fileId: '0', path },
    job: {
      key: `${name}\0test`,
      match: change.id,
      rule: `${name} (${TEST_MARK})`,
      step,
      attempt: 1,
      changedAt: now,
      armedAt: now,
      settleMs,
      fresh: true,
    },
    outputs: {},
  };
}

function plainRule({ job }: Test): string {
  return job.rule.slice(0, -` (${TEST_MARK})`.length);
}

function unbracketed(hostname: string): string {
  return hostname.replace(/^\[(.*)\]$/, '$1');
}
