"""`next_step` for one account, beside the hand-written if/elif that knows one fixed ladder and nothing else.

The floor takes a date and returns a step's name: no grace, holds, history, zones, reasons or arms. Printed beside the
ratios: the median in microseconds of one call on this machine.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from statistics import median

from attrs import evolve

from loansms.model import Account, History
from loansms.model.examples import account
from loansms.policy import Experiment, Kind, Policy

ROUNDS = 2000
DPDS = (-7, -5, 0, 1, 5, 8, 21, 45, 80, 200)
DUE_ON = account().due_on
AUDIENCES = (
    "amount_due >= 500 and country in ('CN', 'HK')",
    "1 <= days_past_due <= 60 and not autopay",
    "score < 600 or missing(score)",
)
TONE = Experiment(name="tone", arms={"usual": 1, "warm": 1}, holdout=1)


def by_hand(due_on: date, today: date) -> str:  # noqa: C901, PLR0911, PLR0912 - the ladder as a script has it
    dpd = (today - due_on).days
    if dpd in (-7, -6, -5):
        return "t-7"
    if dpd in (-3, -2, -1):
        return "t-3"
    if dpd < 0:
        return ""
    if dpd == 0:
        return "t-0"
    if dpd < 3:
        return "day-1"
    if dpd < 6:
        return "day-3"
    if dpd < 8:
        return "day-6"
    if dpd < 15:
        return "day-8"
    if dpd < 22:
        return "day-15"
    if dpd < 29:
        return "day-22"
    if dpd < 31:
        return "day-29"
    if dpd < 45:
        return "day-31"
    if dpd < 60:
        return "day-45"
    if dpd < 75:
        return "day-60"
    if dpd < 91:
        return "day-75"
    return "handover"


def policies() -> dict[str, Policy]:
    plain = Policy.preset("cn-consumer")
    aimed = evolve(
        plain,
        columns={"score": Kind.NUMBER},
        steps=[
            evolve(step, audience=AUDIENCES[number % 3]) if number % 2 else step
            for number, step in enumerate(plain.steps)
        ],
    )
    arms = evolve(
        aimed,
        experiments=[TONE],
        steps=[evolve(step, experiment="tone") if step.day > 30 else step for step in aimed.steps],
    )
    return {"cn-consumer": plain, "with three audiences": aimed, "and an experiment": arms}


def timed(work: Callable[[datetime], object]) -> float:
    """Return the median of one call over days before and past due."""
    taken: list[float] = []
    noon = datetime(DUE_ON.year, DUE_ON.month, DUE_ON.day, 4, tzinfo=UTC)
    for dpd in DPDS:
        now = noon + timedelta(days=dpd)
        for _ in range(ROUNDS):
            began = time.perf_counter()
            work(now)
            taken.append(time.perf_counter() - began)
    return median(taken)


def _asked(policy: Policy, several: Sequence[Account]) -> Callable[[datetime], object]:
    history, turn = History(), iter(range(10**9))

    def ask(now: datetime) -> object:
        one = several[next(turn) % len(several)]
        return policy.next_step(one, history, (), now)

    return ask


def run() -> list[tuple[str, float, str]]:
    """Return the time of `next_step` as ratios to the floor of the same run."""
    several = [account(loan_id=f"L-{number}", autopay=number % 2 == 0) for number in range(50)]
    floor = timed(lambda now: by_hand(DUE_ON, now.date()))
    rows: list[tuple[str, float, str]] = []
    for name, policy in policies().items():
        took = timed(_asked(policy, several))
        rows.append(
            (f"next_step, {name}: median {took * 1e6:.0f} us", took / floor, "a hand-written if/elif")
        )
    return rows


if __name__ == "__main__":
    for name, ratio, floor in run():
        print(f"{name:60} {ratio:8.1f} x  {floor}")
