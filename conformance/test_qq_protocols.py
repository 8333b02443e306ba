"""qq: locks and open files of SMB and NFS clients."""

import pytest

from kit.fs import make_file

qq_commands = pytest.mark.qq
emulator_only = pytest.mark.emulator_only


@emulator_only
@qq_commands('fs_list_locks')
def test_list_locks(qq, admin, control, scratch):
    file_id = make_file(admin, scratch / 'a')
    for n in range(3):
        control.lock(file_id, 'nlm/byte-range', ownerAddress='198.51.100.30', offset=str(n * 10), size='5')
    control.lock(file_id, 'smb/share-mode', ownerAddress='198.51.100.30')
    table = qq('fs_list_locks', '--protocol', 'nlm', '--lock-type', 'byte-range', '--path', scratch / 'a').out
    assert len(table.splitlines()) == 3
    assert '[20, 25)' in table and scratch / 'a' in table
    listed = qq(
        'fs_list_locks', '--protocol', 'smb', '--lock-type', 'share-mode', '--id', file_id, '--json', '--no-resolve'
    ).json()
    assert [lock['file_id'] for lock in listed] == [file_id]
    everywhere = qq(
        'fs_list_locks', '--protocol', 'nlm', '--lock-type', 'byte-range', '--ip', '198.51.100.30', '--sort', 'file'
    ).out
    assert len(everywhere.splitlines()) == 3
    control.release(file_id)


@qq_commands('fs_list_locks', 'fs_list_lock_waiters_by_file', 'fs_list_lock_waiters_by_client')
def test_nobody(qq, scratch):
    assert (
        qq('fs_list_locks', '--protocol', 'nfs4', '--lock-type', 'byte-range', '--id', scratch.id, '--json').json()
        == []
    )
    nlm = ('--protocol', 'nlm', '--lock-type', 'byte-range')
    assert qq('fs_list_lock_waiters_by_file', *nlm, '--path', scratch.path).json() == []
    assert qq('fs_list_lock_waiters_by_client', *nlm, '--address', '198.51.100.31').json() == []


@emulator_only
@qq_commands('fs_release_nlm_lock', 'fs_release_nlm_locks_by_client')
def test_release(qq, admin, control, scratch):
    file_id = make_file(admin, scratch / 'a')
    for offset in ('0', '100'):
        control.lock(file_id, 'nlm/byte-range', ownerAddress='198.51.100.32', ownerId='9', offset=offset, size='10')
    ref = ('--path', scratch / 'a', '--offset', 0, '--size', 10, '--owner-id', 9)
    assert 'Canceling' in qq('fs_release_nlm_lock', *ref, stdin=b'no\n').out
    assert 'was released.' in qq('fs_release_nlm_lock', *ref, '--force').out
    assert len(admin.plain('fs').list_all_locks_by_file('nlm', 'byte-range', file_id=file_id)) == 1
    assert 'were released.' in qq('fs_release_nlm_locks_by_client', '--address', '198.51.100.32', stdin=b'yes\n').out
    assert admin.plain('fs').list_all_locks_by_file('nlm', 'byte-range', file_id=file_id) == []


@emulator_only
@qq_commands('smb_list_file_handles', 'smb_close_file_handle', 'smb_list_sessions', 'smb_close_sessions')
def test_open_files_and_sessions(qq, admin, control, scratch):
    file_id = make_file(admin, scratch / 'a')
    for _ in range(2):
        control.open(file_id, originator='198.51.100.33')
    listed = qq('smb_list_file_handles', '--path', scratch / 'a', '--resolve-paths').json()['file_handles']
    assert [handle['handle_info']['path'] for handle in listed] == [scratch / 'a', scratch / 'a']
    location = listed[0]['handle_info']['location']
    qq('smb_close_file_handle', '--location', location, stdin=b'yes\n')
    assert len(qq('smb_list_file_handles', '--file-number', file_id, '--page-size', 1).json()['file_handles']) == 1
    assert '198.51.100.33' in qq('smb_list_sessions').out
    qq('smb_close_sessions', '--ip', '198.51.100.33', stdin=b'yes\n')
    assert qq('smb_list_file_handles', '--file-number', file_id).json()['file_handles'] == []
