import { outsideOutcome } from '../outside-outcome.ts';
import type { ActionContext, ActionInput, ActionOutcome, MailServer, Outside } from '../port.ts';
import { MailBatch } from './batch.ts';
import { type MailItem, mailItem, mailMessage } from './message.ts';
import type { EmailParams } from './schema.ts';

const USUAL_PORT = { tls: 465, starttls: 587, none: 25 } as const;

/** One engine has one `Outside`. */
const batches = new WeakMap<Outside, Map<string, MailBatch>>();

export async function sendEmail(input: ActionInput<EmailParams>, context: ActionContext): Promise<ActionOutcome> {
  const { params } = input;
  const item = mailItem(input);
  const send = (items: readonly [MailItem, ...MailItem[]]) => sendItems(items, params, context);
  if (params.batch === 0) return await send([item]);
  return await batchOf(input, context).ask(item, params.batch, context.clock.now(), send);
}

async function sendItems(
  items: readonly [MailItem, ...MailItem[]],
  params: EmailParams,
  { outside, signal }: ActionContext,
): Promise<ActionOutcome> {
  try {
    await outside.mail(mailMessage(items, params), mailServer(params, outside), signal);
    const about = items.length === 1 ? '' : `, one of ${items.length} matches in one mail`;
    return { kind: 'done', note: `mailed to ${params.to.join(', ')}${about}` };
  } catch (error) {
    const remedy = 'Correct the rule or the mail server; then retry the job.';
    return outsideOutcome(error, { signal, target: `host:${params.server.host}`, remedy });
  }
}

/** Rules may have changed while jobs of the old ones are open: what differs in its parameters is another mail. */
function batchOf({ job, params }: ActionInput<EmailParams>, { outside }: ActionContext): MailBatch {
  const known = batches.get(outside) ?? new Map<string, MailBatch>();
  batches.set(outside, known);
  const key = JSON.stringify([job.rule, job.step, params]);
  const batch = known.get(key) ?? new MailBatch();
  known.set(key, batch);
  return batch;
}

/** @throws OutsideError */
export function mailServer({ server, timeout }: EmailParams, outside: Outside): MailServer {
  const { host, security, port = USUAL_PORT[security], user } = server;
  const login =
    user === undefined
      ? {}
      : { user, password: outside.secret({ env: server.password_env, file: server.password_file }) };
  return { host, port, security, ...login, timeoutMs: timeout };
}
