"""The lines of an export: JSON, each in its canonical spelling, readable by a short program of the standard library.

First a head, then the seals from the smallest on (each with the proof that it goes on from the one before), then the
records with the path from each to the first seal over it. An entry stands as the very text whose digest is its leaf.
"""

from __future__ import annotations

from base64 import b64decode, b64encode
from binascii import Error as NoBase64
from collections.abc import Sequence
from typing import NoReturn

from attrs import evolve, frozen

from loansms.errors import CallerError
from loansms.evidence.canonical import canonical, entry_bytes, list_of, parse, read_entry, table_of, text_of
from loansms.evidence.checkpoint import checkpoint_text, read_checkpoint
from loansms.model.record import Entry, Json, Seal

EXPORT_FORMAT = "loansms.export/1"
_HEAD = ("format", "keys", "loan_id", "records", "seals", "suite")
_SEAL = ("checkpoint", "path", "stamp")
_RECORD = ("entry", "path", "place", "seal")


@frozen(kw_only=True)
class HeadLine:
    """Whose export: the loan, the suite, the public keys that signed its seals, and how much the file holds."""

    loan_id: str
    suite: str
    keys: tuple[str, ...]
    records: int
    seals: int

    def text(self) -> str:
        """Return the line."""
        return _line(
            {
                "format": EXPORT_FORMAT, "keys": self.keys, "loan_id": self.loan_id,
                "records": self.records, "seals": self.seals, "suite": self.suite,
            }
        )  # fmt: skip


@frozen(kw_only=True)
class SealLine:
    """A seal, and the consistency proof from the seal of the line before."""

    seal: Seal
    path: tuple[bytes, ...] = ()

    def text(self) -> str:
        """Return the line."""
        return _line(
            {
                "checkpoint": checkpoint_text(self.seal), "path": _coded(self.path),
                "stamp": b64encode(self.seal.stamp).decode(),
            }
        )  # fmt: skip


@frozen(kw_only=True)
class RecordLine:
    """An entry, its place, the size of the first seal over it and the path there; None and () before it is sealed."""

    entry: Entry
    place: int | None = None
    seal: int | None = None
    path: tuple[bytes, ...] = ()

    def text(self) -> str:
        """Return the line."""
        said = entry_bytes(self.entry).decode()
        return _line({"entry": said, "path": _coded(self.path), "place": self.place, "seal": self.seal})


Line = HeadLine | SealLine | RecordLine


def read_line(text: str) -> Line:
    """Return what a line says; CallerError for anything but the exact spelling of one of the three."""
    try:
        value = parse(text.encode(), "export")
    except UnicodeEncodeError:
        _refuse()
    keys = tuple(sorted(value)) if isinstance(value, dict) else ()
    if keys == _HEAD:
        return _head(value)
    if keys == _SEAL:
        table = table_of(value, "export", _SEAL)
        seal = read_checkpoint(text_of(table, "checkpoint", "export"))
        line = SealLine(
            seal=evolve(seal, stamp=_bytes(table["stamp"]) if table["stamp"] else b""),
            path=_path(table["path"]),
        )
        return line if line.text() == text else _refuse()
    if keys == _RECORD:
        table = table_of(value, "export", _RECORD)
        entry = read_entry(text_of(table, "entry", "export").encode())
        place, size, path = table["place"], table["seal"], _path(table["path"])
        if (place is None) != (size is None) or (place is None and path):
            _refuse()
        return RecordLine(
            entry=entry, place=_count(place, or_none=True), seal=_count(size, or_none=True), path=path
        )
    return _refuse()


def _head(value: Json) -> HeadLine:
    table = table_of(value, "export", _HEAD)
    keys = list_of(table["keys"], "export")
    if table["format"] != EXPORT_FORMAT:
        _refuse()
    return HeadLine(
        loan_id=text_of(table, "loan_id", "export"),
        suite=text_of(table, "suite", "export"),
        keys=tuple(str(key) for key in keys),
        records=_count(table["records"]) or 0,
        seals=_count(table["seals"]) or 0,
    )


def _count(value: Json, *, or_none: bool = False) -> int | None:
    if (value is None and or_none) or (isinstance(value, int) and not isinstance(value, bool) and value >= 0):
        return value
    return _refuse()


def _path(value: Json) -> tuple[bytes, ...]:
    return tuple(_bytes(one) for one in list_of(value, "export"))


def _bytes(coded: Json) -> bytes:
    try:
        said = b64decode(coded, validate=True) if isinstance(coded, str) else b""
    except (NoBase64, ValueError):
        said = b""
    return said if said and b64encode(said).decode() == coded else _refuse()


def _coded(path: Sequence[bytes]) -> tuple[str, ...]:
    return tuple(b64encode(one).decode() for one in path)


def _line(table: dict[str, Json]) -> str:
    return canonical(table, "export").decode()


def _refuse() -> NoReturn:
    raise CallerError("export: expected a line of loansms.export/1", "export：应为 loansms.export/1 的一行")
