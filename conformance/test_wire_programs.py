"""What tree walkers, lock managers and filters rely on (api/FACTS.md 13)."""

import datetime
import io

import pytest

from kit.fs import make_file, read
from kit.wire import Wire, ref


def relied_on_by(program, fact):
    return pytest.mark.relied_on_by(program=program, fact=fact)


@pytest.fixture
def wire(cluster, admin):
    made = Wire(cluster, admin.rest.credentials.bearer_token)
    yield made
    made.close()


@relied_on_by('qwalk', 'network interface 1 has a status per node with an address that answers')
def test_network_status(cluster, wire):
    nodes = wire.ok('GET', '/v2/network/interfaces/1/status/').json()
    assert isinstance(nodes, list) and nodes
    addresses = [node['network_statuses'][0]['address'] for node in nodes]
    if cluster.is_emulator:
        import dataclasses

        for address in addresses:
            assert Wire(dataclasses.replace(cluster, host=address), None).send('GET', '/v1/version').status == 200


@relied_on_by(
    'qwalk',
    'after create, copy-chunk, owner, ACL and times every key of an entry equals the original, files and directories',
)
@pytest.mark.parametrize('kind', ['file', 'empty file', 'directory'])
def test_a_copy_is_equal_in_every_key(admin, scratch, kind):
    for side in ('from', 'to'):
        admin.fs.create_directory(side, dir_path=scratch.path)
    create = admin.fs.create_directory if kind == 'directory' else admin.fs.create_file
    source = create('x', dir_path=scratch / 'from')['id']
    if kind == 'file':
        admin.fs.write_file(io.BytesIO(b'data' * 5000), id_=source)
    hidden = {**admin.fs.get_file_attr(id_=source)['extended_attributes'], 'hidden': True}
    admin.fs.set_file_attr(id_=source, mode='0000', owner='501', group='514', extended_attributes=hidden)
    admin.fs.set_file_attr(
        id_=source,
        creation_time='2001-02-03T04:05:06.7Z',
        modification_time='2002-02-03T04:05:06.000000001Z',
        change_time='2003-01-01T00:00:00Z',
    )
    original = next(iter(admin.fs.enumerate_entire_directory(path=scratch / 'from')))
    target = create('x', dir_path=scratch / 'to')['id']
    if kind != 'directory':
        admin.fs.copy(source_id=source, target_id=target)
    admin.fs.set_file_attr(
        id_=target,
        owner=original['owner'],
        group=original['group'],
        extended_attributes=original['extended_attributes'],
    )
    admin.fs.set_acl_v2(admin.fs.get_acl_v2(id_=source), id_=target)
    admin.fs.set_file_attr(
        id_=target, **{key: original[key] for key in ('creation_time', 'modification_time', 'change_time')}
    )
    copied = next(iter(admin.fs.enumerate_entire_directory(path=scratch / 'to')))
    free = {'id', 'file_number', 'path', 'access_time'}
    assert {k: v for k, v in copied.items() if k not in free} == {k: v for k, v in original.items() if k not in free}


@relied_on_by('qwalk', 'directories are asked for with their trailing slash; v1 ACLs are wrapped in `acl`')
def test_qwalk_refs(wire, admin, scratch):
    admin.fs.create_directory('untitled folder', dir_path=scratch.path)
    path = scratch / 'untitled folder/'
    assert wire.ok('GET', f'/v1/files/{ref(path)}/info/attributes').json()['path'] == path
    assert wire.ok('GET', f'/v1/files/{ref(path)}/entries/').json()['files'] == []
    got = wire.ok('GET', f'/v1/files/{ref(path)}/info/acl').json()
    assert isinstance(got['acl']['aces'], list)


@relied_on_by(
    'grumpwalk', 'user metadata types in capitals; the revision leaves "0" with the first tag; a missing key is 404'
)
def test_grumpwalk_metadata(wire, admin, scratch):
    file_id = make_file(admin, scratch / 'a')
    assert wire.ok('GET', f'/v1/files/{file_id}/info/attributes').json()['user_metadata_revision'] == '0'
    wire.ok('PUT', f'/v1/files/{file_id}/user-metadata/GENERIC/tag', {'value': 'eA=='})
    wire.ok('POST', f'/v1/files/{file_id}/user-metadata/generic/second', {'value': 'eQ=='})
    assert wire.ok('GET', f'/v1/files/{file_id}/info/attributes').json()['user_metadata_revision'] != '0'
    listed = wire.ok('GET', f'/v1/files/{file_id}/user-metadata/GENERIC/').json()
    assert {entry['key']: entry['value'] for entry in listed['entries']} == {'tag': 'eA==', 'second': 'eQ=='}
    wire.ok('DELETE', f'/v1/files/{file_id}/user-metadata/GENERIC/tag')
    wire.refused(404, 'DELETE', f'/v1/files/{file_id}/user-metadata/GENERIC/tag')


@relied_on_by('grumpwalk', 'v3 snapshots made with `name`; DELETE is 202 in v3, 200 or 204 in v2; v2 diff from v3 ids')
def test_grumpwalk_snapshots(wire, admin, scratch):
    older = wire.ok(
        'POST', '/v3/snapshots/', {'name': 'grump', 'source_file_id': scratch.id, 'expiration': None}
    ).json()
    make_file(admin, scratch / 'a')
    newer = wire.ok('POST', '/v2/snapshots/', {'name': 'walk', 'source_file_id': scratch.id, 'expiration': ''}).json()
    diff = wire.ok('GET', f'/v2/snapshots/{newer["id"]}/changes-since/{older["id"]}?limit=1000').json()
    assert ('CREATE', scratch / 'a') in [(entry['op'], entry['path']) for entry in diff['entries']]
    assert wire.send('DELETE', f'/v3/snapshots/{older["id"]}').status == 202
    assert wire.send('DELETE', f'/v2/snapshots/{newer["id"]}').status in (200, 204)


@relied_on_by('grumpwalk', "reading `?snapshot=` outside the snapshot's source gives live data")
def test_snapshot_outside_its_source(admin, scratch):
    admin.fs.create_directory('in', dir_path=scratch.path)
    make_file(admin, scratch / 'outside', b'1')
    snapshot = admin.snapshot.create_snapshot(path=scratch / 'in')['id']
    admin.fs.write_file(io.BytesIO(b'2'), path=scratch / 'outside')
    assert read(admin, scratch / 'outside', snapshot=snapshot) == b'2'
    admin.snapshot.delete_snapshot(snapshot)


@relied_on_by(
    'grumpwalk',
    'PATCH of change_time and mode together; skip-atime-update=true on reads; totals of aggregates are strings',
)
def test_grumpwalk_reads(wire, admin, scratch):
    file_id = make_file(admin, scratch / 'a', b'x')
    assert wire.ok('GET', f'/v1/files/{file_id}/data?skip-atime-update=true').body == b'x'
    assert wire.ok('GET', f'/v1/files/{scratch.id}/entries/?skip-atime-update=true').json()['files']
    totals = wire.ok('GET', f'/v1/files/{scratch.id}/aggregates/').json()
    assert all(isinstance(value, str) for key, value in totals.items() if key.startswith('total_'))
    assert wire.send('GET', '/v1/files/data/capacity/').status in (404, 400)


@relied_on_by(
    'lock manager', '/v1/files/locks/smb/share-mode/: `paging.next` is a string on every page, the empty one too'
)
def test_lockman_locks(wire):
    page = wire.ok('GET', '/v1/files/locks/smb/share-mode/?limit=10').json()
    for _ in range(100):
        assert isinstance(page['paging']['next'], str)
        if not page['grants']:
            break
        page = wire.ok('GET', '/' + page['paging']['next'][1:]).json()
    else:
        raise AssertionError('no end')


@relied_on_by('lock manager', '/v1/smb/files/?resolve_paths=true ends with null')
def test_lockman_files(wire):
    page = wire.ok('GET', '/v1/smb/files/?resolve_paths=true').json()
    while page['paging']['next']:
        page = wire.ok('GET', page['paging']['next']).json()
    assert page['paging']['next'] is None


@relied_on_by(
    'file filter',
    'expiration with microseconds and Z; nothing changed is `entries: []`; GET of a diffed directory path',
)
def test_file_filter(wire, admin, scratch):
    then = (datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(days=2)).strftime('%Y-%m-%dT%H:%M:%S.%fZ')
    ids = [
        wire.ok('POST', '/v2/snapshots/', {'name': 'filter', 'source_file_id': scratch.id, 'expiration': then}).json()[
            'id'
        ]
        for _ in range(2)
    ]
    assert wire.ok('GET', f'/v2/snapshots/{ids[1]}/changes-since/{ids[0]}').json()['entries'] == []
    admin.fs.create_directory('untitled folder', dir_path=scratch.path)
    ids.append(
        wire.ok('POST', '/v2/snapshots/', {'name': 'filter', 'source_file_id': scratch.id, 'expiration': then}).json()[
            'id'
        ]
    )
    entries = wire.ok('GET', f'/v2/snapshots/{ids[2]}/changes-since/{ids[1]}').json()['entries']
    made = next(entry for entry in entries if entry['op'] == 'CREATE')
    assert wire.ok('GET', f'/v1/files/{ref(made["path"])}/info/attributes').json()['type'] == 'FS_FILE_TYPE_DIRECTORY'
    for snapshot in ids:
        wire.send('DELETE', f'/v2/snapshots/{snapshot}')


@relied_on_by('qfs_filelock.py', 'both keys of `lock` are there; retention comes back without a fraction; both at once')
@pytest.mark.emulator_only
def test_filelock(wire, admin, scratch):
    file_id = make_file(admin, scratch / 'a', b'x')
    uri = f'/v1/files/{file_id}'
    assert wire.ok('GET', f'{uri}/info/attributes?retrieve-file-lock=true').json()['lock'] == {
        'legal_hold': False,
        'retention_period': None,
    }
    until = '2036-01-01T00:00:00Z'
    assert wire.ok('PATCH', f'{uri}/file-lock', {'retention_period': until, 'legal_hold': True}).json()['lock'] == {
        'legal_hold': True,
        'retention_period': until,
    }
    assert wire.ok('PATCH', f'{uri}/file-lock', {'legal_hold': False}).json()['lock'] == {
        'legal_hold': False,
        'retention_period': until,
    }
    assert wire.ok('PATCH', f'/api{uri}/file-lock', {}).json()['lock']['retention_period'] == until
    assert wire.send('DELETE', uri).status >= 400


@relied_on_by('official docs', 'PATCH file-lock honours If-Match (412), and a lock alone moves no data')
def test_lock_if_match(wire, admin, scratch):
    file_id = make_file(admin, scratch / 'a', b'x')
    before = wire.ok('GET', f'/v1/files/{file_id}/info/attributes')
    wire.refused(412, 'PATCH', f'/v1/files/{file_id}/file-lock', {'legal_hold': True}, headers={'If-Match': '"stale"'})
    locked = wire.ok('PATCH', f'/v1/files/{file_id}/file-lock', {'legal_hold': True}, headers={'If-Match': before.etag})
    for key in ('data_revision', 'modification_time', 'size'):
        assert locked.json()[key] == before.json()[key]
    wire.ok('PATCH', f'/v1/files/{file_id}/file-lock', {'legal_hold': False})
