"""qq: users, groups, roles, identities, access tokens."""

import contextlib
import json

import pytest

from kit.qq import Qq

qq_commands = pytest.mark.qq
PASSWORD = 'S3cret!password'


def first_object(text):
    """Several auth_* commands print a JSON object and then sentences."""
    return json.JSONDecoder().raw_decode(text)[0]


@pytest.fixture
def user(qq, admin, unique):
    name = unique('user')
    made = first_object(qq('auth_add_user', '--name', name, '-p', PASSWORD).out)
    yield made
    with contextlib.suppress(admin.rest.Error):
        admin.users.delete_user(made['id'])


@pytest.fixture
def group(qq, admin, unique):
    name = unique('group')
    made = first_object(qq('auth_add_group', '--name', name, '--gid', '70200').out)
    yield made
    with contextlib.suppress(admin.rest.Error):
        admin.groups.delete_group(made['id'])


@qq_commands('auth_add_user', 'auth_list_user', 'auth_list_users', 'auth_delete_user')
def test_user(qq, unique):
    name = unique('user')
    out = qq('auth_add_user', '--name', name, '-p', PASSWORD, '--uid', 70211, '--home-directory', '/home/x').out
    made = first_object(out)
    assert f'Expanded identity information for user {made["id"]}' in out
    listed = qq('auth_list_user', '--id', name).out
    assert first_object(listed)['primary_group'] == '513', 'Users is the default'
    assert f'User {made["id"]} is a member of following groups' in listed
    assert name in [entry['name'] for entry in qq('auth_list_users').json()]
    assert qq('auth_delete_user', '--id', name).out == 'User was deleted.\n'
    assert 'Command error: Unable to convert' in qq.run('auth_list_user', '--id', name).err
    qq.refused('auth_list_user', '--id', made['id'], status=404)


@qq_commands('auth_mod_user', 'auth_set_password')
def test_modify_user(qq, admin, cluster, tmp_path, zygote, user, group, unique):
    name = unique('renamed')
    out = qq(
        'auth_mod_user',
        '--id',
        user['id'],
        '--name',
        name,
        '--uid',
        70212,
        '--add-group',
        group['name'],
        '--home-directory',
        '/h',
    ).out
    assert first_object(out)['name'] == name
    assert group['id'] in [entry['id'] for entry in admin.users.list_groups_for_user(user['id'])]
    out = qq(
        'auth_mod_user',
        '--id',
        user['id'],
        '--uid',
        'none',
        '--remove-group',
        group['name'],
        '--home-directory',
        'none',
    ).out
    assert not first_object(out)['uid'] and not first_object(out)['home_directory']
    assert qq('auth_set_password', '--id', name, '-p', 'N3w!password').out == f'Changed password for {name}\n'
    Qq(cluster, tmp_path, zygote)('login', '-u', name, '-p', 'N3w!password')


@qq_commands('auth_add_group', 'auth_list_group', 'auth_list_groups', 'auth_mod_group', 'auth_delete_group')
def test_group(qq, unique):
    name = unique('group')
    made = first_object(qq('auth_add_group', '--name', name).out)
    assert f'Group {made["id"]} has the following members: []' in qq('auth_list_group', '--id', name).out
    assert name in [entry['name'] for entry in qq('auth_list_groups').json()]
    assert first_object(qq('auth_mod_group', '--id', name, '--gid', 70213, '--name', name + '2').out)['gid'] == '70213'
    assert not first_object(qq('auth_mod_group', '--id', made['id'], '--gid', 'none').out)['gid']
    assert qq('auth_delete_group', '--id', name + '2').out == 'Group was deleted.\n'


@qq_commands('auth_find_identity', 'auth_expand_identity')
def test_identities(qq, user, group):
    assert qq('auth_find_identity', 'uid:1001', '--json').json()['auth_id'] == str((3 << 32) + 1001)
    assert 'auth_id: 500' in qq('auth_find_identity', 'local:admin').out
    table = qq('auth_expand_identity', f'auth_id:{user["id"]}').out
    assert 'Type:        User' in table and 'Group Membership:' in table
    expanded = qq('auth_expand_identity', '--auth-id', user['id'], '--json', '--show-access-tokens').json()
    assert expanded['access_tokens'] == []
    assert qq.run('auth_find_identity', 'nobody-of-that-name-here').code == 1


@qq_commands('identity_attributes_get', 'identity_attributes_set')
def test_identity_attributes(qq, user):
    ref = f'auth_id:{user["id"]}'
    qq('identity_attributes_set', ref, '--home-directory', '/elsewhere')
    assert qq('identity_attributes_get', ref).json()['home_directory'] == '/elsewhere'
    qq('identity_attributes_set', ref, '--home-directory', 'none')


@pytest.mark.emulator_only
@qq_commands('auth_get_user_defined_mappings', 'auth_set_user_defined_mappings', 'auth_clear_cache')
def test_mappings_and_cache(qq):
    before = qq('auth_get_user_defined_mappings').out
    qq('auth_set_user_defined_mappings', '--stdin', stdin=before.encode())
    assert qq('auth_get_user_defined_mappings').out == before
    assert qq('auth_clear_cache').out == ''


@qq_commands(
    'auth_create_role',
    'auth_list_role',
    'auth_list_roles',
    'auth_modify_role',
    'auth_delete_role',
    'auth_list_privileges',
    'auth_assign_role',
    'auth_unassign_role',
)
def test_role(qq, user, unique, tmp_path):
    name = unique('role')
    file = tmp_path / 'privileges'
    file.write_text('# comment\nPRIVILEGE_SNAPSHOT_READ: text\nPRIVILEGE_QUOTA_READ: text\n')
    qq('auth_create_role', '--role', name, '--description', 'for a test', '--privileges-file', file)
    qq(
        'auth_modify_role',
        '--role',
        name,
        '--grant',
        'PRIVILEGE_FS_ATTRIBUTES_READ',
        '--revoke',
        'PRIVILEGE_QUOTA_READ',
    )
    assert set(qq('auth_list_privileges', '--role', name, '--json').json()) == {
        'PRIVILEGE_SNAPSHOT_READ',
        'PRIVILEGE_FS_ATTRIBUTES_READ',
    }
    assert '# Deny PRIVILEGE_QUOTA_READ' in qq('auth_list_privileges', '--role', name, '--verbose').out
    qq('auth_modify_role', '--role', name, '--description', 'changed')
    qq('auth_assign_role', '--role', name, '--trustee', f'local:{user["name"]}')
    told = qq('auth_list_role', '--role', name).out
    assert told.startswith('changed') and user['name'] in told
    role, members = qq('auth_list_role', '--role', name, '--json').json()
    assert role['description'] == 'changed' and [m['auth_id'] for m in members.values()] == [user['id']]
    assert name in qq('auth_list_roles').out
    assert name in qq('auth_list_roles', '--json').json()
    qq('auth_unassign_role', '--role', name, '--trustee', f'auth_id:{user["id"]}')
    assert qq('auth_list_role', '--role', name, '--json').json()[1] == {}
    qq('auth_delete_role', '--role', name)
    qq.refused('auth_list_role', '--role', name, status=404)


@qq_commands(
    'auth_create_access_token',
    'auth_get_access_token',
    'auth_list_access_tokens',
    'auth_modify_access_token',
    'auth_delete_access_token',
)
def test_access_token(qq, admin, cluster, tmp_path, zygote, user):
    store = tmp_path / 'token'
    made = qq('auth_create_access_token', user['name'], '--expiration-time', 'Jan 20 2037', '--file', store).json()
    try:
        told = qq('auth_get_access_token', made['id']).json()
        assert told['user']['auth_id'] == user['id'] and told['expiration_time'].startswith('2037-01-20')
        with_token = Qq(cluster, tmp_path, zygote)
        use = ['--credentials-store', str(store)]
        assert user['name'] in with_token('who_am_i', before=use).out
        assert qq('auth_modify_access_token', made['id'], '--disable').json()['enabled'] is False
        assert with_token.run('who_am_i', before=use).err.startswith('Error 401:')
        assert qq('auth_modify_access_token', made['id'], '--enable').json()['enabled'] is True
        assert [entry['id'] for entry in qq('auth_list_access_tokens', '--user', user['name'], '--json').json()] == [
            made['id']
        ]
        assert made['id'] in qq('auth_list_access_tokens').out
    finally:
        qq('auth_delete_access_token', made['id'])
    qq.refused('auth_get_access_token', made['id'], status=404)


def test_access_token_for_oneself(users):
    """Without the privilege: the cluster refuses, and says so with 403."""
    user = users.make('self')
    user.qq.refused('auth_create_access_token', '--self', status=403)
