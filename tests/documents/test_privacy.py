"""No picture gives away who the borrower is, and no repr what a document says."""

from decimal import Decimal

import pytest
from attrs import evolve
from tests.documents.examples import AGREED, AS_OF, LENDERS, a_notice, a_promotion, a_statement, loan

from loansms.documents import Button, Picture, Step, card, guide, limit, packages, promotion, statement
from loansms.errors import CallerError
from loansms.model import Lender
from loansms.privacy import Secret

LENDER = LENDERS["zh-CN"]
PRIVATE = ("张三丰", "三丰", "HT2026-0042", "12,000.00", "6789", "9,354.86")


def test_a_statement_masks_the_name_and_shows_tails_only() -> None:
    told = "\n".join(a_statement().words.reveal())
    assert "张**" in told
    assert "三丰" not in told
    assert "HT2026" not in told
    assert "尾号0042" in told


def test_a_mask_does_not_tell_how_long_a_name_is() -> None:
    made = statement(loan(), LENDER, as_of=AS_OF, name=Secret("欧阳" + "丰" * 30))
    assert "欧***" in made.words.reveal()


@pytest.mark.parametrize("product", ["备用金13800138000", "备用金 138 0013 8000", "卡6222021234567890"])
def test_a_number_of_a_phone_or_an_account_is_never_drawn(product: str) -> None:
    with pytest.raises(CallerError, match="never shown") as raised:
        statement(loan(), LENDER, as_of=AS_OF, product=product)
    assert "138" not in str(raised.value)
    with pytest.raises(CallerError, match="never shown"):
        guide(LENDER, "counter", steps=[Step("还款", product)])
    with pytest.raises(CallerError, match="last four"):
        statement(loan(), LENDER, as_of=AS_OF, account_tail="6222021234567890")


@pytest.mark.parametrize("product", ["5万元备用金", "备用金¥50,000", "$500 loan", "50000 yuan"])
def test_a_promotion_names_no_amount(product: str) -> None:
    with pytest.raises(CallerError, match="no amount"):
        promotion(LENDER, product=product, annual_rate=Decimal("0.072"), opt_out="拒收请回复R")


def test_a_promotion_says_how_to_refuse_the_next_one() -> None:
    made = a_promotion()
    assert made.caption.reveal().endswith("拒收请回复R")
    assert made.fallback.reveal().endswith("拒收请回复R")
    with pytest.raises(CallerError, match="opt_out"):
        promotion(LENDER, product="备用金", annual_rate=Decimal("0.072"), opt_out=" ")


def test_no_repr_shows_what_a_document_says() -> None:
    made = a_statement()
    (package,) = packages(made, limit("cn_carrier"))
    notice = a_notice(**AGREED)
    shown = repr(
        (made, package, made.pictures(scale=1), made.pdf(), notice, made.content, made.content.blocks)
    )
    assert not [one for one in PRIVATE if one in shown]
    assert "PNG" not in shown


def test_a_card_leads_to_the_lenders_own_hosts_only() -> None:
    own = evolve(LENDER, link_allowlist=("pay.example.net",))
    picture = Picture(content=Secret(b"\x89PNG"), width=390, height=520)

    def with_link(link: str, lender: Lender = own) -> object:
        return card(
            lender,
            title=Secret("还款"),
            picture=picture,
            buttons=[Button("还款", link)],
            fallback=Secret("f"),
        )

    assert "pay.example" not in repr(with_link("https://pay.example.net/loans"))
    for link in (
        "http://pay.example.net/",
        "https://pay.example.net.evil.example/",
        "https://pay.example.net@evil.example/",
        "https://pay.example.net:8443/",
        "https://[pay.example.net/",
        "javascript:alert(1)",
    ):
        with pytest.raises(CallerError, match="link_allowlist"):
            with_link(link)
    with pytest.raises(CallerError, match="link_allowlist"):
        with_link("https://pay.example.net/", LENDER)


def test_the_private_notice_is_no_picture() -> None:
    made = a_notice(**AGREED)
    assert not hasattr(made, "pictures")
