"""The roles of docs/reference/privileges.md: its own qq commands make them, and `qwarden doctor` names each privilege that is taken away."""

import json
import os
import re
import shlex
import subprocess
from pathlib import Path
from typing import Dict, Iterator, List

import pytest

from kit.qq import Qq
from kit.sdk import connect

pytestmark = pytest.mark.emulator_only

DOCS = Path(__file__).parent.parent / 'docs'
PAGE = DOCS / 'reference' / 'privileges.md'
HOW_TO = DOCS / 'how-to' / 'least-privilege.md'
PASSWORD = 'aA1!of-the-docs'


def roles_of_the_page() -> Dict[str, List[List[str]]]:
    """The commands of each role, split as a shell would."""
    found = re.findall(r'^### (\S+)\n\n.*?\n\n```sh\n(.*?)\n```$', PAGE.read_text(), re.MULTILINE | re.DOTALL)
    return {name: [shlex.split(line) for line in commands.splitlines()] for name, commands in found}


ROLES = roles_of_the_page()


def privileges_in(commands: List[List[str]]) -> List[str]:
    return sorted({word for command in commands for word in command if word.startswith('PRIVILEGE_')})


def run(qq: Qq, command: List[str]) -> None:
    program, *words = command
    assert program == 'qq'
    qq(*words)


@pytest.fixture
def user(qq: Qq) -> Iterator[str]:
    """The local user that the page speaks of."""
    qq('auth_add_user', '--name', 'qwarden', '-p', PASSWORD)
    yield 'qwarden'
    qq('auth_delete_user', '--id', 'qwarden')


@pytest.fixture
def make_role(qq: Qq, user: str) -> Iterator[object]:
    made = []

    def make(name: str) -> None:
        made.append(name)
        for command in ROLES[name]:
            run(qq, command)

    yield make
    for name in made:
        qq('auth_delete_role', '--role', name)


def test_the_page_has_roles():
    assert {'qwarden-filelock', 'qwarden-watcher', 'qwarden-worker'} <= set(ROLES)
    assert all(len(commands) == 3 and privileges_in(commands) for commands in ROLES.values())


@pytest.mark.parametrize('name', ROLES)
def test_its_commands_make_the_role(name, make_role, cluster):
    make_role(name)
    client = connect(cluster)
    client.rest.login('qwarden', PASSWORD)
    try:
        assert sorted(client.auth.who_am_i()['privileges']) == privileges_in(ROLES[name])
    finally:
        client.close()


def doctor(cluster, home: Path, *words: str) -> Dict[str, object]:
    node, qwarden, *_ = json.loads(os.environ['QWARDEN_CONFORMANCE_COMMAND'])
    env = {name: value for name, value in os.environ.items() if not name.startswith('QWARDEN_')}
    env.update(
        HOME=str(home),
        XDG_STATE_HOME=str(home),
        QWARDEN_HOST=cluster.host,
        QWARDEN_PORT=str(cluster.port),
        QWARDEN_TLS_FINGERPRINT=cluster.fingerprint,
        QWARDEN_USERNAME='qwarden',
        QWARDEN_PASSWORD=PASSWORD,
    )
    done = subprocess.run([node, qwarden, 'doctor', *words, '--json'], env=env, cwd=home, capture_output=True, timeout=60)
    assert done.returncode in (0, 1, 3), done.stderr.decode()
    told = json.loads(done.stdout)
    assert told['exitCode'] == done.returncode
    return told


def commands_of_the_how_to() -> List[List[str]]:
    blocks = re.findall(r'^ *```sh\n(.*?)^ *```$', HOW_TO.read_text(), re.MULTILINE | re.DOTALL)
    return [shlex.split(line) for block in blocks for line in block.splitlines() if line.strip().startswith('qq ')]


def test_the_commands_of_the_how_to_work_and_what_it_says_of_permissions_is_true(qq, admin, cluster, scratch):
    """`-p` asks on a terminal, and the directory of the page is one of this test."""
    admin.fs.set_file_attr(mode='0700', path=scratch.path)
    token = ''
    try:
        for _, command, *words in commands_of_the_how_to():
            words = [scratch.path if word == '/records' else word for word in words]
            told = qq(command, *words, *([PASSWORD] if command == 'auth_add_user' else []))
            if command == 'auth_create_access_token':
                token = json.loads(told.out)['bearer_token']
        assert token.startswith('access-v1:')
        # What is left when the privilege to everything goes: the permissions that new files inherit.
        qq('auth_modify_role', '--role', 'qwarden-filelock', '--revoke', 'PRIVILEGE_FILE_FULL_ACCESS')
        admin.fs.create_file('a', dir_path=scratch.path)
        client = connect(cluster)
        client.rest.login('qwarden', PASSWORD)
        client.fs.modify_file_lock(path=scratch / 'a', legal_hold=True)
        assert admin.fs.get_file_attr(path=scratch / 'a', retrieve_file_lock=True)['lock']['legal_hold'] is True
        client.close()
    finally:
        admin.fs.modify_file_lock(path=scratch / 'a', legal_hold=False)
        qq('auth_delete_role', '--role', 'qwarden-filelock')
        qq('auth_delete_user', '--id', 'qwarden')


def test_doctor_names_what_was_taken_away_and_its_command_gives_it_back(
    make_role, qq, admin, cluster, scratch, tmp_path
):
    role = 'qwarden-filelock'
    admin.fs.set_file_attr(mode='0700', path=scratch.path)
    make_role(role)
    words = ('filelock', '--directory-path', scratch.path, '--recursive', '--retention', '1d')
    for privilege in privileges_in(ROLES[role]):
        qq('auth_modify_role', '--role', role, '--revoke', privilege)
        told = doctor(cluster, tmp_path, *words)
        assert told['exitCode'] in (1, 3), told
        grants = {
            line
            for finding in told['findings']
            for line in (finding['remedy'] or '').splitlines()
            if finding['verdict'] != 'ok' and line.startswith('qq auth_modify_role')
        }
        assert grants == {f'qq auth_modify_role --role {role} --grant {privilege}'}, told
        for command in grants:
            run(qq, shlex.split(command))
    told = doctor(cluster, tmp_path, *words)
    assert told['exitCode'] == 0, told
    assert not [finding for finding in told['findings'] if finding['verdict'] not in ('ok', 'skipped')]
