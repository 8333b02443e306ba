import type { NfsRestriction, ShareNetworkPermission } from '@qwarden/qumulo-client';
import { z } from 'zod';

/** In the order in which they are stopped: a call for a tenant stops more than any other. */
export const PART_KINDS = ['tenant', 's3', 'ftp', 'export', 'share'] as const;
export type PartKind = (typeof PART_KINDS)[number];

/** What of an object stops writes, in the form in which the cluster gives and takes it. Nothing else of the object is ever sent. */
export type PartConfig = Readonly<Record<string, unknown>>;

const restriction = z.looseObject({ read_only: z.boolean() });
const networkPermission = z.looseObject({ type: z.enum(['ALLOWED', 'DENIED']), rights: z.array(z.string()) });

/** Keys of later releases inside the lists go along: what came must go back. */
export const configShapes = {
  tenant: z.object({ nfs_enabled: z.boolean(), smb_enabled: z.boolean() }),
  s3: z.object({ enabled: z.boolean() }),
  ftp: z.object({ enabled: z.boolean() }),
  export: z.object({
    restrictions: z.custom<NfsRestriction[]>((list) => z.array(restriction).safeParse(list).success),
  }),
  share: z.object({
    network_permissions: z.custom<ShareNetworkPermission[]>(
      (list) => z.array(networkPermission).safeParse(list).success,
    ),
  }),
} satisfies Record<PartKind, z.ZodType>;

export const stopScope = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('cluster') }),
  z.object({ kind: z.enum(['share', 'export', 'tenant']), name: z.string() }),
]);
export type StopScope = z.infer<typeof stopScope>;

export const stopModes = ['both', 'read-only'] as const;
export type StopMode = (typeof stopModes)[number];

const config = z.record(z.string(), z.unknown());
const part = z
  .object({
    kind: z.enum(PART_KINDS),
    /** Of the cluster; `''` for S3 and FTP, of which there is one. */
    id: z.string(),
    /** For people. */
    name: z.string(),
    /** How it was before the stop. Never changes once it is kept. */
    before: config,
    /** How the cluster shows it since the stop; null until it was read back. */
    left: config.nullable(),
    /** What somebody else made of it between the first look and the stop: a resume to `before` would undo it. */
    meanwhile: config.nullable(),
    /** Back as it was before. */
    restored: z.boolean(),
  })
  .refine((one) => configShapes[one.kind].safeParse(one.before).success, 'its configuration cannot be read');
export type StopPart = z.infer<typeof part>;

/** One stop: what it was for, and all that is needed to take it back. */
export const stopRecord = z.object({
  version: z.literal(1),
  /** Names it, in the command line too. */
  id: z.string().regex(/^[\w-]+$/),
  clusterId: z.string(),
  /** Address of the cluster, for people. */
  cluster: z.string(),
  scope: stopScope,
  mode: z.enum(stopModes),
  /** What fired it. */
  cause: z.object({ rule: z.string(), path: z.string(), change: z.string() }),
  /** Jobs that have worked on it: one that runs again after the stop was taken back must not make it anew. */
  jobs: z.array(z.string()),
  /**
   * - `stopping` a run has begun and has not been able to stop everything (yet): the next one completes it
   * - `stopped` all of it is
   * - `resuming` a resume has begun, or could not restore everything (yet)
   * - `over` nothing is to be restored any more
   */
  state: z.enum(['stopping', 'stopped', 'resuming', 'over']),
  startedAt: z.string(),
  endedAt: z.string().nullable(),
  parts: z.array(part),
});
export type StopRecord = z.infer<typeof stopRecord>;

/** Stops with the same key are one and the same. */
export function stopKey({ scope, mode }: Pick<StopRecord, 'scope' | 'mode'>): string {
  return JSON.stringify([scope.kind, scope.kind === 'cluster' ? '' : scope.name, mode]);
}
