import { policyNameTaken, policyNotFound } from './errors.ts';

/** A snapshot policy as sent and given back; the emulator keeps it and does not run its schedule. */
export interface SnapshotPolicy {
  readonly id: number;
  policyName: string;
  sourceFileId: string;
  enabled: boolean;
  nameTemplate: string | null;
  lockKeyRef: string | null;
  schedule: Record<string, unknown>;
  version: number;
}

export type PolicyFields = Partial<Omit<SnapshotPolicy, 'id' | 'version'>>;

export class SnapshotPolicies {
  readonly #policies = new Map<number, SnapshotPolicy>();
  #nextId = 1;

  all(): SnapshotPolicy[] {
    return [...this.#policies.values()];
  }

  get(id: string): SnapshotPolicy {
    const policy = this.#policies.get(Number(id));
    if (policy === undefined) throw policyNotFound(id);
    return policy;
  }

  add(fields: PolicyFields & { policyName: string; sourceFileId: string }): SnapshotPolicy {
    this.#checkName(fields.policyName, undefined);
    const policy: SnapshotPolicy = {
      id: this.#nextId++,
      policyName: fields.policyName,
      sourceFileId: fields.sourceFileId,
      enabled: fields.enabled ?? true,
      nameTemplate: fields.nameTemplate ?? null,
      lockKeyRef: fields.lockKeyRef ?? null,
      schedule: fields.schedule ?? {},
      version: 1,
    };
    this.#policies.set(policy.id, policy);
    return policy;
  }

  change(policy: SnapshotPolicy, fields: PolicyFields): SnapshotPolicy {
    if (fields.policyName !== undefined) this.#checkName(fields.policyName, policy.id);
    Object.assign(policy, Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)));
    policy.version++;
    return policy;
  }

  remove(id: string): void {
    this.#policies.delete(this.get(id).id);
  }

  #checkName(name: string, owner: number | undefined): void {
    if (this.all().some((other) => other.policyName === name && other.id !== owner)) throw policyNameTaken(name);
  }
}
