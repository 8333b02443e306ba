"""Edges: odd names, limits, collisions, many at once, expiry, and roles that lift one restriction."""

import contextlib
import io
import threading

import pytest

from kit.fs import make_file, names, read, refused
from kit.sdk import connect
from kit.watch import Watch

emulator_only = pytest.mark.emulator_only


@pytest.mark.parametrize('name', ['', '.', '..', 'a/b', 'nul\0byte'])
def test_names_that_are_none(admin, scratch, name):
    with refused():
        admin.rest.request('POST', f'/v1/files/{scratch.id}/entries/', body={'name': name, 'action': 'CREATE_FILE'})
    assert names(admin, scratch.path) == []


def test_rename_collisions(admin, scratch):
    for name in ('dir', 'full', 'empty'):
        admin.fs.create_directory(name, dir_path=scratch.path)
    make_file(admin, scratch / 'full/x')
    make_file(admin, scratch / 'file')
    for source, target in (('file', 'full'), ('dir', 'file'), ('dir', 'full'), ('file', 'empty')):
        with refused():
            admin.fs.rename(target, scratch / source, dir_path=scratch.path, clobber=True)
    with refused(404):
        admin.fs.rename('x', scratch / 'nothing', dir_path=scratch.path)
    with refused(404):
        admin.fs.rename('x', scratch / 'file', dir_path=scratch / 'nowhere')
    with refused():
        admin.fs.rename('x', scratch / 'file', dir_path=scratch / 'file')
    assert names(admin, scratch.path) == ['dir', 'empty', 'file', 'full']


def test_hard_links_only_to_files(admin, scratch):
    admin.fs.create_directory('dir', dir_path=scratch.path)
    with refused():
        admin.fs.create_link('link', scratch / 'dir', dir_path=scratch.path)
    with refused(404):
        admin.fs.create_link('link', scratch / 'nothing', dir_path=scratch.path)


def test_a_deep_path(admin, scratch):
    path = scratch.path
    for level in range(40):
        name = f'{level:02}-{"d" * 97}'
        admin.fs.create_directory(name, dir_path=path)
        path = f'{path}/{name}'
    make_file(admin, f'{path}/leaf', b'deep')
    assert len(path) > 4_000
    assert read(admin, f'{path}/leaf') == b'deep'
    assert list(admin.fs.tree_walk_preorder(scratch.path))[-1]['path'] == f'{path}/leaf'


def test_a_large_directory_in_pages(admin, scratch):
    client = admin.clone()
    made = {client.rest.fs.create_file(f'{n:05}', dir_id=scratch.id)['name'] for n in range(1_200)}
    assert set(names(admin, scratch.path)) == made
    pages = list(admin.fs.read_entire_directory(path=scratch.path, page_size=100))
    assert len(pages) >= 12
    assert sum(len(page['files']) for page in pages) == 1_200


def test_nothing_is_skipped_when_entries_vanish_between_pages(admin, scratch):
    for n in range(20):
        make_file(admin, scratch / f'{n:02}')
    pages = admin.fs.read_entire_directory(path=scratch.path, page_size=5)
    first = [entry['name'] for entry in next(pages)['files']]
    for name in first:
        admin.fs.delete(path=scratch / name)
    rest = [entry['name'] for page in pages for entry in page['files']]
    assert sorted(first + rest) == [f'{n:02}' for n in range(20)]


def test_several_writers_and_every_event(admin, scratch):
    stream = Watch(admin, True, path=scratch.path, type_filter=['child_file_added'])
    failures = []

    def write(worker):
        client = admin.clone()
        try:
            for n in range(50):
                client.rest.fs.create_file(f'{worker}-{n}', dir_id=scratch.id)
        except Exception as error:  # reported by the test's own thread
            failures.append(error)

    threads = [threading.Thread(target=write, args=(worker,)) for worker in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    events = stream.until(lambda seen: len(seen) >= 200)
    assert len({event['path'] for event in events}) == 200
    for worker in range(4):
        mine = [int(event['path'].split('-')[1]) for event in events if event['path'].startswith(f'{worker}-')]
        assert mine == list(range(50)), 'in the order of the changes'
    stream.close()


@emulator_only
def test_access_times_when_they_are_on(admin, scratch):
    file_id = make_file(admin, scratch / 'a', b'x')
    old = '2001-01-01T00:00:00Z'
    admin.fs.set_file_attr(id_=file_id, access_time=old)
    assert read(admin, id_=file_id) == b'x'
    assert admin.fs.get_file_attr(id_=file_id)['access_time'] == old, 'off: reading moves nothing'
    admin.fs.set_atime_settings(enabled=True)
    try:
        read(admin, id_=file_id, skip_atime_update=True)
        assert admin.fs.get_file_attr(id_=file_id)['access_time'] == old
        read(admin, id_=file_id)
        assert admin.fs.get_file_attr(id_=file_id)['access_time'] > '2020'
    finally:
        admin.fs.set_atime_settings(enabled=False)


@emulator_only
def test_a_session_that_ends(control, users):
    user = users.make('expiry')
    assert user.client.auth.who_am_i()['name'] == user.name
    control.call('POST', 'sessions/expire', {'username': user.name})
    with refused(401):
        user.client.auth.who_am_i()
    done = user.qq.run('who_am_i')
    assert (done.code, done.err.startswith('Error 401:')) == (1, True), repr(done)
    user.client.rest.login(user.name, user.password)
    assert user.client.auth.who_am_i()['name'] == user.name


@emulator_only
def test_a_snapshot_goes_at_its_date(admin, control, scratch):
    date = control.in_seconds(600)
    snapshot = admin.snapshot.create_snapshot(source_file_id=scratch.id, expiration=date)['id']
    assert admin.snapshot.get_snapshot(snapshot)['id'] == snapshot
    control.move_clock(601)
    with refused(404, 'snapshot_not_found_error'):
        admin.snapshot.get_snapshot(snapshot)


@pytest.fixture
def with_role(admin, users, unique):
    """A user with a role of just these privileges, logged in after it was given."""
    with contextlib.ExitStack() as stack:

        def make(*privileges):
            user, role = users.make('role'), unique('role')
            admin.roles.create_role(role, 'for a test', list(privileges))
            stack.callback(admin.roles.delete_role, role)
            admin.roles.add_member(role, auth_id=user.id)
            user.client.rest.login(user.name, user.password)
            return user

        yield make


def test_the_privilege_to_lock(admin, scratch, with_role):
    user = with_role('PRIVILEGE_FS_FILE_LOCK_WRITE')
    admin.fs.set_file_attr(mode='0777', path=scratch.path)
    mine = make_file(user.client, scratch / 'mine')
    assert user.client.fs.modify_file_lock(legal_hold=True, id_=mine)['lock']['legal_hold'] is True
    with refused():
        user.client.fs.delete(id_=mine)
    assert user.client.fs.modify_file_lock(legal_hold=False, id_=mine)['lock']['legal_hold'] is False
    theirs = make_file(admin, scratch / 'theirs')
    with refused(403):
        user.client.fs.modify_file_lock(legal_hold=True, id_=theirs)


def test_the_privilege_to_read_everything(admin, scratch, with_role):
    user = with_role('PRIVILEGE_FILE_READ_ACCESS')
    make_file(admin, scratch / 'secret', b'x')
    admin.fs.set_file_attr(mode='0600', path=scratch / 'secret')
    admin.fs.set_file_attr(mode='0700', path=scratch.path)
    assert read(user.client, scratch / 'secret') == b'x'
    with refused(403):
        user.client.fs.write_file(io.BytesIO(b'y'), path=scratch / 'secret')
    with refused(403):
        user.client.fs.delete(path=scratch / 'secret')


def test_data_administrators_may_watch_below(admin, scratch, users):
    user = users.make('data')
    admin.roles.add_member('Data-Administrators', auth_id=user.id)
    try:
        user.client.rest.login(user.name, user.password)
        stream = Watch(user.client, True, path=scratch.path)
        admin.fs.create_directory('d', dir_path=scratch.path)
        make_file(admin, scratch / 'd/a')
        stream.wait_for(('child_file_added', 'd/a'))
        stream.close()
    finally:
        admin.roles.remove_member('Data-Administrators', auth_id=user.id)


def test_observers_change_nothing(admin, scratch, users, cluster):
    user = users.make('observer')
    admin.roles.add_member('Observers', auth_id=user.id)
    try:
        client = connect(cluster)
        client.rest.login(user.name, user.password)
        assert client.roles.list_roles()
        with refused(403):
            client.users.add_user('x', '513', 'S3cret!password')
        with refused(403):
            client.snapshot.create_snapshot(source_file_id=scratch.id)
    finally:
        admin.roles.remove_member('Observers', auth_id=user.id)


def test_a_closed_directory_hides_what_is_in_it(admin, nobody, scratch):
    admin.fs.create_directory('closed', dir_path=scratch.path)
    make_file(admin, scratch / 'closed/a', b'x')
    admin.fs.set_file_attr(mode='0644', path=scratch / 'closed/a')
    admin.fs.set_file_attr(mode='0711', path=scratch.path)
    admin.fs.set_file_attr(mode='0700', path=scratch / 'closed')
    with refused():
        read(nobody.client, path=scratch / 'closed/a')
    with refused():
        nobody.client.fs.get_file_attr(path=scratch / 'closed/a')
    with refused():
        nobody.client.fs.read_directory(path=scratch / 'closed')


def test_sticky_directories(admin, nobody, users, scratch):
    other = users.make('other')
    admin.fs.set_file_attr(mode='1777', path=scratch.path)
    make_file(nobody.client, scratch / 'mine')
    with refused(403):
        other.client.fs.delete(path=scratch / 'mine')
    nobody.client.fs.delete(path=scratch / 'mine')


def test_group_membership_counts(admin, users, unique, scratch):
    user = users.make('member')
    group = admin.groups.add_group(unique('group'), '')
    try:
        admin.groups.group_add_member(group['id'], user.id)
        user.client.rest.login(user.name, user.password)
        make_file(admin, scratch / 'a', b'x')
        admin.fs.set_file_attr(mode='0711', path=scratch.path)
        admin.fs.set_file_attr(group=group['id'], mode='0640', path=scratch / 'a')
        assert read(user.client, scratch / 'a') == b'x'
        with refused(403):
            user.client.fs.write_file(io.BytesIO(b'y'), path=scratch / 'a')
    finally:
        admin.groups.delete_group(group['id'])
