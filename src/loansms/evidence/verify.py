"""Check a journal against its seals: what was changed, added, left out, moved, cut off or forged, by name and place.

Everything is read once, as a stream; memory holds the tree's frontier, a window of entries, and what is wrong. Where a
stretch between two seals does not hold, the check goes on from the next seal's signed state, so that one change is
told once and hides no other.

>>> from datetime import UTC, datetime
>>> from attrs import evolve
>>> from loansms.evidence.keys import Ed25519Signer
>>> from loansms.evidence.sealing import seal_batch
>>> from loansms.model.record import Record, RecordKind
>>> at = datetime(2026, 9, 24, 2, tzinfo=UTC)
>>> entries = [Entry(number=n, record=Record(kind=RecordKind.CLAIMED, at=at, debtor="bank|B-1")) for n in range(9)]
>>> signer = Ed25519Signer("bank.example/evidence", bytes(range(32)))
>>> leaves, seal = seal_batch(None, entries, signer, at=at)
>>> verify(entries, leaves, [seal], [signer.verifier()]).is_proved
True
>>> entries[5] = evolve(entries[5], record=evolve(entries[5].record, debtor="bank|B-2"))
>>> [found.told() for found in verify(entries, leaves, [seal], [signer.verifier()]).findings]
['record 5 (place 5) is not what was sealed']
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import timedelta

from loansms.errors import CallerError, ConfigurationError
from loansms.evidence.finding import Finding, FindingCode, Verdict
from loansms.evidence.keys import StampCheck, Verifier
from loansms.evidence.outside import Outside
from loansms.evidence.rows import Rows
from loansms.evidence.seals_check import SealCheck, has_its_frontier, signature_fault
from loansms.evidence.suites import Suite, suite_named
from loansms.evidence.walk import Stopped, Walk
from loansms.model.record import Entry, Leaf, Seal

LATE = timedelta(minutes=5)
"""How long a record may take from its time to its commit, and so come after a later one was sealed."""


def verify(
    entries: Iterable[Entry],
    leaves: Iterable[Leaf],
    seals: Iterable[Seal],
    verifiers: Iterable[Verifier],
    outside: Iterable[Seal] = (),
    *,
    stamps: StampCheck | None = None,
    since: Seal | None = None,
    late: timedelta = LATE,
    window: int = 50_000,
    most: int = 1_000,
) -> Verdict:
    """Return what is not as it was sealed; without a finding everything up to the last seal is proved.

    ``entries`` come by number or, better, in the order of their leaves; ``leaves`` by place, ``seals`` as they were
    made; ``verifiers`` are the public keys that are trusted, all those that ever signed. ``outside`` are checkpoints
    that left the machine (`read_checkpoint`): only they show that a tail was cut off. ``since`` is a seal from which
    to go on, checked before; entries and leaves then begin after it. The check stops at `most` findings.

    Raises ConfigurationError without a verifier or for one of an unknown suite, CallerError for a `since` that is not
    signed by one of them or lies after a checkpoint.
    """
    keys = {one.key_id: one for one in verifiers}
    if not keys:
        raise ConfigurationError("verifiers: expected at least one public key", "verifiers：至少需要一个公钥")
    if since is not None and (signature_fault(since, keys) or not has_its_frontier(since)):
        raise CallerError("since: expected a sound seal of a trusted key", "since：应为受信密钥的有效封印")
    found = _Findings(most)
    checked = SealCheck(keys, found.note, stamps, since)
    held = Outside(outside, keys, found.note, since)
    sound = checked.sound(seals)
    seal = next(sound, None)
    suite = _suite(keys, seal or since)
    walk = Walk(suite, Rows(entries, suite, window), found.note, held, since, late, most)
    try:
        for leaf in leaves:
            while seal is not None and seal.size <= walk.reach(leaf):
                walk.close(seal)
                seal = next(sound, None)
            walk.leaf(leaf)
        while seal is not None:
            walk.close(seal)
            seal = next(sound, None)
        walk.end(faulty_end=checked.faulty_end)
    except Stopped:
        found.list.append(Finding(FindingCode.STOPPED, place=walk.place))
    last = checked.last
    return Verdict(
        findings=tuple(found.list),
        records=walk.rows.read,
        seals=checked.count + (since is not None),
        sealed=last.size if last else 0,
        until=last.at if last else None,
        unsealed=walk.unsealed,
        oldest_unsealed=walk.oldest_unsealed,
        stamps=checked.checked_stamps,
        unchecked_stamps=checked.unchecked_stamps,
    )


class _Findings:
    def __init__(self, most: int) -> None:
        self.list: list[Finding] = []
        self._most = most

    def note(self, finding: Finding) -> None:
        """Keep a finding; too many end the check."""
        self.list.append(finding)
        if len(self.list) >= self._most:
            raise Stopped


def _suite(keys: Mapping[str, Verifier], seal: Seal | None) -> Suite:
    return suite_named(seal.suite if seal else next(iter(keys.values())).suite)
