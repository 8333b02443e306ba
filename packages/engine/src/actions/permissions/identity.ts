import type { z } from 'zod';
import { type Identity, QumuloApiError } from '@qwarden/qumulo-client';
import { call } from '../files/call.ts';
import { failed } from '../files/stop.ts';
import type { ActionContext, Zod } from '../port.ts';

const ACCEPTED = 'Accepted: 500 (auth id), uid:1001, gid:1001, joe, user:joe, group:staff, sid:S-1-5-…, everyone.';
const SID = /^S-1(-\d+)+$/;
const HIGHEST_POSIX = 2 ** 32 - 1;

/** A user or group as people write them; undefined when it is none. */
export function parseIdentity(text: string): Identity | undefined {
  if (/^\d{1,20}$/.test(text)) return { auth_id: text };
  if (text.toLowerCase() === 'everyone') return { sid: 'S-1-1-0' };
  const [, prefix, value = ''] = /^(?:(uid|gid|sid|user|group):)?(.*)$/s.exec(text) ?? [];
  if (value.trim() === '') return undefined;
  const kind = prefix ?? (SID.test(value) ? 'sid' : 'name');
  switch (kind) {
    case 'uid':
    case 'gid':
      return /^\d{1,10}$/.test(value) && Number(value) <= HIGHEST_POSIX ? { [kind]: Number(value) } : undefined;
    case 'sid':
      return SID.test(value) ? { sid: value } : undefined;
    default:
      return { name: value };
  }
}

/** Text; a number in a rule is an auth id. */
export function identityText(zod: Zod): z.ZodType<string, string | number> {
  return zod
    .union([zod.string(), zod.int().min(0).transform(String)])
    .refine((text) => parseIdentity(text) !== undefined, {
      error: ({ input }) => `"${String(input)}" names nobody. ${ACCEPTED}`,
    });
}

export function needsLookUp(text: string): boolean {
  return parseIdentity(text)?.auth_id === undefined;
}

/**
 * The auth id of a user or group.
 * @throws Stop `failed` when the cluster knows nobody of that name
 */
export async function authIdOf(context: ActionContext, text: string): Promise<string> {
  const wanted = parseIdentity(text) ?? { name: text };
  if (typeof wanted.auth_id === 'string') return wanted.auth_id;
  try {
    const { data } = await context.cluster.identity.find(wanted, call(context));
    if (data.auth_id !== null) return data.auth_id;
  } catch (error) {
    if (!(error instanceof QumuloApiError) || ![400, 403, 404].includes(error.status)) throw error;
    if (error.status === 403) {
      throw failed(
        `The cluster does not tell who "${text}" is: ${error.errorClass}: ${error.description}`,
        'Give the user of qwarden a role with PRIVILEGE_IDENTITY_READ, or write the auth id in the rule; then retry the job (qwarden dead retry).',
      );
    }
  }
  throw failed(
    `The cluster knows nobody called "${text}".`,
    'Correct the name in the rule, or make the user or group; then retry the job (qwarden dead retry).',
  );
}
