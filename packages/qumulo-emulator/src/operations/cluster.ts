import { checkIfMatch, etagOf } from '../cluster/versioned.ts';
import { json } from '../http/answer.ts';
import { array, boolean, object, oneOf, optional, string } from '../http/decode.ts';
import { badId, decodeError, notFound } from '../http/errors.ts';
import { notImplemented, on, onBody } from '../http/operation.ts';
import { rfc3339 } from '../clock.ts';
import { defaultTimeSettings } from '../cluster/settings.ts';

const node = (name: string) => ({
  id: 1,
  node_status: 'online',
  node_name: `${name}-1`,
  uuid: '00000000-0000-4000-8000-000000000001',
  label: '02:00:00:00:00:01',
  model_number: 'EMULATOR',
  capacity_bytes: '0',
  serial_number: 'EMULATOR-1',
  mac_address: '02:00:00:00:00:01',
});

const timeSettings = object({
  source: optional(oneOf(['API_TIME_SOURCE_NTP', 'API_TIME_SOURCE_HYPERVISOR'])),
  use_ad_for_primary: optional(boolean),
  ntp_servers: optional(array(string)),
});

/** Version, health, name and time of the cluster (FACTS 9). */
export const clusterOperations = {
  ...on('GET /v1/version', { anonymous: true, handle: ({ cluster }) => json(cluster.version) }),
  ...on('GET /v1/node/state', {
    anonymous: true,
    handle: ({ cluster }) => json({ node_id: 1, state: 'ACTIVE', cluster_id: cluster.clusterId }),
  }),
  ...on('GET /v1/cluster/settings', {
    handle: ({ cluster: { name } }) => json({ cluster_name: name.value }, etagOf(name.version)),
  }),
  ...onBody('PUT /v1/cluster/settings', object({ cluster_name: string }), {
    privilege: 'PRIVILEGE_CLUSTER_WRITE',

    handle({ cluster: { name }, ifMatch }, { cluster_name: wanted }) {
      checkIfMatch(ifMatch, name.version);
      if (!/^[A-Za-z0-9][A-Za-z0-9-]{0,14}$/.test(wanted))
        throw decodeError("field 'cluster_name': expected up to 15 letters, digits and hyphens");
      name.value = wanted;
      return json({ cluster_name: wanted }, etagOf(name.version));
    },
  }),
  ...on('GET /v1/cluster/nodes/', {
    privilege: 'PRIVILEGE_CLUSTER_READ',
    handle: ({ cluster }) => json([node(cluster.name.value)]),
  }),
  ...on('GET /v1/cluster/nodes/{node}', {
    privilege: 'PRIVILEGE_CLUSTER_READ',
    handle(call) {
      const id = call.param('node');
      if (!/^\d+$/.test(id)) throw badId('Node', id);
      if (Number(id) !== 1) throw notFound('http_not_found_error', `No node has the id ${id}`);
      return json(node(call.cluster.name.value));
    },
  }),
  ...on('GET /v1/cluster/protection/status', {
    privilege: 'PRIVILEGE_CLUSTER_READ',
    handle: () =>
      json({
        protection_system_type: 'PROTECTION_SYSTEM_TYPE_EC',
        blocks_per_stripe: 6,
        data_blocks_per_stripe: 4,
        remaining_node_failures: 0,
        remaining_drive_failures: 2,
        max_node_failures: 0,
        max_drive_failures: 2,
      }),
  }),
  ...on('GET /v1/cluster/protection/restriper/status', {
    privilege: 'PRIVILEGE_CLUSTER_READ',
    handle: () =>
      json({ status: 'NOT_RUNNING', blocked_reason: '', phase: '', percent_complete: 100, data_at_risk: false }),
  }),
  ...on('GET /v2/time/settings', {
    privilege: 'PRIVILEGE_TIME_READ',
    handle: ({ cluster }) => json(copyOf(cluster.timeSettings.value)),
  }),
  ...onBody('PATCH /v2/time/settings', timeSettings, {
    privilege: 'PRIVILEGE_TIME_WRITE',

    handle({ cluster }, change) {
      cluster.timeSettings.value = { ...cluster.timeSettings.value, ...change };
      return json(copyOf(cluster.timeSettings.value));
    },
  }),
  ...on('GET /v2/time/default-settings', {
    privilege: 'PRIVILEGE_TIME_READ',
    handle: () => json(copyOf(defaultTimeSettings)),
  }),
  ...on('GET /v2/time/status', {
    privilege: 'PRIVILEGE_TIME_READ',
    handle: ({ cluster, nowMs }) =>
      json({ time: rfc3339(nowMs), source: cluster.timeSettings.value.source, synchronized: true }),
  }),
  ...on('GET /v2/time/timezones', {
    // ICU leaves UTC out of its list; qq's snapshot policies name it.
    handle: () => json(['UTC', ...Intl.supportedValuesOf('timeZone')]),
  }),
  ...notImplemented(
    'GET /v1/cluster/nodes/{node}/chassis',
    'GET /v1/cluster/nodes/chassis/',
    'POST /v1/cluster/nodes/{node}/uid-light',
    'GET /v1/cluster/slots/',
    'GET /v1/cluster/slots/{slot}',
    'PATCH /v1/cluster/slots/{slot}',
    'GET /v1/cluster/slots/node/{node}',
    'GET /v1/cluster/object-backed/protection/fault-tolerance',
    'PUT /v2/cluster/settings/ssl/certificate',
    'GET /v2/cluster/settings/ssl/ciphers',
    'PUT /v2/cluster/settings/ssl/ciphers',
  ),
};

const copyOf = ({ source, use_ad_for_primary, ntp_servers }: typeof defaultTimeSettings) => ({
  source,
  use_ad_for_primary,
  ntp_servers: [...ntp_servers],
});
