"""The walk along the leaves: each against its entry, the chain, and at a seal's size the signed root."""

from __future__ import annotations

from datetime import datetime, timedelta

from loansms.evidence.finding import Finding, FindingCode
from loansms.evidence.merkle import Tree
from loansms.evidence.number_set import NumberSet
from loansms.evidence.outside import Outside
from loansms.evidence.rows import Rows
from loansms.evidence.seals_check import Note, has_its_frontier
from loansms.evidence.suites import Suite
from loansms.model.record import Entry, Leaf, Seal


class Stopped(Exception):  # never leaves `verify`, which makes it a finding
    """Too much is wrong to go on."""


class Walk:
    """Where the check stands: `place` is that of the next leaf, `begun` that after the last sound seal."""

    def __init__(
        self,
        suite: Suite,
        rows: Rows,
        note: Note,
        outside: Outside,
        since: Seal | None,
        late: timedelta,
        most: int,
    ) -> None:
        self.rows = rows
        self._suite = suite
        self._note = note
        self._outside = outside
        self._late = late
        self._most = most
        self._tree = Tree(suite, since.frontier, since.size) if since else Tree(suite)
        self.place: int = self._tree.size
        self._begun = self.place
        self._chain = since.chain if since else suite.empty  # as computed
        self._claimed: bytes | None = self._chain  # as the leaf before says; None after a gap
        self._whole = True  # False from a gap to the next seal: the tree cannot be computed
        self._gaps: list[tuple[int, int]] = []
        self._waiting: dict[int, Leaf] = {}  # sealed, and their entry not come yet
        self._named = NumberSet()
        self._highest = -1
        self._sealed_at: datetime | None = since.at if since else None
        self.unsealed: int = 0
        self.oldest_unsealed: datetime | None = None
        self._compare()

    def reach(self, leaf: Leaf) -> int:
        """Return the place up to which nothing can come any more once this leaf has: seals until there are due."""
        is_gap = leaf.place > self.place and not self._follows(leaf.hash, leaf.chain)
        return leaf.place if is_gap else self.place

    def leaf(self, leaf: Leaf) -> None:
        """Take the next leaf."""
        follows = self._follows(leaf.hash, leaf.chain)
        place_changed = leaf.place != self.place and follows
        if leaf.place > self.place and not place_changed:
            self._gaps.append((self.place, leaf.place))
            self.place, self._whole, self._claimed = leaf.place, False, None
        elif leaf.place < self.place and not place_changed:
            self._out_of_order(leaf)
            return
        number, hashed = self._entry_of(leaf, follows)
        if place_changed:
            self._note(Finding(FindingCode.LEAF_CHANGED, number=number, place=self.place))
        if self._claimed is not None and not self._follows(hashed, leaf.chain):
            self._note(Finding(FindingCode.CHAIN_CHANGED, place=self.place, until=self.place + 1))
            self._chain = self._suite.link(self._chain, hashed)
        else:
            self._chain = leaf.chain
        self._claimed = leaf.chain
        if self._whole:
            self._tree.add(hashed)
        self.place += 1
        self._compare()

    def close(self, seal: Seal) -> None:
        """Hold what was walked against a seal, and go on from its signed state."""
        self._outside.sealed(seal)
        self._tell_gaps()
        right = has_its_frontier(seal)
        if not right:
            self._note(Finding(FindingCode.FRONTIER_CHANGED, seal=seal.size))
        if seal.size > self.place:
            self._note(Finding(FindingCode.LEAF_MISSING, place=self.place, until=seal.size))
            self.place, self._whole = seal.size, False
        elif self._whole and self._tree.root() != seal.root:
            self._note(Finding(FindingCode.REWRITTEN, place=self._begun, until=seal.size, seal=seal.size))
            self._whole = False
        elif self._whole and self._chain != seal.chain:
            self._note(Finding(FindingCode.CHAIN_CHANGED, place=self._begun, until=seal.size))
        if right and seal.size == self.place:
            lost, self._whole = not self._whole, True
            self._tree = Tree(self._suite, seal.frontier, seal.size)
            if lost:
                self._compare()
        self._chain = self._claimed = seal.chain
        self._begun, self._sealed_at = seal.size, seal.at

    def end(self, *, faulty_end: bool) -> None:
        """Tell what is left over when leaves and seals have ended."""
        self._tell_gaps()
        self.unsealed = self.place - self._begun
        if self.place > self._begun and not faulty_end:
            self._note(Finding(FindingCode.LEAVES_UNSEALED, place=self._begun, until=self.place))
        for entry in self.rows.rest():
            self._left_over(entry)
        for leaf in self._waiting.values():
            self._note(Finding(FindingCode.RECORD_MISSING, number=leaf.number, place=leaf.place))
        self._outside.end(self.place)

    def _follows(self, hashed: bytes, chain: bytes) -> bool:
        """Return whether `chain` goes on, by this hash, from what was computed or from what the leaf before claims."""
        if self._suite.link(self._chain, hashed) == chain:
            return True
        return (
            self._claimed not in (None, self._chain)
            and self._suite.link(self._claimed or b"", hashed) == chain
        )

    def _entry_of(self, leaf: Leaf, follows: bool) -> tuple[int, bytes]:
        """Return number and hash that the leaf is held to have, and note where leaf and entry disagree."""
        entry = self.rows.take(leaf.number)
        hashed = leaf.hash if entry is None else self.rows.hash(entry)
        if entry is None or hashed != leaf.hash:
            # The one thing changed may be the number: then another entry near by has this leaf's hash.
            other = self.rows.take_by_hash(leaf.hash) if follows else None
            if other is not None and entry is not None:
                self.rows.put_back(entry)
            if other is not None:
                self._note(Finding(FindingCode.LEAF_CHANGED, number=other.number, place=self.place))
                return self._name(other.number), leaf.hash
            if entry is None:
                self._wait(leaf)
                return leaf.number, leaf.hash
            if self._follows(hashed, leaf.chain):
                self._note(Finding(FindingCode.LEAF_CHANGED, number=leaf.number, place=self.place))
                return self._name(leaf.number), hashed
            self._note(Finding(FindingCode.RECORD_CHANGED, number=leaf.number, place=self.place))
        return self._name(leaf.number), leaf.hash

    def _name(self, number: int) -> int:
        self._named.add(number)
        self._highest = max(self._highest, number)
        return number

    def _wait(self, leaf: Leaf) -> None:
        if leaf.number in self._named or leaf.number in self._waiting:
            self._note(Finding(FindingCode.LEAF_ADDED, number=leaf.number, place=self.place))
            return
        self._waiting[leaf.number] = leaf
        self._highest = max(self._highest, leaf.number)
        if len(self._waiting) > self._most:
            raise Stopped

    def _out_of_order(self, leaf: Leaf) -> None:
        for at, (low, high) in enumerate(self._gaps):
            if low <= leaf.place < high:
                self._gaps[at : at + 1] = [
                    gap for gap in ((low, leaf.place), (leaf.place + 1, high)) if gap[0] < gap[1]
                ]
                self._note(Finding(FindingCode.LEAF_ORDER, number=leaf.number, place=leaf.place))
                self._entry_of(leaf, follows=False)
                return
        self._note(Finding(FindingCode.LEAF_ADDED, number=leaf.number, place=leaf.place))

    def _left_over(self, entry: Entry) -> None:
        number, at = entry.number, entry.record.at
        leaf = self._waiting.pop(number, None)
        if leaf is not None:
            self._name(number)
            if self.rows.hash(entry) != leaf.hash:
                self._note(Finding(FindingCode.RECORD_CHANGED, number=number, place=leaf.place))
            return
        passed = number < self._highest
        came_late = self._sealed_at is None or at >= self._sealed_at - self._late
        if number in self._named or (passed and not came_late):
            self._note(Finding(FindingCode.RECORD_ADDED, number=number))
            return
        self.unsealed += 1
        self.oldest_unsealed = min(at, self.oldest_unsealed or at)

    def _tell_gaps(self) -> None:
        for low, high in self._gaps:
            self._note(Finding(FindingCode.LEAF_MISSING, place=low, until=high))
        self._gaps = []

    def _compare(self) -> None:
        if self._whole and self._outside.is_due(self.place):
            self._outside.compare(self.place, self._tree.root())
