import {
  type InterfaceSettings,
  type LdapSettings,
  rfc2307,
  type SupportSettings,
} from '../cluster/service-settings.ts';
import { json } from '../http/answer.ts';
import { boolean, integer, object, oneOf, optional, string } from '../http/decode.ts';
import { onUndocumented, onUndocumentedBody } from '../http/operation.ts';
import { changeSettings, type Kept, showSettings } from './kept-settings.ts';

const support: Kept<SupportSettings> = {
  read: 'PRIVILEGE_SUPPORT_READ',
  write: 'PRIVILEGE_SUPPORT_WRITE',
  of: ({ services }) => services.support,
};
const networkInterface: Kept<InterfaceSettings> = {
  read: 'PRIVILEGE_NETWORK_READ',
  write: 'PRIVILEGE_NETWORK_WRITE',
  of: ({ services }) => services.interface,
};

const description = object({
  group_member_attribute: optional(string),
  user_group_identifier_attribute: optional(string),
  login_name_attribute: optional(string),
  group_name_attribute: optional(string),
  user_object_class: optional(string),
  group_object_class: optional(string),
  uid_number_attribute: optional(string),
  gid_number_attribute: optional(string),
});

/** With RFC2307 the server fills in what is missing or empty (FACTS 14). */
function filledIn(settings: LdapSettings): LdapSettings {
  if (settings.ldap_schema !== 'RFC2307') return settings;
  const given = Object.entries(settings.ldap_schema_description).filter(([, name]) => name !== '');
  return { ...settings, ldap_schema_description: { ...rfc2307, ...Object.fromEntries(given) } };
}

const ldap: Kept<LdapSettings> = {
  read: 'PRIVILEGE_LDAP_READ',
  write: 'PRIVILEGE_LDAP_WRITE',
  of: ({ services }) => services.ldap,
  normal: filledIn,
};

const ldapFields = object({
  use_ldap: optional(boolean),
  bind_uri: optional(string),
  user: optional(string),
  base_distinguished_names: optional(string),
  ldap_schema: optional(oneOf(['RFC2307', 'CUSTOM'])),
  ldap_schema_description: optional(description),
  encrypt_connection: optional(boolean),
});

const supportFields = object({
  enabled: optional(boolean),
  mq_host: optional(string),
  mq_port: optional(integer),
  mq_proxy_host: optional(string),
  mq_proxy_port: optional(integer),
  s3_proxy_host: optional(string),
  s3_proxy_port: optional(integer),
  s3_proxy_disable_https: optional(boolean),
  period: optional(integer),
  vpn_host: optional(string),
  vpn_enabled: optional(boolean),
  nexus_enabled: optional(boolean),
  nexus_host: optional(string),
  nexus_port: optional(integer),
  nexus_interval: optional(integer),
});

const interfaceFields = object({
  name: optional(string),
  default_gateway: optional(string),
  default_gateway_ipv6: optional(string),
  bonding_mode: optional(oneOf(['ACTIVE_BACKUP', 'IEEE_8023AD', 'UNSPECIFIED'])),
  mtu: optional(integer),
});

/** Settings that the schemas lack and that the Terraform provider reads and writes by PUT and PATCH (FACTS 14). */
export const serviceSettingsUndocumented = {
  ...onUndocumented('GET /v2/ldap/settings', showSettings(ldap)),
  ...onUndocumentedBody('PUT /v2/ldap/settings', ldapFields, changeSettings(ldap)),
  ...onUndocumentedBody('PATCH /v2/ldap/settings', ldapFields, changeSettings(ldap)),
  ...onUndocumented('GET /v1/support/settings', showSettings(support)),
  ...onUndocumentedBody('PUT /v1/support/settings', supportFields, changeSettings(support)),
  ...onUndocumentedBody('PATCH /v1/support/settings', supportFields, changeSettings(support)),
  // There is one interface, with one network on it.
  ...onUndocumented('GET /v2/network/interfaces/1', showSettings(networkInterface)),
  ...onUndocumentedBody('PUT /v2/network/interfaces/1', interfaceFields, changeSettings(networkInterface)),
  ...onUndocumentedBody('PATCH /v2/network/interfaces/1', interfaceFields, changeSettings(networkInterface)),
  ...onUndocumented('GET /v2/network/interfaces/1/networks/1', {
    privilege: 'PRIVILEGE_NETWORK_READ',
    handle({ cluster: { services, tenants } }) {
      return json({
        id: 1,
        name: 'Default',
        assigned_by: 'DHCP',
        floating_ip_ranges: [],
        dns_servers: [],
        dns_search_domains: [],
        ip_ranges: [],
        netmask: '',
        mtu: services.interface.value.mtu,
        vlan_id: 0,
        tenant_id: tenants.all().find(({ config }) => config.networks.includes(1))?.config.id ?? null,
      });
    },
  }),
};
