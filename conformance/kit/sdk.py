"""The SDK's RestClient as it is, with a note of every function that answered."""

import importlib
from typing import Any, Optional

from qumulo.lib.auth import Credentials
from qumulo.rest_client import RestClient

from kit.recorder import RECORDER
from kit.target import Target


class RecordingModule:
    def __init__(self, name: str, module: Any) -> None:
        self._name = name
        self._module = module

    def __getattr__(self, function: str) -> Any:
        call = getattr(self._module, function)

        def recorded(*args: Any, **kwargs: Any) -> Any:
            answer = call(*args, **kwargs)
            RECORDER.answer('sdk', f'{self._name}.{function}')
            return answer

        return recorded


class PlainModule:
    """A module of qumulo.rest as qq uses it: its functions with the connection as first argument."""

    def __init__(self, name: str, rest_client: RestClient) -> None:
        self._name = name
        self._rest_client = rest_client

    def __getattr__(self, function: str) -> Any:
        call = getattr(importlib.import_module(f'qumulo.rest.{self._name}'), function)

        def recorded(*args: Any, **kwargs: Any) -> Any:
            answer = call(self._rest_client.conninfo, self._rest_client.credentials, *args, **kwargs)
            RECORDER.answer('sdk', f'{self._name}.{function}')
            return answer

        return recorded


class Client:
    """`client.fs.read_file(...)` is `RestClient.fs.read_file(...)`."""

    def __init__(self, rest_client: RestClient) -> None:
        self.rest = rest_client

    def __getattr__(self, module: str) -> RecordingModule:
        return RecordingModule(module, getattr(self.rest, module))

    def login(self, username: str, password: str) -> Credentials:
        return RecordingModule('client', self.rest).login(username, password)

    def request(self, method: str, uri: str, **kwargs: Any) -> Any:
        return RecordingModule('client', self.rest).request(method, uri, **kwargs)

    def plain(self, module: str) -> PlainModule:
        """
        For fs.list_all_locks_* and fs.list_all_waiters_*: RestClient wraps the list that they return into an iterator
        that cannot be iterated (SDK 7.10.2.1), so that only the function itself is of use.
        """
        return PlainModule(module, self.rest)

    def clone(self) -> 'Client':
        """The same credentials over a connection of its own: what a notify stream needs."""
        return Client(self.rest.clone())

    def close(self) -> None:
        self.rest.close()


def connect(cluster: Target, token: Optional[str] = None) -> Client:
    credentials = Credentials(token) if token else None
    return Client(RestClient(cluster.host, cluster.port, credentials, timeout=60))
