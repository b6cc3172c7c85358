# %% [markdown]
# Two reminders or four? Policy A is the shipped one, policy B adds a reminder on each of the last days before the due
# date. Both are played against the same made-up book, with invented behaviour. Open this file as a notebook (each
# `# %%` is a cell), or run it: it prints the comparison and writes the page and the charts beside it.
# %%
"""Lay two versions of a policy side by side over the example book, and draw what differs."""

from __future__ import annotations

import sys
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

from loansms import Lender
from loansms.insights import Behaviour, Simulation, simulate, simulation_html
from loansms.policy import Policy

BOOK = Path(__file__).parent / "books" / "cn.csv"


# %%
def played(days: int = 14) -> Simulation:
    """Return both versions played from the morning the example book was made for."""
    return simulate(
        Policy.preset("cn-consumer"),
        BOOK,
        days,
        Behaviour.example(),
        lender=Lender.example("CN"),
        start=datetime(2026, 9, 19, 10, tzinfo=ZoneInfo("Asia/Shanghai")),
        against=Policy.preset("cn-consumer", options=["3-2-1"]),
        seed=1,
        price=Decimal("0.045"),
    )


# %%
def main(out: Path, days: int = 14) -> None:
    """Print the comparison and write page and charts into `out`."""
    simulation = played(days)
    print(f"Assumed, not measured: {simulation.behaviour.name}")
    for row in simulation.compare().iter_rows(named=True):
        interval = row["told"] if row["low"] is None else f"[{row['low']:+.3f}, {row['high']:+.3f}]"
        print(
            f"{row['figure']:>14} {row['a']:>12,.2f} {row['b']:>12,.2f} {row['difference']:>+12,.2f}  {interval}"
        )
    print(f"borrowers who end elsewhere or hear another first message: {simulation.changed.height}")
    (out / "simulation.html").write_text(simulation_html(simulation), encoding="utf-8")
    for name, chart in simulation.charts().items():
        chart.save(str(out / f"{name}.json"))


# %%
if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path.cwd())
