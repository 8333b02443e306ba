"""qq: retention locks, and reading from the side of an administrator."""

import datetime

import pytest

from kit.fs import make_file

qq_commands = pytest.mark.qq
DAY = 86_400


def in_seconds(text):
    then = datetime.datetime.strptime(text, '%Y-%m-%dT%H:%M:%SZ').replace(tzinfo=datetime.timezone.utc)
    return (then - datetime.datetime.now(datetime.timezone.utc)).total_seconds()


@qq_commands('fs_file_modify_lock', 'fs_file_get_attr')
def test_legal_hold_with_the_installed_script(qq, admin, scratch):
    make_file(admin, scratch / 'a', b'x')
    ref = ('--path', scratch / 'a')
    assert qq('fs_file_modify_lock', *ref, '--enable-legal-hold', script=True).json() == {
        'legal_hold': True,
        'retention_period': None,
    }
    assert qq('fs_file_get_attr', *ref, '--retrieve-file-lock', script=True).json()['lock'] == {
        'legal_hold': True,
        'retention_period': None,
    }
    for command in (
        ('fs_write', *ref, '--stdin'),
        ('fs_delete', *ref),
        ('fs_unlink', '--path', scratch.path, '--name', 'a'),
        ('fs_rename', '--path', scratch.path, '--name', 'b', '--source', scratch / 'a'),
        ('fs_file_set_attr', *ref, '--mode', '0777'),
        ('fs_punch_hole', *ref, '--offset', 0, '--size', 1),
        ('fs_file_set_smb_attrs', *ref, '--hidden', 'true'),
        ('fs_modify_acl', *ref, 'add_entry', '-t', 'uid:1', '-y', 'Allowed', '-r', 'Read'),
    ):
        done = qq.run(*command, stdin=b'forged')
        assert done.code == 1 and done.err.startswith('Error 4'), repr(done)
    assert qq('fs_read', *ref, '--stdout').raw == b'x'
    assert qq('fs_file_modify_lock', *ref, '--disable-legal-hold').json() == {
        'legal_hold': False,
        'retention_period': None,
    }
    qq('fs_delete', *ref)


@pytest.mark.emulator_only
@qq_commands('fs_file_modify_lock')
def test_retention_by_days_years_and_date(qq, admin, scratch):
    file_id = make_file(admin, scratch / 'a')
    ref = ('--id', file_id)
    days = qq('fs_file_modify_lock', *ref, '--retention-days', 30).json()
    assert days['legal_hold'] is False
    assert 30 * DAY - 60 < in_seconds(days['retention_period']) <= 30 * DAY
    years = qq('fs_file_modify_lock', *ref, '--retention-years', 2).json()['retention_period']
    assert 730 * DAY - 60 < in_seconds(years) <= 730 * DAY, 'qq counts 365 days a year'
    done = qq.run('fs_file_modify_lock', *ref, '--retention-days', 1)
    assert done.code == 1 and done.err.startswith('Error 4'), 'never shorter'
    both = qq('fs_file_modify_lock', *ref, '--retention-period', '2040-02-29T12:00:00Z', '--enable-legal-hold').json()
    assert both == {'legal_hold': True, 'retention_period': '2040-02-29T12:00:00Z'}
    assert qq('fs_file_modify_lock', *ref).json() == both, 'without options nothing changes'
    assert qq.run('fs_file_modify_lock', *ref, '--retention-period', 'soon').err.startswith('Error 400:')
    assert qq.run('fs_file_modify_lock', *ref, '--retention-days', -5).code == 1


def test_a_directory_cannot_be_locked(qq, scratch):
    done = qq.run('fs_file_modify_lock', '--path', scratch.path, '--enable-legal-hold')
    assert done.code == 1 and done.err.startswith('Error 4'), repr(done)


def test_without_the_privilege(admin, nobody, scratch):
    admin.fs.set_file_attr(mode='0777', path=scratch.path)
    file_id = make_file(nobody.client, scratch / 'mine')
    nobody.qq.refused('fs_file_modify_lock', '--id', file_id, '--enable-legal-hold', status=403)
    assert nobody.qq('fs_file_get_attr', '--id', file_id, '--retrieve-file-lock').json()['lock']['legal_hold'] is False


@pytest.mark.parametrize(
    'command',
    [
        ('fs_get_notify_settings',),
        ('auth_list_users',),
        ('snapshot_list_statuses',),
        ('tree_delete_list',),
        ('quota_list_quotas',),
        ('smb_list_file_handles',),
    ],
)
def test_what_needs_a_privilege_says_so(nobody, command):
    done = nobody.qq.run(*command)
    assert (done.code, done.err[:10]) == (1, 'Error 403:'), repr(done)
