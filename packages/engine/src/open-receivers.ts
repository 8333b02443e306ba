import type { Clock, QumuloClient } from '@qwarden/qumulo-client';
import { type ActionContext, type Outside, OutsideError } from './actions/port.ts';
import { type Receiver, receiversOf, TEST_MARK, type Unnamed } from './actions/receivers.ts';
import { type Finding, findingsOf } from './examine/finding.ts';
import { createReach } from './outside/reach.ts';
import { Targets } from './outside/targets.ts';
import type { RuleSet } from './rules/rule.ts';
import { oneLine } from './text/one-line.ts';

export interface ReceiversDeps {
  /** Only its address is used: it stands in CloudEvents. */
  readonly client: QumuloClient;
  readonly outside: Outside;
  readonly clock: Clock;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** CAs to trust instead of those of this machine (PEM). */
  readonly ca?: string | undefined;
  /** What rules may reach, as for `createOutside`. */
  readonly allowed?: readonly string[] | undefined;
  readonly signal: AbortSignal;
}

/**
 * Can the receivers of the rules be reached (mail servers, webhooks, Redis, programs), and are their secrets there? With `sendTest` each mail
 * server and webhook gets a test, marked as one, on the way that the actions take.
 */
export async function examineReceivers(
  rules: RuleSet['rules'],
  sendTest: boolean,
  deps: ReceiversDeps,
): Promise<Finding[]> {
  const { client, outside, clock, signal } = deps;
  const context: ActionContext = {
    cluster: client,
    clock,
    random: Math.random,
    signal,
    outside,
    effect: () => Promise.reject(new Error('Nothing is done on the cluster here.')),
    namesOf: () => [],
    isLocked: () => Promise.resolve(false),
    standing: () => Promise.resolve('outside'),
  };
  const targets = new Targets(deps);
  const reach = createReach(clock, deps.ca, targets);
  const found: Finding[] = [];
  // One after another: so few, and a receiver may be asked for by several rules.
  for (const receiver of receiversOf(rules, context, deps.environment)) {
    found.push(await examine(receiver, sendTest, { reach, targets, signal }));
  }
  return found;
}

async function examine(
  receiver: Receiver | Unnamed,
  sendTest: boolean,
  { reach, targets, signal }: { reach: ReturnType<typeof createReach>; targets: Targets; signal: AbortSignal },
): Promise<Finding> {
  const { check, rule } = receiver;
  const make = findingsOf(check);
  const what = `The ${WORDS[check]} of rule ${JSON.stringify(oneLine(rule))}`;
  const remedy = 'Correct the rule, or what it names (the variable, the file, the host, the certificate).';
  if ('error' in receiver) return make.failed(`${what}: ${reasonOf(receiver.error)}.`, remedy);
  const { shown, at, test, program } = receiver;
  try {
    if (program !== undefined) targets.demandProgram(program);
    if (at !== undefined) await reach(at, signal);
  } catch (error) {
    return make.failed(`${what} cannot be reached: ${reasonOf(error)}.`, remedy);
  }
  if (!sendTest || test === undefined) {
    const more = test === undefined || sendTest ? '' : ' Nothing was sent: --send-test does.';
    return make.ok(`${what}${check === 'program' ? ' can be run' : ' can be reached'} (${oneLine(shown)}).${more}`);
  }
  const outcome = await test();
  if (outcome.kind === 'done') return make.ok(`${what} has taken a message marked "${TEST_MARK}" (${oneLine(shown)}).`);
  const why = 'reason' in outcome ? outcome.reason : 'note' in outcome ? outcome.note : outcome.kind;
  return make.failed(`${what} did not take the test: ${oneLine(why)}.`, 'remedy' in outcome ? outcome.remedy : remedy);
}

const WORDS = { mail: 'mail server', webhook: 'webhook', publish: 'Redis', program: 'program' } as const;

/** Errors of others may repeat what must not be told: only their code. */
function reasonOf(error: unknown): string {
  if (error instanceof OutsideError) return oneLine(error.message);
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (code === 'ENOENT') return 'there is no such program';
  return code === 'EACCES' ? 'this user may not run it' : `it cannot be used (${code})`;
}
