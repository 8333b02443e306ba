"""Logging in, who is who, passwords, TLS."""

import hashlib
import json
import os
import ssl
import subprocess

import pytest
from qumulo.lib.auth import Credentials
from qumulo.lib.request import RequestError
from qumulo.rest_client import RestClient

from kit.fs import refused
from kit.sdk import connect

sdk = pytest.mark.sdk


@pytest.fixture
def password_login(cluster):
    if not (cluster.username and cluster.password):
        pytest.skip('the cluster is reached with an access token')
    return cluster


@sdk('client.login', 'auth.who_am_i')
def test_login_gives_a_token_that_works(password_login):
    client = connect(password_login)
    credentials = client.login(password_login.username, password_login.password)
    assert isinstance(credentials.bearer_token, str) and credentials.bearer_token
    assert client.auth.who_am_i()['name'] == password_login.username
    again = connect(password_login, credentials.bearer_token)
    assert again.auth.who_am_i()['name'] == password_login.username


@sdk('auth.login')
def test_login_answer_is_an_object_that_can_be_added_to(password_login):
    answer = connect(password_login).auth.login(password_login.username, password_login.password)
    assert set(answer) >= {'bearer_token', 'issue'}


def test_wrong_password(password_login):
    with refused(401, 'http_unauthorized_error'):
        connect(password_login).login(password_login.username, 'not it')
    with refused(401, 'http_unauthorized_error'):
        connect(password_login).login('nobody of that name', 'not it')


@pytest.mark.parametrize('token', [None, '', 'nonsense', 'access-v1:nonsense'])
def test_no_or_bad_token_is_401_without_a_usable_body(cluster, token):
    client = connect(cluster)
    if token is not None:
        client.rest.credentials = Credentials(token)
    with pytest.raises(RequestError) as caught:
        client.auth.who_am_i()
    assert caught.value.status_code == 401
    assert caught.value.error_class == 'unknown', 'the name the SDK gives to a missing envelope'
    assert client.version.version()['revision_id'], 'the version needs no login'


@sdk('auth.who_am_i')
def test_who_am_i(admin, nobody):
    mine = admin.auth.who_am_i()
    assert {'id', 'name', 'primary_group', 'sid', 'uid', 'home_directory', 'can_change_password', 'privileges'} <= set(
        mine
    )
    assert 'PRIVILEGE_FS_FILE_LOCK_WRITE' in mine['privileges']
    theirs = nobody.client.auth.who_am_i()
    assert (theirs['name'], theirs['id'], theirs['primary_group']) == (nobody.name, nobody.id, '513')
    assert theirs['privileges'] == []
    assert 'access_token_id' not in theirs


@sdk('auth.my_roles')
def test_my_roles(admin, nobody):
    assert 'Administrators' in admin.auth.my_roles()
    assert nobody.client.auth.my_roles() == []


@sdk('auth.change_password')
def test_change_password(cluster, users):
    user = users.make('password')
    with refused():
        user.client.auth.change_password('not it', 'An0ther!passw')
    user.client.auth.change_password(user.password, 'An0ther!passw')
    with refused(401):
        connect(cluster).login(user.name, user.password)
    assert connect(cluster).login(user.name, 'An0ther!passw')


@sdk('client.request')
def test_plain_requests(admin):
    answer = admin.request('GET', '/v1/version', with_etag=True)
    assert answer.data['revision_id']
    assert admin.request('GET', '/api/v1/version') == answer.data, 'the API is also below /api'


def test_an_unknown_uri_is_404(admin):
    with refused(404, 'http_not_found_error'):
        admin.rest.request('GET', '/v1/no-such-thing')


def certificate_of(cluster):
    return ssl.get_server_certificate((cluster.host, cluster.port))


def verifying_context(pem):
    """Python's own verification: the certificate must be this one (or signed by it)."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.verify_mode = ssl.CERT_REQUIRED
    context.load_verify_locations(cadata=pem)
    return context


@pytest.mark.emulator_only
def test_the_sdk_over_tls_that_verifies(cluster, admin, monkeypatch):
    """The SDK verifies nothing by itself; given a verifying context it works with the certificate pinned, host name included."""
    pem = certificate_of(cluster)
    assert hashlib.sha256(ssl.PEM_cert_to_DER_cert(pem)).hexdigest() == cluster.fingerprint
    client = RestClient(cluster.host, cluster.port, Credentials(admin.rest.credentials.bearer_token))
    monkeypatch.setattr(client.conninfo, 'connection_factory', VerifyingFactory(cluster, verifying_context(pem)))
    assert client.auth.who_am_i()['name']
    client.close()


class VerifyingFactory:
    def __init__(self, cluster, context):
        self.cluster = cluster
        self.context = context

    def get_connection(self):
        from qumulo.lib.request import HTTPSConnectionWithSocketOptions

        assert self.context.check_hostname is True
        return HTTPSConnectionWithSocketOptions(self.cluster.host, self.cluster.port, context=self.context, timeout=30)


@pytest.mark.emulator_only
def test_another_certificate_is_refused(cluster, monkeypatch):
    """A context that trusts only the system's authorities does not take the emulator's own certificate."""
    client = RestClient(cluster.host, cluster.port)
    monkeypatch.setattr(client.conninfo, 'connection_factory', VerifyingFactory(cluster, ssl.create_default_context()))
    with pytest.raises(ssl.SSLCertVerificationError):
        client.version.version()


@pytest.fixture
def on_localhost():
    """An emulator of its own on 127.0.0.1."""
    command = json.loads(os.environ.get('QWARDEN_CONFORMANCE_COMMAND', 'null'))
    if command is None or os.geteuid() != 0:
        pytest.skip('needs an emulator and root')
    env = {name: value for name, value in os.environ.items() if not name.startswith('QWARDEN_')}
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stdin=subprocess.DEVNULL, env=env)
    yield json.loads(process.stdout.readline())
    process.terminate()
    process.wait(30)


@pytest.mark.emulator_only
def test_root_on_the_machine_itself(on_localhost):
    """Towards 127.0.0.1 root's SDK takes a privileged source port and ends its connections with a reset (api/FACTS.md 11)."""
    for _ in range(3):
        client = RestClient(on_localhost['host'], on_localhost['port'], Credentials(on_localhost['accessToken']))
        assert client.auth.who_am_i()['id'] == '500'
        assert 900 <= client.conninfo.conn.sock.getsockname()[1] < 1024
        client.close()


def test_plain_http_on_the_tls_port_does_not_hang(cluster):
    import http.client

    connection = http.client.HTTPConnection(cluster.host, cluster.port, timeout=10)
    connection.request('GET', '/v1/version')
    try:
        assert connection.getresponse().status >= 400
    except (http.client.HTTPException, OSError):
        pass  # cut is as good as refused
    finally:
        connection.close()


def test_a_connection_is_kept_alive(admin):
    admin.version.version()
    first = admin.rest.conninfo.conn.sock
    for _ in range(20):
        admin.version.version()
    assert admin.rest.conninfo.conn.sock is first


@pytest.mark.skipif(os.environ.get('QWARDEN_CONFORMANCE_EMULATORS') is None, reason='only for the emulator')
@pytest.mark.sdk('auth.start_saml_login')
def test_start_saml_login(cluster):
    assert connect(cluster).auth.start_saml_login()['login_id']


@pytest.mark.skipif(os.environ.get('QWARDEN_CONFORMANCE_EMULATORS') is None, reason='only for the emulator')
@pytest.mark.sdk('auth.retrieve_saml_login')
def test_retrieve_saml_login(cluster):
    assert connect(cluster).auth.retrieve_saml_login('id', 'code')
