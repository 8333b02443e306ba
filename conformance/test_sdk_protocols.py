"""What SMB and NFS clients hold: open files, sessions, byte-range and share-mode locks."""

import pytest

from kit.fs import make_file, refused

sdk = pytest.mark.sdk
emulator_only = pytest.mark.emulator_only
PAIRS = [('smb', 'byte-range'), ('smb', 'share-mode'), ('nlm', 'byte-range'), ('nfs4', 'byte-range')]


@pytest.mark.parametrize(('protocol', 'kind'), PAIRS)
@sdk('fs.list_locks_by_file', 'fs.list_all_locks_by_file', 'fs.list_locks_by_client', 'fs.list_all_locks_by_client')
def test_nobody_holds_a_lock(admin, scratch, protocol, kind):
    file_id = make_file(admin, scratch / 'a')
    page = admin.fs.list_locks_by_file(protocol, kind, file_id=file_id)
    assert page['grants'] == []
    assert 'next' in page['paging']
    assert admin.plain('fs').list_all_locks_by_file(protocol, kind, file_path=scratch / 'a') == []
    assert isinstance(
        admin.fs.list_locks_by_client(protocol, kind, owner_address='198.51.100.7', limit=10)['grants'], list
    )
    assert admin.plain('fs').list_all_locks_by_client(protocol, kind, owner_address='198.51.100.7') == []


@sdk(
    'fs.list_waiters_by_file',
    'fs.list_all_waiters_by_file',
    'fs.list_waiters_by_client',
    'fs.list_all_waiters_by_client',
)
def test_nobody_waits(admin, scratch):
    file_id = make_file(admin, scratch / 'a')
    assert admin.fs.list_waiters_by_file('nlm', 'byte-range', file_id=file_id)['waiters'] == []
    assert admin.plain('fs').list_all_waiters_by_file('nlm', 'byte-range', file_id=file_id) == []
    assert admin.fs.list_waiters_by_client('nlm', 'byte-range', owner_address='198.51.100.7')['waiters'] == []
    assert admin.plain('fs').list_all_waiters_by_client('nlm', 'byte-range', owner_name='host.example.com') == []


@emulator_only
@pytest.mark.parametrize(('protocol', 'kind'), PAIRS)
@sdk('fs.list_all_locks_by_file', 'fs.list_all_locks_by_client')
def test_locks_that_clients_hold(admin, control, scratch, protocol, kind):
    mine, other = make_file(admin, scratch / 'mine'), make_file(admin, scratch / 'other')
    for n in range(5):
        control.lock(mine, f'{protocol}/{kind}', ownerAddress='198.51.100.9', offset=str(100 * n), size='10')
    control.lock(other, f'{protocol}/{kind}', ownerAddress='198.51.100.10', ownerName='host.example.com')
    grants = admin.plain('fs').list_all_locks_by_file(protocol, kind, file_id=mine, limit=2)
    assert len(grants) == 5
    for grant in grants:
        assert (grant['file_id'], grant['owner_address']) == (mine, '198.51.100.9')
        assert all(mode.startswith(('API_BYTE_RANGE_', 'API_SHARE_MODE_')) for mode in grant['mode'])
        assert ('offset' in grant) == (kind == 'byte-range')
    by_client = admin.plain('fs').list_all_locks_by_client(protocol, kind, owner_address='198.51.100.10')
    assert [grant['file_id'] for grant in by_client] == [other]
    control.release(mine)
    control.release(other)


@emulator_only
@sdk('fs.release_nlm_lock', 'fs.release_nlm_locks_by_client', 'fs.list_all_waiters_by_file')
def test_release_nlm(admin, control, scratch):
    file_id = make_file(admin, scratch / 'a')
    for offset in ('0', '100'):
        control.lock(file_id, 'nlm/byte-range', ownerAddress='198.51.100.11', ownerId='77', offset=offset, size='10')
    control.lock(file_id, 'nlm/byte-range', ownerAddress='198.51.100.12', waiting=True)
    assert [
        waiter['owner_address']
        for waiter in admin.plain('fs').list_all_waiters_by_file('nlm', 'byte-range', file_id=file_id)
    ] == ['198.51.100.12']
    admin.fs.release_nlm_lock(0, 10, '77', file_id=file_id)
    assert [
        grant['offset'] for grant in admin.plain('fs').list_all_locks_by_file('nlm', 'byte-range', file_id=file_id)
    ] == ['100']
    admin.fs.release_nlm_locks_by_client(owner_address='198.51.100.11')
    assert admin.plain('fs').list_all_locks_by_file('nlm', 'byte-range', file_id=file_id) == []
    control.release(file_id)


@emulator_only
@sdk('smb.list_file_handles', 'smb.close_smb_file')
def test_open_files(admin, control, scratch):
    mine, other = make_file(admin, scratch / 'mine'), make_file(admin, scratch / 'other')
    for file_id in (mine, mine, other):
        control.open(file_id)
    pages = list(admin.smb.list_file_handles(file_number=mine, resolve_paths=True, limit=1))
    handles = [handle for page in pages for handle in page['file_handles']]
    assert [len(page['file_handles']) for page in pages[:2]] == [1, 1]
    assert {(handle['file_number'], handle['handle_info']['path']) for handle in handles} == {(mine, scratch / 'mine')}
    everything = [handle for page in admin.smb.list_file_handles() for handle in page['file_handles']]
    assert {handle['file_number'] for handle in everything} >= {mine, other}
    admin.smb.close_smb_file(handles[0]['handle_info']['location'])
    left = [handle for page in admin.smb.list_file_handles(file_number=mine) for handle in page['file_handles']]
    assert [handle['handle_info']['location'] for handle in left] == [handles[1]['handle_info']['location']]
    control.release(mine)
    control.release(other)


@emulator_only
@sdk('smb.list_smb_sessions', 'smb.close_smb_sessions')
def test_sessions(admin, control, scratch):
    file_id = make_file(admin, scratch / 'a')
    control.open(file_id, originator='198.51.100.20', owner='501', shareName='Files')
    mine = [
        s
        for page in admin.smb.list_smb_sessions(identity='guest', limit=10)
        for s in page['session_infos']
        if s['originator'] == '198.51.100.20'
    ]
    assert mine[0]['share_names'] == ['Files']
    admin.smb.close_smb_sessions(mine)
    assert [
        handle for page in admin.smb.list_file_handles(file_number=file_id) for handle in page['file_handles']
    ] == []


@sdk('dns.resolve_ips_to_names')
def test_names_of_addresses(admin):
    answers = admin.dns.resolve_ips_to_names(['198.51.100.7', '127.0.0.1'])
    assert [answer['ip_address'] for answer in answers] == ['198.51.100.7', '127.0.0.1']
    assert all(answer['result'] and 'hostname' in answer for answer in answers)


def test_lock_kinds_that_do_not_exist(admin, scratch):
    with refused():
        admin.rest.request('GET', f'/v1/files/{scratch.id}/locks/nlm/share-mode/')
