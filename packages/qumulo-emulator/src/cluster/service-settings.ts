import { Setting } from './settings.ts';

/** Settings of services that nothing else here depends on: kept and given back. Values of a fresh cluster are [I] but where FACTS names them. */

export interface WebUiSettings {
  inactivity_timeout: { nanoseconds: string } | null;
  login_banner: string | null;
}

export interface SyslogSettings {
  enabled: boolean;
  format: 'csv' | 'json';
  local_enabled: boolean;
  server_address: string;
  server_port: number;
}

export interface CloudwatchSettings {
  enabled: boolean;
  log_group_name: string;
  region: string;
}

/** What RFC 2307 calls each attribute; the server fills them in (FACTS 14). */
export const rfc2307 = {
  group_member_attribute: 'memberUid',
  user_group_identifier_attribute: 'uid',
  login_name_attribute: 'uid',
  group_name_attribute: 'cn',
  user_object_class: 'posixAccount',
  group_object_class: 'posixGroup',
  uid_number_attribute: 'uidNumber',
  gid_number_attribute: 'gidNumber',
};

/** Without the password, which is taken and never shown ([I]). */
export interface LdapSettings {
  use_ldap: boolean;
  bind_uri: string;
  user: string;
  base_distinguished_names: string;
  ldap_schema: 'RFC2307' | 'CUSTOM';
  ldap_schema_description: Partial<typeof rfc2307>;
  encrypt_connection: boolean;
}

/** Remote support and monitoring. */
export interface SupportSettings {
  enabled: boolean;
  mq_host: string;
  mq_port: number;
  mq_proxy_host: string;
  mq_proxy_port: number;
  s3_proxy_host: string;
  s3_proxy_port: number;
  s3_proxy_disable_https: boolean;
  period: number;
  vpn_host: string;
  vpn_enabled: boolean;
  nexus_enabled: boolean;
  nexus_host: string;
  nexus_port: number;
  nexus_interval: number;
}

export interface InterfaceSettings {
  id: number;
  name: string;
  default_gateway: string;
  default_gateway_ipv6: string;
  bonding_mode: 'ACTIVE_BACKUP' | 'IEEE_8023AD' | 'UNSPECIFIED';
  mtu: number;
}

export class ServiceSettings {
  readonly webUi = new Setting<WebUiSettings>({ inactivity_timeout: null, login_banner: null });
  /** Off is an empty address and port 0 (FACTS 14). */
  readonly syslog = new Setting<SyslogSettings>({
    enabled: false,
    format: 'csv',
    local_enabled: false,
    server_address: '',
    server_port: 0,
  });
  /** As the SDK's docstring shows a fresh cluster's (rest/audit.py). */
  readonly cloudwatch = new Setting<CloudwatchSettings>({ enabled: false, log_group_name: '', region: '' });
  readonly ldap = new Setting<LdapSettings>({
    use_ldap: false,
    bind_uri: '',
    user: '',
    base_distinguished_names: '',
    ldap_schema: 'RFC2307',
    ldap_schema_description: rfc2307,
    encrypt_connection: true,
  });
  readonly support = new Setting<SupportSettings>({
    enabled: false,
    mq_host: '',
    mq_port: 0,
    mq_proxy_host: '',
    mq_proxy_port: 0,
    s3_proxy_host: '',
    s3_proxy_port: 0,
    s3_proxy_disable_https: false,
    period: 0,
    vpn_host: '',
    vpn_enabled: false,
    nexus_enabled: false,
    nexus_host: '',
    nexus_port: 0,
    nexus_interval: 0,
  });
  readonly interface = new Setting<InterfaceSettings>({
    id: 1,
    name: 'bond0',
    default_gateway: '',
    default_gateway_ipv6: '',
    bonding_mode: 'ACTIVE_BACKUP',
    mtu: 1500,
  });
  /** PEM of the CAs that the cluster trusts; empty = none. */
  readonly caCertificate = new Setting('');
}
