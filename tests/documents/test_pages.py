"""Whatever stands in a book, nothing leaves the page and no two texts stand on one another."""

from collections import defaultdict
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.documents.examples import AGREED, AS_OF, LENDERS, a_notice, every, loan

from loansms.documents import Document, Face, LegalNotice, promotion
from loansms.documents.blocks import Content, Paragraph, Tone
from loansms.documents.files import style
from loansms.documents.page import Page, Words
from loansms.documents.setting import pages
from loansms.documents.statement import statement
from loansms.model import Lender, Money
from loansms.privacy import Secret

# Seven digits in a row are refused in a product or a name (test_privacy).
_TEXTS = st.text(st.characters(exclude_categories=("Nd", "Cs")), max_size=120)
_HALF_A_POINT = 0.5


def set_on(document: Document, kind: str) -> tuple[Page, ...]:
    return pages(document.content, style(kind), document.face, document.accent, document.footer)


def misplaced(page: Page) -> list[Words]:
    """Return the texts that leave the page or stand on another one."""
    rows: dict[float, list[Words]] = defaultdict(list)
    wrong: list[Words] = []
    for item in page.items:
        if isinstance(item, Words):
            rows[round(item.y, 3)].append(item)
            inside = item.x >= 0 and item.x + item.width <= page.width + _HALF_A_POINT
            high = item.y - item.size >= 0 and item.y + item.size * 0.2 <= page.height
            wrong += [] if inside and high else [item]
    for row in rows.values():
        ordered = sorted(row, key=lambda one: one.x)
        wrong += [b for a, b in pairwise(ordered) if a.x + a.width > b.x + 0.01]
    return wrong


@settings(max_examples=25)
@given(
    _TEXTS,
    _TEXTS,
    st.decimals("1", "999999999999", places=2),
    st.sampled_from(["phone", "sheet"]),
    st.sampled_from(["zh-CN", "en"]),
)
def test_odd_names_and_large_amounts_stay_on_the_page(
    name: str, product: str, principal: object, kind: str, locale: str
) -> None:
    terms = loan(locale, periods=3, method="flat")
    grown = type(terms)(
        **{
            **{
                key: getattr(terms, key)
                for key in ("loan_id", "annual_rate", "periods", "method", "first_due_on")
            },
            "principal": Money(str(principal), "CNY"),
        }
    )
    made = statement(
        grown,
        LENDERS[locale],
        as_of=AS_OF,
        name=Secret(name),
        whole_name=True,
        product=product,
        locale=locale,
    )
    for page in set_on(made, kind):
        assert misplaced(page) == []


def test_a_product_longer_than_a_page_runs_on() -> None:
    made = statement(loan(), LENDERS["zh-CN"], as_of=AS_OF, product="随借随还（按日计息），" * 150)
    offer = promotion(
        LENDERS["zh-CN"],
        product="随借随还（按日计息），" * 150,
        annual_rate=Decimal("0.072"),
        opt_out="拒收请回复R",
    )
    for document in (made, offer):
        found = set_on(document, "phone")
        assert len(found) > 1
        assert [one for page in found for one in misplaced(page)] == []


@pytest.mark.parametrize("kind", ["phone", "sheet"])
def test_every_document_stands_on_its_pages(kind: str) -> None:
    for locale in ("zh-CN", "en"):
        for document in every(locale):
            assert [one for page in set_on(document, kind) for one in misplaced(page)] == []


def test_a_table_that_runs_on_has_its_titles_on_each_page() -> None:
    made = statement(loan(periods=120), LENDERS["zh-CN"], as_of=AS_OF)
    for page in set_on(made, "sheet"):
        told = [item.text for item in page.items if isinstance(item, Words)]
        assert "还款日" in told
    assert "合计" in told
    assert any(text.startswith("2035-12-31") for text in told)


def test_a_heading_is_never_the_last_line_of_a_page() -> None:
    sheet = style("sheet")
    for filler in range(30, 46):
        blocks = (
            *(Paragraph("款") for _ in range(filler)),
            Paragraph("标题", Tone.HEADING),
            Paragraph("下文"),
        )
        for page in pages(Content(sender="甲", title="乙", blocks=blocks), sheet, Face.installed()):
            told = [item.text for item in page.items if isinstance(item, Words)]
            assert ("标题" in told) == ("下文" in told)


def test_a_long_contract_number_breaks_within_a_legal_notice() -> None:
    made = a_notice(**AGREED, contract=Secret("HT" + "0042" * 60))
    assert isinstance(made, LegalNotice)
    assert made.pdf.pages == 1


def test_a_narrow_phone_sets_each_row_of_large_amounts_in_two_lines() -> None:
    grown = loan("en", periods=2)
    huge = type(grown)(
        loan_id=grown.loan_id,
        principal=Money("987654321098.10", "IDR"),
        annual_rate=grown.annual_rate,
        periods=2,
        method=grown.method,
        first_due_on=grown.first_due_on,
    )
    made = statement(huge, Lender.example("US"), as_of=AS_OF, locale="en")
    (page,) = set_on(made, "phone")
    rows = {item.text: item.y for item in page.items if isinstance(item, Words)}
    first = huge.schedule()[0]
    assert rows["Jan 31, 2026"] < rows[f"{first.interest.amount:,.2f}"]
    assert rows["Jan 31, 2026"] == rows[f"{first.total.amount:,.2f}"]
