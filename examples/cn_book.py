"""A made-up mainland loan book: every repayment method, every hold, and a dozen kinds of bad row.

Nothing in it comes from a real portfolio: amounts, rates and the share of overdue loans are chosen so that
seven days show every stage. Names are placeholders (示例甲 means "example A"). Mainland China reserves no
numbers for fiction; the phones come from 1740 0xx xxxx, a block assigned to satellite handsets, and
nothing should ever be sent to them either.
"""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from random import Random

from loansms import Money
from loansms.model.loan import Instalment, RepaymentMethod, amortise

COLUMNS = (
    "loan_id", "borrower_id", "name", "phone", "country", "region", "timezone", "language", "currency",
    "product", "principal", "annual_rate", "term_months", "instalment_amount", "method", "disbursed_on",
    "next_due_on", "oldest_unpaid_due_on", "amount_due", "penalty_due", "days_past_due", "grace_days",
    "autopay", "debit_account_tail", "next_debit_at", "balance", "risk_segment", "status", "consent_sms",
    "opt_out", "dispute", "hardship", "promise_to_pay_until", "guarantor_name", "guarantor_phone",
    "guarantor_consent", "last_paid_on", "as_of", "notes",
)  # fmt: skip

# Our column to the header a mainland core system would export.
CHINESE_HEADERS = {
    "loan_id": "借据号",
    "borrower_id": "客户号",
    "name": "姓名",
    "phone": "手机号",
    "currency": "币种",
    "amount_due": "应还金额",
    "next_due_on": "下次还款日",
    "oldest_unpaid_due_on": "最早逾期日",
    "principal": "贷款本金",
    "annual_rate": "年利率",
    "term_months": "期数",
    "method": "还款方式",
    "opt_out": "是否退订",
}
_CHINESE_WORDS = {
    "CNY": "人民币",
    "true": "是",
    "false": "否",
    "equal_instalment": "等额本息",
    "equal_principal": "等额本金",
    "interest_only": "先息后本",
    "bullet": "一次性还本付息",
    "flat": "等本等息",
}

_KINDS = ("示例", "测试", "样本", "演示")
_SIGNS = "甲乙丙丁戊己庚辛壬癸子丑寅卯辰巳午未申酉戌亥"
_REGIONS = ("SH", "BJ", "GD", "ZJ", "JS", "SC", "HB", "SD", "FJ", "HA", "XJ")
_PRODUCTS = ("现金贷", "教育分期", "家装分期", "购车分期")
_METHODS = {
    RepaymentMethod.EQUAL_INSTALMENT: 50,
    RepaymentMethod.EQUAL_PRINCIPAL: 14,
    RepaymentMethod.INTEREST_ONLY: 12,
    RepaymentMethod.FLAT: 14,
    RepaymentMethod.BULLET: 10,
}
_RATES = ("0.072", "0.09", "0.108", "0.12", "0.144", "0.168", "0.18", "0.216", "0.2376")
# Days past due on the book's day, and how many loans in a hundred lie there.
_BANDS = {(-29, -8): 24, (-7, -1): 36, (0, 0): 6, (1, 7): 16, (8, 30): 10, (31, 88): 7, (91, 140): 1}
_PENALTY_A_DAY = Decimal("0.0005")


def rows(day: date, count: int = 300) -> list[dict[str, str]]:
    """Return the good rows of the book of `day`, as CSV fields, in order of loan id."""
    rng = Random("loansms example book CN")
    made: list[dict[str, str]] = []
    people: list[dict[str, str]] = []
    for number in range(1, count + 1):
        again = people.pop(0) if number % 12 == 0 else None
        person = again or _person(rng, number)
        made.append({**dict.fromkeys(COLUMNS, ""), **person, **_loan(rng, number, day)})
        if again is None:
            people.append(person)
    _wishes(made, day)
    return made


def in_chinese(row: dict[str, str]) -> list[str]:
    """Return a row as a mainland core system would export it, headers as in `CHINESE_HEADERS`."""
    return [_CHINESE_WORDS.get(row[name], row[name]) for name in CHINESE_HEADERS]


def _person(rng: Random, number: int) -> dict[str, str]:
    region = rng.choice(_REGIONS)
    at = number - 1
    return {
        "borrower_id": f"CB-{number:04d}",
        "name": _KINDS[at // len(_SIGNS) % len(_KINDS)] + _SIGNS[at % len(_SIGNS)],
        "phone": f"17400{number:06d}",
        "country": "CN",
        "region": region,
        "timezone": "Asia/Urumqi" if region == "XJ" and number % 2 else "Asia/Shanghai",
        "language": "en" if number % 41 == 0 else "zh-Hant" if number % 37 == 0 else "zh-CN",
        "consent_sms": "false" if number % 60 == 23 else "true",
    }


def _loan(rng: Random, number: int, day: date) -> dict[str, str]:
    method = rng.choices(list(_METHODS), list(_METHODS.values()))[0]
    term = rng.choice((3, 6, 9, 12) if method is RepaymentMethod.BULLET else (6, 9, 12, 18, 24, 36))
    principal = Money(rng.randrange(10, 500) * 100, "CNY").rounded()
    rate = Decimal(rng.choice(_RATES))
    low, high = rng.choices(list(_BANDS), list(_BANDS.values()))[0]
    overdue = rng.randint(low, high)
    due = day - timedelta(days=overdue)
    plan, paid = _plan(rng, principal, rate, term, method, due)
    late = [one for one in plan[paid:] if one.due_on < day] if overdue > 0 else []
    owed = sum((one.total for one in late), Money("0.00", "CNY")) if late else plan[paid].total
    penalty = _penalty(late, day)
    upcoming = next((one.due_on for one in plan[paid:] if one.due_on >= day), None)
    autopay = rng.uniform(0, 1) < 0.35
    return {
        "loan_id": f"CL-{number:04d}",
        "currency": "CNY",
        "product": rng.choice(_PRODUCTS),
        "principal": str(principal.amount),
        "annual_rate": str(rate),
        "term_months": str(term),
        "instalment_amount": str(plan[paid].total.amount),
        "method": method.value,
        "disbursed_on": _disbursed(plan, term).isoformat(),
        "next_due_on": upcoming.isoformat() if upcoming else "",
        "oldest_unpaid_due_on": due.isoformat() if overdue > 0 else "",
        "amount_due": str((owed + penalty).amount),
        "penalty_due": str(penalty.amount) if penalty else "",
        "days_past_due": str(overdue) if number % 3 else "",
        "grace_days": "3" if number % 10 == 4 else "0",
        "autopay": "true" if autopay else "false",
        "debit_account_tail": f"{rng.randrange(10000):04d}" if autopay else "",
        "next_debit_at": f"{_debit_on(due, day)}T09:00:00+08:00" if autopay else "",
        "balance": str(sum((one.principal for one in plan[paid:]), Money("0.00", "CNY")).amount),
        "risk_segment": rng.choice(("low", "low", "medium", "high")),
        "status": "overdue" if overdue > 0 else "normal",
        "opt_out": "false",
        "dispute": "false",
        "hardship": "false",
        "last_paid_on": plan[paid - 1].due_on.isoformat() if paid else "",
        "as_of": day.isoformat(),
    }


def _debit_on(due: date, day: date) -> date:
    """Return the due date, or three days on for a loan whose debit has failed before."""
    return due if due >= day else day + timedelta(days=3)


def _plan(
    rng: Random, principal: Money, rate: Decimal, term: int, method: RepaymentMethod, due: date
) -> tuple[tuple[Instalment, ...], int]:
    """Return a plan one of whose due dates is `due`, and how many instalments before it are paid."""
    months_back = term - 1 if method is RepaymentMethod.BULLET else rng.randrange(0, term - 2)
    first = _months_before(due, months_back)
    plan = amortise(principal, rate, term, method, first)
    return plan, 0 if method is RepaymentMethod.BULLET else months_back


def _months_before(due: date, months: int) -> date:
    """Return a first due date from which `due` follows exactly: the 28th at the latest in short months."""
    year, month = divmod(due.year * 12 + due.month - 1 - months, 12)
    day = due.day
    while True:
        try:
            first = date(year, month + 1, day)
        except ValueError:
            day -= 1
        else:
            return first


def _disbursed(plan: tuple[Instalment, ...], term: int) -> date:
    return _months_before(plan[-1].due_on, term)


def _penalty(late: list[Instalment], day: date) -> Money:
    owed = Money("0.00", "CNY")
    for one in late:
        owed += one.principal * (_PENALTY_A_DAY * (day - one.due_on).days)
    return owed.rounded()


def _wishes(made: list[dict[str, str]], day: date) -> None:
    """Mark who refuses, disputes, struggles, promised, has a guarantor, owes nothing or has an odd name."""
    late = [row for row in made if row["status"] == "overdue"]
    soon = [
        row for row in made if row["status"] == "normal" and row["next_due_on"] <= str(day + timedelta(7))
    ]
    firm = [row for row in late if row["oldest_unpaid_due_on"] < str(day - timedelta(30))]
    for row in (late[2], soon[3], soon[17]):
        row["opt_out"] = "true"
    late[4]["dispute"] = late[20]["dispute"] = soon[6]["dispute"] = "true"
    late[7]["hardship"] = late[31]["hardship"] = "true"
    for row, days in ((late[9], 1), (late[13], 3), (late[17], 6), (soon[8], 10)):
        row["promise_to_pay_until"] = (day + timedelta(days=days)).isoformat()
    for at, row in enumerate((*firm, *late[::6])):
        row["guarantor_name"] = "担保" + _SIGNS[at % len(_SIGNS)]
        row["guarantor_phone"] = f"17400{900000 + at:06d}"
        row["guarantor_consent"] = "false" if at % 4 == 3 else "true"
    for row in (soon[1], soon[12]):
        row.update(amount_due="0.00", balance="0.00", status="settled")
    soon[5]["name"] = '示例【测试】,"甲"'
    soon[7]["name"] = ""
    # A field with a line break: the next row begins two physical lines further down.
    soon[10]["notes"] = "备注第一行\n备注第二行"
    # One borrower, two loans, two answers about opting out: the refusal wins.
    asked = {row["borrower_id"] for row in (*late, *soon)}
    second = [row for at, row in enumerate(made, 1) if at % 12 == 0 and row["borrower_id"] in asked]
    second[1]["opt_out"] = "true"
