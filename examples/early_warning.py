"""Early warning: a plain score from each loan's own payments, and a policy that reminds the risky ones earlier.

    python examples/early_warning.py [--out DIR]

Everybody here is made up. The score looks at how this loan was paid and at nothing else: no age, no address, no name.
It is points out of a table, so that a borrower who asks, or a regulator, can be told where each of them came from.
Before a score decides anything, hold it against what happened next, as the last table here does.
"""

from __future__ import annotations

import argparse
import csv
from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from random import Random

from attrs import frozen

from loansms import Lender, Money
from loansms.calendars import BusinessDays, calendar_for
from loansms.model import Instalment, Loan, RepaymentMethod
from loansms.model.examples import borrower
from loansms.planning import Payment, account_on, due_dates, reminders
from loansms.policy import Policy
from loansms.portfolio import dialled_in, read_book

SEED = 20260919
LOANS = 400
TODAY = date(2026, 9, 19)  # of the book
LOOKS_AT = 6  # the last instalments that count: older ones say little of today
RISKY = 60
COLUMNS = (
    "loan_id", "borrower_id", "phone", "country", "currency", "amount_due", "next_due_on", "oldest_unpaid_due_on", "risk",
)  # fmt: skip
HERE = Path(__file__).resolve().parent
POLICY = HERE / "policies" / "early_warning.toml"

# At most 100. Each row: from this value on, so many points; the highest row that fits counts.
LATE_SHARE = ((Decimal("0.2"), 10), (Decimal("0.4"), 25), (Decimal("0.6"), 40))
WORST_DAYS = ((1, 5), (4, 15), (8, 30))
LAST_DAYS = ((1, 10), (4, 20), (8, 30))


@frozen
class Case:
    """A loan with its schedule, what was paid by TODAY, and the days late of the instalment after it."""

    loan: Loan
    plan: tuple[Instalment, ...]
    payments: tuple[Payment, ...]
    then: int


def days_late(plan: Sequence[Instalment], payments: Sequence[Payment], today: date) -> list[int]:
    """Return how many days late each instalment due by `today` was paid in full, the oldest first."""
    told: list[int] = []
    owed = Decimal(0)
    for one in plan:
        if one.due_on <= today:
            owed += one.total.amount
            told.append(max((_paid_up(owed, payments, today) - one.due_on).days, 0))
    return told


def _paid_up(owed: Decimal, payments: Sequence[Payment], today: date) -> date:
    """Return the day on which payments reached `owed`; `today` where they have not."""
    paid = Decimal(0)
    for payment in sorted(payments, key=lambda one: one.on):
        paid += payment.amount.amount
        if paid >= owed:
            return payment.on
    return today


def score(late: Sequence[int]) -> int | None:
    """Return points from 0 (always in time) to 100; None for a loan too young to tell."""
    seen = late[-LOOKS_AT:]
    if len(seen) < 3:
        return None
    share = Decimal(sum(days > 0 for days in seen)) / len(seen)
    return _points(LATE_SHARE, share) + _points(WORST_DAYS, max(seen)) + _points(LAST_DAYS, seen[-1])


def _points(table: Sequence[tuple[Decimal | int, int]], value: Decimal | int) -> int:
    return max((points for at_least, points in table if value >= at_least), default=0)


def made_cases(chance: Random) -> list[Case]:
    """Return loans of many tempers: some always pay in time, some slip now and then, some slide."""
    calendar = calendar_for("CN")
    cases: list[Case] = []
    for number in range(LOANS):
        first = date(2026, chance.randrange(1, 9), chance.randrange(1, 29))
        loan = Loan(
            loan_id=f"L-{number:04d}",
            principal=Money(1000 * chance.randrange(5, 60), "CNY"),
            annual_rate=Decimal("0.12"),
            periods=11 - first.month + 1,
            method=RepaymentMethod.EQUAL_INSTALMENT,
            first_due_on=first,
        )
        plan = due_dates(loan, BusinessDays.ADD, calendar)
        temper = chance.choice((0.02, 0.05, 0.1, 0.3, 0.7))
        slips = [
            round(chance.expovariate(0.15)) + 1 if chance.random() < temper else -chance.randrange(4)
            for _ in plan
        ]
        paid = [
            Payment(one.due_on + timedelta(days=slip), one.total)
            for one, slip in zip(plan, slips, strict=True)
        ]
        due = sum(one.due_on <= TODAY for one in plan)
        cases.append(Case(loan, plan, tuple(one for one in paid if one.on <= TODAY), max(slips[due], 0)))
    return cases


def write_book(path: Path, cases: Sequence[Case], scores: Sequence[int | None]) -> None:
    """Write the loan book of TODAY with one column more: `risk`, blank where nothing is known."""
    with path.open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(COLUMNS)
        for number, (case, risk) in enumerate(zip(cases, scores, strict=True)):
            now = account_on(case.plan, case.payments, borrower(), TODAY, loan_id=case.loan.loan_id)
            overdue = now.due_on <= TODAY
            table.writerow(
                [
                    now.loan_id,
                    f"B-{number:04d}",
                    f"174{number:08d}",
                    "CN",
                    "CNY",
                    now.amount_due.amount,
                    coming(case).due_on.isoformat(),
                    now.due_on.isoformat() if overdue else "",
                    "" if risk is None else risk,
                ]
            )


def coming(case: Case) -> Instalment:
    """Return the first instalment that is still to fall due."""
    return next(one for one in case.plan if one.due_on > TODAY)


def main() -> None:
    """Score the loans, write the book, and say who is reminded earlier."""
    options = argparse.ArgumentParser(description="A plain risk score, and a policy that uses it.")
    options.add_argument("--out", type=Path, default=Path("demo-out"), help="folder of the book")
    folder: Path = options.parse_args().out
    folder.mkdir(parents=True, exist_ok=True)
    cases = made_cases(Random(SEED))
    scores = [score(days_late(case.plan, case.payments, TODAY)) for case in cases]
    book_file = folder / "early-warning.csv"
    write_book(book_file, cases, scores)

    policy = Policy.load(POLICY)
    book = read_book(book_file, default_country=dialled_in([Lender.example()]))
    print(f"{book_file.name}: {book.total} loans, column risk")
    earlier, overdue = 0, 0
    for row, case in zip(book.rows, cases, strict=True):
        if row.account.due_on <= TODAY:
            overdue += 1
            continue
        planned = reminders([coming(case)], policy, row.account)
        days = [(one.on - row.account.due_on).days for one in planned]
        if days[0] < -3:
            earlier += 1
            if earlier <= 5:
                risk = row.account.extra["risk"]
                print(f"  {row.account.loan_id} risk {risk:>3}: reminded on days {days} instead of [-3, 0]")
    print(f"{earlier} loans (risk {RISKY} or more) get an earlier reminder; {overdue} are overdue already")
    print("What happened next, by score:")
    for name, low, high in (("0-19", 0, 19), ("20-59", 20, 59), ("60-100", RISKY, 100)):
        then = [
            case.then > 0
            for case, one in zip(cases, scores, strict=True)
            if one is not None and low <= one <= high
        ]
        print(
            f"  {name:>6}: {len(then):3d} loans, {sum(then) / max(len(then), 1):4.0%} paid the next one late"
        )
    unknown = sum(one is None for one in scores)
    print(f"  {'none':>6}: {unknown:3d} loans too young for a score: reminded as usual")


if __name__ == "__main__":
    main()
