import type { z } from 'zod';
import { localPath, variableName } from '../params/names.ts';
import { checkOneOf } from '../params/one-of.ts';
import type { Zod } from '../port.ts';
import { isUrlWith, REDIS_PROTOCOLS } from '../secrets/url.ts';

export interface PublishParams {
  readonly url?: string | undefined;
  readonly url_env?: string | undefined;
  readonly url_file?: string | undefined;
  readonly stream?: string | undefined;
  readonly channel?: string | undefined;
  readonly max_length?: number | undefined;
}

export function publishParams(zod: Zod): z.ZodType<PublishParams> {
  const name = zod.string().min(1, 'must not be empty').max(1000);
  return zod
    .strictObject({
      url: zod
        .string()
        .refine((url) => isUrlWith(url, REDIS_PROTOCOLS), 'is no URL of the form redis://…, rediss://… or unix:///…')
        .optional()
        .meta({
          description: 'Redis or Valkey. A URL that holds a password is better kept in `url_env` or `url_file`.',
        }),
      url_env: variableName(zod).optional().meta({ description: 'Environment variable that holds the URL.' }),
      url_file: localPath(zod).optional().meta({ description: 'File that holds the URL.' }),
      stream: name.optional().meta({ description: 'Stream to append to: one entry for each match.' }),
      channel: name
        .optional()
        .meta({ description: 'Channel to publish to: who does not listen at that moment misses it.' }),
      max_length: zod.int().min(1).optional().meta({ description: 'The stream is trimmed to about so many entries.' }),
    })
    .superRefine((params, context) => {
      checkOneOf(params, ['url', 'url_env', 'url_file'], context);
      checkOneOf(params, ['stream', 'channel'], context);
      if (params.max_length !== undefined && params.channel !== undefined)
        context.addIssue({ code: 'custom', message: 'is for streams only', path: ['max_length'] });
    });
}
