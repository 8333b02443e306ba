"""qq: files and directories."""

import io
import json

import pytest

from kit.fs import make_file, names, read

qq_commands = pytest.mark.qq


def in_file(tmp_path, data, name='data'):
    file = tmp_path / name
    file.write_bytes(data)
    return file


def documents(text):
    """Several JSON documents one after the other."""
    decoder, found, at = json.JSONDecoder(), [], 0
    while text[at:].strip():
        at += len(text[at:]) - len(text[at:].lstrip())
        value, at = decoder.raw_decode(text, at)
        found.append(value)
    return found


@qq_commands('fs_create_file', 'fs_create_dir', 'fs_file_get_attr')
def test_create_and_look(qq, scratch):
    made = qq('fs_create_file', '--path', scratch.path, '--name', 'a b').json()
    assert made['path'] == scratch / 'a b'
    inner = qq('fs_create_dir', '--id', scratch.id, '--name', 'inner').json()
    assert inner['type'] == 'FS_FILE_TYPE_DIRECTORY'
    assert qq('fs_file_get_attr', '--id', made['id']).json()['name'] == 'a b'
    qq.refused(
        'fs_create_file', '--path', scratch.path, '--name', 'a b', status=409, error_class='fs_entry_exists_error'
    )
    qq.refused('fs_file_get_attr', '--path', scratch / 'none', status=404, error_class='fs_no_such_entry_error')


@qq_commands('fs_create_symlink', 'fs_create_link', 'fs_create_unix_file')
def test_links_and_special_files(qq, admin, scratch):
    file_id = make_file(admin, scratch / 'a')
    link = qq(
        'fs_create_symlink',
        '--path',
        scratch.path,
        '--name',
        's',
        '--target',
        'a',
        '--target-type',
        'FS_FILE_TYPE_FILE',
    ).json()
    assert link['symlink_target_type'] == 'FS_FILE_TYPE_FILE'
    assert (
        qq('fs_create_link', '--path', scratch.path, '--name', 'h', '--target', scratch / 'a').json()['id'] == file_id
    )
    device = qq(
        'fs_create_unix_file',
        '--id',
        scratch.id,
        '--name',
        'd',
        '--type',
        'FS_FILE_TYPE_UNIX_CHARACTER_DEVICE',
        '--major-minor-numbers',
        '1,3',
    ).json()
    assert device['major_minor_numbers'] == {'major': 1, 'minor': 3}


@qq_commands('fs_write', 'fs_read')
def test_write_and_read(qq, scratch, tmp_path):
    content = bytes(range(256)) * 1000
    written = qq(
        'fs_write', '--path', scratch / 'a', '--create', '--file', in_file(tmp_path, content), script=True
    ).json()
    assert written['size'] == str(len(content))
    assert qq('fs_read', '--path', scratch / 'a', '--stdout', script=True).raw == content
    qq('fs_write', '--id', written['id'], '--offset', 10, '--stdin', stdin=b'INSERTED')
    assert (
        qq('fs_read', '--id', written['id'], '--offset', 8, '--length', 12, '--stdout').raw
        == content[8:10] + b'INSERTED' + content[18:20]
    )
    target = tmp_path / 'out'
    qq('fs_read', '--path', scratch / 'a', '--file', target, '--skip-atime-update')
    assert target.read_bytes() == content[:10] + b'INSERTED' + content[18:]
    qq('fs_write', '--path', scratch / 'a', '--stdin', stdin=b'')
    assert qq('fs_read', '--path', scratch / 'a', '--stdout').raw == b''


@qq_commands('fs_file_set_attr')
def test_set_attributes(qq, admin, scratch):
    file_id = make_file(admin, scratch / 'a', b'12345')
    got = qq(
        'fs_file_set_attr',
        '--id',
        file_id,
        '--mode',
        '0640',
        '--size',
        3,
        '--owner-uid',
        1001,
        '--group-gid',
        1002,
        '--creation-time',
        '2001-01-01T00:00:00Z',
        '--access-time',
        '2002-01-01T00:00:00.5Z',
        '--modification-time',
        '2003-01-01T00:00:00Z',
        '--change-time',
        '2004-01-01T00:00:00Z',
    ).json()
    assert (got['mode'], got['size'], got['owner_details']['id_value'], got['group_details']['id_value']) == (
        '0640',
        '3',
        '1001',
        '1002',
    )
    assert (got['creation_time'], got['access_time']) == ('2001-01-01T00:00:00Z', '2002-01-01T00:00:00.5Z')
    assert (got['modification_time'], got['change_time']) == ('2003-01-01T00:00:00Z', '2004-01-01T00:00:00Z')
    assert (
        qq('fs_file_set_attr', '--path', scratch / 'a', '--owner-local', 'admin', '--group-local', 'Users').json()[
            'owner'
        ]
        == '500'
    )
    assert qq.run('fs_file_set_attr', '--path', scratch / 'a').err.startswith('Command error: Must specify')


@qq_commands('fs_file_set_smb_attrs')
def test_set_smb_attributes(qq, admin, scratch):
    make_file(admin, scratch / 'a')
    got = qq('fs_file_set_smb_attrs', '--path', scratch / 'a', '--hidden', 'true', '--archive', 'no').json()[
        'extended_attributes'
    ]
    assert (got['hidden'], got['archive'], got['system']) == (True, False, False)
    every = [
        word
        for name in (
            'archive',
            'compressed',
            'hidden',
            'not-content-indexed',
            'read-only',
            'system',
            'temporary',
            'offline',
        )
        for word in (f'--{name}', 'false')
    ]
    got = qq('fs_file_set_smb_attrs', '--path', scratch / 'a', *every).json()['extended_attributes']
    assert not any(got.values())


@qq_commands('fs_rename')
def test_rename(qq, admin, scratch):
    make_file(admin, scratch / 'a', b'1')
    make_file(admin, scratch / 'b', b'2')
    qq.refused(
        'fs_rename',
        '--path',
        scratch.path,
        '--name',
        'b',
        '--source',
        scratch / 'a',
        status=409,
        error_class='fs_entry_exists_error',
    )
    assert (
        qq('fs_rename', '--path', scratch.path, '--name', 'b', '--source', scratch / 'a', '--clobber').json()['path']
        == scratch / 'b'
    )
    assert names(admin, scratch.path) == ['b']


@qq_commands('fs_delete', 'fs_unlink')
def test_delete_and_unlink(qq, admin, scratch):
    for name in 'abc':
        make_file(admin, scratch / name)
    assert qq('fs_delete', '--path', scratch / 'a').out == 'Filesystem object was deleted.\n'
    qq('fs_delete', '--id', admin.fs.get_file_attr(path=scratch / 'b')['id'])
    assert qq('fs_unlink', '--path', scratch.path, '--name', 'c').out == 'Directory entry was deleted.\n'
    assert names(admin, scratch.path) == []
    qq.refused('fs_delete', '--path', scratch / 'a', status=404, error_class='fs_no_such_entry_error')


@qq_commands('fs_read_dir')
def test_read_dir(qq, admin, scratch):
    made = {name: make_file(admin, scratch / name) for name in ('a', 'b', 'c', 'd.txt', 'ü')}
    whole = qq('fs_read_dir', '--path', scratch.path, script=True).json()
    assert {entry['name']: entry['id'] for entry in whole['files']} == made
    pages = documents(qq('fs_read_dir', '--id', scratch.id, '--page-size', 2).out)
    assert len(pages) >= 3
    assert sorted(entry['name'] for page in pages for entry in page['files']) == sorted(made)
    found = qq(
        'fs_read_dir', '--path', scratch.path, '--smb-pattern', '*.txt', '--skip-atime-update', '--include-acls'
    ).json()['files']
    assert [entry['name'] for entry in found] == ['d.txt']
    assert found[0]['acl']['aces']
    qq.refused('fs_read_dir', '--path', scratch / 'a', status=400, error_class='fs_not_a_directory_error')


@pytest.fixture
def tree(admin, scratch):
    admin.fs.create_directory('one', dir_path=scratch.path)
    make_file(admin, scratch / 'top', b'1' * 100)
    make_file(admin, scratch / 'one/deep', b'2' * 200)
    admin.fs.create_symlink('link', 'deep', dir_path=scratch / 'one')
    return scratch


@qq_commands('fs_walk_tree')
def test_walk_tree(qq, tree, tmp_path):
    nodes = qq('fs_walk_tree', '--path', tree.path, script=True).json()['tree_nodes']
    assert sorted(node['path'] for node in nodes) == sorted(
        [tree.path + '/', tree / 'one/', tree / 'one/deep', tree / 'one/link', tree / 'top']
    )
    assert set(nodes[0]) == {'path', 'size', 'type', 'id'}
    owned = qq('fs_walk_tree', '--path', tree.path, '--display-ownership', '--file-only').json()['tree_nodes']
    assert {node['path'] for node in owned} == {tree / 'top', tree / 'one/deep'}
    assert owned[0]['owner_id_type']
    assert len(qq('fs_walk_tree', '--path', tree.path, '--max-depth', 1).json()['tree_nodes']) == 3
    assert qq('fs_walk_tree', '--path', tree.path, '--summary', '--fetch-data').json() == {
        'files': 2,
        'directories': 2,
        'symlinks': 1,
        'other': 0,
        'total_file_size': 300,
    }
    out = tmp_path / 'tree.json'
    qq('fs_walk_tree', '--path', tree.path, '--display-all-attributes', '--output-file', out)
    assert 'modification_time' in json.loads(out.read_text())['tree_nodes'][0]


@qq_commands('fs_fetch_file', 'fs_fetch_tree')
def test_fetch(qq, tree):
    assert qq('fs_fetch_file', '--path', tree / 'top').json()['bytes_fetched'] == 100
    assert qq('fs_fetch_file', '--path', tree / 'top', '--max-bytes', 10).json()['bytes_fetched'] == 10
    assert qq('fs_fetch_tree', '--path', tree.path, '--no-progress').json()['total_file_size'] == 300


@qq_commands('fs_read_dir_aggregates', 'fs_file_samples')
def test_aggregates_and_samples(qq, tree):
    assert qq('fs_read_dir_aggregates', '--path', tree.path).json()['total_files'] == '2'
    levels = qq(
        'fs_read_dir_aggregates', '--path', tree.path, '--recursive', '--max-depth', 3, '--order-by', 'total_files'
    ).json()
    assert levels[0]['path'].rstrip('/') == tree.path
    assert len(qq('fs_file_samples', '--path', tree.path, '--count', 2, '--sample-by', 'capacity').json()) <= 2
    qq('fs_file_samples', '--path', tree.path, '--count', 1)  # sends by-value without a value


@qq_commands('fs_resolve_paths', 'fs_try_resolve_paths')
def test_resolve(qq, tree):
    assert qq('fs_resolve_paths', '--ids', tree.id, 2).json()[1]['path'] == '/'
    assert tree.path in qq('fs_try_resolve_paths', '--ids', tree.id).out


@qq_commands('fs_punch_hole')
def test_punch_hole(qq, admin, scratch):
    make_file(admin, scratch / 'a', b'x' * 100)
    qq('fs_punch_hole', '--path', scratch / 'a', '--offset', 10, '--size', 5)
    assert read(admin, scratch / 'a') == b'x' * 10 + bytes(5) + b'x' * 85


@qq_commands('fs_copy')
def test_copy_with_everything(qq, admin, scratch):
    source = make_file(admin, scratch / 'source', b'x' * 300_000)
    stream = admin.fs.create_stream('notes', id_=source)['id']
    admin.fs.write_file(io.BytesIO(b'stream'), id_=source, stream_id=stream)
    hidden = {**admin.fs.get_file_attr(id_=source)['extended_attributes'], 'hidden': True}
    admin.fs.set_file_attr(id_=source, mode='0640', owner='501', extended_attributes=hidden)
    admin.fs.set_file_attr(
        id_=source, modification_time='2001-01-01T00:00:00.000000001Z', creation_time='2000-01-01T00:00:00Z'
    )
    qq('fs_copy', scratch / 'source', scratch / 'target', '--quiet')
    one, two = (admin.fs.get_file_attr(path=scratch / name) for name in ('source', 'target'))
    differing = {key for key in one if one[key] != two[key]}
    assert differing <= {'id', 'file_number', 'path', 'name', 'access_time', 'change_time'}, differing
    assert read(admin, scratch / 'target') == b'x' * 300_000
    copied = admin.fs.list_named_streams(path=scratch / 'target')
    assert read(admin, scratch / 'target', stream_id=copied[0]['id']) == b'stream'
    assert admin.fs.get_acl_v2(path=scratch / 'target')['aces'] == admin.fs.get_acl_v2(id_=source)['aces']
    again = qq.run('fs_copy', scratch / 'source', scratch / 'target', '--quiet')
    assert again.code == 1 and 'Use --overwrite' in again.err
    qq('fs_copy', scratch / 'source', scratch / 'target', '--overwrite', '--no-attributes', '--no-named-streams')
    assert admin.fs.list_named_streams(path=scratch / 'target') == []


@qq_commands('fs_copy')
def test_copy_of_an_empty_file_and_out_of_a_snapshot(qq, admin, scratch):
    make_file(admin, scratch / 'empty')
    qq('fs_copy', scratch / 'empty', scratch / 'empty too', '--quiet')
    assert read(admin, scratch / 'empty too') == b''
    gone = make_file(admin, scratch / 'gone', b'then')
    snapshot = admin.snapshot.create_snapshot(source_file_id=scratch.id)['id']
    admin.fs.delete(id_=gone)
    qq('fs_copy', scratch / 'gone', scratch / 'back', '--source-snapshot', snapshot, '--quiet')
    assert read(admin, scratch / 'back') == b'then'
    admin.snapshot.delete_snapshot(snapshot)


@qq_commands('fs_list_named_streams', 'fs_remove_stream')
def test_streams(qq, admin, scratch):
    file_id = make_file(admin, scratch / 'a', b'main')
    for name in ('one', 'two'):
        admin.fs.create_stream(name, id_=file_id)
    qq('fs_write', '--path', scratch / 'a', '--stream-name', 'one', '--stdin', stdin=b'in one')
    assert qq('fs_read', '--path', scratch / 'a', '--stream-name', 'one', '--stdout').raw == b'in one'
    assert qq('fs_file_get_attr', '--path', scratch / 'a', '--stream-name', 'one').json()['size'] == '6'
    assert {stream['name'] for stream in qq('fs_list_named_streams', '--path', scratch / 'a').json()} == {'one', 'two'}
    assert (
        qq('fs_remove_stream', '--path', scratch / 'a', '--stream-name', 'two').out
        == 'Successfully removed stream two\n'
    )
    assert [stream['name'] for stream in admin.fs.list_named_streams(id_=file_id)] == ['one']
    assert 'Stream name not found' in qq.run('fs_remove_stream', '--path', scratch / 'a', '--stream-name', 'two').err


@qq_commands('fs_set_user_metadata', 'fs_get_user_metadata', 'fs_list_user_metadata', 'fs_delete_user_metadata')
def test_user_metadata(qq, admin, scratch):
    make_file(admin, scratch / 'a')
    ref = ('--path', scratch / 'a')
    qq('fs_set_user_metadata', *ref, '--key', 'plain', '--value', 'text')
    qq('fs_set_user_metadata', *ref, '--key', 'raw', '--hex-value', '00ff')
    qq('fs_set_user_metadata', *ref, '--key', 'tag', '--s3', '--base64-value', 'czM=')
    qq('fs_set_user_metadata', *ref, '--key', 'Content-Type', '--well-known', '--value', 'text/plain')
    assert qq('fs_get_user_metadata', *ref, '--key', 'plain').out == 'text\n'
    assert qq('fs_get_user_metadata', *ref, '--key', 'raw', '--hex').out == '00ff\n'
    assert qq('fs_get_user_metadata', *ref, '--key', 'tag', '--s3').out == 's3\n'
    assert qq('fs_get_user_metadata', *ref, '--key', 'Content-Type', '--well-known').out == 'text/plain\n'
    listed = qq('fs_list_user_metadata', *ref, '--json', '--hex').json()
    assert {entry['key']: entry['value'] for entry in listed} == {'plain': b'text'.hex(), 'raw': '00ff'}
    assert 'plain' in qq('fs_list_user_metadata', *ref).out
    assert qq('fs_delete_user_metadata', *ref, '--key', 'plain').out == 'Metadata key deleted successfully.\n'
    qq.refused('fs_get_user_metadata', *ref, '--key', 'plain', status=404)


@qq_commands('fs_get_stats')
def test_stats(qq):
    assert 'Total capacity:' in qq('fs_get_stats').out
    stats = qq('fs_get_stats', '--json').json()
    assert int(stats['used_size_bytes']) == int(stats['total_size_bytes']) - int(stats['free_size_bytes'])
