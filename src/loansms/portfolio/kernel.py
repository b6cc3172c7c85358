"""The plan of the regular rows of a book, in columns.

Two questions, each asked once for each case. What does the policy say? hangs on days, holds and audiences; most rows
have nothing due and are done. May it be said, and when? hangs on lender, place, consents and stops; the words are
then written as columns. A row that is not decided so is named, and the scalar code decides it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import TypeAlias
from zoneinfo import ZoneInfo

import polars as pl
from attrs import define, frozen

from loansms.model import Lender, RecipientRole
from loansms.planning import PlanRow, account_words_proved
from loansms.policy import Anchor, Policy
from loansms.policy.columns import BOOK
from loansms.portfolio.answers import NOTHING, ONE_STEP, SHARED, Accounts, Planner, speaks, steps_of, table
from loansms.portfolio.arms import arm_column
from loansms.portfolio.audience import audience_expr
from loansms.portfolio.cases import cases
from loansms.portfolio.frame import schema
from loansms.portfolio.typed import EXTRA
from loansms.portfolio.words import columnar_words
from loansms.templates import Template

# A reference that can form no word; any other is read with its message (`loansms.planning.proof`).
_TAME = r"^[A-Za-z]?[0-9*]*$"
_OTHER = r"[^A-Za-z0-9_-]"
_TAIL = 4
# What the gate is told of a row beside its step: who speaks, where, what was agreed to and what stops it.
_GATE = (
    "lender_id", "zones", "country", "region", "language", "currency", "consent_sms", "consent_marketing",
    "opted_out", "dispute", "hardship",
)  # fmt: skip
_Words: TypeAlias = "tuple[str, str, str | None, str]"


@frozen
class Planned:
    """``rows`` were planned: the columns of a plan, ``at`` as their place, and two marks; ``left`` are the other places.

    ``competing`` marks a message that goes now and uses up the debtor's one a day, ``offer`` one that yields.
    """

    rows: pl.DataFrame
    left: pl.Series


def plan_columns(
    frame: pl.DataFrame, planner: Planner, accounts: Accounts, lender_of: Mapping[str | None, Lender]
) -> Planned:
    """Return the plan of every row of `frame`: typed columns, all regular, each row with its facts.

    Beside the columns of `loansms.portfolio.typed` it has ``at`` (UInt32), ``today`` (Date, the borrower's), ``opted_out``
    and ``refused_sms`` (Boolean, over all rows of the borrower), and ``as_of`` is the day the row speaks for.
    `accounts` gives the account at a place.
    """
    policy = planner.policy
    asked, names = _asked(frame, policy)
    found = cases(asked, names)
    firsts = frame["at"].gather(list(found.first)).to_list()
    answers = steps_of(policy, [accounts(at) for at in firsts], planner.now)
    kind = answers["kind"].gather(found.number)
    silent = kind == NOTHING
    own = frame.filter(silent).select("at", "loan_id", "borrower_id")
    nothing = own.hstack(answers.select(SHARED)[found.number.filter(silent)])
    due = frame.with_columns(case=found.number).filter(kind == ONE_STEP)
    spoken, left = _Due.of(due, planner, accounts, lender_of).planned()
    return Planned(
        pl.concat([_shaped(nothing), spoken]), pl.concat([left, frame["at"].filter(kind > ONE_STEP)])
    )


def with_today(frame: pl.DataFrame, now: datetime) -> pl.DataFrame:
    """Return `frame` with ``today`` and ``next_debit_on``, dates where each borrower most likely is."""
    known = frame["zones"].unique().drop_nulls()
    zones = [told.partition(",")[0] for told in known]
    days = pl.Series([now.astimezone(ZoneInfo(zone)).date() for zone in zones], dtype=pl.Date)
    today = pl.col("zones").replace_strict(known, days, default=None)
    if days.n_unique() <= 1:
        today = pl.lit(days[0] if len(days) else None, pl.Date)
    debit = pl.lit(None, pl.Date)
    if frame["next_debit_at"].null_count() < frame.height:
        for told, zone in zip(known, zones, strict=True):
            there = pl.col("next_debit_at").dt.convert_time_zone(zone).dt.date()
            debit = pl.when(pl.col("zones") == told).then(there).otherwise(debit)
    return frame.with_columns(today=today, next_debit_on=debit)


def _asked(frame: pl.DataFrame, policy: Policy) -> tuple[pl.DataFrame, list[str]]:
    """Return the columns that the policy's answer hangs on, audiences and arms among them."""
    names = [
        "today",
        "due_on",
        "owed",
        "grace_days",
        "promise_to_pay_until",
        "as_of",
        "autopay",
        "next_debit_at",
    ]
    beside = [step for step in policy.steps if step.dated or step.obligatory]
    dates = {step.anchor for step in beside if step.anchor not in set(Anchor)}
    names += sorted(one if one in BOOK else EXTRA + one for one in dates)
    if beside:
        names += ["consent_marketing", "dispute", "hardship"]
    if frame["next_debit_at"].null_count() < frame.height:
        names.append("zones")
    audiences = {f"in:{at}": one for at, one in enumerate(policy.eligible.asked)}
    arms = {f"arm:{one.name}": one for one in policy.experiments}
    asked = frame.with_columns(
        (pl.col("amount_due") > 0).alias("owed"),
        pl.col("guarantor_e164").is_not_null().alias("guaranteed"),
        *(audience_expr(one, pl.col("today")).alias(name) for name, one in audiences.items()),
    ).with_columns(arm_column(frame["borrower_id"], one).alias(name) for name, one in arms.items())
    if any(step.recipient is RecipientRole.GUARANTOR for step in policy.steps):
        names.append("guaranteed")
    return asked, list(dict.fromkeys([*names, *audiences, *arms]))


@define
class _Due:
    """The rows with one step that is due, by case: what each case was told, and the words of its rows."""

    rows: pl.DataFrame
    told: list[PlanRow | None]
    number: pl.Series
    firsts: Sequence[int]
    planner: Planner
    lender_of: Mapping[str | None, Lender]

    @classmethod
    def of(
        cls, due: pl.DataFrame, planner: Planner, accounts: Accounts, lender_of: Mapping[str | None, Lender]
    ) -> _Due:
        """Return the due rows, the plan asked for one of each case."""
        rows = due.with_columns(
            consent_sms=pl.when("refused_sms").then(False).otherwise("consent_sms"),
            opted_out=pl.col("opted_out") | pl.col("opt_out"),
        )
        found = cases(rows, ["case", *_GATE])
        told: list[PlanRow | None] = []
        for place in found.first:
            row = rows.row(place, named=True)
            planned = planner.plan(
                accounts(row["at"]),
                lender_of[row["lender_id"]],
                opted_out=row["opted_out"],
                refused=row["refused_sms"],
            )
            told.append(planned[0] if len(planned) == 1 else None)
        return cls(rows, told, found.number, found.first, planner, lender_of)

    def planned(self) -> tuple[pl.DataFrame, pl.Series]:
        """Return the rows that were decided in columns, and the places of those that were not."""
        shared = table(self.told).with_columns(
            competing=pl.Series(
                [row is not None and row.competes_now for row in self.told], dtype=pl.Boolean
            ),
            offer=pl.Series([row is not None and row.offers for row in self.told], dtype=pl.Boolean),
        )
        silent = [case for case, row in enumerate(self.told) if row is not None and not speaks(row)]
        parts = [self._members(silent)]
        for (template, locale, lender_id, currency), members in self._groups().items():
            lender = self.lender_of[lender_id]
            parts += self._worded(
                members, self.planner.rules.catalogue.get(template, locale=locale), lender, currency
            )
        done = pl.concat(parts, how="diagonal")
        own = done.select(
            "at", "loan_id", "borrower_id", *(one for one in ("text", "segments") if one in done.columns)
        )
        rows = _shaped(own.hstack(shared[done["case"]]))
        return rows, self.rows["at"].filter(~self.rows["at"].is_in(rows["at"].implode()))

    def _groups(self) -> dict[_Words, list[int]]:
        """Return the cases that speak by what their words hang on: template, language, lender, currency."""
        found: dict[_Words, list[int]] = {}
        for case, (row, first) in enumerate(zip(self.told, self.firsts, strict=True)):
            if row is not None and speaks(row):
                at = self.rows.row(first, named=True)
                found.setdefault((row.template, row.locale, at["lender_id"], at["currency"]), []).append(case)
        return found

    def _members(self, wanted: Sequence[int]) -> pl.DataFrame:
        """Return the rows of some cases, each with its ``case`` and the ``step`` it was told."""
        mine = [case in set(wanted) for case in range(len(self.told))]
        steps = [row.step if row is not None else "" for row in self.told]
        which = pl.Series(mine, dtype=pl.Boolean).gather(self.number)
        rows = self.rows.with_columns(case=self.number).filter(which)
        return rows.with_columns(step=pl.Series(steps, dtype=pl.String).gather(rows["case"]))

    def _worded(
        self, wanted: Sequence[int], template: Template, lender: Lender, currency: str
    ) -> Iterator[pl.DataFrame]:
        """Yield the rows of some cases with their text and segments, those of which both are exact."""
        rules = self.planner.rules
        lines = rules.catalogue.education.get(template.locale, ()) if lender.education_lines else ()
        if not account_words_proved(template, lender, lines):
            return
        steps = sorted({row.step for case in wanted if (row := self.told[case]) is not None})
        near = self.planner.now.date()
        words = columnar_words(template, lender, currency=currency, near=near, lines=lines, steps=steps)
        if words is None:
            return
        tame = _tame() if "loan_ref" in template.slots else pl.lit(value=True)
        rows = self._members(wanted)
        said = (
            rows.lazy()
            .with_columns(words.text, words.segments, (words.takes & tame).alias("takes"))
            .collect()
        )
        wrong = self._wrong(said, wanted)
        yield said.filter(pl.col("takes") & ~pl.col("case").is_in(wrong))

    def _wrong(self, said: pl.DataFrame, wanted: Sequence[int]) -> list[int]:
        """Return the cases whose first row reads otherwise than the scalar code wrote it: none, if all is well."""
        places = {self.rows["at"][self.firsts[case]]: case for case in wanted}
        first = said.filter(pl.col("takes") & pl.col("at").is_in(list(places)))
        found: list[int] = []
        for at, text, segments in first.select("at", "text", "segments").iter_rows():
            row = self.told[places[at]]
            if row is None or row.text is None or (row.text.reveal(), row.segments) != (text, segments):
                found.append(places[at])
        return found


def _tame() -> pl.Expr:
    tail = pl.col("loan_id").str.replace_all(_OTHER, "").str.tail(_TAIL).str.strip_chars_start("-_")
    return tail.str.contains(_TAME)


def _shaped(rows: pl.DataFrame) -> pl.DataFrame:
    """Return the columns of a plan in their order, each with its type, behind ``at``, the marks last."""
    kinds = {"at": pl.UInt32(), **schema(), "competing": pl.Boolean(), "offer": pl.Boolean()}
    blank = {"competing": False, "offer": False}
    return rows.select(
        pl.col(name).cast(kind) if name in rows.columns else pl.lit(blank.get(name), kind).alias(name)
        for name, kind in kinds.items()
    )
