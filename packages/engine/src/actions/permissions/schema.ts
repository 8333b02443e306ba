import type { z } from 'zod';
import type { Ace } from '@qwarden/qumulo-client';
import type { Zod } from '../port.ts';
import { identityText } from './identity.ts';
import { FLAG_WORDS, type FlagWord, isFlagWord, RIGHT_WORDS, RIGHTS, type RightWord } from './words.ts';

export interface EntryWanted {
  readonly type: Ace['type'];
  readonly trustee: string;
  readonly rights: readonly RightWord[];
  readonly flags: readonly FlagWord[];
}

export interface EntryUnwanted {
  readonly trustee: string;
  /** Undefined = both. */
  readonly type?: Ace['type'] | undefined;
}

export interface AclParams {
  readonly add?: readonly EntryWanted[] | undefined;
  readonly remove?: readonly EntryUnwanted[] | undefined;
  readonly replace?: readonly EntryWanted[] | undefined;
}

export interface PermissionsParams {
  /** Four octal digits. */
  readonly mode?: string | undefined;
  readonly owner?: string | undefined;
  readonly group?: string | undefined;
  readonly acl?: AclParams | undefined;
  readonly read_only?: boolean | undefined;
}

export function permissionsParams(zod: Zod): z.ZodType<PermissionsParams> {
  const mode = zod
    .string({ error: 'Write the mode in quotes: "0640". Without them it is another number.' })
    .regex(/^[0-7]{3,4}$/, 'Write the mode in octal: "0640".')
    .transform((text) => text.padStart(4, '0'))
    .meta({ description: 'POSIX mode, octal, in quotes. The cluster rewrites the ACL for it.', examples: ['0640'] });
  return zod
    .strictObject({
      mode: mode.optional(),
      owner: identityText(zod)
        .optional()
        .meta({ description: 'An auth id, uid:1001, user:joe, sid:S-1-…. The cluster rewrites the ACL for it.' }),
      group: identityText(zod).optional().meta({ description: 'As owner, or gid:1001, group:staff.' }),
      acl: aclParams(zod).optional().meta({
        description:
          'Entries of the access control list: to `add`, to `remove`, or all of them (`replace`). Entries that allow have SYNCHRONIZE always, which SMB clients need to open a file; entries that deny have it only by that name.',
      }),
      read_only: zod.boolean().optional().meta({ description: 'The DOS attribute.' }),
    })
    .refine((params) => Object.values(params).some((value) => value !== undefined), {
      message: 'Give at least one of mode, owner, group, acl, read_only.',
    })
    .refine(({ mode, acl }) => mode === undefined || acl === undefined, {
      message: 'A mode rewrites the ACL, and an ACL changes the mode: give one of them.',
    });
}

function aclParams(zod: Zod): z.ZodType<AclParams> {
  const type = zod
    .enum(['allow', 'deny', 'ALLOWED', 'DENIED'])
    .transform((word): Ace['type'] => (word === 'allow' || word === 'ALLOWED' ? 'ALLOWED' : 'DENIED'));
  const trustee = zod
    .union([identityText(zod), zod.strictObject({ auth_id: zod.string() }).transform(({ auth_id }) => auth_id)])
    .meta({ description: 'An auth id, uid:1001, gid:1001, user:joe, group:staff, sid:S-1-…, everyone.' });
  const flag = zod
    .string()
    .refine(isFlagWord, { error: ({ input }) => `"${String(input)}" is none of ${FLAG_WORDS.join(', ')}` });
  const wanted: z.ZodType<EntryWanted> = zod.strictObject({
    type: type.default('ALLOWED').meta({ description: 'allow or deny. Default: allow.' }),
    trustee,
    rights: zod
      .array(zod.enum([...RIGHT_WORDS, ...RIGHTS]))
      .min(1)
      .meta({
        description:
          'read, write, execute, full, or names of the API. What is allowed has SYNCHRONIZE always, what is denied only by that name: without it SMB clients cannot open the file.',
      }),
    flags: zod
      .array(flag)
      .default([])
      .meta({ description: 'On directories, for whom it is handed down: files, directories, only-below, one-level.' }),
  });
  const unwanted: z.ZodType<EntryUnwanted> = zod.strictObject({ trustee, type: type.optional() });
  return zod
    .strictObject({
      add: zod.array(wanted).min(1).optional(),
      remove: zod
        .array(unwanted)
        .min(1)
        .optional()
        .meta({ description: 'All entries of these trustees; of one type when it is given.' }),
      replace: zod.array(wanted).optional(),
    })
    .refine(({ add, remove, replace }) => add !== undefined || remove !== undefined || replace !== undefined, {
      message: 'Give add, remove or replace.',
    })
    .refine(({ add, remove, replace }) => replace === undefined || (add === undefined && remove === undefined), {
      message: '"replace" is all of the list: it stands alone.',
    });
}
