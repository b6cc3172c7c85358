"""Headers in the lender's own words: the shipped Chinese preset, a TOML map, and clear errors."""

from pathlib import Path

import pytest
from tests.portfolio.books import GOOD, row

from loansms.errors import ConfigurationError, UnreadableBook
from loansms.model import RepaymentMethod
from loansms.portfolio import ColumnMap, read_book
from loansms.portfolio.columns import COLUMNS
from loansms.portfolio.files import chinese_headers, stop_headers

CHINESE = {
    "借据号": "L-1",
    "客户号": "B-1",
    "姓名": "张三",
    "手机号": "13800138000",
    "币种": "人民币",
    "应还金额（元）": "1256.30",
    "最早逾期日": "",
    "下次还款日": "2026年9月24日",
    "逾期天数": "0",
    "还款方式": "等额本息",
    "年利率": "0.072",
    "是否退订": "否",
    "自动扣款": "是",
    "营业部": "浦东",
}


def test_chinese_headers_are_recognised_by_themselves() -> None:
    """Headers and words of a mainland export give the account its English twin gives."""
    account = read_book([CHINESE], default_country="CN").rows[0].account
    assert (account.loan_id, account.borrower.borrower_id, account.amount_due.currency) == (
        "L-1",
        "B-1",
        "CNY",
    )
    assert RepaymentMethod.EQUAL_INSTALMENT is account.method
    assert account.autopay
    assert not account.borrower.opted_out
    assert (account.borrower.language, account.borrower.zones) == ("zh-CN", ("Asia/Shanghai",))
    assert account.extra == {"营业部": "浦东"}


def test_the_preset_leads_to_known_columns_only() -> None:
    """Every alias of the shipped preset names a column we have."""
    preset = chinese_headers()
    assert {*preset.columns.values(), *preset.values} <= set(COLUMNS)


def test_an_own_map_wins_and_keeps_the_other_as_extra(tmp_path: Path) -> None:
    """The lender's map decides between two headers that could both be the phone."""
    record = {**CHINESE, "联系电话": "17400000001"}
    with pytest.raises(UnreadableBook, match="both read as phone") as told:
        read_book([record])
    assert "13800138000" not in str(told.value)
    path = tmp_path / "map.toml"
    path.write_text('[columns]\n"联系电话" = "phone"\n', encoding="utf-8")
    account = read_book([record], columns=path, default_country="CN").rows[0].account
    assert account.borrower.phone.e164 == "+8617400000001"
    assert account.extra["手机号"] == "13800138000"
    assert "13800138000" not in repr(account)


def test_a_map_brings_words_and_what_holds_for_every_row(tmp_path: Path) -> None:
    """Values of a column are translated; a column the book lacks may be fixed."""
    record = {name: value for name, value in GOOD.items() if name != "currency"} | {"stop": "X", "dpd": ""}
    path = tmp_path / "map.toml"
    path.write_text('[columns]\nstop = "opt_out"\n[values.opt_out]\nX = "yes"\n[fixed]\ncurrency = "CNY"\n')
    book = read_book([record], columns=str(path))
    assert {"B-1"} == book.opted_out
    assert book.rows[0].account.borrower.opted_out
    assert book.rows[0].account.amount_due.currency == "CNY"


def test_headers_are_matched_without_case_spaces_and_hyphens() -> None:
    """Loan ID is loan_id."""
    record = {name.replace("_", " ").title(): value for name, value in GOOD.items()}
    assert read_book([record]).rows[0].account.loan_id == "L-1"


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ('[columns]\nx = "phon"\n', "phon is none; did you mean phone"),
        ('[fixed]\ncurrency = "??"\n', "fixed currency: expected an ISO 4217"),
        ("[colums]\n", "unknown keys colums"),
        ("[columns\n", "expected TOML"),
    ],
)
def test_a_bad_map_is_one_clear_line(tmp_path: Path, content: str, expected: str) -> None:
    """A map with a typo names it."""
    path = tmp_path / "map.toml"
    path.write_text(content)
    record = {name: value for name, value in GOOD.items() if name != "currency"}
    with pytest.raises((ConfigurationError, UnreadableBook), match=expected.replace("?", r"\?")):
        read_book([{**record, "x": "1"}], columns=path)


def test_a_mapping_and_the_preset_by_name_serve_too() -> None:
    """`columns` takes a plain mapping, the name zh, or a ColumnMap."""
    renamed = {("ref" if name == "loan_id" else name): value for name, value in row().items()}
    for columns in ({"ref": "loan_id"}, ColumnMap(columns={"ref": "loan_id"})):
        assert read_book([renamed], columns=columns).rows[0].account.loan_id == "L-1"
    assert read_book([CHINESE], columns="zh", default_country="CN").rows[0].account.loan_id == "L-1"


@pytest.mark.parametrize(
    "theirs", ["opted_out", "Opted Out", "DNC", "已退订", "In-Dispute", "停催", "ptp_date"]
)
def test_a_column_that_seems_to_stop_messages_is_never_left_aside(theirs: str) -> None:
    """Read as one more extra it would stop nobody, and say nothing."""
    told = {key: value for key, value in row().items() if key not in stop_headers().values()}
    with pytest.raises(UnreadableBook, match="which stops messages: name it"):
        read_book([{**told, theirs: "yes"}])
    assert set(stop_headers().values()) <= set(COLUMNS)


def test_an_own_map_says_what_stops_messages() -> None:
    told = {key: value for key, value in row().items() if key not in stop_headers().values()}
    assert read_book([{**told, "opted_out": "yes"}], columns={"opted_out": "opt_out"}).opted_out
