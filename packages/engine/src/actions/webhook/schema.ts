import type { z } from 'zod';
import { durationParam } from '../params/duration.ts';
import { localPath, variableName } from '../params/names.ts';
import { checkOneOf } from '../params/one-of.ts';
import type { Zod } from '../port.ts';
import { HTTP_PROTOCOLS, isUrlWith } from '../secrets/url.ts';
import { templateText } from '../template/schema.ts';
import { templateBodyProblem } from './formats/template.ts';

export interface WebhookParams {
  readonly url?: string | undefined;
  readonly url_env?: string | undefined;
  readonly url_file?: string | undefined;
  readonly format: 'cloudevents' | 'slack' | 'teams' | 'template';
  readonly text?: string | undefined;
  readonly body?: string | undefined;
  readonly content_type: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly headers_env: Readonly<Record<string, string>>;
  readonly secret_env?: string | undefined;
  readonly secret_file?: string | undefined;
  /** Ms. */
  readonly timeout: number;
  readonly success?: readonly number[] | undefined;
}

/** Ours to set, or the connection's own. */
const RESERVED = /^(?:content-type|content-length|transfer-encoding|connection|host|qwarden-signature)$/i;

export function webhookParams(zod: Zod): z.ZodType<WebhookParams> {
  const headerName = zod
    .string()
    .regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/, 'is no name of an HTTP header')
    .refine((name) => !RESERVED.test(name), 'is a header that qwarden sets itself');
  return zod
    .strictObject({
      url: zod
        .string()
        .refine((url) => isUrlWith(url, HTTP_PROTOCOLS), 'is no URL of the form https://…')
        .optional()
        .meta({ description: 'Where to. A URL that holds a token is better kept in `url_env` or `url_file`.' }),
      url_env: variableName(zod).optional().meta({ description: 'Environment variable that holds the URL.' }),
      url_file: localPath(zod).optional().meta({ description: 'File that holds the URL.' }),
      format: zod.enum(['cloudevents', 'slack', 'teams', 'template']).default('cloudevents').meta({
        description: 'CloudEvents 1.0 as JSON, a message to Slack or Teams, or the text of `body`.',
      }),
      text: templateText(zod)
        .optional()
        .meta({ description: 'Message to Slack or Teams. Default: rule, event and path.' }),
      body: templateText(zod)
        .optional()
        .meta({
          description: 'What `format: template` sends. Values are escaped as within a JSON string, so quote them.',
          examples: ['{"file": "{{path}}"}'],
        }),
      content_type: zod
        .string()
        .regex(/^[\w.+-]+\/[\w.+-]+(?:\s*;[\x20-\x7e]*)?$/, 'is no content type')
        .default('application/json')
        .meta({ description: 'Content type of `body`.' }),
      headers: zod.record(headerName, templateText(zod)).default({}).meta({ description: 'More headers; templates.' }),
      headers_env: zod
        .record(headerName, variableName(zod))
        .default({})
        .meta({ description: 'More headers, each with the environment variable that holds its value.' }),
      secret_env: variableName(zod).optional().meta({ description: 'Environment variable with the key to sign with.' }),
      secret_file: localPath(zod).optional().meta({ description: 'File with the key to sign with.' }),
      timeout: durationParam(zod, { otherwise: '10s', leastMs: 100, mostMs: 300_000 }).meta({
        description: 'For the whole exchange.',
      }),
      success: zod.array(zod.int().min(200).max(299)).min(1).optional().meta({
        description: 'Answers that count as success. Default: every 2xx.',
      }),
    })
    .superRefine((params, context) => {
      checkOneOf(params, ['url', 'url_env', 'url_file'], context);
      checkOneOf(params, ['secret_env', 'secret_file'], context, { required: false });
      const issue = (key: string, message: string) => context.addIssue({ code: 'custom', message, path: [key] });
      if (params.format === 'template' && params.body === undefined) issue('body', '`format: template` needs it');
      if (params.format !== 'template' && params.body !== undefined) issue('body', 'is for `format: template` only');
      if (params.text !== undefined && params.format !== 'slack' && params.format !== 'teams')
        issue('text', 'is for Slack and Teams only');
      if (params.body === undefined) return;
      const problem = templateBodyProblem(params.body, params.content_type);
      if (problem !== undefined) issue('body', problem);
    });
}
