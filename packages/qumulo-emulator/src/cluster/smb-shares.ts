import { ADMIN_USER, EVERYONE, GUEST_USER } from '../identity/auth-id.ts';
import { badShareName, badSharePath, shareNameTaken, shareNotFound } from './errors.ts';
import { absolutePath } from './paths.ts';
import { DEFAULT_TENANT } from './tenants.ts';

export type ShareRight = 'READ' | 'WRITE' | 'CHANGE_PERMISSIONS';
/** What may be sent: `ALL` is stored as the three, `NONE` as none of them (FACTS 12; the second is [I]). */
export type SentShareRight = ShareRight | 'ALL' | 'NONE';
export type AceType = 'ALLOWED' | 'DENIED';
export type CachingMode = 'NO_CACHING' | 'MANUAL_CACHING' | 'AUTOMATIC_CACHING';

/** Who may do what with a share; the order is kept (FACTS 14). */
export interface SharePermission {
  readonly type: AceType;
  readonly authId: string;
  readonly rights: readonly ShareRight[];
}

/** From where; caps what `SharePermission` and the files' own permissions give (FACTS 12). */
export interface ShareNetworkPermission {
  readonly type: AceType;
  /** None = every host. */
  readonly address_ranges: readonly string[];
  readonly rights: readonly ShareRight[];
}

export interface SmbShare {
  readonly id: string;
  tenantId: number;
  name: string;
  fsPath: string;
  description: string;
  permissions: readonly SharePermission[];
  networkPermissions: readonly ShareNetworkPermission[];
  accessBasedEnumeration: boolean;
  requireEncryption: boolean;
  allowFsPathCreate: boolean;
  expandFsPathVariables: boolean;
  offlineFilesCachingMode: CachingMode;
  defaultFileCreateMode: string;
  defaultDirectoryCreateMode: string;
  /** v2 of the API only. */
  bytesPerSector: string;
  version: number;
}

export type ShareFields = Partial<Omit<SmbShare, 'id' | 'version'>>;

export const ALL_RIGHTS: readonly ShareRight[] = ['READ', 'WRITE', 'CHANGE_PERMISSIONS'];

/** The stored form of rights: expanded, each once, in the order sent. */
export const storedRights = (sent: readonly SentShareRight[]): ShareRight[] => [
  ...new Set(sent.flatMap((right) => (right === 'ALL' ? ALL_RIGHTS : right === 'NONE' ? [] : [right]))),
];

const openToAllHosts: ShareNetworkPermission = { type: 'ALLOWED', address_ranges: [], rights: ALL_RIGHTS };

const defaults: Omit<SmbShare, 'id' | 'name' | 'fsPath' | 'version'> = {
  tenantId: DEFAULT_TENANT,
  description: '',
  permissions: [],
  networkPermissions: [openToAllHosts],
  accessBasedEnumeration: false,
  requireEncryption: false,
  allowFsPathCreate: false,
  expandFsPathVariables: false,
  offlineFilesCachingMode: 'NO_CACHING',
  defaultFileCreateMode: '0644',
  defaultDirectoryCreateMode: '0755',
  bytesPerSector: '512',
};

/** SMB shares. Names are unique in a tenant, whatever their case ([I]: SMB knows no case). */
export class SmbShares {
  readonly #shares = new Map<string, SmbShare>();
  #nextId = 1;

  all(): SmbShare[] {
    return [...this.#shares.values()];
  }

  get(id: string): SmbShare {
    const found = this.#shares.get(id);
    if (found === undefined) throw shareNotFound(id);
    return found;
  }

  named(name: string, tenantId: number): SmbShare | undefined {
    const wanted = name.toLowerCase();
    return this.all().find((share) => share.name.toLowerCase() === wanted && share.tenantId === tenantId);
  }

  add(fields: ShareFields & { readonly name: string; readonly fsPath: string }): SmbShare {
    const tenantId = fields.tenantId ?? defaults.tenantId;
    this.#checkName(fields.name, tenantId, undefined);
    const added: SmbShare = {
      ...defaults,
      ...fields,
      fsPath: absolutePath(fields.fsPath, badSharePath),
      id: String(this.#nextId++),
      version: 1,
    };
    this.#shares.set(added.id, added);
    return added;
  }

  change(share: SmbShare, fields: ShareFields): SmbShare {
    this.#checkName(fields.name ?? share.name, fields.tenantId ?? share.tenantId, share.id);
    Object.assign(share, fields);
    if (fields.fsPath !== undefined) share.fsPath = absolutePath(fields.fsPath, badSharePath);
    share.version++;
    return share;
  }

  /** What is not given goes back to its default, but for the tenant. */
  replace(share: SmbShare, fields: ShareFields & { readonly name: string; readonly fsPath: string }): SmbShare {
    return this.change(share, { ...defaults, tenantId: share.tenantId, ...fields });
  }

  remove(id: string): void {
    this.#shares.delete(this.get(id).id);
  }

  removeOfTenant(tenantId: number): void {
    for (const share of this.all()) if (share.tenantId === tenantId) this.#shares.delete(share.id);
  }

  #checkName(name: string, tenantId: number, owner: string | undefined): void {
    if (name === '' || name.length > 80 || /["/\\[\]:|<>+=;,*?]/.test(name)) throw badShareName(name);
    const holder = this.named(name, tenantId);
    if (holder !== undefined && holder.id !== owner) throw shareNameTaken(name);
  }
}

/** What a cluster is made with (UNKNOWN; its permissions as in the backup of FACTS 14). */
export function addFreshShare(shares: SmbShares): void {
  const entry = (type: AceType, authId: string): SharePermission => ({ type, authId, rights: ALL_RIGHTS });
  shares.add({
    name: 'Files',
    fsPath: '/',
    permissions: [entry('DENIED', GUEST_USER), entry('ALLOWED', ADMIN_USER), entry('ALLOWED', EVERYONE)],
  });
}
