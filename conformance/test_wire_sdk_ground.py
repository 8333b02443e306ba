"""The form of answers that the SDK and others take for granted, request by request."""

import json
import select
import threading
import time

import pytest

from kit.wire import Stream, Wire, ref


def relied_on_by(program, fact):
    return pytest.mark.relied_on_by(program=program, fact=fact)


@pytest.fixture
def wire(cluster, admin):
    made = Wire(cluster, admin.rest.credentials.bearer_token)
    yield made
    made.close()


@pytest.fixture
def without_token(cluster):
    made = Wire(cluster, None)
    yield made
    made.close()


@relied_on_by('official SDK', 'a missing or invalid token is 401 with an empty body')
@pytest.mark.parametrize('token', [None, '', 'nonsense'])
def test_401_has_no_body(cluster, token):
    wire = Wire(cluster, token)
    answer = wire.send('GET', '/v1/session/who-am-i')
    assert (answer.status, answer.body, answer.headers['Content-Length']) == (401, b'', '0')
    assert wire.send('GET', '/v1/version').status == 200, 'the connection lives on, and the version needs no login'
    wire.close()


@relied_on_by('official SDK', 'errors are flat JSON objects with description, module, error_class, user_visible, stack')
def test_error_envelope(wire, scratch):
    answer = wire.refused(
        404, 'GET', f'/v1/files/{ref(scratch / "nothing")}/info/attributes', error_class='fs_no_such_entry_error'
    )
    told = answer.json()
    assert answer.headers['Content-Type'].startswith('application/json')
    assert isinstance(told['description'], str) and isinstance(told['module'], str)
    assert isinstance(told['user_visible'], bool) and isinstance(told['stack'], list)


@relied_on_by('official SDK', 'body-less requests come with Content-Length: 0 and Content-Type: application/json')
def test_get_with_the_sdks_headers(wire):
    headers = {'Accept-Encoding': 'identity', 'Content-Type': 'application/json', 'Content-Length': '0'}
    assert wire.send('GET', '/v1/version', headers=headers).status == 200


@relied_on_by('qq raw', 'JSON bodies may come chunked, an empty one too')
def test_chunked_json(wire, scratch):
    body = json.dumps({'name': 'chunked', 'action': 'CREATE_FILE'}).encode()
    made = wire.ok('POST', f'/v1/files/{scratch.id}/entries/', chunks=[body[:7], body[7:]]).json()
    assert made['path'] == scratch / 'chunked'
    wire.refused(400, 'POST', f'/v1/files/{scratch.id}/entries/', chunks=[], error_class='decode_error')


@pytest.mark.parametrize(
    'broken',
    [
        b'',
        b'{',
        b'[]',
        b'"text"',
        b'{"name": 7, "action": "CREATE_FILE"}',
        b'{"action": "CREATE_FILE"}',
        b'{"name": "x", "action": "FLY"}',
        b'\xef\xbb\xbf{"name": "x", "action": "CREATE_FILE"}',
        b'\xff\xfe',
    ],
)
@relied_on_by('all', 'a body that breaks the documented form is 400 decode_error')
def test_bodies_that_are_wrong(wire, scratch, broken):
    wire.refused(400, 'POST', f'/v1/files/{scratch.id}/entries/', raw=broken, error_class='decode_error')


@relied_on_by('Terraform provider', 'unknown keys in a request body are ignored')
def test_unknown_body_keys(wire, scratch):
    body = {'name': 'a', 'action': 'CREATE_FILE', 'no_such_key': {'deep': [1, None]}}
    assert wire.ok('POST', f'/v1/files/{scratch.id}/entries/', body).json()['name'] == 'a'


@relied_on_by('grumpwalk', 'a wrong query value (skip-atime-update=1) is 400')
@pytest.mark.parametrize(
    'query', ['skip-atime-update=1', 'limit=many', 'limit=-1', 'snapshot=last', 'include-acls=maybe']
)
def test_query_values_that_are_wrong(wire, scratch, query):
    wire.refused(400, 'GET', f'/v1/files/{scratch.id}/entries/?{query}')


@relied_on_by('official SDK', 'booleans in queries are true, True, false, False')
@pytest.mark.parametrize('value', ['true', 'True', 'false', 'False'])
def test_booleans_in_queries(wire, scratch, value):
    got = wire.ok('GET', f'/v1/files/{scratch.id}/info/attributes?retrieve-file-lock={value}').json()
    assert got['id'] == scratch.id


@relied_on_by('cosi driver', 'a collection without its trailing slash is 404, a verb not offered 405')
def test_slashes_and_verbs(wire, scratch):
    wire.refused(404, 'POST', f'/v1/files/{scratch.id}/entries', {'name': 'a', 'action': 'CREATE_FILE'})
    wire.refused(404, 'GET', '/v1/users')
    wire.refused(404, 'GET', '/v1/version/')
    wire.refused(405, 'DELETE', '/v1/version')
    wire.refused(404, 'GET', '/v9/version')
    wire.refused(404, 'GET', '/')


@relied_on_by(
    'cosi driver', 'a path is one percent-encoded segment, leading slash included; per-component encoding is 404'
)
def test_refs(wire, scratch):
    made = wire.ok(
        'POST', f'/v1/files/{ref(scratch.path)}/entries/', {'name': 'a%2Fb c', 'action': 'CREATE_FILE'}
    ).json()
    for escaped in (ref(scratch / 'a%2Fb c'), ref(scratch / 'a%2Fb c').replace('%2F', '%2f')):
        assert wire.ok('GET', f'/v1/files/{escaped}/info/attributes').json()['id'] == made['id']
    assert wire.send('GET', f'/v1/files/{scratch.path.lstrip("/")}/info/attributes').status == 404
    assert 400 <= wire.send('GET', '/v1/files/not-a-ref/info/attributes').status < 500
    assert 400 <= wire.send('GET', '/v1/files/%zz/info/attributes').status < 500
    assert 400 <= wire.send('GET', '/v1/files/-5/info/attributes').status < 500
    assert 400 <= wire.send('GET', f'/v1/files/{2**64}/info/attributes').status < 500


@relied_on_by('event monitor', 'the API is also below /api on the same port')
def test_below_api(wire, scratch):
    assert wire.ok('GET', f'/api/v1/files/{scratch.id}/info/attributes').json()['id'] == scratch.id
    page = wire.ok('GET', '/api/v1/files/2/entries/?limit=1').json()
    if page['paging']['next']:
        assert wire.ok('GET', page['paging']['next']).json()['files']


@relied_on_by('qwalk', '`next` is complete; its `after` token also works with an own limit')
def test_after_token_with_own_limit(wire, admin, scratch):
    wanted = set()
    for n in range(10):
        wanted.add(admin.fs.create_file(f'file {n}', dir_path=scratch.path)['name'])
    page = wire.ok('GET', f'/v1/files/{scratch.id}/entries/?limit=3').json()
    seen = [entry['name'] for entry in page['files']]
    while page['paging']['next']:
        assert page['paging']['next'].startswith('/v1/files/'), 'server-relative'
        after = page['paging']['next'].split('after=')[1].split('&')[0]
        page = wire.ok('GET', f'/v1/files/{scratch.id}/entries/?limit=4&after={after}').json()
        seen += [entry['name'] for entry in page['files']]
    assert sorted(seen) == sorted(wanted)


@relied_on_by(
    'official SDK', 'the stream is text/event-source, begins with ": watching", one "data:" line per TLS record'
)
def test_notify_bytes(cluster, admin, scratch):
    stream = Stream(
        cluster,
        admin.rest.credentials.bearer_token,
        f'/v1/files/{scratch.id}/notify?recursive=True&filter=child_file_added%2Cchild_file_removed',
    )
    head = stream.until(b': watching').partition(b'\r\n\r\n')[0].decode().lower().split('\r\n')
    assert head[0].startswith('http/1.1 200')
    assert 'content-type: text/event-source' in head
    for n in range(10):
        admin.fs.create_file(f'f{n}', dir_path=scratch.path)
    text = stream.until(b'"f9"')
    assert all(record.count(b'data: ') <= 1 for record in stream.records), 'the SDK reads one line per record promptly'
    body = text.split(b'\r\n\r\n', 1)[1]
    for line in body.split(b'\n'):
        line = line.strip()
        is_framing = line == b'' or all(byte in b'0123456789abcdefABCDEF' for byte in line)
        assert is_framing or line.startswith((b': ', b'data: [')), f'a line that the SDK does not know: {line!r}'
    stream.close()


@relied_on_by(
    'qfs_filelock.py', 'a request sent down the connection of a running stream is neither answered nor cuts it'
)
def test_second_request_on_a_stream(cluster, admin, scratch):
    token = admin.rest.credentials.bearer_token
    stream = Stream(cluster, token, f'/v1/files/{scratch.id}/notify?recursive=false')
    stream.until(b': watching')
    stream.socket.sendall(
        f'GET /v1/version HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\nContent-Length: 0\r\n\r\n'.encode()
    )
    for n in range(3):
        admin.fs.create_file(f'after {n}', dir_path=scratch.path)
    text = stream.until(b'after 2')
    assert b'revision_id' not in text
    assert text.count(b'HTTP/1.1') == 1
    stream.close()


@relied_on_by(
    'event monitor',
    'notify answers with Accept: application/json, recursive in four spellings, and a ref with a trailing slash',
)
@pytest.mark.parametrize('recursive', ['true', 'True', 'false', 'False'])
def test_notify_spellings(cluster, admin, scratch, recursive):
    token = admin.rest.credentials.bearer_token
    for accept in ('application/json', 'text/event-stream', '*/*'):
        stream = Stream(
            cluster, token, f'/api/v1/files/{ref(scratch.path + "/")}/notify?recursive={recursive}', {'Accept': accept}
        )
        stream.until(b': watching')
        stream.close()


@relied_on_by('qfs_filelock.py', 'files/Error_ID/notify is a 4xx')
def test_notify_on_nonsense(wire, admin, scratch):
    assert 400 <= wire.send('GET', '/v1/files/Error_ID/notify?recursive=true').status < 500
    assert 400 <= wire.send('GET', f'/v1/files/{scratch.id}/notify?recursive=maybe').status < 500
    assert 400 <= wire.send('GET', f'/v1/files/{scratch.id}/notify?filter=child_flew').status < 500


@relied_on_by('event monitor', 'closing a stream leaves nothing behind: other calls and streams go on')
def test_closing_streams(cluster, admin, scratch):
    token = admin.rest.credentials.bearer_token
    for _ in range(20):
        stream = Stream(cluster, token, f'/v1/files/{scratch.id}/notify?recursive=true')
        stream.until(b': watching')
        stream.close()
    assert admin.fs.create_file('still here', dir_path=scratch.path)['name'] == 'still here'


@relied_on_by('official SDK', 'an idle connection stays open well over seven seconds')
def test_zz_idle_connection(idle):
    """`idle` was opened when the worker started: most of the time has passed by itself."""
    left = 8.0 - (time.monotonic() - idle.since)
    if left > 0:
        readable, _, _ = select.select([idle.connection.sock], [], [], left)
        assert not readable, 'the server closed an idle connection'
    idle.connection.request('GET', '/v1/version')
    assert idle.connection.getresponse().status == 200


@relied_on_by('Terraform provider', 'hundreds of logins in a few seconds, without a limit on sessions')
def test_many_logins(cluster):
    if not cluster.password:
        pytest.skip('reached with an access token')
    failures = []

    def log_in():
        wire = Wire(cluster, None)
        for _ in range(15):
            answer = wire.send(
                'POST', '/v1/session/login', {'username': cluster.username, 'password': cluster.password}
            )
            if answer.status != 200 or not answer.json()['bearer_token']:
                failures.append(answer)
        wire.close()

    threads = [threading.Thread(target=log_in) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
