"""A made-up American loan book, shaped like a real one.

The shapes (shares of states, terms, grades and statuses, quantiles of principal and rate, the share of
borrowers with two loans) are rounded summary figures of the loans LendingClub issued from January to March
2018, as published with the `openintro` data sets (table `loans_full_schema`). No row of that table is kept or
copied. Three things depart from it, so that a small book shows every stage: overdue loans are four times as
frequent; opt-outs, disputes, hardship and promises are invented; and the day is in 2026.

Phones are the numbers 555-0100 to 555-0199 of each area code, which are set aside for fiction.
"""

from __future__ import annotations

import calendar
from datetime import date, timedelta
from decimal import ROUND_UP, Decimal
from random import Random

from loansms import Money
from loansms.model.loan import Instalment, RepaymentMethod, amortise, month_later

COLUMNS = (
    "loan_id", "borrower_id", "name", "phone", "country", "region", "timezone", "language", "currency",
    "product", "principal", "annual_rate", "term_months", "instalment_amount", "method", "disbursed_on",
    "next_due_on", "amount_due", "oldest_unpaid_due_on", "days_past_due", "balance", "risk_segment", "status",
    "consent_sms", "opt_out", "dispute", "hardship", "promise_to_pay_until", "as_of", "notes",
)  # fmt: skip

# State: weight (loans in a thousand, rounded), zone of most of its people, area codes.
_STATES = """
AK 4 America/Anchorage 907|AL 12 America/Chicago 205 256|AR 6 America/Chicago 501|AZ 24 America/Phoenix 480 602
CA 130 America/Los_Angeles 213 310 415 408 619 714 818 916|CO 20 America/Denver 303 719
CT 20 America/New_York 203 860|DC 3 America/New_York 202|DE 4 America/New_York 302
FL 66 America/New_York 305 407 813 850|GA 31 America/New_York 404 770|HI 4 Pacific/Honolulu 808
ID 4 America/Boise 208|IL 36 America/Chicago 312 630 217|IN 17 America/Indiana/Indianapolis 317 219
KS 9 America/Chicago 316|KY 10 America/New_York 502 270|LA 12 America/Chicago 504 225
MA 24 America/New_York 617 508|MD 28 America/New_York 301 410|ME 2 America/New_York 207
MI 24 America/Detroit 313 248|MN 17 America/Chicago 612 651|MO 16 America/Chicago 314 816
MS 8 America/Chicago 601|MT 3 America/Denver 406|NC 31 America/New_York 704 919|ND 2 America/Chicago 701
NE 6 America/Chicago 402 308|NH 6 America/New_York 603|NJ 32 America/New_York 201 609
NM 4 America/Denver 505|NV 14 America/Los_Angeles 702|NY 86 America/New_York 212 518 716 917
OH 31 America/New_York 216 614|OK 7 America/Chicago 405|OR 14 America/Los_Angeles 503 541
PA 29 America/New_York 215 412|RI 4 America/New_York 401|SC 15 America/New_York 803
SD 2 America/Chicago 605|TN 17 America/Chicago 615 901|TX 87 America/Chicago 214 512 713 915
UT 7 America/Denver 801|VA 29 America/New_York 703 804|VT 3 America/New_York 802
WA 22 America/Los_Angeles 206 509|WI 12 America/Chicago 414 608|WV 6 America/New_York 304
WY 2 America/Denver 307
"""
# Parts of these lie in another zone; a few rows live there.
_OTHER_ZONE = {
    "FL": "America/Chicago",
    "TX": "America/Denver",
    "IN": "America/Chicago",
    "KY": "America/Chicago",
    "TN": "America/New_York",
    "ND": "America/Denver",
    "SD": "America/Denver",
    "NE": "America/Denver",
    "KS": "America/Denver",
    "ID": "America/Los_Angeles",
}

_PRODUCTS = {
    "debt_consolidation": 524, "credit_card": 221, "other": 95, "home_improvement": 67, "major_purchase": 31,
    "medical": 17, "house": 14, "car": 11, "small_business": 8, "moving": 7, "vacation": 5,
}  # fmt: skip
_TERMS = {36: 71, 60: 29}
_RISK = {36: {"low": 64, "medium": 34, "high": 2}, 60: {"low": 32, "medium": 59, "high": 9}}
# Quantiles 0, 5, 25, 50, 75, 95 and 100 %.
_POINTS = (0.0, 0.05, 0.25, 0.5, 0.75, 0.95, 1.0)
_PRINCIPAL = {
    36: (1000, 3000, 6000, 10000, 20000, 35000, 40000),
    60: (10000, 10000, 15500, 20500, 29000, 39000, 40000),
}
_RATE = {
    "low": (5.3, 5.3, 6.7, 9.4, 10.4, 12.0, 12.0),
    "medium": (12.6, 12.6, 13.6, 15.0, 18.0, 21.4, 21.9),
    "high": (22.9, 22.9, 23.9, 25.8, 26.3, 30.2, 30.8),
}
# Loans in a thousand; the overdue ones four times the real share.
_STATUS = {
    "Current": 881,
    "Fully Paid": 45,
    "In Grace Period": 28,
    "Late (16-30 days)": 16,
    "Late (31-120 days)": 27,
    "Charged Off": 3,
}
_DPD = {
    "In Grace Period": (1, 15),
    "Late (16-30 days)": (16, 30),
    "Late (31-120 days)": (31, 95),
    "Charged Off": (121, 180),
}
_INITIALS = "ABCDEFGHJKLMNPRSTW"


def _states() -> dict[str, tuple[int, str, tuple[str, ...]]]:
    rows = [part.split() for line in _STATES.split("\n") for part in line.split("|") if part]
    return {row[0]: (int(row[1]), row[2], tuple(row[3:])) for row in rows}


def _one(rng: Random, weights: dict[str, int]) -> str:
    return rng.choices(list(weights), list(weights.values()))[0]


def _quantile(rng: Random, table: tuple[float, ...]) -> float:
    """Draw from a distribution given by its quantiles, straight lines between them."""
    at = rng.uniform(0, 1)
    right = next(index for index, point in enumerate(_POINTS) if at <= point or point == 1.0)
    left = max(right - 1, 0)
    width = _POINTS[right] - _POINTS[left] or 1.0
    return table[left] + (table[right] - table[left]) * (at - _POINTS[left]) / width


def rows(day: date, count: int = 400) -> list[dict[str, str]]:
    """Return the book of `day`: about `count` loans as CSV fields, in order of loan id."""
    rng = Random("loansms example book US")
    states = _states()
    phones = _phones(rng, states)
    borrowers: list[dict[str, str]] = []
    made: list[dict[str, str]] = []
    for number in range(1, count + 1):
        again = borrowers.pop(0) if number % 20 == 0 and borrowers else None
        person = again or _person(rng, number, states, phones)
        # The second loan of a borrower is overdue oftener, so that one debtor's loans compete.
        status = _one(rng, {"Late (16-30 days)": 1, "Current": 3} if again else _STATUS)
        row = {**dict.fromkeys(COLUMNS, ""), **person, **_loan(rng, number, day, status)}
        made.append(row)
        if again is None:
            borrowers.append(person)
    _wishes(made, day)
    return made


def _phones(rng: Random, states: dict[str, tuple[int, str, tuple[str, ...]]]) -> dict[str, list[str]]:
    codes = sorted({code for _, _, codes in states.values() for code in codes})
    return {code: [f"+1{code}55501{line:02d}" for line in rng.sample(range(100), 100)] for code in codes}


def _person(
    rng: Random,
    number: int,
    states: dict[str, tuple[int, str, tuple[str, ...]]],
    phones: dict[str, list[str]],
) -> dict[str, str]:
    state = _one(rng, {name: weight for name, (weight, _, _) in states.items()})
    _, zone, codes = states[state]
    if number % 25 == 7:  # kept the number of the state they moved from
        codes = states[_one(rng, {name: weight for name, (weight, _, _) in states.items()})][2]
    if state in _OTHER_ZONE and rng.uniform(0, 1) < 0.15:
        zone = _OTHER_ZONE[state]
    if number % 30 == 11:  # the lender never asked: region and phone have to answer
        zone = ""
    return {
        "borrower_id": f"UB-{number:04d}",
        "name": f"{rng.choice(_INITIALS)}. {rng.choice(_INITIALS)}.",
        "phone": phones[rng.choice(codes)].pop(),
        "country": "US",
        "region": state,
        "timezone": zone,
        "language": "en-US",
    }


def _loan(rng: Random, number: int, day: date, status: str) -> dict[str, str]:
    term = int(_one(rng, {str(months): weight for months, weight in _TERMS.items()}))
    risk = _one(rng, _RISK[term])
    principal = Money(round(_quantile(rng, _PRINCIPAL[term]) / 25) * 25, "USD").rounded()
    rate = Decimal(str(round(_quantile(rng, _RATE[risk]), 2))) / 100
    due, missed, disbursed = _dates(rng, day, status)
    # The lender of the real book rounds the instalment up to the cent.
    plan = amortise(principal, rate, term, "equal_instalment", month_later(disbursed, 1), rounding=ROUND_UP)
    paid = sum(1 for one in plan if one.due_on < (missed or due))
    owed = _owed(plan, paid, day, status)
    overdue = (day - missed).days if missed else (day - due).days
    return {
        "loan_id": f"UL-{number:04d}",
        "currency": "USD",
        "product": _one(rng, _PRODUCTS),
        "principal": str(principal.amount),
        "annual_rate": str(rate),
        "term_months": str(term),
        "instalment_amount": str(plan[0].total.amount),
        "method": RepaymentMethod.EQUAL_INSTALMENT.value,
        "disbursed_on": disbursed.isoformat(),
        "next_due_on": due.isoformat(),
        "amount_due": str(owed.amount),
        "oldest_unpaid_due_on": missed.isoformat() if missed else "",
        "days_past_due": str(overdue),
        "balance": str(_balance(plan, paid, status).amount),
        "risk_segment": risk,
        "status": status,
        "consent_sms": "true",
        "opt_out": "false",
        "dispute": "false",
        "hardship": "false",
        "as_of": day.isoformat(),
    }


def _dates(rng: Random, day: date, status: str) -> tuple[date, date | None, date]:
    """Return the next due date, the oldest unpaid one and the day of disbursement."""
    if status in _DPD:
        missed = day - timedelta(days=rng.randint(*_DPD[status]))
        due = next(d for months in range(1, 9) if (d := month_later(missed, months)) >= day)
        return due, missed, _months_before(missed, rng.randint(1, 3))
    due = day + timedelta(days=rng.randint(0, 29))
    return due, None, _months_before(due, rng.randint(1, 3))


def _months_before(due: date, months: int) -> date:
    year, month = divmod(due.year * 12 + due.month - 1 - months, 12)
    return date(year, month + 1, min(due.day, calendar.monthrange(year, month + 1)[1]))


def _owed(plan: tuple[Instalment, ...], paid: int, day: date, status: str) -> Money:
    if status == "Fully Paid":
        return Money("0.00", "USD")
    late = [one.total for one in plan[paid:] if one.due_on < day]
    return sum(late[1:], late[0]) if late else plan[paid].total


def _balance(plan: tuple[Instalment, ...], paid: int, status: str) -> Money:
    if status in {"Fully Paid", "Charged Off"}:
        return Money("0.00", "USD")
    return sum((one.principal for one in plan[paid:]), Money("0.00", "USD"))


def _wishes(made: list[dict[str, str]], day: date) -> None:
    """Let some borrowers refuse, dispute, struggle or promise: invented, the real book has none of it."""
    late = [row for row in made if row["oldest_unpaid_due_on"]]
    soon = [row for row in made if not row["oldest_unpaid_due_on"] and -8 < int(row["days_past_due"]) <= 0]
    late[1]["opt_out"] = soon[2]["opt_out"] = soon[9]["opt_out"] = "true"
    late[3]["dispute"] = late[8]["dispute"] = "true"
    late[5]["hardship"] = soon[4]["hardship"] = "true"
    for row, days in ((late[6], 2), (late[9], 4), (late[12], 9)):
        row["promise_to_pay_until"] = (day + timedelta(days=days)).isoformat()
    for row in (late[10], *soon[11:14]):
        row["consent_sms"] = "false"
    for row in made[::40]:
        row["consent_sms"] = ""
