"""User metadata."""

import pytest
from qumulo.rest.fs import UserMetadataType

from kit.fs import make_file, refused

sdk = pytest.mark.sdk
GENERIC, S3, WELL_KNOWN = UserMetadataType.GENERIC, UserMetadataType.S3, UserMetadataType.WELL_KNOWN


@pytest.mark.parametrize('kind', [GENERIC, S3])
@pytest.mark.parametrize('value', [b'text', b'', bytes(range(256))])
@sdk('fs.set_user_metadata', 'fs.get_user_metadata')
def test_values_are_bytes(admin, scratch, kind, value):
    make_file(admin, scratch / 'a')
    admin.fs.set_user_metadata(kind, 'key', value, path=scratch / 'a')
    assert admin.fs.get_user_metadata(kind, 'key', path=scratch / 'a') == value


@sdk('fs.set_user_metadata')
def test_put_is_upsert_and_moves_the_revision(admin, scratch):
    file_id = make_file(admin, scratch / 'a')
    assert admin.fs.get_file_attr(id_=file_id)['user_metadata_revision'] == '0'
    admin.fs.set_user_metadata(GENERIC, 'key', b'1', id_=file_id)
    first = admin.fs.get_file_attr(id_=file_id)['user_metadata_revision']
    admin.fs.set_user_metadata(GENERIC, 'key', b'2', id_=file_id)
    assert first != '0'
    assert admin.fs.get_file_attr(id_=file_id)['user_metadata_revision'] != first
    assert admin.fs.get_user_metadata(GENERIC, 'key', id_=file_id) == b'2'


@pytest.mark.parametrize('key', ['simple', 'with space', 'a/b', 'ü', '100%'])
def test_keys_come_back_as_given(admin, scratch, key):
    file_id = make_file(admin, scratch / 'a')
    admin.fs.set_user_metadata(GENERIC, key, b'x', id_=file_id)
    assert [entry['key'] for entry in admin.fs.get_all_user_metadata(id_=file_id)] == [key]


@sdk('fs.list_user_metadata', 'fs.get_all_user_metadata')
def test_lists_page_by_page_and_by_type(admin, scratch):
    file_id = make_file(admin, scratch / 'a')
    for n in range(5):
        admin.fs.set_user_metadata(GENERIC, f'key{n}', str(n).encode(), id_=file_id)
    admin.fs.set_user_metadata(S3, 'other', b's3', id_=file_id)
    wanted = {f'key{n}': str(n).encode() for n in range(5)}
    pages = [page['entries'] for page in admin.fs.list_user_metadata(id_=file_id, type_=GENERIC, limit=2)]
    assert all(len(page) <= 2 for page in pages)
    assert {entry['key']: entry['value'] for page in pages for entry in page} == wanted
    everything = admin.fs.get_all_user_metadata(id_=file_id)
    assert {entry['key'] for entry in everything} == {*wanted, 'other'}


@sdk('fs.set_user_metadata', 'fs.get_user_metadata')
def test_well_known_keys(admin, scratch):
    file_id = make_file(admin, scratch / 'a')
    admin.fs.set_user_metadata(WELL_KNOWN, 'Content-Type', b'text/plain', id_=file_id)
    assert admin.fs.get_user_metadata(WELL_KNOWN, 'Content-Type', id_=file_id) == b'text/plain'


@sdk('fs.delete_user_metadata')
def test_delete(admin, scratch):
    file_id = make_file(admin, scratch / 'a')
    admin.fs.set_user_metadata(GENERIC, 'key', b'1', id_=file_id)
    admin.fs.delete_user_metadata(GENERIC, 'key', id_=file_id)
    with refused(404):
        admin.fs.get_user_metadata(GENERIC, 'key', id_=file_id)
    with refused(404):
        admin.fs.delete_user_metadata(GENERIC, 'key', id_=file_id)


def test_if_match(admin, scratch):
    file_id = make_file(admin, scratch / 'a')
    etag = admin.fs.get_file_attr(id_=file_id, with_etag=True).etag
    admin.fs.set_user_metadata(GENERIC, 'key', b'1', id_=file_id, if_match=etag)
    with refused(412):
        admin.fs.set_user_metadata(GENERIC, 'key', b'2', id_=file_id, if_match=etag)


def test_too_large_a_pair_is_refused(admin, scratch):
    file_id = make_file(admin, scratch / 'a')
    with refused():
        admin.fs.set_user_metadata(GENERIC, 'key', bytes(500_000), id_=file_id)
