"""The golden pictures: at one pixel a point, as a phone 390 wide shows them; the notice as its PDF is printed.

`python -m tests.documents.golden` draws them anew: look at each before it is committed.
"""

from io import BytesIO
from pathlib import Path

import pypdfium2
from attrs import evolve
from tests.documents.examples import AGREED, AS_OF, LENDERS, a_notice, a_promotion, a_statement, loan

from loansms.documents import Document, LegalNotice, guide, statement
from loansms.model import Money

FOLDER = Path(__file__).parent / "golden"


def documents() -> dict[str, Document | LegalNotice]:
    large = evolve(loan("en", periods=2, method="interest_only"), principal=Money("9876543210.10", "IDR"))
    notice = a_notice(**AGREED)
    traditional = a_notice("zh-Hant", **AGREED)
    assert isinstance(notice, LegalNotice)
    assert isinstance(traditional, LegalNotice)
    return {
        "legal-notice-zh-CN": notice,
        "statement-zh-CN": a_statement(),
        "statement-en": a_statement("en", periods=3, method="flat", settled=0),
        "statement-large-en": statement(
            large, LENDERS["en"], as_of=AS_OF, product="Equipment " * 12, locale="en"
        ),
        "guide-zh-CN": guide(LENDERS["zh-CN"], "app", accent="#0f6b4f"),
        "guide-en": guide(LENDERS["en"], "bank_transfer", locale="en"),
        "promotion-zh-CN": a_promotion(),
        "promotion-en": a_promotion("en"),
        "legal-notice-zh-Hant": traditional,
        "statement-zh-Hant": a_statement("zh-Hant"),
        "guide-zh-Hant": guide(LENDERS["zh-Hant"], "bank_transfer", locale="zh-Hant"),
        "promotion-zh-Hant": a_promotion("zh-Hant"),
    }


def drawn(document: Document | LegalNotice) -> bytes:
    if isinstance(document, LegalNotice):
        return printed(document)
    (one,) = document.pictures(scale=1, colours=16)
    return one.content.reveal()


def printed(notice: LegalNotice) -> bytes:
    opened = pypdfium2.PdfDocument(notice.pdf.content.reveal())
    written = BytesIO()
    opened[0].render(scale=0.8).to_pil().quantize(16).save(written, "PNG")
    opened.close()
    return written.getvalue()


if __name__ == "__main__":
    for name, one in documents().items():
        (FOLDER / f"{name}.png").write_bytes(drawn(one))
