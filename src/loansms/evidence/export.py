"""The evidence of one loan as a file that is checked without us: records, their proofs, seals and public keys.

>>> from datetime import UTC, datetime
>>> from loansms.evidence.export_check import verify_export
>>> from loansms.evidence.keys import Ed25519Signer
>>> from loansms.evidence.sealing import seal_batch
>>> from loansms.model.record import Record, RecordKind
>>> at = datetime(2026, 9, 24, 2, tzinfo=UTC)
>>> entries = [
...     Entry(number=n, record=Record(kind=RecordKind.CLAIMED, at=at, debtor="bank|B-1", loan_id=f"L-{n % 2}"))
...     for n in range(9)
... ]
>>> signer = Ed25519Signer("bank.example/evidence", bytes(range(32)))
>>> leaves, seal = seal_batch(None, entries, signer, at=at)
>>> own = [(entry, leaf) for entry, leaf in zip(entries, leaves) if entry.record.loan_id == "L-1"]
>>> lines = export_loan("L-1", own, (leaf.hash for leaf in leaves), [seal], [signer.verifier()])
>>> len(lines), verify_export(lines, [signer.verifier()]).is_proved
(6, True)
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from itertools import pairwise

from loansms.errors import CallerError
from loansms.evidence.checkpoint import checkpoint_text
from loansms.evidence.export_lines import HeadLine, RecordLine, SealLine
from loansms.evidence.keys import Verifier
from loansms.evidence.merkle import Span, consistency_spans, inclusion_spans, subtrees
from loansms.evidence.suites import suite_named
from loansms.model.record import Entry, Leaf, Seal

Own = tuple[Entry, Leaf | None]
"""An entry of the loan with its leaf, None where it is not sealed yet."""


def export_loan(
    loan_id: str,
    own: Iterable[Own],
    hashes: Iterable[bytes],
    seals: Sequence[Seal],
    verifiers: Iterable[Verifier],
    outside: Iterable[Seal] = (),
) -> tuple[str, ...]:
    """Return the lines of the export of one loan, in order.

    ``hashes`` are those of all leaves of the journal by place, read once as a stream; ``seals`` all its seals in
    order; ``verifiers`` the public keys that signed them. ``outside`` are checkpoints the reader holds: their seals
    are put in, so that they can be compared. Raises CallerError where nothing was sealed yet, or a key is not given.
    """
    if not seals:
        raise CallerError("seals: expected at least one; seal the journal first", "尚无封印，请先封存日志")
    suite = suite_named(seals[0].suite)
    given = sorted(own, key=_order)
    sizes = [seal.size for seal in seals]
    held = {checkpoint_text(one) for one in outside}
    # The first seal over each leaf says at what time it was there at the latest.
    over = [bisect_right(sizes, leaf.place) if leaf else len(seals) for _, leaf in given]
    taken = sorted(
        {len(seals) - 1, *(at for at in over if at < len(seals))}
        | {at for at, seal in enumerate(seals) if held and checkpoint_text(seal) in held}
    )
    chosen = [seals[at] for at in taken]
    between = [[], *(consistency_spans(old.size, new.size) for old, new in pairwise(chosen))]
    paths = [
        inclusion_spans(leaf.place, sizes[at]) if leaf and at < len(seals) else list[Span]()
        for (_, leaf), at in zip(given, over, strict=True)
    ]
    roots = subtrees(suite, hashes, (span for spans in (*between, *paths) for span in spans))
    public = {one.key_id: one.public for one in verifiers}
    signed = {seal.key_id for seal in chosen}
    if not signed <= set(public):
        missing = ", ".join(sorted(signed - set(public)))
        raise CallerError(f"verifiers: expected the key {missing} too", f"verifiers 还须包含公钥 {missing}")
    head = HeadLine(
        loan_id=loan_id,
        suite=suite.name,
        keys=tuple(sorted(public[key_id] for key_id in signed)),
        records=len(given),
        seals=len(chosen),
    )
    return (
        head.text(),
        *(
            SealLine(seal=seal, path=tuple(roots[span] for span in spans)).text()
            for seal, spans in zip(chosen, between, strict=True)
        ),
        *(
            RecordLine(
                entry=entry,
                place=leaf.place if leaf and at < len(seals) else None,
                seal=sizes[at] if leaf and at < len(seals) else None,
                path=tuple(roots[span] for span in spans),
            ).text()
            for (entry, leaf), at, spans in zip(given, over, paths, strict=True)
        ),
    )


def _order(one: Own) -> tuple[bool, int]:
    """Sealed ones by place, then the others by number."""
    entry, leaf = one
    return leaf is None, entry.number if leaf is None else leaf.place
