import type { z } from 'zod';
import { durationParam } from '../params/duration.ts';
import { localPath, variableName } from '../params/names.ts';
import { checkOneOf } from '../params/one-of.ts';
import type { Zod } from '../port.ts';
import { templateText } from '../template/schema.ts';

export interface EmailParams {
  readonly to: readonly string[];
  readonly from: string;
  readonly subject: string;
  readonly text: string;
  readonly server: {
    readonly host: string;
    readonly port?: number | undefined;
    readonly security: 'tls' | 'starttls' | 'none';
    readonly user?: string | undefined;
    readonly password_env?: string | undefined;
    readonly password_file?: string | undefined;
  };
  /** Ms; 0 = one mail each, at once. */
  readonly batch: number;
  /** Ms. */
  readonly timeout: number;
}

const LOOPBACK = /^(?:localhost|127\.\d+\.\d+\.\d+|::1)$/;

export function emailParams(zod: Zod): z.ZodType<EmailParams> {
  const address = zod
    .string()
    .regex(
      /^(?:[^<>@,;"\\\r\n]* <[^\s<>@,;"\\]+@[^\s<>@,;"\\]+>|[^\s<>@,;"\\]+@[^\s<>@,;"\\]+)$/,
      'is no mail address: ops@example.com or Operations <ops@example.com>',
    );
  const server = zod
    .strictObject({
      host: zod
        .string()
        .regex(/^[A-Za-z0-9_.:-]+$/, 'is no host name or address')
        .meta({ description: 'SMTP server.' }),
      port: zod
        .int()
        .min(1)
        .max(65_535)
        .optional()
        .meta({ description: 'Default: 465 with tls, 587 with starttls, 25 without.' }),
      security: zod.enum(['tls', 'starttls', 'none']).meta({
        description: 'TLS from the beginning, TLS after STARTTLS (and no mail without it), or none.',
      }),
      user: zod.string().min(1).optional().meta({ description: 'Who logs in. Without it nobody does.' }),
      password_env: variableName(zod).optional().meta({ description: 'Environment variable with the password.' }),
      password_file: localPath(zod).optional().meta({ description: 'File with the password.' }),
    })
    .superRefine((given, context) => {
      const passwords = ['password_env', 'password_file'] as const;
      if (given.user !== undefined) checkOneOf(given, passwords, context);
      const issue = (key: string, message: string) => context.addIssue({ code: 'custom', message, path: [key] });
      if (given.user === undefined && passwords.some((key) => given[key] !== undefined))
        issue('user', 'a password needs a user');
      if (given.user !== undefined && given.security === 'none' && !LOOPBACK.test(given.host))
        issue('security', 'without TLS the password could be read on the way: use tls or starttls');
    });
  return zod.strictObject({
    to: zod
      .union([address, zod.array(address).min(1).max(100)])
      .transform((to) => (typeof to === 'string' ? [to] : to))
      .meta({ description: 'One address or a list.' }),
    from: address.meta({ description: 'Sender.' }),
    subject: templateText(zod)
      .default('{{rule}}: {{name}}')
      .meta({ description: 'Of a mail about several files it is that of the first, with their number behind it.' }),
    text: templateText(zod)
      .default('{{timestamp}} {{event}} {{path}}')
      .meta({ description: 'What stands in the mail for each file.' }),
    server,
    batch: durationParam(zod, { otherwise: '1m', leastMs: 0, mostMs: 86_400_000 }).meta({
      description: 'All matches of the rule in such a time go into one mail. 0s: one mail each, at once.',
    }),
    timeout: durationParam(zod, { otherwise: '30s', leastMs: 100, mostMs: 600_000 }).meta({
      description: 'For the whole exchange with the server.',
    }),
  });
}
