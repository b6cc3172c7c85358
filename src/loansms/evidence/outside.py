"""Checkpoints that left the machine: what a journal must still lead to, and the only witness of a tail cut off."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from loansms.errors import CallerError
from loansms.evidence.checkpoint import checkpoint_text
from loansms.evidence.finding import Finding, FindingCode
from loansms.evidence.keys import Verifier
from loansms.evidence.seals_check import Note, signature_fault
from loansms.model.record import Seal


class Outside:
    """The checkpoints by size; each is compared with the leaves, and must stand among the seals."""

    def __init__(
        self, given: Iterable[Seal], keys: Mapping[str, Verifier], note: Note, since: Seal | None
    ) -> None:
        self._note = note
        self._due: dict[int, list[Seal]] = {}
        for one in given:
            if signature_fault(one, keys):
                note(Finding(FindingCode.CHECKPOINT_FORGED, seal=one.size))
                continue
            if since is not None and one.size < since.size:
                raise CallerError(
                    f"outside: the checkpoint of {one.size} lies before `since`; check from the beginning",
                    f"outside：大小为 {one.size} 的检查点早于 since，请从头核验",
                )
            self._due.setdefault(one.size, []).append(one)
        self._missed = {checkpoint_text(one): one for ones in self._due.values() for one in ones}
        if since is not None:
            self.sealed(since)

    def sealed(self, seal: Seal) -> None:
        """Take note of a seal that is there."""
        if self._missed:
            self._missed.pop(checkpoint_text(seal), None)

    def is_due(self, size: int) -> bool:
        """Return whether there is a checkpoint of this size."""
        return size in self._due

    def compare(self, size: int, root: bytes) -> None:
        """Hold the root over the first `size` leaves against the checkpoints of that size."""
        if any(one.root != root for one in self._due[size]):
            self._note(Finding(FindingCode.CHECKPOINT_DIFFERS, seal=size))

    def end(self, place: int) -> None:
        """Tell what the journal, which ends at `place`, no longer has."""
        for size in sorted({one.size for one in self._missed.values()}):
            code = FindingCode.TAIL_CUT if size > place else FindingCode.SEAL_MISSING
            self._note(Finding(code, seal=size, place=place))
