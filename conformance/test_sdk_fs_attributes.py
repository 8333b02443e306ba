"""Attributes: their form, and what PATCH does to them."""

import re

import pytest
from qumulo.rest.fs import NFSGID, NFSUID, LocalGroup, LocalUser

from kit.fs import make_file, refused

sdk = pytest.mark.sdk
TIME = re.compile(r'^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{0,8}[1-9])?Z$')
SMB_ATTRIBUTES = (
    'archive',
    'compressed',
    'hidden',
    'not_content_indexed',
    'read_only',
    'system',
    'temporary',
    'offline',
)


@sdk('fs.get_file_attr')
def test_form_of_attributes(admin, scratch):
    file_id = make_file(admin, scratch / 'a', b'abc')
    got = admin.fs.get_file_attr(id_=file_id)
    for key in ('size', 'blocks', 'datablocks', 'metablocks', 'id', 'file_number', 'owner', 'group'):
        assert isinstance(got[key], str) and got[key].isdigit(), key
    for key in ('access_time', 'modification_time', 'change_time', 'creation_time'):
        assert TIME.match(got[key]), (
            f'{key} {got[key]}: RFC 3339 with Z, at most nine digits, none of them a trailing zero'
        )
    assert re.fullmatch(r'[0-7]{4}', got['mode'])
    for key in SMB_ATTRIBUTES:
        assert isinstance(got['extended_attributes'][key], bool), key
    assert set(got['owner_details']) == set(got['group_details']) == {'id_type', 'id_value'}
    assert got['user_metadata_revision'] == '0'
    assert got.get('lock') is None, 'the lock is told only to who asks for it'


def test_root(admin):
    root = admin.fs.get_file_attr(path='/')
    assert (root['id'], root['path'], root['type']) == ('2', '/', 'FS_FILE_TYPE_DIRECTORY')
    assert admin.fs.get_file_attr(id_='2')['path'] == '/'


def test_missing_things(admin, scratch):
    with refused(404, 'fs_no_such_entry_error'):
        admin.fs.get_file_attr(path=scratch / 'nothing')
    with refused(404, 'fs_no_such_entry_error'):
        admin.fs.set_file_attr(mode='0600', path=scratch / 'nothing')
    with refused(404, 'fs_no_such_inode_error'):
        admin.fs.get_file_attr(id_='999999999999')


@sdk('fs.set_file_attr')
def test_patch_is_partial(admin, scratch):
    file_id = make_file(admin, scratch / 'a', b'abc')
    before = admin.fs.get_file_attr(id_=file_id)
    after = admin.fs.set_file_attr(mode='0600', path=scratch / 'a')
    changed = {key for key in before if before[key] != after[key]}
    assert after['mode'] == '0600'
    assert changed <= {'mode', 'change_time'}, changed


@pytest.mark.parametrize('mode', ['0000', '0644', '0777', '1777', '4755', '2770'])
@sdk('fs.set_file_attr')
def test_modes_come_back(admin, scratch, mode):
    file_id = make_file(admin, scratch / 'a')
    assert admin.fs.set_file_attr(mode=mode, id_=file_id)['mode'] == mode
    assert admin.fs.get_file_attr(id_=file_id)['mode'] == mode


@sdk('fs.set_file_attr')
def test_all_four_times_stay_as_set(admin, scratch):
    file_id = make_file(admin, scratch / 'a')
    times = {
        'creation_time': '2001-02-03T04:05:06.000000001Z',
        'access_time': '2002-02-03T04:05:06.12Z',
        'modification_time': '2003-02-03T04:05:06.123456789Z',
        'change_time': '2004-02-29T23:59:59Z',
    }
    answer = admin.fs.set_file_attr(id_=file_id, **times)
    got = admin.fs.get_file_attr(id_=file_id)
    for key, value in times.items():
        assert answer[key] == got[key] == value


@sdk('fs.set_file_attr')
def test_size_truncates_and_extends(admin, scratch):
    file_id = make_file(admin, scratch / 'a', b'0123456789')
    assert admin.fs.set_file_attr(size=4, id_=file_id)['size'] == '4'
    grown = admin.fs.set_file_attr(size=2**40, id_=file_id)
    assert grown['size'] == str(2**40)
    assert int(grown['datablocks']) == 1, 'what was not written takes no blocks'


@sdk('fs.set_file_attr')
def test_owner_and_group_in_every_form(admin, scratch):
    file_id = make_file(admin, scratch / 'a')
    by_id = admin.fs.set_file_attr(owner='501', group='514', id_=file_id)
    assert (by_id['owner'], by_id['group']) == ('501', '514')
    assert by_id['owner_details'] == {'id_type': 'LOCAL_USER', 'id_value': 'guest'}
    by_number = admin.fs.set_file_attr(owner=NFSUID(1001), group=NFSGID(1002), id_=file_id)
    assert by_number['owner'] == str((3 << 32) + 1001)
    assert by_number['group'] == str((4 << 32) + 1002)
    assert by_number['owner_details'] == {'id_type': 'NFS_UID', 'id_value': '1001'}
    assert by_number['group_details'] == {'id_type': 'NFS_GID', 'id_value': '1002'}
    by_name = admin.fs.set_file_attr(owner=LocalUser('admin'), group=LocalGroup('Users'), id_=file_id)
    assert (by_name['owner'], by_name['group']) == ('500', '513')


@sdk('fs.set_file_attr')
def test_extended_attributes_under_if_match(admin, scratch):
    file_id = make_file(admin, scratch / 'a')
    got = admin.fs.get_file_attr(id_=file_id, with_etag=True)
    wanted = {**got.data['extended_attributes'], 'hidden': True, 'read_only': True}
    after = admin.fs.set_file_attr(id_=file_id, extended_attributes=wanted, if_match=got.etag)
    assert after['extended_attributes']['hidden'] is True
    assert after['extended_attributes']['read_only'] is True
    with refused(412):
        admin.fs.set_file_attr(id_=file_id, extended_attributes=wanted, if_match=got.etag)


def test_attributes_that_are_wrong_are_refused(admin, scratch):
    file_id = make_file(admin, scratch / 'a')
    for wrong in (
        {'mode': 'rwx'},
        {'size': '-1'},
        {'size': 'much'},
        {'modification_time': 'yesterday'},
        {'owner': 'me'},
    ):
        with refused(400):
            admin.fs.set_file_attr(id_=file_id, **wrong)
