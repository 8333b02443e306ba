import type { ClusterError } from './errors.ts';
import { Setting } from './settings.ts';

/** Settings of a protocol: one set for the whole cluster, and others for tenants that have their own (FACTS 2.2, 12). */
export class TenantSettings<T extends object> {
  readonly global: Setting<T>;
  readonly #own = new Map<number, Setting<T>>();
  readonly #missing: (tenantId: number) => ClusterError;

  /** @param missing the error for a tenant that has no settings of its own */
  constructor(value: T, missing: (tenantId: number) => ClusterError) {
    this.global = new Setting(value);
    this.#missing = missing;
  }

  /** What holds for a tenant. */
  effective(tenantId: number): T {
    return (this.#own.get(tenantId) ?? this.global).value;
  }

  all(): { tenant_id: number; settings: T }[] {
    return [...this.#own].map(([id, { value }]) => ({ tenant_id: id, settings: value }));
  }

  /** The tenant's own. */
  get(tenantId: number): Setting<T> {
    const found = this.#own.get(tenantId);
    if (found === undefined) throw this.#missing(tenantId);
    return found;
  }

  find(tenantId: number): Setting<T> | undefined {
    return this.#own.get(tenantId);
  }

  give(tenantId: number, value: T): Setting<T> {
    const given = new Setting(value);
    this.#own.set(tenantId, given);
    return given;
  }

  /** From now on the global ones hold. */
  remove(tenantId: number): void {
    this.#own.delete(tenantId);
  }
}
