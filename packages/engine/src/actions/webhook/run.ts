import { outsideOutcome } from '../outside-outcome.ts';
import type { ActionContext, ActionInput, ActionOutcome } from '../port.ts';
import { judge } from './answer.ts';
import { addressee, webhookRequest } from './request.ts';
import type { WebhookParams } from './schema.ts';

export async function sendWebhook(input: ActionInput<WebhookParams>, context: ActionContext): Promise<ActionOutcome> {
  const { signal, outside, clock } = context;
  let target: 'file' | `host:${string}` = 'file';
  try {
    target = `host:${addressee(input, context).host}`;
    const { request, asked } = webhookRequest(input, context);
    return judge(await outside.http(request, signal), input.params, asked, clock.now());
  } catch (error) {
    const remedy = 'Correct the rule, or what it names (the variable, the file, the certificate); then retry the job.';
    return outsideOutcome(error, { signal, target, remedy });
  }
}
