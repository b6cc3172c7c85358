"""What one run plans a book by: the rules, the instant, and how the book's columns are called.

Made once and sent to every worker of a framework; a run with the shipped templates is pickled by the standard
library, one with templates of your own by cloudpickle, which Spark, Ray and Dask use.

>>> import pickle
>>> run = BookRun.of(policy="cn-consumer", lender=Lender.example(), now=datetime.fromisoformat("2026-09-24T10:00+08:00"))
>>> run.default_country, pickle.loads(pickle.dumps(run)).policy == run.policy
('CN', True)
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path

from attrs import field, frozen

from loansms.calendars import Overrides
from loansms.clock import require_aware
from loansms.compliance import RulePack
from loansms.model import Lender
from loansms.policy import Policy
from loansms.portfolio.files import ColumnMap
from loansms.portfolio.plan import dialled_in
from loansms.portfolio.rules import Rules
from loansms.templates import Catalogue


@frozen(kw_only=True)
class BookRun:
    """A run over a book: `of` takes what `loansms.portfolio.plan_book` takes.

    ``line`` names a column of whole numbers, each row's own, that tells the rows of the book apart; without it they are
    numbered as they come, from 2 on, like the lines of a file with a header.
    """

    policy: Policy
    lenders: Mapping[str, Lender]
    now: datetime
    packs: Sequence[RulePack] = field(repr=False)
    templates: Catalogue | None = field(default=None, repr=False)
    provider: str = "sandbox"
    columns: ColumnMap | None = field(default=None, repr=False)
    overrides: Overrides = field(factory=Overrides, repr=False)
    approved_only: bool = False
    line: str | None = None

    @classmethod
    def of(
        cls,
        *,
        policy: Policy | str | Path,
        lender: Lender | Mapping[str, Lender],
        now: datetime,
        catalogue: Catalogue | None = None,
        packs: Sequence[RulePack | str] | None = None,
        provider: str = "sandbox",
        columns: ColumnMap | Mapping[str, str] | str | Path | None = None,
        overrides: Overrides | None = None,
        approved_only: bool = False,
        line: str | None = None,
    ) -> BookRun:
        """Return the run; the arguments are those of `plan_book`, and `line` (see the class)."""
        require_aware(now)
        lenders = {lender.lender_id: lender} if isinstance(lender, Lender) else dict(lender)
        names = packs if packs is not None else sorted({one.jurisdiction for one in lenders.values()})
        return cls(
            policy=Policy.named(policy),
            lenders=lenders,
            now=now,
            packs=[one if isinstance(one, RulePack) else RulePack.load(one, on=now.date()) for one in names],
            templates=catalogue,
            provider=provider,
            columns=ColumnMap.of(columns),
            overrides=overrides or Overrides(),
            approved_only=approved_only,
            line=line,
        )

    @property
    def default_country(self) -> str | None:
        """The country where numbers without + are dialled: the lenders' own, where they share one."""
        return dialled_in(self.lenders.values())

    @property
    def rules(self) -> Rules:
        """The rules of the run, with the shipped templates where none were given."""
        return Rules(
            policy=self.policy,
            catalogue=self.templates or Catalogue.builtin(),
            packs=self.packs,
            lenders=self.lenders,
            provider=self.provider,
            overrides=self.overrides,
            approved_only=self.approved_only,
        )
