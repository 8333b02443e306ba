"""Named streams."""

import io

import pytest

from kit.fs import make_file, read, refused

sdk = pytest.mark.sdk


@pytest.fixture
def stream(admin, scratch):
    file_id = make_file(admin, scratch / 'a', b'main data')
    made = admin.fs.create_stream('notes', id_=file_id)
    return file_id, made['id']


@sdk('fs.create_stream', 'fs.list_named_streams')
def test_create_and_list(admin, scratch):
    file_id = make_file(admin, scratch / 'a')
    made = admin.fs.create_stream('notes', id_=file_id, with_etag=True)
    assert made.etag, 'fs_copy chains this ETag'
    assert made.data['name'] == 'notes'
    assert made.data['size'] == '0'
    assert made.data['id'] not in ('', '0'), 'stream 0 is the unnamed one'
    listed = admin.fs.list_named_streams(path=scratch / 'a')
    assert [(entry['name'], entry['id']) for entry in listed] == [('notes', made.data['id'])]
    with refused(409):
        admin.fs.create_stream('notes', id_=file_id)


@sdk('fs.write_file', 'fs.read_file')
def test_data_is_apart_from_the_file(admin, stream):
    file_id, stream_id = stream
    admin.fs.write_file(io.BytesIO(b'in the stream'), id_=file_id, stream_id=stream_id)
    assert read(admin, id_=file_id, stream_id=stream_id) == b'in the stream'
    assert read(admin, id_=file_id) == b'main data'
    admin.fs.write_file(io.BytesIO(b'IN'), id_=file_id, stream_id=stream_id, offset=0)
    assert read(admin, id_=file_id, stream_id=stream_id, offset=0, length=6) == b'IN the'
    assert admin.fs.get_file_attr(id_=file_id)['size'] == '9'


@sdk('fs.get_file_attr', 'fs.set_file_attr')
def test_stream_attributes(admin, stream):
    file_id, stream_id = stream
    admin.fs.write_file(io.BytesIO(b'12345'), id_=file_id, stream_id=stream_id)
    assert admin.fs.get_file_attr(id_=file_id, stream_id=stream_id)['size'] == '5'
    assert admin.fs.set_file_attr(id_=file_id, stream_id=stream_id, size=2)['size'] == '2'
    assert read(admin, id_=file_id, stream_id=stream_id) == b'12'


@sdk('fs.rename_stream')
def test_rename(admin, stream):
    file_id, stream_id = stream
    admin.fs.rename_stream(stream_id, 'remarks', id_=file_id)
    assert [entry['name'] for entry in admin.fs.list_named_streams(id_=file_id)] == ['remarks']


@sdk('fs.remove_stream')
def test_remove(admin, stream):
    file_id, stream_id = stream
    admin.fs.remove_stream(stream_id, id_=file_id)
    assert admin.fs.list_named_streams(id_=file_id) == []
    with refused(404):
        admin.fs.remove_stream(stream_id, id_=file_id)
    with refused(404):
        read(admin, id_=file_id, stream_id=stream_id)


@sdk('fs.punch_hole')
def test_punch_hole_in_a_stream(admin, stream):
    file_id, stream_id = stream
    admin.fs.write_file(io.BytesIO(b'x' * 8192), id_=file_id, stream_id=stream_id)
    admin.fs.punch_hole(0, 4096, id_=file_id, stream_id=stream_id)
    assert read(admin, id_=file_id, stream_id=stream_id) == bytes(4096) + b'x' * 4096


@sdk('fs.copy')
def test_copy_of_a_stream(admin, scratch, stream):
    file_id, stream_id = stream
    admin.fs.write_file(io.BytesIO(b'copied'), id_=file_id, stream_id=stream_id)
    target = make_file(admin, scratch / 'target')
    target_stream = admin.fs.create_stream('other', id_=target)['id']
    admin.fs.copy(source_id=file_id, source_stream_id=stream_id, target_id=target, target_stream_id=target_stream)
    assert read(admin, id_=target, stream_id=target_stream) == b'copied'
    assert read(admin, id_=target) == b''


def test_directories_have_streams_too(admin, scratch):
    admin.fs.create_stream('about', path=scratch.path)
    assert [entry['name'] for entry in admin.fs.list_named_streams(path=scratch.path)] == ['about']
