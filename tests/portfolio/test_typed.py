"""A book read as columns says of every regular row what the row's own parser says, and good books are regular."""

import random
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import polars as pl
import pytest
from babel.numbers import get_currency_precision
from hypothesis import given
from hypothesis import strategies as st
from tests.portfolio.books import GOOD, row
from tests.portfolio.test_properties import JUNK
from tests.realbook import real_book

from loansms.errors import UnreadableBook
from loansms.model import Account, Money
from loansms.portfolio import parse
from loansms.portfolio.book_frame import BookFrame, as_frame
from loansms.portfolio.columns import COLUMNS, recognise
from loansms.portfolio.files import ColumnMap
from loansms.portfolio.readers import read_table
from loansms.portfolio.refusals import Refusals
from loansms.portfolio.row import RowParser
from loansms.portfolio.table import as_text
from loansms.portfolio.typed import EXTRA, SCHEMA, typed

AS_OF = date(2026, 9, 24)


def expected(account: Account, stated: int | None, line: int) -> dict[str, object]:
    """Return the row of the typed frame that says what an account says."""
    who, currency = account.borrower, account.amount_due.currency
    stands = account.guarantor

    def minor(money: Money | None) -> int | None:
        return None if money is None else int(money.amount.scaleb(places))

    places = get_currency_precision(currency)
    debit = account.next_debit_at
    return {
        "line": line,
        "loan_id": account.loan_id,
        "borrower_id": who.borrower_id,
        "lender_id": account.lender_id,
        "e164": who.phone.e164,
        "country": who.country,
        "region": who.region,
        "zones": ",".join(who.zones),
        "language": who.language,
        "name": who.name.reveal() if who.name else None,
        "currency": currency,
        "product": account.product,
        "risk_segment": account.risk_segment,
        "status": account.status,
        "method": str(account.method) if account.method else None,
        "debit_account_tail": account.debit_account_tail,
        "notes": account.extra.get("notes"),
        **{
            name: minor(getattr(account, name))
            for name in (
                "amount_due",
                "principal",
                "instalment_amount",
                "penalty_due",
                "fee_due",
                "balance",
            )
        },
        "places": places,
        "annual_rate": None if account.annual_rate is None else str(account.annual_rate),
        "term_months": account.term_months,
        "grace_days": account.grace_days,
        "due_on": account.due_on,
        "disbursed_on": account.disbursed_on,
        "promise_to_pay_until": account.promise_to_pay_until,
        "last_paid_on": account.last_paid_on,
        "as_of": account.as_of,
        "next_debit_at": debit and debit.astimezone(UTC),
        "autopay": account.autopay,
        "consent_sms": who.consent_sms,
        "consent_marketing": who.consent_marketing,
        "opt_out": who.opted_out,
        "dispute": account.dispute,
        "hardship": account.hardship,
        "guarantor_consent": stands.consent if stands else None,
        "guarantor_name": stands.name.reveal() if stands and stands.name else None,
        "guarantor_e164": stands.phone.e164 if stands else None,
        "stated_days": stated,
        **{EXTRA + name: cell or None for name, cell in account.extra.items() if name != "notes"},
    }


def hold(
    book: pl.DataFrame, country: str | None, as_of: date | None, columns: ColumnMap | None = None
) -> tuple[int, int]:
    """Hold every regular row against its own parser; return how many are regular, and how many are accounts."""
    seen = recognise(book.columns, columns)
    found = typed(book, seen, default_country=country, as_of=as_of)
    assert found.columns == [*SCHEMA, *(EXTRA + name for name in seen.extra), "regular"]
    assert {name: found.schema[name] for name in SCHEMA} == pl.Schema(SCHEMA)
    parser, refusals = RowParser.of(seen, country, as_of), Refusals(seen)
    regular = accounts = 0
    for told, raw in zip(found.iter_rows(named=True), book.iter_rows(), strict=True):
        cells = [as_text(cell) for cell in raw]
        account = parser.account(cells)
        accounts += isinstance(account, Account)
        if told.pop("regular"):
            regular += 1
            assert isinstance(account, Account), (account, cells)
            assert told == expected(account, refusals.stated_days(cells), told["line"])
    return regular, accounts


TEXT = {
    "phone": ["13800138000", "+8613800138000", "+12025550123", "2025550123", "+85251234567", "１３８００１３８０００", " 13800138000", "12", "+442079460000", "16100000000", "+1 202 555 0123"],
    "country": ["CN", "us", "US", "CA", "HK", "XX", "AQ"],
    "region": ["TX", "广东 ", "\x1fNY"],
    "timezone": ["Asia/Shanghai", "America/New_York", "Mars"],
    "language": ["zh_CN", "en", "?"],
    "currency": ["CNY", "usd", "JPY", "KWD", "CLF", "XXY"],
    "amount_due": ["5", "5.", ".5", "1e3", "0012.30", "12.300", "1.234", "123456789012345.67", "-1", "+1", "9" * 15, " 7", "0.0001"],
    "principal": ["10000.00", "1,000"],
    "oldest_unpaid_due_on": ["2026-09-20", "2026/9/25", "20260901", "46000", "2026-02-30"],
    "next_due_on": ["2026-09-24", "2026年10月1日", "2300-01-01"],
    "days_past_due": ["4", "0", "-3", "4.0", "x"],
    "as_of": ["2026-09-24", "2026-09-20"],
    "annual_rate": ["0.072", "0.0720", "7.2", "0.0000001"],
    "method": ["等额本息", "bullet", "equal_instalment"],
    "next_debit_at": ["2026-09-25T09:00", "2026-09-25 09:00:00+08:00", "2026-03-08T02:30", "0001-01-01T00:00+08:00", "2026-09-25"],
    "guarantor_phone": ["13900139000", "2025550199"],
    "guarantor_name": ["李四"],
    "guarantor_consent": ["是", "no", "maybe"],
    "loan_id": ["L 1", "借据1", "2.5E+10", "L\u200b", "x" * 129, "+", "\u3000L-2"],
    "name": [" Ann Lee ", "张\u3000", "\x1c王"],
    "autopay": ["true", "0", "2"],
    "debit_account_tail": ["1234", "12345"],
    "借款用途": ["装修", " "],
}  # fmt: skip
MESSY = st.lists(
    st.fixed_dictionaries(
        {}, optional={name: st.one_of(st.sampled_from(cells), JUNK) for name, cells in TEXT.items()}
    ).map(
        lambda changes: dict(random.Random(len(changes)).sample(list(changes.items()), min(4, len(changes))))
    ),
    min_size=1,
    max_size=8,
)
WHERE = st.sampled_from([None, "CN", "US", "cn"])
DAY = st.sampled_from([None, AS_OF])


@given(MESSY, WHERE, DAY)
def test_a_regular_row_of_text_is_what_its_parser_reads(
    changes: list[dict[str, str]], country: str | None, as_of: date | None
) -> None:
    """Whatever stands in the cells: no value of a regular row differs from the account's."""
    header = dict.fromkeys((*GOOD, *(name for one in changes for name in one)), "")
    hold(
        pl.DataFrame([{**header, **row(**one)} for one in changes], infer_schema_length=None), country, as_of
    )


@given(
    st.lists(
        st.sampled_from([{}, *({name: cell} for name, cells in TEXT.items() for cell in cells)]),
        min_size=1,
        max_size=6,
    ),
    WHERE,
    DAY,
)
def test_one_odd_cell_a_row(changes: list[dict[str, str]], country: str | None, as_of: date | None) -> None:
    """Rows that are good but for one cell, so that the one cell decides."""
    header = dict.fromkeys((*GOOD, *(name for one in changes for name in one)), "")
    hold(
        pl.DataFrame([{**header, **row(**one)} for one in changes], infer_schema_length=None), country, as_of
    )


CENTS = st.integers(0, 10**13).map(lambda cents: cents / 100)
MOMENTS = st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 31))
DAYS = st.dates(date(1940, 1, 1), date(2210, 1, 1))
TYPED: dict[str, list[tuple[st.SearchStrategy[object], pl.DataType]]] = {
    "loan_id": [(st.integers(1, 9), pl.Int32()), (st.floats(), pl.Float64()), (st.binary(max_size=3), pl.Binary())],
    "phone": [
        (st.sampled_from([13800138000, 2025550123, 12, -1]), pl.Int64()),
        (st.sampled_from([13800138000.0, 1.5]), pl.Float64()),
        (st.sampled_from(TEXT["phone"]), pl.Categorical()),
    ],
    "currency": [(st.sampled_from(["CNY", "JPY", "KWD", "?"]), pl.Categorical())],
    "amount_due": [
        (st.one_of(CENTS, st.floats()), pl.Float64()),
        (st.floats(width=32), pl.Float32()),
        (st.decimals(-10, 10**6, places=3), pl.Decimal(18, 3)),
        (st.decimals(0, 10**6, places=1), pl.Decimal(18, 1)),
        (st.integers(-1, 10**15), pl.Int64()),
        (st.integers(0, 2**64 - 1), pl.UInt64()),
        (st.booleans(), pl.Boolean()),
    ],
    "next_due_on": [
        (DAYS, pl.Date()),
        (st.one_of(MOMENTS, DAYS.map(lambda day: datetime(day.year, day.month, day.day))), pl.Datetime("us")),
        (MOMENTS, pl.Datetime("ns")),
        (st.sampled_from([20260924, 46000]), pl.Int64()),
    ],
    "oldest_unpaid_due_on": [(st.dates(date(2026, 9, 1), date(2026, 9, 30)), pl.Date())],
    "days_past_due": [(st.integers(-30, 30), pl.Int16()), (st.floats(-3, 3), pl.Float64())],
    "annual_rate": [(st.floats(0, 2), pl.Float64()), (st.decimals(0, 1, places=4), pl.Decimal(9, 4))],
    "next_debit_at": [(MOMENTS, pl.Datetime("ms")), (MOMENTS.map(lambda one: one.replace(tzinfo=ZoneInfo("America/New_York"))), pl.Datetime("us", "America/New_York"))],
    "consent_sms": [(st.booleans(), pl.Boolean()), (st.integers(0, 2), pl.Int8())],
    "opt_out": [(st.booleans(), pl.Boolean())],
    "income": [(st.floats(), pl.Float64()), (st.decimals(-9, 9, places=2), pl.Decimal(9, 2)), (st.times(), pl.Time())],
}  # fmt: skip


@given(st.data(), WHERE, DAY)
def test_a_regular_row_of_typed_cells_is_what_its_parser_reads(
    data: st.DataObject, country: str | None, as_of: date | None
) -> None:
    """Numbers, decimals, days, moments, flags and categories, blanks among them."""
    rows = data.draw(st.integers(1, 6))
    book: dict[str, pl.Series] = {name: pl.Series(name, [cell] * rows) for name, cell in GOOD.items() if cell}
    for name in data.draw(st.lists(st.sampled_from(list(TYPED)), unique=True, max_size=6)):
        cells, kind = data.draw(st.sampled_from(TYPED[name]))
        drawn = data.draw(st.lists(st.one_of(cells, st.none()), min_size=rows, max_size=rows))
        book[name] = pl.Series(name, drawn, dtype=kind)
    hold(pl.DataFrame(list(book.values())), country, as_of)


def test_the_real_book_is_regular() -> None:
    """All 4,000 rows, as the file has them and as a database would type them."""
    raw = pl.read_csv(real_book(), infer_schema=False)
    inferred = pl.read_csv(real_book(), try_parse_dates=True)
    assert hold(raw, None, None) == hold(inferred, None, None) == (4000, 4000)


@pytest.mark.parametrize("country", ["CN", "US"])
def test_a_plain_book_is_regular(country: str) -> None:
    """Every good row of a clean book, in either country, whatever the amounts."""
    dice = random.Random(7)
    starts = {"CN": "1391234", "US": "+1202555"}[country]
    rows = [
        row(
            loan_id=f"L-{at}",
            phone=f"{starts}{at:04}",
            country=country,
            currency={"CN": "CNY", "US": "USD"}[country],
            amount_due=f"{dice.randrange(10**9) / 100:.2f}",
            name=dice.choice(["", "张三", "Ann Lee"]),
            consent_sms=dice.choice(["", "yes", "no"]),
            region=dice.choice(["", "TX", "NY"]),
            as_of="2026-09-24",
            next_due_on="2026-09-30",
            days_past_due="0",
        )
        for at in range(2000)
    ]
    assert hold(pl.DataFrame(rows), None, None) == (2000, 2000)
    money = pl.DataFrame(rows).with_columns(pl.col("amount_due").cast(pl.Float64))
    assert hold(money, None, None) == (2000, 2000)


def test_lender_s_own_words_and_fixed_values() -> None:
    """A lender's map of headers, words and fixed values holds as it does row by row."""
    book = pl.DataFrame(
        {
            "借据号": ["L-1", "L-2", "L-3"],
            "客户号": ["B-1", "B-2", "特"],
            "手机号": ["13800138000"] * 3,
            "应还金额": ["1", "2", "n/a"],
            "还款日": ["2026-09-24"] * 3,
            "还款方式": ["等额本息", "X", ""],
            "自动扣款": ["开", "关", "是"],
        }
    )
    own = ColumnMap(
        values={
            "autopay": {"开": "true", "关": "false"},
            "amount_due": {"n/a": "0"},
            "method": {"X": "bullet"},
        },
        fixed={"currency": "CNY", "country": "CN", "penalty_due": "1.50"},
    )
    # The third row's amount is a word of the lender's: an account, but not one to be read as columns.
    assert hold(book, None, None, own) == (2, 3)


@given(st.integers(0, 9999), st.integers(0, 999_999), st.sampled_from(["CN", "US", "CA"]))
def test_leading_digits_decide_a_number(lead: int, tail: int, country: str) -> None:
    """Mainland mobiles and American numbers by their first digits: the number, its country and its zones."""
    number = f"1{lead:04}{tail:06}" if country == "CN" else f"{lead:04}{tail:06}"
    book = pl.DataFrame([row(phone=one, country=country) for one in (number, f"+86{number}", f"+1{number}")])
    hold(book, None, None)


def test_every_mainland_prefix() -> None:
    """All prefixes of seven digits in steps, with the last digits as they come."""
    dice = random.Random(11)
    numbers = [f"1{at:06}{dice.randrange(10**4):04}" for at in range(0, 10**6, 97)]
    book = pl.DataFrame([row(phone=one, loan_id=one) for one in numbers])
    good = [one for one in numbers if not isinstance(parse.mobile(one, "CN"), parse.Expected)]
    found = typed(book, recognise(book.columns))
    assert found.filter("regular")["loan_id"].to_list() == good


def test_every_american_area() -> None:
    """Each area and exchange digit, over +1: the same number, country and zones as read alone, and regular."""
    dice = random.Random(13)
    numbers = [f"+1{at:04}{dice.randrange(10**6):06}" for at in range(2000, 10_000, 3)]
    book = pl.DataFrame([{**GOOD, "phone": one, "loan_id": one, "country": ""} for one in numbers])
    regular, accounts = hold(book, None, None)
    assert regular == accounts > 400


def test_every_column_has_its_place() -> None:
    """Every column the row's parser knows has its place in the typed frame."""
    held = set(SCHEMA) | {
        "phone",
        "timezone",
        "days_past_due",
        "oldest_unpaid_due_on",
        "next_due_on",
        "guarantor_phone",
    }
    assert set(COLUMNS) <= held


def read(book: BookFrame) -> list[tuple[int, object]]:
    """Return the rows of a book in order, as a reader gives them."""
    cells = (
        (line, [as_text(cell) for cell in one])
        for line, one in zip(book.lines, book.frame.iter_rows(), strict=True)
    )
    return sorted([*cells, *book.others], key=lambda one: one[0])


CELL = st.text(st.sampled_from([*"ab1 ", "\u3000", "张", '"', "\x0b"]), max_size=3)
BREAK = st.sampled_from(["\n", "\n", "\n", "\r\n", "\n\n", "\r"])
LINES = st.lists(st.tuples(st.lists(CELL, min_size=1, max_size=3), BREAK), max_size=6)


@given(st.sampled_from(["", "\ufeff"]), LINES, st.sampled_from(["utf-8", "gb18030"]))
def test_a_csv_as_a_frame_is_what_the_reader_reads(
    tmp_path_factory: pytest.TempPathFactory, mark: str, lines: list[tuple[list[str], str]], encoding: str
) -> None:
    """Quotes, blank lines, odd line ends, rows too wide or too narrow: the same rows on the same lines."""
    path = tmp_path_factory.mktemp("book") / "book.csv"
    text = mark + "a,b\n" + "".join(",".join(cells) + end for cells, end in lines)
    path.write_bytes(text.encode(encoding))
    book, table = as_frame(path, encoding), read_table(path, encoding)
    assert [one.removeprefix("\ufeff") for one in book.header] == [
        one.removeprefix("\ufeff") for one in table.header
    ]
    assert read(book) == list(table.rows)


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_plain_csv_takes_the_short_way(tmp_path: Path, end: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A clean file of millions of rows is not read cell by cell."""
    monkeypatch.delattr("loansms.portfolio.book_frame.read_table")
    path = tmp_path / "book.csv"
    path.write_bytes(end.join(["loan_id,name", "L-1,张三", ",", "L-2,"]).encode())
    assert read(as_frame(path)) == [(2, ["L-1", "张三"]), (4, ["L-2", ""])]


def test_frames_and_files_keep_their_types(tmp_path: Path) -> None:
    """Parquet, frames and Arrow stay typed; a row without any cell is no row; a missing file is told."""
    frame = pl.DataFrame({"loan_id": ["L-1", "", None], "amount_due": [1.5, float("nan"), 2.0]})
    frame.write_parquet(tmp_path / "book.parquet")
    for source in (frame, frame.lazy(), frame.to_arrow(), tmp_path / "book.parquet"):
        book = as_frame(source)
        assert book.frame.schema["amount_due"] == pl.Float64
        assert read(book) == list(read_table(source).rows) == [(2, ["L-1", "1.5"]), (4, ["", "2"])]
    for name in ("none.parquet", "none.csv", "none.txt"):
        with pytest.raises(UnreadableBook, match=r"no such file|ends in"):
            as_frame(tmp_path / name)


@pytest.mark.parametrize("rows", [1, 3])
def test_a_float_a_hair_off_the_cent_is_no_amount(rows: int) -> None:
    """35 * 0.01 is not 0.35: such a float shows more decimals than the currency has, in a book of any length."""
    for cents in (35, 57, 115):
        off, exact = cents * 0.01, cents / 100
        assert off != exact
        book = pl.DataFrame([{**GOOD, "loan_id": f"L-{at}", "amount_due": off} for at in range(rows)])
        assert hold(book, None, None) == (0, 0)
        assert hold(book.with_columns(amount_due=pl.lit(exact)), None, None) == (rows, rows)
