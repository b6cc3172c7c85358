"""No document says what a text of its purpose may not say: every sentence goes through the wording review."""

import pytest
from tests.documents.examples import AGREED, LENDERS, a_notice, every

from loansms.compliance import Finding, review_text
from loansms.documents import LegalNotice, Step, guide
from loansms.model import Purpose

LOCALES = ("zh-CN", "zh-Hant", "en")


def findings(texts: tuple[str, ...], locale: str, purpose: Purpose) -> list[Finding]:
    """What the rules mind in any text or in all together, and the second opinion too in whole sentences.

    The second opinion was taught on messages: a label of two words or a date tells it nothing.
    """
    facts = {"jurisdiction": LENDERS[locale].jurisdiction}
    found: list[Finding] = []
    for text in dict.fromkeys((*texts, "\n".join(texts))):
        review = review_text(text, locale, purpose, facts)
        sentence = text.endswith((".", "。")) and "\n" not in text
        found += review.findings if sentence else review.cleared.findings
    return found


@pytest.mark.parametrize("locale", LOCALES)
def test_every_sentence_of_every_document_is_lawful(locale: str) -> None:
    for one in every(locale):
        assert findings(one.words.reveal(), locale, one.purpose) == []


@pytest.mark.parametrize("locale", LOCALES)
def test_a_legal_notice_threatens_nothing(locale: str) -> None:
    made = a_notice(locale, **AGREED)
    assert isinstance(made, LegalNotice)
    assert findings(made.words.reveal(), locale, Purpose.COLLECTION) == []


def test_a_threat_among_the_steps_of_a_host_is_found() -> None:
    steps = [Step("立即还款", "否则我们将上门通知您的家人和单位。")]
    made = guide(LENDERS["zh-CN"], "counter", steps=steps)
    assert findings(made.words.reveal(), "zh-CN", made.purpose)


@pytest.mark.parametrize("locale", LOCALES)
def test_a_caption_and_a_fallback_fit_what_carries_them(locale: str) -> None:
    for one in every(locale):
        assert 0 < len(one.caption.reveal()) <= 200
        assert 0 < len(one.fallback.reveal()) <= 134  # two segments of Chinese; English is counted by 153
