"""Retention lock: retention period and legal hold, and everything that a locked file refuses."""

import datetime
import io

import pytest
from qumulo.rest.fs import UserMetadataType

from kit.fs import make_file, names, read, refused

sdk = pytest.mark.sdk
emulator_only = pytest.mark.emulator_only


def in_days(days: float) -> str:
    """The form of `qq --retention-days`: whole seconds, Z."""
    then = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(days=days)
    return then.strftime('%Y-%m-%dT%H:%M:%SZ')


def lock_of(admin, **ref):
    return admin.fs.get_file_attr(retrieve_file_lock=True, **ref)['lock']


@pytest.fixture
def held(admin, scratch):
    """A file on legal hold, released at the end so that a real cluster can be cleaned up."""
    file_id = make_file(admin, scratch / 'held', b'evidence')
    admin.fs.modify_file_lock(legal_hold=True, id_=file_id)
    yield file_id
    admin.fs.modify_file_lock(legal_hold=False, id_=file_id)


@sdk('fs.modify_file_lock', 'fs.get_file_attr')
def test_never_locked_and_nothing_asked_for(admin, scratch):
    file_id = make_file(admin, scratch / 'a')
    assert lock_of(admin, id_=file_id) == {'legal_hold': False, 'retention_period': None}
    answer = admin.fs.modify_file_lock(id_=file_id)
    assert answer['lock'] == {'legal_hold': False, 'retention_period': None}, 'qq without options sends {}'


@sdk('fs.modify_file_lock')
def test_legal_hold_on_and_off(admin, scratch):
    file_id = make_file(admin, scratch / 'a')
    answer = admin.fs.modify_file_lock(legal_hold=True, path=scratch / 'a')
    assert answer['lock'] == {'legal_hold': True, 'retention_period': None}
    assert answer['id'] == file_id, 'the answer is the full attributes'
    assert admin.fs.modify_file_lock(legal_hold=True, id_=file_id)['lock']['legal_hold'] is True
    assert admin.fs.modify_file_lock(legal_hold=False, id_=file_id)['lock'] == {
        'legal_hold': False,
        'retention_period': None,
    }
    admin.fs.delete(id_=file_id)


@emulator_only
@sdk('fs.modify_file_lock')
def test_retention_is_set_and_only_extended(admin, scratch):
    file_id = make_file(admin, scratch / 'a')
    later = in_days(2)
    assert admin.fs.modify_file_lock(retention_period=in_days(1), id_=file_id)['lock']['legal_hold'] is False
    assert admin.fs.modify_file_lock(retention_period=later, id_=file_id)['lock']['retention_period'] == later
    assert admin.fs.modify_file_lock(retention_period=later, id_=file_id)['lock']['retention_period'] == later
    with refused():
        admin.fs.modify_file_lock(retention_period=in_days(1), id_=file_id)
    assert lock_of(admin, id_=file_id) == {'legal_hold': False, 'retention_period': later}


@emulator_only
def test_hold_and_retention_are_independent(admin, scratch):
    file_id = make_file(admin, scratch / 'a')
    until = in_days(1)
    both = admin.fs.modify_file_lock(retention_period=until, legal_hold=True, id_=file_id)
    assert both['lock'] == {'legal_hold': True, 'retention_period': until}
    released = admin.fs.modify_file_lock(legal_hold=False, id_=file_id)
    assert released['lock'] == {'legal_hold': False, 'retention_period': until}
    with refused():
        admin.fs.delete(id_=file_id)


def test_reading_stays_allowed(admin, scratch, held):
    assert read(admin, id_=held) == b'evidence'
    assert names(admin, scratch.path) == ['held']
    assert lock_of(admin, path=scratch / 'held') == {'legal_hold': True, 'retention_period': None}


def write(admin, _scratch, held):
    admin.fs.write_file(io.BytesIO(b'forged'), id_=held)


def append(admin, _scratch, held):
    admin.fs.write_file(io.BytesIO(b'more'), id_=held, offset=8)


def truncate(admin, _scratch, held):
    admin.fs.set_file_attr(size=0, id_=held)


def punch(admin, _scratch, held):
    admin.fs.punch_hole(0, 4, id_=held)


def delete(admin, _scratch, held):
    admin.fs.delete(id_=held)


def unlink(admin, scratch, _held):
    admin.fs.unlink('held', dir_path=scratch.path)


def rename(admin, scratch, _held):
    admin.fs.rename('elsewhere', scratch / 'held', dir_path=scratch.path)


def rename_over(admin, scratch, _held):
    make_file(admin, scratch / 'other')
    admin.fs.rename('held', scratch / 'other', dir_path=scratch.path, clobber=True)


def copy_into(admin, scratch, held):
    make_file(admin, scratch / 'source', b'x')
    admin.fs.copy(source_path=scratch / 'source', target_id=held)


def chmod(admin, _scratch, held):
    admin.fs.set_file_attr(mode='0777', id_=held)


def chown(admin, _scratch, held):
    admin.fs.set_file_attr(owner='501', id_=held)


def touch(admin, _scratch, held):
    admin.fs.set_file_attr(modification_time='2000-01-01T00:00:00Z', id_=held)


def set_acl(admin, _scratch, held):
    admin.fs.set_acl_v2({'control': ['PRESENT'], 'posix_special_permissions': [], 'aces': []}, id_=held)


def set_acl_v1(admin, _scratch, held):
    admin.fs.set_acl(id_=held, control=['PRESENT'], aces=[])


@pytest.mark.parametrize(
    'change',
    [
        write,
        append,
        truncate,
        punch,
        delete,
        unlink,
        rename,
        rename_over,
        copy_into,
        chmod,
        chown,
        touch,
        set_acl,
        set_acl_v1,
    ],
)
def test_a_locked_file_refuses(admin, scratch, held, change):
    before = admin.fs.get_file_attr(id_=held)
    with refused():
        change(admin, scratch, held)
    after = admin.fs.get_file_attr(id_=held)
    assert {key: after[key] for key in after if key != 'access_time'} == {
        key: before[key] for key in before if key != 'access_time'
    }
    assert read(admin, path=scratch / 'held') == b'evidence'


@emulator_only
@pytest.mark.parametrize('change', ['metadata', 'stream', 'link'])
def test_what_the_emulator_refuses_by_its_own_choice(admin, scratch, held, change):
    """UNKNOWN in api/FACTS.md 5; packages/qumulo-emulator/src/unknowns.ts says which way."""
    with refused():
        if change == 'metadata':
            admin.fs.set_user_metadata(UserMetadataType.GENERIC, 'key', b'x', id_=held)
        elif change == 'stream':
            admin.fs.create_stream('s', id_=held)
        else:
            admin.fs.create_link('second', scratch / 'held', dir_path=scratch.path)


def test_only_files_can_be_locked(admin, scratch):
    admin.fs.create_symlink('link', 'x', dir_path=scratch.path)
    for path in (scratch.path, scratch / 'link'):
        with refused():
            admin.fs.modify_file_lock(legal_hold=True, path=path)
    with refused(404, 'fs_no_such_entry_error'):
        admin.fs.modify_file_lock(legal_hold=True, path=scratch / 'nothing')


@pytest.mark.parametrize('period', ['', 'tomorrow', '2031-13-01T00:00:00Z', '2031-02-30T00:00:00Z', '7d'])
def test_dates_that_are_none(admin, scratch, period):
    file_id = make_file(admin, scratch / 'a')
    with refused(400):
        admin.fs.modify_file_lock(retention_period=period, id_=file_id)
    assert lock_of(admin, id_=file_id)['retention_period'] is None


@emulator_only
def test_retention_without_a_fraction_comes_back_without(admin, scratch):
    """filelock's own test reads it so."""
    file_id = make_file(admin, scratch / 'a')
    assert (
        admin.fs.modify_file_lock(retention_period='2037-01-01T00:00:00Z', id_=file_id)['lock']['retention_period']
        == '2037-01-01T00:00:00Z'
    )


def test_if_match(admin, scratch):
    file_id = make_file(admin, scratch / 'a', b'1')
    etag = admin.fs.get_file_attr(id_=file_id, with_etag=True).etag
    admin.fs.write_file(io.BytesIO(b'2'), id_=file_id)
    with refused(412):
        admin.fs.modify_file_lock(legal_hold=True, id_=file_id, if_match=etag)
    assert lock_of(admin, id_=file_id)['legal_hold'] is False
    etag = admin.fs.get_file_attr(id_=file_id, with_etag=True).etag
    assert admin.fs.modify_file_lock(legal_hold=True, id_=file_id, if_match=etag)['lock']['legal_hold'] is True
    admin.fs.modify_file_lock(legal_hold=False, id_=file_id)


def test_the_lock_sits_on_the_file_not_on_the_name(admin, scratch):
    file_id = make_file(admin, scratch / 'a', b'x')
    admin.fs.create_link('b', scratch / 'a', dir_path=scratch.path)
    admin.fs.modify_file_lock(legal_hold=True, path=scratch / 'a')
    assert lock_of(admin, path=scratch / 'b')['legal_hold'] is True
    with refused():
        admin.fs.write_file(io.BytesIO(b'y'), path=scratch / 'b')
    admin.fs.modify_file_lock(legal_hold=False, id_=file_id)


@emulator_only
def test_after_its_date_a_file_is_free_by_the_clusters_clock(admin, control, scratch):
    file_id = make_file(admin, scratch / 'a', b'x')
    admin.fs.modify_file_lock(retention_period=control.in_seconds(600), id_=file_id)
    with refused():
        admin.fs.delete(id_=file_id)
    control.move_clock(601)
    admin.fs.write_file(io.BytesIO(b'y'), id_=file_id)
    admin.fs.delete(id_=file_id)
