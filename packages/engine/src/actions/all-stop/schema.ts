import type { z } from 'zod';
import { checkOneOf } from '../params/one-of.ts';
import type { Zod } from '../port.ts';
import { stopModes, type StopMode, type StopScope } from './record.ts';

export interface AllStopParams {
  readonly scope: StopScope;
  readonly mode: StopMode;
  readonly close_sessions: boolean;
  readonly confirm: true;
}

export function allStopParams(zod: Zod): z.ZodType<AllStopParams> {
  const named = zod.union([zod.string().min(1), zod.int().transform(String)]).optional();
  const one = zod
    .strictObject({
      share: named.meta({
        description: 'Name or id of an SMB share; a name that several tenants have means all of them.',
      }),
      export: named.meta({
        description: 'Path or id of an NFS export; a path that several tenants have means all of them.',
      }),
      tenant: named.meta({ description: 'Name or id of a tenant, with all its exports and shares.' }),
    })
    .superRefine((scope, context) => checkOneOf(scope, ['share', 'export', 'tenant'], context))
    .transform((scope): StopScope => {
      if (scope.share !== undefined) return { kind: 'share', name: scope.share };
      if (scope.export !== undefined) return { kind: 'export', name: scope.export };
      return { kind: 'tenant', name: scope.tenant ?? '' };
    });
  return zod.strictObject({
    scope: zod
      .union([zod.literal('cluster').transform((): StopScope => ({ kind: 'cluster' })), one])
      .default({ kind: 'cluster' })
      .meta({
        description:
          'What is stopped: `cluster`, or one share, export or tenant. S3 and FTP belong to the whole cluster: a smaller scope leaves them on. Default: cluster.',
        examples: ['cluster', { share: 'Files' }, { export: '/projects' }, { tenant: 'lab' }],
      }),
    mode: zod.enum(stopModes).default('both').meta({
      description:
        '`both`: tenants lose NFS and SMB, and exports and shares are read-only. `read-only`: exports and shares are read-only, and can still be read; S3 and FTP, which have no such switch, are off.',
    }),
    close_sessions: zod.boolean().default(true).meta({
      description:
        'Whether SMB sessions are closed: a file that a client has open may stay writable else. What a client has not written yet is lost.',
    }),
    confirm: zod.literal(true, 'must be true: this action takes the cluster away from its users').meta({
      description: 'Must be `true`: this action takes the cluster away from its users.',
    }),
  });
}
