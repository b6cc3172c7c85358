"""Who signs a seal and who checks it: Ed25519 here, anything else behind the same Protocols.

A key id is `name+hash` as in C2SP's signed notes: the name is the origin of the journal (such as
"bank.example/evidence"), the hash four bytes over name, kind and public key in hexadecimal. `public` is the line to
publish, from which anybody makes a verifier. SM2 is not in `cryptography`: a host of suite `gm` brings its own
`Signer` and `Verifier`, and makes their key id with `key_id(name, SM2, public)`.

>>> signer = Ed25519Signer("bank.example/evidence", bytes(range(32)))
>>> signer
Ed25519Signer('bank.example/evidence+ebba4ecb')
>>> checker = Ed25519Verifier(signer.public)
>>> checker.key_id == signer.key_id, checker.is_signed(b"said", signer.sign(b"said")), checker.is_signed(b"else", bytes(64))
(True, True, False)
"""

from __future__ import annotations

import re
from base64 import b64decode, b64encode
from binascii import Error as NoBase64
from datetime import datetime
from hashlib import sha256
from typing import NoReturn, Protocol

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key

from loansms.errors import CallerError, ConfigurationError

ED25519 = b"\x01"
"""The kind of an Ed25519 key in a key id (C2SP signed-note)."""
SM2 = b"\xffloansms/sm2"
"""The kind of an SM2 key: C2SP leaves 0xff and a longer name to kinds it does not list."""

_NAME = re.compile(r"[A-Za-z0-9._/:-]{1,128}")
_ID = re.compile(r"[A-Za-z0-9._/:-]{1,128}\+[0-9a-f]{8}")
_SIZE = 32


class Signer(Protocol):
    """Signs seals: the suite of its journal, its key id, its public line, and the signature over bytes."""

    @property
    def suite(self) -> str:
        """Return the name of the suite."""
        ...

    @property
    def key_id(self) -> str:
        """Return `name+hash`."""
        ...

    def sign(self, said: bytes) -> bytes:
        """Return the signature over `said`."""
        ...


class Verifier(Protocol):
    """One public key, trusted by who checks: its suite, its id, the line that publishes it, and the check."""

    @property
    def suite(self) -> str:
        """Return the name of the suite."""
        ...

    @property
    def key_id(self) -> str:
        """Return `name+hash`."""
        ...

    @property
    def public(self) -> str:
        """Return the line that publishes the key."""
        ...

    def is_signed(self, said: bytes, signature: bytes) -> bool:
        """Return whether `signature` is this key's over `said`; False, never an exception, for a bad one."""
        ...


class TimeStamper(Protocol):
    """An authority of time stamps (RFC 3161), asked by the host; no implementation here calls a network."""

    def __call__(self, digest: bytes) -> bytes:
        """Return the DER of a token over `digest`, which the journal's suite made."""
        ...


class StampCheck(Protocol):
    """Whoever can read a time stamp: with the authority's certificates, which the host chooses."""

    def __call__(self, digest: bytes, token: bytes) -> datetime | None:
        """Return the moment the token vouches for `digest` at, aware, None where it does not."""
        ...


def key_id(name: str, kind: bytes, public: bytes) -> str:
    """Return the id of a public key; CallerError for a name of anything but letters, digits and . _ / : -"""
    if not _NAME.fullmatch(name):
        raise CallerError(
            "name: expected 1 to 128 letters, digits and . _ / : -, such as bank.example/evidence",
            "name：应为 1 至 128 位字母、数字及 . _ / : -，例如 bank.example/evidence",
        )
    hashed = sha256(name.encode() + b"\n" + kind + public).hexdigest()
    return f"{name}+{hashed[:8]}"


def is_key_id(said: str) -> bool:
    """Return whether this is the form of a key id."""
    return bool(_ID.fullmatch(said))


def public_line(name: str, kind: bytes, public: bytes) -> str:
    """Return the line that publishes a key: its id, and kind and key in base64."""
    return f"{key_id(name, kind, public)}+{b64encode(kind + public).decode()}"


class Ed25519Signer:
    """Signs with an Ed25519 key: 32 secret bytes, or a PEM (PKCS 8) without or with its password.

    Raises ConfigurationError, without the key, for anything else.
    """

    suite = "intl"

    def __init__(self, name: str, private: bytes, password: bytes | None = None) -> None:
        key = _private(private, password)
        del private, password  # no frame of ours keeps them, whatever prints its local variables
        if key is None:
            del self  # half built, it could not be shown
            raise ConfigurationError(
                "private: expected 32 bytes or the PEM of an Ed25519 key, and its password where it has one",
                "private 应为 32 字节，或 Ed25519 私钥的 PEM（加密的须给出口令）",
            )
        self._key = key
        public = key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        self.key_id: str = key_id(name, ED25519, public)
        self.public: str = public_line(name, ED25519, public)

    def __repr__(self) -> str:
        return f"Ed25519Signer({self.key_id!r})"

    def __reduce__(self) -> NoReturn:
        raise TypeError("an Ed25519Signer is not pickled: build it from the key store where it is needed")

    def sign(self, said: bytes) -> bytes:
        """Return the 64 bytes of the signature."""
        return self._key.sign(said)

    def verifier(self) -> Ed25519Verifier:
        """Return the verifier of this key."""
        return Ed25519Verifier(self.public)


class Ed25519Verifier:
    """Checks with the key that a line published; CallerError for a line that is no Ed25519 key, or not of its id."""

    suite = "intl"

    def __init__(self, public: str) -> None:
        name, _, rest = public.strip().partition("+")
        hashed, _, coded = rest.partition("+")
        try:
            raw = b64decode(coded, validate=True)
        except NoBase64:
            raw = b""
        right = raw[:1] == ED25519 and len(raw) == _SIZE + 1 and b64encode(raw).decode() == coded
        if (
            not right
            or not is_key_id(f"{name}+{hashed}")
            or key_id(name, ED25519, raw[1:]) != f"{name}+{hashed}"
        ):
            raise CallerError(
                "public key: expected one line name+hash+base64 of an Ed25519 key",
                "公钥应为一行 name+hash+base64 形式的 Ed25519 公钥",
            )
        self._key = Ed25519PublicKey.from_public_bytes(raw[1:])
        self.key_id: str = f"{name}+{hashed}"
        self.public: str = f"{name}+{hashed}+{coded}"

    def __repr__(self) -> str:
        return f"Ed25519Verifier({self.key_id!r})"

    def is_signed(self, said: bytes, signature: bytes) -> bool:
        """Return whether `signature` is this key's over `said`."""
        try:
            self._key.verify(signature, said)
        except InvalidSignature:
            return False
        return True


def _private(given: bytes, password: bytes | None) -> Ed25519PrivateKey | None:
    if len(given) == _SIZE:
        return Ed25519PrivateKey.from_private_bytes(given)
    try:
        key = load_pem_private_key(given, password)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        return None
    return key if isinstance(key, Ed25519PrivateKey) else None
