"""NFS exports and settings, version 3 of the exports through the SDK."""

import contextlib

import pytest
from qumulo.rest.nfs import NFSExportRestriction

from kit.fs import refused

sdk = pytest.mark.sdk


@pytest.fixture
def export(admin, scratch, unique):
    made = admin.nfs.nfs_add_export(
        f'/{unique("export")}', scratch.path, 'for a test', [NFSExportRestriction.create_default()]
    )
    yield made
    with contextlib.suppress(admin.rest.Error):
        admin.nfs.nfs_delete_export(made['id'])


@sdk('nfs.nfs_add_export', 'nfs.nfs_get_export', 'nfs.nfs_delete_export')
def test_export(admin, scratch, unique):
    path = f'/{unique("export")}'
    made = admin.nfs.nfs_add_export(
        path,
        scratch / 'made on the way',
        'text',
        [NFSExportRestriction.create_default()],
        allow_fs_path_create=True,
        fields_to_present_as_32_bit=['FILE_IDS'],
    )
    assert (made['export_path'], made['fs_path'].rstrip('/'), made['description']) == (
        path,
        scratch / 'made on the way',
        'text',
    )
    assert made['fields_to_present_as_32_bit'] == ['FILE_IDS']
    assert isinstance(made['tenant_id'], int)
    assert admin.fs.get_file_attr(path=scratch / 'made on the way')['type'] == 'FS_FILE_TYPE_DIRECTORY'
    got = admin.nfs.nfs_get_export(made['id'], with_etag=True)
    assert got.etag
    assert got.data == made
    rule = got.data['restrictions'][0]
    assert (rule['read_only'], rule['user_mapping'], rule['host_restrictions']) == (False, 'NFS_MAP_ROOT', [])
    assert rule['map_to_user']['id_type'] == 'LOCAL_USER'
    admin.nfs.nfs_delete_export(made['id'])
    with refused(404, 'nfs_export_doesnt_exist_error'):
        admin.nfs.nfs_get_export(made['id'])


def test_a_missing_fs_path_is_refused(admin, scratch, unique):
    with refused(404):
        admin.nfs.nfs_add_export(
            f'/{unique("export")}', scratch / 'nowhere', '', [NFSExportRestriction.create_default()]
        )


def test_an_export_path_is_taken_once(admin, scratch, export):
    with refused():
        admin.nfs.nfs_add_export(export['export_path'], scratch.path, '', [NFSExportRestriction.create_default()])


@sdk('nfs.nfs_list_exports')
def test_list(admin, export):
    entries = admin.nfs.nfs_list_exports()['entries']
    assert export in entries
    assert '1' in [str(entry['id']) for entry in entries] or len(entries) >= 1


@sdk('nfs.nfs_modify_export')
def test_modify_is_partial(admin, export):
    etag = admin.nfs.nfs_get_export(export['id'], with_etag=True).etag
    read_only = [NFSExportRestriction({**export['restrictions'][0], 'read_only': True})]
    changed = admin.nfs.nfs_modify_export(export['id'], restrictions=read_only, if_match=etag)
    assert changed['restrictions'][0]['read_only'] is True
    assert {key: changed[key] for key in changed if key != 'restrictions'} == {
        key: export[key] for key in export if key != 'restrictions'
    }
    with refused(412):
        admin.nfs.nfs_modify_export(export['id'], description='late', if_match=etag)


def test_user_mappings_come_back_as_sent(admin, export):
    both = {
        'map_to_user': {'id_type': 'NFS_UID', 'id_value': '1001'},
        'map_to_group': {'id_type': 'NFS_GID', 'id_value': '1002'},
    }
    base = {
        'read_only': True,
        'require_privileged_port': True,
        'host_restrictions': ['10.1.0.0/16', '*.example.com'],
        'required_authentication_mode': 'AUTHENTICATION_MODE_KRB5',
    }
    rules = [
        NFSExportRestriction({**base, 'user_mapping': 'NFS_MAP_ALL', **both}),
        NFSExportRestriction({**base, 'user_mapping': 'NFS_MAP_NONE'}),
    ]
    got = admin.nfs.nfs_modify_export(export['id'], restrictions=rules)['restrictions']
    assert {key: got[0][key] for key in both} == both
    assert {key: got[0][key] for key in base} == base
    assert not got[1].get('map_to_user') and not got[1].get('map_to_group')


@pytest.mark.emulator_only
@sdk('nfs.get_nfs_config', 'nfs.set_nfs_config')
def test_settings(admin):
    before = admin.nfs.get_nfs_config()
    assert set(before) >= {'v4_enabled', 'krb5_enabled', 'krb5i_enabled', 'krb5p_enabled', 'auth_sys_enabled'}
    changed = admin.nfs.set_nfs_config({'v4_enabled': not before['v4_enabled']})
    assert changed == {**before, 'v4_enabled': not before['v4_enabled']}
    assert admin.nfs.set_nfs_config({'v4_enabled': before['v4_enabled']}) == before
