"""Seal what was recorded: leaves in their order, and a signed seal over all of them, from the last seal alone.

>>> from datetime import UTC, datetime
>>> from loansms.evidence.keys import Ed25519Signer
>>> from loansms.model.record import Record, RecordKind
>>> at = datetime(2026, 9, 24, 2, tzinfo=UTC)
>>> entries = [Entry(number=n, record=Record(kind=RecordKind.CLAIMED, at=at, debtor="bank|B-1")) for n in (4, 5, 7)]
>>> signer = Ed25519Signer("bank.example/evidence", bytes(range(32)))
>>> leaves, seal = seal_batch(None, entries, signer, at=at)
>>> [(leaf.place, leaf.number) for leaf in leaves], seal.size, seal.key_id
([(0, 4), (1, 5), (2, 7)], 3, 'bank.example/evidence+ebba4ecb')
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from attrs import evolve

from loansms.errors import CallerError, ConfigurationError
from loansms.evidence.canonical import entry_bytes
from loansms.evidence.checkpoint import origin_of, seal_digest, statement
from loansms.evidence.keys import Signer, TimeStamper, is_key_id
from loansms.evidence.merkle import Tree
from loansms.evidence.suites import suite_named
from loansms.model.record import Entry, Leaf, Seal


def seal_batch(
    previous: Seal | None, entries: Iterable[Entry], signer: Signer, at: datetime
) -> tuple[tuple[Leaf, ...], Seal]:
    """Return the leaves of `entries`, in the order given, and the seal over them and all before.

    ``previous`` is the journal's last seal, None for its first; ``at`` an aware moment. Without entries the seal says
    that nothing came since, and must be later than the last. Raises ConfigurationError where suite or origin are not
    those of the journal, CallerError for a number that stands twice.
    """
    suite = suite_named(signer.suite)
    if not is_key_id(signer.key_id):
        raise ConfigurationError(
            "signer.key_id: expected name+hash (see key_id)", "signer.key_id 应为 name+hash 形式"
        )
    if previous is not None and (previous.suite, origin_of(previous)) != (
        signer.suite,
        signer.key_id.partition("+")[0],
    ):
        raise ConfigurationError(
            f"signer: expected suite {previous.suite} and origin {origin_of(previous)}, those of the journal; "
            "another suite or name begins another journal",
            f"签名者应采用本日志的套件 {previous.suite} 与名称 {origin_of(previous)}；更换须另起日志",
        )
    tree = Tree(suite, previous.frontier, previous.size) if previous else Tree(suite)
    if previous and tree.root() != previous.root:
        raise CallerError(
            f"previous: the frontier of the seal of {previous.size} is not that of its root; verify the journal first",
            f"previous：大小为 {previous.size} 的封印其 frontier 与根不符，请先核验日志",
        )
    chain = previous.chain if previous else suite.empty
    leaves: list[Leaf] = []
    numbers: set[int] = set()
    for entry in entries:
        leaf = suite.leaf(entry_bytes(entry))
        chain = suite.link(chain, leaf)
        leaves.append(Leaf(place=tree.size, number=entry.number, hash=leaf, chain=chain))
        numbers.add(entry.number)
        tree.add(leaf)
    if len(numbers) != len(leaves):
        raise CallerError(
            "entries: a number stands twice; give every entry once", "entries：每个编号应只出现一次"
        )
    if previous and not leaves and at <= previous.at:
        raise CallerError(
            "at: expected a moment after the last seal's, as nothing is new", "无新记录时，at 应晚于上一封印"
        )
    unsigned = Seal(
        size=tree.size,
        root=tree.root(),
        chain=chain,
        at=at,
        suite=signer.suite,
        key_id=signer.key_id,
        signature=b"",
        frontier=tuple(tree.frontier),
        previous=seal_digest(suite, previous) if previous else b"",
    )
    return tuple(leaves), evolve(unsigned, signature=signer.sign(statement(unsigned)))


def stamped(seal: Seal, stamper: TimeStamper) -> Seal:
    """Return the seal with a time stamp of others (RFC 3161) over its checkpoint's text, signature included."""
    return evolve(seal, stamp=stamper(seal_digest(suite_named(seal.suite), seal)))
