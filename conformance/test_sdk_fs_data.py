"""File contents: replace, write at an offset, ranges, copy, holes, caches, statistics."""

import io

import pytest

from kit.fs import make_file, read, refused

sdk = pytest.mark.sdk
MEGABYTE = bytes(range(256)) * 4096


@sdk('fs.write_file', 'fs.read_file')
def test_put_replaces_everything(admin, scratch):
    make_file(admin, scratch / 'a', b'a longer first version')
    answer = admin.fs.write_file(io.BytesIO(b'second'), path=scratch / 'a')
    assert answer['size'] == '6'
    assert read(admin, scratch / 'a') == b'second'


@sdk('fs.write_file', 'fs.read_file')
def test_many_chunks(admin, scratch):
    """The SDK uploads in chunks of 128 KiB with Transfer-Encoding: chunked."""
    make_file(admin, scratch / 'a', MEGABYTE + b'tail')
    assert read(admin, scratch / 'a') == MEGABYTE + b'tail'
    attributes = admin.fs.get_file_attr(path=scratch / 'a')
    assert attributes['size'] == str(len(MEGABYTE) + 4)
    assert int(attributes['datablocks']) == 257
    assert int(attributes['blocks']) == int(attributes['datablocks']) + int(attributes['metablocks'])


@sdk('fs.write_file')
def test_patch_writes_at_offset_and_fills_the_gap(admin, scratch):
    make_file(admin, scratch / 'a', b'abc')
    answer = admin.fs.write_file(io.BytesIO(b'XY'), path=scratch / 'a', offset=6)
    assert answer['size'] == '8'
    assert read(admin, scratch / 'a') == b'abc\0\0\0XY'
    admin.fs.write_file(io.BytesIO(b'Z'), path=scratch / 'a', offset=0)
    assert read(admin, scratch / 'a') == b'Zbc\0\0\0XY'


@sdk('fs.write_file')
def test_write_with_if_match(admin, scratch):
    made = admin.fs.create_file('a', dir_path=scratch.path, with_etag=True)
    written = admin.fs.write_file(io.BytesIO(b'1'), path=scratch / 'a', if_match=made.etag, with_etag=True)
    assert written.etag and written.etag != made.etag
    with refused(412):
        admin.fs.write_file(io.BytesIO(b'2'), path=scratch / 'a', if_match=made.etag)
    assert read(admin, scratch / 'a') == b'1'


def test_writing_to_a_missing_file_or_a_directory(admin, scratch):
    with refused(404, 'fs_no_such_entry_error'):
        admin.fs.write_file(io.BytesIO(b'x'), path=scratch / 'a')
    with refused(error_class='fs_not_a_file_error'):
        admin.fs.write_file(io.BytesIO(b'x'), path=scratch.path)


@sdk('fs.read_file')
def test_read_ranges(admin, scratch):
    make_file(admin, scratch / 'a', b'0123456789')
    assert read(admin, scratch / 'a', offset=3, length=4) == b'3456'
    assert read(admin, scratch / 'a', offset=8) == b'89'
    assert read(admin, scratch / 'a', offset=100, length=4) == b'', 'past the end is empty, not an error'
    assert read(admin, scratch / 'a', skip_atime_update=True) == b'0123456789'


def test_data_changes_move_revision_and_times(admin, scratch):
    file_id = make_file(admin, scratch / 'a', b'1')
    before = admin.fs.get_file_attr(id_=file_id)
    admin.fs.write_file(io.BytesIO(b'2'), id_=file_id)
    after = admin.fs.get_file_attr(id_=file_id)
    assert after['modification_time'] > before['modification_time']
    assert after['change_time'] > before['change_time']
    assert after['creation_time'] == before['creation_time']
    assert after['data_revision'] != before['data_revision']


@sdk('fs.copy')
def test_copy_of_data(admin, scratch):
    source = make_file(admin, scratch / 'source', MEGABYTE)
    made = admin.fs.create_file('target', dir_path=scratch.path, with_etag=True)
    etag = admin.rest.fs.get_file_attr(id_=source, with_etag=True).etag
    copied = admin.fs.copy(
        source_id=source, source_stream_id='0', source_etag=etag, target_id=made.data['id'], target_etag=made.etag
    )
    assert copied is None or copied, 'the SDK asserts the ETag of the last answer itself'
    assert read(admin, scratch / 'target') == MEGABYTE
    twins = [admin.fs.get_file_attr(path=scratch / name) for name in ('source', 'target')]
    for key in ('size', 'blocks', 'datablocks', 'metablocks'):
        assert twins[0][key] == twins[1][key], key


def test_copy_of_an_empty_file(admin, scratch):
    make_file(admin, scratch / 'source')
    make_file(admin, scratch / 'target')
    admin.fs.copy(source_path=scratch / 'source', target_path=scratch / 'target')
    assert read(admin, scratch / 'target') == b''


def test_copy_notices_a_changed_source(admin, scratch):
    source = make_file(admin, scratch / 'source', b'1')
    make_file(admin, scratch / 'target')
    etag = admin.fs.get_file_attr(id_=source, with_etag=True).etag
    admin.fs.write_file(io.BytesIO(b'2'), id_=source)
    with refused(412):
        admin.fs.copy(source_id=source, source_etag=etag, target_path=scratch / 'target')


@sdk('fs.punch_hole')
def test_punch_hole(admin, scratch):
    make_file(admin, scratch / 'a', b'x' * 16384)
    before = admin.fs.get_file_attr(path=scratch / 'a')
    admin.fs.punch_hole(4096, 8192, path=scratch / 'a')
    after = admin.fs.get_file_attr(path=scratch / 'a')
    assert read(admin, scratch / 'a') == b'x' * 4096 + bytes(8192) + b'x' * 4096
    assert after['size'] == before['size'] == '16384'
    assert int(after['datablocks']) == int(before['datablocks']) - 2


@sdk('fs.fetch_data')
def test_fetch_data(admin, scratch):
    make_file(admin, scratch / 'a', b'x' * 10_000)
    offset, fetched = 0, 0
    while offset is not None:
        answer = admin.fs.fetch_data(offset, path=scratch / 'a')
        fetched += int(answer['bytes_fetched'])
        offset = int(answer['next_offset']) if answer.get('next_offset') is not None else None
    assert fetched == 10_000
    limited = admin.fs.fetch_data(0, path=scratch / 'a', length=100)
    assert int(limited['bytes_fetched']) == 100


@sdk('fs.read_fs_stats')
def test_file_system_statistics(admin):
    stats = admin.fs.read_fs_stats()
    assert int(stats['block_size_bytes']) == 4096
    assert 0 < int(stats['free_size_bytes']) <= int(stats['total_size_bytes'])
    assert int(stats['snapshot_size_bytes']) >= 0
