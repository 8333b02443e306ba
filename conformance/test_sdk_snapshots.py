"""Snapshots: taking, reading from, comparing, keeping, dropping; policies; locking."""

import io

import pytest
from qumulo.rest.fs import UserMetadataType
from qumulo.rest.snapshot import InDeleteFilter, SnapshotStatusFilter

from kit.fs import make_file, names, read, refused

sdk = pytest.mark.sdk


@pytest.fixture
def take(admin, scratch):
    taken = []

    def snapshot(**kwargs):
        made = admin.snapshot.create_snapshot(**{'source_file_id': scratch.id, **kwargs})
        taken.append(made['id'])
        return made

    yield snapshot
    for snapshot_id in taken:
        try:
            admin.snapshot.delete_snapshot(snapshot_id)
        except admin.rest.Error as error:
            assert error.status_code == 404


@sdk('snapshot.create_snapshot', 'snapshot.get_snapshot')
def test_create(admin, scratch, take):
    made = take(name='before')
    assert isinstance(made['id'], int)
    assert made['name'] == f'{made["id"]}_before'
    assert made['source_file_id'] == scratch.id
    assert made['in_delete'] is False
    assert not made['expiration'], 'null or empty is never'
    assert admin.snapshot.get_snapshot(made['id']) == made
    later = take(source_file_id=None, path=scratch.path, expiration='2037-01-01T00:00:00Z')
    assert later['id'] > made['id']
    assert later['expiration'] == '2037-01-01T00:00:00Z'
    assert later['source_file_id'] == scratch.id


@sdk('snapshot.create_snapshot')
def test_root_is_the_default_source(take):
    assert take(source_file_id=None)['source_file_id'] == '2'


@sdk('snapshot.list_snapshots')
def test_list(admin, take):
    mine = take()
    for in_delete in (InDeleteFilter.ALL, InDeleteFilter.EXCLUDE_IN_DELETE):
        assert mine['id'] in [entry['id'] for entry in admin.snapshot.list_snapshots(in_delete)['entries']]
    assert mine['id'] not in [e['id'] for e in admin.snapshot.list_snapshots(InDeleteFilter.ONLY_IN_DELETE)['entries']]


@sdk('snapshot.modify_snapshot')
def test_modify_expiration(admin, take):
    mine = take()
    assert (
        admin.snapshot.modify_snapshot(mine['id'], expiration='2037-06-01T00:00:00Z')['expiration']
        == '2037-06-01T00:00:00Z'
    )
    assert not admin.snapshot.modify_snapshot(mine['id'], expiration='')['expiration']


@sdk('snapshot.delete_snapshot')
def test_delete(admin, take):
    mine = take()
    admin.snapshot.delete_snapshot(mine['id'])
    with refused(404, 'snapshot_not_found_error'):
        admin.snapshot.get_snapshot(mine['id'])
    with refused(404, 'snapshot_not_found_error'):
        admin.snapshot.delete_snapshot(mine['id'])


@sdk('snapshot.list_snapshot_statuses', 'snapshot.get_snapshot_status')
def test_statuses(admin, scratch, take):
    mine = take(name='x')
    status = admin.snapshot.get_snapshot_status(mine['id'])
    assert status['source_file_path'].rstrip('/') == scratch.path
    assert status['lock_key'] is None
    assert status['name'] == mine['name']
    everything = admin.snapshot.list_snapshot_statuses([])['entries']
    assert status in everything
    filters = [SnapshotStatusFilter.EXCLUDE_IN_DELETE, SnapshotStatusFilter.EXCLUDE_LOCKED]
    assert mine['id'] in [entry['id'] for entry in admin.snapshot.list_snapshot_statuses(filters)['entries']]
    assert mine['id'] not in [
        e['id'] for e in admin.snapshot.list_snapshot_statuses([SnapshotStatusFilter.ONLY_LOCKED])['entries']
    ]


@sdk('snapshot.get_total_used_capacity')
def test_used_capacity(admin, scratch, take):
    file_id = make_file(admin, scratch / 'a', b'x' * 100_000)
    take()
    admin.fs.write_file(io.BytesIO(b'y' * 100_000), id_=file_id)
    assert int(admin.snapshot.get_total_used_capacity()['bytes']) >= 0


def test_the_past_stays_readable(admin, scratch, take):
    admin.fs.create_directory('d', dir_path=scratch.path)
    kept = make_file(admin, scratch / 'd/kept', b'old')
    gone = make_file(admin, scratch / 'd/gone', b'deleted since')
    admin.fs.set_user_metadata(UserMetadataType.GENERIC, 'k', b'old', id_=kept)
    stream_id = admin.fs.create_stream('s', id_=kept)['id']
    mode_then = admin.fs.get_file_attr(id_=kept)['mode']
    mine = take()['id']

    admin.fs.write_file(io.BytesIO(b'new and longer'), id_=kept)
    admin.fs.set_file_attr(mode='0600', id_=kept)
    admin.fs.set_user_metadata(UserMetadataType.GENERIC, 'k', b'new', id_=kept)
    admin.fs.remove_stream(stream_id, id_=kept)
    admin.fs.delete(id_=gone)
    make_file(admin, scratch / 'd/later')

    assert read(admin, scratch / 'd/kept', snapshot=mine) == b'old'
    assert read(admin, id_=gone, snapshot=mine) == b'deleted since'
    assert read(admin, scratch / 'd/gone', snapshot=mine) == b'deleted since'
    assert names(admin, scratch / 'd', snapshot=mine) == ['gone', 'kept']
    assert names(admin, scratch / 'd', snapshot=mine, page_size=1) == ['gone', 'kept']
    assert admin.fs.get_file_attr(path=scratch / 'd/kept', snapshot=mine)['size'] == '3'
    assert admin.fs.get_file_attr(id_=kept, snapshot=mine)['mode'] == mode_then
    assert admin.fs.get_acl_v2(id_=kept, snapshot=mine) != admin.fs.get_acl_v2(id_=kept)
    assert admin.fs.get_user_metadata(UserMetadataType.GENERIC, 'k', id_=kept, snapshot=mine) == b'old'
    assert [s['name'] for s in admin.fs.list_named_streams(id_=kept, snapshot=mine)] == ['s']
    assert [w['path'] for w in admin.fs.tree_walk_preorder(scratch.path, snapshot=mine)][1:]
    assert admin.fs.read_dir_aggregates(path=scratch / 'd', snapshot=mine)['total_files'] == '2'
    assert admin.fs.resolve_paths([gone], snapshot=mine)[0]['path'] == scratch / 'd/gone'
    with refused(404):
        read(admin, scratch / 'd/later', snapshot=mine)
    assert read(admin, scratch / 'd/kept') == b'new and longer'


@sdk('fs.copy')
def test_copy_out_of_a_snapshot(admin, scratch, take):
    """qwalk copies a whole tree out of a snapshot, a file that is deleted since included."""
    gone = make_file(admin, scratch / 'gone', b'deleted since')
    mine = take()['id']
    admin.fs.delete(id_=gone)
    make_file(admin, scratch / 'back')
    admin.fs.copy(source_id=gone, source_snapshot=mine, target_path=scratch / 'back')
    assert read(admin, scratch / 'back') == b'deleted since'


def test_the_root_of_the_source_is_read_by_id_and_by_path(admin, scratch, take):
    make_file(admin, scratch / 'a')
    mine = take()['id']
    admin.fs.delete(path=scratch / 'a')
    assert names(admin, scratch.path, snapshot=mine) == ['a']
    assert [e['name'] for e in admin.fs.enumerate_entire_directory(id_=scratch.id, snapshot=mine)] == ['a']


@pytest.fixture
def two(admin, scratch, take):
    """Two snapshots with one change of every kind between them."""
    admin.fs.create_directory('same', dir_path=scratch.path)
    admin.fs.create_directory('doomed', dir_path=scratch.path)
    make_file(admin, scratch / 'doomed/with it')
    for name in ('changed', 'deleted', 'moved', 'untouched'):
        make_file(admin, scratch / name, b'1')
    older = take()['id']
    admin.fs.write_file(io.BytesIO(b'2'), path=scratch / 'changed')
    admin.fs.delete(path=scratch / 'deleted')
    admin.fs.rename('moved to', scratch / 'moved', dir_path=scratch / 'same')
    admin.fs.delete(path=scratch / 'doomed/with it')
    admin.fs.delete(path=scratch / 'doomed')
    admin.fs.create_directory('made', dir_path=scratch.path)
    make_file(admin, scratch / 'made/inside')
    make_file(admin, scratch / 'there and gone')
    admin.fs.delete(path=scratch / 'there and gone')
    return take()['id'], older


def check_diff(scratch, entries):
    ops = {(entry['op'], entry['path']) for entry in entries}
    assert len(ops) == len(entries), 'no entry twice'
    assert ('MODIFY', scratch / 'changed') in ops
    assert ('DELETE', scratch / 'deleted') in ops
    assert ('CREATE', scratch / 'made/') in ops, 'directories end in a slash'
    assert ('DELETE', scratch / 'doomed/') in ops
    assert ('CREATE', scratch / 'same/moved to') in ops
    assert ('DELETE', scratch / 'moved') in ops
    paths = {path for _op, path in ops}
    assert scratch / 'untouched' not in paths
    assert scratch / 'made/inside' not in paths, 'a new directory is one entry'
    assert scratch / 'doomed/with it' not in paths, 'a deleted directory is one entry'
    assert scratch / 'there and gone' not in paths, 'the comparison is net'


@sdk('snapshot.get_snapshot_tree_diff')
def test_tree_diff(admin, scratch, two):
    newer, older = two
    page = admin.snapshot.get_snapshot_tree_diff(newer, older)
    assert not page['paging']['next']
    check_diff(scratch, page['entries'])


@pytest.mark.parametrize('limit', [1, 2, 100])
@sdk('snapshot.get_all_snapshot_tree_diff')
def test_tree_diff_in_pages(admin, scratch, two, limit):
    pages = list(admin.snapshot.get_all_snapshot_tree_diff(*two, limit=limit))
    assert all(len(page['entries']) <= limit for page in pages)
    check_diff(scratch, [entry for page in pages for entry in page['entries']])


@sdk('snapshot.get_snapshot_tree_diff')
def test_nothing_changed(admin, take):
    older, newer = take()['id'], take()['id']
    assert admin.snapshot.get_snapshot_tree_diff(newer, older)['entries'] == []


@pytest.fixture
def sparse(admin, scratch, take):
    file_id = make_file(admin, scratch / 'a', b'x' * 65536)
    older = take()['id']
    admin.fs.write_file(io.BytesIO(b'y' * 4096), id_=file_id, offset=8192)
    admin.fs.punch_hole(32768, 4096, id_=file_id)
    return take()['id'], older, file_id


def covers(entries, offset, size):
    return any(int(e['offset']) <= offset and offset + size <= int(e['offset']) + int(e['size']) for e in entries)


@sdk('snapshot.get_snapshot_file_diff')
def test_file_diff(admin, scratch, sparse):
    newer, older, file_id = sparse
    page = admin.snapshot.get_snapshot_file_diff(newer, older, path=scratch / 'a')
    assert not page['paging']['next']
    data = [entry for entry in page['entries'] if entry['type'] == 'FILE_REGION_DATA']
    holes = [entry for entry in page['entries'] if entry['type'] == 'FILE_REGION_HOLE']
    assert covers(data, 8192, 4096)
    assert covers(holes, 32768, 4096)
    assert not covers(page['entries'], 0, 4096)
    assert admin.snapshot.get_snapshot_file_diff(newer, older, file_id=file_id)['entries'] == page['entries']


@sdk('snapshot.get_all_snapshot_file_diff')
def test_file_diff_in_pages(admin, sparse):
    newer, older, file_id = sparse
    pages = list(admin.snapshot.get_all_snapshot_file_diff(newer, older, file_id=file_id, limit=1))
    assert all(len(page['entries']) <= 1 for page in pages)
    whole = admin.snapshot.get_snapshot_file_diff(newer, older, file_id=file_id)['entries']
    assert [entry for page in pages for entry in page['entries']] == whole


@sdk('snapshot_diff.get_file_operations', 'snapshot_diff.get_all_file_operations')
def test_file_operations(admin, sparse):
    newer, older, file_id = sparse
    page = admin.snapshot_diff.get_file_operations(newer, older, file_id=file_id)
    assert page.next_uri is None, 'version 3 ends with null'
    assert any(entry.offset <= 8192 < entry.offset + entry.size for entry in page.entries)
    assert list(admin.snapshot_diff.get_all_file_operations(newer, older, file_id=file_id, limit=1)) == page.entries


def daily(**more):
    return {
        'creation_schedule': {
            'frequency': 'SCHEDULE_DAILY_OR_WEEKLY',
            'timezone': 'UTC',
            'on_days': ['EVERY_DAY'],
            'hour': 3,
            'minute': 30,
        },
        'expiration_time_to_live': '7days',
        **more,
    }


@pytest.fixture
def policy(admin, scratch, unique):
    made = admin.snapshot.create_policy(unique('policy'), daily(), directory_id=scratch.id, enabled=False)
    yield made
    try:
        admin.snapshot.delete_policy(made['id'])
    except admin.rest.Error as error:
        assert error.status_code == 404


@sdk('snapshot.create_policy', 'snapshot.get_policy', 'snapshot.delete_policy')
def test_policy(admin, scratch, unique):
    name = unique('policy')
    made = admin.snapshot.create_policy(
        name, daily(), directory_id=scratch.id, enabled=False, snapshot_name_template='{ID}_{Policy}'
    )
    assert made['policy_name'] == name
    assert made['source_file_id'] == scratch.id
    assert made['enabled'] is False
    assert made['lock_key_ref'] is None
    assert {key: made['schedule'][key] for key in daily()} == daily()
    assert admin.snapshot.get_policy(made['id']) == made
    admin.snapshot.delete_policy(made['id'])
    with refused(404):
        admin.snapshot.get_policy(made['id'])


@sdk('snapshot.modify_policy')
def test_modify_policy(admin, policy):
    got = admin.snapshot.get_policy(policy['id'], with_etag=True)
    assert got.etag
    changed = admin.snapshot.modify_policy(
        policy['id'], name=policy['policy_name'] + '2', enabled=True, schedule_info={}, if_match=got.etag
    )
    assert (changed['policy_name'], changed['enabled']) == (policy['policy_name'] + '2', True)
    assert changed['schedule'] == policy['schedule'], 'qq sends an empty schedule when it changes something else'
    assert (
        admin.snapshot.modify_policy(policy['id'], schedule_info={'expiration_time_to_live': ''})['schedule'][
            'creation_schedule'
        ]
        == policy['schedule']['creation_schedule']
    )
    with refused(412):
        admin.snapshot.modify_policy(policy['id'], enabled=False, if_match=got.etag)


@sdk('snapshot.list_policies', 'snapshot.list_policy_statuses', 'snapshot.get_policy_status')
def test_policy_lists(admin, policy):
    assert policy['id'] in [entry['id'] for entry in admin.snapshot.list_policies()['entries']]
    status = admin.snapshot.get_policy_status(policy['id'])
    assert status['id'] == policy['id']
    assert status in admin.snapshot.list_policy_statuses()['entries']
