import { oneLine } from '../../text/one-line.ts';
import type { Action, ActionContext, ActionInput } from '../port.ts';
import { hostOrWhyNot } from '../secrets/host.ts';
import { publishedMessage } from './message.ts';
import { broker, publishEvent } from './run.ts';
import { publishParams, type PublishParams } from './schema.ts';

/** It may come twice (an answer that is lost looks like none): the field `id` is then the same. */
export const publishAction: Action<PublishParams> = {
  name: 'publish',
  summary: 'Appends to a stream of Redis or Valkey, or publishes to a channel.',
  reach: 'outside',
  params: publishParams,
  effects: () => [],
  privileges: () => [],
  dryRun: (input, context) => Promise.resolve().then(() => describe(input, context)),
  run: publishEvent,
};

function describe(input: ActionInput<PublishParams>, context: ActionContext): string {
  const { kind, name, fields } = publishedMessage(input, '');
  return `would publish to the ${kind} ${name} of ${hostOrWhyNot(() => broker(input, context))}: ${oneLine(JSON.stringify(fields))}`;
}
