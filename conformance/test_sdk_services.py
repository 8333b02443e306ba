"""Settings of the Web UI, audit log, LDAP, support and network interface: kept and given back."""

import copy
from datetime import timedelta

import pytest
from qumulo.rest.audit import SyslogFormat

from kit.fs import refused

sdk = pytest.mark.sdk
pytestmark = pytest.mark.emulator_only


@sdk('web_ui.get_settings', 'web_ui.set_settings', 'web_ui.modify_settings')
def test_web_ui(admin):
    before = admin.web_ui.get_settings()
    assert before.etag
    wanted = copy.copy(before.data)
    wanted.inactivity_timeout, wanted.login_banner = timedelta(minutes=15), '# Hello'
    assert admin.web_ui.set_settings(wanted, before.etag).data == wanted
    with refused(412):
        admin.web_ui.set_settings(before.data, before.etag)
    with admin.web_ui.modify_settings() as settings:
        settings.login_banner = None
    assert admin.web_ui.get_settings().data.login_banner is None
    assert admin.web_ui.set_settings(before.data).data == before.data


@sdk('audit.get_syslog_config', 'audit.set_syslog_config', 'audit.get_syslog_status')
def test_syslog(admin):
    before = admin.audit.get_syslog_config(with_etag=True)
    changed = admin.audit.set_syslog_config(
        enabled=True, log_format=SyslogFormat.JSON, server_address='10.0.0.9', server_port=514, etag=before.etag
    )
    assert changed == {
        **before.data,
        'enabled': True,
        'format': 'json',
        'server_address': '10.0.0.9',
        'server_port': 514,
    }
    assert admin.audit.get_syslog_status()['connection_status'].startswith('AUDIT_LOG_')
    off = admin.audit.set_syslog_config(
        enabled=False, log_format=SyslogFormat.CSV, server_address='', server_port=0
    )
    assert off == before.data


@sdk('audit.get_cloudwatch_config', 'audit.set_cloudwatch_config', 'audit.get_cloudwatch_status')
def test_cloudwatch(admin):
    before = admin.audit.get_cloudwatch_config()
    assert set(before) == {'region', 'enabled', 'log_group_name'}
    on = admin.audit.set_cloudwatch_config(enabled=True, log_group_name='group', region='us-west-2')
    assert on == {'enabled': True, 'log_group_name': 'group', 'region': 'us-west-2'}
    assert all('last_seen_error' in s for s in admin.audit.get_cloudwatch_status()['node_statuses'].values())
    assert admin.audit.set_cloudwatch_config(enabled=False, log_group_name='', region='') == before


@sdk(
    'audit.list_destinations',
    'audit.create_destination',
    'audit.get_destination_config',
    'audit.set_destination_config',
    'audit.patch_destination_config',
    'audit.delete_destination',
    'audit.get_destination_status',
)
def test_destinations(admin):
    made = admin.audit.create_destination('one', True, 'syslog.example.com', 514, log_format=SyslogFormat.JSON)
    ref = made['id']
    got = admin.audit.get_destination_config(ref, with_etag=True)
    assert got.data == made
    assert (made['type'], made['server_port'], made['log_format']) == ('SYSLOG', 514, 'json')
    assert admin.audit.patch_destination_config(ref, enabled=False, etag=got.etag) == {**made, 'enabled': False}
    with refused(412):
        admin.audit.delete_destination(ref, etag=got.etag)
    local = admin.audit.set_destination_config(ref, 'here', True, destination_type='LOCAL')
    assert (local['type'], local['name']) == ('LOCAL', 'here')
    assert admin.audit.get_destination_status(ref)
    assert 'here' in str(admin.audit.list_destinations())
    admin.audit.delete_destination(ref)
    with refused(404):
        admin.audit.get_destination_config(ref)


@sdk('ldap.settings_get_v2', 'ldap.settings_set_v2', 'ldap.settings_update_v2')
def test_ldap(admin):
    before = admin.ldap.settings_get_v2()
    changed = admin.ldap.settings_set_v2('ldap://ldap.example.com', 'dc=example,dc=com', True, 'reader', 'secret')
    assert (changed['bind_uri'], changed['use_ldap'], changed['user']) == ('ldap://ldap.example.com', True, 'reader')
    assert 'secret' not in str(changed)
    back = admin.ldap.settings_update_v2(
        bind_uri='', base_distinguished_names='', use_ldap=False, user='', ldap_schema='RFC2307'
    )
    assert back == before
    assert back['ldap_schema_description']['group_member_attribute'] == 'memberUid'


@sdk('support.get_config', 'support.set_config')
def test_support(admin):
    before = admin.support.get_config()
    assert admin.support.set_config(enabled=True, mq_port=443) == {**before, 'enabled': True, 'mq_port': 443}
    assert admin.support.set_config(enabled=False, mq_port=before['mq_port']) == before


@sdk('network.get_interface', 'network.modify_interface', 'network.get_network')
def test_network_interface(admin):
    before = admin.network.get_interface(1)
    changed = admin.network.modify_interface(1, mtu=9000)
    assert changed == {**before, 'mtu': 9000}
    whole = {key: before[key] for key in ('bonding_mode', 'default_gateway', 'default_gateway_ipv6', 'mtu')}
    assert admin.network.modify_interface(1, **whole) == before
    network = admin.network.get_network(1, 1)
    assert (network['name'], network['assigned_by']) == ('Default', 'DHCP')
