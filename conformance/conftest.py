"""Fixtures: the cluster, an administrator, users without privileges, a directory for each test, qq for each of them."""

import http.client
import os
import re
import secrets
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Callable, Iterator, List

import pytest
from qumulo.lib.auth import Credentials
from qumulo.lib.request import RequestError

from kit import target, wire
from kit.control import Control
from kit.fs import remove_tree
from kit.qq import Qq, Zygote
from kit.sdk import Client, connect
from kit.target import Target


def pytest_collection_modifyitems(items: List[pytest.Item]) -> None:
    if os.environ.get('QWARDEN_CONFORMANCE_EMULATORS'):
        return
    for item in items:
        if item.get_closest_marker('emulator_only'):
            item.add_marker(pytest.mark.skip(reason='only for the emulator'))


@pytest.fixture(scope='session')
def cluster(request: pytest.FixtureRequest) -> Target:
    """Where the tests go."""
    return target.load(getattr(request.config, 'workerinput', {}).get('workerid', 'main'))


@pytest.fixture(scope='session')
def admin(cluster: Target) -> Iterator[Client]:
    """The SDK as the administrator, one kept-alive connection for the whole run."""
    client = connect(cluster)
    if cluster.username and cluster.password:
        client.rest.login(cluster.username, cluster.password)
    else:
        client.rest.credentials = Credentials(str(cluster.token))
    yield client
    client.close()


@pytest.fixture(scope='session')
def run_directory(admin: Client, cluster: Target) -> Iterator[str]:
    """A directory of this run under the scratch directory, taken away at the end."""
    parent, _, name = cluster.directory.rpartition('/')
    was_there = False
    try:
        admin.fs.create_directory(name, dir_path=parent or '/')
    except RequestError as error:
        if error.error_class != 'fs_entry_exists_error':
            raise
        was_there = True
    mine = f'run-{secrets.token_hex(4)}'
    admin.fs.create_directory(mine, dir_path=cluster.directory)
    yield f'{cluster.directory}/{mine}'
    if not cluster.is_emulator:  # whose tree ends with it
        remove_tree(admin, f'{cluster.directory}/{mine}' if was_there else cluster.directory)


@dataclass(frozen=True)
class Scratch:
    """A directory of one test."""

    path: str
    id: str

    def __truediv__(self, name: str) -> str:
        return f'{self.path}/{name}'


@pytest.fixture
def scratch(admin: Client, run_directory: str, request: pytest.FixtureRequest) -> Scratch:
    name = re.sub(r'[^A-Za-z0-9]+', '-', request.node.name)[:100] + '-' + secrets.token_hex(2)
    made = admin.fs.create_directory(name, dir_path=run_directory)
    return Scratch(f'{run_directory}/{name}', made['id'])


@pytest.fixture
def unique() -> Callable[[str], str]:
    """A name that no other run on the same cluster uses."""
    return lambda stem: f'qwconf-{stem}-{secrets.token_hex(4)}'


@dataclass
class User:
    """A local user, with the SDK and qq logged in as it."""

    name: str
    id: str
    password: str
    client: Client
    qq: Qq


class Users:
    """Makes users and takes them away again."""

    def __init__(self, admin: Client, cluster: Target, homes: Path, zygote: Zygote) -> None:
        self._admin = admin
        self._cluster = cluster
        self._homes = homes
        self._zygote = zygote
        self._made: List[str] = []

    def make(self, stem: str) -> User:
        name = f'qwconf-{stem}-{secrets.token_hex(4)}'
        password = f'aA1!{secrets.token_urlsafe(12)}'
        made = self._admin.users.add_user(name, '513', password)
        self._made.append(made['id'])
        client = connect(self._cluster)
        client.rest.login(name, password)
        home = self._homes / name
        home.mkdir()
        qq = Qq(self._cluster, home, self._zygote)
        qq('login', '-u', name, '-p', password)
        return User(name, made['id'], password, client, qq)

    def close(self) -> None:
        for user_id in self._made:
            try:
                self._admin.users.delete_user(user_id)
            except RequestError as error:
                if error.status_code != 404:
                    raise


@pytest.fixture(scope='session')
def zygote() -> Iterator['Zygote | None']:
    if os.environ.get('QWARDEN_CONFORMANCE_QQ') == 'exec':
        yield None
        return
    process = Zygote()
    yield process
    process.close()


@pytest.fixture(scope='session')
def users(admin: Client, cluster: Target, tmp_path_factory: pytest.TempPathFactory, zygote: Zygote) -> Iterator[Users]:
    made = Users(admin, cluster, tmp_path_factory.mktemp('homes'), zygote)
    yield made
    made.close()


@pytest.fixture(scope='session')
def nobody(users: Users) -> User:
    """A local user with no role at all."""
    return users.make('nobody')


@pytest.fixture(scope='session')
def qq(cluster: Target, tmp_path_factory: pytest.TempPathFactory, zygote: Zygote) -> Qq:
    """qq as the administrator, logged in by `qq login` (or with the token that the person gave)."""
    home = tmp_path_factory.mktemp('qq-admin')
    made = Qq(cluster, home, zygote)
    if cluster.username and cluster.password:
        made('login', '-u', cluster.username, '-p', cluster.password)
    else:
        made.credentials_file.parent.mkdir(parents=True)
        made.credentials_file.write_text(Credentials(str(cluster.token)).to_disk().to_json())
    return made


@dataclass(frozen=True)
class Idle:
    """A connection that has made one call and waits for its second."""

    connection: http.client.HTTPSConnection
    since: float


@pytest.fixture(scope='session', autouse=True)
def idle(cluster: Target) -> Iterator[Idle]:
    """Opened when the worker starts, so that the test of idle connections need not wait."""
    connection = wire.connection(cluster)
    connection.request('GET', '/v1/version')
    assert connection.getresponse().read()
    yield Idle(connection, time.monotonic())
    connection.close()


@pytest.fixture
def control(cluster: Target, admin: Client) -> Control:
    """For tests marked emulator_only."""
    return Control(cluster, admin.rest.credentials.bearer_token)
