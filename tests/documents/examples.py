"""The documents that tests look at: of the example lenders, made-up persons and round figures."""

from datetime import date
from decimal import Decimal
from typing import Any

from attrs import evolve

from loansms.documents import Document, LegalNotice, guide, legal_notice, promotion, statement, ways
from loansms.model import Deny, Lender, Loan, Money, RepaymentMethod
from loansms.privacy import Secret

LENDER = evolve(Lender.example(), official_account="安信示例")
LENDERS = {
    "zh-CN": LENDER,
    "en": evolve(Lender.example("US"), official_account="Example Lending"),
}
LENDERS["zh-Hant"] = evolve(
    LENDER,
    names={**LENDER.names, "zh-Hant": "安信示例消費金融有限公司"},
    app_name="安信示例APP",
    official_account="安信示例",
)
CURRENCIES = {"zh-CN": "CNY", "zh-Hant": "TWD", "en": "USD"}
LOAN = Loan(
    loan_id="HT2026-0042",
    principal=Money("12000.00", "CNY"),
    annual_rate=Decimal("0.072"),
    periods=12,
    method=RepaymentMethod.EQUAL_INSTALMENT,
    first_due_on=date(2026, 1, 31),
)
AS_OF = date(2026, 4, 20)
OPT_OUT = {"zh-CN": "拒收请回复R", "zh-Hant": "拒收請回覆R", "en": "Reply STOP to opt out."}
PRODUCT = {"zh-CN": "安心备用金", "zh-Hant": "安心備用金", "en": "Steady personal loan"}
NAMES = {"zh-Hant": "張三丰"}
AGREED: dict[str, Any] = {"service_address_agreed": True, "agreed_on": date(2025, 12, 30)}


def loan(locale: str = "zh-CN", **terms: Any) -> Loan:
    return evolve(LOAN, principal=Money("12000.00", CURRENCIES[locale]), **terms)


def a_statement(locale: str = "zh-CN", *, settled: int = 3, **terms: Any) -> Document:
    return statement(
        loan(locale, **terms),
        LENDERS[locale],
        as_of=AS_OF,
        settled=settled,
        name=Secret(NAMES.get(locale, "张三丰")),
        product=PRODUCT[locale],
        account_tail="6789",
        locale=locale,
    )


def a_promotion(locale: str = "zh-CN") -> Document:
    return promotion(
        LENDERS[locale],
        product=PRODUCT[locale],
        annual_rate=Decimal("0.072"),
        months=24,
        valid_until=date(2026, 12, 31),
        opt_out=OPT_OUT[locale],
        locale=locale,
    )


def a_notice(locale: str = "zh-CN", **other: Any) -> LegalNotice | Deny:
    terms: dict[str, Any] = {
        "name": Secret(NAMES.get(locale, "张三丰")),
        "contract": Secret("HT2026-0042"),
        "number": "2026-TZ-17",
        "due_on": date(2026, 9, 30),
        "as_of": date(2026, 11, 20),
        "issued_on": date(2026, 11, 20),
        "pay_by": date(2026, 12, 5),
        "principal": Money("977.43", CURRENCIES[locale]),
        "interest": Money("62.00", CURRENCIES[locale]),
        "penalty": Money("9.30", CURRENCIES[locale]),
        "locale": locale,
    }
    return legal_notice(LENDERS[locale], **{**terms, **other})


def every(locale: str) -> list[Document]:
    methods = ("equal_instalment", "equal_principal", "interest_only", "bullet", "flat")
    return [
        *(a_statement(locale, method=method, settled=settled) for method in methods for settled in (0, 1)),
        *(guide(LENDERS[locale], way, locale=locale) for way in ways(locale)),
        a_promotion(locale),
    ]
