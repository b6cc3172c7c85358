"""The tree is that of RFC 6962: by published roots, and by the RFC's own recursive definition written anew here."""

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loansms.errors import CallerError
from loansms.evidence.merkle import Tree, consistency_spans, inclusion_spans, subtrees
from loansms.evidence.proofs import is_beginning, is_included
from loansms.evidence.suites import SUITES

INTL = SUITES["intl"]
# The inputs and roots that Certificate Transparency's implementations have published and share among their tests.
INPUTS = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]
ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
LEAVES = [sha256(b"\x00" + str(n).encode()).digest() for n in range(71)]


def _split(size):
    k = 1
    while 2 * k < size:
        k *= 2
    return k


def mth(leaves):
    if not leaves:
        return sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    k = _split(len(leaves))
    return sha256(b"\x01" + mth(leaves[:k]) + mth(leaves[k:])).digest()


def audit_path(m, leaves):
    if len(leaves) == 1:
        return []
    k = _split(len(leaves))
    if m < k:
        return [*audit_path(m, leaves[:k]), mth(leaves[k:])]
    return [*audit_path(m - k, leaves[k:]), mth(leaves[:k])]


def sub_proof(m, leaves, known):
    if m == len(leaves):
        return [] if known else [mth(leaves)]
    k = _split(len(leaves))
    if m <= k:
        return [*sub_proof(m, leaves[:k], known), mth(leaves[k:])]
    return [*sub_proof(m - k, leaves[k:], False), mth(leaves[:k])]


def path_of(spans, count):
    found = subtrees(INTL, LEAVES[:count], spans)
    return [found[span] for span in spans]


def test_the_published_roots_are_ours():
    tree = Tree(INTL)
    roots = [tree.root().hex()]
    for said in INPUTS:
        tree.add(INTL.leaf(bytes.fromhex(said)))
        roots.append(tree.root().hex())
    assert roots == ROOTS


@pytest.mark.parametrize("size", range(71))
def test_roots_paths_and_proofs_of_every_size_are_those_of_the_definition(size):
    tree = Tree(INTL)
    for leaf in LEAVES[:size]:
        tree.add(leaf)
    root = mth(LEAVES[:size])
    assert tree.root() == root
    assert len(tree.frontier) == size.bit_count()
    # The stream may go on beyond the tree asked about: the spans end with it.
    count = min(size + 3, len(LEAVES))
    for place in range(size):
        path = path_of(inclusion_spans(place, size), count)
        assert path == audit_path(place, LEAVES[:size])
        assert is_included(INTL, LEAVES[place], place=place, size=size, path=path, root=root)
        assert not is_included(INTL, LEAVES[place], place=place, size=size, path=[*path, root], root=root)
        assert (
            not is_included(INTL, LEAVES[70 - place], place=place, size=size, path=path, root=root)
            or place == 35
        )
    for old in range(1, size):
        path = path_of(consistency_spans(old, size), count)
        assert path == sub_proof(old, LEAVES[:size], True)
        given = {"old": old, "old_root": mth(LEAVES[:old]), "size": size, "root": root, "path": path}
        assert is_beginning(INTL, **given)
        assert not is_beginning(INTL, **given | {"path": path[:-1]})
        assert not is_beginning(INTL, **given | {"old_root": root})


def test_every_tree_begins_with_none_and_with_itself():
    root = mth(LEAVES[:5])
    assert is_beginning(INTL, old=0, old_root=INTL.empty, size=5, root=root, path=[])
    assert is_beginning(INTL, old=5, old_root=root, size=5, root=root, path=[])
    assert not is_beginning(INTL, old=5, old_root=INTL.empty, size=5, root=root, path=[])
    assert not is_beginning(INTL, old=6, old_root=root, size=5, root=root, path=[])


@given(st.integers(1, 70), st.data())
def test_a_path_proves_one_leaf_at_one_place_of_one_tree(size, data):
    place = data.draw(st.integers(0, size - 1))
    path = path_of(inclusion_spans(place, size), size)
    root = mth(LEAVES[:size])
    other = data.draw(st.integers(0, 80))
    # Two places share a path's shape only where they are the same leaf of the same tree.
    assert is_included(INTL, LEAVES[place], place=other, size=size, path=path, root=root) == (other == place)
    if path:
        at = data.draw(st.integers(0, len(path) - 1))
        changed = [*path[:at], bytes(32), *path[at + 1 :]]
        assert not is_included(INTL, LEAVES[place], place=place, size=size, path=changed, root=root)


@given(st.integers(0, 70), st.integers(0, 70))
def test_a_batch_needs_the_last_frontier_alone(first, more):
    tree = Tree(INTL)
    for leaf in LEAVES[:first]:
        tree.add(leaf)
    taken_up = Tree(INTL, tree.frontier, tree.size)
    for leaf in LEAVES[first : first + more]:
        taken_up.add(leaf)
    assert taken_up.root() == mth(LEAVES[: first + more])


def test_a_frontier_of_another_size_is_refused():
    with pytest.raises(CallerError, match="expected 2 roots for 5 leaves, got 1"):
        Tree(INTL, [bytes(32)], 5)
    with pytest.raises(CallerError, match="at least 4, got 2"):
        subtrees(INTL, LEAVES[:2], [(2, 4)])
