import { oneLine } from '../../text/one-line.ts';
import type { ActionContext, ActionInput } from '../port.ts';
import { hostOrWhyNot } from '../secrets/host.ts';
import { describeSource } from '../secrets/value.ts';
import { addressee, payload } from './request.ts';
import type { WebhookParams } from './schema.ts';

export function describeWebhook(input: ActionInput<WebhookParams>, context: ActionContext): string {
  const { params } = input;
  const { contentType, body } = payload(input, context);
  const from = describeSource({ value: params.url, env: params.url_env, file: params.url_file }, 'url');
  const signed = params.secret_env !== undefined || params.secret_file !== undefined ? ', signed' : '';
  return `would send to ${hostOrWhyNot(() => addressee(input, context))} (the address is ${from}) as ${contentType}${signed}: ${oneLine(body)}`;
}
