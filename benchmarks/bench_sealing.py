"""Sealing a field at rest, against one raw AES-256-GCM encryption of the same bytes in the same run.

A record is a text of about 70 characters. `Its subject's key at hand` is a desk or a worker that meets a borrower
again; `of a new subject` makes a key, wraps it, and seals a phone, a name and a text with it. Time is this thread's alone.
"""

from __future__ import annotations

import gc
import secrets
import time
from collections.abc import Callable
from datetime import UTC, datetime
from statistics import median

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from loansms.privacy import (
    BlindIndex,
    DataKey,
    DataKeys,
    Envelope,
    StaticKeys,
    body_digest,
    masked,
    open_field,
    seal_field,
)
from loansms.privacy.fields import VERSION
from loansms.privacy.suites import NONCE

ROUNDS = 15
TURN = 2000
NOW = datetime(2026, 9, 24, tzinfo=UTC)
WORDS = "【示例贷款】尊敬的张三，您的贷款（尾号0042）应还1,256.30元，9月24日到期，请按时还款。"
VALUES = ("张三", "0042", "1,256.30元", "9月24日")
BODY = WORDS.encode()
NONCE_OF_ALL = bytes(NONCE)  # the same each time: what it costs to draw one is another figure
RAW = AESGCM(secrets.token_bytes(32))
HEAD = bytes([VERSION]) * 80  # as long as the associated data of a field


def timed(act: Callable[[], object]) -> float:
    """Return microseconds a call, the collector at rest as `timeit` has it."""
    gc.disable()
    began = time.thread_time()
    for _ in range(TURN):
        act()
    took = time.thread_time() - began
    gc.enable()
    return took / TURN * 1e6


def key_of(suite: str) -> DataKey:
    size = 32 if suite == "intl" else 16
    return DataKey(secrets.token_bytes(size), tenant="main", subject="B-1", suite=suite)


def seal(key: DataKey, plain: bytes = BODY, field: str = "body") -> bytes:
    return seal_field(
        key,
        plain,
        tenant="main",
        table="messages",
        subject="B-1",
        field=field,
        row="M-20260924-0001",
        nonce=NONCE_OF_ALL,
    )


def opened(key: DataKey, sealed: bytes) -> bytes:
    return open_field(
        key, sealed, tenant="main", table="messages", subject="B-1", field="body", row="M-20260924-0001"
    )


def measure() -> dict[str, float]:
    """Return the median microseconds of everything that is measured."""
    intl, gm = key_of("intl"), key_of("gm")
    sealed, sealed_gm = seal(intl), seal(gm)
    envelope = Envelope(
        StaticKeys({"2026a": secrets.token_bytes(32)}, current="2026a"), held=DataKeys(most=0)
    )
    held = Envelope(StaticKeys({"2026a": secrets.token_bytes(32)}, current="2026a"))
    wrapped = envelope.new_key(secrets.token_bytes(32), tenant="main", subject="B-1")
    at_hand = held.new_key(secrets.token_bytes(32), tenant="main", subject="B-1")
    index = BlindIndex({"i1": secrets.token_bytes(32)})

    def new_subject() -> None:
        made = envelope.new_key(secrets.token_bytes(32), tenant="main", subject="B-1")
        key = envelope.data_key(made, NOW)
        seal(key, b"+8613800138000", "phone")
        seal(key, b"\xe5\xbc\xa0\xe4\xb8\x89", "name")
        seal(key)

    acts: dict[str, Callable[[], object]] = {
        "raw": lambda: RAW.encrypt(NONCE_OF_ALL, BODY, HEAD),
        "seal": lambda: seal(intl),
        "open": lambda: opened(intl, sealed),
        "seal gm": lambda: seal(gm),
        "open gm": lambda: opened(gm, sealed_gm),
        "at hand": lambda: seal(held.data_key(at_hand, NOW)),
        "unwrap": lambda: envelope.data_key(wrapped, NOW),
        "rewrap": lambda: envelope.rewrap(wrapped),
        "new subject": new_subject,
        "tag": lambda: index.tags("phone", "main", "+8613800138000"),
        "digest": lambda: body_digest(intl, WORDS),
        "masked": lambda: masked(WORDS, VALUES),
    }
    taken: dict[str, list[float]] = {name: [] for name in acts}
    for _ in range(ROUNDS):
        for name, act in acts.items():
            taken[name].append(timed(act))
    return {name: median(found) for name, found in taken.items()}


def run() -> list[tuple[str, float, str]]:
    took = measure()
    raw = f"one raw AESGCM.encrypt ({took['raw']:.2f} us)"
    named = {
        "seal a record, intl": "seal",
        "open a record, intl": "open",
        "seal a record, gm": "seal gm",
        "open a record, gm": "open gm",
        "seal, its subject's key at hand": "at hand",
        "unwrap a data key (static provider)": "unwrap",
        "re-wrap a data key (static provider)": "rewrap",
        "new subject: key, wrapped, three fields": "new subject",
        "blind tag of a phone": "tag",
        "digest of a body": "digest",
        "a body masked for a desk": "masked",
    }
    return [(name, took[key] / took["raw"], raw) for name, key in named.items()]


if __name__ == "__main__":
    for name, ratio, unit in run():
        print(f"{name:45} {ratio:8.2f} x  {unit}")
