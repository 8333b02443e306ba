"""qq: quotas, tree delete, exports, cluster, time, settings."""

import contextlib
import json
import ssl

import pytest

from kit.fs import make_file, refused

qq_commands = pytest.mark.qq
emulator_only = pytest.mark.emulator_only


@qq_commands('quota_create_quota', 'quota_get_quota', 'quota_update_quota', 'quota_list_quotas', 'quota_delete_quota')
def test_quota(qq, scratch):
    assert qq('quota_create_quota', '--path', scratch.path, '--limit', '50MB').json() == {
        'id': scratch.id,
        'limit': '50000000',
    }
    got = qq('quota_get_quota', '--id', scratch.id).json()
    assert (got['limit'], got['path'].rstrip('/')) == ('50000000', scratch.path)
    assert qq('quota_update_quota', '--path', scratch.path, '--limit', '1GiB').json()['limit'] == str(2**30)
    assert scratch.id in [entry['id'] for entry in qq('quota_list_quotas').json()['quotas']]
    assert scratch.id in qq('quota_list_quotas', '--page-size', 1).out
    qq.refused(
        'quota_create_quota',
        '--id',
        scratch.id,
        '--limit',
        '1GB',
        status=409,
        error_class='api_quotas_quota_limit_already_set_error',
    )
    qq('quota_delete_quota', '--path', scratch.path)
    qq.refused('quota_get_quota', '--id', scratch.id, status=404, error_class='api_quotas_quota_limit_not_found_error')
    assert qq.run('quota_create_quota', '--path', scratch / 'none', '--limit', '1GB').code == 1


@qq_commands('tree_delete_create', 'tree_delete_list', 'tree_delete_get', 'tree_delete_restart', 'tree_delete_cancel')
def test_tree_delete(qq, admin, scratch):
    admin.fs.create_directory('a', dir_path=scratch.path)
    make_file(admin, scratch / 'a/x')
    qq('tree_delete_create', scratch / 'a', stdin=b'no\n')
    assert admin.fs.get_file_attr(path=scratch / 'a')
    qq('tree_delete_create', scratch / 'a', stdin=b'yes\n')
    with refused(404):
        admin.fs.get_file_attr(path=scratch / 'a')
    tree = admin.fs.create_directory('b', dir_path=scratch.path)['id']
    held = make_file(admin, scratch / 'b/held')
    admin.fs.modify_file_lock(legal_hold=True, id_=held)
    qq('tree_delete_create', tree, '--force')
    admin.tree_delete.wait_for_job(tree, exit_on_error=True)
    assert tree in [job['id'] for job in qq('tree_delete_list', '--json').json()['jobs']]
    assert tree in qq('tree_delete_list').out
    assert qq('tree_delete_get', tree, '--json').json()['last_error_message']
    assert tree in qq('tree_delete_get', tree).out
    qq('tree_delete_restart', tree)
    admin.tree_delete.wait_for_job(tree, exit_on_error=True)
    qq('tree_delete_cancel', tree)
    admin.fs.modify_file_lock(legal_hold=False, id_=held)
    qq.refused('tree_delete_get', tree, status=404, error_class='http_not_found_error')


@pytest.fixture
def export(qq, admin, scratch, unique):
    made = qq(
        'nfs_add_export', '--export-path', f'/{unique("export")}', '--fs-path', scratch.path, '--no-restrictions'
    ).json()
    yield made
    with contextlib.suppress(admin.rest.Error):
        admin.nfs.nfs_delete_export(made['id'])


@qq_commands('nfs_add_export', 'nfs_get_export', 'nfs_list_exports', 'nfs_delete_export')
def test_export(qq, scratch, unique, tmp_path):
    file = tmp_path / 'restrictions'
    file.write_text(
        json.dumps(
            {
                'restrictions': [
                    {
                        'read_only': True,
                        'host_restrictions': ['1.2.3.1'],
                        'user_mapping': 'root',
                        'map_to_user': {'id_type': 'LOCAL_USER', 'id_value': 'guest'},
                    }
                ]
            }
        )
    )
    path = f'/{unique("export")}'
    made = qq(
        'nfs_add_export',
        '--export-path',
        path,
        '--fs-path',
        scratch / 'new',
        '--create-fs-path',
        '--restrictions',
        file,
        '--fields-to-present-as-32-bit',
        'FILE_IDS',
    ).json()
    told = qq('nfs_get_export', '--export-path', path).out
    assert 'ro, insecure, root_squash, anonlocal=' in told and '1.2.3.1' in told and 'FILE_IDS' in told
    assert qq('nfs_get_export', '--export-id', made['id'], '--json').json()['export_path'] == path
    assert path in qq('nfs_list_exports').out
    assert path in [entry['export_path'] for entry in qq('nfs_list_exports', '--json').json()['entries']]
    assert qq('nfs_delete_export', '--export-path', path).out == f'Export "{path}" has been deleted.\n'
    qq.refused('nfs_get_export', '--export-id', made['id'], status=404, error_class='nfs_export_doesnt_exist_error')


@qq_commands('nfs_mod_export', 'nfs_mod_export_host_access')
def test_modify_export(qq, export):
    ref = ('--export-id', export['id'])
    assert qq('nfs_mod_export', *ref, '--description', 'changed').json()['description'] == 'changed'
    added = qq(
        'nfs_mod_export_host_access',
        *ref,
        '--json',
        'add_entry',
        '--hosts',
        '10.0.0.0/8',
        '--ro',
        '--all-squash',
        '--anon-uid',
        5,
        '--anon-gid',
        6,
    ).json()
    assert len(added['restrictions']) == 2
    assert added['restrictions'][1]['map_to_user'] == {'id_type': 'NFS_UID', 'id_value': '5'}
    plain = qq('nfs_mod_export_host_access', *ref, 'add_entry', '--hosts', '11.0.0.1').out
    assert 'no_root_squash' in plain and 'AUTHENTICATION_MODE_NONE' in plain
    assert (
        'no_root_squash'
        in qq('nfs_mod_export_host_access', *ref, 'modify_entry', '--position', 2, '--no-root-squash').out
    )
    assert (
        len(qq('nfs_mod_export_host_access', *ref, '--json', 'remove_entry', '--position', 1).json()['restrictions'])
        == 2
    )


@emulator_only
@qq_commands('nfs_get_settings', 'nfs_modify_settings')
def test_nfs_settings(qq):
    before = qq('nfs_get_settings').json()
    flags = ('--disable-v4', '--enable-v4') if before['v4_enabled'] else ('--enable-v4', '--disable-v4')
    assert qq('nfs_modify_settings', flags[0]).json()['v4_enabled'] is not before['v4_enabled']
    assert qq('nfs_modify_settings', flags[1]).json() == before


@qq_commands('cluster_conf')
def test_cluster_conf(qq):
    assert qq('cluster_conf').json()['cluster_name']


@emulator_only
@qq_commands('set_cluster_conf')
def test_set_cluster_conf(qq):
    before = qq('cluster_conf').json()['cluster_name']
    assert qq('set_cluster_conf', '--cluster-name', 'other').json()['cluster_name'] == 'other'
    qq('set_cluster_conf', '--cluster-name', before)


@qq_commands('nodes_list')
def test_nodes(qq):
    node = qq('nodes_list').json()[0]['id']
    assert qq('nodes_list', '--node', node).json()['id'] == node


@emulator_only
@pytest.mark.parametrize(
    ('command', 'args'),
    [
        pytest.param(command, args, marks=pytest.mark.qq(command), id=command)
        for command, args in (
            ('cluster_slots', ()),
            ('cluster_slot_set_config', ('--slot', '1.1', '--locate')),
            ('node_chassis_status_get', ()),
            ('set_node_identify_light', ('--node', '1', 'on')),
            ('protection_status_get', ()),
            ('restriper_status', ()),
            ('object_backed_fault_tolerance_get', ()),
            ('ssl_get_ciphers', ()),
            ('ssl_modify_ciphers', ('--tls12', 'ECDHE-RSA-AES128-GCM-SHA256', '--tls13', 'TLS_AES_128_GCM_SHA256')),
            ('ssl_modify_certificate', ('--certificate', __file__, '--private-key', __file__)),
        )
    ],
)
def test_hardware_and_certificates(qq, command, args):
    qq(command, *args)


@emulator_only
@qq_commands('ssl_get_ca_certificate', 'ssl_modify_ca_certificate', 'ssl_delete_ca_certificate')
def test_ca_certificate(qq, cluster, tmp_path):
    pem = tmp_path / 'ca.pem'
    pem.write_text('no certificate')
    qq.refused('ssl_modify_ca_certificate', '-c', pem, status=400, error_class='ssl_certificate_invalid_error')
    pem.write_text(ssl.get_server_certificate((cluster.host, cluster.port)))
    qq('ssl_modify_ca_certificate', '-c', pem)
    assert qq('ssl_get_ca_certificate').json()['ca_certificate'] == pem.read_text()
    qq('ssl_delete_ca_certificate')


@qq_commands('time_get', 'time_status', 'time_list_timezones')
def test_time(qq):
    assert 'ntp_servers' in qq('time_get').json()
    assert qq('time_status').out.strip()
    assert 'UTC' in qq('time_list_timezones').out


@emulator_only
@qq_commands('time_set', 'time_reset_configuration')
def test_time_set(qq):
    assert qq('time_set', '--ntp-servers', 'a.example.com, b.example.com').json()['ntp_servers'] == [
        'a.example.com',
        'b.example.com',
    ]
    assert qq('time_reset_configuration').json() == qq('time_get').json()


@emulator_only
@qq_commands(
    'fs_get_atime_settings',
    'fs_set_atime_settings',
    'fs_get_notify_settings',
    'fs_set_notify_settings',
    'fs_get_permissions_settings',
    'fs_set_permissions_settings',
)
def test_file_system_settings(qq):
    try:
        assert qq('fs_set_atime_settings', '--enable', '--granularity', 'DAY').json() == {
            'enabled': True,
            'granularity': 'DAY',
        }
        assert qq('fs_get_atime_settings').json()['granularity'] == 'DAY'
        assert (
            qq('fs_set_notify_settings', '--recursive-mode', 'DISABLED_ERROR').json()['recursive_mode']
            == 'DISABLED_ERROR'
        )
        assert qq('fs_get_notify_settings').json()['recursive_mode'] == 'DISABLED_ERROR'
        qq.refused('fs_set_notify_settings', status=400)
        assert qq('fs_set_permissions_settings', 'native').json()['mode'] == 'NATIVE'
        assert qq('fs_get_permissions_settings').json()['mode'] == 'NATIVE'
    finally:
        qq('fs_set_atime_settings', '--disable', '--granularity', 'HOUR')
        qq('fs_set_notify_settings', '--recursive-mode', 'ENABLED')
        qq('fs_set_permissions_settings', 'CROSS_PROTOCOL')
