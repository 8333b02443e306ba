"""SMB shares, version 3, and the settings of the SMB server."""

import contextlib

import pytest
from qumulo.rest import smb as sdk_smb

from kit.fs import refused

sdk = pytest.mark.sdk
ALL = ['READ', 'WRITE', 'CHANGE_PERMISSIONS']


@pytest.fixture
def share(admin, scratch, unique):
    made = admin.smb.smb_add_share(unique('share'), scratch.path, 'for a test')
    yield made
    with contextlib.suppress(admin.rest.Error):
        admin.smb.smb_delete_share(made['id'])


@sdk('smb.smb_add_share', 'smb.smb_list_share', 'smb.smb_delete_share')
def test_share(admin, scratch, unique):
    name = unique('share')
    made = admin.smb.smb_add_share(
        name,
        scratch / 'made on the way',
        'text',
        allow_fs_path_create=True,
        access_based_enumeration_enabled=True,
        default_file_create_mode='0600',
        default_directory_create_mode='0700',
        offline_files_caching_mode='MANUAL_CACHING',
    )
    assert (made['share_name'], made['fs_path'].rstrip('/'), made['description']) == (
        name,
        scratch / 'made on the way',
        'text',
    )
    assert (made['default_file_create_mode'], made['default_directory_create_mode']) == ('0600', '0700')
    assert made['offline_files_caching_mode'] == 'MANUAL_CACHING'
    assert made['network_permissions'] == sdk_smb.ALLOW_ALL_NETWORK_PERMISSIONS
    assert [(ace['trustee']['name'], ace['rights']) for ace in made['permissions']] == [('Everyone', ALL)]
    assert admin.fs.get_file_attr(path=scratch / 'made on the way')['type'] == 'FS_FILE_TYPE_DIRECTORY'
    got = admin.smb.smb_list_share(made['id'], with_etag=True)
    assert got.etag
    assert got.data == made
    admin.smb.smb_delete_share(made['id'])
    with refused(404):
        admin.smb.smb_list_share(made['id'])


def test_a_missing_fs_path_is_refused(admin, scratch, unique):
    with refused(404):
        admin.smb.smb_add_share(unique('share'), scratch / 'nowhere', '')


def test_a_name_is_taken_once(admin, scratch, share):
    with refused():
        admin.smb.smb_add_share(share['share_name'], scratch.path, '')


@sdk('smb.smb_list_shares')
def test_list(admin, share):
    named = [entry for entry in admin.smb.smb_list_shares(True)['entries'] if entry['id'] == share['id']]
    assert named == [share]
    assert share['id'] in [entry['id'] for entry in admin.smb.smb_list_shares()['entries']]


@sdk('smb.smb_modify_share')
def test_read_only_closed_and_open_again(admin, share):
    etag = admin.smb.smb_list_share(share['id'], with_etag=True).etag
    read_only = [{'type': 'ALLOWED', 'address_ranges': [], 'rights': ['READ']}]
    changed = admin.smb.smb_modify_share(share['id'], network_permissions=read_only, if_match=etag)
    assert changed == {**share, 'network_permissions': read_only}
    with refused(412):
        admin.smb.smb_modify_share(share['id'], description='late', if_match=etag)
    closed = admin.smb.smb_modify_share(share['id'], network_permissions=sdk_smb.DENY_ALL_NETWORK_PERMISSIONS)
    assert closed['network_permissions'] == [{'type': 'DENIED', 'address_ranges': [], 'rights': ALL}]
    opened = [{'type': 'ALLOWED', 'address_ranges': [], 'rights': ['ALL']}]
    assert admin.smb.smb_modify_share(share['id'], network_permissions=opened) == share


def test_trustees_come_back_resolved(admin, share):
    sent = [
        {'type': 'DENIED', 'trustee': {'name': 'guest'}, 'rights': ['WRITE']},
        {'type': 'ALLOWED', 'trustee': {'uid': 1001}, 'rights': ['WRITE', 'READ']},
        {'type': 'ALLOWED', 'trustee': {'sid': 'S-1-1-0'}, 'rights': ['READ']},
    ]
    got = admin.smb.smb_modify_share(share['id'], permissions=sent)['permissions']
    assert [(ace['type'], ace['rights']) for ace in got] == [(ace['type'], ace['rights']) for ace in sent]
    trustees = [ace['trustee'] for ace in got]
    assert (trustees[0]['domain'], trustees[0]['auth_id']) == ('LOCAL', '501')
    assert (trustees[1]['uid'], trustees[1]['domain']) == (1001, 'POSIX_USER')
    assert trustees[2]['name'] == 'Everyone'
    assert admin.smb.smb_modify_share(share['id'], permissions=got)['permissions'] == got


@pytest.mark.emulator_only
@sdk('smb.get_smb_settings', 'smb.patch_smb_settings', 'smb.set_smb_settings')
def test_settings(admin):
    before = admin.smb.get_smb_settings()
    assert set(before) >= {'session_encryption', 'supported_dialects', 'signing_required'}
    off = admin.smb.patch_smb_settings({'supported_dialects': []})
    assert off == {**before, 'supported_dialects': []}
    assert admin.smb.set_smb_settings(before) == before
    with refused(400, 'decode_error'):
        admin.smb.patch_smb_settings({'supported_dialects': ['SMB1']})
