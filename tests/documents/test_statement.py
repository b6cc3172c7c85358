"""A statement tells the figures of the schedule, to the cent, in the picture's words and in the PDF's text."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from decimal import Decimal

import pypdfium2
import pytest
from attrs import evolve
from reportlab.pdfbase import pdfmetrics
from tests.documents.examples import AS_OF, LENDERS, a_statement, loan

from loansms.documents import Pdf, statement
from loansms.errors import CallerError
from loansms.model import Money, Party

METHODS = ("equal_instalment", "equal_principal", "interest_only", "bullet", "flat")
_ROW = re.compile(
    r"^(\d+) (\d{4}-\d\d-\d\d|[A-Z][a-z]{2} \d+, \d{4}) ([\d,.]+) ([\d,.]+) ([\d,.]+)$", re.MULTILINE
)


def text_of(made: Pdf) -> str:
    opened = pypdfium2.PdfDocument(made.content.reveal())
    try:
        return "\n".join(page.get_textpage().get_text_range().replace("\r", "") for page in opened)
    finally:
        opened.close()


def amount(written: str) -> Decimal:
    return Decimal(written.replace(",", ""))


@pytest.mark.parametrize("locale", ["zh-CN", "en"])
@pytest.mark.parametrize("method", METHODS)
def test_the_pdf_tells_the_schedule(method: str, locale: str) -> None:
    terms = loan(locale, method=method)
    told = text_of(a_statement(locale, method=method, settled=0).pdf())
    plan = terms.schedule()
    rows = [(int(number), *map(amount, figures)) for number, _, *figures in _ROW.findall(told)]
    assert rows == [(one.number, one.principal.amount, one.interest.amount, one.total.amount) for one in plan]
    days = [day for _, day, *_ in _ROW.findall(told)]
    assert len(set(days)) == len(plan)
    if locale == "zh-CN":
        assert days == [one.due_on.isoformat() for one in plan]
    interest = sum(one.interest.amount for one in plan)
    title = "合计" if locale == "zh-CN" else "Total"
    (sums,) = re.findall(rf"^{title} ([\d,.]+) ([\d,.]+) ([\d,.]+)$", told, re.MULTILINE)
    assert [amount(one) for one in sums] == [
        terms.principal.amount,
        interest,
        terms.principal.amount + interest,
    ]


def test_what_is_left_to_repay_stands_first() -> None:
    plan = loan().schedule()
    rest = sum(one.total.amount for one in plan[3:])
    assert f"¥{rest:,.2f}" in a_statement().words.reveal()
    assert "3期，共12期" in a_statement().words.reveal()


def test_a_moved_due_date_is_told_as_moved() -> None:
    plan = list(loan().schedule())
    plan[0] = evolve(plan[0], due_on=date(2026, 2, 2))
    told = statement(loan(), LENDERS["zh-CN"], as_of=AS_OF, schedule=plan).words.reveal()
    assert "2026-02-02" in told
    assert "2026-01-31" not in told


def test_flat_interest_shows_its_yearly_cost_beside_the_contract_rate() -> None:
    told = a_statement(method="flat").words.reveal()
    assert told[told.index("折合年利率（IRR）") + 1] == "13.03%"
    assert "折合年利率（IRR）" not in a_statement().words.reveal()


def test_a_schedule_of_another_loan_is_refused() -> None:
    other = evolve(loan(), principal=Money("9000.00", "CNY")).schedule()
    with pytest.raises(CallerError, match="principals that add up"):
        statement(loan(), LENDERS["zh-CN"], as_of=AS_OF, schedule=other)
    with pytest.raises(CallerError, match="settled"):
        statement(loan(), LENDERS["zh-CN"], as_of=AS_OF, settled=13)


def test_equal_statements_are_equal_bytes() -> None:
    first, again = (a_statement(periods=3, settled=0) for _ in range(2))
    assert first.pdf() == again.pdf()
    assert first.pictures(scale=1) == again.pictures(scale=1)
    assert first.pdf().digest != a_statement(periods=4, settled=0).pdf().digest


def test_documents_made_at_once_are_the_same_and_leave_no_font_behind() -> None:
    made = [a_statement(periods=2 + turn % 2, settled=0) for turn in range(4)]
    before = len(pdfmetrics._fonts)
    with ThreadPoolExecutor(4) as pool:
        digests = list(pool.map(lambda one: one.pdf().digest, made))
    assert digests == [made[turn].pdf().digest for turn in (0, 1, 0, 1)]
    assert len(pdfmetrics._fonts) == before


def test_an_agency_says_for_whom_it_speaks() -> None:
    agency = evolve(LENDERS["zh-CN"], name="某示例服务公司", party=Party.THIRD, principal_lender="安信示例")
    told = statement(loan(), agency, as_of=AS_OF).words.reveal()
    assert told[0] == "某示例服务公司（受安信示例委托）"


def test_a_language_without_wording_is_refused() -> None:
    with pytest.raises(CallerError, match="zh-CN, zh-Hant, en"):
        statement(loan(), LENDERS["zh-CN"], as_of=AS_OF, locale="vi")
