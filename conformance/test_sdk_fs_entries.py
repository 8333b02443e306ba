"""Making, naming and removing entries through the SDK."""

import pytest

from kit.fs import make_file, names, read, refused

sdk = pytest.mark.sdk


@sdk('fs.create_file', 'fs.get_file_attr')
def test_create_file(admin, scratch):
    made = admin.fs.create_file('report.txt', dir_path=scratch.path)
    assert made['path'] == scratch / 'report.txt'
    assert made['name'] == 'report.txt'
    assert made['type'] == 'FS_FILE_TYPE_FILE'
    assert (made['size'], made['num_links'], made['child_count']) == ('0', 1, 0)
    assert made['id'] == made['file_number'] and made['id'].isdigit()
    by_path = admin.fs.get_file_attr(path=scratch / 'report.txt')
    by_id = admin.fs.get_file_attr(id_=made['id'])
    assert by_path['id'] == by_id['id'] == made['id']
    assert by_id['path'] == made['path']


@sdk('fs.create_file')
def test_create_file_by_directory_id_answers_an_etag(admin, scratch):
    made = admin.fs.create_file('a', dir_id=scratch.id, with_etag=True)
    assert made.etag
    assert admin.fs.get_file_attr(path=scratch / 'a', with_etag=True).etag == made.etag


def test_create_file_twice_is_a_conflict(admin, scratch):
    make_file(admin, scratch / 'a')
    with refused(409, 'fs_entry_exists_error'):
        admin.fs.create_file('a', dir_path=scratch.path)


def test_create_in_missing_directory_is_not_found(admin, scratch):
    with refused(404):
        admin.fs.create_file('a', dir_path=scratch / 'nowhere')


@pytest.mark.parametrize(
    'name', ['with space', 'quote\'"', 'percent%2Fsign', 'emoji 🦉', 'שלום', 'new\nline', '+&?#=;', 'x' * 255]
)
@sdk('fs.create_file', 'fs.read_directory')
def test_names_come_back_as_given(admin, scratch, name):
    admin.fs.create_file(name, dir_path=scratch.path)
    assert [entry['name'] for entry in admin.fs.read_directory(path=scratch.path)['files']] == [name]
    assert admin.fs.get_file_attr(path=scratch / name)['name'] == name


def test_name_of_256_characters_is_refused(admin, scratch):
    with refused():
        admin.fs.create_file('x' * 256, dir_path=scratch.path)


@sdk('fs.create_directory')
def test_create_directory(admin, scratch):
    made = admin.fs.create_directory('inner', dir_path=scratch.path)
    assert made['type'] == 'FS_FILE_TYPE_DIRECTORY'
    assert made['path'] == scratch / 'inner/', 'paths of directories end in a slash'
    assert made['name'] == 'inner'
    assert (made['num_links'], made['child_count']) == (2, 0)
    parent = admin.fs.get_file_attr(path=scratch.path)
    assert parent['child_count'] == 1
    assert admin.fs.get_file_attr(path=scratch / 'inner/')['id'] == made['id'], 'a ref may end in a slash'


def test_create_directory_where_a_file_is(admin, scratch):
    make_file(admin, scratch / 'a')
    with refused(409, 'fs_entry_exists_error'):
        admin.fs.create_directory('a', dir_path=scratch.path)


@sdk('fs.create_symlink')
def test_create_symlink(admin, scratch):
    made = admin.fs.create_symlink('link', 'some/where', dir_path=scratch.path)
    assert made['type'] == 'FS_FILE_TYPE_SYMLINK'
    assert made['symlink_target_type'] == 'FS_FILE_TYPE_UNKNOWN'
    assert read(admin, scratch / 'link') == b'some/where', 'the data of a symlink is its target'
    typed = admin.fs.create_symlink('dir', b'other', dir_id=scratch.id, target_type='FS_FILE_TYPE_DIRECTORY')
    assert typed['symlink_target_type'] == 'FS_FILE_TYPE_DIRECTORY'


@sdk('fs.create_link')
def test_create_link(admin, scratch):
    file_id = make_file(admin, scratch / 'a', b'shared')
    made = admin.fs.create_link('b', scratch / 'a', dir_path=scratch.path)
    assert made['id'] == file_id
    assert made['num_links'] == 2
    assert read(admin, scratch / 'b') == b'shared'
    admin.fs.delete(path=scratch / 'a')
    assert admin.fs.get_file_attr(path=scratch / 'b')['num_links'] == 1


@pytest.mark.parametrize(
    ('file_type', 'numbers'),
    [
        ('FS_FILE_TYPE_UNIX_PIPE', None),
        ('FS_FILE_TYPE_UNIX_SOCKET', None),
        ('FS_FILE_TYPE_UNIX_CHARACTER_DEVICE', {'major': 1, 'minor': 3}),
        ('FS_FILE_TYPE_UNIX_BLOCK_DEVICE', {'major': 8, 'minor': 0}),
    ],
)
@sdk('fs.create_unix_file')
def test_create_unix_file(admin, scratch, file_type, numbers):
    made = admin.fs.create_unix_file('special', file_type, numbers, dir_path=scratch.path)
    assert made['type'] == file_type
    assert made['major_minor_numbers'] == (numbers or {'major': 0, 'minor': 0})


@sdk('fs.rename')
def test_rename_inside_and_across_directories(admin, scratch):
    file_id = make_file(admin, scratch / 'a', b'x')
    admin.fs.create_directory('inner', dir_path=scratch.path)
    assert admin.fs.rename('b', scratch / 'a', dir_path=scratch.path)['path'] == scratch / 'b'
    moved = admin.fs.rename('c', scratch / 'b', dir_path=scratch / 'inner')
    assert (moved['id'], moved['path']) == (file_id, scratch / 'inner/c')
    assert names(admin, scratch.path) == ['inner']


@sdk('fs.rename')
def test_rename_over_an_existing_name_needs_clobber(admin, scratch):
    file_id = make_file(admin, scratch / 'new')
    make_file(admin, scratch / 'old')
    with refused(409, 'fs_entry_exists_error'):
        admin.fs.rename('old', scratch / 'new', dir_path=scratch.path)
    assert admin.fs.rename('old', scratch / 'new', dir_path=scratch.path, clobber=True)['id'] == file_id
    assert names(admin, scratch.path) == ['old']


def test_rename_into_own_subtree_is_a_cycle(admin, scratch):
    admin.fs.create_directory('outer', dir_path=scratch.path)
    admin.fs.create_directory('inner', dir_path=scratch / 'outer')
    with refused(error_class='fs_directory_cycle_error'):
        admin.fs.rename('outer', scratch / 'outer', dir_path=scratch / 'outer/inner')


@sdk('fs.delete')
def test_delete_by_path_and_by_id(admin, scratch):
    make_file(admin, scratch / 'a')
    by_id = make_file(admin, scratch / 'b')
    admin.fs.delete(path=scratch / 'a')
    admin.fs.delete(id_=by_id)
    assert names(admin, scratch.path) == []
    with refused(404, 'fs_no_such_entry_error'):
        admin.fs.delete(path=scratch / 'a')
    with refused(404, 'fs_no_such_inode_error'):
        admin.fs.get_file_attr(id_=by_id)


def test_delete_of_a_directory_that_is_not_empty(admin, scratch):
    admin.fs.create_directory('inner', dir_path=scratch.path)
    make_file(admin, scratch / 'inner/a')
    with refused(error_class='fs_directory_not_empty_error'):
        admin.fs.delete(path=scratch / 'inner')


@sdk('fs.unlink')
def test_unlink_takes_one_name_away(admin, scratch):
    make_file(admin, scratch / 'a', b'x')
    admin.fs.create_link('b', scratch / 'a', dir_path=scratch.path)
    admin.fs.unlink('a', dir_path=scratch.path)
    assert names(admin, scratch.path) == ['b']
    assert read(admin, scratch / 'b') == b'x'
    admin.fs.unlink('b', dir_id=scratch.id)
    with refused(404, 'fs_no_such_entry_error'):
        admin.fs.unlink('b', dir_path=scratch.path)


@sdk('fs.resolve_paths')
def test_resolve_paths(admin, scratch):
    file_id = make_file(admin, scratch / 'a')
    gone = make_file(admin, scratch / 'b')
    admin.fs.delete(id_=gone)
    answers = {entry['id']: entry['path'] for entry in admin.fs.resolve_paths([file_id, scratch.id, gone, '2'])}
    assert answers[file_id] == scratch / 'a'
    assert answers[scratch.id].rstrip('/') == scratch.path
    assert answers['2'] == '/'
    assert not answers[gone], 'an id that cannot be resolved has an entry with an empty path'


@sdk('fs.try_resolve_paths')
def test_try_resolve_paths(admin, scratch):
    file_id = make_file(admin, scratch / 'a')
    answer = admin.fs.try_resolve_paths([file_id])
    assert file_id in str(answer) and scratch / 'a' in str(answer)
