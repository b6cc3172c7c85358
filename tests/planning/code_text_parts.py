"""What the tests of the words of a code share: two lenders, a code, what is bound, a catalogue of one's own."""

from __future__ import annotations

from pathlib import Path

from loansms.model import Channel, Lender, Money, Reason
from loansms.otp import Transaction
from loansms.otp.autofill import RetrieverHash, WebOtp
from loansms.planning import CodeText, CodeWords
from loansms.templates import Catalogue

CATALOGUE = Catalogue.builtin()
CN, US = Lender.example("CN"), Lender.example("US")
LOCALES = ("zh-CN", "zh-Hant", "en")
WORDS = {"CN": CodeWords(CATALOGUE, CN), "US": CodeWords(CATALOGUE, US)}
SMS, VOICE = Channel.SMS, Channel.VOICE
CODE = "839201"
HASH = RetrieverHash("FA+9qCX9VSu")
SITE = WebOtp("example.com")


def bound(payee: str = "示例商户有限公司", amount: str = "5100.00", currency: str = "CNY") -> Transaction:
    return Transaction(amount=Money(amount, currency), payee=payee, reference="L-1")


def asked(
    words: CodeWords,
    locale: str | None = "zh-CN",
    *,
    channel: Channel = SMS,
    transaction: Transaction | None = None,
    action: str = "early_repayment",
    template: str | None = None,
    minutes: int = 5,
) -> CodeText | Reason:
    return words.text(
        code=CODE,
        action=action,
        minutes=minutes,
        channel=channel,
        transaction=transaction,
        locale=locale,
        template=template,
    )


def said(words: CodeWords, locale: str | None = "zh-CN", **more: object) -> CodeText:
    done = asked(words, locale, **more)
    assert isinstance(done, CodeText), done
    return done


def refused(words: CodeWords, locale: str | None = "zh-CN", **more: object) -> Reason:
    why = asked(words, locale, **more)
    assert isinstance(why, Reason), "a text came out"
    assert why.message
    assert why.message_zh
    assert why.severity == "block"
    return why


def own(root: Path, words: str, *, name: str = "code", slots: str = "", purpose: str = "otp") -> Catalogue:
    (root / "zh-CN").mkdir()
    (root / "templates.toml").write_text(f'[otp.{name}]\npurpose = "{purpose}"\n', encoding="utf-8")
    (root / "slots.toml").write_text(slots, encoding="utf-8")
    (root / "zh-CN" / "x.toml").write_text(f'[otp]\n{name} = "{words}"', encoding="utf-8")
    return Catalogue.load(root, complete=False)
