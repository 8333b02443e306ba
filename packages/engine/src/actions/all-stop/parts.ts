import { isDeepStrictEqual } from 'node:util';
import type { Answer, CallOptions, QumuloClient, ShareNetworkPermission } from '@qwarden/qumulo-client';
import type { z } from 'zod';
import { configShapes, type PartConfig, type PartKind } from './record.ts';

/** One kind of thing that can be stopped. */
interface Part {
  read(client: QumuloClient, id: string, options: CallOptions): Promise<Answer<PartConfig>>;
  write(client: QumuloClient, id: string, config: PartConfig, options: CallOptions): Promise<unknown>;
  /** The same with all writing taken out of it; equal to it when there is none. */
  stopped(config: PartConfig): PartConfig;
}

/** What is kept of an object of the cluster. */
export function configOf(kind: PartKind, object: object): PartConfig {
  return configShapes[kind].parse(object);
}

export function stoppedForm(kind: PartKind, config: PartConfig): PartConfig {
  return parts[kind].stopped(config);
}

export function isStopped(kind: PartKind, config: PartConfig): boolean {
  return isSame(stoppedForm(kind, config), config);
}

export function isSame(one: PartConfig, other: PartConfig): boolean {
  return isDeepStrictEqual(one, other);
}

export function readPart(
  client: QumuloClient,
  { kind, id }: { kind: PartKind; id: string },
  options: CallOptions,
): Promise<Answer<PartConfig>> {
  return parts[kind].read(client, id, options);
}

/** `ifMatch` as the reading gave it: whoever changed it since must not lose that. */
export function writePart(
  client: QumuloClient,
  { kind, id }: { kind: PartKind; id: string },
  config: PartConfig,
  options: CallOptions,
): Promise<unknown> {
  return parts[kind].write(client, id, config, options);
}

function partOf<V extends PartConfig>(
  shape: z.ZodType<V>,
  own: {
    readonly get: (client: QumuloClient, id: string, options: CallOptions) => Promise<Answer<object>>;
    readonly modify: (client: QumuloClient, id: string, config: V, options: CallOptions) => Promise<unknown>;
    readonly stopped: (config: V) => V;
  },
): Part {
  return {
    read: async (client, id, options) => {
      const answer = await own.get(client, id, options);
      return { ...answer, data: shape.parse(answer.data) };
    },
    write: (client, id, config, options) => own.modify(client, id, shape.parse(config), options),
    stopped: (config) => own.stopped(shape.parse(config)),
  };
}

const parts: Readonly<Record<PartKind, Part>> = {
  // Never rest_api_enabled: nobody could take it back (FACTS 12).
  tenant: partOf(configShapes.tenant, {
    get: (client, id, options) => client.tenants.get(Number(id), options),
    modify: (client, id, config, options) => client.tenants.modify(Number(id), config, options),
    stopped: () => ({ nfs_enabled: false, smb_enabled: false }),
  }),
  s3: partOf(configShapes.s3, {
    get: (client, _, options) => client.s3Settings.get(options),
    modify: (client, _, config, options) => client.s3Settings.modify(config, options),
    stopped: () => ({ enabled: false }),
  }),
  ftp: partOf(configShapes.ftp, {
    get: (client, _, options) => client.ftpSettings.get(options),
    modify: (client, _, config, options) => client.ftpSettings.modify(config, options),
    stopped: () => ({ enabled: false }),
  }),
  // Every restriction: the first that fits a host counts (FACTS 12).
  export: partOf(configShapes.export, {
    get: (client, id, options) => client.nfsExports.get(id, options),
    modify: (client, id, config, options) => client.nfsExports.modify(id, config, options),
    stopped: ({ restrictions }) => ({ restrictions: restrictions.map((rule) => ({ ...rule, read_only: true })) }),
  }),
  // Host permissions cap those of the share and of the files (FACTS 12), so nothing else need be touched.
  share: partOf(configShapes.share, {
    get: (client, id, options) => client.smbShares.get(id, options),
    modify: (client, id, config, options) => client.smbShares.modify(id, config, options),
    stopped: ({ network_permissions: permissions }) => ({ network_permissions: readOnly(permissions) }),
  }),
};

/** Hosts keep what they may read, and whom it is denied keeps being denied. */
function readOnly(permissions: readonly ShareNetworkPermission[]): ShareNetworkPermission[] {
  const capped = permissions.flatMap((entry): ShareNetworkPermission[] => {
    if (entry.type === 'DENIED') return [entry];
    const reads = entry.rights.some((right) => right === 'READ' || right === 'ALL');
    return reads ? [{ ...entry, rights: ['READ'] }] : [];
  });
  // Nobody knows whether an empty list means everybody or nobody.
  return capped.length > 0 ? capped : [CLOSED];
}

const CLOSED: ShareNetworkPermission = {
  type: 'DENIED',
  address_ranges: [],
  rights: ['READ', 'WRITE', 'CHANGE_PERMISSIONS'],
};
