import { renderQuoted } from '../message/values.ts';
import { type ActionContext, type ActionInput, type HttpRequest, type Outside, OutsideError } from '../port.ts';
import { HTTP_PROTOCOLS, readSecretUrl } from '../secrets/url.ts';
import { describeSource, valueFrom } from '../secrets/value.ts';
import { eventId } from '../message/event.ts';
import type { Asked } from './answer.ts';
import { cloudEvent } from './formats/cloudevents.ts';
import type { Payload } from './formats/payload.ts';
import { slackMessage } from './formats/slack.ts';
import { teamsMessage } from './formats/teams.ts';
import { templateBody } from './formats/template.ts';
import type { WebhookParams } from './schema.ts';
import { SIGNATURE_HEADER, signature } from './sign.ts';

type Input = ActionInput<WebhookParams>;

/** As much of an answer as its words need. */
const MOST_READ = 64 * 1024;

export function payload(input: Input, context: ActionContext): Payload {
  const { format, text, body = '', content_type } = input.params;
  switch (format) {
    case 'cloudevents':
      return cloudEvent(input, context.cluster.options);
    case 'slack':
      return slackMessage(input, text);
    case 'teams':
      return teamsMessage(input, text);
    case 'template':
      return templateBody(input, body, content_type);
    default:
      return format satisfies never;
  }
}

/** Where it goes. @throws OutsideError */
export function addressee({ params }: Input, { outside }: ActionContext): Asked {
  const source = { value: params.url, env: params.url_env, file: params.url_file };
  const url = valueFrom(outside, source).trim();
  return { url, ...readSecretUrl(url, HTTP_PROTOCOLS, describeSource(source, 'url')) };
}

/** The request, with all that must not be told of it. @throws OutsideError */
export function webhookRequest(input: Input, context: ActionContext): { request: HttpRequest; asked: Asked } {
  const { params } = input;
  const { outside, clock } = context;
  const asked = addressee(input, context);
  const secrets = [...asked.secrets];
  const { contentType, body } = payload(input, context);
  const headers: Record<string, string> = {};
  for (const [name, template] of Object.entries(params.headers))
    headers[name.toLowerCase()] = renderQuoted(template, input, headerValue);
  for (const [name, env] of Object.entries(params.headers_env))
    headers[name.toLowerCase()] = fromVariable(outside, env);
  // Of `Bearer abc`, `abc` is a secret too.
  for (const value of Object.values(headers)) secrets.push(value, ...value.split(' '));
  headers['content-type'] = contentType;
  headers['user-agent'] ??= 'qwarden';
  headers['idempotency-key'] ??= eventId(input);
  if (params.secret_env !== undefined || params.secret_file !== undefined) {
    const key = outside.secret({ env: params.secret_env, file: params.secret_file });
    const signed = signature(body, key, clock.now());
    // Whoever reads it could send the same once more within the minutes that it is good for.
    secrets.push(key, signed);
    headers[SIGNATURE_HEADER] = signed;
  }
  const request: HttpRequest = {
    method: 'POST',
    url: asked.url,
    headers,
    body,
    timeoutMs: params.timeout,
    maxBytes: MOST_READ,
  };
  return { request, asked: { ...asked, secrets } };
}

function fromVariable(outside: Outside, env: string): string {
  const value = outside.secret({ env });
  if (!/[^\t\x20-\x7e\x80-\xff]/.test(value)) return value;
  throw new OutsideError(`the variable ${env} holds a character that no header may have`, { transient: false });
}

/** Headers are ASCII here: what is more is percent-encoded, line breaks above all, and the percent sign itself, so that decoding gives the value. */
function headerValue(value: string): string {
  return value.toWellFormed().replace(/[^\x20-\x24\x26-\x7e]/gu, (character) => encodeURIComponent(character));
}
