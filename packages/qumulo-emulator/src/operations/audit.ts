import type { CloudwatchSettings, SyslogSettings } from '../cluster/service-settings.ts';
import { json } from '../http/answer.ts';
import { boolean, integer, object, oneOf, optional, string } from '../http/decode.ts';
import { on, onBody, onUndocumentedBody } from '../http/operation.ts';
import { changeSettings, type Kept, showSettings } from './kept-settings.ts';

const privileges = { read: 'PRIVILEGE_AUDIT_READ', write: 'PRIVILEGE_AUDIT_WRITE' } as const;
const syslog: Kept<SyslogSettings> = { ...privileges, of: ({ services }) => services.syslog };
const cloudwatch: Kept<CloudwatchSettings> = { ...privileges, of: ({ services }) => services.cloudwatch };

const syslogFields = object({
  enabled: optional(boolean),
  format: optional(oneOf(['csv', 'json'])),
  local_enabled: optional(boolean),
  server_address: optional(string),
  server_port: optional(integer),
});
const cloudwatchFields = object({
  enabled: optional(boolean),
  log_group_name: optional(string),
  region: optional(string),
});

/** Version 1 of the audit log's destinations. Nothing is sent anywhere. */
export const auditOperations = {
  ...on('GET /v1/audit/syslog/config', showSettings(syslog)),
  ...onBody('PATCH /v1/audit/syslog/config', syslogFields, changeSettings(syslog)),
  /** Names documented in docs:integration-guide (Qumulo Broker): no server is ever reached from here. */
  ...on('GET /v1/audit/syslog/status', {
    privilege: privileges.read,
    handle: ({ cluster }) =>
      json({
        connection_status: cluster.services.syslog.value.enabled ? 'AUDIT_LOG_DISCONNECTED' : 'AUDIT_LOG_DISABLED',
      }),
  }),
  ...on('GET /v1/audit/cloudwatch/config', showSettings(cloudwatch)),
  ...onBody('PATCH /v1/audit/cloudwatch/config', cloudwatchFields, changeSettings(cloudwatch)),
  ...on('GET /v1/audit/cloudwatch/status', {
    privilege: privileges.read,
    handle: () => json({ node_statuses: { 1: { last_seen_error: null } } }),
  }),
};

/** PUT, which Terraform sends with some of the keys (FACTS 14). */
export const auditUndocumented = {
  ...onUndocumentedBody('PUT /v1/audit/syslog/config', syslogFields, changeSettings(syslog)),
  ...onUndocumentedBody('PUT /v1/audit/cloudwatch/config', cloudwatchFields, changeSettings(cloudwatch)),
};
