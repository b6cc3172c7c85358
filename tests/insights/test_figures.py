"""Figures of messages: they add up, no payment counts twice, and no small group can be read off."""

from __future__ import annotations

import sys
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import polars as pl
import pytest
from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.services.parts import NOW, overdue
from tests.services.reply_parts import bench

from loansms.errors import CallerError, MissingExtra
from loansms.insights.figure_tables import COUNTS, DIMENSIONS, SUMS
from loansms.insights.figures import Figures, figures, figures_html
from loansms.insights.journal_events import journal_events
from loansms.model import Channel, DeliveryStatus, Money, Payment
from loansms.policy import Experiment, Policy
from loansms.stores import AttemptRecord, AttemptState
from loansms.stores.records import attempt_of
from loansms.testing.examples import AT, claim

SHANGHAI = ZoneInfo("Asia/Shanghai")
LATER = AT + timedelta(days=60)


def sent(key: str, borrower: int = 1, hours: float = 0, **changes: Any) -> AttemptRecord:
    names = {
        "step_key": key,
        "borrower_id": f"B-{borrower}",
        "debtor": f"t|B-{borrower}",
        "loan_id": f"L-{borrower}",
    }
    told = {"state": AttemptState.ACCEPTED, "delivery": DeliveryStatus.DELIVERED, "fingerprint": key}
    at = AT + timedelta(hours=hours)
    return evolve(attempt_of(claim(**names, at=at), "", at, 1), **{**told, **changes})


def paid(number: int, borrower: int = 1, hours: float = 1, **changes: Any) -> dict[str, Any]:
    row = {"payment_id": f"P-{number}", "borrower_id": f"B-{borrower}", "at": AT + timedelta(hours=hours)}
    return {**row, "amount": Decimal("100.00"), "currency": "CNY", **changes}


def of(attempts: list[AttemptRecord], **given_too: Any) -> Figures:
    return figures(attempts, **{"as_of": LATER, "zone": SHANGHAI, "k": 1, **given_too})


def credited(figures_: Figures) -> dict[str, int]:
    return {key: n for key, n in figures_.messages.select("step_key", "payments").rows() if n}


def test_a_payment_belongs_to_the_last_message_before_it() -> None:
    three = [sent("first"), sent("second", hours=5), sent("after", hours=30)]
    assert credited(of(three, payments=[paid(1, hours=10)])) == {"second": 1}
    assert credited(of(three, payments=[paid(1, hours=5)])) == {"second": 1}
    assert credited(of(three[2:], payments=[paid(1, hours=10)])) == {}


def test_a_payment_after_the_window_belongs_to_none_and_is_told_so() -> None:
    late = of([sent("first")], payments=[paid(1, hours=7 * 24 + 0.1), paid(2, hours=7 * 24)])
    assert credited(late) == {"first": 1}
    assert late.unattributed == {"payments": 1}
    assert "payments 1" in late.attribution()
    assert "还款 1" in late.attribution("zh-CN")


def test_a_payment_on_one_loan_is_not_credited_to_a_message_about_another() -> None:
    two = [sent("mine"), sent("other", hours=2, loan_id="L-9"), sent("general", hours=-1, loan_id=None)]
    assert credited(of(two, payments=[paid(1, hours=4, loan_id="L-1")])) == {"mine": 1}
    assert credited(of(two, payments=[paid(1, hours=4, loan_id="L-7")])) == {"general": 1}
    assert credited(of(two, payments=[paid(1, hours=4)])) == {"other": 1}
    assert credited(of(two[2:], payments=[paid(1, hours=4)])) == {"general": 1}
    later = [sent("z-mine"), sent("a-general", hours=1, loan_id=None)]
    assert credited(of(later, payments=[paid(1, hours=4, loan_id="L-1")])) == {"a-general": 1}


def test_a_text_that_spoke_for_two_loans_is_credited_with_payments_on_both() -> None:
    joined = sent("beside", loan_id="L-2", state=AttemptState.REJECTED, code="joined", fingerprint="own")
    told = of([sent("own"), joined], payments=[paid(1, loan_id="L-2"), paid(2, loan_id="L-1")])
    assert credited(told) == {"own": 2}
    assert told.total.select("sent", "refused").row(0) == (1, 0)


def test_only_what_a_provider_took_is_credited() -> None:
    states = [
        AttemptState.REJECTED,
        AttemptState.UNKNOWN,
        AttemptState.REJECTED_RETRYABLE,
        AttemptState.ATTEMPTING,
    ]
    not_sent = [sent(f"no-{state}", hours=n, state=state, delivery=None) for n, state in enumerate(states)]
    told = of([sent("yes", hours=-1), *not_sent], payments=[paid(1, hours=9)])
    assert credited(told) == {"yes": 1}
    assert told.total.select("sent", "refused", "unknown").row(0) == (1, 2, 2)


def test_an_answer_that_names_its_message_belongs_to_it_however_late() -> None:
    two = [sent("first"), sent("second", hours=5)]
    replies = [{"borrower_id": "B-1", "at": AT + timedelta(days=20), "step_key": "first"}]
    told = of(two, replies=replies)
    assert told.messages.filter("replied")["step_key"].to_list() == ["first"]
    unknown = [{**replies[0], "step_key": "of another ledger", "at": AT + timedelta(hours=6)}]
    assert of(two, replies=unknown).messages.filter("replied")["step_key"].to_list() == ["second"]


def test_a_column_that_begins_with_many_nulls_is_read_to_its_end() -> None:
    silent = [{"borrower_id": f"B-{n}", "at": AT, "step_key": None} for n in range(100, 300)]
    told = of([sent("one")], replies=[*silent, {"borrower_id": "B-1", "at": LATER, "step_key": "one"}])
    assert told.messages.filter("replied")["step_key"].to_list() == ["one"]


def test_a_payment_told_twice_counts_once_and_two_that_differ_are_refused() -> None:
    assert credited(of([sent("one")], payments=[paid(1), paid(1)])) == {"one": 1}
    with pytest.raises(CallerError, match=r"payments\.payment_id"):
        of([sent("one")], payments=[paid(1), paid(1, hours=2)])


def test_a_payment_with_a_date_alone_counts_at_the_end_of_that_day() -> None:
    morning = date(2026, 9, 24)  # AT is 10:00 of it in Shanghai
    assert credited(of([sent("one")], payments=[paid(1, at=morning)])) == {"one": 1}
    assert credited(of([sent("one")], payments=[paid(1, at=morning - timedelta(days=1))])) == {}
    noon = AT + timedelta(hours=2)
    assert credited(of([sent("one")], payments=[paid(1, at=morning)], as_of=noon)) == {"one": 1}


def test_what_happens_after_the_day_of_reading_is_not_read() -> None:
    told = of(
        [sent("one"), sent("two", hours=50)], payments=[paid(1, hours=30)], as_of=AT + timedelta(hours=20)
    )
    assert told.total.select("sent", "payments").row(0) == (1, 0)


def test_a_message_of_yesterday_does_not_pull_the_payment_rate_down() -> None:
    ledger = [sent("old"), sent("young", 2, hours=20 * 24)]
    told = of(ledger, payments=[paid(1)], as_of=AT + timedelta(days=21))
    assert told.total.select("ripe", "paid_rate").row(0) == (1, 1.0)


def test_what_nobody_told_is_null_and_what_did_not_happen_is_zero() -> None:
    told = of([sent("one")], complaints=[]).total
    assert told.select("replied", "payments", "recovered", "cost").row(0) == (None, None, None, None)
    assert told.select("complained", "complained_rate").row(0) == (0, 0.0)


def test_promises_kept_and_broken_are_told_apart() -> None:
    promises = [
        {"borrower_id": f"B-{n}", "at": AT + timedelta(hours=1), "kept": kept}
        for n, kept in ((1, True), (2, False), (3, None))
    ]
    told = of([sent(f"m-{n}", n) for n in (1, 2, 3)], promises=promises).total
    assert told.select("promised", "kept", "kept_rate").row(0) == (3, 1, pytest.approx(1 / 3))


def test_the_cost_of_a_recovered_unit_comes_from_the_bill() -> None:
    bill = [{"step_key": "one", "cost": Decimal("0.09"), "segments": 2, "provider": "north"}]
    told = of([sent("one"), sent("two", 2)], payments=[paid(1)], bill=bill, provider="south")
    assert told.total.select("cost", "segments").row(0) == (Decimal("0.09"), 2)
    assert told.total["cost_per_recovered"].item() == pytest.approx(0.0009)
    assert told.by("provider")["provider"].to_list() == ["north", "south"]


def test_the_hour_is_that_of_the_borrower() -> None:
    people = [{"borrower_id": "B-2", "timezone": "America/New_York", "segment": "abroad"}]
    told = of([sent("one"), sent("two", 2)], people=people)
    assert dict(told.messages.select("step_key", "hour").rows()) == {"one": 10, "two": 22}
    assert told.by("segment")["segment"].to_list() == ["", "abroad"]


def test_stages_come_from_the_policy_and_repeats_belong_to_their_step() -> None:
    policy = Policy.preset("cn-consumer")
    step = policy.steps[0]
    told = of([sent("one", step=step.id), sent("two", 2, step=f"{step.id}.3")], policy=policy)
    assert told.by("stage").select("stage", "sent").rows() == [(step.stage, 2)]


def test_arms_come_from_the_experiment() -> None:
    tone = Experiment(name="tone", arms={"usual": 1, "warm": 1})
    told = of([sent(f"m-{n}", n) for n in range(20)], experiment=tone)
    assert dict(told.by("arm").select("arm", "sent").rows()) == {
        arm: sum(tone.arm(f"B-{n}") == arm for n in range(20)) for arm in ("usual", "warm")
    }


LEDGERS = st.lists(
    st.tuples(
        st.integers(0, 14),
        st.integers(0, 30 * 24),
        st.sampled_from("abcde"),
        st.sampled_from(
            (AttemptState.ACCEPTED, AttemptState.ACCEPTED, AttemptState.REJECTED, AttemptState.UNKNOWN)
        ),
        st.sampled_from((Channel.SMS, Channel.VOICE)),
    ),
    max_size=40,
).map(
    lambda rows: [
        sent(f"s-{n:03}", who, hours, template=template, state=state, channel=channel)
        for n, (who, hours, template, state, channel) in enumerate(rows)
    ]
)
PAYMENTS = st.lists(st.tuples(st.integers(0, 14), st.integers(0, 45 * 24), st.booleans()), max_size=25).map(
    lambda rows: [
        paid(n, who, hours + 0.5, loan_id=f"L-{who}" if named else None)
        for n, (who, hours, named) in enumerate(rows)
    ]
)


@settings(max_examples=30)
@given(LEDGERS, PAYMENTS)
def test_whatever_happened_the_parts_add_up_to_the_total_and_every_payment_counts_once(
    ledger: list[AttemptRecord], payments: list[dict[str, Any]]
) -> None:
    told = of(ledger, payments=payments)
    total = told.total.row(0, named=True)
    assert (total["payments"] or 0) + told.unattributed["payments"] == len(payments)
    for dimension in DIMENSIONS:
        parts = told.by(dimension)
        for name in (*COUNTS, *SUMS):
            assert (parts[name].sum() or 0) == (total[name] or 0), (dimension, name)
    # Read again by hand: the last message before it, of the same borrower, within seven days.
    expected: Counter[str] = Counter()
    for row in payments:
        before = [
            one
            for one in ledger
            if one.borrower_id == row["borrower_id"]
            and one.state is AttemptState.ACCEPTED
            and timedelta(0) <= row["at"] - one.at <= timedelta(days=7)
        ]
        if before:
            expected[max(before, key=lambda one: (one.at, one.step_key)).step_key] += 1
    assert credited(told) == expected


@settings(max_examples=60)
@given(LEDGERS, st.integers(2, 6), st.sampled_from(("template", "channel", "hour")))
def test_no_small_group_is_told_or_can_be_had_by_taking_the_rest_from_the_total(
    ledger: list[AttemptRecord], k: int, dimension: str
) -> None:
    told = of(ledger, k=k)
    groups: dict[object, set[str]] = {}
    for name, who in told.messages.select(dimension, "borrower_id").rows():
        groups.setdefault(name, set()).add(who)
    rows = told.by(dimension)
    hidden = set(rows.filter("suppressed")[dimension].to_list())
    assert {name for name, who in groups.items() if len(who) < k} <= hidden
    shown = rows.filter(~pl.col("suppressed"))
    assert shown["sent"].null_count() == 0
    kept_back = rows.filter("suppressed").drop(dimension, "suppressed")
    assert all(kept_back[name].null_count() == len(hidden) for name in kept_back.columns)
    if hidden and not told.total["suppressed"].item():
        assert len(hidden) >= 2
        assert len(set().union(*(groups[name] for name in hidden))) >= k


def test_the_same_groups_under_two_names_hide_the_same_messages() -> None:
    # One small group and two alike: were the names to decide, each table would give away what the other hides.
    ledger = [sent(f"s-{n}", n, template="a", step="z") for n in range(3)]
    ledger += [sent(f"t-{n}", 10 + n, template="b", step="y") for n in range(12)]
    ledger += [sent(f"u-{n}", 30 + n, template="c", step="a") for n in range(12)]
    told = of(ledger, k=10)
    by_template = set(told.by("template").filter("suppressed")["template"].to_list())
    by_step = set(told.by("step").filter("suppressed")["step"].to_list())
    assert (by_template, by_step) == ({"a", "b"}, {"z", "y"})


def test_a_ledger_of_few_people_tells_nothing() -> None:
    told = figures([sent("one")], as_of=LATER, zone=SHANGHAI)
    assert told.total["suppressed"].item()
    assert told.total["sent"].item() is None
    assert "fewer than 10 borrowers" in figures_html(told)


@pytest.mark.parametrize("lang", ["en", "zh-CN"])
def test_the_page_tells_figures_and_no_ids(lang: str) -> None:
    ledger = [sent(f"s-{n}", n, template="<b>odd</b>" if n < 3 else "reminder.due_in_3") for n in range(40)]
    page = figures_html(of(ledger, k=10, payments=[paid(n, n) for n in range(9)]), lang)
    assert "&lt;b&gt;odd&lt;/b&gt;" in page
    assert "B-1" not in page
    assert "L-1" not in page
    assert "900.00" in page


@pytest.mark.parametrize(
    ("frames", "said"),
    [
        ({"payments": [{"borrower_id": "B-1", "at": AT}]}, "payments: expected the columns payment_id"),
        ({"payments": [paid(1, at=datetime(2026, 9, 24, 12))]}, r"payments\.at"),
        ({"replies": [{"borrower_id": "B-1", "at": date(2026, 9, 24)}]}, r"replies\.at"),
        ({"replies": [{"borrower_id": "B-1", "at": None}]}, r"replies\.at"),
        ({"payments": [paid(1), paid(2, currency="USD")]}, r"payments\.currency"),
        ({"bill": [{"step_key": "one"}, {"step_key": "one"}]}, r"bill\.step_key"),
        ({"people": [{"borrower_id": "B-1", "segment": one} for one in "ab"]}, r"people\.borrower_id"),
        ({"people": [{"borrower_id": "B-1", "timezone": "Mars"}]}, r"people\.timezone"),
        ({"payments": [paid(1), paid(2, at=date(2026, 9, 25))]}, "payments: expected a frame, or rows"),
        (
            {"payments": [paid(1), paid(2, at=AT.astimezone(ZoneInfo("America/New_York")))]},
            "payments: expected a frame",
        ),
        ({"payments": 3}, "payments: expected a frame"),
        ({"payments": [paid(1, amount="12,50 x")]}, r"payments\.amount: expected numbers$"),
        ({"promises": [{"borrower_id": "B-1", "at": AT, "kept": "yes"}]}, r"promises\.kept: expected true"),
        ({"bill": [{"step_key": "one", "segments": "many"}]}, r"bill\.segments: expected whole numbers$"),
        ({"within": 0}, "within"),
        ({"k": True}, "k"),
        ({"as_of": datetime(2026, 9, 24)}, "as_of"),
    ],
)
def test_a_frame_that_cannot_be_counted_is_refused_by_name(frames: dict[str, Any], said: str) -> None:
    with pytest.raises(CallerError, match=f"^{said}"):
        of([sent("one")], **frames)


def test_an_unknown_dimension_is_refused() -> None:
    with pytest.raises(CallerError, match=r"^dimension: expected one of template"):
        of([sent("one")]).by("borrower_id")


def test_without_polars_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "polars", None)
    with pytest.raises(MissingExtra, match=r"loansms\[portfolio\]"):
        of([])


def test_an_empty_ledger_has_no_groups() -> None:
    told = figures([], as_of=datetime(2026, 9, 24, tzinfo=UTC), zone=SHANGHAI, payments=[])
    assert told.by("template").is_empty()
    assert told.total["suppressed"].item()


def test_what_did_not_arrive_is_told_and_the_ledger_knows_by_which_road() -> None:
    lost = sent("lost", 2, delivery=DeliveryStatus.EXPIRED, route="south", stage="early", segments=2)
    told = of([sent("here", route="north", stage="due", segments=1), lost, sent("silent", 3, delivery=None)])
    assert told.total.select("delivered", "undelivered", "segments").row(0) == (1, 1, 3)
    assert dict(told.by("provider").select("provider", "undelivered_rate").rows()) == {
        "": 0.0, "north": 0.0, "south": 1.0,
    }  # fmt: skip
    assert told.by("stage")["stage"].to_list() == ["", "due", "early"]


def test_a_survey_counts_the_last_score_a_message_was_given() -> None:
    scores = [
        {"borrower_id": "B-1", "at": AT + timedelta(hours=hours), "score": score, "step_key": "one"}
        for hours, score in ((2, 5), (1, 1))
    ]
    scores.append({"borrower_id": "B-2", "at": AT + timedelta(hours=1), "score": 2, "step_key": "two"})
    told = of([sent("one"), sent("two", 2), sent("three", 3)], scores=scores)
    assert told.total.select("scored", "score_mean").row(0) == (2, 3.5)
    assert "Mean score" in figures_html(told)


def test_complaints_are_told_by_template_and_step_together() -> None:
    ledger = [sent(f"m-{n}", n, template="ab"[n % 2], step=("x", "y", "z")[n % 3]) for n in range(12)]
    angry = [{"borrower_id": "B-3", "at": AT + timedelta(hours=1)}]
    told = of(ledger, complaints=angry).by("template", "step")
    rates = {(one, two): rate for one, two, rate in told.select("template", "step", "complained_rate").rows()}
    assert rates == {(one, two): 0.5 if (one, two) == ("b", "x") else 0.0 for one in "ab" for two in "xyz"}


@settings(max_examples=60)
@given(LEDGERS, st.integers(2, 6))
def test_no_small_cell_is_had_by_taking_its_row_from_a_total(ledger: list[AttemptRecord], k: int) -> None:
    told = of(ledger, k=k)
    two = ("template", "channel")
    hidden = {(one, other) for one, other, held in told.by(*two).select(*two, "suppressed").rows() if held}
    who: dict[tuple[str, str], set[str]] = {}
    for one in ledger:
        who.setdefault((one.template, one.channel.value), set()).add(one.borrower_id)
    assert {cell for cell, theirs in who.items() if len(theirs) < k} <= hidden
    lines = [
        set(who),
        *({cell for cell in who if cell[at] == name} for at in (0, 1) for name in {c[at] for c in who}),
    ]
    for line in lines:
        gone = hidden & line
        if gone and gone != line:
            assert len(gone) > 1
            assert len(set[str]().union(*(who[cell] for cell in gone))) >= k


def test_the_journal_itself_tells_what_came_back() -> None:
    made = bench(*[overdue(2)] * 3)
    key = made.provider.outbox[0].step_key
    made.says("我要投诉你们", "B-1", reply_to=key)
    made.says("TD", "B-2")
    made.says("周五发工资还", "B-3")
    debtor = next(one.debtor for one in made.store.attempts() if one.borrower_id == "B-3")
    paid_at = NOW + timedelta(hours=5)
    made.store.record_payment(debtor, Payment(loan_id="L-3", amount=Money("10.00", "CNY"), at=paid_at), "p-1")
    as_of = NOW + timedelta(days=20)
    events = journal_events(made.store.entries(), as_of=as_of, zone=SHANGHAI)
    told = figures(made.store.attempts(), as_of=as_of, zone=SHANGHAI, k=1, **events)
    names = ("replied", "complained", "opted_out", "promised", "kept", "paid", "scored")
    first = {one.borrower_id: one.step_key for one in made.store.attempts() if one.purpose == "collection"}
    found = told.messages.filter(pl.col("step_key").is_in(list(first.values())))
    rows = {row["borrower_id"]: {name for name in names if row[name]} for row in found.to_dicts()}
    assert rows == {
        "B-1": {"replied", "complained"},
        "B-2": {"replied", "opted_out"},
        "B-3": {"replied", "promised", "kept"},
    }
    assert told.total["paid"].item() == 1, "upon our answer, the last message before it"
    broken = journal_events(made.store.entries(), as_of=paid_at - timedelta(hours=1), zone=SHANGHAI)
    assert [one["kept"] for one in broken["promises"]] == [None]
