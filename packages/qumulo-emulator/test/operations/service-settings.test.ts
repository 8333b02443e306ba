import { describe, expect, it } from 'vitest';
import { makeCertificate } from '../../src/certificate.ts';
import { at, startCluster, textAt } from '../support/client.ts';

const ldap = {
  use_ldap: true,
  bind_uri: 'ldap://ldap.example.com',
  user: 'reader',
  base_distinguished_names: 'dc=example,dc=com',
  ldap_schema: 'CUSTOM',
  ldap_schema_description: { group_member_attribute: 'member', login_name_attribute: 'cn' },
  encrypt_connection: false,
};
const support = {
  enabled: true,
  mq_host: 'missionq.example.com',
  mq_port: 443,
  mq_proxy_host: 'proxy',
  mq_proxy_port: 372,
  s3_proxy_host: 'monitor',
  s3_proxy_port: 444,
  s3_proxy_disable_https: true,
  vpn_enabled: true,
  vpn_host: 'ep1',
  period: 60,
};

describe('settings of services', () => {
  it.each([
    ['/v1/web-ui/settings', { inactivity_timeout: { nanoseconds: '900000000000' }, login_banner: '# Hello' }],
    ['/v1/audit/syslog/config', { enabled: true, server_address: '10.0.0.9', server_port: 514 }],
    ['/v1/audit/cloudwatch/config', { enabled: true, log_group_name: 'group', region: 'us-west-2' }],
    ['/v2/ldap/settings', ldap],
    ['/v1/support/settings', support],
    [
      '/v2/network/interfaces/1',
      {
        id: 1,
        name: 'lo',
        default_gateway: '10.220.0.2',
        default_gateway_ipv6: '',
        bonding_mode: 'IEEE_8023AD',
        mtu: 1700,
      },
    ],
  ])('%s come back as sent, by PUT and PATCH', async (uri, body) => {
    const client = await startCluster();
    const before = await client.ok('GET', uri);
    for (const verb of ['PUT', 'PATCH']) {
      await client.ok('PUT', uri, before.json);
      const changed = await client.ok(verb, uri, body);
      expect(changed.json).toMatchObject(body);
      expect((await client.ok('GET', uri)).json).toEqual(changed.json);
    }
    const stale = { body: before.json, headers: { 'if-match': before.headers.etag ?? '' } };
    for (const verb of ['PUT', 'PATCH']) expect((await client.call(verb, uri, stale)).status).toBe(412);
  });

  it.each([
    ['PUT', '/v1/web-ui/settings', { login_banner: 'x' }],
    ['PATCH', '/v1/web-ui/settings', { inactivity_timeout: 5 }],
    ['PATCH', '/v1/audit/syslog/config', { format: 'xml' }],
    ['PATCH', '/v2/ldap/settings', { ldap_schema: 'AD' }],
    ['PATCH', '/v2/network/interfaces/1', { mtu: '1500' }],
    ['POST', '/v2/audit/destinations/', { config: { name: 'x', enabled: true } }],
  ])('%s %s refuses %j', async (verb, uri, body) => {
    const client = await startCluster();
    expect(await client.call(verb, uri, { body })).toMatchObject({
      status: 400,
      json: { error_class: 'decode_error' },
    });
  });

  it('clear the Web UI by null', async () => {
    const client = await startCluster();
    await client.ok('PUT', '/v1/web-ui/settings', { inactivity_timeout: null, login_banner: 'x' });
    const cleared = { inactivity_timeout: null, login_banner: null };
    expect((await client.ok('PATCH', '/v1/web-ui/settings', cleared)).json).toEqual(cleared);
  });

  it('name the attributes of RFC 2307 where nothing was said', async () => {
    const client = await startCluster();
    await client.ok('PUT', '/v2/ldap/settings', ldap);
    const rfc2307 = (
      await client.ok('PATCH', '/v2/ldap/settings', {
        ldap_schema: 'RFC2307',
        ldap_schema_description: { group_member_attribute: '', login_name_attribute: 'mail' },
        password: 'secret',
      })
    ).json;
    expect(rfc2307).toMatchObject({
      ldap_schema_description: {
        group_member_attribute: 'memberUid',
        login_name_attribute: 'mail',
        gid_number_attribute: 'gidNumber',
      },
    });
    expect(JSON.stringify(rfc2307)).not.toContain('secret');
  });

  it('tell the state of audit logs and the first network', async () => {
    const client = await startCluster();
    const status = async (uri: string) => at((await client.ok('GET', uri)).json, 'connection_status');
    expect(await status('/v1/audit/syslog/status')).toBe('AUDIT_LOG_DISABLED');
    await client.ok('PATCH', '/v1/audit/syslog/config', { enabled: true });
    expect(await status('/v1/audit/syslog/status')).toBe('AUDIT_LOG_DISCONNECTED');
    expect((await client.ok('GET', '/v1/audit/cloudwatch/status')).json).toEqual({
      node_statuses: { 1: { last_seen_error: null } },
    });
    expect((await client.ok('GET', '/v2/network/interfaces/1/networks/1')).json).toMatchObject({
      name: 'Default',
      assigned_by: 'DHCP',
      tenant_id: 1,
    });
    expect((await client.call('GET', '/v2/network/interfaces/2')).status).toBe(404);
  });

  it('keep a CA certificate, and nothing else', async () => {
    const client = await startCluster();
    const uri = '/v2/cluster/settings/ssl/ca-certificate';
    const { cert } = await makeCertificate('127.0.0.1');
    const { cert: other } = await makeCertificate('127.0.0.2');
    for (const pem of ['Not a valid certificate', '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----'])
      expect(await client.call('PUT', uri, { body: { ca_certificate: pem } })).toMatchObject({
        status: 400,
        json: { error_class: 'ssl_certificate_invalid_error' },
      });
    for (const pem of [cert, `${cert}\n${other}`]) {
      await client.ok('PUT', uri, { ca_certificate: pem });
      expect(textAt((await client.ok('GET', uri)).json, 'ca_certificate')).toBe(pem);
    }
    await client.ok('DELETE', uri);
    expect((await client.ok('GET', uri)).json).toEqual({ ca_certificate: '' });
  });
});

describe('audit destinations', () => {
  it('live from POST to DELETE, under If-Match', async () => {
    const client = await startCluster();
    const uri = '/v2/audit/destinations/';
    const config = {
      type: 'SYSLOG',
      name: 'one',
      enabled: true,
      server_address: 'h',
      server_port: 514,
      log_format: 'json',
    };
    const made = await client.ok('POST', uri, { config });
    expect(made.json).toEqual({ id: 1, ...config });
    expect((await client.ok('GET', uri)).json).toEqual({ entries: [made.json] });
    const off = await client.ok(
      'PATCH',
      `${uri}1`,
      { enabled: false },
      { headers: { 'if-match': made.headers.etag ?? '' } },
    );
    expect(off.json).toEqual({ id: 1, ...config, enabled: false });
    const local = { type: 'LOCAL', name: 'here', enabled: true };
    for (const verb of ['PUT', 'PATCH', 'DELETE'])
      expect(
        (await client.call(verb, `${uri}1`, { body: local, headers: { 'if-match': made.headers.etag ?? '' } })).status,
      ).toBe(412);
    expect((await client.ok('PUT', `${uri}1`, local)).json).toEqual({ id: 1, ...local });
    expect((await client.ok('GET', `${uri}1/status`)).json).toEqual({ connection_status: 'AUDIT_LOG_DISCONNECTED' });
    await client.ok('DELETE', `${uri}1`);
    for (const path of [`${uri}1`, `${uri}1/status`]) expect((await client.call('GET', path)).status).toBe(404);
    expect((await client.call('GET', `${uri}x`)).status).toBe(400);
  });
});

it.each([
  ['PRIVILEGE_AUDIT', '/v1/audit/syslog/config'],
  ['PRIVILEGE_LDAP', '/v2/ldap/settings'],
  ['PRIVILEGE_SUPPORT', '/v1/support/settings'],
  ['PRIVILEGE_NETWORK', '/v2/network/interfaces/1'],
])('%s_READ reads %s, and does not write', async (privilege, uri) => {
  const client = await startCluster();
  const { token } = await client.userWith('reader', [`${privilege}_READ`]);
  const { token: nobody } = await client.userWith('nobody', []);
  expect((await client.call('GET', uri, { token })).status).toBe(200);
  expect((await client.call('GET', uri, { token: nobody })).status).toBe(403);
  for (const verb of ['PUT', 'PATCH']) expect((await client.call(verb, uri, { token, body: {} })).status).toBe(403);
});

it('Web UI settings are read by anybody and written with the privilege', async () => {
  const client = await startCluster();
  const { token } = await client.userWith('nobody', []);
  expect((await client.call('GET', '/v1/web-ui/settings', { token })).status).toBe(200);
  expect((await client.call('PATCH', '/v1/web-ui/settings', { token, body: {} })).status).toBe(403);
});
