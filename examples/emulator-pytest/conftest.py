import json
import os
import shlex
import signal
import ssl
import subprocess
import urllib.request

import pytest
from qumulo.rest_client import RestClient

COMMAND = os.environ.get('QUMULO_EMULATOR', 'npx --yes @qwarden/qumulo-emulator')


@pytest.fixture(scope='session')
def emulator():
    """Where the emulated cluster listens, and its login; it listens once its line is there."""
    # "localhost" and not 127.0.0.1: towards the latter the SDK, as root, wants a privileged port of its own.
    command = [*shlex.split(COMMAND), '--host', 'localhost', '--port', '0', '--json']
    # In a session of its own: npx does not pass a signal on to what it has started.
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, start_new_session=True) as process:
        line = process.stdout.readline()
        assert line, f'"{shlex.join(command)}" ended before it listened'
        yield json.loads(line)
        os.killpg(process.pid, signal.SIGTERM)


@pytest.fixture
def cluster(emulator):
    """The official SDK, logged in as the administrator."""
    client = RestClient(emulator['host'], emulator['port'], timeout=30)
    client.login(emulator['username'], emulator['password'])
    return client


@pytest.fixture
def directory(cluster, request):
    """A directory of the test's own."""
    name = request.node.name
    cluster.fs.create_directory(name, dir_path='/')
    return f'/{name}'


@pytest.fixture
def faults(emulator):
    """Tells the emulator how to fail; what is left of it is gone after the test."""

    def send(method, path, body=None):
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f'{emulator["url"]}/_emulator/{path}', data, method=method)
        with urllib.request.urlopen(request, context=ssl._create_unverified_context()):
            pass

    yield lambda **rule: send('POST', 'faults', rule)
    send('DELETE', 'faults')
