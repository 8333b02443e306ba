import { outsideOutcome } from '../outside-outcome.ts';
import type { ActionContext, ActionInput, ActionOutcome } from '../port.ts';
import { REDIS_PROTOCOLS, readSecretUrl } from '../secrets/url.ts';
import { describeSource, valueFrom } from '../secrets/value.ts';
import { publishedMessage } from './message.ts';
import type { PublishParams } from './schema.ts';

export async function publishEvent(input: ActionInput<PublishParams>, context: ActionContext): Promise<ActionOutcome> {
  const { signal, outside } = context;
  let target: 'file' | `host:${string}` = 'file';
  try {
    const { url, host } = broker(input, context);
    target = `host:${host}`;
    const message = publishedMessage(input, url);
    await outside.publish(message, signal);
    return { kind: 'done', note: `published to the ${message.kind} ${message.name} of ${host}` };
  } catch (error) {
    const remedy = 'Correct the rule, or what it names (the variable, the file, the server); then retry the job.';
    return outsideOutcome(error, { signal, target, remedy });
  }
}

/** @throws OutsideError */
export function broker(
  { params }: ActionInput<PublishParams>,
  { outside }: ActionContext,
): { url: string; host: string } {
  const source = { value: params.url, env: params.url_env, file: params.url_file };
  const url = valueFrom(outside, source).trim();
  const { host } = readSecretUrl(url, REDIS_PROTOCOLS, describeSource(source, 'url'));
  return { url, host };
}
