"""The rows with one step that is due: what the gate says of each case, and the words of its rows as columns.

A case is a step and all that the gate is told of: who speaks, where the reader is, what was agreed to, what stops it, and
days past due as far as some rule tells them apart. The figures in the text play no part, because its words are proved
whatever the figures are (`loansms.planning.proof`); a template that is not proved so is left to the scalar code.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Final, TypeAlias

import polars as pl
from attrs import evolve, frozen

from loansms.model import History, Lender
from loansms.planning import PlanRow, account_words_proved
from loansms.planning.by_identity import ByIdentity
from loansms.planning.values import contacts_told
from loansms.portfolio.answers import WHY, Accounts, Answers, Planner, speaks, table
from loansms.portfolio.cases import cases
from loansms.portfolio.rule_classes import apart, day_class, thresholds
from loansms.portfolio.words import columnar_words
from loansms.templates import Template

# A reference that can form no word; any other is read with its message (`loansms.planning.proof`).
_TAME = r"^[_-]*[A-Za-z]?[0-9]*$"
_TAIL = 4
_HISTORY = "history"
_GATE = (
    "step_number", "day_class", "lender_id", "zones", "country", "region_class", "language", "currency", "consent_sms",
    "consent_marketing", "opted_out", "dispute", "hardship",
)  # fmt: skip
# What a due row keeps of its own until the plan is written: the rest hangs on its `case` and its `gate`.
OWN = ("at", "loan_id", "borrower_id", "lender_id", "case", "gate", "amount_due", "places", "days")
WORDS: dict[str, pl.DataType] = {"text": pl.String(), "segments": pl.Int64()}
# The same template each time, so that its words are proved once.
_told_nothing: Final = ByIdentity[Template]()
_Words: TypeAlias = "tuple[str, str, str | None, str]"


@frozen(repr=False)
class Refused:
    """The borrowers who opted out, and those who refuse SMS, on any row of the book."""

    opted_out: frozenset[str]
    sms: frozenset[str]

    def marked(self, rows: pl.DataFrame) -> pl.DataFrame:
        """Return `rows` with what their borrowers refuse: ``opted_out``, ``refused_sms``, ``consent_sms`` as it then is."""
        borrower = pl.col("borrower_id")
        found = rows.with_columns(
            opted_out=pl.col("opt_out")
            | (borrower.is_in(self.opted_out) if self.opted_out else pl.lit(value=False)),
            refused_sms=borrower.is_in(self.sms) if self.sms else pl.lit(value=False),
        )
        return found.with_columns(consent_sms=pl.when("refused_sms").then(False).otherwise("consent_sms"))


@frozen(repr=False)
class Spoken:
    """The due rows, the ``gate`` case of each, what each case was ``told``, and the place of its first row."""

    rows: pl.DataFrame
    answers: Answers
    told: tuple[PlanRow | None, ...]
    firsts: tuple[int, ...]
    planner: Planner
    lender_of: Mapping[str | None, Lender]

    @classmethod
    def of(
        cls,
        due: pl.DataFrame,
        answers: Answers,
        planner: Planner,
        accounts: Accounts,
        lender_of: Mapping[str | None, Lender],
        refusals: Refused,
    ) -> Spoken:
        """Return the due rows, the whole plan asked for one row of each case."""
        days = (pl.col("today") - pl.col("due_on")).dt.total_days()
        packs = planner.rules.packs
        rows = refusals.marked(due).with_columns(
            step_number=answers.step.gather(due["case"]),
            day_class=day_class(days, thresholds(packs)),
            region_class=pl.when(pl.col("region").is_in(apart(due["region"].unique(), packs))).then("region"),
            days=days,
        )
        found = cases(rows, _GATE)
        told: list[PlanRow | None] = []
        for place in found.first:
            row = rows.row(place, named=True)
            lender = lender_of[row["lender_id"]]
            planned = planner.plan(
                accounts(row["at"]), lender, opted_out=row["opted_out"], refused=row["refused_sms"]
            )
            told.append(planned[0] if len(planned) == 1 else None)
        return cls(
            rows.with_columns(gate=found.number), answers, tuple(told), found.first, planner, lender_of
        )

    def decided(self) -> pl.DataFrame:
        """Return the rows that are decided in columns: `OWN` of each, ``text`` and ``segments`` where it has them."""
        groups = self._groups()
        with ThreadPoolExecutor(pl.thread_pool_size()) as pool:
            found = pool.map(self._worded, groups.values(), groups)
            parts = [part for part in found if part is not None]
        schema = {name: self.rows.schema[name] for name in OWN} | WORDS
        return pl.concat([pl.DataFrame(schema=schema), *parts])

    def marked(self, cases_of: pl.Series, told: Callable[[PlanRow], bool]) -> pl.Series:
        """Return, of rows by their case, what is so of the row their case was told."""
        marks = [row is not None and told(row) for row in self.told]
        return pl.Series(marks, dtype=pl.Boolean).gather(cases_of)

    def lines(self, pairs: pl.DataFrame) -> pl.DataFrame:
        """Return the columns of a plan that are not a row's own, for pairs of ``case`` and ``gate``.

        A message that may go says why its step is due; any other what keeps it back.
        """
        shared = table(self.told)[pairs["gate"]]
        due = self.answers.why[pairs["case"]]
        says = self.marked(pairs["gate"], lambda row: row.reasons[:1] == row.why[:1])
        chosen = [due[name].zip_with(says, shared[name]).alias(name) for name in WHY] if pairs.height else []
        return shared.with_columns(*chosen, due["days_past_due"])

    def _groups(self) -> dict[_Words, list[int]]:
        """Return the cases by what their words hang on: template, language, lender, currency.

        A case that was refused before anything was asked of the gate may have been so for a value of its own.
        """
        found: dict[_Words, list[int]] = {}
        for case, (row, first) in enumerate(zip(self.told, self.firsts, strict=True)):
            if row is not None and (speaks(row) or row.template_version):
                at = self.rows.row(first, named=True)
                found.setdefault((row.template, row.locale, at["lender_id"], at["currency"]), []).append(case)
        return found

    def _members(self, wanted: Sequence[int], needs: Collection[str]) -> pl.LazyFrame:
        """Return of the rows of some cases what is their own and what their words need, the ``step`` they were told too."""
        chosen = frozenset(wanted)
        mine = pl.Series([case in chosen for case in range(len(self.told))], dtype=pl.Boolean)
        kept = [name for name in dict.fromkeys((*OWN, *sorted(needs))) if name in self.rows.columns]
        rows = self.rows.select(kept).filter(mine.gather(self.rows["gate"]))
        if "step" in needs:
            steps = pl.Series([row.step if row is not None else "" for row in self.told], dtype=pl.String)
            rows = rows.with_columns(step=steps.gather(rows["gate"]))
        return rows.lazy()

    def _worded(self, wanted: Sequence[int], words: _Words) -> pl.DataFrame | None:
        """Return the rows of some cases with their text and segments, those of which both are exact."""
        name, locale, lender_id, currency = words
        lender = self.lender_of[lender_id]
        education = self.planner.rules.catalogue.education
        lines = education.get(locale, ()) if lender.education_lines else ()
        template = self._plain(self.planner.rules.catalogue.get(name, locale=locale))
        if not account_words_proved(template, lender, lines):
            return None
        steps = sorted({row.step for case in wanted if (row := self.told[case]) is not None})
        near = self.planner.now.date()
        written = columnar_words(template, lender, currency=currency, near=near, lines=lines, steps=steps)
        if written is None:
            return None
        tame = _tame() if "loan_ref" in template.slots else pl.lit(value=True)
        rows = self._members(wanted, written.needs)
        said = rows.select(*OWN, written.text, written.segments, takes=written.takes & tame).collect()
        wrong = self._wrong(said, wanted)
        speaking = [case for case in wanted if (row := self.told[case]) is not None and speaks(row)]
        silent = ~pl.col("gate").is_in(speaking)
        kept = (
            said
            if not wrong and said["takes"].all()
            else said.filter(pl.col("takes") & ~pl.col("gate").is_in(wrong))
        )
        told = kept.drop("takes").with_columns(pl.col(name).cast(kind) for name, kind in WORDS.items())
        if len(speaking) < len(wanted):
            told = told.with_columns(pl.when(silent).then(None).otherwise(name).alias(name) for name in WORDS)
        return told

    def _plain(self, template: Template) -> Template:
        """Return `template` with the words for an empty history in it: nobody here has one."""
        if _HISTORY not in template.slots:
            return template
        return _told_nothing.get(template) or _told_nothing.keep(self._without_past(template), template)

    def _without_past(self, template: Template) -> Template:
        anybody = next(row.account for row in self.told if row is not None and row.account is not None)
        past = contacts_told(anybody, History(), template.locale)
        return evolve(
            template,
            text=template.text.replace(f"{{{_HISTORY}}}", past),
            slots={name: slot for name, slot in template.slots.items() if name != _HISTORY},
        )

    def _wrong(self, said: pl.DataFrame, wanted: Sequence[int]) -> list[int]:
        """Return the cases whose first row reads otherwise than the scalar code wrote it: none, if all is well."""
        places = {self.rows["at"][self.firsts[case]]: case for case in wanted}
        first = said.filter(pl.col("takes") & pl.col("at").is_in(list(places)))
        found: list[int] = []
        for at, text, segments in first.select("at", "text", "segments").iter_rows():
            row = self.told[places[at]]
            if (
                row is not None
                and row.text is not None
                and (row.text.reveal(), row.segments) != (text, segments)
            ):
                found.append(places[at])
        return found


def _tame() -> pl.Expr:
    """A reference is the last of the id's plain characters: the words take only ids that end in four of them."""
    return pl.col("loan_id").str.tail(_TAIL).str.contains(_TAME)
