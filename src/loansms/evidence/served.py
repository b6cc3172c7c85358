"""A document that was served, joined from its records: what was agreed, which bytes went, and every time that is known.

>>> from datetime import UTC, datetime
>>> from loansms.model.record import Entry, Record
>>> at = datetime(2026, 11, 20, 2, tzinfo=UTC)
>>> sent = Record(kind=RecordKind.CLAIMED, at=at, debtor="bank|B-1", loan_id="L-1", step_key="s",
...     data={"channel": "email", "attachments": ({"name": "n.pdf", "type": "application/pdf", "bytes": 9, "sha256": "ab"},)})
>>> took = Record(kind=RecordKind.FINISHED, at=at, debtor="bank|B-1", step_key="s", data={"state": "accepted"})
>>> [found] = served([Entry(number=1, record=sent), Entry(number=2, record=took)])
>>> found.files[0].name, [one.record.kind.value for one in found.after]
('n.pdf', ['finished'])
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from typing import Final

from attrs import define, field, frozen

from loansms.evidence.finding import Finding, FindingCode
from loansms.model.record import Entry, Json, Record, RecordKind

# What may come after a claim, each with its time: the provider's answer, its silence, receipts, a person's word.
AFTER: Final = frozenset({RecordKind.FINISHED, RecordKind.EXPIRED, RecordKind.RECEIPT, RecordKind.RESOLVED})


@frozen
class ServedFile:
    """One file as the record of its claim names it; ``sha256`` is that of its exact bytes, in hex."""

    name: str
    media_type: str
    size: int
    sha256: str


@define(kw_only=True)
class Served:
    """One message with files: its claim, the agreement it went by (empty for files that need none), what came after."""

    claim: Entry
    files: tuple[ServedFile, ...]
    agreement: Mapping[str, Json]
    after: list[Entry] = field(factory=list[Entry])


def served(entries: Iterable[Entry]) -> list[Served]:
    """Return the messages with files among `entries`, in their order; what came after belongs to the latest claim of its step."""
    found: list[Served] = []
    latest: dict[str, Served] = {}
    for entry in entries:
        record = entry.record
        if record.kind is RecordKind.CLAIMED:
            latest.pop(record.step_key, None)
            if files := _files(record):
                agreement = record.data.get("agreement")
                one = Served(
                    claim=entry, files=files, agreement=agreement if isinstance(agreement, Mapping) else {}
                )
                latest[record.step_key] = one
                found.append(one)
        elif record.kind in AFTER and record.step_key in latest:
            latest[record.step_key].after.append(entry)
    return found


def verify_files(entries: Iterable[Entry], given: Mapping[str, bytes]) -> list[Finding]:
    """Return a finding for each of the `given` files, by name, whose SHA-256 no record of `entries` has.

    A changed file is named with the record that names it; one that no record names, without.
    """
    known = [(one.claim.number, file) for one in served(entries) for file in one.files]
    findings: list[Finding] = []
    for name, content in given.items():
        digest = hashlib.sha256(content).hexdigest()
        if any(file.sha256 == digest for _, file in known):
            continue
        number = next((number for number, file in known if file.name == name), None)
        code = FindingCode.FILE_UNKNOWN if number is None else FindingCode.FILE_CHANGED
        findings.append(Finding(code, number=number, file=name))
    return findings


def _files(record: Record) -> tuple[ServedFile, ...]:
    listed = record.data.get("attachments", ())
    if not isinstance(listed, list | tuple):
        return ()
    return tuple(
        ServedFile(
            str(one.get("name", "")),
            str(one.get("type", "")),
            size if isinstance(size := one.get("bytes"), int) else 0,
            str(one.get("sha256", "")),
        )
        for one in listed
        if isinstance(one, Mapping)
    )
