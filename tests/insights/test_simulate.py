"""A simulation against books so small that every message of it is known beforehand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import polars as pl
import pytest
from attrs import evolve
from polars.testing import assert_frame_equal
from tests.realbook import real_book

from loansms.errors import CallerError, ConfigurationError
from loansms.insights import Behaviour, Pace, Simulation, simulate
from loansms.model import Channel, Contact, History, Lender, Purpose
from loansms.policy import Policy, Step

SHANGHAI = ZoneInfo("Asia/Shanghai")
START = datetime(2026, 7, 7, 10, tzinfo=SHANGHAI)  # a Tuesday; no holiday lies in the forty days after it
NOBODY = Behaviour(name="nobody does anything")
EVERYBODY = evolve(NOBODY, name="everybody pays at once", pay=[Pace(daily=1.0, after_reading=1.0)])
TERMS = {
    "principal": "1200.00", "annual_rate": "0", "term_months": "12", "method": "equal_instalment",
    "disbursed_on": "2026-01-14", "instalment_amount": "100.00",
}  # fmt: skip


def loan(number: int, due: str, **changes: str) -> dict[str, str]:
    own = {"loan_id": f"L-{number}", "borrower_id": f"B-{number}", "phone": f"1380013800{number}"}
    owed = {"country": "CN", "currency": "CNY", "amount_due": "100.00", "next_due_on": due}
    return {**own, **owed, "oldest_unpaid_due_on": "", **changes}


def overdue(number: int, since: str, **changes: str) -> dict[str, str]:
    return loan(number, "", oldest_unpaid_due_on=since, **changes)


def play(
    rows: Sequence[Mapping[str, str]], behaviour: Behaviour = NOBODY, days: int = 40, **more: Any
) -> Simulation:
    given = {"policy": "cn-consumer", "lender": Lender.example("CN"), "start": START, **more}
    return simulate(given.pop("policy"), rows, days, behaviour, **given)


def said(done: Simulation, what: str = "message", version: str = "A") -> list[tuple[str, str, str]]:
    """Return (day, loan, step) of everything of that kind, in order."""
    rows = done.events.filter(what=what, version=version).sort("day", "loan_id", maintain_order=True)
    return [(str(day), one, step) for day, one, step in rows.select("day", "loan_id", "step").iter_rows()]


BOOK = [loan(1, "2026-07-14"), overdue(2, "2026-07-01")]


def test_nobody_pays_and_each_hears_the_ladder_on_its_days() -> None:
    done = play(BOOK)
    first, second = ([one for one in said(done) if one[1] == name] for name in ("L-1", "L-2"))
    assert [(day, step) for day, _, step in first] == [
        ("2026-07-07", "t-7"), ("2026-07-11", "t-3"), ("2026-07-14", "t-0"), ("2026-07-15", "day-1"),
        ("2026-07-17", "day-3"), ("2026-07-20", "day-6"), ("2026-07-22", "day-8"), ("2026-07-29", "day-15"),
        ("2026-08-05", "day-22"), ("2026-08-12", "day-29"), ("2026-08-14", "day-31"),
    ]  # fmt: skip
    # Collection rests at the weekend: what falls on Saturday, the first of August, is heard on Monday.
    assert [(day, step) for day, _, step in second] == [
        ("2026-07-07", "day-6"), ("2026-07-09", "day-8"), ("2026-07-16", "day-15"), ("2026-07-23", "day-22"),
        ("2026-07-30", "day-29"), ("2026-08-03", "day-31"),
    ]  # fmt: skip
    assert said(done, "deferred") == [("2026-08-01", "L-2", "day-31"), ("2026-08-15", "L-2", "day-45")]
    (totals,) = done.totals.to_dicts()
    assert (totals["messages"], totals["deferrals"], totals["cured"], totals["overdue_end"]) == (17, 2, 0, 2)
    assert (totals["owed"], totals["cured_share"], totals["paid"], totals["cost"]) == (
        2,
        0.0,
        Decimal(0),
        None,
    )
    assert done.loans.select("stage_start", "dpd_start", "stage_end", "dpd_end").rows() == [
        ("upcoming", -7, "late", 32),
        ("early", 6, "late", 45),
    ]


def test_everybody_pays_at_once_and_hears_nothing_more() -> None:
    done = play(BOOK, EVERYBODY)
    assert said(done) == [("2026-07-07", "L-1", "t-7"), ("2026-07-07", "L-2", "day-6")]
    (totals,) = done.totals.to_dicts()
    assert (totals["payments"], totals["paid"], totals["cured_share"]) == (2, Decimal(200), 1.0)
    assert totals["messages_per_day"] == 2 / 40


def test_who_has_paid_is_reminded_of_the_next_instalment() -> None:
    pays_on_the_day = evolve(NOBODY, pay=[Pace(from_dpd=0, daily=1.0, after_reading=1.0)])
    done = play([loan(1, "2026-07-14", **TERMS)], pays_on_the_day)
    assert [day for day, _, _ in said(done, "payment")] == ["2026-07-14", "2026-08-14"]
    assert [step for _, _, step in said(done)] == ["t-7", "t-3", "t-0"] * 2
    assert done.loans["dpd_end"].to_list() == [-30]


def test_an_instalment_that_falls_due_is_owed_on_top() -> None:
    late = evolve(NOBODY, pay=[Pace(from_dpd=31, daily=1.0, after_reading=1.0)])
    done = play([loan(1, "2026-07-14", **TERMS)], late)
    assert done.totals["paid"].to_list() == [Decimal(200)]
    assert [day for day, _, _ in said(done, "payment")] == ["2026-08-14"]


def test_after_an_opt_out_there_is_nothing_more() -> None:
    done = play(BOOK, evolve(NOBODY, opt_out=1.0))
    assert said(done) == [("2026-07-07", "L-1", "t-7"), ("2026-07-07", "L-2", "day-6")]
    assert done.totals["opt_outs"].to_list() == [2]
    assert set(done.kept_back["what"]) == {"denied"}


def test_a_message_that_never_arrives_moves_nobody() -> None:
    eager = evolve(
        NOBODY, delivered=0.0, read=1.0, reply=1.0, opt_out=1.0, pay=[Pace(daily=0.0, after_reading=1.0)]
    )
    done = play(BOOK, eager)
    assert len(said(done)) == 17
    assert done.totals.select("delivered", "read", "replies", "opt_outs", "payments").row(0) == (0,) * 5


def test_a_reading_counts_for_its_days_and_no_longer() -> None:
    reads = evolve(NOBODY, read=1.0, pay=[Pace(from_dpd=4, daily=0.0, after_reading=1.0)])
    book = [overdue(1, "2026-07-05")]
    # The text of 8 July is the last before the weekend; payment begins to be possible on the 9th.
    two_days = play(book, evolve(reads, lately_days=2), 8)
    assert [day for day, _, _ in said(two_days)] == ["2026-07-07", "2026-07-08"]
    assert [day for day, _, _ in said(two_days, "payment")] == ["2026-07-09"]
    same_day = play(book, evolve(reads, lately_days=1), 8)
    assert [day for day, _, _ in said(same_day)] == ["2026-07-07", "2026-07-08", "2026-07-13"]
    assert [day for day, _, _ in said(same_day, "payment")] == ["2026-07-13"]


def test_a_promise_holds_the_ladder_and_is_kept_or_broken() -> None:
    promises = evolve(NOBODY, read=1.0, reply=1.0, promise=1.0, promise_days=2)
    kept = play([overdue(1, "2026-07-06")], evolve(promises, keeps=1.0), 10)
    assert said(kept, "promise")[0][0] == "2026-07-07"
    assert said(kept, "promise_kept") == [("2026-07-09", "L-1", "")]
    assert [day for day, _, _ in said(kept)] == ["2026-07-07", "2026-07-09"]
    broken = play([overdue(1, "2026-07-06")], evolve(promises, keeps=0.0), 10)
    assert broken.totals.select("promises_kept", "payments").row(0) == (0, 0)
    assert len(said(broken)) > len(said(kept))


def test_a_part_payment_leaves_the_rest_as_old_as_it_was() -> None:
    partly = evolve(EVERYBODY, partial=1.0, part=0.5)
    done = play([overdue(1, "2026-07-01")], partly, 1)
    assert done.totals.select("part_payments", "payments", "paid").row(0) == (1, 0, Decimal(50))
    assert done.loans["dpd_end"].to_list() == [6]


def test_a_direct_debit_pays_on_its_day() -> None:
    debit = {"autopay": "true", "next_debit_at": "2026-07-14T08:00:00+08:00"}
    book = [loan(1, "2026-07-14", **debit)]
    works = play(book, evolve(NOBODY, debit=1.0))
    assert [day for day, _, _ in said(works, "payment")] == ["2026-07-14"]
    assert not [one for one in said(works) if one[0] > "2026-07-14"]
    assert "day-1" in {step for _, _, step in said(play(book, NOBODY))}


def test_the_same_policy_twice_differs_in_nothing_and_says_so() -> None:
    done = play(
        BOOK, evolve(Behaviour.example(), opt_out=0.2), against="cn-consumer", seed=3, price=Decimal("0.045")
    )
    compared = done.compare()
    assert set(compared["told"]) == {"no_difference"}
    assert compared["difference"].abs().sum() == 0
    assert compared["low"].null_count() == compared.height
    assert done.changed.is_empty()
    assert "no difference to any borrower" in done._repr_html_()


def test_both_versions_meet_the_same_luck() -> None:
    """A version with one step fewer: until that step would have spoken, everybody has the same days."""
    usual = Policy.preset("cn-consumer")
    fewer = evolve(usual, name="fewer", steps=[one for one in usual.steps if one.id != "day-15"])
    done = play(BOOK, Behaviour.example(), against=fewer, seed=5)
    before = pl.col("day") < date(2026, 7, 16)
    a, b = (done.events.filter(before, version=name).drop("version") for name in ("A", "B"))
    assert_frame_equal(a, b)
    assert a.height > 4


def test_figures_of_a_version_with_one_message_less() -> None:
    usual = Policy.preset("cn-consumer")
    fewer = evolve(usual, name="fewer", steps=[one for one in usual.steps if one.id != "t-7"])
    done = play(BOOK, against=fewer, days=10, price=Decimal("0.05"))
    by_figure = {row["figure"]: row for row in done.compare().to_dicts()}
    messages = by_figure["messages"]
    # One borrower of two hears one message less: mean -0.5, s = sqrt(0.5), so half of it is 1.96 * 0.5.
    assert (messages["difference"], messages["mean"], messages["n"], messages["differing"]) == (
        -1.0,
        -0.5,
        2,
        1,
    )
    assert messages["low"] == pytest.approx(-0.5 - 1.959964 * 0.5, abs=1e-6)
    assert messages["told"] == "rough"
    (changed,) = done.changed.to_dicts()
    assert (changed["borrower_id"], changed["first_step"], changed["first_step_b"]) == ("B-1", "t-7", "t-3")
    assert {*done.changed.columns}.isdisjoint({"phone", "name", "e164"})
    alone = play(BOOK[:1], against=fewer, days=10).compare().filter(figure="messages").to_dicts()[0]
    assert (alone["told"], alone["low"], alone["high"]) == ("cannot_be_computed", None, None)


def test_the_same_seed_gives_the_same_days_whatever_the_order_of_the_book() -> None:
    book = [overdue(n, f"2026-06-{n + 9}") for n in range(1, 9)]
    one, again = (play(book, Behaviour.example(), 20, seed=7) for _ in range(2))
    turned = play(book[::-1], Behaviour.example(), 20, seed=7)
    other = play(book, Behaviour.example(), 20, seed=8)
    assert_frame_equal(one.events, again.events)
    assert_frame_equal(one.events, turned.events)
    assert_frame_equal(one.loans, turned.loans)
    assert not one.events.equals(other.events)


def test_several_loans_of_a_debtor_never_give_two_messages_a_day() -> None:
    book = [overdue(n, "2026-07-01", borrower_id="B-1", phone="13800138001") for n in range(1, 5)]
    done = play(book, days=30)
    days = [day for day, _, _ in said(done)]
    assert len(days) == len(set(days)) > 4
    assert done.totals["cap_hits"].to_list()[0] + done.totals["deferrals"].to_list()[0] > 0


def test_loans_told_in_one_message_are_all_done_and_all_read() -> None:
    book = [loan(n, "2026-07-10", borrower_id="B-1", phone="13800138001") for n in (1, 2, 3)]
    joined = Policy.preset("cn-consumer", ["joined"])
    silent = play(book, days=3, policy=joined)
    assert [(day, step) for day, _, step in said(silent)] == [("2026-07-07", "t-3")]
    assert silent.totals.select("messages", "joined", "payments").row(0) == (1, 2, 0)
    reads = evolve(NOBODY, read=1.0, pay=[Pace(from_dpd=-3, daily=0.0, after_reading=1.0)])
    done = play(book, reads, 3, policy=joined)
    assert sorted(one for _, one, _ in said(done, "payment")) == ["L-1", "L-2", "L-3"]
    apart = play(book, days=3)
    assert apart.totals.select("messages", "joined").row(0) == (3, 0)


def test_a_full_cap_is_counted_as_one() -> None:
    # The house cap of the mainland pack: the same person hears so many texts in seven days and no more.
    sent = [START - timedelta(days=day, hours=1) for day in range(1, 6)]
    past = History.of(Contact(channel=Channel.SMS, at=at, purpose=Purpose.COLLECTION) for at in sent)
    done = play([overdue(1, "2026-06-29")], days=1, history={"B-1": past})
    assert done.totals.select("messages", "cap_hits").row(0) == (0, 1)
    assert done.kept_back.select("steps", "cap_hits").rows() == [(1, 1)]


def test_a_refusal_on_any_row_of_the_book_holds() -> None:
    book = [
        overdue(1, "2026-07-01"),
        overdue(2, "2026-07-01", borrower_id="B-1", phone="13800138001", opt_out="true"),
    ]
    assert said(play(book, days=5)) == []


def test_a_case_for_a_person_is_no_message() -> None:
    done = play([overdue(1, "2026-04-07")], days=3)
    assert said(done, "handover") == [("2026-07-07", "L-1", "handover")]
    assert done.totals.select("messages", "segments", "handovers").row(0) == (0, 0, 1)


def test_bad_rows_are_counted_and_bad_questions_refused() -> None:
    assert play([*BOOK, loan(3, "2026-07-14", phone="1.38E+10")], days=1).rejects == 1
    with pytest.raises(CallerError, match="days: expected a whole number from 1 to 366"):
        play(BOOK, days=0)
    with pytest.raises(ValueError, match="start"):
        play(BOOK, start=datetime(2026, 7, 7, 10))
    with pytest.raises(CallerError, match="expected two versions"):
        play(BOOK, days=1).compare()
    asks = Policy.preset("cn-consumer")
    vip: Step = evolve(asks.steps[0], audience="vip")
    with pytest.raises(ConfigurationError, match='"vip", which the book has not'):
        play(BOOK, policy=evolve(asks, steps=[vip, *asks.steps[1:]], columns={"vip": "flag"}), days=1)


def test_cost_is_exact_and_paid_is_by_currency() -> None:
    done = play(BOOK, EVERYBODY, 1, price=Decimal("0.045"))
    assert done.totals["cost"].to_list() == [Decimal("0.045") * done.totals["segments"][0]]
    mixed = play([*BOOK, overdue(3, "2026-07-01", currency="USD")], EVERYBODY, 1)
    assert mixed.totals["paid"].to_list() == [None]
    assert mixed.paid.rows() == [("A", "CNY", 2, Decimal(200)), ("A", "USD", 1, Decimal(100))]


def test_the_real_book_for_three_days() -> None:
    """Every row is played, and both versions of the same policy agree on all 3,810 borrowers."""
    done = simulate(
        "us-first-party", real_book(), 3, Behaviour.example(), lender=Lender.example("US"), seed=1,
        start=datetime(2018, 4, 15, 10, tzinfo=ZoneInfo("America/New_York")),
    )  # fmt: skip
    assert done.totals.select("loans", "borrowers").row(0) == (4000, 3810)
    assert done.totals["messages"][0] > 800
    assert done.daily["messages"].sum() == done.steps["messages"].sum() == done.totals["messages"][0]


def test_behaviour_from_a_file(tmp_path: Path) -> None:
    path = tmp_path / "behaviour.toml"
    path.write_text('name = "ours"\ndelivered = 0.9\n[[pay]]\ndaily = 0.1\nafter_reading = 0.2\n', "utf-8")
    assert Behaviour.load(path) == Behaviour(
        name="ours", delivered=0.9, pay=[Pace(daily=0.1, after_reading=0.2)]
    )
    for wrong, told in {
        'name = "x"\nread = 1.2': "read: expected a chance from 0 to 1",
        'name = "x"\nread = "0.5"': "read: expected a chance from 0 to 1",
        'name = "x"\nlately_days = 0': "lately_days: expected a whole number",
        'name = "x"\nreed = 0.5': "unknown keys reed",
        'name = "x"\n[[pay]]\ndaily = 1\nafter_reading = 1\n[[pay]]\ndaily = 0\nafter_reading = 1': "pay: expected",
    }.items():
        path.write_text(wrong, "utf-8")
        with pytest.raises(ConfigurationError, match=f"behaviour.toml: .*{told}"):
            Behaviour.load(path)


@pytest.mark.soak
def test_the_real_book_for_thirty_days() -> None:
    """A month of 4,000 loans: nobody hears two messages on one of their days, and every loan is accounted for."""
    done = simulate(
        "us-first-party", real_book(), 30, Behaviour.example(), lender=Lender.example("US"), seed=1,
        start=datetime(2018, 4, 15, 10, tzinfo=ZoneInfo("America/New_York")),
    )  # fmt: skip
    sent = done.events.filter(pl.col("what") == "message")
    assert sent.group_by("borrower_id", "day").len()["len"].max() == 1
    assert done.loans.height == 4000
    assert 0 < done.totals["cured_share"][0] < 1
