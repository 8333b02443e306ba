"""The emulator's control API: what SMB and NFS clients would do, the clock, faults."""

import datetime

from typing import Any, Dict, Optional

from kit.target import Target
from kit.wire import Wire


class Control:
    def __init__(self, cluster: Target, token: str) -> None:
        self._cluster = cluster
        self._token = token

    def call(self, method: str, path: str, body: Optional[Dict[str, Any]] = None) -> Any:
        wire = Wire(self._cluster, self._token)
        answer = wire.send(method, f'/_emulator/{path}', body)
        wire.close()
        assert answer.status == 200, repr(answer)
        return answer.json()

    def open(self, ref: str, **more: Any) -> Any:
        """An SMB client opens a file."""
        return self.call('POST', 'smb/opens', {'ref': ref, **more})

    def lock(self, ref: str, pair: str, **more: Any) -> Any:
        """A client takes (or waits for) a byte-range or share-mode lock."""
        return self.call('POST', 'locks', {'ref': ref, 'pair': pair, **more})

    def release(self, ref: str) -> None:
        """Whatever clients hold on this file is gone."""
        self.call('POST', 'release', {'ref': ref})

    def in_seconds(self, seconds: float) -> str:
        """An RFC 3339 time so far ahead of the cluster's clock, which other tests may have moved."""
        now = datetime.datetime.fromisoformat(self.call('GET', 'clock')['now'].replace('Z', '+00:00'))
        return (now + datetime.timedelta(seconds=seconds)).strftime('%Y-%m-%dT%H:%M:%SZ')

    def move_clock(self, seconds: float) -> None:
        self.call('POST', 'clock', {'action': 'move', 'milliseconds': seconds * 1000})
