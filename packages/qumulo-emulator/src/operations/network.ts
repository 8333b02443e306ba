import type { Cluster } from '../cluster/cluster.ts';
import type { SmbSession } from '../cluster/protocol-clients.ts';
import { json } from '../http/answer.ts';
import { array, boolean, object, optional, string } from '../http/decode.ts';
import { notFound } from '../http/errors.ts';
import { onBody, onUndocumented, onUndocumentedBody } from '../http/operation.ts';

/** Where the nodes are reached, and other answers about the network. */
export const networkOperations = {
  ...onBody('POST /v1/dns/resolve-ips-to-names', array(string), {
    privilege: 'PRIVILEGE_DNS_USE',

    handle: (_call, addresses) =>
      json(
        addresses.map((address) =>
          address === '127.0.0.1' || address === '::1'
            ? { ip_address: address, result: 'OK', hostname: 'localhost' }
            : { ip_address: address, result: 'NOT_FOUND', hostname: '' },
        ),
      ),
  }),
};

/** Endpoints that the schemas lack and FACTS 9 and 14 know. */
export const networkUndocumented = {
  /** An array with an element per node; `network_statuses[0].address` is where qwalk sends its workers (FACTS 9). */
  ...onUndocumented('GET /v2/network/interfaces/{id}/status/', {
    privilege: 'PRIVILEGE_NETWORK_READ',
    handle: ({ cluster }) => json([nodeStatus(cluster)]),
  }),
  ...onUndocumented('GET /v2/network/interfaces/{id}/status/{node_id}', {
    privilege: 'PRIVILEGE_NETWORK_READ',
    handle(call) {
      const id = call.param('node_id');
      if (id !== '1') throw notFound('http_not_found_error', `No node has the id ${id}`);
      return json(nodeStatus(call.cluster));
    },
  }),
  /** Who is connected, per node: the SMB sessions. */
  ...onUndocumented('GET /v2/network/connections/', {
    privilege: 'PRIVILEGE_NETWORK_READ',
    handle: ({ cluster }) => json([{ id: 1, connections: cluster.clients.sessions().map(smbConnection) }]),
  }),
  /** v1: only the two keys (FACTS 14). */
  ...onUndocumented('GET /v1/time/settings', {
    privilege: 'PRIVILEGE_TIME_READ',
    handle: ({ cluster: { timeSettings } }) => json(v1(timeSettings.value)),
  }),
  ...onUndocumentedBody('PUT /v1/time/settings', object({ use_ad_for_primary: boolean, ntp_servers: array(string) }), {
    privilege: 'PRIVILEGE_TIME_WRITE',

    handle({ cluster: { timeSettings } }, sent) {
      timeSettings.value = { ...timeSettings.value, ...sent };
      return json(v1(timeSettings.value));
    },
  }),
  ...onUndocumentedBody(
    'PATCH /v1/time/settings',
    object({ use_ad_for_primary: optional(boolean), ntp_servers: optional(array(string)) }),
    {
      privilege: 'PRIVILEGE_TIME_WRITE',

      handle({ cluster: { timeSettings } }, sent) {
        timeSettings.value = { ...timeSettings.value, ...sent };
        return json(v1(timeSettings.value));
      },
    },
  ),
};

const nodeStatus = (cluster: Cluster) => ({
  node_id: 1,
  node_name: `${cluster.name.value}-1`,
  network_statuses: [
    {
      network_id: 1,
      name: 'Default',
      assigned_by: 'DHCP',
      address: cluster.address(),
      netmask: '255.255.255.0',
      mtu: 1500,
      vlan_id: 0,
      floating_addresses: [],
      dns_servers: [],
      dns_search_domains: [],
    },
  ],
  interface_details: { cable_status: 'CONNECTED', interface_status: 'UP', speed: '10000' },
  update_status: { update_state: 'INTERFACE_UPDATE_OK' },
});

const smbConnection = ({ originator, tenantId }: SmbSession) => ({
  network_address: originator,
  type: 'CONNECTION_TYPE_SMB',
  tenant_id: tenantId,
});

const v1 = (settings: { use_ad_for_primary: boolean; ntp_servers: readonly string[] }) => ({
  use_ad_for_primary: settings.use_ad_for_primary,
  ntp_servers: [...settings.ntp_servers],
});
