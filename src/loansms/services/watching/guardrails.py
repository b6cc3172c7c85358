"""When a template, step or route has to pause itself: its complaints, opt-outs and losses against limits that are data.

Pure. A rate counts from the window's start, or from the moment a named person resumed it, so that what was looked at
does not stop it again. It passes its limit when it is above it and the texts are at least as many as the limits ask.

>>> at = datetime(2026, 9, 24, 2, tzinfo=UTC)
>>> told = [Told(at=at, template="t", stage="s", route="r", bad=("complaints",) if n < 3 else ()) for n in range(300)]
>>> limits = Limits(window_days=7, least=200, limits={StopScope.TEMPLATE: {Count.COMPLAINTS: Decimal("0.005")}})
>>> [breach] = breaches(told, limits, at)
>>> breach.scope.value, breach.value, breach.why
('template', 't', 'complaints 3 of 300 (1.00%), limit 0.50%, 7 days')
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Final

from attrs import define, field, frozen

from loansms.errors import CallerError
from loansms.files import read_toml, structure
from loansms.model import DeliveryStatus
from loansms.replies import Intent
from loansms.stores import StopScope

BY: Final = "guardrail"
"""Who a stop of a guardrail is by."""


class Count(StrEnum):
    """What is counted against the texts that went out."""

    COMPLAINTS = "complaints"
    OPT_OUTS = "opt_outs"
    UNDELIVERED = "undelivered"


# What a reply says, as it is counted; several meanings of one reply count each.
MEANT: Final[Mapping[str, Count]] = {
    Intent.COMPLAINT.value: Count.COMPLAINTS,
    Intent.OPT_OUT.value: Count.OPT_OUTS,
}
LOST: Final = frozenset({DeliveryStatus.UNDELIVERED, DeliveryStatus.EXPIRED, DeliveryStatus.REJECTED})


def _counts(given: Iterable[str]) -> frozenset[Count]:
    return frozenset(Count(one) for one in given)


@frozen(kw_only=True)
class Told:
    """One text that went out, and what it met with (``bad``, each once)."""

    at: datetime
    template: str
    stage: str = ""
    step: str = ""
    route: str = ""
    bad: frozenset[Count] = field(default=frozenset[Count](), converter=_counts)

    def named(self) -> tuple[tuple[StopScope, str], ...]:
        """Return what a stop may name of it."""
        pairs = (
            (StopScope.TEMPLATE, self.template),
            (StopScope.STAGE, self.stage),
            (StopScope.STEP, self.step),
            (StopScope.ROUTE, self.route),
        )
        return tuple(one for one in pairs if one[1])


def _rates(given: Mapping[StopScope, Mapping[Count, Decimal]]) -> Mapping[StopScope, Mapping[Count, Decimal]]:
    if not all(0 <= rate <= 1 for rates in given.values() for rate in rates.values()):
        raise CallerError('limits: expected rates from "0" to "1"', 'limits：比率应为 "0" 至 "1"')
    return given


@frozen(kw_only=True)
class Limits:
    """The limits of each scope, the window in days, and the least number of texts of which a rate says anything.

    ``source`` says who set them: "house" for those that ship.
    """

    window_days: int
    least: int
    limits: Mapping[StopScope, Mapping[Count, Decimal]] = field(converter=_rates)
    source: str = ""

    @classmethod
    def load(cls, path: str | Path) -> Limits:
        """Read limits of your own from a TOML file; raise ConfigurationError naming file and key."""
        source = Path(path)
        return structure(read_toml(source), cls, source.name)

    @property
    def window(self) -> timedelta:
        """How far back is counted."""
        return timedelta(days=self.window_days)


@frozen(kw_only=True)
class Breach:
    """A limit that was passed, with its figures: ``count`` of ``texts``."""

    scope: StopScope
    value: str
    what: Count
    count: int
    texts: int
    limit: Decimal
    window_days: int

    @property
    def rate(self) -> Decimal:
        """The rate, as a fraction."""
        return Decimal(self.count) / self.texts

    @property
    def why(self) -> str:
        """The reason a stop gives: its figures."""
        return (
            f"{self.what.value} {self.count} of {self.texts} ({self.rate:.2%}), "
            f"limit {self.limit:.2%}, {self.window_days} days"
        )


@define
class _Tally:
    texts: int = 0
    bad: dict[Count, int] = field(factory=dict[Count, int])


def breaches(
    told: Iterable[Told],
    limits: Limits,
    now: datetime,
    resumed: Mapping[tuple[StopScope, str], datetime] | None = None,
) -> list[Breach]:
    """Return the limits that are passed at `now`, one for each scope and value: of several counts the first.

    `resumed` says since when a scope and value counts anew.
    """
    since, anew = now - limits.window, resumed or {}
    tallies: dict[tuple[StopScope, str], _Tally] = {}
    for one in told:
        for key in one.named():
            if one.at > now or one.at < since or (key in anew and one.at <= anew[key]):
                continue
            tally = tallies.setdefault(key, _Tally())
            tally.texts += 1
            for what in one.bad:
                tally.bad[what] = tally.bad.get(what, 0) + 1
    found: list[Breach] = []
    for (scope, value), tally in sorted(tallies.items()):
        if tally.texts < limits.least:
            continue
        for what, limit in limits.limits.get(scope, {}).items():
            count = tally.bad.get(what, 0)
            if Decimal(count) > limit * tally.texts:
                found.append(
                    Breach(
                        scope=scope,
                        value=value,
                        what=what,
                        count=count,
                        texts=tally.texts,
                        limit=limit,
                        window_days=limits.window_days,
                    )
                )
                break
    return found


@cache
def house_limits() -> Limits:
    """Return the limits that ship."""
    place = files("loansms.services").joinpath("data", "guardrails.toml")
    return structure(tomllib.loads(place.read_text(encoding="utf-8")), Limits, "guardrails.toml")


def resumed_at(scope: str, value: str, at: datetime) -> tuple[tuple[StopScope, str], datetime]:
    """Return a resuming as `breaches` takes it.

    >>> resumed_at("route", "r", datetime(2026, 9, 24, tzinfo=UTC))[0]
    (<StopScope.ROUTE: 'route'>, 'r')
    """
    return (StopScope(scope), value), at.astimezone(UTC)
