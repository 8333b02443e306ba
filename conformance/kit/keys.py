"""ECDSA P-256 key pairs as the key store wants them."""

from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from qumulo.lib.keys import KeyOps


class KeyPair(KeyOps):
    """`public_bytes_as_base64()` and `sign(text)` are the SDK's own; `pem` is what qq reads from a file."""

    def __init__(self) -> None:
        made = generate_private_key(SECP256R1())
        self.pem = made.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
        super().__init__(self.pem)
