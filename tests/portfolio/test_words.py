"""A text planned in columns is, letter by letter and segment by segment, the text planned for the one account."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import cache

import polars as pl
import pytest
from attrs import evolve
from babel.numbers import get_currency_precision
from hypothesis import given, settings
from hypothesis import strategies as st

from loansms.model import Account, Channel, History, Lender, Money
from loansms.model.examples import account, borrower
from loansms.planning.row import PlanDecision, PlanRow
from loansms.planning.values import account_values
from loansms.planning.wording import word
from loansms.policy import Policy
from loansms.portfolio.words import ColumnarWords, columnar_words
from loansms.templates import Catalogue, Slot, SlotKind, Template

NOW = datetime(2026, 9, 21, 2, tzinfo=UTC)
TODAY = date(2026, 9, 21)  # in Shanghai, where the example borrower lives
CATALOGUE = Catalogue.builtin()
PRESETS = ("cn-consumer", "us-first-party")
STEPS = tuple(sorted({step.id for name in PRESETS for step in Policy.preset(name).steps}))
DUE = sorted({step.template for name in PRESETS for step in Policy.preset(name).steps})
TEMPLATES = [CATALOGUE.get(one, locale) for one in DUE for locale in CATALOGUE.locales(one)]
LENDERS = {
    (place, taught): evolve(Lender.example(place), education_lines=taught)
    for place in ("CN", "US")
    for taught in (False, True)
}
SCHEMA = {
    "loan_id": pl.String(),
    "currency": pl.String(),
    "amount_due": pl.Int64(),
    "instalment_amount": pl.Int64(),
    "due_on": pl.Date(),
    "promise_to_pay_until": pl.Date(),
    "as_of": pl.Date(),
    "annual_rate": pl.String(),
    "term_months": pl.Int32(),
    "method": pl.String(),
    "debit_account_tail": pl.String(),
    "today": pl.Date(),
    "step": pl.String(),
}


def minor(amount: Money | None) -> int | None:
    """Return the amount in the smallest units of its currency, as the typed book holds it."""
    if amount is None:
        return None
    return int(amount.amount.scaleb(get_currency_precision(amount.currency)))


def typed(accounts: Sequence[Account], step: str) -> pl.LazyFrame:
    """Return the accounts as rows of the typed book, beside the reader's day and the step."""
    rows = [
        {
            "loan_id": one.loan_id,
            "currency": one.amount_due.currency,
            "amount_due": minor(one.amount_due),
            "instalment_amount": minor(one.instalment_amount),
            "due_on": one.due_on,
            "promise_to_pay_until": one.promise_to_pay_until,
            "as_of": one.as_of,
            "annual_rate": None if one.annual_rate is None else str(one.annual_rate),
            "term_months": one.term_months,
            "method": one.method,
            "debit_account_tail": one.debit_account_tail,
            "today": TODAY,
            "step": step,
        }
        for one in accounts
    ]
    return pl.DataFrame(rows, schema=SCHEMA).lazy()


def scalar(template: Template, one: Account, lender: Lender, step: str) -> tuple[str, int] | None:
    """Return the text and segments of one account, or None where the plan denies it for its values.

    The facts that a claim needs are taken as given: they decide whether a row is worded, not in what words.
    """
    template = evolve(template, facts=())
    row = PlanRow(
        loan_id=one.loan_id,
        borrower_id="B-1",
        decision=PlanDecision.SEND,
        reasons=(),
        step=step,
        template=template.id,
        locale=template.locale,
    )
    catalogue = evolve(CATALOGUE, templates={(template.id, template.locale): template})

    def values(chosen: Template) -> dict[str, object]:
        return account_values(chosen.slots, one, History(), NOW, chosen.locale)

    worded = word(row, catalogue, values, lender, TODAY)
    return None if worded.text is None or worded.segments is None else (worded.text.reveal(), worded.segments)


def compiled(template: Template, lender: Lender, currency: str, near: date = TODAY) -> ColumnarWords | None:
    """Return the template's columns as the plan of a book asks for them."""
    lines = CATALOGUE.education[template.locale] if lender.education_lines else ()
    return columnar_words(template, lender, currency=currency, near=near, lines=lines, steps=STEPS)


@cache
def shipped(at: int, place: str, taught: bool, currency: str) -> ColumnarWords | None:
    """Return the columns of a shipped template, compiled once for all examples."""
    return compiled(TEMPLATES[at], LENDERS[place, taught], currency)


def differing(
    words: ColumnarWords, template: Template, lender: Lender, accounts: Sequence[Account], step: str
) -> list[tuple[object, object]]:
    """Return what the columns and the scalar plan say wherever the row is taken and they differ."""
    rows = typed(accounts, step).with_columns(words.text, words.segments, words.takes).collect()
    told = zip(rows["text"], rows["segments"], rows["takes"], accounts, strict=True)
    pairs = [((text, cost), scalar(template, one, lender, step)) for text, cost, takes, one in told if takes]
    return [pair for pair in pairs if pair[0] != pair[1]]


IDS = st.one_of(
    st.from_regex(r"[A-Z]{2}[0-9]{4,12}", fullmatch=True),
    st.from_regex(r"[-_A-Za-z0-9*./#: |]{1,8}", fullmatch=True),
    st.text(st.characters(codec="utf-8", exclude_categories=["Cc"]), min_size=1, max_size=8),
)
# Around every length and every cut of the digits, and anywhere.
UNITS = st.one_of(
    st.integers(0, 14).flatmap(lambda digits: st.integers(0, 10**digits)),
    st.integers(0, 14).map(lambda digits: 10**digits),
    st.integers(1, 99_999_999_999_999),
)
DAYS = st.one_of(
    st.integers(-400, 400).map(lambda days: TODAY + timedelta(days=days)),
    st.dates(date(1990, 1, 1), date(2050, 1, 1)),
)


@st.composite
def accounts_in(draw: st.DrawFn, currency: str) -> Account:
    """Draw an account whose amounts are of `currency`."""
    places = get_currency_precision(currency)

    def money() -> Money:
        return Money(Decimal(draw(UNITS)).scaleb(-places), currency)

    return account(
        loan_id=draw(IDS),
        amount_due=money(),
        due_on=draw(DAYS),
        promise_to_pay_until=draw(st.none() | DAYS),
        as_of=draw(st.none() | DAYS),
        instalment_amount=draw(st.none() | st.just(money())),
        annual_rate=draw(st.none() | st.decimals(0, 10, places=5) | st.just(Decimal("1E-3"))),
        term_months=draw(st.none() | st.integers(1, 12_345)),
        method=draw(st.none() | st.sampled_from(["equal_instalment", "flat", "bullet"])),
        debit_account_tail=draw(st.none() | st.from_regex(r"[0-9*a-z ]{1,9}", fullmatch=True)),
    )


BOOKS = st.sampled_from(["CNY", "USD", "HKD", "JPY", "VND", "KWD", "EUR"]).flatmap(
    lambda currency: st.lists(accounts_in(currency), min_size=1, max_size=6)
)


@pytest.mark.parametrize("at", range(len(TEMPLATES)), ids=[one.place for one in TEMPLATES])
@pytest.mark.parametrize("place", ["CN", "US"])
@settings(max_examples=15)
@given(accounts=BOOKS, taught=st.booleans(), step=st.sampled_from([*STEPS, "birthday", "a|b"]))
def test_a_row_that_is_taken_is_worded_as_the_account_alone_is(
    at: int, place: str, accounts: list[Account], taught: bool, step: str
) -> None:
    words = shipped(at, place, taught, accounts[0].amount_due.currency)
    if words is None:
        assert TEMPLATES[at].free_text  # the only reason for which a shipped template has no columns
        return
    assert differing(words, TEMPLATES[at], LENDERS[place, taught], accounts, step) == []


def plain(**changes: object) -> Account:
    """Return an account as most are: nothing in it is odd and every value is there."""
    fields = {
        "loan_id": "LN20260042",
        "as_of": date(2026, 9, 20),
        "promise_to_pay_until": date(2026, 9, 28),
        "instalment_amount": Money("1039.43", "CNY"),
        "annual_rate": Decimal("0.072"),
        "term_months": 12,
        "method": "equal_instalment",
        "debit_account_tail": "6789",
    }
    return account(**{**fields, **changes})


def taken(template: Template, lender: Lender, accounts: Sequence[Account], step: str = "t-3") -> list[bool]:
    """Return which of the accounts the columns of `template` take, after holding them against the scalar text."""
    words = compiled(template, lender, accounts[0].amount_due.currency)
    assert words is not None
    assert differing(words, template, lender, accounts, step) == []
    return typed(accounts, step).with_columns(words.takes).collect()["takes"].to_list()


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda one: one.place)
@pytest.mark.parametrize("place", ["CN", "US"])
@pytest.mark.parametrize("taught", [False, True])
def test_plain_accounts_are_worded_in_columns_by_every_template_but_those_of_free_text(
    template: Template, place: str, taught: bool
) -> None:
    """A template left to the scalar code by mistake would make the whole book as slow as that."""
    lender = LENDERS[place, taught]
    if template.free_text:
        assert compiled(template, lender, "CNY") is None
        return
    days = [TODAY + timedelta(days=at) for at in (-200, -120, -1, 0, 1, 183, 184, 400)]
    amounts = [Money(amount, "CNY") for amount in ("0", "0.01", "999.99", "1000", "100000", "99999999.99")]
    accounts = [plain(due_on=day) for day in days] + [plain(amount_due=amount) for amount in amounts]
    accounts += [plain(loan_id=one) for one in ("L-42", "L-001", "ab_9", "x/A1B2")]
    assert taken(template, lender, accounts) == [True] * len(accounts)


def test_what_a_column_cannot_tell_exactly_is_left_to_the_account_s_own_plan() -> None:
    template, lender = CATALOGUE.get("reminder.due_in_3", "zh-CN"), LENDERS["CN", False]
    odd = [
        plain(loan_id="L/4/2"),
        plain(loan_id="----"),
        plain(loan_id="借款四二"),
        plain(amount_due=Money("100000000.00", "CNY")),
        plain(amount_due=Money("5.00", "USD")),
        plain(due_on=date(2015, 12, 31)),
        plain(due_on=date(2031, 1, 1)),
    ]
    assert taken(template, lender, [plain(), *odd]) == [True] + [False] * len(odd)


def test_a_missing_value_is_never_written_as_a_text() -> None:
    template = CATALOGUE.get("reminder.promise_day", "en")
    assert taken(template, LENDERS["US", False], [plain(promise_to_pay_until=None), plain()]) == [False, True]


def test_an_empty_book_has_no_texts() -> None:
    words = compiled(TEMPLATES[0], LENDERS["CN", True], "CNY")
    assert words is not None
    rows = typed([], "t-3").select(words.text, words.segments, words.takes).collect()
    assert rows.height == 0
    assert rows.schema == {"text": pl.String(), "segments": pl.Int64(), "takes": pl.Boolean()}


def test_the_columns_a_template_reads_are_named() -> None:
    words = compiled(CATALOGUE.get("reminder.due_in_3", "en"), LENDERS["US", True], "USD")
    assert words is not None
    assert words.needs == {"loan_id", "due_on", "today", "amount_due", "currency", "step"}
    rows = typed([plain()], "t-3").select(words.needs).select(words.text, words.segments, words.takes)
    assert rows.collect().height == 1


def own(text: str, locale: str = "zh-CN", channel: Channel = Channel.SMS) -> Template:
    """Return a lender's own template with slots of the vocabulary."""
    names = [name for name in CATALOGUE.vocabulary if f"{{{name}}}" in text]
    every = {name: CATALOGUE.vocabulary[name] for name in names}
    slots = {name: slot for name, slot in every.items() if slot.kind is not SlotKind.LENDER}
    base = evolve(CATALOGUE.get("reminder.due_in_3", locale), text=text, slots=slots, lender_slots=())
    return evolve(base, approval=None, channel=channel)


def test_terms_of_the_loan_are_told_in_columns() -> None:
    text = "年利率{annual_rate}，共{term_months}期，{method}，每期{instalment_amount}，扣款卡尾号{debit_account_tail}。"
    accounts = [
        plain(),
        plain(annual_rate=Decimal("0.15400")),
        plain(annual_rate=Decimal("1E-3"), term_months=1),
    ]
    odd = [
        plain(annual_rate=Decimal(12)),
        plain(method=None),
        plain(debit_account_tail="12 34"),
        plain(debit_account_tail="123456789"),
    ]
    took = taken(own(text), LENDERS["CN", False], [*accounts, *odd])
    assert took == [True] * len(accounts) + [False] * len(odd)
    assert taken(own("年利率{annual_rate}。"), LENDERS["CN", False], [plain(annual_rate=None)]) == [False]


def test_the_days_to_the_due_date_and_a_slot_used_twice() -> None:
    template = own("In {days_to_due} days, {days_to_due}: {amount_due}, {loan_ref} of {loan_ref}.", "en")
    accounts = [plain(due_on=TODAY + timedelta(days=at)) for at in (-3, 0, 3, 999, 1000)]
    assert taken(template, LENDERS["US", True], accounts) == [True, True, True, True, False]


@pytest.mark.parametrize(
    "text",
    [
        "{history}",
        "{name}：{amount_due}",
        "年化{annual_cost}",
        "{credit_limit}",
        "{paid_on}",
        "{reason_text}",
    ],
)
def test_what_no_column_tells_has_no_columns(text: str) -> None:
    assert compiled(own(text), LENDERS["CN", False], "CNY") is None


def test_a_slot_of_another_kind_under_a_known_name_has_no_columns() -> None:
    for kind in (
        SlotKind.MONEY,
        SlotKind.DATE,
        SlotKind.COUNT,
        SlotKind.TAIL,
        SlotKind.RATE,
        SlotKind.CHOICE,
    ):
        slots = {"name": Slot("name", kind, choices={"a": {"en": "a"}})}
        assert compiled(evolve(own("{name}"), slots=slots), LENDERS["CN", False], "CNY") is None


def test_a_sender_whom_the_template_cannot_name_is_left_to_the_account_s_own_plan() -> None:
    template = evolve(own("{loan_ref}"), lender_slots=("official_account",))
    assert compiled(template, evolve(LENDERS["CN", False], official_account=""), "CNY") is None


@pytest.mark.parametrize("filler", ["a", "€", "[", "é", "𠮷", "很"])
@pytest.mark.parametrize("taught", [False, True])
def test_segments_are_counted_at_every_border(filler: str, taught: bool) -> None:
    """A text one unit over a border costs a segment; advice may not be what takes it there."""
    for place in ("CN", "US"):
        lender = LENDERS[place, taught]
        for length in (*range(18, 76, 3), *range(100, 160, 5), 290, 300):
            template = own("{loan_ref}: " + filler * length + " {amount_due}", "en")
            amounts = ("1", "12.50", "123", "1234", "12345", "123456", "1234567", "12345678")
            accounts = [plain(amount_due=Money(amount, "USD")) for amount in amounts]
            took = taken(template, lender, accounts)
            assert filler in "€[𠮷" or all(took)


def test_a_spoken_text_counts_one_and_carries_no_signature() -> None:
    template = own("尾号{loan_ref}" + "，请按时还款" * 20 + "{amount_due}。", channel=Channel.VOICE)
    assert taken(template, LENDERS["CN", True], [plain()]) == [True]


def test_a_value_that_could_change_the_encoding_has_no_columns() -> None:
    """French months need UCS-2 (août) or not (mai): which, only the row can say."""
    french = evolve(own("Le {due_on}.", "en"), locale="fr")
    assert columnar_words(french, LENDERS["US", False], currency="USD", near=TODAY) is None


def test_a_grouping_of_another_shape_has_no_columns() -> None:
    """In Hindi an amount is grouped in lakhs."""
    hindi = evolve(own("{amount_due}", "en"), locale="hi")
    assert columnar_words(hindi, LENDERS["US", False], currency="INR", near=TODAY) is None


def test_the_reader_s_own_day_decides_which_dates_tell_their_year() -> None:
    template, lender = CATALOGUE.get("reminder.due_in_3", "zh-CN"), LENDERS["CN", False]
    words = compiled(template, lender, "CNY")
    assert words is not None
    here = typed([plain(due_on=TODAY + timedelta(days=183))], "t-3")
    texts = [
        here.with_columns(today=pl.lit(TODAY + timedelta(days=away))).select(words.text).collect().item()
        for away in (0, -1)
    ]
    assert "年" not in texts[0]
    assert "2027年" in texts[1]


def test_the_example_borrower_reads_on_the_day_assumed_here() -> None:
    assert borrower().local_date(NOW) == TODAY
