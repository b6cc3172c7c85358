"""A seal as a small text that leaves the machine: what is signed, and what others keep and compare.

It is a checkpoint in the manner of C2SP's tlog-checkpoint within a signed note, which other tools of transparency
logs read too: origin, size, root, then our lines, a blank line, and the signature. It names no loan and no person.

>>> from datetime import datetime
>>> from loansms.evidence.keys import Ed25519Signer
>>> from loansms.evidence.sealing import seal_batch
>>> signer = Ed25519Signer("bank.example/evidence", bytes(range(32)))
>>> _, seal = seal_batch(None, [], signer, at=datetime.fromisoformat("2026-09-24T10:00+08:00"))
>>> print(checkpoint_text(seal))  # doctest: +ELLIPSIS
bank.example/evidence
0
47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=
chain 47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=
time 2026-09-24T02:00:00.000000Z
suite intl
previous -
<BLANKLINE>
— bank.example/evidence ...
<BLANKLINE>
>>> read_checkpoint(checkpoint_text(seal)) == seal
True
"""

from __future__ import annotations

from base64 import b64decode, b64encode
from binascii import Error as NoBase64
from typing import NoReturn

from loansms.errors import CallerError
from loansms.evidence.canonical import read_time, time_text
from loansms.evidence.keys import is_key_id
from loansms.evidence.suites import DIGEST, Suite
from loansms.model.record import Seal

_LINES = ("chain", "time", "suite", "previous")
_HASH = 4  # bytes of a key id's hash before the signature (C2SP signed-note)
_MARK = "— "


def origin_of(seal: Seal) -> str:
    """Return the name of the journal: that of the key, before its hash."""
    return seal.key_id.partition("+")[0]


def statement(seal: Seal) -> bytes:
    """Return what is signed: every value of the seal but the signature itself, the frontier and the stamp."""
    lines = (
        origin_of(seal),
        str(seal.size),
        _coded(seal.root),
        f"chain {_coded(seal.chain)}",
        f"time {time_text(seal.at)}",
        f"suite {seal.suite}",
        f"previous {_coded(seal.previous) or '-'}",
    )
    return ("\n".join(lines) + "\n").encode()


def checkpoint_text(seal: Seal) -> str:
    """Return the seal as `checkpoint.txt` has it: the statement, a blank line, the signature."""
    name, _, hashed = seal.key_id.partition("+")
    return f"{statement(seal).decode()}\n{_MARK}{name} {_coded(bytes.fromhex(hashed) + seal.signature)}\n"


def read_checkpoint(text: str) -> Seal:
    """Return the seal of a checkpoint's text, without frontier and stamp; lines of other signers are passed over.

    Raises CallerError for any other form. Nothing is checked here: `verify` does that, with a key.
    """
    body, _, signed = text.partition("\n\n")
    lines = body.split("\n")
    *signatures, end = signed.split("\n")
    ours = [line for line in signatures if line.startswith(f"{_MARK}{lines[0]} ")]
    form = not end and all(line.startswith(_MARK) for line in signatures)
    if not form or len(lines) != 3 + len(_LINES) or len(ours) != 1:
        _refuse(
            "seven lines, a blank one, and one signature of the same name", "应为七行、空行及同名签名一行"
        )
    told = dict(zip(_LINES, lines[3:], strict=True))
    values = {name: line.removeprefix(f"{name} ") for name, line in told.items()}
    signature = _bytes(ours[0].rpartition(" ")[2])
    key_id = f"{lines[0]}+{signature[:_HASH].hex()}"
    # More digits than any journal has entries would only keep the reader busy.
    if not (lines[1].isascii() and lines[1].isdecimal() and len(lines[1]) < 20) or not is_key_id(key_id):
        _refuse("an origin and a size", "应有来源名与大小")
    seal = Seal(
        size=int(lines[1]),
        root=_bytes(lines[2]),
        chain=_bytes(values["chain"]),
        at=read_time(values["time"], "checkpoint: time"),
        suite=values["suite"],
        key_id=key_id,
        signature=signature[_HASH:],
        previous=b"" if values["previous"] == "-" else _bytes(values["previous"]),
    )
    if statement(seal).decode() != f"{body}\n" or {len(seal.root), len(seal.chain)} != {DIGEST}:
        _refuse("the spelling that `checkpoint_text` writes", "格式与写出的不一致")
    return seal


def seal_digest(suite: Suite, seal: Seal) -> bytes:
    """Return the digest of the checkpoint's text: what the next seal holds fast, and what a time stamp is asked for."""
    return suite.hash(checkpoint_text(seal).encode())


def _coded(said: bytes) -> str:
    return b64encode(said).decode()


def _bytes(coded: str) -> bytes:
    try:
        said = b64decode(coded, validate=True)
    except (NoBase64, ValueError):
        said = b""
    if not said or _coded(said) != coded:
        _refuse("base64", "应为 base64")
    return said


def _refuse(expected: str, expected_zh: str) -> NoReturn:
    raise CallerError(f"checkpoint: expected {expected}", f"检查点{expected_zh}")
