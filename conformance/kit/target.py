"""Which cluster is tested: the emulator that scripts/conformance.mjs started, or a real one (QWARDEN_CONFORMANCE_HOST)."""

import json
import os
from dataclasses import dataclass
from typing import Optional


@dataclass(frozen=True)
class Target:
    host: str
    port: int
    username: Optional[str]
    password: Optional[str]
    token: Optional[str]
    #: SHA-256 of the server's certificate in lower-case hex without colons; None when nobody told us.
    fingerprint: Optional[str]
    #: Directory that the run may fill; it cleans up behind itself.
    directory: str
    is_emulator: bool


def _fingerprint(text: Optional[str]) -> Optional[str]:
    return text.replace(':', '').lower() if text else None


def load(worker: str) -> Target:
    """
    The target of one pytest worker. With several workers each has an emulator of its own, so that a test
    may change cluster-wide settings; a real cluster is always tested by one worker.
    """
    emulators = json.loads(os.environ.get('QWARDEN_CONFORMANCE_EMULATORS', '[]'))
    if emulators:
        index = int(worker[2:]) if worker.startswith('gw') else 0
        told = emulators[index]
        return Target(
            host=told['host'],
            port=int(told['port']),
            username=told['username'],
            password=told['password'],
            token=told.get('accessToken'),
            fingerprint=_fingerprint(told.get('fingerprint256')),
            directory='/conformance',
            is_emulator=True,
        )
    if 'QWARDEN_CONFORMANCE_HOST' not in os.environ:
        raise SystemExit(
            'Start this with "npm run conformance": it starts the emulator, or takes QWARDEN_CONFORMANCE_HOST.'
        )
    return Target(
        host=os.environ['QWARDEN_CONFORMANCE_HOST'],
        port=int(os.environ.get('QWARDEN_CONFORMANCE_PORT', '8000')),
        username=os.environ.get('QWARDEN_CONFORMANCE_USERNAME'),
        password=os.environ.get('QWARDEN_CONFORMANCE_PASSWORD'),
        token=os.environ.get('QWARDEN_CONFORMANCE_TOKEN'),
        fingerprint=_fingerprint(os.environ.get('QWARDEN_CONFORMANCE_FINGERPRINT')),
        directory=os.environ.get('QWARDEN_CONFORMANCE_DIRECTORY', '/qwarden-conformance').rstrip('/'),
        is_emulator=False,
    )
