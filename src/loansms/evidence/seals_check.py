"""Seals, one by one, in the order in which they were given: which of them are sound, and what is wrong with the others."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Mapping

from loansms.evidence.checkpoint import origin_of, seal_digest, statement
from loansms.evidence.finding import Finding, FindingCode
from loansms.evidence.keys import StampCheck, Verifier, is_key_id
from loansms.evidence.merkle import folded
from loansms.evidence.suites import DIGEST, SUITES
from loansms.model.record import Seal

Note = Callable[[Finding], None]


def signature_fault(seal: Seal, keys: Mapping[str, Verifier]) -> FindingCode | None:
    """Return what is wrong with suite, key or signature of a seal, None for a sound one; the unknown is never sound."""
    if seal.suite not in SUITES:
        return FindingCode.SUITE_UNKNOWN
    key = keys.get(seal.key_id) if is_key_id(seal.key_id) else None
    if key is None:
        return FindingCode.SEAL_FOREIGN
    right = key.suite == seal.suite and len(seal.root) == len(seal.chain) == DIGEST and seal.size >= 0
    return None if right and key.is_signed(statement(seal), seal.signature) else FindingCode.SEAL_FORGED


def has_its_frontier(seal: Seal) -> bool:
    """Return whether the frontier, which is not signed, is that of the signed root."""
    return (
        len(seal.frontier) == seal.size.bit_count() and folded(SUITES[seal.suite], seal.frontier) == seal.root
    )


class SealCheck:
    """Hands on the sound seals and notes the rest; `last` is the last sound one, `faulty_end` a faulty one after it."""

    def __init__(
        self, keys: Mapping[str, Verifier], note: Note, stamps: StampCheck | None, since: Seal | None = None
    ) -> None:
        self._keys = keys
        self._note = note
        self._stamps = stamps
        self.last = since
        self.faulty_end: bool = False
        self.count: int = 0
        self.checked_stamps: int = 0
        self.unchecked_stamps: int = 0

    def sound(self, seals: Iterable[Seal]) -> Generator[Seal]:
        """Yield the sound seals in their order."""
        for seal in seals:
            fault = signature_fault(seal, self._keys) or self._place_fault(seal)
            if fault is not None:
                self._note(Finding(fault, seal=seal.size))
                self.faulty_end = fault is not FindingCode.SEAL_ORDER
                continue
            # After a faulty one nobody can say what its digest was.
            if not self.faulty_end and seal.previous != self._digest_before(seal):
                self._note(Finding(FindingCode.SEAL_MISSING, seal=seal.size))
            self.faulty_end = False
            self._check_stamp(seal)
            self.last = seal
            self.count += 1
            yield seal

    def _place_fault(self, seal: Seal) -> FindingCode | None:
        last = self.last
        if last is None:
            return None
        if (seal.suite, origin_of(seal)) != (last.suite, origin_of(last)):
            return FindingCode.SEAL_FOREIGN
        if seal.size < last.size or (seal.size == last.size and seal.at <= last.at):
            return FindingCode.SEAL_ORDER
        return None

    def _digest_before(self, seal: Seal) -> bytes:
        return seal_digest(SUITES[seal.suite], self.last) if self.last else b""

    def _check_stamp(self, seal: Seal) -> None:
        if not seal.stamp:
            return
        if self._stamps is None:
            self.unchecked_stamps += 1
        elif self._stamps(seal_digest(SUITES[seal.suite], seal), seal.stamp) is None:
            self._note(Finding(FindingCode.STAMP_WRONG, seal=seal.size))
        else:
            self.checked_stamps += 1
