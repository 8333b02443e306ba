import type { FsIdentity } from '../fs/api.ts';
import { badExportPath, exportNotFound, exportPathTaken } from './errors.ts';
import { absolutePath } from './paths.ts';
import { DEFAULT_TENANT } from './tenants.ts';

export type UserMapping = 'NFS_MAP_NONE' | 'NFS_MAP_ROOT' | 'NFS_MAP_ALL';
export type AuthenticationMode =
  | 'AUTHENTICATION_MODE_NONE'
  | 'AUTHENTICATION_MODE_KRB5'
  | 'AUTHENTICATION_MODE_KRB5I'
  | 'AUTHENTICATION_MODE_KRB5P';

/** Whom an export maps to, as sent: `{"id_type":"NFS_UID","id_value":"1001"}`. */
export type MappedIdentity = Readonly<FsIdentity>;

/** Who may do what through an export; the first whose hosts match applies. */
export interface ExportRestriction {
  readonly host_restrictions: readonly string[];
  readonly read_only: boolean;
  readonly require_privileged_port: boolean;
  readonly required_authentication_mode: AuthenticationMode;
  readonly user_mapping: UserMapping;
  /** null when none was sent (FACTS 14: never `{}`). */
  readonly map_to_user: MappedIdentity | null;
  readonly map_to_group: MappedIdentity | null;
}

export interface NfsExport {
  readonly id: string;
  tenantId: number;
  exportPath: string;
  fsPath: string;
  description: string;
  restrictions: readonly ExportRestriction[];
  fieldsToPresentAs32Bit: readonly string[];
  version: number;
}

export type ExportFields = Partial<Omit<NfsExport, 'id' | 'version'>>;

/** NFS exports. A fresh cluster has one: id 1, `/` to `/` (FACTS 14). */
export class NfsExports {
  readonly #exports = new Map<string, NfsExport>();
  #nextId = 1;

  constructor() {
    this.add({ exportPath: '/', fsPath: '/', description: '', restrictions: [openToAll] });
  }

  all(): NfsExport[] {
    return [...this.#exports.values()];
  }

  /** By id, or by export path when it starts with `/` (FACTS 14). */
  get(ref: string): NfsExport {
    const found = ref.startsWith('/')
      ? this.all().find((candidate) => candidate.exportPath === normalPath(ref))
      : this.#exports.get(ref);
    if (found === undefined) throw exportNotFound(ref);
    return found;
  }

  add(fields: ExportFields & { readonly exportPath: string; readonly fsPath: string }): NfsExport {
    const tenantId = fields.tenantId ?? DEFAULT_TENANT;
    const exportPath = this.#freePath(fields.exportPath, tenantId, undefined);
    const added: NfsExport = {
      id: String(this.#nextId++),
      tenantId,
      exportPath,
      fsPath: normalPath(fields.fsPath),
      description: fields.description ?? '',
      restrictions: fields.restrictions ?? [openToAll],
      fieldsToPresentAs32Bit: fields.fieldsToPresentAs32Bit ?? [],
      version: 1,
    };
    this.#exports.set(added.id, added);
    return added;
  }

  change(target: NfsExport, fields: ExportFields): NfsExport {
    const tenantId = fields.tenantId ?? target.tenantId;
    const exportPath = this.#freePath(fields.exportPath ?? target.exportPath, tenantId, target.id);
    target.tenantId = tenantId;
    target.exportPath = exportPath;
    target.fsPath = fields.fsPath === undefined ? target.fsPath : normalPath(fields.fsPath);
    target.description = fields.description ?? target.description;
    target.restrictions = fields.restrictions ?? target.restrictions;
    target.fieldsToPresentAs32Bit = fields.fieldsToPresentAs32Bit ?? target.fieldsToPresentAs32Bit;
    target.version++;
    return target;
  }

  remove(ref: string): void {
    this.#exports.delete(this.get(ref).id);
  }

  removeOfTenant(tenantId: number): void {
    for (const { id, tenantId: owner } of this.all()) if (owner === tenantId) this.#exports.delete(id);
  }

  #freePath(path: string, tenantId: number, owner: string | undefined): string {
    const wanted = normalPath(path);
    const holder = this.all().find((other) => other.exportPath === wanted && other.tenantId === tenantId);
    if (holder !== undefined && holder.id !== owner) throw exportPathTaken(wanted);
    return wanted;
  }
}

export const openToAll: ExportRestriction = {
  host_restrictions: [],
  read_only: false,
  require_privileged_port: false,
  required_authentication_mode: 'AUTHENTICATION_MODE_NONE',
  user_mapping: 'NFS_MAP_NONE',
  map_to_user: null,
  map_to_group: null,
};

const normalPath = (path: string): string => absolutePath(path, badExportPath);
