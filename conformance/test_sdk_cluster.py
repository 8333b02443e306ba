"""Version, node, cluster, time, and the settings of the file system."""

import re
import ssl

import pytest

from kit.fs import refused

sdk = pytest.mark.sdk
emulator_only = pytest.mark.emulator_only


@sdk('version.version', 'version.numeric_version')
def test_version(admin):
    got = admin.version.version()
    assert re.fullmatch(r'Qumulo Core \d+\.\d+\.\d+(\.\d+)?', got['revision_id'])
    assert {'build_id', 'flavor', 'build_date'} <= set(got)
    assert admin.version.numeric_version() == got['revision_id'].split()[-1]


@emulator_only
def test_version_has_three_parts(admin):
    """The CSI driver reads it as a strict semantic version."""
    assert re.fullmatch(r'\d+\.\d+\.\d+', admin.version.numeric_version())


@sdk('node_state.get_node_state')
def test_node_state(admin):
    got = admin.node_state.get_node_state()
    assert got['state'] == 'ACTIVE'
    assert isinstance(got['node_id'], int)
    assert got['cluster_id']


@sdk('cluster.get_cluster_conf')
def test_cluster_conf(admin):
    assert admin.cluster.get_cluster_conf()['cluster_name']


@emulator_only
@sdk('cluster.put_cluster_conf')
def test_put_cluster_conf(admin):
    before = admin.cluster.get_cluster_conf()['cluster_name']
    assert admin.cluster.put_cluster_conf('renamed')['cluster_name'] == 'renamed'
    assert admin.cluster.get_cluster_conf()['cluster_name'] == 'renamed'
    admin.cluster.put_cluster_conf(before)


@sdk('cluster.list_nodes', 'cluster.list_node')
def test_nodes(admin):
    nodes = admin.cluster.list_nodes()
    assert nodes
    assert admin.cluster.list_node(nodes[0]['id'])['id'] == nodes[0]['id']


@sdk('cluster.get_protection_status')
def test_protection_status(admin):
    assert admin.cluster.get_protection_status()['protection_system_type'].startswith('PROTECTION_SYSTEM_TYPE_')


@sdk('cluster.get_restriper_status')
def test_restriper_status(admin):
    assert admin.cluster.get_restriper_status() is not None


@sdk('cluster.get_object_backed_fault_tolerance')
@emulator_only
def test_object_backed_fault_tolerance(admin):
    assert admin.cluster.get_object_backed_fault_tolerance() is not None


@sdk('cluster.get_cluster_slots_status')
@emulator_only
def test_slots(admin):
    assert isinstance(admin.cluster.get_cluster_slots_status(), list)


@sdk('cluster.get_cluster_slot_status')
@emulator_only
def test_slot(admin):
    assert admin.cluster.get_cluster_slot_status('1.1')


@sdk('cluster.get_cluster_node_slots_status')
@emulator_only
def test_slots_of_a_node(admin):
    assert isinstance(admin.cluster.get_cluster_node_slots_status(1), list)


@sdk('cluster.set_cluster_slot_config')
@emulator_only
def test_slot_light(admin):
    admin.cluster.set_cluster_slot_config('1.1', 'LED_PATTERN_LOCATE')


@sdk('cluster.get_node_chassis_status')
@emulator_only
def test_chassis(admin):
    assert admin.cluster.get_node_chassis_status()
    assert admin.cluster.get_node_chassis_status(1)


@sdk('cluster.set_node_identify_light')
@emulator_only
def test_identify_light(admin):
    admin.cluster.set_node_identify_light(1, True)


@sdk('cluster.get_ssl_ciphers')
@emulator_only
def test_ssl_ciphers(admin):
    got = admin.cluster.get_ssl_ciphers()
    assert got['tls_1_2'] and got['tls_1_3']


@sdk('cluster.set_ssl_ciphers')
@emulator_only
def test_set_ssl_ciphers(admin):
    admin.cluster.set_ssl_ciphers(['ECDHE-RSA-AES128-GCM-SHA256'], ['TLS_AES_128_GCM_SHA256'])


@sdk('cluster.get_ssl_ca_certificate', 'cluster.set_ssl_ca_certificate', 'cluster.delete_ssl_ca_certificate')
@emulator_only
def test_ca_certificate(admin, cluster):
    pem = ssl.get_server_certificate((cluster.host, cluster.port))
    with refused(400, 'ssl_certificate_invalid_error'):
        admin.cluster.set_ssl_ca_certificate('no certificate')
    admin.cluster.set_ssl_ca_certificate(pem)
    assert admin.cluster.get_ssl_ca_certificate()['ca_certificate'] == pem
    admin.cluster.delete_ssl_ca_certificate()
    assert not admin.cluster.get_ssl_ca_certificate()['ca_certificate']


@sdk('cluster.set_ssl_certificate')
@emulator_only
def test_set_certificate(admin):
    admin.cluster.set_ssl_certificate('no certificate', 'no key')


@sdk('time_config.get_time')
def test_time_settings(admin):
    got = admin.time_config.get_time()
    assert got['source'] in ('API_TIME_SOURCE_NTP', 'API_TIME_SOURCE_HYPERVISOR')
    assert isinstance(got['use_ad_for_primary'], bool)
    assert isinstance(got['ntp_servers'], list)


@emulator_only
@sdk('time_config.set_time', 'time_config.get_default_time')
def test_set_time(admin):
    before = admin.time_config.get_time()
    changed = admin.time_config.set_time(ntp_servers=['ntp.example.com'])
    assert changed['ntp_servers'] == ['ntp.example.com']
    assert changed['use_ad_for_primary'] == before['use_ad_for_primary'], 'PATCH is partial'
    defaults = admin.time_config.get_default_time()
    assert set(defaults) >= {'use_ad_for_primary', 'ntp_servers', 'source'}
    admin.time_config.set_time(**{key: before[key] for key in ('use_ad_for_primary', 'ntp_servers', 'source')})


@sdk('time_config.get_time_status')
def test_time_status(admin):
    assert admin.time_config.get_time_status() is not None


@sdk('time_config.list_timezones')
def test_timezones(admin):
    assert 'UTC' in str(admin.time_config.list_timezones())


@emulator_only
@sdk('fs.get_atime_settings', 'fs.set_atime_settings')
def test_atime_settings(admin, scratch):
    assert admin.fs.get_atime_settings() == {'enabled': False, 'granularity': 'HOUR'}
    try:
        assert admin.fs.set_atime_settings(enabled=True) == {'enabled': True, 'granularity': 'HOUR'}
        assert admin.fs.set_atime_settings(granularity='WEEK') == {'enabled': True, 'granularity': 'WEEK'}
    finally:
        admin.fs.set_atime_settings(enabled=False, granularity='HOUR')


@emulator_only
@sdk('fs.get_notify_settings', 'fs.set_notify_settings')
def test_notify_settings(admin):
    assert admin.fs.get_notify_settings() == {'recursive_mode': 'ENABLED'}
    try:
        assert admin.fs.set_notify_settings('DISABLED_IGNORE')['recursive_mode'] == 'DISABLED_IGNORE'
        assert admin.fs.get_notify_settings()['recursive_mode'] == 'DISABLED_IGNORE'
    finally:
        admin.fs.set_notify_settings('ENABLED')
    from kit.fs import refused

    with refused(400):
        admin.fs.set_notify_settings('SOMETIMES')


@emulator_only
@sdk('fs.get_permissions_settings', 'fs.set_permissions_settings')
def test_permissions_settings(admin):
    before = admin.fs.get_permissions_settings()['mode']
    try:
        for mode in ('NATIVE', 'CROSS_PROTOCOL_POSIX_PRIORITY', 'CROSS_PROTOCOL'):
            assert admin.fs.set_permissions_settings(mode)['mode'] == mode
            assert admin.fs.get_permissions_settings()['mode'] == mode
    finally:
        admin.fs.set_permissions_settings(before)
