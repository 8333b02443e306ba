"""Tenants, and their NFS and SMB settings."""

import contextlib

import pytest
from qumulo.rest.multitenancy import TenantConfigCreate, TenantConfigPatch
from qumulo.rest.multitenancy_nfs import IdmapDomain
from qumulo.rest.nfs import NFSExportRestriction

from kit.fs import refused

sdk = pytest.mark.sdk
emulator_only = pytest.mark.emulator_only


@pytest.fixture
def tenant(admin, unique):
    made = admin.rest.multitenancy.create_tenant(TenantConfigCreate(name=unique('tenant'))).data
    yield made
    with contextlib.suppress(admin.rest.Error):
        admin.rest.multitenancy.delete_tenant(made.id)


@sdk('multitenancy.list_tenants', 'multitenancy.get_tenant')
def test_the_first_tenant(admin):
    tenants = admin.multitenancy.list_tenants()
    assert tenants[0].rest_api_enabled
    got = admin.multitenancy.get_tenant(tenants[0].id)
    assert got.etag
    assert got.data == tenants[0]
    with refused(404):
        admin.multitenancy.get_tenant(987654)


@sdk('multitenancy.create_tenant', 'multitenancy.delete_tenant')
def test_a_new_tenant_has_every_service_off(admin, unique):
    name = unique('tenant')
    made = admin.multitenancy.create_tenant(TenantConfigCreate(name=name, smb_enabled=True))
    assert made.etag
    assert (made.data.name, made.data.smb_enabled, made.data.nfs_enabled) == (name, True, False)
    assert (made.data.networks, made.data.rest_api_enabled) == ([], False)
    with refused():
        admin.multitenancy.create_tenant(TenantConfigCreate(name=name))
    admin.multitenancy.delete_tenant(made.data.id, if_match=made.etag)
    with refused(404):
        admin.multitenancy.get_tenant(made.data.id)


@sdk('multitenancy.modify_tenant', 'multitenancy.set_tenant')
def test_protocols_off_and_on(admin, tenant):
    before = admin.multitenancy.get_tenant(tenant.id)
    on = admin.multitenancy.modify_tenant(
        tenant.id, TenantConfigPatch(nfs_enabled=True, smb_enabled=True, replication_enabled=True), before.etag
    )
    assert (on.data.nfs_enabled, on.data.smb_enabled, on.data.replication_enabled) == (True, True, True)
    assert on.data.name == before.data.name
    with refused(412):
        admin.multitenancy.modify_tenant(tenant.id, TenantConfigPatch(nfs_enabled=False), before.etag)
    back = admin.multitenancy.set_tenant(tenant.id, before.data, on.etag)
    assert back.data == before.data
    assert back.etag != on.etag


@emulator_only
def test_the_last_tenant_and_one_with_networks_stay(admin):
    first = admin.multitenancy.list_tenants()[0]
    with refused():
        admin.multitenancy.delete_tenant(first.id)
    with refused():
        admin.multitenancy.create_tenant(TenantConfigCreate(name='qwconf-thief', networks=first.networks))


def test_a_tenant_takes_its_exports_and_shares_along(admin, tenant, scratch, unique):
    rules = [NFSExportRestriction.create_default()]
    export = admin.nfs.nfs_add_export(f'/{unique("export")}', scratch.path, '', rules, tenant_id=tenant.id)
    share = admin.smb.smb_add_share(unique('share'), scratch.path, '', tenant_id=tenant.id)
    assert (export['tenant_id'], share['tenant_id']) == (tenant.id, tenant.id)
    admin.multitenancy.delete_tenant(tenant.id)
    with refused(404):
        admin.nfs.nfs_get_export(export['id'])
    with refused(404):
        admin.smb.smb_list_share(share['id'])


@sdk(
    'multitenancy_nfs.get_settings',
    'multitenancy_nfs.set_settings',
    'multitenancy_nfs.modify_settings',
    'multitenancy_nfs.list_settings',
    'multitenancy_nfs.delete_settings',
)
def test_nfs_settings_of_a_tenant(admin, tenant):
    nfs = admin.multitenancy_nfs
    for call in (nfs.get_settings, nfs.modify_settings, nfs.delete_settings):
        with refused(404, 'api_nfs_tenant_settings_do_not_exist_error'):
            call(tenant.id)
    keys = {
        'v4_enabled': True,
        'krb5_enabled': False,
        'krb5i_enabled': False,
        'krb5p_enabled': True,
        'auth_sys_enabled': False,
        'idmap_domain': None,
    }
    assert nfs.set_settings(tenant.id, **keys) == keys
    changed = nfs.modify_settings(tenant.id, v4_enabled=False, idmap_domain=IdmapDomain('example.com'))
    assert changed == {**keys, 'v4_enabled': False, 'idmap_domain': 'example.com'}
    assert nfs.modify_settings(tenant.id, idmap_domain=IdmapDomain(None))['idmap_domain'] is None
    assert nfs.get_settings(tenant.id) == {**keys, 'v4_enabled': False}
    assert str(tenant.id) in str(nfs.list_settings())
    nfs.delete_settings(tenant.id)
    with refused(404, 'api_nfs_tenant_settings_do_not_exist_error'):
        nfs.get_settings(tenant.id)


@sdk(
    'multitenancy_smb.get_settings',
    'multitenancy_smb.set_settings',
    'multitenancy_smb.modify_settings',
    'multitenancy_smb.list_settings',
    'multitenancy_smb.delete_settings',
)
def test_smb_settings_of_a_tenant(admin, tenant):
    smb = admin.multitenancy_smb
    with refused(404, 'api_multitenancy_smb_tenant_settings_do_not_exist_error'):
        smb.get_settings(tenant.id)
    with refused(404, 'api_multitenancy_smb_tenant_settings_do_not_exist_error'):
        smb.modify_settings(tenant.id, {'supported_dialects': []})
    whole = {**admin.smb.get_smb_settings(), 'supported_dialects': ['SMB2_DIALECT_3_11']}
    assert smb.set_settings(tenant.id, whole) == whole
    assert smb.modify_settings(tenant.id, {'supported_dialects': []}) == {**whole, 'supported_dialects': []}
    assert smb.get_settings(tenant.id)['supported_dialects'] == []
    assert str(tenant.id) in str(smb.list_settings())
    smb.delete_settings(tenant.id)
    with refused(404, 'api_multitenancy_smb_tenant_settings_do_not_exist_error'):
        smb.delete_settings(tenant.id)


@emulator_only
@sdk(
    'multitenancy_nfs.get_global_settings',
    'multitenancy_nfs.modify_global_settings',
    'multitenancy_smb.get_global_settings',
    'multitenancy_smb.modify_global_settings',
)
def test_global_settings(admin):
    nfs, smb = admin.multitenancy_nfs, admin.multitenancy_smb
    before = nfs.get_global_settings()
    assert nfs.modify_global_settings(v4_enabled=not before['v4_enabled']) == {
        **before,
        'v4_enabled': not before['v4_enabled'],
    }
    assert nfs.modify_global_settings(v4_enabled=before['v4_enabled']) == before
    before = smb.get_global_settings()
    assert smb.modify_global_settings({'signing_required': True})['signing_required'] is True
    assert smb.modify_global_settings({'signing_required': before['signing_required']}) == before
