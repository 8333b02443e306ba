"""Reading directories: paging, patterns, inline ACLs, tree walks, aggregates, samples."""

import pytest
from qumulo.rest.fs import read_directory_result_inline_acls

from kit.fs import make_file, names, refused

sdk = pytest.mark.sdk


@pytest.fixture
def seven(admin, scratch):
    made = {f'file {n}': make_file(admin, scratch / f'file {n}', b'x' * n) for n in range(7)}
    return scratch, made


@sdk('fs.read_directory')
def test_one_page(admin, seven):
    scratch, made = seven
    page = admin.fs.read_directory(path=scratch.path)
    assert page['path'].rstrip('/') == scratch.path
    assert page['id'] == scratch.id
    assert page['child_count'] == 7
    assert page['paging']['next'] == ''
    assert {entry['name']: entry['id'] for entry in page['files']} == made
    assert {entry['name']: entry['size'] for entry in page['files']} == {f'file {n}': str(n) for n in range(7)}
    assert set(page['files'][0]) >= set(admin.fs.get_file_attr(path=scratch / 'file 0')) - {'lock'}


@pytest.mark.parametrize('size', [1, 2, 3, 6, 7, 8])
@sdk('fs.read_entire_directory')
def test_pages_of_every_size_have_every_entry_once(admin, seven, size):
    scratch, made = seven
    pages = list(admin.fs.read_entire_directory(page_size=size, path=scratch.path))
    assert all(len(page['files']) <= size for page in pages)
    assert sorted(entry['name'] for page in pages for entry in page['files']) == sorted(made)


@sdk('fs.enumerate_entire_directory')
def test_enumerate_by_id(admin, seven):
    scratch, made = seven
    assert {e['name'] for e in admin.fs.enumerate_entire_directory(page_size=3, id_=scratch.id)} == set(made)
    assert (
        list(
            admin.fs.enumerate_entire_directory(path=admin.fs.create_directory('empty', dir_path=scratch.path)['path'])
        )
        == []
    )


@sdk('fs.enumerate_entire_directory')
def test_smb_pattern_holds_on_every_page(admin, scratch):
    for name in ('a.txt', 'b.txt', 'c.TXT', 'd.doc', 'e.txt'):
        make_file(admin, scratch / name)
    found = [
        e['name'] for e in admin.fs.enumerate_entire_directory(page_size=1, path=scratch.path, smb_pattern='?.txt')
    ]
    assert {'a.txt', 'b.txt', 'e.txt'} <= set(found)
    assert 'd.doc' not in found


@sdk('fs.read_directory')
def test_inline_acls(admin, seven):
    scratch, _made = seven
    admin.fs.set_file_attr(mode='0700', path=scratch / 'file 3')
    page = admin.fs.read_directory(path=scratch.path, include_acls=True, skip_atime_update=True)
    read_directory_result_inline_acls(page)
    for entry in page['files']:
        assert entry['acl']['aces'] == admin.fs.get_acl_v2(id_=entry['id'])['aces'], entry['name']


def test_reading_what_is_no_directory(admin, seven):
    scratch, _made = seven
    with refused(error_class='fs_not_a_directory_error'):
        admin.fs.read_directory(path=scratch / 'file 0')
    with refused(404, 'fs_no_such_entry_error'):
        admin.fs.read_directory(path=scratch / 'nothing')


@pytest.fixture
def tree(admin, scratch):
    admin.fs.create_directory('one', dir_path=scratch.path)
    admin.fs.create_directory('two', dir_path=scratch / 'one')
    make_file(admin, scratch / 'top', b'1' * 1000)
    make_file(admin, scratch / 'one/middle', b'2' * 2000)
    make_file(admin, scratch / 'one/two/deep', b'3' * 5000)
    admin.fs.create_symlink('link', 'top', dir_path=scratch / 'one')
    return scratch


def below(root, entries):
    return [entry['path'][len(root.path) :] for entry in entries]


@sdk('fs.tree_walk_preorder')
def test_walk_preorder(admin, tree):
    paths = below(tree, admin.fs.tree_walk_preorder(tree.path))
    assert paths[0] == '/'
    assert sorted(paths) == ['/', '/one/', '/one/link', '/one/middle', '/one/two/', '/one/two/deep', '/top']
    assert paths.index('/one/') < paths.index('/one/two/') < paths.index('/one/two/deep')
    assert sorted(below(tree, admin.fs.tree_walk_preorder(tree.path, max_depth=1))) == ['/', '/one/', '/top']


@sdk('fs.tree_walk_postorder')
def test_walk_postorder(admin, tree):
    paths = below(tree, admin.fs.tree_walk_postorder(tree.path))
    assert paths[-1] == '/'
    assert len(paths) == 7
    assert paths.index('/one/two/deep') < paths.index('/one/two/') < paths.index('/one/')


@sdk('fs.read_dir_aggregates')
def test_aggregates(admin, tree):
    got = admin.fs.read_dir_aggregates(path=tree.path)
    assert got['path'].rstrip('/') == tree.path
    assert got['id'] == tree.id
    assert isinstance(got['total_files'], str), 'totals are strings'
    assert (got['total_files'], got['total_symlinks']) == ('3', '1')
    assert int(got['total_directories']) == 2 or int(got['total_directories']) == 3
    assert int(got['total_data']) >= 8000
    assert {entry['name'] for entry in got['files']} == {'one', 'top'}
    by_id = admin.fs.read_dir_aggregates(id_=tree.id, max_entries=1, order_by='total_files')
    assert [entry['name'] for entry in by_id['files']] == ['one']


@sdk('fs.read_dir_aggregates')
def test_recursive_aggregates(admin, tree):
    levels = admin.fs.read_dir_aggregates(path=tree.path, recursive=True, max_depth=5, max_entries=1000)
    paths = [level['path'].rstrip('/') for level in levels]
    assert paths[0] == tree.path
    assert set(paths) == {tree.path, tree / 'one', tree / 'one/two'}
    shallow = admin.fs.read_dir_aggregates(path=tree.path, recursive=True, max_depth=1)
    assert tree / 'one/two' not in [level['path'].rstrip('/') for level in shallow]


@sdk('fs.get_file_samples')
def test_file_samples(admin, tree):
    samples = admin.fs.get_file_samples(tree.path, 3, 'file')
    assert samples and len(samples) <= 3
    assert all(sample['name'].startswith(tree.path) or sample['name'] for sample in samples)


def test_listing_after_removal(admin, seven):
    scratch, made = seven
    for name in made:
        admin.fs.delete(path=scratch / name)
    assert names(admin, scratch.path) == []
