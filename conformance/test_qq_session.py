"""qq: logging in and out, who is who, raw requests, and how it ends when something is wrong."""

import json
import stat

import pytest

from kit.qq import Qq

qq_commands = pytest.mark.qq


@pytest.fixture
def own_home(cluster, tmp_path, zygote):
    """qq with an empty credentials store."""
    return Qq(cluster, tmp_path, zygote)


@qq_commands('login', 'logout')
def test_login_and_logout_with_the_installed_script(own_home, users):
    user = users.make('login')
    done = own_home('login', '-u', user.name, '-p', user.password, script=True)
    assert done.out == ''
    stored = own_home.credentials_file
    assert stat.S_IMODE(stored.stat().st_mode) == 0o600
    assert json.loads(stored.read_text())['version'] == 1
    assert f'"name": "{user.name}"' in own_home('who_am_i').out
    own_home('logout', script=True)
    assert not stored.exists()
    denied = own_home.run('who_am_i')
    assert denied.code == 1
    assert denied.err.strip() == 'Error 401: unknown: Need to log in first to establish credentials.'


def test_wrong_password(own_home, cluster):
    done = own_home.refused(
        'login', '-u', cluster.username or 'admin', '-p', 'not it', status=401, error_class='http_unauthorized_error'
    )
    assert 'Incorrect username or password' in done.err
    assert not own_home.credentials_file.exists()


def test_a_credentials_file_of_ones_own(own_home, users, tmp_path):
    user = users.make('store')
    store = tmp_path / 'token.json'
    own_home('login', '-u', user.name, '-p', user.password, before=['--credentials-store', str(store)])
    assert user.name in own_home('who_am_i', before=['--credentials-store', str(store)]).out


@pytest.mark.emulator_only
@qq_commands('sso_login')
def test_sso_login(own_home):
    own_home('sso_login')


@qq_commands('who_am_i')
def test_who_am_i_of_an_administrator(qq):
    out = qq('who_am_i').out
    assert 'PRIVILEGE_FS_FILE_LOCK_WRITE' in out
    assert 'This user is granted the following roles:' in out
    assert 'Administrators' in out
    assert 'is a member of following groups' in out or 'Not a local user.' in out


@qq_commands('who_am_i')
def test_who_am_i_without_privileges(nobody):
    """qq swallows exactly 403 on groups and identity expansion."""
    out = nobody.qq('who_am_i').out
    assert f'"name": "{nobody.name}"' in out
    assert 'This user is granted the following roles:\n[]' in out


@qq_commands('change_password')
def test_change_password(users, own_home):
    user = users.make('change')
    assert (
        user.qq('change_password', '-o', user.password, '-p', 'An0ther!passw').out
        == 'Your password has been changed.\n'
    )
    own_home('login', '-u', user.name, '-p', 'An0ther!passw')
    own_home.refused('login', '-u', user.name, '-p', user.password, status=401)


@qq_commands('version')
def test_version_needs_no_login(own_home):
    assert own_home('version', script=True).json()['revision_id'].startswith('Qumulo Core ')


@qq_commands('node_state_get')
def test_node_state(qq):
    assert qq('node_state_get').json()['state'] == 'ACTIVE'


@qq_commands('raw')
def test_raw(qq, scratch):
    assert qq('raw', 'GET', f'/v1/files/{scratch.id}/info/attributes').json()['id'] == scratch.id
    body = {'name': 'made raw', 'action': 'CREATE_FILE'}
    made = qq('raw', 'POST', f'/v1/files/{scratch.id}/entries/', stdin=json.dumps(body).encode()).json()
    assert made['path'] == scratch / 'made raw'
    data = ['--content-type', 'application/octet-stream']
    qq('raw', *data, 'PUT', f'/v1/files/{made["id"]}/data', stdin=b'\x00\xffbytes')
    assert qq('raw', 'GET', f'/v1/files/{made["id"]}/data').raw == b'\x00\xffbytes\n'
    patched = qq('raw', 'PATCH', f'/v1/files/{made["id"]}/info/attributes', stdin=b'{"mode": "0600"}').json()
    assert patched['mode'] == '0600'
    assert qq('raw', 'DELETE', f'/v1/files/{made["id"]}').out.strip() == ''
    assert qq('raw', 'GET', '/api/v1/version').json()['revision_id']


def test_raw_errors(qq, scratch):
    qq.refused('raw', 'GET', '/v1/no/such/thing', status=404, error_class='http_not_found_error')
    qq.refused(
        'raw', 'POST', f'/v1/files/{scratch.id}/entries/', status=400, error_class='decode_error', stdin=b'{no json'
    )
    qq.refused('raw', 'POST', f'/v1/files/{scratch.id}/entries/', status=400, error_class='decode_error', stdin=b'')
    qq.refused(
        'raw', 'POST', f'/v1/files/{scratch.id}/entries', status=404, stdin=b'{"name": "x", "action": "CREATE_FILE"}'
    )
    qq.refused('raw', 'PUT', '/v1/session/who-am-i', status=405)


def test_usage(qq):
    assert qq.run('fs_read_dir').code == 2
    assert qq.run('no_such_command').code == 2
    assert qq.run('fs_file_modify_lock', '--path', '/x', '--retention-days', 0).code == 1


def test_nobody_listens(qq, tmp_path):
    import dataclasses
    import socket

    with socket.socket() as free:
        free.bind(('127.0.0.1', 0))
        port = free.getsockname()[1]
    away = Qq(dataclasses.replace(qq.cluster, host='127.0.0.2', port=port), tmp_path, None)
    done = away.run('version')
    assert done.code == 1
    assert done.err.startswith('Connection error:')
