"""The Merkle tree of RFC 6962, 2.1, grown leaf by leaf from its frontier alone.

The frontier holds the roots of the perfect subtrees from left to right, one for each binary digit of the size; a
million leaves need no more than twenty of them, and a batch is sealed without reading what was sealed before.

>>> from loansms.evidence.suites import SUITES
>>> tree = Tree(SUITES["intl"])
>>> for said in (b"", b"\\x00", b"\\x10"):
...     tree.add(SUITES["intl"].leaf(said))
>>> tree.size, len(tree.frontier), tree.root().hex()[:16]
(3, 2, 'aeb6bcfe274b70a1')
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from loansms.errors import CallerError
from loansms.evidence.suites import Suite

Span = tuple[int, int]
"""Leaves from the first place to before the second."""


class Tree:
    """A growing tree: its size and its frontier; CallerError for a frontier that no tree of the size has."""

    __slots__ = ("_node", "_suite", "frontier", "size")

    def __init__(self, suite: Suite, frontier: Sequence[bytes] = (), size: int = 0) -> None:
        if size < 0 or len(frontier) != size.bit_count():
            raise CallerError(
                f"frontier: expected {max(size, 0).bit_count()} roots for {size} leaves, got {len(frontier)}",
                f"frontier：{size} 个叶子应有 {max(size, 0).bit_count()} 个子树根，实有 {len(frontier)} 个",
            )
        self._suite = suite
        self._node = suite.node
        self.frontier: list[bytes] = list(frontier)
        self.size: int = size

    def add(self, leaf: bytes) -> None:
        """Take in the hash of the next leaf."""
        size = self.size
        self.size += 1
        while size & 1:
            leaf = self._node(self.frontier.pop(), leaf)
            size >>= 1
        self.frontier.append(leaf)

    def root(self) -> bytes:
        """Return the root over all leaves so far."""
        return folded(self._suite, self.frontier)


def folded(suite: Suite, roots: Sequence[bytes]) -> bytes:
    """Return the root over neighbouring perfect subtrees, the biggest to the left; of none, that of the empty tree."""
    if not roots:
        return suite.empty
    top = roots[-1]
    for left in reversed(roots[:-1]):
        top = suite.node(left, top)
    return top


def inclusion_spans(place: int, size: int) -> list[Span]:
    """Return the subtrees whose roots are the audit path of the leaf at `place` (RFC 6962, 2.1.1), lowest first."""
    low, high, spans = 0, size, list[Span]()
    while high - low > 1:
        middle = low + _split(high - low)
        if place < middle:
            spans.append((middle, high))
            high = middle
        else:
            spans.append((low, middle))
            low = middle
    return spans[::-1]


def consistency_spans(old: int, size: int) -> list[Span]:
    """Return the subtrees whose roots prove that `old` leaves are the first of `size` (RFC 6962, 2.1.2)."""
    if not 0 < old < size:
        return []
    low, high, known, spans = 0, size, True, list[Span]()
    while old != high:
        middle = low + _split(high - low)
        if old <= middle:
            spans.append((middle, high))
            high = middle
        else:
            spans.append((low, middle))
            low, known = middle, False
    return ([] if known else [(low, high)]) + spans[::-1]


def subtrees(suite: Suite, leaves: Iterable[bytes], wanted: Iterable[Span]) -> dict[Span, bytes]:
    """Return the roots of the `wanted` spans in one pass over the leaves' hashes, keeping the frontier only.

    Raises CallerError where the leaves end before a span does.
    """
    by_end: dict[int, set[int]] = {}
    for low, high in wanted:
        by_end.setdefault(high, set()).add(low)
    found: dict[Span, bytes] = {}
    tree = Tree(suite)
    last = max(by_end, default=0)
    for leaf in leaves:
        if tree.size == last:
            break
        lows = by_end.get(tree.size + 1)
        if lows is not None:
            found |= _ending_here(suite, tree, leaf, lows)
        tree.add(leaf)
    if tree.size < last:
        raise CallerError(
            f"leaves: expected at least {last}, got {tree.size}", f"叶子应至少 {last} 个，实有 {tree.size} 个"
        )
    return found


def _ending_here(suite: Suite, tree: Tree, leaf: bytes, lows: set[int]) -> dict[Span, bytes]:
    """Return the spans that begin at `lows` and end with this leaf, which the tree has not taken in yet."""
    end = tree.size + 1
    low, top = tree.size, leaf
    found = {(low, end): top} if low in lows else {}
    for root in reversed(tree.frontier):
        low -= low & -low  # the lowest digit of a place is the size of the perfect subtree that ends there
        top = suite.node(root, top)
        if low in lows:
            found[low, end] = top
    return found


def _split(size: int) -> int:
    """Return the biggest power of two below `size`."""
    return 1 << (size - 1).bit_length() - 1
