"""What an operator takes out of the store: whom a wrong text reached, and what agencies must obey. Ids alone."""

from __future__ import annotations

import csv
import json
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from loansms import IntakeService, Lender, Money, Revocation
from loansms.model import (
    Accepted,
    DeliveryReceipt,
    DeliveryStatus,
    Hold,
    HoldKind,
    InboundMessage,
    Message,
    Payment,
    Rejected,
    SubmitResult,
    Unknown,
)
from loansms.model.disposition import CallResult, Disposition
from loansms.privacy import Secret
from loansms.providers import SandboxProvider
from loansms.stores import SqliteStore

from .conftest import NAME, NOW, PHONE, Cli, MakeBook, loan, usual

AT = datetime.fromisoformat(NOW)
SINCE = ("--since", NOW, "--store", "run.db")


def table(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture
def sent(cli: Cli, make_book: MakeBook, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Four borrowers: delivered, unknown, refused by the provider, and one who got another text."""
    answers: dict[str, SubmitResult] = {"L-2": Unknown("timeout"), "L-3": Rejected("X")}

    def submit(_self: object, message: Message, _deadline: datetime) -> SubmitResult:
        return answers.get(message.loan_id or "", Accepted(f"p-{message.loan_id}"))

    monkeypatch.setattr(SandboxProvider, "submit", submit)
    due = {"next_due_on": "2026-09-24"}
    book = make_book({**loan(1, **due), "phone": PHONE}, loan(2, **due), loan(3, **due), loan(4))
    assert cli(*usual(book)).code == 0
    with SqliteStore(tmp_path / "run.db") as store:
        first = next(one for one in store.attempts() if one.loan_id == "L-1")
        store.record_receipt(
            DeliveryReceipt(
                provider_message_id="p-L-1", step_key=first.step_key, status=DeliveryStatus.DELIVERED, at=AT
            )
        )


@pytest.mark.usefixtures("sent")
def test_who_got_a_text_are_those_it_reached_or_may_have(cli: Cli, tmp_path: Path) -> None:
    ended = cli("who-got", "reminder.due_today", *SINCE, "--out", "got.csv")
    assert (ended.code, "2 messages" in ended.out) == (0, True)
    rows = table(tmp_path / "got.csv")
    assert [(one["borrower_id"], one["loan_id"], one["state"], one["delivery"]) for one in rows] == [
        ("B-1", "L-1", "accepted", "delivered"),
        ("B-2", "L-2", "unknown", ""),
    ]
    whole = (tmp_path / "got.csv").read_text(encoding="utf-8")
    assert PHONE not in whole + ended.out
    assert NAME not in whole + ended.out
    cli("who-got", "reminder.due_today", *SINCE, "--out", "got.csv")
    assert (tmp_path / "got.csv").read_text(encoding="utf-8") == whole
    version = rows[0]["version"]
    assert version
    told = json.loads(cli("who-got", "reminder.due_today", *SINCE, "--version", version, "--json").out)
    assert (told["messages"], told["borrowers"], told["states"]) == (2, 2, {"accepted": 1, "unknown": 1})
    assert [one["loan_id"] for one in told["reached"]] == ["L-1", "L-2"]
    for more in (["--version", "0" * 12], ["--since", "2026-09-25T10:00:00+08:00"]):
        assert json.loads(cli("who-got", "reminder.due_today", *SINCE, *more, "--json").out)["messages"] == 0
    assert "B-1" in cli("who-got", "reminder.due_today", *SINCE, "--lang", "zh-CN").out


@pytest.fixture
def happened(tmp_path: Path) -> None:
    """A day of news: a payment, a dispute and its release, a refusal, a withdrawal; and one of the day before."""
    with SqliteStore(tmp_path / "run.db") as store:
        intake = IntakeService(store=store, lender=Lender.example("CN"))
        paid = Payment(loan_id="L-3", amount=Money("10.00", "CNY"), at=AT)
        intake.record_payment("B-3", paid, "s-1")
        intake.record_payment(
            "B-1", Payment(loan_id="L-1", amount=Money("9", "CNY"), at=AT - timedelta(days=1)), "s-2"
        )
        intake.record_hold("B-2", Hold(HoldKind.DISPUTE, loan_id="L-2"), "s-3", at=AT)
        intake.record_hold("B-2", Hold(HoldKind.PROMISE, until=date(2026, 9, 30)), "s-4", at=AT)
        intake.revoke_consent("B-4", Revocation(at=AT), "s-5")
        intake.reply(InboundMessage(borrower_id="B-1", text=Secret("TD"), received_at=AT))
        intake.record_disposition("B-5", Disposition(result=CallResult.DISPUTE, at=AT), "s-6")
        tenant = Lender.example("CN").group or Lender.example("CN").lender_id
        store.release_holds(f"{tenant}|B-2", HoldKind.DISPUTE, AT, "e-1")


@pytest.mark.usefixtures("happened")
def test_an_agency_is_told_what_it_must_obey(cli: Cli, tmp_path: Path) -> None:
    args = ("export", "suppressions", "--store", "run.db", "--out", "stop.csv")
    day = ("--on", "2026-09-24", "--timezone", "Asia/Shanghai")
    ended = cli(*args, *day)
    assert ended.code == 0
    rows = table(tmp_path / "stop.csv")
    assert [(one["borrower_id"], one["loan_id"], one["what"], one["until"]) for one in rows] == [
        ("B-1", "", "opted_out", ""),
        ("B-2", "L-2", "disputed", ""),
        ("B-2", "", "held", "2026-09-30"),
        ("B-2", "", "released", ""),
        ("B-3", "L-3", "paid", ""),
        ("B-4", "", "withdrawn", ""),
        ("B-5", "", "disputed", ""),
    ]
    before = (tmp_path / "stop.csv").read_bytes()
    told = json.loads(cli(*args, *day, "--json").out)
    assert (tmp_path / "stop.csv").read_bytes() == before
    assert (told["lines"], told["debtors"], told["counts"]["disputed"]) == (7, 5, 2)
    assert json.loads(cli(*args, "--since", NOW, "--json").out)["lines"] == 7
    assert (
        json.loads(cli(*args, "--on", "2026-09-23", "--timezone", "Asia/Shanghai", "--json").out)["lines"]
        == 1
    )


@pytest.mark.usefixtures("happened")
def test_news_that_came_late_is_not_lost_between_two_days(cli: Cli, tmp_path: Path) -> None:
    """A payment of yesterday booked after yesterday's export: by day it is in no file, by entry it is in the next."""
    args = ("export", "suppressions", "--store", "run.db", "--out", "stop.csv", "--json")
    through = json.loads(cli(*args, "--after", "0").out)["through"]
    with SqliteStore(tmp_path / "run.db") as store:
        late = Payment(loan_id="L-9", amount=Money("1", "CNY"), at=AT - timedelta(days=1))
        IntakeService(store=store, lender=Lender.example("CN")).record_payment("B-9", late, "s-9")
    assert json.loads(cli(*args, "--after", str(through)).out)["counts"] == {"paid": 1}
    assert [one["loan_id"] for one in table(tmp_path / "stop.csv")] == ["L-9"]


@pytest.mark.parametrize(
    "wrong",
    [
        ["who-got", "x", "--store", "run.db", "--since", "yesterday"],
        ["who-got", "x", "--store", "gone.db", "--since", NOW],
        ["who-got", "x", "--store", "run.db"],
        ["who-got", "x", "--store", "run.db", "--since", NOW, "--out", "got.txt"],
        ["who-got", "x", "--store", "run.db", "--since", NOW, "--out", "no/got.csv"],
        ["export", "suppressions", "--store", "run.db", "--out", "o.csv"],
        [
            "export",
            "suppressions",
            "--store",
            "run.db",
            "--out",
            "o.csv",
            "--on",
            "2026-09-24",
            "--after",
            "1",
        ],
        ["export", "suppressions", "--store", "run.db", "--out", "o.csv", "--on", "24.9."],
        [
            "export",
            "suppressions",
            "--store",
            "run.db",
            "--out",
            "o.csv",
            "--on",
            "2026-09-24",
            "--timezone",
            "X",
        ],
        ["export", "suppressions", "--store", "run.db", "--on", "2026-09-24"],
        ["export", "everything"],
    ],
)
@pytest.mark.parametrize("lang", ["en", "zh-CN"])
def test_what_cannot_be_told_is_one_line(cli: Cli, tmp_path: Path, wrong: list[str], lang: str) -> None:
    SqliteStore(tmp_path / "run.db").close()
    ended = cli(*wrong, "--lang", lang)
    assert (ended.code, ended.out, len(ended.lines)) == (2, "", 1), ended.err
    assert not list(tmp_path.glob("*.csv"))
