"""Check an export: every signature, that each seal goes on from the one before, and every record's path to a seal.

It proves that these records were there, in these words, when those seals were given. It cannot prove that no record
of the loan was left out of the file: that takes the journal itself (`verify`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from loansms.errors import CallerError
from loansms.evidence.canonical import entry_bytes
from loansms.evidence.checkpoint import checkpoint_text, seal_digest
from loansms.evidence.export_lines import HeadLine, RecordLine, SealLine, read_line
from loansms.evidence.finding import Finding, FindingCode, Verdict
from loansms.evidence.keys import StampCheck, Verifier
from loansms.evidence.proofs import is_beginning, is_included
from loansms.evidence.seals_check import signature_fault
from loansms.evidence.suites import SUITES
from loansms.model.record import Seal


def verify_export(
    lines: Iterable[str],
    verifiers: Iterable[Verifier],
    outside: Iterable[Seal] = (),
    *,
    stamps: StampCheck | None = None,
) -> Verdict:
    """Return what is wrong with an export, each by its line; without a finding its sealed records are proved.

    ``verifiers`` are keys had from elsewhere than the file (`keys_of` reads the file's own, which prove no more than
    that it fits together); ``outside`` checkpoints that left the lender's machines earlier.
    """
    check = _Check({one.key_id: one for one in verifiers}, stamps)
    for number, text in enumerate(lines, 1):
        check.line(number, text.removesuffix("\n"))
    return check.end(outside)


def keys_of(lines: Iterable[str]) -> tuple[str, ...]:
    """Return the public keys that an export names; CallerError where its first line is none of an export."""
    first = read_line(next(iter(lines), "").removesuffix("\n"))
    if not isinstance(first, HeadLine):
        raise CallerError(
            "export: line 1: expected the head of loansms.export/1", "export：首行应为 loansms.export/1 的头"
        )
    return first.keys


class _Check:
    def __init__(self, keys: Mapping[str, Verifier], stamps: StampCheck | None) -> None:
        self._keys = keys
        self._stamps = stamps
        self._findings: list[Finding] = []
        self._head: HeadLine | None = None
        self._seals: list[tuple[int, Seal]] = []  # each with its line; the sound ones
        self._before: Seal | None = None
        self._seal_lines = 0
        self._records: list[RecordLine] = []
        self._numbers: set[int] = set()
        self._turn = (False, -1)
        self._stamp_counts = [0, 0]

    def line(self, number: int, text: str) -> None:
        """Take the next line."""
        try:
            said = read_line(text)
        except CallerError:
            said = None
        in_turn = isinstance(said, HeadLine) == (number == 1) and not (
            isinstance(said, SealLine) and self._records
        )
        if said is None or not in_turn:
            self._note(FindingCode.UNREADABLE, number)
        elif isinstance(said, HeadLine):
            self._head = said
        elif isinstance(said, SealLine):
            self._seal(number, said)
        else:
            self._record(number, said)

    def _seal(self, number: int, said: SealLine) -> None:
        seal, before = said.seal, self._before
        self._seal_lines += 1
        fault = signature_fault(seal, self._keys)
        if fault is None and self._head is not None and seal.suite != self._head.suite:
            fault = FindingCode.SEAL_FOREIGN
        if fault is None and before and (seal.size, seal.at) <= (before.size, before.at):
            fault = FindingCode.SEAL_ORDER
        if fault is not None:
            self._note(fault, number, seal=seal.size)
            return
        if before is None:
            goes_on = not said.path
        else:
            goes_on = is_beginning(
                SUITES[seal.suite],
                old=before.size,
                old_root=before.root,
                size=seal.size,
                root=seal.root,
                path=said.path,
            )
        if not goes_on:
            self._note(FindingCode.NOT_CONSISTENT, number, seal=seal.size)
        self._stamp(number, seal)
        self._before = seal
        self._seals.append((number, seal))

    def _stamp(self, number: int, seal: Seal) -> None:
        if seal.stamp and self._stamps is not None:
            right = self._stamps(seal_digest(SUITES[seal.suite], seal), seal.stamp) is not None
            if not right:
                self._note(FindingCode.STAMP_WRONG, number, seal=seal.size)
            self._stamp_counts[0] += right
        elif seal.stamp:
            self._stamp_counts[1] += 1

    def _record(self, number: int, said: RecordLine) -> None:
        entry = said.entry
        self._records.append(said)
        if self._head is None or entry.record.loan_id != self._head.loan_id:
            self._note(FindingCode.OTHER_LOAN, number, record=entry.number)
        if entry.number in self._numbers:
            self._note(FindingCode.RECORD_ADDED, number, record=entry.number)
        self._numbers.add(entry.number)
        # Sealed ones by place, then the others by number.
        turn = (said.place is None, entry.number if said.place is None else said.place)
        if turn <= self._turn:
            self._note(FindingCode.LEAF_ORDER, number, record=entry.number, place=said.place)
        self._turn = max(turn, self._turn)
        if said.place is None or said.seal is None:
            return
        seal = next((seal for _, seal in self._seals if seal.size == said.seal), None)
        suite = SUITES[seal.suite] if seal else None
        if not (
            seal
            and suite
            and is_included(
                suite,
                suite.leaf(entry_bytes(entry)),
                place=said.place,
                size=seal.size,
                path=said.path,
                root=seal.root,
            )
        ):
            self._note(
                FindingCode.NOT_INCLUDED, number, record=entry.number, place=said.place, seal=said.seal
            )

    def end(self, outside: Iterable[Seal]) -> Verdict:
        """Return what it came to."""
        seals = [seal for _, seal in self._seals]
        used = {self._keys[seal.key_id].public for seal in seals}
        head = self._head
        if (
            head is None
            or (head.records, head.seals) != (len(self._records), self._seal_lines)
            or (len(seals) == self._seal_lines and head.keys != tuple(sorted(used)))
        ):
            self._note(FindingCode.COUNT, 1)
        for one in outside:
            self._compare(one, seals)
        sealed = [record for record in self._records if record.seal is not None]
        unsealed = [record.entry.record.at for record in self._records if record.seal is None]
        return Verdict(
            findings=tuple(self._findings),
            records=len(self._records),
            seals=len(seals),
            sealed=len(sealed),
            until=seals[-1].at if seals else None,
            unsealed=len(unsealed),
            oldest_unsealed=min(unsealed, default=None),
            stamps=self._stamp_counts[0],
            unchecked_stamps=self._stamp_counts[1],
        )

    def _compare(self, one: Seal, seals: list[Seal]) -> None:
        if signature_fault(one, self._keys):
            self._note(FindingCode.CHECKPOINT_FORGED, None, seal=one.size)
            return
        same_size = [seal for seal in seals if seal.size == one.size]
        if any(seal.root != one.root for seal in same_size):
            self._note(FindingCode.CHECKPOINT_DIFFERS, None, seal=one.size)
        elif not any(checkpoint_text(seal) == checkpoint_text(one) for seal in same_size):
            self._note(FindingCode.CHECKPOINT_ABSENT, None, seal=one.size)

    def _note(
        self,
        code: FindingCode,
        line: int | None,
        *,
        record: int | None = None,
        place: int | None = None,
        seal: int | None = None,
    ) -> None:
        self._findings.append(Finding(code, number=record, place=place, seal=seal, line=line))
