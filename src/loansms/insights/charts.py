"""A simulation drawn with Altair: messages a day, where loans move, and version A beside version B."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from loansms.errors import MissingExtra

if TYPE_CHECKING:
    import altair
    import polars

    from loansms.insights.simulation import Simulation

_ASSUMED = "Simulated with assumed behaviour"
_COMPARED = ("messages", "cap_hits", "deferrals", "opt_outs", "cured", "overdue_end")
_NOTHING_OWED = "nothing owed"


def charts(simulation: Simulation) -> Mapping[str, altair.Chart]:
    """Return the charts by name; see `Simulation.charts`."""
    try:
        import altair as alt  # noqa: PLC0415 - an extra
    except ImportError:
        raise MissingExtra("insights", "charts") from None
    drawn = {
        "messages": alt.Chart(_messages(simulation), title=f"Messages a day by step. {_ASSUMED}")
        .mark_bar()
        .encode(
            x=alt.X("day:T", title="Day"),
            y=alt.Y("messages:Q", title="Messages"),
            color=alt.Color(
                "step:N", title="Step", sort=_steps(simulation), scale=alt.Scale(scheme="tableau20")
            ),
            row=alt.Row("version:N", title="Version"),
        ),
        "migration": alt.Chart(_migration(simulation), title=f"Stage first and last. {_ASSUMED}")
        .mark_rect()
        .encode(
            x=alt.X("last:N", title="On the last day", sort=_stages(simulation)),
            y=alt.Y("first:N", title="On the first day", sort=_stages(simulation)),
            color=alt.Color("loans:Q", title="Loans", scale=alt.Scale(type="sqrt")),
            tooltip=["first:N", "last:N", "loans:Q"],
            column=alt.Column("version:N", title="Version"),
        ),
    }
    if len(simulation.versions) > 1:
        drawn["comparison"] = (
            alt.Chart(
                _comparison(simulation),
                title=f"Version A and version B. {_ASSUMED}",
                # The figures have nothing in common but the versions: each has its own scale.
                resolve=alt.Resolve(scale=alt.ScaleResolveMap(y="independent")),
            )
            .mark_bar()
            .encode(
                x=alt.X("version:N", title=None),
                y=alt.Y("count:Q", title=None),
                color=alt.Color("version:N", title="Version"),
                column=alt.Column("figure:N", title=None, sort=list(_COMPARED)),
            )
        )
    return drawn


def _messages(simulation: Simulation) -> polars.DataFrame:
    import polars as pl  # noqa: PLC0415 - an extra

    keys = ["version", "day", "step"]
    sent = simulation.daily.filter(pl.col("messages") > 0)
    return sent.group_by(keys).agg(pl.col("messages").sum()).sort(keys)


def _migration(simulation: Simulation) -> polars.DataFrame:
    import polars as pl  # noqa: PLC0415 - an extra

    named = [
        pl.when(pl.col(column) == "").then(pl.lit(_NOTHING_OWED)).otherwise(pl.col(column)).alias(name)
        for column, name in (("stage_start", "first"), ("stage_end", "last"))
    ]
    keys = ["version", "first", "last"]
    return simulation.loans.select("version", *named).group_by(keys).agg(pl.len().alias("loans")).sort(keys)


def _comparison(simulation: Simulation) -> polars.DataFrame:
    figures = simulation.totals.select("version", *_COMPARED)
    return figures.unpivot(index="version", variable_name="figure", value_name="count")


def _stages(simulation: Simulation) -> list[str]:
    every = [stage.name for one in simulation.versions for stage in one.policy.stages]
    return [_NOTHING_OWED, *dict.fromkeys(every)]


def _steps(simulation: Simulation) -> list[str]:
    every = [step.id for one in simulation.versions for step in one.policy.steps]
    return list(dict.fromkeys(every))
