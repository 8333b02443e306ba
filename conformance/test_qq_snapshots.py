"""qq: snapshots, policies, differences, snapshot locks, the key store."""

import contextlib
import io

import pytest

from kit.fs import make_file
from kit.keys import KeyPair, in_hours, unlock_and_delete

qq_commands = pytest.mark.qq


@pytest.fixture
def taken(qq, admin, scratch):
    """`taken()` takes a snapshot of the scratch directory by qq."""
    made = []

    def take(*args):
        snapshot = qq('snapshot_create_snapshot', '--source-file-id', scratch.id, *args).json()
        made.append(snapshot['id'])
        return snapshot

    yield take
    for snapshot_id in made:
        with contextlib.suppress(admin.rest.Error):
            admin.snapshot.delete_snapshot(snapshot_id)


@qq_commands('snapshot_create_snapshot', 'snapshot_modify_snapshot', 'snapshot_delete_snapshot')
def test_create_modify_delete(qq, scratch, taken):
    made = taken('--name', 'mine', '--expiration', '2037-01-01T00:00:00Z')
    assert made['name'] == f'{made["id"]}_mine'
    assert made['expiration'] == '2037-01-01T00:00:00Z'
    by_path = qq('snapshot_create_snapshot', '--path', scratch.path).json()
    assert by_path['source_file_id'] == scratch.id
    changed = qq('snapshot_modify_snapshot', '--id', made['id'], '--expiration', '2038-01-01T00:00:00Z').json()
    assert changed['expiration'] == '2038-01-01T00:00:00Z'
    assert qq('snapshot_delete_snapshot', '--id', by_path['id']).out == ''
    qq.refused('snapshot_delete_snapshot', '--id', by_path['id'], status=404, error_class='snapshot_not_found_error')


@qq_commands('snapshot_list_statuses', 'snapshot_get_status', 'snapshot_get_total_used_capacity')
def test_statuses(qq, scratch, taken):
    made = taken()
    status = qq('snapshot_get_status', '--id', made['id']).json()
    assert status['source_file_path'].rstrip('/') == scratch.path
    assert made['id'] in [entry['id'] for entry in qq('snapshot_list_statuses').json()['entries']]
    assert made['id'] in [
        e['id'] for e in qq('snapshot_list_statuses', '--exclude-in-delete', '--exclude-locked').json()['entries']
    ]
    assert made['id'] not in [e['id'] for e in qq('snapshot_list_statuses', '--only-locked').json()['entries']]
    assert int(qq('snapshot_get_total_used_capacity').json()['bytes']) >= 0


@qq_commands('snapshot_diff', 'snapshot_file_diff')
def test_differences(qq, admin, scratch, taken):
    file_id = make_file(admin, scratch / 'a', b'x' * 20_000)
    older = taken()['id']
    admin.fs.write_file(io.BytesIO(b'y' * 100), id_=file_id, offset=8192)
    make_file(admin, scratch / 'b')
    newer = taken()['id']
    between = ('--newer-snapshot', newer, '--older-snapshot', older)
    entries = qq('snapshot_diff', *between).json()['entries']
    assert {(entry['op'], entry['path']) for entry in entries} >= {('MODIFY', scratch / 'a'), ('CREATE', scratch / 'b')}
    assert '"path"' in qq('snapshot_diff', *between, '--page-size', 1).out
    regions = qq('snapshot_file_diff', *between, '--path', scratch / 'a').json()['entries']
    assert any(
        int(r['offset']) <= 8192 < int(r['offset']) + int(r['size']) for r in regions if r['type'] == 'FILE_REGION_DATA'
    )
    assert qq('snapshot_file_diff', *between, '--file-id', file_id).json()['entries'] == regions
    assert (
        qq('fs_read', '--id', file_id, '--snapshot', older, '--offset', 8192, '--length', 3, '--stdout').raw == b'xxx'
    )
    assert [e['name'] for e in qq('fs_read_dir', '--path', scratch.path, '--snapshot', older).json()['files']] == ['a']


@qq_commands('snapshot_create_policy', 'snapshot_get_policy', 'snapshot_modify_policy', 'snapshot_delete_policy')
def test_policies(qq, scratch, unique):
    name = unique('policy')
    made = qq(
        'snapshot_create_policy',
        'hourly_or_less',
        '--name',
        name,
        '--path',
        scratch.path,
        '--period',
        '15minutes',
        '--days-of-week',
        'MON,FRI',
        '--timezone',
        'UTC',
        '--time-to-live',
        '5days',
        '--disabled',
    ).json()
    try:
        creation = made['schedule']['creation_schedule']
        assert (creation['frequency'], creation['fire_every'], creation['on_days']) == (
            'SCHEDULE_HOURLY_OR_LESS',
            15,
            ['MON', 'FRI'],
        )
        ref = ('--id', made['id'])
        assert qq('snapshot_get_policy', *ref).json() == made
        changed = qq(
            'snapshot_modify_policy', 'modify_non_schedule_fields', *ref, '--name', name + '2', '--enabled'
        ).json()
        assert (changed['policy_name'], changed['enabled']) == (name + '2', True)
        assert changed['schedule'] == made['schedule']
        changed = qq(
            'snapshot_modify_policy',
            'change_to_monthly',
            *ref,
            '--last-day-of-month',
            '--at',
            '20:00',
            '--timezone',
            'UTC',
        ).json()
        assert changed['schedule']['creation_schedule']['day_of_month'] == 128
        qq('snapshot_modify_policy', 'modify_non_schedule_fields', *ref, '--time-to-live', 'never')
    finally:
        qq('snapshot_delete_policy', '--id', made['id'])
    qq.refused('snapshot_get_policy', '--id', made['id'], status=404)


@qq_commands('snapshot_list_policies', 'snapshot_list_policy_statuses', 'snapshot_get_policy_status')
def test_policy_lists(qq, admin, scratch, unique):
    made = qq(
        'snapshot_create_policy',
        'daily',
        '--name',
        unique('policy'),
        '--file-id',
        scratch.id,
        '--at',
        '03:30',
        '--timezone',
        'UTC',
        '--days-of-week',
        'ALL',
        '--disabled',
    ).json()
    try:
        assert made['id'] in [entry['id'] for entry in qq('snapshot_list_policies').json()['entries']]
        assert made['id'] in [entry['id'] for entry in qq('snapshot_list_policy_statuses').json()['entries']]
        assert qq('snapshot_get_policy_status', '--id', made['id']).json()['id'] == made['id']
    finally:
        admin.snapshot.delete_policy(made['id'])


@pytest.fixture
def pairs(tmp_path):
    """Two key pairs, and a file with the private half of each."""
    made = {name: KeyPair() for name in ('old', 'new')}
    for name, pair in made.items():
        (tmp_path / name).write_text(pair.pem)
    return made, tmp_path / 'old', tmp_path / 'new'


@qq_commands(
    'fs_security_add_key',
    'fs_security_get_key',
    'fs_security_list_keys',
    'fs_security_modify_key',
    'fs_security_delete_key',
)
def test_key_store(qq, unique, pairs):
    name = unique('key')
    made = qq(
        'fs_security_add_key', '--name', name, '--private-key-file', pairs[1], '--comment', 'text', '--json'
    ).json()
    assert made['name'] == name
    assert name in qq('fs_security_get_key', '--key', name).out
    assert name in qq('fs_security_list_keys').out
    changed = qq('fs_security_modify_key', '--key', name, '--disable', '--comment', 'new', '--json').json()
    assert (changed['disabled'], changed['comment']) == (True, 'new')
    qq('fs_security_delete_key', '--key', name, stdin=b'yes\n')
    qq.refused('fs_security_get_key', '--key', name, status=404)


@qq_commands(
    'snapshot_lock_snapshot',
    'snapshot_get_unlock_challenge',
    'snapshot_unlock_snapshot',
    'fs_security_get_key_usage',
    'fs_security_get_key_replace_challenge',
    'fs_security_replace_key',
)
def test_lock_and_unlock(qq, admin, scratch, unique, pairs):
    name, (made, old, new) = unique('key'), pairs
    qq('fs_security_add_key', '--name', name, '--private-key-file', old)
    snapshot = admin.snapshot.create_snapshot(source_file_id=scratch.id, expiration=in_hours(24))['id']
    ref = ('--id', snapshot)
    try:
        locked = qq('snapshot_lock_snapshot', *ref, '--lock-key', name, stdin=b'yes\n').out
        assert f'Snapshot {snapshot} is locked with lock key {name}.' in locked
        assert str(snapshot) in qq('fs_security_get_key_usage', '--key', name).out
        assert qq.run('snapshot_delete_snapshot', *ref).code == 1
        assert qq('fs_security_get_key_replace_challenge', '--key', name).json()['challenge']
        files = ('--old-private-key-file', old, '--replacement-private-key-file', new)
        qq('fs_security_replace_key', '--key', name, *files)
        assert qq('snapshot_get_unlock_challenge', *ref).json()['challenge']
        assert qq.run('snapshot_unlock_snapshot', *ref, '--private-key-file', old).code == 1
        assert (
            qq('snapshot_unlock_snapshot', *ref, '--private-key-file', new).out == f'Snapshot {snapshot} is unlocked.\n'
        )
    finally:
        unlock_and_delete(admin, snapshot, list(made.values()))
        qq.run('fs_security_delete_key', '--key', name, stdin=b'yes\n')
