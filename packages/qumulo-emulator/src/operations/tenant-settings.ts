import type { NfsSettings, SmbSettings } from '../cluster/protocol-settings.ts';
import type { Setting } from '../cluster/settings.ts';
import type { TenantSettings } from '../cluster/tenant-settings.ts';
import { checkIfMatch, etagOf } from '../cluster/versioned.ts';
import { empty, json, type JsonAnswer } from '../http/answer.ts';
import { type Call, on, onBody } from '../http/operation.ts';
import { changeSettings, showSettings } from './kept-settings.ts';
import { nfsKept, smbKept } from './protocol-settings.ts';
import { partialNfsSettings, partialSmbSettings, wholeNfsSettings, wholeSmbSettings } from './settings-bodies.ts';
import { tenantId } from './tenants.ts';

/** Settings of one protocol by tenant: the same five calls for NFS and SMB. */
class ByTenant<T extends object> {
  readonly #of: (call: Call) => TenantSettings<T>;

  constructor(of: (call: Call) => TenantSettings<T>) {
    this.#of = of;
  }

  /** Shape UNKNOWN (qq prints it): a list like the others, each with its tenant. */
  list(call: Call): JsonAnswer<unknown> {
    const entries = this.#of(call)
      .all()
      .map(({ tenant_id, settings }) => ({ tenant_id, ...settings }));
    return json({ entries });
  }

  show(call: Call<'tenant_id'>): JsonAnswer<T> {
    return answer(this.#of(call).get(this.#tenant(call)));
  }

  /** PUT: also for a tenant that had none. */
  give(call: Call<'tenant_id'>, value: T): JsonAnswer<T> {
    const id = this.#tenant(call);
    const present = this.#of(call).find(id);
    if (present === undefined) return answer(this.#of(call).give(id, value));
    return this.#change(call, present, value);
  }

  /** PATCH: only for a tenant that has its own (FACTS 2.2). */
  merge(call: Call<'tenant_id'>, sent: Partial<T>): JsonAnswer<T> {
    const present = this.#of(call).get(this.#tenant(call));
    return this.#change(call, present, { ...present.value, ...sent });
  }

  remove(call: Call<'tenant_id'>) {
    const id = this.#tenant(call);
    checkIfMatch(call.ifMatch, this.#of(call).get(id).version);
    this.#of(call).remove(id);
    call.cluster.smbChanged();
    return empty();
  }

  #change(call: Call, present: Setting<T>, value: T): JsonAnswer<T> {
    checkIfMatch(call.ifMatch, present.version);
    present.value = value;
    call.cluster.smbChanged();
    return answer(present);
  }

  #tenant(call: Call<'tenant_id'>): number {
    return call.cluster.tenants.get(tenantId(call.param('tenant_id'))).config.id;
  }
}

const answer = <T extends object>(setting: Setting<T>): JsonAnswer<T> => json(setting.value, etagOf(setting.version));

const nfs = new ByTenant<NfsSettings>((call) => call.cluster.nfsSettings);
const smb = new ByTenant<SmbSettings>((call) => call.cluster.smbSettings);
const [readNfs, writeNfs] = ['PRIVILEGE_NFS_SETTINGS_READ', 'PRIVILEGE_NFS_SETTINGS_WRITE'] as const;
const [readSmb, writeSmb] = ['PRIVILEGE_SMB_SHARE_READ', 'PRIVILEGE_SMB_SHARE_WRITE'] as const;

/** NFS and SMB settings of single tenants, and those that hold for tenants without (FACTS 12). */
export const tenantSettingsOperations = {
  ...on('GET /v1/multitenancy/nfs/global-settings', showSettings(nfsKept)),
  ...onBody('PATCH /v1/multitenancy/nfs/global-settings', partialNfsSettings, changeSettings(nfsKept)),
  ...on('GET /v1/multitenancy/nfs/settings/', { privilege: readNfs, handle: (call) => nfs.list(call) }),
  ...on('GET /v1/multitenancy/nfs/settings/{tenant_id}', { privilege: readNfs, handle: (call) => nfs.show(call) }),
  ...onBody('PUT /v1/multitenancy/nfs/settings/{tenant_id}', wholeNfsSettings, {
    privilege: writeNfs,
    handle: (call, sent) => nfs.give(call, { idmap_domain: null, ...sent }),
  }),
  ...onBody('PATCH /v1/multitenancy/nfs/settings/{tenant_id}', partialNfsSettings, {
    privilege: writeNfs,
    handle: (call, sent) => nfs.merge(call, sent),
  }),
  ...on('DELETE /v1/multitenancy/nfs/settings/{tenant_id}', {
    privilege: writeNfs,
    handle: (call) => nfs.remove(call),
  }),
  ...on('GET /v1/multitenancy/smb/global-settings', showSettings(smbKept)),
  ...onBody('PATCH /v1/multitenancy/smb/global-settings', partialSmbSettings, changeSettings(smbKept)),
  ...on('GET /v1/multitenancy/smb/settings/', { privilege: readSmb, handle: (call) => smb.list(call) }),
  ...on('GET /v1/multitenancy/smb/settings/{tenant_id}', { privilege: readSmb, handle: (call) => smb.show(call) }),
  ...onBody('PUT /v1/multitenancy/smb/settings/{tenant_id}', wholeSmbSettings, {
    privilege: writeSmb,
    handle: (call, sent) => smb.give(call, sent),
  }),
  ...onBody('PATCH /v1/multitenancy/smb/settings/{tenant_id}', partialSmbSettings, {
    privilege: writeSmb,
    handle: (call, sent) => smb.merge(call, sent),
  }),
  ...on('DELETE /v1/multitenancy/smb/settings/{tenant_id}', {
    privilege: writeSmb,
    handle: (call) => smb.remove(call),
  }),
};
