import type { Action } from '../port.ts';
import { describeWebhook } from './dry-run.ts';
import { sendWebhook } from './run.ts';
import { webhookParams, type WebhookParams } from './schema.ts';

/**
 * One POST for each match. It may come twice (an answer that is lost looks like none): `id` of a CloudEvent, and the header `Idempotency-Key`
 * of every format, stay the same over all tries.
 */
export const webhookAction: Action<WebhookParams> = {
  name: 'webhook',
  summary: 'Sends an HTTP POST: CloudEvents, a message to Slack or Teams, or a text of your own.',
  reach: 'outside',
  params: webhookParams,
  effects: () => [],
  privileges: () => [],
  dryRun: (input, context) => Promise.resolve().then(() => describeWebhook(input, context)),
  run: sendWebhook,
};
