"""The figures of a simulation as people read them: one row each, version beside version, in two languages."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

from loansms.insights.behaviour import Behaviour
from loansms.insights.sentences import number
from loansms.insights.simulation import Simulation
from loansms.insights.simulation_wording import tell

# The order in which a manager asks: how many, what it costs, what was kept back, what came of it.
SHOWN: Final = (
    "messages", "messages_per_day", "busiest_day", "joined", "segments", "cost", "handovers", "deferrals", "cap_hits",
    "denials", "delivered", "read", "replies", "opt_outs", "promises", "promises_kept", "payments",
    "part_payments", "paid", "cured", "cured_share", "overdue_end",
)  # fmt: skip
_NONE: Final = "–"
_OF_ALL: Final = ("delivered", "read", "reply", "opt_out", "promise", "keeps", "partial", "part", "debit")
_DAYS: Final = ("promise_days", "lately_days")


def figure_rows(simulation: Simulation, lang: str) -> list[list[str]]:
    """Return [figure, A] or [figure, A, B, difference, interval] for each figure the simulation has."""
    versions = simulation.totals.to_dicts()
    compared = {row["figure"]: row for row in simulation.compare().to_dicts()} if len(versions) > 1 else {}
    rows: list[list[str]] = []
    for name in SHOWN:
        values = [one[name] for one in versions]
        if all(value is None for value in values):
            continue
        row = [tell(f"figure.{name}", lang), *(_written(value, name) for value in values)]
        if len(versions) > 1:
            difference = None if None in values else values[1] - values[0]
            row += [_signed(difference, name), _interval(compared.get(name), lang)]
        rows.append(row)
    return rows


def assumption_rows(behaviour: Behaviour, lang: str) -> list[list[str]]:
    """Return [assumption, chance, chance after reading a text] for everything the behaviour states."""
    rows = [[tell(f"assume.{name}", lang), _percent(getattr(behaviour, name)), ""] for name in _OF_ALL]
    rows += [[tell(f"assume.{name}", lang), str(getattr(behaviour, name)), ""] for name in _DAYS]
    for pace in behaviour.pay:
        day = pace.from_dpd
        key = "assume.pay_open" if day is None else "assume.pay_before" if day < 0 else "assume.pay"
        told = tell(key, lang, day=str(abs(day or 0)))
        rows.append([told, _percent(pace.daily), _percent(pace.after_reading)])
    return rows


def in_short(simulation: Simulation, lang: str) -> list[str]:
    """Return what a simulation shows in a few sentences."""
    said: list[str] = []
    for one in simulation.totals.to_dicts():
        sent = {name: _written(one[name], name) for name in ("messages", "segments")}
        a_day, most = _written(one["messages_per_day"], "messages_per_day"), number(one["busiest_day"])
        said.append(tell("short.sent", lang, name=one["version"], a_day=a_day, most=most, **sent))
        if one["owed"]:
            paid = {"owed": number(one["owed"]), "cured": number(one["cured"])}
            said.append(tell("short.cured", lang, share=_percent(one["cured_share"]), **paid))
    if len(simulation.versions) > 1:
        compared = simulation.compare()
        same = simulation.changed.is_empty() and not compared["differing"].sum()
        count, borrowers = number(simulation.changed.height), number(int(compared["n"][0]))
        said.append(
            tell("short.same", lang) if same else tell("short.changed", lang, count=count, all=borrowers)
        )
    return said


def _interval(row: Mapping[str, Any] | None, lang: str) -> str:
    if row is None:
        return _NONE
    told = str(row["told"])
    if row["low"] is None:
        return tell(f"told.{told}", lang)
    interval = f"[{row['low']:+.4f}, {row['high']:+.4f}]"
    return (
        tell(f"told.{told}", lang, interval=interval, differing=number(row["differing"]))
        if told
        else interval
    )


def _written(value: Any, name: str) -> str:
    if value is None:
        return _NONE
    if name == "cured_share":
        return _percent(value)
    if isinstance(value, Decimal):
        return f"{value:,.2f}"
    return f"{value:,.1f}" if isinstance(value, float) else number(value)


def _signed(value: Any, name: str) -> str:
    if value is None:
        return _NONE
    sign = "+" if value > 0 else ""
    return f"{100 * value:+.2f} pp" if name == "cured_share" else f"{sign}{_written(value, name)}"


def _percent(value: float) -> str:
    return f"{100 * value:.4g} %"
