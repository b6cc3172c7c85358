"""A host may bring a typeface of its own; one that cannot set a statement is refused by name."""

import sys
from pathlib import Path

import pytest
from pylopdf_fonts_zh_cn import sans_path, serif_path
from tests.documents.examples import AGREED, AS_OF, LENDERS, a_notice, a_statement, every, loan
from tests.documents.test_statement import text_of

from loansms.documents import Face, guide, statement
from loansms.documents.face import MISSING
from loansms.documents.outlines import subset
from loansms.errors import ConfigurationError, MissingExtra
from loansms.model import Deny


def test_a_truetype_font_of_the_host_sets_picture_and_pdf(tmp_path: Path) -> None:
    needed = "".join(a_statement(periods=2, settled=0).words.reveal()) + MISSING + "，年¥0123456789第页共 "
    path = tmp_path / "house.ttf"
    path.write_bytes(subset(sans_path(), needed, "House"))
    face = Face.at(path)
    made = statement(loan(periods=2), LENDERS["zh-CN"], as_of=AS_OF, face=face)
    assert "还款计划与利息明细" in text_of(made.pdf())
    assert made.pictures(scale=1)[0].size > 5_000


def test_digits_of_unlike_widths_are_refused() -> None:
    with pytest.raises(ConfigurationError, match="digits of one width"):
        Face.at(serif_path())


def test_a_file_that_is_no_chinese_font_is_refused(tmp_path: Path) -> None:
    (tmp_path / "no.ttf").write_bytes(b"no font at all")
    with pytest.raises(ConfigurationError, match=r"no\.ttf: expected a readable"):
        Face.at(tmp_path / "no.ttf")
    with pytest.raises(ConfigurationError, match=r"gone\.ttf: expected a readable"):
        Face.at(tmp_path / "gone.ttf")
    (tmp_path / "latin.ttf").write_bytes(subset(sans_path(), "abc 0123", "Latin"))
    with pytest.raises(ConfigurationError, match="Chinese characters"):
        Face.at(tmp_path / "latin.ttf")


def test_a_character_the_typeface_lacks_is_marked() -> None:
    assert Face.installed().drawable("张\U00020bb7\u200b三\n") == f"张{MISSING}三"


def everything(face: Path | None) -> None:
    made = guide(LENDERS["zh-CN"], "app", face=Face.at(face) if face else None)
    made.pictures(scale=1)
    made.pdf()


@pytest.mark.parametrize("gone", ["pylopdf_fonts_zh_cn", "PIL", "reportlab.pdfgen.canvas", "fontTools.ttLib"])
def test_a_missing_part_names_the_extra(gone: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    unread = tmp_path / "unread.otf"
    unread.symlink_to(sans_path())
    monkeypatch.setitem(sys.modules, gone, None)
    with pytest.raises(MissingExtra, match=r"pip install 'loansms\[mms\]'"):
        everything(unread if gone == "fontTools.ttLib" else None)


def test_traditional_chinese_has_a_typeface_of_its_own_that_draws_every_word_of_ours() -> None:
    face = Face.installed("zh-Hant")
    assert (face.centred, Face.installed().centred) == (True, False)
    assert face.path != Face.installed().path
    made = [*every("zh-Hant"), a_notice("zh-Hant", **AGREED)]
    for one in made:
        assert not isinstance(one, Deny)
        assert not [text for text in one.words.reveal() if face.lacks(text)]


def test_a_document_in_traditional_chinese_is_set_in_it_and_says_which_dollar() -> None:
    made = a_statement("zh-Hant")
    assert made.face.path == Face.installed("zh-Hant").path
    assert "NT$9,354.86" in made.words.reveal()
    assert guide(LENDERS["zh-Hant"], "app", locale="zh-TW").locale == "zh-Hant"
