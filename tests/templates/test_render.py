"""Rendering: strict, silent about values, framed by who speaks and where."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from loansms import Lender, Money
from loansms.errors import TemplateError
from loansms.model import Party
from loansms.templates import Catalogue, Template, render, with_education
from loansms.templates.review import sample_values
from loansms.text import count

CATALOGUE = Catalogue.builtin()
CN, US = Lender.example("CN"), Lender.example("US")
EARLY = CATALOGUE.get("collection.early", "zh-CN")
VALUES: Mapping[str, object] = {
    "loan_ref": "0042",
    "due_on": date(2026, 9, 20),
    "as_of": date(2026, 9, 24),
    "amount_due": Money("1256.30", "CNY"),
}


def test_a_collection_text_reads_as_a_borrower_should_read_it() -> None:
    done = render(EARLY, VALUES, lender=CN)
    assert done.text == (
        "您好，您尾号0042的借款9月20日应还款项尚未到账，截至9月24日应还1,256.30元。"
        "请通过安信示例APP还款；如需其他还款方式、有困难或对金额有疑问，请致电400-000-0000，我们会协助您。如已还款请忽略。"
    )
    assert done.segments == count(done.text, "cn", "安信示例").segments == 2


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"amount_due": None}, "missing amount_due"),
        ({"penalty": 1}, "not a slot of it: penalty"),
        ({"service_line": "13800138000"}, "not a slot of it: service_line"),
        ({"amount_due": 1256.30}, "amount_due: expected an amount (Money)"),
        ({"amount_due": Money("-7.77", "CNY")}, "amount_due: expected an amount of 0 or more"),
        ({"loan_ref": "6222020200012345"}, "loan_ref: expected at most 8 characters"),
        ({"due_on": "2026-09-20"}, "due_on: expected a date"),
    ],
)
def test_whatever_does_not_fit_is_told_by_template_slot_and_expectation(
    change: Mapping[str, object], told: str
) -> None:
    values = {name: value for name, value in {**VALUES, **change}.items() if value is not None}
    with pytest.raises(TemplateError) as refused:
        render(EARLY, values, lender=CN)
    message = str(refused.value)
    assert told in message
    assert message.startswith("collection.early [zh-CN]: ")
    assert refused.value.zh.startswith("collection.early [zh-CN]：")
    for secret in ("1256.3", "7.77", "6222020200012345", "13800138000", "2026-09-20"):
        assert secret not in message + refused.value.zh


def test_missing_and_extra_are_both_told_at_once() -> None:
    with pytest.raises(TemplateError, match=r"missing loan_ref, due_on; not a slot of it: other; it takes"):
        render(EARLY, {"other": 1, "as_of": VALUES["as_of"], "amount_due": VALUES["amount_due"]}, lender=CN)


def test_without_a_lender_the_values_fill_its_slots() -> None:
    """Left out, the profile's slots are named as missing; given, they stand in the text; a fake signature not."""
    with pytest.raises(TemplateError, match="missing pay_channel, service_line"):
        render(EARLY, VALUES)
    given = {**VALUES, "pay_channel": "示例APP", "service_line": "400-000-0000"}
    assert "致电400-000-0000" in render(EARLY, given).text
    with pytest.raises(TemplateError, match="pay_channel"):
        render(EARLY, {**given, "pay_channel": "【公安局】"})


def test_a_lender_without_what_the_text_names_is_told_so() -> None:
    template = CATALOGUE.get("care.complaint_received", "en")
    silent = evolve(US, complaint_line="")
    with pytest.raises(TemplateError, match="complaint_line: expected a value in the lender profile"):
        render(template, sample_values(template, US), lender=silent)


@pytest.mark.parametrize(
    ("locale", "wanted"), [("zh-CN", "zh"), ("zh-Hant", "zh-HK"), ("zh-Hant", "zh_TW"), ("en", "en-GB")]
)
def test_a_reader_of_a_related_language_is_served(locale: str, wanted: str) -> None:
    template = CATALOGUE.get("otp.code", locale)
    assert render(template, sample_values(template, CN), locale=wanted, lender=CN).locale == locale


@pytest.mark.parametrize("wanted", ["en", "zh-TW", "xx-nowhere", ""])
def test_a_text_is_not_passed_off_as_another_language(wanted: str) -> None:
    with pytest.raises(TemplateError, match=r"collection\.early \[zh-CN\]: locale: expected"):
        render(EARLY, VALUES, locale=wanted, lender=CN)


def test_no_value_shows_in_the_repr_of_a_rendered_text() -> None:
    done = render(EARLY, VALUES, lender=CN)
    assert "1,256.30" not in repr(done)
    assert "0042" not in repr(done)


def test_an_old_due_date_is_told_with_its_year_and_a_near_one_without() -> None:
    old = render(EARLY, {**VALUES, "due_on": date(2025, 12, 20)}, lender=CN).text
    assert "2025年12月20日" in old
    assert "截至9月24日" in old
    later = render(EARLY, VALUES, lender=CN, on=date(2027, 9, 1)).text
    assert "2026年9月20日" in later


def test_a_us_lender_writing_chinese_names_itself_and_offers_the_way_out() -> None:
    done = render(EARLY, {**VALUES, "amount_due": Money("310.15", "USD")}, lender=US)
    assert done.text.startswith("Example Lending：您好")
    assert done.text.endswith("回复STOP可停止接收此类短信。")
    assert "310.15美元" in done.text
    assert (done.billing, done.signature) == ("gsm", "")


def test_an_agency_says_for_whom_it_collects() -> None:
    agency = evolve(US, party=Party.THIRD, principal_lender="First Example Bank")
    template = CATALOGUE.get("collection.early", "en")
    done = render(template, sample_values(template, agency), lender=agency)
    assert done.text.startswith("Example Lending, a debt collector for First Example Bank: ")
    at_home = evolve(CN, party=Party.THIRD, principal_lender="示例银行")
    assert render(EARLY, VALUES, lender=at_home).text.startswith("我司受示例银行委托联系您。您好")
    code = CATALOGUE.get("otp.code", "en")
    assert "debt collector" not in render(code, sample_values(code, agency), lender=agency).text


def test_a_guarantor_is_given_the_line_meant_for_guarantors() -> None:
    line = evolve(CN.service_lines[0], number="400-000-0001", audience="guarantor")
    lender = evolve(CN, service_lines=(*CN.service_lines, line))
    template = CATALOGUE.get("collection.guarantor", "zh-CN")
    assert "400-000-0001" in render(template, sample_values(template, lender), lender=lender).text
    assert "400-000-0000" in render(EARLY, VALUES, lender=lender).text


def test_an_internal_note_has_neither_sender_nor_opt_out() -> None:
    template = CATALOGUE.get("collection.handover", "en")
    done = render(template, sample_values(template, US), lender=US)
    assert done.text.startswith("Case handover: ")
    assert "STOP" not in done.text


BARE = Template(
    id="care.bare", locale="zh-CN", text="您好，{{欢迎}}。", slots={}, purpose=EARLY.purpose, source="test"
)


def test_braces_written_twice_stand_for_themselves() -> None:
    assert render(BARE, {}).text == "您好，{欢迎}。"


def test_without_a_lender_the_language_decides_the_bill() -> None:
    assert render(BARE, {}).billing == "cn"
    assert render(evolve(BARE, locale="en", text="Hi."), {}).billing == "gsm"


LINES = CATALOGUE.education


@pytest.mark.parametrize("locale", ["zh-CN", "zh-Hant", "en"])
@given(key=st.text(max_size=20))
def test_advice_never_costs_a_segment_and_stands_before_the_opt_out(locale: str, key: str) -> None:
    for template_id in ("reminder.due_in_7", "notice.loan_settled"):
        template = CATALOGUE.get(template_id, locale)
        lender = US if locale == "en" else CN
        plain = render(template, sample_values(template, lender), lender=lender)
        taught = with_education(plain, LINES[locale], key)
        assert taught.segments == plain.segments
        assert count(taught.text, taught.billing, taught.signature).segments == plain.segments
        assert taught.text.endswith(plain.closing)
        assert with_education(plain, LINES[locale], key).text == taught.text


def test_advice_is_added_where_there_is_room_and_only_once() -> None:
    template = CATALOGUE.get("notice.loan_settled", "en")
    plain = render(template, sample_values(template, US), lender=US)
    taught = with_education(plain, ("Borrow less.",), 7)
    assert taught.text == plain.text + " Borrow less."
    assert with_education(taught, ("Borrow less.",), 7) == taught


def test_a_line_that_does_not_fit_gives_way_to_one_that_does() -> None:
    template = CATALOGUE.get("notice.loan_settled", "zh-CN")
    plain = render(template, sample_values(template, CN), lender=CN)
    for key in range(8):
        taught = with_education(plain, ("很" * 300 + "。", "请按需借款。"), key)
        assert taught.text == plain.text + "请按需借款。"
    assert with_education(plain, ("很" * 300 + "。",), 1) == plain
    assert with_education(plain, (), 1) == plain


@pytest.mark.parametrize(
    "template_id",
    [
        "otp.code",
        "alert.security",
        "alert.fraud_warning",
        "collection.late",
        "collection.guarantor",
        "collection.handover",
        "legal.credit_prenotice",
        "offer.settlement",
        "reply.opt_out_confirmed",
        "care.birthday",
    ],
)
def test_advice_never_disturbs_codes_alerts_and_grave_texts(template_id: str) -> None:
    for locale in ("zh-CN", "zh-Hant", "en"):
        template = CATALOGUE.get(template_id, locale)
        plain = render(template, sample_values(template, CN), lender=CN)
        assert with_education(plain, ("A.",), 1) == plain
