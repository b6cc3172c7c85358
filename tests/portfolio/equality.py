"""One policy, two executors: the plan in columns is the plan row by row, reason codes and words included.

Random policies, books with odd and bad rows, histories and instants. `make soak` runs 100,000 of them.
"""

from __future__ import annotations

import os
from datetime import UTC, date, datetime, time, timedelta

import polars as pl
from attrs import evolve
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from loansms.calendars import Overrides
from loansms.compliance import RulePack
from loansms.model import (
    Channel,
    Contact,
    ContactKind,
    History,
    Lender,
    Preferences,
    Purpose,
    RecipientRole,
    StepMark,
)
from loansms.policy import Every, Experiment, Kind, Policy, SendAt, Stage, Step, Tone
from loansms.portfolio import plan_frame, plan_rows, read_book
from loansms.portfolio.columnar import plan_whole
from loansms.portfolio.reading_columns import read_columns
from loansms.portfolio.rules import Rules, wanted_columns
from loansms.templates import Catalogue

# Two files, text and typed, run half of them each: 2,000 in CI, 100,000 in a soak.
EXAMPLES = 50_000 if os.environ.get("LOANSMS_SOAK") else 1_000
DAY = date(2026, 9, 24)
CATALOGUE = Catalogue.builtin()
PACKS = {name: RulePack.load(name, on=DAY) for name in ("CN", "US")}
LENDERS = {name: Lender.example(name) for name in ("CN", "US")}
OTHER = evolve(LENDERS["CN"], lender_id="other", group="other")
SMS = (Channel.SMS,)
STAGES = (
    Stage(name="before", to_dpd=0),
    Stage(name="early", from_dpd=1, to_dpd=10, tone=Tone.FRIENDLY),
    Stage(name="late", from_dpd=11, tone=Tone.FORMAL),
)
AUDIENCES = (
    "",
    "",
    "amount_due >= 500",
    'risk_segment == "high" or score < 600',
    "not autopay and 0 <= days_past_due <= 20",
    'product in ("car", "home") and known(score)',
    "amount_due / principal > 0.1 and missing(guarantor_note) == False",
)
COLUMNS = {"score": Kind.NUMBER, "birthday": Kind.DATE, "guarantor_note": Kind.TEXT, "best_hour": Kind.TEXT}


@st.composite
def steps(draw: st.DrawFn, at: int) -> Step:
    """One step of any kind that a policy may hold."""
    common = {
        "id": f"s{at}",
        "channels": draw(st.sampled_from([SMS, SMS, SMS, (Channel.AGENT,), (Channel.SMS, Channel.PUSH)])),
        "priority": draw(st.integers(0, 90)),
        "audience": draw(st.sampled_from(AUDIENCES)),
    }
    common["together"] = len(common["channels"]) > 1 and draw(st.booleans())
    kind = draw(st.sampled_from(["reminder", "overdue", "overdue", "guarantor", "offer", "duty", "promise"]))
    if draw(st.booleans()):
        common |= {"experiment": "tone", "arm": draw(st.sampled_from(["", "a", "b"]))}
    if kind not in ("guarantor", "duty") and not common["together"]:
        common["send_at"] = draw(st.sampled_from([None, None, SendAt.BEST_HOUR]))
    if kind == "reminder":
        day = draw(st.sampled_from([-7, -3, -2, -1, 0]))
        template = {
            -7: "reminder.due_in_7",
            -3: "reminder.due_in_3",
            -2: "reminder.due_in_2",
            -1: "reminder.due_in_1",
        }
        return Step(
            day=day, stage="before", purpose=Purpose.REPAYMENT_REMINDER, template=template.get(day, "reminder.due_today"),
            carry_days=draw(st.integers(0, 2)), **common,
        )  # fmt: skip
    if kind == "promise":
        return Step(
            day=0, anchor="promise_to_pay_until", purpose=Purpose.REPAYMENT_REMINDER, template="reminder.promise_day", **common,
        )  # fmt: skip
    if kind == "offer":
        anchor, every = draw(
            st.sampled_from([("calendar", None), ("birthday", Every.YEAR), ("disbursed_on", Every.MONTH)])
        )
        return Step(
            day=0, anchor=anchor, every=every, on=DAY if anchor == "calendar" else None, purpose=Purpose.MARKETING,
            template="offer.renewal", carry_days=draw(st.integers(0, 5)), **common,
        )  # fmt: skip
    if kind == "duty":
        return Step(
            day=draw(st.integers(1, 12)), obligatory=True, deadline_days=5, purpose=Purpose.CREDIT_PRENOTICE,
            template="legal.credit_prenotice", **common,
        )  # fmt: skip
    day = draw(st.integers(1, 20))
    guarantor = kind == "guarantor"
    return Step(
        day=day, stage="early" if day <= 10 else "late", purpose=Purpose.COLLECTION,
        template="collection.guarantor" if guarantor else draw(st.sampled_from(["collection.early", "collection.middle"])),
        recipient=RecipientRole.GUARANTOR if guarantor else RecipientRole.BORROWER,
        repeat=draw(st.sampled_from([0, 0, 3])) if day <= 10 else 0, **common,
    )  # fmt: skip


@st.composite
def policies(draw: st.DrawFn) -> Policy:
    """A policy of one to six steps, presets among them."""
    if draw(st.integers(0, 4)) == 0:
        return Policy.preset(draw(st.sampled_from(["cn-consumer", "us-first-party"])))
    made = [draw(steps(at)) for at in range(draw(st.integers(1, 6)))]
    joined = {Purpose.REPAYMENT_REMINDER: "reminder.several", Purpose.COLLECTION: "collection.several"}
    tone = Experiment(name="tone", arms={"a": 1, "b": 1}, holdout=draw(st.integers(0, 1)))
    return Policy(
        name="any", stages=STAGES, steps=made, columns=COLUMNS, experiments=[tone],
        promise_grace_days=draw(st.sampled_from([0, 0, 2])),
        joined=draw(st.sampled_from([{}, {}, joined])),
    )  # fmt: skip


def days(least: int, most: int) -> st.SearchStrategy[str]:
    return st.integers(least, most).map(lambda by: (DAY + timedelta(days=by)).isoformat())


FLAGS = st.sampled_from(["", "", "false", "true", "否", "perhaps"])
CELLS: dict[str, st.SearchStrategy[str]] = {
    "amount_due": st.sampled_from(
        ["1256.30", "0", "0.01", "99.5", "1000000.00", "500.00", "12.345", "-3", ""]
    ),
    "next_due_on": days(-25, 10) | st.sampled_from(["", "2026/9/25", "soon"]),
    "oldest_unpaid_due_on": st.just("") | days(-25, 0),
    "days_past_due": st.sampled_from(["", "", "0", "3", "-3"]),
    "phone": st.sampled_from(["13800138000", "+8613800138001", "+12025550123", "1.38E+10", "138001380"]),
    "country": st.sampled_from(["CN", "CN", "US", "", "XX"]),
    "region": st.sampled_from(["", "MA", "US-CA", "浙江"]),
    "timezone": st.sampled_from(["", "", "Asia/Urumqi", "America/Denver", "Mars"]),
    "language": st.sampled_from(["", "zh-CN", "en", "zh-Hant", "fr"]),
    "currency": st.sampled_from(["CNY", "CNY", "USD", "JPY", "cny", "RMB"]),
    "product": st.sampled_from(["", "car", "home", "card"]),
    "risk_segment": st.sampled_from(["", "low", "high"]),
    "principal": st.sampled_from(["", "5000.00", "100"]),
    "grace_days": st.sampled_from(["", "0", "3", "5"]),
    "autopay": FLAGS,
    "next_debit_at": st.sampled_from(["", "2026-09-23T09:00", "2026-09-24T10:00+08:00", "2026-09-26T10:00"]),
    "consent_sms": FLAGS,
    "consent_marketing": FLAGS,
    "opt_out": FLAGS,
    "dispute": FLAGS,
    "hardship": FLAGS,
    "promise_to_pay_until": st.just("") | days(-3, 3),
    "disbursed_on": st.just("") | days(-400, -20),
    "as_of": st.just("") | days(-2, 0),
    "guarantor_phone": st.sampled_from(["", "", "13900139000", "12"]),
    "guarantor_consent": FLAGS,
    "score": st.sampled_from(["", "612", "480.5", "n/a"]),
    "birthday": st.sampled_from(["", "1990-09-24", "1988-02-29", "24.9.90"]),
    "guarantor_note": st.sampled_from(["", "x"]),
    "best_hour": st.sampled_from(
        [
            "",
            "9",
            "19:00",
            "20:59",
            "23",
            "soon",
            "19:00 own=2/6 segment=80/400 rate=0.148 usual=10:00 before=0.100",
        ]
    ),
    "lender_id": st.sampled_from(["", "example-cn", "other", "nobody"]),
    "loan_id": st.sampled_from(["L-0", "AB12CD", "L-00012", "借-7"]),
}
PLAIN = {
    "amount_due": "1256.30", "next_due_on": "2026-09-24", "phone": "13800138000", "country": "CN", "currency": "CNY",
}  # fmt: skip


@st.composite
def books(draw: st.DrawFn) -> list[dict[str, str]]:
    """A book of up to eight rows, most of them plain, some borrowers with several loans."""
    used = sorted(draw(st.sets(st.sampled_from(sorted(CELLS)), max_size=12)) | {"loan_id", *PLAIN, *COLUMNS})
    rows: list[dict[str, str]] = []
    for at in range(draw(st.integers(1, 8))):
        changed = draw(st.sets(st.sampled_from(used), max_size=4))
        own = {"loan_id": f"L-{at:05}", "borrower_id": f"B-{draw(st.integers(0, 5))}"}
        plain = {name: PLAIN.get(name, "") for name in used} | own
        rows.append(plain | {name: draw(CELLS[name]) for name in sorted(changed)})
    return rows


CONTACTS = st.builds(
    Contact,
    channel=st.sampled_from([Channel.SMS, Channel.VOICE]),
    at=st.integers(0, 20 * 24).map(lambda by: datetime(2026, 9, 24, 2, tzinfo=UTC) - timedelta(hours=by)),
    kind=st.sampled_from([ContactKind.MESSAGE, ContactKind.MESSAGE, ContactKind.CONVERSATION]),
    purpose=st.sampled_from([None, Purpose.COLLECTION, Purpose.REPAYMENT_REMINDER]),
)
MARKS = st.frozensets(
    st.builds(
        StepMark,
        loan_id=st.integers(0, 7).map(lambda at: f"L-{at:05}"),
        step=st.integers(0, 5).map(lambda at: f"s{at}") | st.sampled_from(["t-3", "t-0", "day-1"]),
        due_on=st.integers(-5, 3).map(lambda by: DAY + timedelta(days=by)),
    ),
    max_size=3,
)
WANTED = st.just(Preferences()) | st.builds(
    Preferences,
    less_often=st.sampled_from([None, True]),
    shorter=st.sampled_from([None, True]),
    channel=st.sampled_from([None, Channel.PUSH, Channel.SMS, Channel.EMAIL]),
    hours=st.sampled_from([None, (time(18), time(21)), (time(6), time(7)), (time(8), time(12))]),
    language=st.sampled_from(["", "en", "zh-Hant", "fr"]),
)
HISTORIES = st.dictionaries(
    st.integers(0, 5).map(lambda at: f"B-{at}"),
    st.builds(
        lambda contacts, done, deferred, out, wanted: History(
            contacts=tuple(sorted(contacts, key=lambda one: one.at)),
            done=done,
            deferred=deferred,
            opted_out=out,
            preferences=wanted,
        ),
        st.lists(CONTACTS, max_size=3),
        MARKS,
        MARKS,
        st.booleans(),
        WANTED,
    ),
    max_size=3,
)
NOWS = st.integers(-3 * 24 * 4, 3 * 24 * 4).map(
    lambda quarter: datetime(2026, 9, 24, 2, 30, tzinfo=UTC) + timedelta(minutes=15 * quarter)
)


def assert_equal(
    source: object,
    policy: Policy,
    histories: dict[str, History],
    now: datetime,
    country: str,
    *,
    several: bool,
) -> None:
    """Plan `source` both ways, for one lender or for `several`, and hold every column of every row together."""
    lender = LENDERS[country]
    lenders = {lender.lender_id: lender} | ({"other": OTHER} if several else {})
    rules = Rules(
        policy=policy,
        catalogue=CATALOGUE,
        packs=[PACKS[country]],
        lenders=lenders,
        provider="sandbox",
        overrides=Overrides(),
        approved_only=False,
    )
    book = read_book(source, default_country=country)
    wanted = plan_frame(row for _, row in plan_rows(book, setup=rules, now=now, histories=histories))
    columns = read_columns(
        source,
        default_country=country,
        extra=policy.asked_columns,
        wanted=wanted_columns(policy, rules.catalogue),
    )
    assert_frame_equal(plan_whole(columns, rules=rules, now=now, histories=histories), wanted)


def as_typed(rows: list[dict[str, str]]) -> pl.DataFrame:
    """Return the rows as a frame whose columns have types of their own, as a Parquet file would."""
    frame = pl.DataFrame(rows).with_columns(pl.all().replace("", None))
    kinds = {"next_due_on": pl.Date, "amount_due": pl.Float64, "opt_out": pl.Boolean, "grace_days": pl.Int64}
    for name, kind in kinds.items():
        if name in frame.columns:
            try:
                frame = frame.with_columns(
                    pl.col(name).str.to_date() if kind == pl.Date else pl.col(name).cast(kind)
                )
            except pl.exceptions.PolarsError:
                continue
    return frame
