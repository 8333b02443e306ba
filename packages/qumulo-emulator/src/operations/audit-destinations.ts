import type { AuditDestination } from '../cluster/audit-destinations.ts';
import { checkIfMatch, etagOf } from '../cluster/versioned.ts';
import { empty, json, type JsonAnswer } from '../http/answer.ts';
import { boolean, integer, object, oneOf, optional, string } from '../http/decode.ts';
import { badId } from '../http/errors.ts';
import { type Call, on, onBody } from '../http/operation.ts';

const config = object({
  type: oneOf(['SYSLOG', 'CLOUDWATCH', 'LOCAL']),
  name: string,
  enabled: boolean,
  server_address: optional(string),
  server_port: optional(integer),
  log_format: optional(oneOf(['csv', 'json'])),
  log_group_name: optional(string),
  region: optional(string),
});

const read = 'PRIVILEGE_AUDIT_READ';
const write = 'PRIVILEGE_AUDIT_WRITE';

/** Shapes of answers are UNKNOWN (the SDK prints them): flat like the body of PUT, with the id; a list as other v2 lists. */
const body = ({ id, config: kept }: AuditDestination) => ({ id, ...kept });
const one = (destination: AuditDestination): JsonAnswer<unknown> =>
  json(body(destination), etagOf(destination.version));

function chosen(call: Call<'id'>): AuditDestination {
  const id = call.param('id');
  if (!/^\d{1,9}$/.test(id)) throw badId('Audit log destination', id);
  const found = call.cluster.auditDestinations.get(Number(id));
  checkIfMatch(call.ifMatch, found.version);
  return found;
}

/** Destinations of the audit log (FACTS 12). */
export const auditDestinationOperations = {
  ...on('GET /v2/audit/destinations/', {
    privilege: read,
    handle: ({ cluster }) => json({ entries: cluster.auditDestinations.all().map(body) }),
  }),
  ...onBody('POST /v2/audit/destinations/', object({ config }), {
    privilege: write,
    handle: ({ cluster }, sent) => one(cluster.auditDestinations.add(sent.config)),
  }),
  ...on('GET /v2/audit/destinations/{id}', { privilege: read, handle: (call) => one(chosen(call)) }),
  ...onBody('PUT /v2/audit/destinations/{id}', config, {
    privilege: write,
    handle: (call, sent) => one(call.cluster.auditDestinations.replace(chosen(call), sent)),
  }),
  ...onBody('PATCH /v2/audit/destinations/{id}', object({ enabled: optional(boolean) }), {
    privilege: write,

    handle(call, sent) {
      const found = chosen(call);
      return one(call.cluster.auditDestinations.replace(found, { ...found.config, ...sent }));
    },
  }),
  ...on('DELETE /v2/audit/destinations/{id}', {
    privilege: write,

    handle(call) {
      call.cluster.auditDestinations.remove(chosen(call));
      return empty();
    },
  }),
  /** Nobody is ever reached from here; names as those of version 1. */
  ...on('GET /v2/audit/destinations/{id}/status', {
    privilege: read,

    handle(call) {
      const { config: kept } = chosen(call);
      return json({ connection_status: kept.enabled ? 'AUDIT_LOG_DISCONNECTED' : 'AUDIT_LOG_DISABLED' });
    },
  }),
};
