import { lastTenant, networkTaken, tenantHasNetworks, tenantNameTaken, tenantNotFound } from './errors.ts';

/** A tenant as every call shows it: exactly these ten keys, the SDK refuses one less and one more (FACTS 12). */
export interface TenantConfig {
  id: number;
  name: string;
  networks: number[];
  nfs_enabled: boolean;
  replication_enabled: boolean;
  rest_api_enabled: boolean;
  smb_enabled: boolean;
  ssh_enabled: boolean;
  web_ui_enabled: boolean;
  identity_config_id: number;
}

export interface Tenant {
  readonly config: Readonly<TenantConfig>;
  readonly version: number;
}

export type TenantFields = Partial<Omit<TenantConfig, 'id'>>;

/** The tenant that a cluster is made with. */
export const DEFAULT_TENANT = 1;

/**
 * Tenants. A fresh cluster has one with every service on; one made later starts with all off (SDK commands/multitenancy.py:
 * "This is the default"). Which networks there are is not checked, only that two tenants do not share one.
 */
export class Tenants {
  readonly #tenants = new Map<number, Tenant>();
  readonly #onRemove: (id: number) => void;
  #nextId = DEFAULT_TENANT;

  /** @param onRemove takes away what belongs to a tenant that is deleted */
  constructor(onRemove: (id: number) => void) {
    this.#onRemove = onRemove;
    this.add({ ...allOn, name: 'Default', networks: [1] });
  }

  all(): Tenant[] {
    return [...this.#tenants.values()];
  }

  find(id: number): Tenant | undefined {
    return this.#tenants.get(id);
  }

  get(id: number): Tenant {
    const found = this.#tenants.get(id);
    if (found === undefined) throw tenantNotFound(id);
    return found;
  }

  add(fields: TenantFields & { readonly name: string }): Tenant {
    this.#check(fields, undefined);
    const config = { ...allOff, networks: [], identity_config_id: 1, ...fields, id: this.#nextId };
    return this.#keep({ config, version: 1 }, this.#nextId++);
  }

  change(tenant: Tenant, fields: TenantFields): Tenant {
    const { id } = tenant.config;
    this.#check(fields, id);
    return this.#keep({ config: { ...tenant.config, ...fields, id }, version: tenant.version + 1 }, id);
  }

  /** Refused while networks are assigned, and for the last one; takes its exports, shares and settings along (same source). */
  remove(tenant: Tenant): void {
    const { id, networks } = tenant.config;
    if (networks.length > 0) throw tenantHasNetworks(id);
    if (this.#tenants.size === 1) throw lastTenant();
    this.#tenants.delete(id);
    this.#onRemove(id);
  }

  #keep(tenant: Tenant, id: number): Tenant {
    this.#tenants.set(id, tenant);
    return tenant;
  }

  #check(fields: TenantFields, owner: number | undefined): void {
    const others = this.all().filter(({ config }) => config.id !== owner);
    if (fields.name !== undefined && others.some(({ config }) => config.name === fields.name))
      throw tenantNameTaken(fields.name);
    for (const network of fields.networks ?? [])
      if (others.some(({ config }) => config.networks.includes(network))) throw networkTaken(network);
  }
}

const every = (on: boolean) => ({
  nfs_enabled: on,
  replication_enabled: on,
  rest_api_enabled: on,
  smb_enabled: on,
  ssh_enabled: on,
  web_ui_enabled: on,
});
const allOn = every(true);
const allOff = every(false);
