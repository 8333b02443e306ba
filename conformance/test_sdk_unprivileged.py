"""What a user without any role may not do, and what file permissions allow."""

import io

import pytest
from qumulo.lib.identity_util import Identity

from kit.fs import make_file, read, refused


@pytest.mark.parametrize(
    'call',
    [
        lambda c: c.users.list_users(),
        lambda c: c.users.add_user('x', '513', 'S3cret!password'),
        lambda c: c.groups.add_group('x', ''),
        lambda c: c.roles.create_role('qwconf-x', 'x'),
        lambda c: c.roles.add_member('Administrators', name='guest'),
        lambda c: c.access_tokens.create(Identity('admin')),
        lambda c: c.access_tokens.list().__next__(),
        lambda c: c.snapshot.list_snapshots(),
        lambda c: c.snapshot.create_snapshot(source_file_id='2'),
        lambda c: c.quota.create_quota('2', 10**9),
        lambda c: c.tree_delete.list_jobs(),
        lambda c: c.fs.set_notify_settings('ENABLED'),
        lambda c: c.fs.set_atime_settings(enabled=False),
        lambda c: c.fs.set_permissions_settings('NATIVE'),
        lambda c: c.cluster.put_cluster_conf('renamed'),
        lambda c: c.nfs.nfs_delete_export('1'),
        lambda c: c.smb.list_file_handles().__next__(),
        lambda c: c.fs.list_locks_by_client('nlm', 'byte-range'),
    ],
)
def test_management_needs_privileges(nobody, call):
    with refused(403):
        call(nobody.client)


def test_mode_decides(admin, nobody, scratch):
    file_id = make_file(admin, scratch / 'a', b'secret')
    admin.fs.set_file_attr(mode='0711', path=scratch.path)
    admin.fs.set_file_attr(mode='0600', id_=file_id)
    client = nobody.client
    with refused(403):
        read(client, path=scratch / 'a')
    with refused(403):
        client.fs.write_file(io.BytesIO(b'x'), path=scratch / 'a')
    with refused(403):
        client.fs.read_directory(path=scratch.path)
    with refused(403):
        client.fs.create_file('b', dir_path=scratch.path)
    with refused(403):
        client.fs.delete(path=scratch / 'a')
    admin.fs.set_file_attr(mode='0644', id_=file_id)
    assert read(client, path=scratch / 'a') == b'secret'
    with refused(403):
        client.fs.write_file(io.BytesIO(b'x'), path=scratch / 'a')


def test_a_directory_of_their_own(admin, nobody, scratch):
    admin.fs.set_file_attr(mode='0777', path=scratch.path)
    client = nobody.client
    file_id = make_file(client, scratch / 'mine', b'1')
    made = client.fs.get_file_attr(id_=file_id)
    assert (made['owner'], made['group']) == (nobody.id, '513')
    client.fs.write_file(io.BytesIO(b'2'), id_=file_id)
    assert read(client, id_=file_id) == b'2'
    client.fs.set_file_attr(mode='0600', id_=file_id)
    with refused(403):
        client.fs.set_file_attr(owner='500', id_=file_id)
    client.fs.rename('renamed', scratch / 'mine', dir_path=scratch.path)
    client.fs.delete(path=scratch / 'renamed')


def test_an_acl_entry_decides(admin, nobody, scratch):
    file_id = make_file(admin, scratch / 'a', b'x')
    admin.fs.set_file_attr(mode='0711', path=scratch.path)
    entry = {'flags': [], 'trustee': {'auth_id': nobody.id}, 'rights': ['READ', 'READ_ATTR']}
    acl = {'control': ['PRESENT'], 'posix_special_permissions': []}
    admin.fs.set_acl_v2({**acl, 'aces': [{**entry, 'type': 'ALLOWED'}]}, id_=file_id)
    assert read(nobody.client, id_=file_id) == b'x'
    admin.fs.set_acl_v2({**acl, 'aces': [{**entry, 'type': 'DENIED'}, {**entry, 'type': 'ALLOWED'}]}, id_=file_id)
    with refused(403):
        read(nobody.client, id_=file_id)


def test_inline_acls_are_null_without_the_right(admin, nobody, scratch):
    make_file(admin, scratch / 'hidden')
    make_file(admin, scratch / 'open')
    admin.fs.set_file_attr(mode='0755', path=scratch.path)
    admin.fs.set_acl_v2({'control': ['PRESENT'], 'posix_special_permissions': [], 'aces': []}, path=scratch / 'hidden')
    page = nobody.client.fs.read_directory(path=scratch.path, include_acls=True)
    by_name = {entry['name']: page['file_acls']['acl_indices'][n] for n, entry in enumerate(page['files'])}
    assert by_name['hidden'] is None
    assert by_name['open'] is not None


def test_a_retention_lock_needs_a_privilege(admin, nobody, scratch):
    """WRITE_ACL on the file and PRIVILEGE_FS_FILE_LOCK_WRITE: an owner has the first only."""
    admin.fs.set_file_attr(mode='0777', path=scratch.path)
    file_id = make_file(nobody.client, scratch / 'mine')
    with refused(403):
        nobody.client.fs.modify_file_lock(legal_hold=True, id_=file_id)
    assert admin.fs.get_file_attr(id_=file_id, retrieve_file_lock=True)['lock']['legal_hold'] is False
    assert nobody.client.fs.get_file_attr(id_=file_id, retrieve_file_lock=True)['lock']['legal_hold'] is False
