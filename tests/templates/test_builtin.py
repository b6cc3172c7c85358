"""The built-in catalogue: complete in three languages, lawful in its markers, affordable to send."""

from __future__ import annotations

import re

import pytest

from loansms import Channel, Lender, Purpose, RecipientRole
from loansms.compliance import review_text
from loansms.templates import Catalogue, Rendered, Template, lint, render
from loansms.templates.review import sample_values

CATALOGUE = Catalogue.builtin()
LOCALES = ("zh-CN", "zh-Hant", "en")
EVERY = sorted(CATALOGUE.templates)
IDS = [
    "notice.application_received",
    "notice.application_under_review",
    "notice.documents_needed",
    "notice.application_approved",
    "notice.application_declined",
    "notice.disbursed",
    "notice.debited",
    "notice.payment_received",
    "notice.debit_failed",
    "notice.limit_changed",
    "notice.yearly_summary",
    "notice.due_date_changed",
    "notice.plan_received",
    "notice.plan_agreed",
    "notice.plan_declined",
    "notice.plan_broken",
    "notice.part_payment_received",
    "notice.loan_settled",
    "notice.rate_changed",
    "notice.agency_assigned",
    "notice.claim_assigned",
    "reminder.due_in_7",
    "reminder.due_in_3",
    "reminder.due_in_2",
    "reminder.due_in_1",
    "reminder.due_today",
    "reminder.promise_day",
    "reminder.several",
    "reminder.debit",
    "collection.early",
    "collection.several",
    "collection.middle",
    "collection.late",
    "collection.guarantor",
    "collection.handover",
    "offer.settlement",
    "offer.hardship",
    "offer.repayment_discount",
    "offer.renewal",
    "legal.credit_prenotice",
    "otp.code",
    "otp.plain",
    "otp.short",
    "otp.transaction",
    "otp.voice",
    "otp.voice_transaction",
    "alert.security",
    "alert.fraud_warning",
    "alert.number_change_requested",
    "alert.number_changed",
    "alert.code_locked",
    "reply.opt_out_confirmed",
    "reply.opt_in_received",
    "reply.payment_checked",
    "reply.promise_noted",
    "reply.promise_ask_day",
    "reply.hardship_options",
    "reply.dispute_received",
    "reply.fraud_received",
    "reply.wrong_person_noted",
    "reply.balance",
    "reply.how_to_pay",
    "reply.plan_options",
    "reply.call_arranged",
    "reply.which_loan",
    "reply.menu",
    "care.complaint_received",
    "care.survey",
    "care.birthday",
]
ASKING = {
    Purpose.REPAYMENT_REMINDER,
    Purpose.COLLECTION,
    Purpose.SETTLEMENT_OFFER,
    Purpose.HARDSHIP,
    Purpose.CREDIT_PRENOTICE,
    Purpose.MARKETING,
}


def sample(template: Template, jurisdiction: str) -> Rendered:
    lender = Lender.example(jurisdiction)
    return render(template, sample_values(template, lender), lender=lender)


def test_every_event_of_a_loan_has_its_text_in_three_languages() -> None:
    assert set(CATALOGUE.ids()) == set(IDS)
    assert all(set(CATALOGUE.locales(one)) == set(LOCALES) for one in IDS)


@pytest.mark.parametrize("template_id", IDS)
def test_readers_of_every_language_are_told_the_same(template_id: str) -> None:
    told = [CATALOGUE.get(template_id, locale) for locale in LOCALES]
    assert len({(frozenset(one.slots), frozenset(one.lender_slots)) for one in told}) == 1
    assert len({(one.purpose, one.recipient, one.facts, one.channel) for one in told}) == 1


@pytest.mark.parametrize("jurisdiction", ["CN", "US"])
@pytest.mark.parametrize(("template_id", "locale"), EVERY)
def test_every_text_renders_whole_for_either_lender(template_id: str, locale: str, jurisdiction: str) -> None:
    done = sample(CATALOGUE.get(template_id, locale), jurisdiction)
    assert not re.search(r"[{}【】¥￥★※→]", done.text)
    assert len(done.text) <= 500
    assert done.text == done.text.strip()
    assert "  " not in done.text
    assert not re.search("。。|，，|，。|：：", done.text)


def test_the_lint_finds_nothing_wrong_with_what_we_ship() -> None:
    assert lint(CATALOGUE) == []
    assert lint(CATALOGUE, profile="direct") == []


@pytest.mark.parametrize("template_id", IDS)
def test_an_english_text_of_a_us_lender_names_it_and_stays_inside_gsm_7(template_id: str) -> None:
    template = CATALOGUE.get(template_id, "en")
    done = sample(template, "US")
    assert done.encoding == "GSM-7"
    assert done.segments <= 2
    internal = template.channel is Channel.AGENT
    opens = "Hello, this is Example Lending " if template.channel is Channel.VOICE else "Example Lending: "
    assert done.text.startswith(opens) is not internal
    asks = template.purpose in ASKING and not internal
    assert done.text.endswith(" Reply STOP to opt out.") is asks


@pytest.mark.parametrize("template_id", IDS)
def test_a_mainland_text_carries_an_opt_out_only_as_marketing(template_id: str) -> None:
    template = CATALOGUE.get(template_id, "zh-CN")
    done = sample(template, "CN")
    assert done.text.endswith("拒收请回复R") is (template.purpose is Purpose.MARKETING)
    assert done.segments <= 2
    heard = template.channel is Channel.VOICE
    assert (done.billing, done.signature) == ("cn", "" if heard else "安信示例")
    assert not heard or "安信示例消费金融有限公司" in done.text


@pytest.mark.parametrize("template_id", [one for one in IDS if one.startswith("reminder.")])
def test_a_mainland_reminder_fits_one_segment_with_its_signature(template_id: str) -> None:
    assert sample(CATALOGUE.get(template_id, "zh-CN"), "CN").segments == 1


@pytest.mark.parametrize(
    "template_id", ["collection.early", "collection.several", "collection.middle", "collection.late"]
)
@pytest.mark.parametrize("locale", LOCALES)
def test_a_collection_text_states_what_the_law_lists(template_id: str, locale: str) -> None:
    """CN-MUST-01: amount with its day, due date, official channel, contact, and help or dispute."""
    template = CATALOGUE.get(template_id, locale)
    assert {"amount_due", "as_of", "due_on"} <= set(template.slots)
    assert {"pay_channel", "service_line"} <= set(template.lender_slots)
    assert re.search("困难|困難|异议|異議|difficult|dispute|question the amount", template.text)
    assert "days_past_due" in template.facts


@pytest.mark.parametrize(("template_id", "locale"), EVERY)
def test_only_the_dated_prenotice_speaks_of_credit_reporting(template_id: str, locale: str) -> None:
    template = CATALOGUE.get(template_id, locale)
    speaks = bool(
        re.search("征信|徵信|信用資料|信用记录|信用記錄|credit (?:bureau|report|score)", template.text)
    )
    assert speaks is (template_id == "legal.credit_prenotice")
    if speaks:
        assert {"credit_reporting", "report_date"} <= set(template.facts)


@pytest.mark.parametrize(("template_id", "locale"), EVERY)
def test_no_text_threatens_hurries_or_tells_time_relative_to_today(template_id: str, locale: str) -> None:
    text = CATALOGUE.get(template_id, locale).text
    assert not re.search(
        "起诉|起訴|诉讼|訴訟|律师|律師|法律责任|后果|後果|黑名单|黑名單|失信|最后|最後机|立刻|速还|速還|今天|今日|明天|明日|昨天",
        text,
    )
    assert not re.search(
        r"\b(?:sue|lawsuit|attorney|lawyer|legal action|last chance|final notice|urgent|today|tomorrow|now)\b|!",
        text,
        re.IGNORECASE,
    )


@pytest.mark.parametrize(("template_id", "locale"), EVERY)
def test_a_rate_never_stands_without_the_yearly_cost(template_id: str, locale: str) -> None:
    slots = set(CATALOGUE.get(template_id, locale).slots)
    assert not slots & {"annual_rate", "previous_rate"} or "annual_cost" in slots


CODES = [one for one in IDS if one.startswith("otp.")]
ACTIONS = sorted(CATALOGUE.vocabulary["action"].choices)


@pytest.mark.parametrize("jurisdiction", ["CN", "US"])
@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("template_id", [one for one in IDS if one.startswith(("otp.", "alert."))])
def test_a_code_or_alert_passes_the_wording_review_under_every_choice(
    template_id: str, locale: str, jurisdiction: str
) -> None:
    template, lender = CATALOGUE.get(template_id, locale), Lender.example(jurisdiction)
    values = sample_values(template, lender)
    choices = [(name, key) for name, slot in template.slots.items() for key in slot.choices] or [("", "")]
    for name, key in choices:
        said = render(template, {**values, **({name: key} if name else {})}, lender=lender).text
        found = review_text(
            said,
            language=locale,
            purpose=template.purpose,
            facts={"contact_allowlist": list(lender.allowed_contacts)},
        )
        assert found.cleared.allowed, (key, found)


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("template_id", CODES)
def test_a_code_says_what_it_is_for_how_long_it_lives_and_to_keep_it(template_id: str, locale: str) -> None:
    """GEN-OTP-01."""
    template = CATALOGUE.get(template_id, locale)
    assert template.purpose is Purpose.OTP
    assert "action" in template.slots or re.search("身份验证|身分驗證|verify your identity", template.text)
    assert "minutes" in template.slots or re.search("5分[钟鐘]|5 minutes", template.text)
    assert re.search("勿告知|not share", template.text)
    assert not re.search(r"https?:|www\.|@", template.text)


@pytest.mark.parametrize("locale", LOCALES)
def test_a_bound_text_says_what_to_do_when_it_is_not_what_was_meant(locale: str) -> None:
    said = CATALOGUE.get("otp.transaction", locale).text
    assert re.search("金[额額]或收款方不符[请請]勿使用|If amount or payee differ, do not use it", said)


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("template_id", ["otp.code", "otp.plain", "otp.voice", "otp.voice_transaction"])
def test_where_there_is_room_a_code_is_kept_from_our_own_staff_too(template_id: str, locale: str) -> None:
    said = CATALOGUE.get(template_id, locale).text
    assert re.search("包括我[们們]的(?:工作人员|職員)|包括我方人[员員]|including us", said)


@pytest.mark.parametrize("action", ACTIONS)
@pytest.mark.parametrize("locale", ["zh-CN", "zh-Hant"])
def test_a_mainland_code_fits_one_segment_whatever_it_confirms(locale: str, action: str) -> None:
    template, lender = CATALOGUE.get("otp.code", locale), Lender.example()
    done = render(template, {"code": "839201", "action": action, "minutes": 5}, lender=lender)
    assert done.segments == 1


@pytest.mark.parametrize("locale", LOCALES)
def test_the_plain_code_has_one_variable_and_stays_true_of_a_resend(locale: str) -> None:
    plain = CATALOGUE.get("otp.plain", locale)
    assert (tuple(plain.slots), plain.lender_slots) == (("code",), ())
    assert re.search("首次[发發]送起|from when it was first sent", plain.text)


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("template_id", ["otp.voice", "otp.voice_transaction"])
def test_a_voice_says_who_calls_and_the_digits_twice_with_pauses(template_id: str, locale: str) -> None:
    template, lender = CATALOGUE.get(template_id, locale), Lender.example()
    done = render(template, sample_values(template, lender), lender=lender)
    digits = "，".join("839201") if locale.startswith("zh") else ", ".join("839201")
    assert done.text.count(digits) == 2
    assert lender.slots(locale)["lender_name"] in done.text
    assert (template.channel, done.segments, done.signature) == (Channel.VOICE, 1, "")


@pytest.mark.parametrize("locale", ["zh-CN", "zh-Hant"])
@pytest.mark.parametrize(
    "template_id", ["alert.number_change_requested", "alert.number_changed", "alert.code_locked"]
)
def test_the_alerts_of_a_number_and_of_a_lock_fit_one_segment(template_id: str, locale: str) -> None:
    assert sample(CATALOGUE.get(template_id, locale), "CN").segments == 1


def test_every_action_has_its_words_in_every_language() -> None:
    choices = CATALOGUE.vocabulary["action"].choices
    assert "other" in choices
    assert all(set(words) == set(LOCALES) for words in choices.values())
    assert all(len({words[locale] for words in choices.values()}) == len(choices) for locale in LOCALES)


def test_roles_and_channels_are_told_by_the_template() -> None:
    assert CATALOGUE.get("collection.guarantor", "en").recipient is RecipientRole.GUARANTOR
    assert CATALOGUE.get("collection.handover", "en").channel is Channel.AGENT
    assert CATALOGUE.get("collection.handover", "en").free_text == ("history",)


def test_a_yearly_summary_tells_its_day_with_the_year() -> None:
    assert "2026年12月31日" in sample(CATALOGUE.get("notice.yearly_summary", "zh-CN"), "CN").text


@pytest.mark.parametrize("locale", LOCALES)
def test_education_lines_are_one_short_sentence_each(locale: str) -> None:
    lines = CATALOGUE.education[locale]
    assert len(lines) >= 12
    assert len(set(lines)) == len(lines)
    assert all(len(re.findall(r"[.。!！?？]", line)) == 1 and line[-1] in ".。" for line in lines)
    assert all(len(line) <= 40 for line in lines)


def test_every_text_that_ships_passes_its_own_review() -> None:
    CATALOGUE.review(review_text)
