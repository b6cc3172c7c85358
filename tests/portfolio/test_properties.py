"""Whatever mix of good and bad rows: each comes out once, in order, as an account or as a reject."""

from hypothesis import given
from hypothesis import strategies as st
from tests.portfolio.books import GOOD, row

from loansms.model import PhoneNumber
from loansms.portfolio import read_book
from loansms.portfolio.row import PhoneZones

COLUMNS = [
    *GOOD,
    "timezone",
    "annual_rate",
    "opt_out",
    "consent_sms",
    "region",
    "method",
    "next_debit_at",
    "guarantor_phone",
]
JUNK = st.one_of(
    st.sampled_from(
        ["", "0", "-1", "1e9", "2026-09-24", "true", "CN", "US", "+12025550123", "1.38E+10", "٣", "１２"]
    ),
    st.text(st.characters(blacklist_categories=["Cs"]), max_size=12),
)
ROWS = st.lists(st.dictionaries(st.sampled_from(COLUMNS), JUNK, max_size=3), min_size=1, max_size=12)


@given(ROWS)
def test_every_row_is_read_or_rejected(changes: list[dict[str, str]]) -> None:
    """Nothing is lost, nothing comes twice, order is kept, and no cell of the book stands in a reason."""
    rows = [row(**{"loan_id": f"L-{at}", **change}) for at, change in enumerate(changes)]
    header = dict.fromkeys((*GOOD, *COLUMNS), "")
    book = read_book([{**header, **one} for one in rows])
    lines = [one.line for one in book.rows] + [one.line for one in book.rejects]
    assert sorted(lines) == list(range(2, len(rows) + 2))
    assert [one.line for one in book.rows] == sorted(one.line for one in book.rows)
    assert [one.line for one in book.rejects] == sorted(one.line for one in book.rejects)
    for one in book.rows:
        assert one.account.loan_id == rows[one.line - 2]["loan_id"].strip()
        assert one.account.amount_due.amount >= 0
    for reject in book.rejects:
        assert reject.column in {*GOOD, *COLUMNS}
        assert reject.reason
        assert reject.reason_zh


@given(
    st.one_of(
        st.from_regex(r"1[3-9]\d{9}", fullmatch=True), st.from_regex(r"\+1[2-9]\d{2}555\d{4}", fullmatch=True)
    )
)
def test_zones_asked_by_prefix_are_the_number_s_own(text: str) -> None:
    """Asking once for a prefix gives what asking for each number gives."""
    try:
        phone = PhoneNumber.parse(text, region="CN")
    except ValueError:
        return
    places = PhoneZones()
    assert phone.zones == places.of(phone) == places.of(phone)
    if phone.can_text:
        assert phone.zones == KEPT.of(phone)


KEPT = PhoneZones()
