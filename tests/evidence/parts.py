"""A journal of made-up records, and small stand-ins for what a host brings."""

from __future__ import annotations

import hmac
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from loansms.errors import CallerError
from loansms.evidence import Ed25519Signer, key_id, seal_batch
from loansms.evidence.keys import SM2, public_line
from loansms.model.record import Entry, Leaf, Record, RecordKind, Seal

START = datetime(2026, 9, 24, 2, tzinfo=UTC)
SIGNER = Ed25519Signer("bank.example/evidence", bytes(range(32)))
KEYS = [SIGNER.verifier()]
KINDS = list(RecordKind)


class HostSigner:
    """What a host with an SM2 device brings, played with a keyed digest: signer and verifier in one."""

    suite = "gm"

    def __init__(self, secret: bytes = b"device") -> None:
        self.key_id = key_id("bank.example/gm", SM2, secret)
        self.public = public_line("bank.example/gm", SM2, secret)
        self._secret = secret

    def sign(self, said: bytes) -> bytes:
        return hmac.digest(self._secret, said, "sha256")

    def is_signed(self, said: bytes, signature: bytes) -> bool:
        return hmac.compare_digest(self.sign(said), signature)


def stamper(digest: bytes) -> bytes:
    return hmac.digest(b"authority", digest, "sha256")


def stamp_check(digest: bytes, token: bytes) -> datetime | None:
    return START if hmac.compare_digest(stamper(digest), token) else None


def entry(number: int, **changes: object) -> Entry:
    values = {
        "kind": KINDS[number % len(KINDS)],
        "at": START + timedelta(minutes=10 * number),
        "debtor": f"bank|B-{number % 3}",
        "loan_id": f"L-{number % 4}",
        "step_key": f"step-{number}",
        "data": {
            "policy": "cn-consumer 3",
            "reasons": ["quiet_hours"],
            "body": f"intl:{number:064x}",
            "sent": True,
        },
    }
    return Entry(number=number, record=Record(**(values | changes)))


def read_or_refused(read, said):
    """What the reader says of it, or its refusal, which has its Chinese twin."""
    try:
        return read(said)
    except CallerError as refused:
        return refused


Journal = tuple[list[Entry], list[Leaf], list[Seal]]


def journal(sizes: Iterable[int] = (7, 0, 5, 8), signer=SIGNER, more: int = 2) -> Journal:
    """Batches of those sizes, their numbers with gaps, and `more` entries that are not sealed yet."""
    entries, leaves, seals = [], [], []
    number = 1
    for size in sizes:
        batch = [entry(number + 2 * at) for at in range(size)]
        number += 2 * size
        new, seal = seal_batch(
            seals[-1] if seals else None,
            batch,
            signer,
            at=START + timedelta(minutes=10 * number + len(seals)),
        )
        entries += batch
        leaves += new
        seals.append(seal)
    return [*entries, *(entry(number + at) for at in range(more))], leaves, seals
