"""A legal notice is made only for who agreed to be served this way, and its exact bytes have a name."""

from datetime import date
from hashlib import sha256
from typing import Any

import pytest
from tests.documents.examples import AGREED, a_notice
from tests.documents.test_statement import text_of

from loansms.documents import LegalNotice
from loansms.errors import CallerError
from loansms.model import Deny, Money
from loansms.privacy import Secret


@pytest.mark.parametrize(
    "fact",
    [
        {},
        {"service_address_agreed": False, "agreed_on": date(2025, 12, 30)},
        {"service_address_agreed": None, "agreed_on": date(2025, 12, 30)},
        {"service_address_agreed": "true", "agreed_on": date(2025, 12, 30)},
        {"service_address_agreed": 1, "agreed_on": date(2025, 12, 30)},
        {"service_address_agreed": True},
        {"service_address_agreed": True, "agreed_on": date(2026, 11, 21)},
    ],
)
def test_without_the_agreement_there_is_no_notice(fact: dict[str, Any]) -> None:
    made = a_notice(**fact)
    assert isinstance(made, Deny)
    assert [one.code for one in made.reasons] == ["service_address_not_agreed"]
    assert "service_address_agreed" in made.reasons[0].told("zh-CN")


def test_the_notice_names_the_person_the_contract_and_every_amount() -> None:
    made = a_notice(**AGREED)
    assert isinstance(made, LegalNotice)
    told = text_of(made.pdf)
    for part in (
        "张三丰",
        "HT2026-0042",
        "977.43",
        "62.00",
        "9.30",
        "1,048.73",
        "2026年12月5日",
        "2025年12月30日",
    ):
        assert part in told
    assert made.pdf.digest == sha256(made.pdf.content.reveal()).hexdigest()
    again = a_notice(**AGREED)
    assert isinstance(again, LegalNotice)
    assert again.pdf == made.pdf


def test_a_name_that_cannot_be_drawn_is_not_drawn_wrong() -> None:
    made = a_notice(**AGREED, name=Secret("张\U00020bb7"))
    assert isinstance(made, Deny)
    assert made.reasons[0].code == "name_not_drawable"


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": Secret(" ")},
        {"principal": Money("0.00", "CNY"), "interest": Money("0.00", "CNY"), "penalty": None},
        {"principal": Money("-1.00", "CNY")},
        {"pay_by": date(2026, 11, 1)},
    ],
)
def test_a_notice_of_nothing_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(CallerError):
        a_notice(**{**AGREED, **wrong})
