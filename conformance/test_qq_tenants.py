"""qq: tenants and their settings."""

import contextlib

import pytest

qq_commands = pytest.mark.qq
emulator_only = pytest.mark.emulator_only


@pytest.fixture
def tenant(qq, admin, unique):
    made = qq('multitenancy_create_tenant', '--name', unique('tenant'), '--enable-nfs').json()
    yield made
    with contextlib.suppress(admin.rest.Error):
        admin.rest.multitenancy.delete_tenant(made['id'])


@qq_commands(
    'multitenancy_create_tenant',
    'multitenancy_get_tenant',
    'multitenancy_list_tenants',
    'multitenancy_modify_tenant',
    'multitenancy_delete_tenant',
)
def test_tenant(qq, unique):
    name = unique('tenant')
    made = qq('multitenancy_create_tenant', '--name', name, '--enable-smb', '--disable-nfs').json()
    assert (made['name'], made['smb_enabled'], made['nfs_enabled']) == (name, True, False)
    ref = ('--id', made['id'])
    assert qq('multitenancy_get_tenant', *ref).json() == made
    listed = qq('multitenancy_list_tenants').out
    assert name in listed and "'SMB'" in listed
    assert made in qq('multitenancy_list_tenants', '--json').json()
    stopped = qq('multitenancy_modify_tenant', *ref, '--disable-smb').json()
    assert stopped == {**made, 'smb_enabled': False}
    qq('multitenancy_delete_tenant', *ref, stdin=b'no\n')
    assert qq('multitenancy_get_tenant', *ref).json() == stopped
    qq('multitenancy_delete_tenant', *ref, '--force')
    qq.refused('multitenancy_get_tenant', *ref, status=404)


@qq_commands(
    'multitenancy_nfs_get_settings',
    'multitenancy_nfs_modify_settings',
    'multitenancy_nfs_list_settings',
    'multitenancy_nfs_delete_settings',
)
def test_nfs_settings(qq, tenant):
    ref = ('--tenant-id', tenant['id'])
    missing = 'api_nfs_tenant_settings_do_not_exist_error'
    qq.refused('multitenancy_nfs_get_settings', *ref, status=404, error_class=missing)
    # The tenant has none: qq takes the global ones, merges and PUTs.
    first = qq('multitenancy_nfs_modify_settings', *ref, '--enable-v4', '--idmap-domain', 'example.com').json()
    assert (first['v4_enabled'], first['idmap_domain']) == (True, 'example.com')
    second = qq('multitenancy_nfs_modify_settings', *ref, '--disable-v4', '--clear-idmap-domain').json()
    assert second == {**first, 'v4_enabled': False, 'idmap_domain': None}
    assert qq('multitenancy_nfs_get_settings', *ref).json() == second
    assert str(tenant['id']) in qq('multitenancy_nfs_list_settings').out
    qq('multitenancy_nfs_delete_settings', *ref)
    qq.refused('multitenancy_nfs_get_settings', *ref, status=404, error_class=missing)


@qq_commands(
    'multitenancy_smb_get_settings',
    'multitenancy_smb_modify_settings',
    'multitenancy_smb_list_settings',
    'multitenancy_smb_delete_settings',
)
def test_smb_settings(qq, tenant):
    ref = ('--tenant-id', tenant['id'])
    missing = 'api_multitenancy_smb_tenant_settings_do_not_exist_error'
    qq.refused('multitenancy_smb_get_settings', *ref, status=404, error_class=missing)
    off = qq('multitenancy_smb_modify_settings', *ref, '--supported-dialects', '').json()
    assert off['supported_dialects'] == []
    on = qq('multitenancy_smb_modify_settings', *ref, '--supported-dialects', 'ALL').json()
    assert len(on['supported_dialects']) == 4
    assert qq('multitenancy_smb_get_settings', *ref).json() == on
    assert str(tenant['id']) in qq('multitenancy_smb_list_settings').out
    qq('multitenancy_smb_delete_settings', *ref)
    qq.refused('multitenancy_smb_delete_settings', *ref, status=404, error_class=missing)


@emulator_only
@qq_commands(
    'multitenancy_nfs_get_global_settings',
    'multitenancy_nfs_modify_global_settings',
    'multitenancy_smb_get_global_settings',
    'multitenancy_smb_modify_global_settings',
)
def test_global_settings(qq):
    before = qq('multitenancy_nfs_get_global_settings').json()
    assert qq('multitenancy_nfs_modify_global_settings', '--disable-krb5').json()['krb5_enabled'] is False
    assert qq('multitenancy_nfs_modify_global_settings', '--enable-krb5').json() == {**before, 'krb5_enabled': True}
    smb = qq('multitenancy_smb_get_global_settings').json()
    changed = qq('multitenancy_smb_modify_global_settings', '--snapshot-directory-mode', 'hidden').json()
    assert changed == {**smb, 'snapshot_directory_mode': 'HIDDEN'}
    qq('multitenancy_smb_modify_global_settings', '--snapshot-directory-mode', smb['snapshot_directory_mode'].lower())
