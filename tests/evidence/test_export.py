"""An export is checked by us and by a program that knows nothing of us, and both say the same of every change."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from pathlib import Path

import pytest
from attrs import evolve
from hypothesis import example, given, settings
from hypothesis import strategies as st

from loansms.errors import CallerError
from loansms.evidence import (
    Ed25519Signer,
    Ed25519Verifier,
    checkpoint_text,
    export_loan,
    keys_of,
    read_checkpoint,
    seal_batch,
    stamped,
    verify_export,
)
from loansms.evidence.files import checker_text, checkpoint_file, export_lines
from loansms.model.record import RecordKind

from .parts import KEYS, SIGNER, START, HostSigner, entry, journal, stamp_check, stamper

LOAN = "L-1"


def exported(parts, keys=KEYS, loan=LOAN, outside=()):
    entries, leaves, seals = parts
    by_number = {leaf.number: leaf for leaf in leaves}
    own = [(one, by_number.get(one.number)) for one in entries if one.record.loan_id == loan]
    return export_loan(loan, own, (leaf.hash for leaf in leaves), seals, keys, outside)


JOURNAL = journal(sizes=(7, 0, 5, 1), more=4)
LINES = exported(JOURNAL)
TEXT = "\n".join(LINES) + "\n"
NOT_SEALED = next(place for place, line in enumerate(LINES, start=1) if '"place":null' in line)


@pytest.fixture(scope="module")
def by_itself(tmp_path_factory):
    """The shipped program, run as a program would run it, but without a new process each time."""
    folder = tmp_path_factory.mktemp("checker")
    program = compile(checker_text(), "verify_export.py", "exec")

    def check(said, *checkpoints):
        loaded = {"__name__": "verify_export"}  # anew each time: it keeps its findings in two lists
        exec(program, loaded)
        path = folder / "export.jsonl"
        path.write_bytes(said if isinstance(said, bytes) else said.encode("utf-8", "surrogatepass"))
        try:
            code = loaded["main"](str(path), *checkpoints)
        except UnicodeDecodeError:
            return 2, set()
        return code, {int(fault.split(":")[0][5:]) for fault in loaded["faults"] if fault.startswith("line ")}

    return check


def ours(text, **more):
    return verify_export(text.removesuffix("\n").split("\n"), KEYS, **more)


def test_a_sound_export_is_proved_by_both_and_names_what_is_not_sealed_yet(by_itself):
    verdict = ours(TEXT)
    assert verdict.findings == ()
    assert (verdict.records, verdict.unsealed) == (8, 1)
    assert verdict.until == JOURNAL[2][-1].at
    assert by_itself(TEXT) == (0, set())
    assert keys_of(LINES) == (SIGNER.public,)


@given(st.data())
@settings(max_examples=80)
def test_a_byte_changed_anywhere_is_found_by_both_in_the_same_lines(by_itself, data):
    said = bytearray(TEXT.encode())
    at = data.draw(st.integers(0, len(said) - 2))
    said[at] ^= data.draw(st.integers(1, 255))
    verdict = ours(said.decode("utf-8", "surrogateescape"))
    line = TEXT.encode()[:at].count(b"\n") + 1
    if line == NOT_SEALED:  # nothing vouches for that record yet: it is told as not sealed, whatever it says
        assert verdict.unsealed == 1 or not verdict.is_proved
        return
    assert not verdict.is_proved
    lines = {one.line for one in verdict.findings}
    # Another loan in the first line makes every record that of another: they are named, not the line.
    assert lines & {line, line + 1, 1} or line == 1
    code, theirs = by_itself(bytes(said))
    assert code == 2 or (code == 1 and theirs)
    if code == 1 and len(said.split(b"\n")) == len(LINES) + 1:
        assert line in lines or line == 1
        # The program has the keys from the first line alone: what another key signed is no seal's then.
        assert line in theirs or line == 1


@given(st.integers(0, len(LINES) - 1), st.integers(0, len(LINES) - 1))
@settings(max_examples=30)
def test_a_line_gone_doubled_or_moved_is_found_by_both(by_itself, at, to):
    rest = [*LINES[:at], *LINES[at + 1 :]]
    doubled = [*LINES[:to], LINES[at], *LINES[to:]]
    moved = [*rest[:to], LINES[at], *rest[to:]]
    for lines in (rest, doubled, *([moved] if to != at else [])):
        text = "\n".join(lines)
        assert not ours(text).is_proved
        assert by_itself(text)[0] == 1


def test_a_record_that_was_rewritten_is_named_by_its_number(by_itself):
    line = len(LINES) - 3
    text = TEXT.replace(LINES[line], LINES[line].replace("cn-consumer 3", "cn-consumer 4"))
    found = ours(text).findings
    number = json.loads(json.loads(LINES[line])["entry"])["number"]
    assert [(one.code.value, one.number, one.line) for one in found] == [("not_included", number, line + 1)]
    assert str(number) in found[0].told()
    assert str(number) in found[0].told("zh-CN")
    assert by_itself(text) == (1, {line + 1})


def test_a_history_rewritten_between_two_seals_is_known_by_both(by_itself):
    entries, leaves, seals = journal(sizes=(7, 5), more=0)
    other = [evolve(one, record=evolve(one.record, step_key="other")) for one in entries[:7]]
    _, first = seal_batch(None, other, SIGNER, at=seals[0].at)
    lines = exported((entries, leaves, [first, seals[1]]))
    verdict = verify_export(lines, KEYS)
    assert {one.code.value for one in verdict.findings} == {"not_consistent", "not_included"}
    code, theirs = by_itself("\n".join(lines))
    assert (code, theirs) == (1, {one.line for one in verdict.findings})


def test_the_key_of_another_proves_nothing():
    mallory = Ed25519Signer("bank.example/evidence", bytes(32))
    lines = exported(journal(signer=mallory), [mallory.verifier()])
    assert verify_export(lines, [mallory.verifier()]).is_proved
    found = verify_export(lines, KEYS)
    assert not found.is_proved
    assert found.findings[0].code == "seal_foreign"


def test_a_checkpoint_that_left_the_machine_is_held_against_the_export(by_itself, tmp_path):
    held = JOURNAL[2][1]
    path = tmp_path / "checkpoint.txt"
    path.write_bytes(checkpoint_text(held).encode())
    outside = [checkpoint_file(path)]
    assert outside == [read_checkpoint(checkpoint_text(held))]
    assert [one.code.value for one in ours(TEXT, outside=outside).findings] == ["checkpoint_absent"]
    asked = "\n".join(exported(JOURNAL, outside=outside)) + "\n"
    assert ours(asked, outside=outside).is_proved
    assert by_itself(asked, str(path)) == (0, set())
    forged = [evolve(outside[0], size=6)]
    assert [one.code.value for one in ours(asked, outside=forged).findings] == ["checkpoint_forged"]
    _, other = seal_batch(None, [entry(number) for number in range(7)], SIGNER, at=START)
    assert [one.code.value for one in ours(asked, outside=[other]).findings] == ["checkpoint_differs"]


def test_time_stamps_go_with_the_seals_and_are_checked_where_somebody_can():
    entries, leaves, seals = JOURNAL
    lines = exported((entries, leaves, [*seals[:-1], stamped(seals[-1], stamper)]))
    assert verify_export(lines, KEYS).unchecked_stamps == 1
    assert verify_export(lines, KEYS, stamps=stamp_check).stamps == 1
    lines = exported((entries, leaves, [*seals[:-1], stamped(seals[-1], lambda _digest: b"none")]))
    assert [one.code.value for one in verify_export(lines, KEYS, stamps=stamp_check).findings] == [
        "stamp_wrong"
    ]


def test_the_other_suite_is_exported_and_checked_alike(by_itself):
    host = HostSigner()
    lines = exported(journal(signer=host), [host])
    assert verify_export(lines, [host]).is_proved
    assert by_itself("\n".join(lines))[0] == 0
    broken = [one.replace("quiet_hours", "quiet hours") for one in lines]
    assert not verify_export(broken, [host]).is_proved
    assert by_itself("\n".join(broken))[0] == 1


@pytest.mark.parametrize("size", [*range(1, 18), 33])
def test_every_place_of_every_size_has_its_path_in_both(by_itself, size):
    lines = exported(journal(sizes=(size,), more=0), loan=LOAN)
    assert verify_export(lines, KEYS).is_proved
    assert by_itself("\n".join(lines)) == (0, set())


@given(st.lists(st.text(st.characters(), max_size=60) | st.sampled_from(LINES), max_size=4))
@example(["[" * 5000])
@example(['{"a":' * 5000])
@example([LINES[0].replace('"records":8', '"records":true')])
@example([LINES[0].replace(SIGNER.public, "x")])
def test_no_file_whatever_breaks_the_reader(lines):
    assert not verify_export(lines, KEYS).is_proved


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=6) | st.just("AAAA"),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=2),
    max_leaves=3,
)


@given(st.integers(0, len(LINES) - 1), st.data())
def test_a_value_of_another_kind_is_found_and_breaks_nothing(by_itself, at, data):
    table = json.loads(LINES[at])
    key = data.draw(st.sampled_from(sorted(table)))
    value = data.draw(_JSON)
    said = json.dumps(table | {key: value}, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    text = TEXT.replace(LINES[at], said)
    same = said == LINES[at]
    assert ours(text).is_proved == same
    try:
        said.encode()
    except UnicodeEncodeError:
        return
    assert by_itself(text)[0] == (0 if same else 1)


def test_what_cannot_be_exported_is_refused():
    entries, leaves, _ = JOURNAL
    with pytest.raises(CallerError, match="seal the journal first"):
        exported((entries, leaves, []))
    with pytest.raises(CallerError, match="expected the key bank"):
        exported(JOURNAL, [Ed25519Verifier(Ed25519Signer("other.example/e", bytes(32)).public)])


def test_the_program_runs_by_itself(tmp_path: Path):
    (tmp_path / "verify_export.py").write_text(checker_text(), encoding="utf-8")
    (tmp_path / "export.jsonl").write_text(TEXT, encoding="utf-8")
    assert list(export_lines(tmp_path / "export.jsonl")) == TEXT.splitlines(keepends=True)
    # -S leaves out installed packages: what is left is the standard library.
    ended = subprocess.run(
        [sys.executable, "-S", "-I", "verify_export.py", "export.jsonl"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
    assert "signatures NOT checked" in ended.stdout
    assert SIGNER.public in ended.stdout


def test_a_document_that_was_changed_is_found_by_the_program_alone(by_itself, tmp_path):
    sums = {
        "name": "n.pdf",
        "type": "application/pdf",
        "bytes": 4,
        "sha256": hashlib.sha256(b"%PDF").hexdigest(),
    }
    claimed = entry(0, kind=RecordKind.CLAIMED, loan_id=LOAN, data={"attachments": [sums]})
    leaves, seal = seal_batch(None, [claimed], SIGNER, at=START)
    text = "\n".join(export_loan(LOAN, [(claimed, leaves[0])], [leaves[0].hash], [seal], KEYS)) + "\n"
    (tmp_path / "n.pdf").write_bytes(b"%PDF")
    (tmp_path / "other.pdf").write_bytes(b"%PDF ")
    assert by_itself(text, str(tmp_path / "n.pdf"))[0] == 0
    assert by_itself(text, str(tmp_path / "other.pdf"))[0] == 1
