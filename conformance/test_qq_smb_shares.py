"""qq: SMB shares, and the settings of the SMB, S3 and FTP servers."""

import contextlib

import pytest

qq_commands = pytest.mark.qq
emulator_only = pytest.mark.emulator_only


@pytest.fixture
def share(qq, admin, scratch, unique):
    made = qq(
        'smb_add_share', '--name', unique('share'), '--fs-path', scratch.path, '--all-access', '--json'
    ).json()
    yield made
    with contextlib.suppress(admin.rest.Error):
        admin.smb.smb_delete_share(made['id'])


@qq_commands('smb_add_share', 'smb_list_share', 'smb_list_shares', 'smb_delete_share')
def test_share(qq, scratch, unique):
    name = unique('share')
    told = qq(
        'smb_add_share',
        '--name',
        name,
        '--fs-path',
        scratch / 'new',
        '--create-fs-path',
        '--read-only',
        '--deny-hosts',
        '10.0.0.0/8',
        '--full-control-hosts',
        '*',
        '--offline-files-caching-mode',
        'no_caching',
    ).out
    assert f'Name: {name}' in told and 'Offline Files Caching Mode: NO_CACHING' in told
    assert 'Network Permissions:' in told and '10.0.0.0/8' in told
    shown = qq('smb_list_share', '--name', name, '--json').json()
    assert [(ace['trustee']['name'], ace['rights']) for ace in shown['permissions']] == [('Everyone', ['READ'])]
    assert shown['network_permissions'][0] == {
        'type': 'DENIED',
        'address_ranges': ['10.0.0.0/8'],
        'rights': ['READ', 'WRITE', 'CHANGE_PERMISSIONS'],
    }
    assert 'Everyone' in qq('smb_list_share', '--id', shown['id']).out
    assert name in qq('smb_list_shares').out
    assert shown in qq('smb_list_shares', '--json', '--populate-trustee-names').json()['entries']
    assert qq('smb_delete_share', '--name', name).out == f'Share "{name}" has been deleted.\n'
    qq.refused('smb_list_share', '--id', shown['id'], status=404)


@qq_commands('smb_mod_share')
def test_modify(qq, share):
    ref = ('--id', share['id'])
    assert qq('smb_mod_share', *ref, '--description', 'changed', '--json').json() == {**share, 'description': 'changed'}
    read_only = qq('smb_mod_share', *ref, '--read-only-hosts', '*', '--json').json()['network_permissions']
    assert read_only == [{'type': 'ALLOWED', 'address_ranges': [], 'rights': ['READ']}]
    assert 'Denied' in qq('smb_mod_share', *ref, '--deny-all-hosts').out
    # What is stored for full control is what qq takes for the default, and does not print.
    assert 'Network Permissions' not in qq('smb_mod_share', *ref, '--full-control-hosts', '*').out
    assert qq('smb_mod_share', *ref, '--new-name', f'{share["share_name"]}-2', '--json').json()['id'] == share['id']


@qq_commands('smb_mod_share_permissions')
def test_permissions(qq, share):
    ref = ('--id', share['id'])
    added = qq(
        'smb_mod_share_permissions', *ref, '--json', 'add_entry', '-t', 'uid:1001', '-y', 'Denied', '-r', 'Write'
    ).json()['permissions']
    assert [(ace['type'], ace['rights']) for ace in added] == [
        ('DENIED', ['WRITE']),
        ('ALLOWED', ['READ', 'WRITE', 'CHANGE_PERMISSIONS']),
    ]
    changed = qq(
        'smb_mod_share_permissions', *ref, 'modify_entry', '--position', 1, '--new-rights', 'Read', 'Write'
    ).out
    assert 'Read, Write' in changed
    removed = qq('smb_mod_share_permissions', *ref, '--json', 'remove_entry', '--trustee', 'uid:1001').json()
    assert removed['permissions'] == share['permissions']
    assert 'Guest' in qq('smb_mod_share_permissions', *ref, 'replace', '--grant-read-access', 'guest').out.title()


@emulator_only
@qq_commands('smb_get_settings', 'smb_modify_settings')
def test_smb_settings(qq):
    before = qq('smb_get_settings').json()
    assert qq('smb_modify_settings', '--supported-dialects', '').json()['supported_dialects'] == []
    assert qq('smb_modify_settings', '--supported-dialects', 'ALL').json() == before
    assert qq('smb_modify_settings', '--encryption-mode', 'required').json()['session_encryption'] == 'REQUIRED'
    qq('smb_modify_settings', '--encryption-mode', before['session_encryption'])


@emulator_only
@qq_commands('s3_get_settings', 's3_modify_settings')
def test_s3_settings(qq):
    before = qq('s3_get_settings').json()
    assert qq('s3_modify_settings', '--enable').json() == {**before, 'enabled': True}
    assert qq('s3_modify_settings', '--disable').json() == {**before, 'enabled': False}
    qq.refused('s3_modify_settings', '--base-path', 'relative', status=400)


@emulator_only
@qq_commands('ftp_get_status', 'ftp_modify_settings')
def test_ftp_settings(qq):
    assert qq('ftp_get_status').json()
    assert qq('ftp_modify_settings', '--enabled', 'true').json()['enabled'] is True
    anonymous = qq('ftp_modify_settings', '--anonymous-user-as-local-user', 'guest').json()['anonymous_user']
    assert anonymous == {'id_type': 'LOCAL_USER', 'id_value': 'guest'}
    off = qq('ftp_modify_settings', '--enabled', 'false', '--anonymous-user-none').json()
    assert (off['enabled'], off['anonymous_user']) == (False, None)
