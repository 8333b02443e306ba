"""ECDSA P-256 key pairs as the key store wants them, and snapshots that they lock."""

import contextlib
import datetime
from typing import Sequence

from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from qumulo.lib.keys import KeyOps
from qumulo.lib.request import RequestError

from kit.sdk import Client


class KeyPair(KeyOps):
    """`public_bytes_as_base64()` and `sign(text)` are the SDK's own; `pem` is what qq reads from a file."""

    def __init__(self) -> None:
        made = generate_private_key(SECP256R1())
        self.pem = made.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
        super().__init__(self.pem)


def in_hours(hours: int) -> str:
    """An expiration soon enough that nothing stays on a real cluster for long, whatever happens."""
    then = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(hours=hours)
    return then.strftime('%Y-%m-%dT%H:%M:%SZ')


def unlock_and_delete(admin: Client, snapshot_id: int, pairs: Sequence[KeyOps]) -> None:
    """For tear-down: whatever state a test left the snapshot in, one of these keys opens it."""
    with contextlib.suppress(RequestError):
        if admin.snapshot.get_snapshot_status(snapshot_id)['lock_key'] is not None:
            challenge = admin.snapshot.get_unlock_challenge_snapshot(snapshot_id)['challenge']
            for pair in pairs:
                with contextlib.suppress(RequestError):
                    admin.snapshot.unlock_snapshot(snapshot_id, pair.sign(challenge))
        admin.snapshot.delete_snapshot(snapshot_id)
