import type { CallOptions, NfsExport, QumuloClient, SmbShare, Tenant } from '@qwarden/qumulo-client';
import { withoutSlash } from '../../watch/place.ts';
import { failed } from '../files/stop.ts';
import { configOf } from './parts.ts';
import { PART_KINDS, type PartConfig, type PartKind, type StopMode, type StopScope } from './record.ts';
import { type Trouble, troubleOf } from './trouble.ts';

/** Something of the cluster that a stop is for, and how it is now. */
export interface Stoppable {
  readonly kind: PartKind;
  readonly id: string;
  readonly name: string;
  readonly config: PartConfig;
}

export interface Inventory {
  /** In the order in which they are to be stopped. */
  readonly found: readonly Stoppable[];
  /** Names of the shares whose sessions end with the stop, in lower case; all sessions when it is the cluster that stops. */
  readonly shares: ReadonlySet<string> | 'all';
  /** What could not be looked at. The rest is to be stopped all the same. */
  readonly troubles: readonly Trouble[];
}

/** What a stop of this scope is for. @throws Stop when there is nothing of that name */
export async function takeInventory(
  client: QumuloClient,
  scope: StopScope,
  mode: StopMode,
  options: CallOptions,
): Promise<Inventory> {
  const troubles: Trouble[] = [];
  const look = async <T>(what: string, wanted: boolean, get: () => Promise<{ data: T }>): Promise<T | undefined> => {
    if (!wanted) return undefined;
    try {
      return (await get()).data;
    } catch (error) {
      troubles.push(troubleOf(what, error));
      return undefined;
    }
  };
  const whole = scope.kind === 'cluster';
  const below = whole || scope.kind === 'tenant';
  const wantsTenants = scope.kind === 'tenant' || (whole && mode === 'both');
  const [tenants, s3, ftp, exports, shares] = await Promise.all([
    look('the tenants', wantsTenants, () => client.tenants.list(options)),
    look('S3', whole, () => client.s3Settings.get(options)),
    look('FTP', whole, () => client.ftpSettings.get(options)),
    look('the NFS exports', below || scope.kind === 'export', () => client.nfsExports.list(options)),
    look('the SMB shares', below || scope.kind === 'share', () => client.smbShares.list(options)),
  ]);
  const chosen = choose(scope, { tenants, exports, shares });
  if (chosen.missing && troubles.length === 0 && !whole) throw nothingThere(scope);
  const found: Stoppable[] = [
    ...(mode === 'both' ? chosen.tenants.map(tenantPart) : []),
    ...(s3 === undefined ? [] : [{ kind: 's3' as const, id: '', name: 'S3', config: configOf('s3', s3) }]),
    ...(ftp === undefined ? [] : [{ kind: 'ftp' as const, id: '', name: 'FTP', config: configOf('ftp', ftp) }]),
    ...chosen.exports.map(exportPart),
    ...chosen.shares.map(sharePart),
  ];
  return {
    found: inOrder(found),
    shares: whole ? 'all' : new Set(chosen.shares.map((share) => share.share_name.toLowerCase())),
    troubles,
  };
}

/** In the order in which parts are stopped. */
export function inOrder<P extends { readonly kind: PartKind }>(list: readonly P[]): P[] {
  return list.toSorted((a, b) => PART_KINDS.indexOf(a.kind) - PART_KINDS.indexOf(b.kind));
}

interface Lists {
  readonly tenants: readonly Tenant[] | undefined;
  readonly exports: readonly NfsExport[] | undefined;
  readonly shares: readonly SmbShare[] | undefined;
}

interface Chosen {
  readonly tenants: readonly Tenant[];
  readonly exports: readonly NfsExport[];
  readonly shares: readonly SmbShare[];
  readonly missing: boolean;
}

function choose(scope: StopScope, { tenants = [], exports = [], shares = [] }: Lists): Chosen {
  const none = { tenants: [], exports: [], shares: [] };
  switch (scope.kind) {
    case 'cluster':
      return { tenants, exports, shares, missing: false };
    case 'share': {
      const named = byNameOrId(shares, scope.name, ({ share_name: name }, wanted) => isSameName(name, wanted));
      return { ...none, shares: named, missing: named.length === 0 };
    }
    case 'export': {
      const wanted = withoutSlash(scope.name);
      const named = byNameOrId(exports, wanted, ({ export_path: path }) => withoutSlash(path) === wanted);
      return { ...none, exports: named, missing: named.length === 0 };
    }
    case 'tenant': {
      const named = byNameOrId(tenants, scope.name, ({ name }, wanted) => name === wanted);
      const ids = new Set(named.map(({ id }) => id));
      return {
        tenants: named,
        exports: exports.filter(({ tenant_id: id }) => ids.has(id)),
        shares: shares.filter(({ tenant_id: id }) => ids.has(id)),
        missing: named.length === 0,
      };
    }
    default:
      return scope satisfies never;
  }
}

/** A name goes before an id: names may be numbers. */
function byNameOrId<T extends { readonly id: string | number }>(
  all: readonly T[],
  wanted: string,
  isNamed: (one: T, wanted: string) => boolean,
): readonly T[] {
  const named = all.filter((one) => isNamed(one, wanted));
  return named.length > 0 ? named : all.filter(({ id }) => String(id) === wanted);
}

/** SMB knows no case. */
function isSameName(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}

function nothingThere(scope: StopScope) {
  const what = scope.kind === 'cluster' ? 'cluster' : `${WORDS[scope.kind]} ${scope.name}`;
  return failed(
    `The cluster has no ${what}: nothing was stopped.`,
    'Correct the scope in the rule, then retry the job (qwarden dead retry).',
  );
}

const WORDS = { share: 'SMB share', export: 'NFS export', tenant: 'tenant' } as const;

/** `SMB share Files`, `S3`. */
export function partName({ kind, name }: { readonly kind: PartKind; readonly name: string }): string {
  return kind === 's3' || kind === 'ftp' ? name : `${WORDS[kind]} ${name}`;
}

function tenantPart(tenant: Tenant): Stoppable {
  return { kind: 'tenant', id: String(tenant.id), name: tenant.name, config: configOf('tenant', tenant) };
}

function exportPart(one: NfsExport): Stoppable {
  return { kind: 'export', id: one.id, name: one.export_path, config: configOf('export', one) };
}

function sharePart(share: SmbShare): Stoppable {
  return { kind: 'share', id: share.id, name: share.share_name, config: configOf('share', share) };
}
