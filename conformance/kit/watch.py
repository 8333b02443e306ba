"""The SDK's notify listener in a thread, so that a test can wait for events with a deadline instead of sleeping."""

import contextlib
import queue
import socket
import threading
import time
from typing import Any, Callable, Dict, List, Optional

from kit.sdk import Client

DEADLINE_SECONDS = 10.0


class Watch:
    """One listener on a connection of its own; started means that `: watching` has been seen."""

    def __init__(self, client: Client, recursive: bool, **kwargs: Any) -> None:
        self._client = client.clone()
        self._iterator = self._client.fs.get_change_notify_listener(recursive, **kwargs)
        assert self._iterator.started(), 'the stream begins with ": watching"'
        self._events: queue.Queue[Dict[str, Any]] = queue.Queue()
        self.seen: List[Dict[str, Any]] = []
        #: How the iterator ended: an exception, or None for StopIteration.
        self.ended = threading.Event()
        self.end: Optional[BaseException] = None
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def _read(self) -> None:
        try:
            for batch in self._iterator:
                assert isinstance(batch, list), batch
                for event in batch:
                    self._events.put({**event, 'at': time.monotonic()})
        except BaseException as error:  # how it ended is what a test may ask for
            self.end = error
        finally:
            self.ended.set()

    def until(self, is_enough: Callable[[List[Dict[str, Any]]], bool]) -> List[Dict[str, Any]]:
        """All events so far, as soon as they satisfy the condition."""
        deadline = time.monotonic() + DEADLINE_SECONDS
        while not is_enough(self.seen):
            left = deadline - time.monotonic()
            try:
                self.seen.append(self._events.get(timeout=max(left, 0.001)))
            except queue.Empty:
                raise AssertionError(f'not within {DEADLINE_SECONDS} s; seen: {self.pairs()}') from None
        return self.seen

    def wait_for(self, *pairs: 'tuple[str, str]') -> List[Dict[str, Any]]:
        """Waits until each (type, path) was seen; paths of directories without their slash."""
        return self.until(lambda seen: all(pair in self.pairs() for pair in pairs))

    def pairs(self) -> 'List[tuple[str, str]]':
        return [(event['type'], (event['path'] or '').rstrip('/')) for event in self.seen]

    def close(self) -> None:
        sock = self._client.rest.conninfo.conn.sock if self._client.rest.conninfo.conn else None
        if sock is not None:
            with contextlib.suppress(OSError):  # the server may have been first
                sock.shutdown(socket.SHUT_RDWR)
        self.ended.wait(DEADLINE_SECONDS)
        self._client.close()
