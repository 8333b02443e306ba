"""Local users and groups, roles, identities, access tokens."""

import contextlib
import datetime

import pytest
from qumulo.lib.identity_util import Identity

from kit.fs import refused
from kit.sdk import connect

sdk = pytest.mark.sdk


@pytest.fixture
def undo(admin):
    """Things to take away again, also when the test fails in between."""
    with contextlib.ExitStack() as stack:

        def later(call, *args):
            def attempt():
                try:
                    call(*args)
                except admin.rest.Error as error:
                    assert error.status_code == 404, str(error)

            stack.callback(attempt)

        yield later


@pytest.fixture
def user(admin, undo, unique):
    made = admin.users.add_user(unique('user'), '513', 'S3cret!password')
    undo(admin.users.delete_user, made['id'])
    return made


@pytest.fixture
def group(admin, undo, unique):
    made = admin.groups.add_group(unique('group'), '')
    undo(admin.groups.delete_group, made['id'])
    return made


@sdk('users.add_user', 'users.list_user', 'users.list_users', 'users.delete_user')
def test_user(admin, undo, unique):
    name = unique('alice')
    made = admin.users.add_user(name, '513', 'S3cret!password', uid='70001', home_directory='/home/alice')
    undo(admin.users.delete_user, made['id'])
    assert int(made['id']) > 0
    got = admin.users.list_user(made['id'])
    assert (got['name'], got['primary_group'], got['uid'], got['home_directory']) == (
        name,
        '513',
        '70001',
        '/home/alice',
    )
    assert isinstance(got['can_change_password'], bool)
    assert got['sid'].startswith('S-1-')
    assert made['id'] in [entry['id'] for entry in admin.users.list_users()]
    with refused(409):
        admin.users.add_user(name, '513', 'S3cret!password')
    admin.users.delete_user(made['id'])
    with refused(404):
        admin.users.list_user(made['id'])


def test_primary_group_zero_is_the_default(admin, undo, unique):
    """What `qq auth_add_user` sends without --primary-group."""
    made = admin.users.add_user(unique('user'), '0', 'S3cret!password')
    undo(admin.users.delete_user, made['id'])
    assert admin.users.list_user(made['id'])['primary_group'] == '513'


@sdk('users.modify_user')
def test_modify_user(admin, cluster, user, unique):
    got = admin.users.list_user(user['id'], with_etag=True)
    assert got.etag
    name = unique('renamed')
    admin.users.modify_user(
        user['id'], name, '514', '70002', home_directory='/h', password='N3w!password', if_match=got.etag
    )
    after = admin.users.list_user(user['id'])
    assert (after['name'], after['primary_group'], after['uid'], after['home_directory']) == (
        name,
        '514',
        '70002',
        '/h',
    )
    assert connect(cluster).login(name, 'N3w!password')
    with refused(412):
        admin.users.modify_user(user['id'], name, '513', '', if_match=got.etag)
    admin.users.modify_user(user['id'], name, '513', '')
    after = admin.users.list_user(user['id'])
    assert not after['uid'] and not after['home_directory']
    assert connect(cluster).login(name, 'N3w!password'), 'a null password is left alone'


@sdk('users.set_user_password')
def test_set_password(admin, cluster, user):
    admin.users.set_user_password(user['id'], 'An0ther!password')
    assert connect(cluster).login(user['name'], 'An0ther!password')
    with refused(401):
        connect(cluster).login(user['name'], 'S3cret!password')


@sdk('users.get_user_id')
def test_get_user_id(admin, user):
    assert admin.users.get_user_id(user['name']) == int(user['id'])
    assert admin.users.get_user_id(user['id']) == int(user['id'])


@sdk('groups.add_group', 'groups.list_group', 'groups.list_groups', 'groups.delete_group', 'groups.get_group_id')
def test_group(admin, undo, unique):
    name = unique('staff')
    made = admin.groups.add_group(name, '70100')
    undo(admin.groups.delete_group, made['id'])
    got = admin.groups.list_group(made['id'])
    assert (got['name'], got['gid']) == (name, '70100')
    listed = {entry['id']: entry['name'] for entry in admin.groups.list_groups()}
    assert listed[made['id']] == name
    assert {'513', '514'} <= set(listed), 'Users and Guests exist'
    assert admin.groups.get_group_id(name) == int(made['id'])
    admin.groups.delete_group(made['id'])
    with refused(404):
        admin.groups.list_group(made['id'])


@sdk('groups.modify_group')
def test_modify_group(admin, group, unique):
    got = admin.groups.list_group(group['id'], with_etag=True)
    assert got.etag
    name = unique('renamed')
    admin.groups.modify_group(group['id'], name, '70101', if_match=got.etag)
    after = admin.groups.list_group(group['id'])
    assert (after['id'], after['name'], after['gid']) == (group['id'], name, '70101'), 'a rename keeps the id'
    with refused(412):
        admin.groups.modify_group(group['id'], name, '', if_match=got.etag)
    admin.groups.modify_group(group['id'], name, '')
    assert not admin.groups.list_group(group['id'])['gid']


@sdk('groups.group_add_member', 'groups.group_get_members', 'groups.group_remove_member', 'users.list_groups_for_user')
def test_members(admin, group, user):
    admin.groups.group_add_member(group['id'], user['id'])
    assert [member['id'] for member in admin.groups.group_get_members(group['id'])] == [user['id']]
    assert {entry['id'] for entry in admin.users.list_groups_for_user(user['id'])} == {'513', group['id']}
    admin.groups.group_remove_member(group['id'], user['id'])
    assert admin.groups.group_get_members(group['id']) == []
    assert [entry['id'] for entry in admin.users.list_groups_for_user(user['id'])] == ['513']


@pytest.mark.parametrize(
    ('asked', 'auth_id'),
    [
        ({'auth_id': '500'}, '500'),
        ({'name': 'admin'}, '500'),
        ({'domain': 'LOCAL', 'name': 'guest'}, '501'),
        ({'uid': 1001}, str((3 << 32) + 1001)),
        ({'gid': 1002}, str((4 << 32) + 1002)),
        ({'sid': 'S-1-1-0'}, str(2 << 32)),
        ({'sid': 'S-1-5-88-1-77'}, str((3 << 32) + 77)),
    ],
)
@sdk('auth.find_identity')
def test_find_identity(admin, asked, auth_id):
    got = admin.auth.find_identity(**asked)
    assert set(got) == {'domain', 'auth_id', 'uid', 'gid', 'sid', 'name'}, 'no key is left out'
    assert got['auth_id'] == auth_id


def test_find_nobody(admin, unique):
    with refused():
        admin.auth.find_identity(name=unique('nobody'))


@sdk('auth.expand_identity')
def test_expand_identity(admin, group, user):
    admin.groups.group_add_member(group['id'], user['id'])
    got = admin.auth.expand_identity(Identity(f'auth_id:{user["id"]}'))
    assert got['type'] == 'USER'
    assert got['id']['name'] == user['name']
    assert group['id'] in [entry['auth_id'] for entry in got['group_ids']]
    assert set(got) >= {'nfs_id', 'smb_id', 'equivalent_ids'}
    assert admin.auth.expand_identity(Identity(f'auth_id:{group["id"]}'))['type'] == 'GROUP'
    more = admin.auth.expand_identity(
        Identity('uid:70007'), [Identity(f'auth_id:{user["id"]}')], [Identity('gid:70008')]
    )
    assert '70008' in str(more['group_ids'])


@sdk('auth.set_identity_attributes', 'auth.get_identity_attributes', 'auth.delete_identity_attributes')
def test_identity_attributes(admin, user):
    admin.auth.set_identity_attributes(user['id'], {'home_directory': '/elsewhere'})
    assert admin.auth.get_identity_attributes(user['id'])['home_directory'] == '/elsewhere'
    admin.auth.delete_identity_attributes(user['id'])
    assert not admin.auth.get_identity_attributes(user['id'])['home_directory']


@pytest.mark.emulator_only
@sdk('auth.user_defined_mappings_get', 'auth.user_defined_mappings_set')
def test_user_defined_mappings(admin):
    before = admin.auth.user_defined_mappings_get()
    admin.auth.user_defined_mappings_set(before)
    assert admin.auth.user_defined_mappings_get() == before


@sdk('auth.clear_cache')
def test_clear_cache(admin):
    assert not admin.auth.clear_cache()


@pytest.fixture
def role(admin, undo, unique):
    name = unique('role')
    admin.roles.create_role(name, 'for a test', ['PRIVILEGE_FS_ATTRIBUTES_READ', 'PRIVILEGE_SNAPSHOT_READ'])
    undo(admin.roles.delete_role, name)
    return name


@sdk('roles.create_role', 'roles.list_role', 'roles.list_roles', 'roles.delete_role')
def test_role(admin, undo, unique):
    name = unique('role')
    admin.roles.create_role(name, 'for a test', ['PRIVILEGE_SNAPSHOT_READ', 'PRIVILEGE_FS_ATTRIBUTES_READ'])
    undo(admin.roles.delete_role, name)
    got = admin.roles.list_role(name)
    assert got['description'] == 'for a test'
    assert set(got['privileges']) == {'PRIVILEGE_FS_ATTRIBUTES_READ', 'PRIVILEGE_SNAPSHOT_READ'}
    everything = admin.roles.list_roles()
    assert everything[name]['description'] == 'for a test', 'an object keyed by name'
    assert {'Administrators', 'Data-Administrators', 'Observers'} <= set(everything)
    with refused(409):
        admin.roles.create_role(name, 'again')
    with refused():
        admin.roles.create_role('with blank', 'refused')
    admin.roles.delete_role(name)
    with refused(404):
        admin.roles.list_role(name)


@sdk('roles.modify_role')
def test_modify_role(admin, role):
    etag = admin.roles.list_role(role, with_etag=True).etag
    assert etag
    admin.roles.modify_role(role, description='changed', if_match=etag)
    admin.roles.modify_role(role, privileges=['PRIVILEGE_QUOTA_READ'])
    got = admin.roles.list_role(role)
    assert (got['description'], got['privileges']) == ('changed', ['PRIVILEGE_QUOTA_READ'])
    with refused(412):
        admin.roles.modify_role(role, description='late', if_match=etag)
    with refused(400):
        admin.roles.modify_role(role, privileges=['PRIVILEGE_TO_FLY'])


@sdk('roles.list_privileges')
def test_list_privileges(admin):
    got = admin.roles.list_privileges()
    assert isinstance(got['PRIVILEGE_FS_FILE_LOCK_WRITE'], str)
    assert len(got) > 100


@sdk('roles.add_member', 'roles.list_members', 'roles.remove_member', 'roles.list_all_members')
def test_role_members(admin, role, user, group):
    admin.roles.add_member(role, name=user['name'])
    admin.roles.add_member(role, auth_id=group['id'])
    members = admin.roles.list_members(role)['members']
    assert {member['auth_id'] for member in members.values()} == {user['id'], group['id']}
    assert {member['name'] for member in members.values()} == {user['name'], group['name']}
    pages = list(admin.roles.list_all_members(role, limit=1))
    assert [len(page['members']) for page in pages if page['members']] == [1, 1]
    admin.roles.remove_member(role, name=user['name'])
    assert [member['auth_id'] for member in admin.roles.list_members(role)['members'].values()] == [group['id']]


def test_a_role_counts_after_the_next_login(admin, cluster, role, user):
    """Snapshot privilege by role, through a group, and gone again."""
    client = connect(cluster)
    client.rest.login(user['name'], 'S3cret!password')
    with refused(403):
        client.snapshot.list_snapshots()
    admin.roles.add_member(role, auth_id=user['id'])
    client.rest.login(user['name'], 'S3cret!password')
    assert client.auth.my_roles() == [role]
    assert set(client.auth.who_am_i()['privileges']) == {'PRIVILEGE_FS_ATTRIBUTES_READ', 'PRIVILEGE_SNAPSHOT_READ'}
    assert 'entries' in client.snapshot.list_snapshots()
    admin.roles.remove_member(role, auth_id=user['id'])
    client.rest.login(user['name'], 'S3cret!password')
    with refused(403):
        client.snapshot.list_snapshots()


def in_a_day():
    return datetime.datetime.now(datetime.timezone.utc).replace(microsecond=0) + datetime.timedelta(days=1)


@sdk('access_tokens.create', 'access_tokens.get', 'access_tokens.delete')
def test_access_token(admin, cluster, undo, user):
    made = admin.access_tokens.create(Identity(user['name']), expiration_time=in_a_day())
    undo(admin.access_tokens.delete, made.id)
    told = admin.access_tokens.get(made.id)
    assert told.user['auth_id'] == user['id']
    assert told.creator['auth_id'] == admin.auth.who_am_i()['id']
    assert told.enabled is True
    assert told.expiration_time
    client = connect(cluster, made.bearer_token)
    mine = client.auth.who_am_i()
    assert (mine['name'], mine['access_token_id']) == (user['name'], made.id)
    admin.access_tokens.delete(made.id)
    with refused(401):
        client.auth.who_am_i()
    with refused(404):
        admin.access_tokens.get(made.id)


@sdk('access_tokens.modify')
def test_access_token_off_and_on(admin, cluster, undo, user):
    made = admin.access_tokens.create(Identity(f'auth_id:{user["id"]}'))
    undo(admin.access_tokens.delete, made.id)
    client = connect(cluster, made.bearer_token)
    assert admin.access_tokens.modify(made.id, enabled=False).enabled is False
    with refused(401):
        client.auth.who_am_i()
    assert admin.access_tokens.modify(made.id, enabled=True).enabled is True
    assert client.auth.who_am_i()['id'] == user['id']
    past = datetime.datetime(2020, 1, 1, tzinfo=datetime.timezone.utc)
    admin.access_tokens.modify(made.id, expiration_time=past)
    with refused(401):
        client.auth.who_am_i()


@sdk('access_tokens.list')
def test_list_access_tokens(admin, undo, user):
    mine = [admin.access_tokens.create(Identity(user['name'])) for _ in range(2)]
    for token in mine:
        undo(admin.access_tokens.delete, token.id)
    ids = {token.id for token in mine}
    pages = list(admin.access_tokens.list(limit=1))
    assert all(len(page.entries) <= 1 for page in pages)
    assert ids <= {entry.id for page in pages for entry in page.entries}
    for form in (user['name'], f'auth_id:{user["id"]}'):
        found = [entry for page in admin.access_tokens.list(user=Identity(form)) for entry in page.entries]
        assert {entry.id for entry in found} == ids, form
    # With both, the SDK writes two question marks into the URI.
    found = [entry for page in admin.access_tokens.list(user=Identity(user['name']), limit=1) for entry in page.entries]
    assert {entry.id for entry in found} == ids
    with refused():
        admin.access_tokens.create(Identity(user['name']))


def test_access_tokens_are_for_users(admin, group):
    with refused():
        admin.access_tokens.create(Identity(f'auth_id:{group["id"]}'))
