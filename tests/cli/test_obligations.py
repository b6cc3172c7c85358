"""`loansms obligations`: what is still owed in notices, told without a number or a name."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from loansms.model import Accepted, DeliveryReceipt, DeliveryStatus, Purpose, Rejected, SubmitResult, Unknown
from loansms.stores import Claimed, SqliteStore
from loansms.testing.examples import claim

from .conftest import NAME, NOW, PHONE, Cli, Ended, MakeBook, loan, usual

POLICY = """
name = "duties"

[[stage]]
name = "late"
from_dpd = 1

[[step]]
id = "told"
day = 2
obligatory = true
deadline_days = 3
template = "collection.early"
purpose = "collection"
channels = ["sms"]
priority = 90
"""
AT = datetime(2026, 9, 24, 1, tzinfo=UTC)
# Two days past due at NOW: open; and eight days: missed.
FRESH, OLD = "2026-09-22", "2026-09-16"


@pytest.fixture
def policy(tmp_path: Path) -> Path:
    path = tmp_path / "duties.toml"
    path.write_text(POLICY, encoding="utf-8")
    return path


@pytest.fixture
def store(tmp_path: Path) -> Path:
    path = tmp_path / "run.db"
    SqliteStore(path).close()
    return path


def overdue(number: int, since: str) -> dict[str, str]:
    return loan(number, next_due_on="2026-12-22", oldest_unpaid_due_on=since)


def asked(book: Path, *more: object) -> list[object]:
    return [
        "obligations", book, "--policy", "duties.toml", "--store", "run.db", "--packs", "CN", "--now", NOW, *more,
    ]  # fmt: skip


def listed(ended: Ended) -> dict[str, str]:
    found: list[dict[str, Any]] = json.loads(ended.out)["obligations"]
    return {one["loan_id"]: one["state"] for one in found}


def tried(path: Path, number: int, result: SubmitResult, receipt: DeliveryStatus | None = None) -> None:
    """Keep an attempt at the duty of loan `number` that ended so."""
    key = f"key-{number}"
    made = claim(
        step_key=key, debtor=f"anxin-example|B-{number}", borrower_id=f"B-{number}", loan_id=f"L-{number}",
        step="told", due_on=date.fromisoformat(FRESH), purpose=Purpose.COLLECTION, template="collection.early",
    )  # fmt: skip
    with SqliteStore(path) as store:
        [answer] = store.claim([made])
        assert isinstance(answer, Claimed)
        assert store.finish(key, answer.token, result, AT)
        if receipt is not None:
            assert store.record_receipt(
                DeliveryReceipt(provider_message_id="p", step_key=key, status=receipt, at=AT)
            )


def test_what_is_open_and_what_was_missed_is_listed_the_gravest_first(
    cli: Cli, make_book: MakeBook, policy: Path, store: Path
) -> None:
    book = make_book(overdue(1, FRESH), overdue(2, OLD), loan(3))
    ended = cli(*asked(book))
    assert ended.code == 0
    assert "1 missed, 0 unknown, 1 open, 0 done" in ended.out
    assert ended.out.index("L-2") < ended.out.index("L-1")
    assert "2026-09-24" in ended.out
    assert "2026-09-27" in ended.out
    assert "L-3" not in ended.out
    assert PHONE not in ended.out
    assert NAME not in ended.out


def test_a_run_does_the_duty_and_it_leaves_the_list(cli: Cli, make_book: MakeBook, policy: Path) -> None:
    book = make_book(overdue(1, FRESH))
    sent = [policy if one == "cn-consumer" else one for one in usual(book, "--packs", "CN")]
    assert cli(*sent).code == 0
    assert listed(cli(*asked(book, "--json"))) == {}
    assert listed(cli(*asked(book, "--json", "--all"))) == {"L-1": "done"}


@pytest.mark.parametrize(
    ("result", "receipt", "state", "failed"),
    [
        (Accepted("p"), None, "done", False),
        (Accepted("p"), DeliveryStatus.DELIVERED, "done", False),
        (Accepted("p"), DeliveryStatus.UNDELIVERED, "open", True),
        (Accepted("p"), DeliveryStatus.EXPIRED, "open", True),
        (Rejected("blocked"), None, "open", True),
        (Unknown("timeout"), None, "unknown", False),
    ],
)
def test_how_an_attempt_ended_decides(
    cli: Cli, make_book: MakeBook, policy: Path, store: Path,
    result: SubmitResult, receipt: DeliveryStatus | None, state: str, failed: bool,
) -> None:  # fmt: skip
    tried(store, 1, result, receipt)
    ended = cli(*asked(make_book(overdue(1, FRESH)), "--json", "--all"))
    [one] = json.loads(ended.out)["obligations"]
    assert (one["state"], one["failed"]) == (state, failed)


def test_an_unknown_outcome_says_so_and_is_late_after_the_deadline(
    cli: Cli, make_book: MakeBook, policy: Path, store: Path
) -> None:
    tried(store, 1, Unknown("timeout"))
    book = make_book(overdue(1, FRESH))
    assert "nobody knows whether it went out" in " ".join(cli(*asked(book)).out.split())
    assert cli(*asked(book, "--strict")).code == 0
    later = [one if one != NOW else "2026-09-29T10:00:00+08:00" for one in asked(book, "--strict")]
    assert cli(*later).code == 1


def test_strict_ends_in_1_when_a_duty_was_missed_and_not_while_it_is_open(
    cli: Cli, make_book: MakeBook, policy: Path, store: Path
) -> None:
    assert cli(*asked(make_book(overdue(1, FRESH)), "--strict")).code == 0
    assert cli(*asked(make_book(overdue(1, OLD)), "--strict")).code == 1
    assert cli(*asked(make_book(overdue(1, OLD)))).code == 0


def test_a_row_nobody_can_read_is_told_and_counts_as_not_in_order(
    cli: Cli, make_book: MakeBook, policy: Path, store: Path
) -> None:
    book = make_book(overdue(1, FRESH), {**overdue(2, OLD), "phone": "1.38E+10"})
    ended = cli(*asked(book, "--strict"))
    assert ended.code == 1
    assert "rows of the book that cannot be read: 1" in ended.err
    assert json.loads(cli(*asked(book, "--json")).out)["rejected"] == 1


def test_the_json_has_the_keys_the_page_names(
    cli: Cli, make_book: MakeBook, policy: Path, store: Path
) -> None:
    told = json.loads(cli(*asked(make_book(overdue(1, OLD)), "--json")).out)
    assert set(told) == {"command", "at", "policy", "counts", "late", "rejected", "obligations"}
    assert (told["counts"], told["late"]) == ({"missed": 1, "unknown": 0, "open": 0, "done": 0}, 1)
    assert told["obligations"] == [
        {
            "loan_id": "L-1", "step": "told", "template": "collection.early", "recipient": "borrower",
            "due_on": "2026-09-18", "deadline": "2026-09-21", "state": "missed", "failed": False, "late": True,
        }
    ]  # fmt: skip


def test_a_store_that_is_not_there_is_named_and_none_is_made(
    cli: Cli, make_book: MakeBook, policy: Path, tmp_path: Path
) -> None:
    ended = cli(*asked(make_book(overdue(1, FRESH))))
    assert ended.code == 2
    assert ended.lines == ["loansms: --store: no such file: run.db; expected the store of your runs"]
    assert not (tmp_path / "run.db").exists()


def test_it_speaks_chinese(cli: Cli, make_book: MakeBook, policy: Path, store: Path) -> None:
    ended = cli(*asked(make_book(overdue(1, OLD)), "--lang", "zh-CN"))
    assert "超期未完成 1 项" in ended.out
    assert "期限" in ended.out
    assert "义务" in cli("obligations", "--help", "--lang", "zh-CN").out
