"""Small helpers over the SDK's file-system calls."""

import contextlib
import io
from typing import Any, Iterator, List, Optional

import pytest
from qumulo.lib.request import RequestError

from kit.sdk import Client


@contextlib.contextmanager
def refused(status: Optional[int] = None, error_class: Optional[str] = None) -> Iterator[None]:
    """
    The block must end in an error answer of the cluster, with this status and class where api/FACTS.md knows them;
    any 4xx where it does not.
    """
    with pytest.raises(RequestError) as caught:
        yield
    error = caught.value
    if status is None:
        assert 400 <= error.status_code < 500, str(error)
    else:
        assert error.status_code == status, str(error)
    if error_class is not None:
        assert error.error_class == error_class, str(error)


def make_file(client: Client, path: str, data: bytes = b'') -> str:
    """Creates a file with this content; its id."""
    directory, _, name = path.rpartition('/')
    file_id = str(client.fs.create_file(name, dir_path=directory or '/')['id'])
    if data:
        client.fs.write_file(io.BytesIO(data), id_=file_id)
    return file_id


def read(client: Client, path: Optional[str] = None, **kwargs: Any) -> bytes:
    into = io.BytesIO()
    client.fs.read_file(into, path=path, **kwargs)
    return into.getvalue()


def names(client: Client, path: str, **kwargs: Any) -> List[str]:
    return sorted(entry['name'] for entry in client.fs.enumerate_entire_directory(path=path, **kwargs))


def remove_tree(client: Client, path: str) -> None:
    """Bottom up, lifting legal holds; what is under retention stays and is reported by the cluster's error."""
    for entry in list(client.fs.tree_walk_postorder(path)):
        if entry['type'] == 'FS_FILE_TYPE_FILE':
            lock = client.fs.get_file_attr(id_=entry['id'], retrieve_file_lock=True).get('lock') or {}
            if lock.get('legal_hold'):
                client.fs.modify_file_lock(legal_hold=False, id_=entry['id'])
            if lock.get('retention_period'):
                continue
        with contextlib.suppress(RequestError):
            client.fs.delete(path=entry['path'].rstrip('/'))
