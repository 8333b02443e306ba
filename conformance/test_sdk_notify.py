"""The change-notify stream as the SDK's own iterator hands it out."""

import io
import time

import pytest

from kit.fs import make_file, refused
from kit.watch import Watch

sdk = pytest.mark.sdk


@pytest.fixture
def watch(admin):
    opened = []

    def start(recursive, **kwargs):
        opened.append(Watch(kwargs.pop('client', admin), recursive, **kwargs))
        return opened[-1]

    yield start
    for one in opened:
        one.close()


def last_ids(events, kind):
    return [event['spine'][-1] for event in events if event['type'] == kind]


@sdk('fs.get_change_notify_listener')
def test_events_have_type_path_spine_and_stream(admin, scratch, watch):
    stream = watch(False, path=scratch.path)
    file_id = make_file(admin, scratch / 'a b')
    event = stream.until(lambda seen: len(seen) >= 1)[0]
    assert event['type'] == 'child_file_added'
    assert event['path'] == 'a b', 'relative to the watched directory, no leading slash'
    assert event['spine'][-1] == file_id
    assert event['stream_name'] is None


@sdk('fs.get_change_notify_listener')
def test_a_burst_of_ten_all_comes_out_at_once(admin, scratch, watch):
    """
    The SDK's iterator holds back lines that share a TLS record until the next byte arrives (api/FACTS.md 6.2): with the
    next keepalive, many seconds later. Five are enough for a machine that is busy with other things.
    """
    stream = watch(False, path=scratch.path, type_filter=['child_file_added'])
    for n in range(10):
        admin.fs.create_file(f'burst {n}', dir_path=scratch.path)
    made = time.monotonic()
    events = stream.until(lambda seen: len(seen) >= 10)
    assert [event['path'] for event in events] == [f'burst {n}' for n in range(10)], 'in the order of the changes'
    late = events[-1]['at'] - made
    assert late < 5.0, f'the last event came {late:.2f} s after the last change'


def test_recursive_sees_below_and_not_recursive_does_not(admin, scratch, watch):
    admin.fs.create_directory('one', dir_path=scratch.path)
    admin.fs.create_directory('two', dir_path=scratch / 'one')
    flat, deep = watch(False, path=scratch.path), watch(True, id_=scratch.id)
    file_id = make_file(admin, scratch / 'one/two/deep')
    make_file(admin, scratch / 'top')
    deep_events = deep.wait_for(('child_file_added', 'one/two/deep'), ('child_file_added', 'top'))
    flat.wait_for(('child_file_added', 'top'))
    assert not [pair for pair in flat.pairs() if 'deep' in pair[1]]
    added = next(event for event in deep_events if event['path'] == 'one/two/deep')
    assert added['spine'][-1] == file_id
    ids = [admin.fs.get_file_attr(path=scratch / name)['id'] for name in ('one', 'one/two', 'one/two/deep')]
    assert added['spine'][-3:] == ids, 'oldest ancestor first'


def test_directories_made_later_are_watched_too(admin, scratch, watch):
    stream = watch(True, path=scratch.path)
    admin.fs.create_directory('new', dir_path=scratch.path)
    make_file(admin, scratch / 'new/a')
    stream.wait_for(('child_dir_added', 'new'), ('child_file_added', 'new/a'))


def test_filter_keeps_everything_else_away(admin, scratch, watch):
    stream = watch(True, path=scratch.path, type_filter=['child_file_removed', 'child_dir_added'])
    make_file(admin, scratch / 'a', b'data')
    admin.fs.delete(path=scratch / 'a')
    admin.fs.create_directory('d', dir_path=scratch.path)
    stream.wait_for(('child_dir_added', 'd'))
    assert stream.pairs() == [('child_file_removed', 'a'), ('child_dir_added', 'd')]


def test_write_events(admin, scratch, watch):
    file_id = make_file(admin, scratch / 'a')
    stream = watch(False, path=scratch.path)
    admin.fs.write_file(io.BytesIO(b'x' * 100), id_=file_id)
    stream.wait_for(('child_data_written', 'a'), ('child_size_changed', 'a'), ('child_mtime_changed', 'a'))


def test_rename_is_a_pair_with_the_same_last_id(admin, scratch, watch):
    admin.fs.create_directory('in', dir_path=scratch.path)
    file_id = make_file(admin, scratch / 'old')
    stream = watch(True, path=scratch.path)
    admin.fs.rename('new', scratch / 'old', dir_path=scratch.path)
    admin.fs.rename('moved', scratch / 'new', dir_path=scratch / 'in')
    events = stream.wait_for(
        ('child_file_moved_from', 'old'), ('child_file_moved_to', 'new'), ('child_file_moved_to', 'in/moved')
    )
    assert last_ids(events, 'child_file_moved_from') == last_ids(events, 'child_file_moved_to') == [file_id, file_id]
    moves = [event for event in events if 'moved' in event['type']]
    assert moves[0]['spine'] == moves[1]['spine'], 'inside one directory both halves carry the same spine'
    assert moves[2]['spine'] != moves[3]['spine']


def test_a_file_moved_in_from_outside(admin, scratch, watch):
    admin.fs.create_directory('watched', dir_path=scratch.path)
    make_file(admin, scratch / 'outside')
    stream = watch(True, path=scratch / 'watched')
    admin.fs.rename('inside', scratch / 'outside', dir_path=scratch / 'watched')
    kinds = {kind for kind, path in (stream.until(lambda seen: len(seen) >= 1), stream.pairs())[1] if path == 'inside'}
    assert kinds & {'child_file_moved_to', 'child_file_added'}


def test_renaming_a_directory_is_one_pair(admin, scratch, watch):
    admin.fs.create_directory('d', dir_path=scratch.path)
    make_file(admin, scratch / 'd/inside')
    stream = watch(
        True,
        path=scratch.path,
        type_filter=[
            'child_dir_moved_from',
            'child_dir_moved_to',
            'child_file_moved_from',
            'child_file_moved_to',
            'child_dir_added',
        ],
    )
    admin.fs.rename('e', scratch / 'd', dir_path=scratch.path)
    admin.fs.create_directory('end', dir_path=scratch.path)
    stream.wait_for(('child_dir_added', 'end'))
    assert stream.pairs() == [('child_dir_moved_from', 'd'), ('child_dir_moved_to', 'e'), ('child_dir_added', 'end')]


def test_attribute_events(admin, scratch, watch):
    file_id = make_file(admin, scratch / 'a')
    stream = watch(False, path=scratch.path)
    admin.fs.set_file_attr(id_=file_id, mode='0600')
    admin.fs.set_file_attr(id_=file_id, owner='501', group='514')
    admin.fs.set_file_attr(id_=file_id, modification_time='2001-01-01T00:00:00Z', creation_time='2000-01-01T00:00:00Z')
    hidden = {**admin.fs.get_file_attr(id_=file_id)['extended_attributes'], 'hidden': True}
    admin.fs.set_file_attr(id_=file_id, extended_attributes=hidden)
    wanted = ('acl', 'owner', 'group', 'mtime', 'btime', 'extra_attrs')
    stream.wait_for(*[(f'child_{kind}_changed', 'a') for kind in wanted])


def test_stream_events(admin, scratch, watch):
    file_id = make_file(admin, scratch / 'a')
    stream = watch(False, path=scratch.path)
    made = admin.fs.create_stream('notes', id_=file_id)['id']
    admin.fs.write_file(io.BytesIO(b'x'), id_=file_id, stream_id=made)
    admin.fs.remove_stream(made, id_=file_id)
    events = stream.wait_for(
        ('child_stream_added', 'a'), ('child_stream_data_written', 'a'), ('child_stream_removed', 'a')
    )
    assert {event['stream_name'] for event in events if 'stream' in event['type']} == {'notes'}


def test_links_and_directories(admin, scratch, watch):
    make_file(admin, scratch / 'a')
    stream = watch(False, path=scratch.path)
    admin.fs.create_symlink('sym', 'a', dir_path=scratch.path)
    admin.fs.create_link('hard', scratch / 'a', dir_path=scratch.path)
    admin.fs.create_directory('d', dir_path=scratch.path)
    admin.fs.delete(path=scratch / 'd')
    admin.fs.delete(path=scratch / 'hard')
    stream.wait_for(
        ('child_file_added', 'sym'),
        ('child_file_added', 'hard'),
        ('child_dir_added', 'd'),
        ('child_dir_removed', 'd'),
        ('child_file_removed', 'hard'),
    )


def test_self_removed_is_the_last_event(admin, scratch, watch):
    admin.fs.create_directory('d', dir_path=scratch.path)
    stream = watch(False, path=scratch / 'd')
    admin.fs.delete(path=scratch / 'd')
    stream.until(lambda seen: any(event['type'] == 'self_removed' for event in seen))
    assert stream.seen[-1]['type'] == 'self_removed'


def test_a_lock_alone_is_silent_or_an_attribute_change(admin, scratch, watch):
    """No event type fits; api/FACTS.md 6.4."""
    file_id = make_file(admin, scratch / 'a')
    stream = watch(False, path=scratch.path)
    admin.fs.modify_file_lock(legal_hold=True, id_=file_id)
    admin.fs.modify_file_lock(legal_hold=False, id_=file_id)
    make_file(admin, scratch / 'end')
    stream.wait_for(('child_file_added', 'end'))
    assert {kind for kind, path in stream.pairs() if path == 'a'} <= {'child_acl_changed', 'child_extra_attrs_changed'}


def test_refusals(admin, scratch):
    with refused(404):
        admin.clone().fs.get_change_notify_listener(False, path=scratch / 'nothing')
    with refused():
        admin.clone().fs.get_change_notify_listener(False, path=scratch.path, type_filter=['child_flew_away'])
    with refused():
        admin.clone().fs.get_change_notify_listener(False, id_='Error_ID')


@sdk('fs.get_change_notify_listener')
def test_privileges(admin, scratch, nobody, watch):
    """Not recursive: read permission on the directory. Recursive: a privilege, even then."""
    admin.fs.set_file_attr(mode='0755', path=scratch.path)
    stream = watch(False, client=nobody.client, path=scratch.path)
    make_file(admin, scratch / 'a')
    stream.wait_for(('child_file_added', 'a'))
    with refused():
        nobody.client.clone().fs.get_change_notify_listener(True, path=scratch.path)
    admin.fs.set_file_attr(mode='0700', path=scratch.path)
    with refused():
        nobody.client.clone().fs.get_change_notify_listener(False, path=scratch.path)


@pytest.mark.emulator_only
def test_three_recursive_modes(admin, scratch, watch):
    admin.fs.create_directory('d', dir_path=scratch.path)
    try:
        admin.fs.set_notify_settings('DISABLED_ERROR')
        with refused():
            admin.clone().fs.get_change_notify_listener(True, path=scratch.path)
        admin.fs.set_notify_settings('DISABLED_IGNORE')
        stream = watch(True, path=scratch.path)
        make_file(admin, scratch / 'd/below')
        make_file(admin, scratch / 'direct')
        stream.wait_for(('child_file_added', 'direct'))
        assert ('child_file_added', 'd/below') not in stream.pairs()
    finally:
        admin.fs.set_notify_settings('ENABLED')


def test_many_watchers_of_one_directory(admin, scratch, watch):
    streams = [watch(False, path=scratch.path) for _ in range(8)]
    make_file(admin, scratch / 'a')
    for stream in streams:
        stream.wait_for(('child_file_added', 'a'))
