"""Whether an audit path leads from a leaf to a root, and whether one tree is the beginning of another.

Both follow RFC 9162, 2.1.3.2 and 2.1.4.2, step by step; they need no leaf but the one asked about.

>>> from loansms.evidence.suites import SUITES
>>> suite = SUITES["intl"]
>>> first, second = suite.leaf(b"a"), suite.leaf(b"b")
>>> top = suite.node(first, second)
>>> is_included(suite, first, place=0, size=2, path=[second], root=top)
True
>>> is_included(suite, first, place=1, size=2, path=[second], root=top)
False
>>> is_beginning(suite, old=1, old_root=first, size=2, root=top, path=[second])
True
"""

from __future__ import annotations

from collections.abc import Sequence

from loansms.evidence.suites import Suite


def is_included(
    suite: Suite, leaf: bytes, *, place: int, size: int, path: Sequence[bytes], root: bytes
) -> bool:
    """Return whether the leaf's hash stands at `place` of the tree of `size` leaves that has this root."""
    if not 0 <= place < size:
        return False
    at, last, top = place, size - 1, leaf
    for one in path:
        if last == 0:
            return False
        if at & 1 or at == last:
            top = suite.node(one, top)
            at, last = _raised(at, last)
        else:
            top = suite.node(top, one)
        at, last = at >> 1, last >> 1
    return last == 0 and top == root


def is_beginning(
    suite: Suite, *, old: int, old_root: bytes, size: int, root: bytes, path: Sequence[bytes]
) -> bool:
    """Return whether the tree of `old` leaves is the beginning of that of `size`; every tree begins with none."""
    if not 0 <= old <= size:
        return False
    if old in (0, size):
        return not path and old_root == (root if old else suite.empty)
    if not path:
        return False
    known = [old_root] if old & (old - 1) == 0 else []
    first, *rest = [*known, *path]
    at, last = old - 1, size - 1
    while at & 1:
        at, last = at >> 1, last >> 1
    old_top = top = first
    for one in rest:
        if last == 0:
            return False
        if at & 1 or at == last:
            old_top, top = suite.node(one, old_top), suite.node(one, top)
            at, last = _raised(at, last)
        else:
            top = suite.node(top, one)
        at, last = at >> 1, last >> 1
    return last == 0 and old_top == old_root and top == root


def _raised(at: int, last: int) -> tuple[int, int]:
    """Skip the levels on which the rightmost node has no sibling."""
    while at and not at & 1:
        at, last = at >> 1, last >> 1
    return at, last
