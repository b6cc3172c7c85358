"""The spool writes every message to a file before it answers: the witness of the crash tests."""

from __future__ import annotations

import json
import os
import stat
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest

from loansms.clock import FrozenClock
from loansms.errors import ConfigurationError
from loansms.model import Accepted, Rejected, Unknown
from loansms.privacy import Secret
from loansms.providers import SpoolProvider
from loansms.testing.examples import AT, message

DEADLINE = AT + timedelta(seconds=30)


def lines(folder: Path) -> list[dict[str, object]]:
    return [
        json.loads(line)
        for line in (folder / "submitted.jsonl").read_text(encoding="utf-8").split("\n")
        if line
    ]


def test_a_line_has_exactly_these_fields(tmp_path: Path) -> None:
    spool = SpoolProvider(tmp_path / "mail", clock=FrozenClock(AT))
    sent = message(
        text=Secret("您尾号 1234 的借款\n将于 27 日到期\u2028。"),
        loan_id=None,
        template_version="0a1b2c3d4e5f",
    )
    assert spool.submit(sent, DEADLINE) == Accepted("spool-m-1")
    assert lines(tmp_path / "mail") == [
        {
            "message_id": "m-1",
            "step_key": "step-1",
            "loan_id": None,
            "borrower_id": "B-1",
            "purpose": "repayment_reminder",
            "channel": "sms",
            "template": "reminder.due_in_3",
            "template_version": "0a1b2c3d4e5f",
            "phone_masked": "174****0001",
            "text": "您尾号 1234 的借款\n将于 27 日到期\u2028。",
            "submitted_at": "2026-09-24T02:00:00+00:00",
        }
    ]
    assert spool.outbox == lines(tmp_path / "mail")


def test_the_plain_number_is_not_in_the_file(tmp_path: Path) -> None:
    SpoolProvider(tmp_path).submit(message(), DEADLINE)
    assert "17400000001" not in (tmp_path / "submitted.jsonl").read_text(encoding="utf-8")


def test_lines_of_earlier_runs_are_kept(tmp_path: Path) -> None:
    for number in range(3):
        SpoolProvider(tmp_path).submit(message(message_id=f"m-{number}"), DEADLINE)
    assert [line["message_id"] for line in lines(tmp_path)] == ["m-0", "m-1", "m-2"]


def test_writers_do_not_mix_their_lines(tmp_path: Path) -> None:
    """Several spools on one folder, long texts: every line is whole."""
    long = Secret("字" * 5_000)
    with ThreadPoolExecutor(8) as threads:
        list(
            threads.map(
                lambda n: SpoolProvider(tmp_path).submit(message(message_id=f"m-{n}", text=long), DEADLINE),
                range(80),
            )
        )
    assert {line["message_id"] for line in lines(tmp_path)} == {f"m-{n}" for n in range(80)}


def test_only_the_owner_may_read_it(tmp_path: Path) -> None:
    SpoolProvider(tmp_path / "mail")
    assert stat.S_IMODE((tmp_path / "mail").stat().st_mode) == 0o700
    assert stat.S_IMODE((tmp_path / "mail" / "submitted.jsonl").stat().st_mode) == 0o600


@pytest.mark.parametrize("place", ["book.csv", "book.csv/mail"])
def test_a_place_that_is_no_folder_is_refused_in_one_line(tmp_path: Path, place: str) -> None:
    (tmp_path / "book.csv").write_text("loan_id\n")
    with pytest.raises(ConfigurationError, match=r"cannot write submitted\.jsonl") as told:
        SpoolProvider(tmp_path / place)
    assert told.value.zh
    assert "\n" not in str(told.value)


def test_a_file_that_cannot_be_opened_any_more_is_a_definite_refusal(tmp_path: Path) -> None:
    """Not a byte went out, so the step may be tried again."""
    spool = SpoolProvider(tmp_path)
    (tmp_path / "submitted.jsonl").unlink()
    (tmp_path / "submitted.jsonl").mkdir()
    assert spool.submit(message(), DEADLINE) == Rejected("spool_not_writable", retryable=True)


def test_half_a_line_is_unknown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A full disk may take part of a line: nobody can say whether a reader saw it."""
    spool = SpoolProvider(tmp_path)
    write = os.write
    monkeypatch.setattr(os, "write", lambda handle, data: write(handle, data[:10]))
    assert spool.submit(message(), DEADLINE) == Unknown("spool_short_write")


def test_an_answer_waits_for_the_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What could not be flushed is never told as accepted."""
    spool = SpoolProvider(tmp_path)

    def broken(handle: int) -> None:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(os, "fsync", broken)
    assert spool.submit(message(), DEADLINE) == Unknown("spool_not_flushed")
