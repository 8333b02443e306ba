import type { Tenant, TenantFields } from '../cluster/tenants.ts';
import { checkIfMatch, etagOf } from '../cluster/versioned.ts';
import { empty, json, type JsonAnswer } from '../http/answer.ts';
import { array, boolean, type Decoder, integer, object, optional, string } from '../http/decode.ts';
import { badId, decodeError } from '../http/errors.ts';
import { type Call, on, onBody } from '../http/operation.ts';

const name: Decoder<string> = (value, field) => {
  const text = string(value, field);
  if (text === '') throw decodeError(`field '${field}' is empty`);
  return text;
};

const services = {
  networks: optional(array(integer)),
  nfs_enabled: optional(boolean),
  replication_enabled: optional(boolean),
  rest_api_enabled: optional(boolean),
  smb_enabled: optional(boolean),
  ssh_enabled: optional(boolean),
  web_ui_enabled: optional(boolean),
  identity_config_id: optional(integer),
};
const whole = object({
  name,
  networks: array(integer),
  nfs_enabled: boolean,
  replication_enabled: boolean,
  rest_api_enabled: boolean,
  smb_enabled: boolean,
  ssh_enabled: boolean,
  web_ui_enabled: boolean,
  identity_config_id: integer,
});

const body = ({ config }: Tenant) => ({ ...config, networks: [...config.networks] });
const one = (tenant: Tenant): JsonAnswer<ReturnType<typeof body>> => json(body(tenant), etagOf(tenant.version));

/** The number in the path. */
export function tenantId(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw badId('Tenant', text);
  return Number(text);
}

function chosen(call: Call<'id'>): Tenant {
  const tenant = call.cluster.tenants.get(tenantId(call.param('id')));
  checkIfMatch(call.ifMatch, tenant.version);
  return tenant;
}

function change(call: Call<'id'>, sent: TenantFields): Tenant {
  const changed = call.cluster.tenants.change(chosen(call), sent);
  call.cluster.smbChanged();
  return changed;
}

/**
 * Tenants (FACTS 12). The ETag is there on calls of a single one and absent from the list and from DELETE: the SDK asserts
 * both. `rest_api_enabled` is kept and does not close the API: nobody could open it again.
 */
export const tenantOperations = {
  ...on('GET /v1/multitenancy/tenants/', {
    privilege: 'PRIVILEGE_TENANT_READ',
    handle: ({ cluster }) => json({ entries: cluster.tenants.all().map(body) }),
  }),
  ...onBody('POST /v1/multitenancy/tenants/', object({ ...services, name }), {
    privilege: 'PRIVILEGE_TENANT_WRITE',
    handle: ({ cluster }, sent) => one(cluster.tenants.add(sent)),
  }),
  ...on('GET /v1/multitenancy/tenants/{id}', {
    privilege: 'PRIVILEGE_TENANT_READ',
    handle: (call) => one(call.cluster.tenants.get(tenantId(call.param('id')))),
  }),
  ...onBody('PUT /v1/multitenancy/tenants/{id}', whole, {
    privilege: 'PRIVILEGE_TENANT_WRITE',
    handle: (call, sent) => one(change(call, sent)),
  }),
  ...onBody('PATCH /v1/multitenancy/tenants/{id}', object({ ...services, name: optional(name) }), {
    privilege: 'PRIVILEGE_TENANT_WRITE',
    handle: (call, sent) => one(change(call, sent)),
  }),
  ...on('DELETE /v1/multitenancy/tenants/{id}', {
    privilege: 'PRIVILEGE_TENANT_WRITE',

    handle(call) {
      call.cluster.tenants.remove(chosen(call));
      return empty();
    },
  }),
};
