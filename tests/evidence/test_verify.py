"""Whoever changes one byte, row or order of a sealed journal is found, and what was changed is named."""

from __future__ import annotations

from datetime import timedelta
from itertools import chain

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from loansms.errors import CallerError, ConfigurationError
from loansms.evidence import (
    Ed25519Signer,
    FindingCode,
    checkpoint_text,
    entry_bytes,
    read_checkpoint,
    read_entry,
    seal_batch,
    stamped,
    verify,
)
from loansms.evidence.suites import SUITES
from loansms.model.record import Entry

from .parts import KEYS, SIGNER, START, HostSigner, entry, journal, stamp_check, stamper

ENTRIES, LEAVES, SEALS = journal()
STAMPED = [stamped(seal, stamper) if at == 1 else seal for at, seal in enumerate(SEALS)]
SEALED = len(LEAVES)
PLACES = st.integers(0, SEALED - 1)
OUTSIDE = [read_checkpoint(checkpoint_text(seal)) for seal in (SEALS[0], SEALS[2])]


def found(entries=ENTRIES, leaves=LEAVES, seals=SEALS, outside=(), **more):
    verdict = verify(iter(entries), iter(leaves), iter(seals), KEYS, iter(outside), **more)
    assert verdict.is_proved == (not verdict.findings)
    return [
        (
            one.code.value,
            *(value for value in (one.number, one.place, one.until, one.seal) if value is not None),
        )
        for one in verdict.findings
    ]


def without(rows, at):
    return [*rows[:at], *rows[at + 1 :]]


def test_a_journal_as_it_was_sealed_is_proved_and_says_what_is_not_sealed_yet():
    verdict = verify(ENTRIES, LEAVES, STAMPED, KEYS, OUTSIDE, stamps=stamp_check)
    assert verdict.findings == ()
    assert verdict.is_proved
    assert (verdict.records, verdict.sealed, verdict.unsealed, verdict.seals) == (22, 20, 2, 4)
    assert verdict.until == SEALS[-1].at
    assert verdict.oldest_unsealed == ENTRIES[20].record.at
    assert (verdict.stamps, verdict.unchecked_stamps) == (1, 0)
    assert verify(ENTRIES, LEAVES, STAMPED, KEYS).unchecked_stamps == 1
    with pytest.raises(TypeError, match="no truth value"):
        bool(verdict)


@given(PLACES, st.integers(0), st.integers(1, 255))
def test_a_byte_of_a_record_is_found_by_its_number(place, at, flip):
    said = bytearray(entry_bytes(ENTRIES[place]))
    said[at % len(said)] ^= flip
    try:
        changed = read_entry(bytes(said))
    except CallerError:
        return  # no record any more: a store that reads it back says so
    told = found([*ENTRIES[:place], changed, *ENTRIES[place + 1 :]])
    number = ENTRIES[place].number
    if changed.number == number:
        assert told == [("record_changed", number, place)]
    else:
        assert ("record_missing", number, place) in told


@pytest.mark.parametrize("data", [{"a": "\ud800"}, {"a": 2**60}])
def test_a_record_changed_into_what_cannot_be_written_is_a_finding_too(data):
    changed = evolve(ENTRIES[4], record=evolve(ENTRIES[4].record, data=data))
    assert found([*ENTRIES[:4], changed, *ENTRIES[5:]]) == [("record_changed", ENTRIES[4].number, 4)]


def _flipped(said: bytes, at: int, flip: int) -> bytes:
    changed = bytearray(said)
    changed[at % len(changed)] ^= flip
    return bytes(changed)


@given(PLACES, st.sampled_from(["hash", "chain", "number", "place"]), st.integers(0, 31), st.integers(1, 255))
def test_a_byte_of_a_leaf_is_found_by_its_place(place, name, at, flip):
    leaf = LEAVES[place]
    value = getattr(leaf, name)
    changed = evolve(leaf, **{name: value ^ flip if isinstance(value, int) else _flipped(value, at, flip)})
    told = found(leaves=[*LEAVES[:place], changed, *LEAVES[place + 1 :]])
    if name == "chain":
        assert told == [("chain_changed", place, place + 1)]
    else:
        assert told == [("leaf_changed", leaf.number, place)]


@given(
    st.sampled_from([0, 1, 2, 3]),
    st.sampled_from(
        ["size", "root", "chain", "at", "suite", "key_id", "signature", "frontier", "previous", "stamp"]
    ),
    st.integers(0, 63),
    st.integers(1, 127),
)
def test_a_byte_of_a_seal_is_found_by_its_size(at, name, byte, flip):
    seal = STAMPED[at]
    if name in {"stamp", "previous"} and not getattr(seal, name):
        byte, changed = 0, evolve(seal, **{name: bytes([flip])})
    elif name == "frontier":
        changed = evolve(seal, frontier=(_flipped(seal.frontier[0], byte, flip), *seal.frontier[1:]))
    elif name == "size":
        changed = evolve(seal, size=seal.size ^ flip)
    elif name == "at":
        changed = evolve(seal, at=seal.at + timedelta(microseconds=flip))
    elif name in {"suite", "key_id"}:
        value = getattr(seal, name)
        cut = byte % len(value)
        changed = evolve(seal, **{name: f"{value[:cut]}{chr(ord(value[cut]) ^ flip)}{value[cut + 1 :]}"})
    else:
        changed = evolve(seal, **{name: _flipped(getattr(seal, name), byte, flip)})
    told = found(seals=[*STAMPED[:at], changed, *STAMPED[at + 1 :]], stamps=stamp_check)
    codes = {
        "suite": "suite_unknown",
        "key_id": "seal_foreign",
        "frontier": "frontier_changed",
        "stamp": "stamp_wrong",
    }
    assert told == [(codes.get(name, "seal_forged"), changed.size)]


@given(PLACES)
def test_a_row_that_is_gone_is_named(place):
    number = ENTRIES[place].number
    assert found(without(ENTRIES, place)) == [("record_missing", number, place)]
    assert found(leaves=without(LEAVES, place)) == [
        ("leaf_missing", place, place + 1),
        # The last of all looks like one that is not sealed yet; its seal tells that a leaf is gone.
        *([("record_added", number)] if place < SEALED - 1 else []),
    ]


@pytest.mark.parametrize("at", range(4))
def test_a_seal_that_is_gone_is_named(at):
    left = without(SEALS, at)
    if at == 3:
        assert found(seals=left) == [("leaves_unsealed", 12, 20)]
    else:
        assert found(seals=left) == [("seal_missing", left[at].size)]


@given(PLACES, PLACES)
def test_a_row_that_stands_twice_is_named(place, to):
    one, leaf = ENTRIES[place], LEAVES[place]
    assert found([*ENTRIES[:to], one, *ENTRIES[to:]]) == [("record_added", one.number)]
    if to > place:
        assert ("leaf_added", leaf.number, place) in found(leaves=[*LEAVES[:to], leaf, *LEAVES[to:]])


@given(st.integers(0, SEALED - 2))
def test_rows_that_changed_places_are_named(place):
    one, two = ENTRIES[place], ENTRIES[place + 1]
    exchanged = [evolve(one, record=two.record), evolve(two, record=one.record)]
    assert found([*ENTRIES[:place], *exchanged, *ENTRIES[place + 2 :]]) == [
        ("record_changed", one.number, place),
        ("record_changed", two.number, place + 1),
    ]
    swapped = [*LEAVES[:place], LEAVES[place + 1], LEAVES[place], *LEAVES[place + 2 :]]
    assert {"leaf_order", "leaf_missing"} & {told[0] for told in found(leaves=swapped)}
    assert place in {told[2] if told[0] == "leaf_order" else told[1] for told in found(leaves=swapped)}


@pytest.mark.parametrize("at", range(3))
def test_seals_out_of_order_or_twice_are_named(at):
    swapped = [*SEALS[:at], SEALS[at + 1], SEALS[at], *SEALS[at + 2 :]]
    assert ("seal_order", SEALS[at].size) in found(seals=swapped)
    assert found(seals=[*SEALS[: at + 1], SEALS[at], *SEALS[at + 1 :]]) == [("seal_order", SEALS[at].size)]


@given(st.integers(0, 19))
def test_a_cut_tail_is_seen_against_a_checkpoint_that_left_the_machine(size):
    kept = [seal for seal in SEALS if seal.size <= size]
    told = found(ENTRIES[:size], LEAVES[:size], kept, OUTSIDE)
    for checkpoint in OUTSIDE:
        assert (("tail_cut", size, checkpoint.size) in told) == (checkpoint.size > size)


def test_a_seal_that_left_the_machine_must_still_be_there():
    assert found(ENTRIES, LEAVES[:7], SEALS[:2], OUTSIDE[:1]) == []
    assert found(ENTRIES, LEAVES[:7], SEALS[:1], [*OUTSIDE[:1], SEALS[1]]) == [("seal_missing", 7, 7)]


def test_a_rewritten_history_is_known_even_when_the_key_was_used_for_it():
    other = [evolve(one, record=evolve(one.record, debtor="bank|B-9")) for one in ENTRIES[:7]]
    leaves, seal = seal_batch(None, other, SIGNER, at=SEALS[0].at)
    assert found(other, leaves, [seal]) == []
    told = found(other, leaves, [seal], OUTSIDE[:1])
    assert told == [("checkpoint_differs", 7), ("seal_missing", 7, 7)]


@given(PLACES)
def test_records_and_leaves_rewritten_together_are_known_by_the_signed_root_between_two_seals(place):
    changed = evolve(ENTRIES[place], record=evolve(ENTRIES[place].record, debtor="bank|B-9"))
    entries = [*ENTRIES[:place], changed, *ENTRIES[place + 1 :]]
    suite, chained, leaves = SUITES["intl"], SUITES["intl"].empty, []
    for leaf, one in zip(LEAVES, entries, strict=False):
        hashed = suite.leaf(entry_bytes(one))
        chained = suite.link(chained, hashed)
        leaves.append(evolve(leaf, hash=hashed, chain=chained))
    low, high = next((low, high) for low, high in ((0, 7), (7, 12), (12, 20)) if low <= place < high)
    told = found(entries, leaves)
    assert told[0] == ("rewritten", low, high, high)
    # From the next signed state on the true leaves hold again; the rewritten chain does not follow it.
    assert {one[0] for one in told[1:]} <= {"chain_changed"}


def test_a_seal_of_another_key_or_journal_is_foreign_and_one_under_a_trusted_name_forged():
    mallory = Ed25519Signer("bank.example/evidence", bytes(32))
    _, own = seal_batch(None, ENTRIES[:7], mallory, at=SEALS[0].at)
    assert found(seals=[own, *SEALS[1:]])[0] == ("seal_foreign", 7)
    posing = evolve(own, key_id=SIGNER.key_id)
    assert found(seals=[posing, *SEALS[1:]]) == [("seal_forged", 7)]
    other = Ed25519Signer("other.example/evidence", bytes(32))
    _, elsewhere = seal_batch(None, ENTRIES[:20], other, at=SEALS[-1].at + timedelta(hours=1))
    verdict = verify(ENTRIES, LEAVES, [*SEALS, elsewhere], [*KEYS, other.verifier()])
    assert [one.code for one in verdict.findings] == [FindingCode.SEAL_FOREIGN]


def test_a_forged_checkpoint_proves_nothing_and_is_told():
    assert found(outside=[evolve(OUTSIDE[0], root=bytes(32))]) == [("checkpoint_forged", 7)]


def test_a_row_put_among_sealed_ones_is_named_unless_it_may_have_come_late():
    early = entry(2)
    assert found([*ENTRIES, early]) == [("record_added", 2)]
    late = evolve(early, record=evolve(early.record, at=SEALS[-1].at))
    assert found([*ENTRIES, late]) == []
    assert verify([*ENTRIES, late], LEAVES, SEALS, KEYS).unsealed == 3


def test_commits_that_came_out_of_order_are_no_tampering():
    batch = [entry(number) for number in (5, 1, 2, 9, 3)]
    leaves, seal = seal_batch(None, batch, SIGNER, at=START)
    assert found(sorted(batch, key=lambda one: one.number), leaves, [seal]) == []
    assert found(batch, leaves, [seal]) == []


def test_a_check_may_go_on_from_a_seal_checked_before():
    since = SEALS[2]
    assert found(ENTRIES[12:], LEAVES[12:], SEALS[3:], OUTSIDE[1:], since=since) == []
    cut = [evolve(ENTRIES[15], record=evolve(ENTRIES[15].record, debtor="x"))]
    assert found([*ENTRIES[12:15], *cut, *ENTRIES[16:]], LEAVES[12:], SEALS[3:], since=since) == [
        ("record_changed", ENTRIES[15].number, 15)
    ]
    with pytest.raises(CallerError, match="sound seal"):
        found(since=evolve(since, root=bytes(32)))
    with pytest.raises(CallerError, match="lies before"):
        found(ENTRIES[12:], LEAVES[12:], SEALS[3:], OUTSIDE, since=since)


def test_two_faults_are_told_apart_and_one_hides_no_other():
    entries = [
        evolve(one, record=evolve(one.record, debtor="x")) if at in {2, 14} else one
        for at, one in enumerate(ENTRIES)
    ]
    assert found(entries, without(LEAVES, 8)) == [
        ("record_changed", ENTRIES[2].number, 2),
        ("leaf_missing", 8, 9),
        ("record_changed", ENTRIES[14].number, 14),
        ("record_added", ENTRIES[8].number),
    ]


def test_nothing_sealed_is_nothing_proved():
    verdict = verify(ENTRIES, [], [], KEYS)
    assert not verdict.is_proved
    assert verdict.findings == ()
    assert (verdict.unsealed, verdict.seals) == (22, 0)
    with pytest.raises(ConfigurationError, match="at least one public key"):
        verify(ENTRIES, LEAVES, SEALS, [])


def test_a_journal_of_other_rows_ends_the_check_and_is_not_proved():
    others = [entry(100_000 + number) for number in range(60)]
    told = found(others, LEAVES, SEALS, window=10, most=5)
    assert told[-1][0] == "stopped"


def test_the_suite_of_the_mainland_works_alike_with_the_signer_of_a_host():
    host = HostSigner()
    entries, leaves, seals = journal(signer=host)
    assert verify(entries, leaves, seals, [host], seals[:1]).is_proved
    assert leaves[0].hash != LEAVES[0].hash
    assert seals[0].suite == "gm"
    changed = evolve(seals[1], root=bytes(32))
    told = verify(entries, leaves, [seals[0], changed, *seals[2:]], [host]).findings
    assert [one.code for one in told] == [FindingCode.SEAL_FORGED]


def made(size):
    """A journal of a thousand records a seal, made while it is read."""
    record, last = entry(1).record, None
    for first in range(0, size, 1000):
        batch = [Entry(number=number, record=record) for number in range(first, first + 1000)]
        leaves, last = seal_batch(last, batch, SIGNER, at=START + timedelta(seconds=first))
        yield batch, leaves, last


@pytest.mark.parametrize("size", [20_000, pytest.param(1_000_000, marks=pytest.mark.soak)])
def test_a_long_journal_is_checked_as_a_stream(size):
    # A long one is made thrice, so that nothing of it lies in memory; a short one once.
    parts = [list(made(size))] * 3 if size < 100_000 else [made(size), made(size), made(size)]
    read = [0, 0]

    def counted(rows, which):
        for row in chain.from_iterable(rows):
            read[which] += 1
            # Neither stream runs ahead of the other: what was read was checked and let go.
            assert abs(read[0] - read[1]) <= 1
            yield row

    entries, leaves = counted((one[0] for one in parts[0]), 0), counted((one[1] for one in parts[1]), 1)
    verdict = verify(entries, leaves, (one[2] for one in parts[2]), KEYS)
    assert (verdict.is_proved, verdict.sealed, verdict.records) == (True, size, size)
