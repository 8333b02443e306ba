import type { Acl, FileAttributes } from '@qwarden/qumulo-client';
import { z } from 'zod';

const identity = z.looseObject({
  domain: z.string().nullish(),
  auth_id: z.string().nullish(),
  uid: z.number().nullish(),
  gid: z.number().nullish(),
  sid: z.string().nullish(),
  name: z.string().nullish(),
});

const aclShape = z.object({
  control: z.array(z.string()),
  posix_special_permissions: z.array(z.string()),
  aces: z.array(
    z.object({ type: z.string(), flags: z.array(z.string()), trustee: identity, rights: z.array(z.string()) }),
  ),
});

/** What a manifest holds: all that is needed to put a file back as it was, and to know why it was taken. Keys stay for ever: people keep these. */
const schema = z.object({
  version: z.literal(1),
  file_id: z.string(),
  type: z.string(),
  /** Absolute, without a slash at the end. */
  path: z.string().startsWith('/'),
  size: z.string(),
  mode: z.string(),
  owner: z.string(),
  group: z.string(),
  acl: z.custom<Acl>((acl) => aclShape.safeParse(acl).success, 'it is no access control list'),
  times: z.object({
    access: z.string(),
    modification: z.string(),
    change: z.string(),
    creation: z.string(),
  }),
  extended_attributes: z.record(z.string(), z.boolean()),
  rule: z.string(),
  change: z.object({ id: z.string(), type: z.string(), path: z.string(), at: z.string() }),
  quarantined_at: z.string(),
  reason: z.string().nullable(),
});

export type Manifest = z.infer<typeof schema>;

export function makeManifest(
  file: FileAttributes,
  acl: Acl,
  why: Pick<Manifest, 'path' | 'rule' | 'change' | 'quarantined_at' | 'reason'>,
): Manifest {
  return {
    version: 1,
    file_id: file.id,
    type: file.type,
    path: why.path,
    size: file.size,
    mode: file.mode,
    owner: file.owner,
    group: file.group,
    acl,
    times: {
      access: file.access_time,
      modification: file.modification_time,
      change: file.change_time,
      creation: file.creation_time,
    },
    extended_attributes: { ...file.extended_attributes },
    rule: why.rule,
    change: why.change,
    quarantined_at: why.quarantined_at,
    reason: why.reason,
  };
}

/** @throws Error that says what is wrong with it, for people */
export function readManifest(text: string): Manifest {
  if (text === '') throw new Error('it is empty: the program ended while it wrote it');
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new Error('it is not JSON');
  }
  const read = schema.safeParse(value);
  if (read.success) return read.data;
  throw new Error(`it is no manifest of qwarden: ${z.prettifyError(read.error).replaceAll(/\s+/g, ' ')}`);
}
