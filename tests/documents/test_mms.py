"""A multimedia message fits what its carrier takes, and whoever opens it finds every part."""

from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP
from io import BytesIO
from xml.etree import ElementTree

import pytest
from PIL import Image
from tests.documents.examples import AS_OF, LENDERS, a_statement, loan

from loansms.documents import MmsPackage, SizeLimit, limit, packages, statement
from loansms.documents.files import carrier_limits
from loansms.errors import CallerError, ConfigurationError


def opened(package: MmsPackage) -> EmailMessage:
    parsed = message_from_bytes(package.content.reveal(), policy=SMTP)
    assert isinstance(parsed, EmailMessage)
    assert parsed.defects == []
    return parsed


def test_a_message_is_read_back_part_by_part() -> None:
    made = a_statement()
    (package,) = packages(made, limit("cn_carrier"))
    parsed = opened(package)
    assert parsed["Subject"] == "还款计划与利息明细"
    assert parsed.get_content_type() == "multipart/related"
    presentation, words, *pictures = parsed.iter_parts()
    assert (parsed.get_param("type"), parsed.get_param("start")) == (
        "application/smil",
        presentation["Content-ID"],
    )
    assert presentation.get_content_type() == "application/smil"
    assert words.get_content().strip() == made.caption.reveal()
    assert [one.get_content() for one in pictures] == [one.content.reveal() for one in package.pictures]
    shown = ElementTree.fromstring(presentation.get_content())
    named = [one.get("src", "") for one in shown.iter() if one.tag in {"img", "text"}]
    assert sorted(named) == sorted(one["Content-Location"] for one in (words, *pictures))
    assert {one.get("region") for one in shown.iter("img")} <= {one.get("id") for one in shown.iter("region")}


def test_equal_documents_are_equal_messages() -> None:
    first, again = (packages(a_statement(periods=2, settled=0), limit("cn_carrier")) for _ in range(2))
    assert [one.content for one in first] == [one.content for one in again]


def test_pictures_become_smaller_until_the_message_fits() -> None:
    made = a_statement()
    wide = packages(made, limit("cn_carrier"))
    narrow = packages(made, SizeLimit(message=60_000))
    assert [len(one) for one in (wide, narrow)] == [1, 1]
    assert wide[0].size <= 300_000
    assert narrow[0].size <= 60_000
    assert narrow[0].pictures[0].width >= 390  # never under one pixel a point
    assert wide[0].pictures[0].width == 780


def test_what_fits_no_message_is_divided_among_several_and_numbered() -> None:
    made = statement(loan(periods=36), LENDERS["zh-CN"], as_of=AS_OF)
    found = packages(made, SizeLimit(message=34_000))
    assert len(found) == 2
    assert max(one.size for one in found) <= 34_000
    assert [opened(one)["Subject"][-5:] for one in found] == ["(1/2)", "(2/2)"]


def test_what_fits_nowhere_is_told_not_cut() -> None:
    with pytest.raises(CallerError, match="does not fit") as raised:
        packages(a_statement(), SizeLimit(message=5_000))
    assert "彩信" in raised.value.zh
    with pytest.raises(CallerError, match="does not fit"):
        packages(a_statement(), SizeLimit(message=300_000, picture=4_000))


def test_pictures_carry_no_time_and_few_colours() -> None:
    (one,) = a_statement().pictures()
    shown = Image.open(BytesIO(one.content.reveal()))
    assert (shown.mode, shown.info.keys() - {"transparency"}) == ("P", set())
    assert (shown.width, shown.height) == (one.width, one.height)


def test_every_limit_names_its_source() -> None:
    for name in carrier_limits():
        assert limit(name).source != "house"
        assert limit(name).verified in {"V1", "V2", "R"}
    with pytest.raises(ConfigurationError, match="cn_carrier"):
        limit("pigeon")
