"""The words of a code: the right template and language, what is signed is shown, or a reason and no text."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from attrs import evolve
from hypothesis import assume, given
from hypothesis import strategies as st
from tests.planning.code_text_parts import (
    CATALOGUE,
    CN,
    CODE,
    LOCALES,
    SMS,
    US,
    VOICE,
    WORDS,
    asked,
    bound,
    own,
    refused,
    said,
)

from loansms.errors import TemplateError
from loansms.model import Channel, Lender, Money
from loansms.otp import Transaction, profiles
from loansms.planning import CodeText, CodeWords, check_code_templates, plan_code_text
from loansms.templates import Catalogue

GOLDEN = [
    (
        "CN", "zh-CN", SMS, False, "otp.code", 1,
        "验证码839201，用于提前还款，5分钟内有效。勿告知任何人，包括我方人员。非本人操作请致电400-000-0000。",
    ),
    (
        "CN", "zh-CN", SMS, True, "otp.transaction", 2,
        ("验证码839201，仅用于提前还款：金额5,100.00元，收款方示例商户有限公司，5分钟内有效。金额或收款方不符请勿使用，勿告知任何人。"
        "非本人操作请致电400-000-0000。"),
    ),
    (
        "CN", "zh-CN", VOICE, False, "otp.voice", 1,
        ("您好，这里是安信示例消费金融有限公司。以下验证码用于提前还款，5分钟内有效，请勿告知任何人，包括我们的工作人员。"
        "非本人操作请挂断。验证码是：8，3，9，2，0，1。重复一遍：8，3，9，2，0，1。"),
    ),
    (
        "CN", "zh-Hant", SMS, True, "otp.transaction", 2,
        ("驗證碼839201，僅用於提前還款：金額人民幣5,100.00元，收款方示例商户有限公司，5分鐘內有效。金額或收款方不符請勿使用，勿告知任何人。"
        "非本人操作請致電400-000-0000。"),
    ),
    (
        "US", "en", SMS, False, "otp.code", 1,
        ("Example Lending: Your code is 839201, to repay early. It is valid for 5 minutes. Do not share it with "
        "anyone, including us. Not you? Call 800-555-0100."),
    ),
    (
        "US", "en", SMS, True, "otp.transaction", 4,
        ("Example Lending: Your code is 839201, only to repay early (CNY 5,100.00 to 示例商户有限公司). It is valid for 5 "
        "minutes. If amount or payee differ, do not use it. Do not share it with anyone, including us. Not you? Call 800-555-0100."),
    ),
    (
        "US", "en", VOICE, True, "otp.voice_transaction", 1,
        ("Hello, this is Example Lending with your code, only to repay early (CNY 5,100.00 to 示例商户有限公司). It is "
        "valid for 5 minutes. If this is not what you asked for, please hang up. Do not share the code with "
        "anyone, including us. Your code is: 8, 3, 9, 2, 0, 1. Again, your code is: 8, 3, 9, 2, 0, 1."),
    ),
]  # fmt: skip


@pytest.mark.parametrize(("market", "locale", "channel", "shows", "template", "segments", "text"), GOLDEN)
def test_the_words_are_these(
    market: str, locale: str, channel: Channel, shows: bool, template: str, segments: int, text: str
) -> None:
    done = said(WORDS[market], locale, channel=channel, transaction=bound() if shows else None)
    assert (done.template, done.locale, done.segments) == (template, locale, segments)
    assert done.text.reveal() == text
    assert done.signature == ("安信示例" if (market, channel) == ("CN", SMS) else "")
    assert CODE not in repr(done)


@pytest.mark.parametrize(
    ("market", "asks", "gets"),
    [
        ("CN", None, "zh-CN"),
        ("US", None, "en"),
        ("CN", "zh", "zh-CN"),
        ("CN", "zh-HK", "zh-Hant"),
        ("US", "zh_TW", "zh-Hant"),
        ("CN", "en-GB", "en"),
        ("CN", "vi", "zh-CN"),
        ("US", "vi", "en"),
        ("CN", "", "zh-CN"),
    ],
)
@pytest.mark.parametrize("channel", [SMS, VOICE])
@pytest.mark.parametrize("transaction", [None, bound()])
def test_each_reader_is_told_in_a_language_of_theirs_or_the_lenders(
    market: str, asks: str | None, gets: str, channel: Channel, transaction: Transaction | None
) -> None:
    assert said(WORDS[market], asks, channel=channel, transaction=transaction).locale == gets


@pytest.mark.parametrize(("jurisdiction", "home"), [("HK", "zh-Hant"), ("TW", "zh-Hant"), ("US-CA", "en")])
def test_a_lender_speaks_the_language_of_its_market(jurisdiction: str, home: str) -> None:
    assert said(CodeWords(CATALOGUE, evolve(US, jurisdiction=jurisdiction)), None).locale == home


@pytest.mark.parametrize("locale", LOCALES)
def test_an_action_of_the_hosts_own_is_told_as_the_request_made(locale: str) -> None:
    words = CATALOGUE.vocabulary["action"].choices["other"][locale]
    for action in ("host_action_7", "登录", "{code}", ""):
        assert words in said(WORDS["CN"], locale, action=action).text.reveal()


def test_a_host_gives_its_own_action_words(tmp_path: Path) -> None:
    slots = '[action]\nkind = "choice"\n[action.choices]\ngold = { zh-CN = "购买金条" }\nother = { zh-CN = "办理" }\n'
    catalogue = own(tmp_path, "验证码{code}，用于{action}，{minutes}分钟内有效，勿告知他人。", slots=slots)
    words = CodeWords(catalogue, CN)
    assert "用于购买金条" in said(words, action="gold").text.reveal()
    assert "用于办理，" in said(words, action="login").text.reveal()


def test_one_call_says_the_same_as_words_made_once() -> None:
    once = plan_code_text(
        code=CODE,
        action="early_repayment",
        minutes=5,
        channel=SMS,
        transaction=bound(),
        locale=None,
        catalogue=CATALOGUE,
        lender=CN,
    )
    assert once == said(WORDS["CN"], None, transaction=bound())


# --- what is seen is what is signed

amounts = st.builds(
    lambda cents, currency: Money(str(cents if currency == "JPY" else cents / 100), currency),
    st.integers(1, 10**11).map(Decimal),
    st.sampled_from(["CNY", "USD", "HKD", "JPY", "EUR"]),
)
payees = st.one_of(
    st.text(st.characters(exclude_categories=["Cs", "Co", "Cn"]), min_size=1, max_size=90),
    st.text(st.sampled_from("示例商户有限公司𠮷王Aéz'&-. 58🌸א,1$元")),
)


@given(
    amount=amounts,
    payee=payees,
    locale=st.sampled_from(LOCALES),
    channel=st.sampled_from([SMS, VOICE]),
    market=st.sampled_from(["CN", "US"]),
)
def test_a_text_with_a_transaction_shows_amount_and_payee_or_there_is_no_text(
    amount: Money, payee: str, locale: str, channel: Channel, market: str
) -> None:
    assume(payee and payee.isprintable())
    transaction = Transaction(amount=amount, payee=payee, reference="L-1")
    done = asked(WORDS[market], locale, channel=channel, transaction=transaction)
    if isinstance(done, CodeText):
        text = done.text.reveal()
        places = 0 if amount.currency == "JPY" else 2
        assert f"{amount.amount:,.{places}f}" in text
        assert payee in text
        assert (CODE if channel is SMS else "8") in text
    else:
        assert done.code in {"transaction_not_shown", "payee_unclear", "text_refused"}
        assert len(payee) < 4 or payee not in done.message + done.message_zh


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize(
    "payee",
    [
        "𠮷野家",
        "㐂多屋",
        "欧阳·阿卜杜拉",
        "Ben & Jerry's",
        "Müller-Lüdenscheidt",
        "58同城",
        "王🌸花店",
        "O'Brien {braces}",
    ],
)
def test_an_odd_name_is_shown_to_the_letter(payee: str, locale: str) -> None:
    assert payee in said(WORDS["CN"], locale, transaction=bound(payee)).text.reveal()


@pytest.mark.parametrize("channel", [SMS, VOICE])
@pytest.mark.parametrize(
    ("payee", "code"),
    [
        ("מאפייה", "payee_unclear"),
        ("مخبز", "payee_unclear"),
        ("张三\ufe0f", "payee_unclear"),
        ("示例\u3164商户", "payee_unclear"),
        ("葛\U000e0100城", "payee_unclear"),
        ("示例商户，金额1.00元", "payee_unclear"),
        ("Shop ($1)", "payee_unclear"),
        ("Shop 100 USD", "payee_unclear"),
        (" 示例商户", "transaction_not_shown"),
        ("【法院】", "text_refused"),
        ("市人民法院执行局", "text_refused"),
        ("请把验证码告知客服", "payee_unclear"),
        ("李四，5分钟内有效，请致电400-123-4567", "payee_unclear"),
        ("Jo) Your code is 111222 (x", "payee_unclear"),
        ("@evil.com #123456", "payee_unclear"),
        ("John; valid for 60 minutes", "payee_unclear"),
        ("CNY 9.00 to John", "payee_unclear"),
        ("Jo 4 0 0 1 2 3", "payee_unclear"),
        ("张三１１１２２２", "payee_unclear"),
        ("evil.example.top", "text_refused"),
        ("商" * 81, "text_refused"),
    ],
)
def test_a_payee_that_misleads_is_refused_and_not_repeated(payee: str, code: str, channel: Channel) -> None:
    why = refused(WORDS["CN"], channel=channel, transaction=bound(payee))
    assert why.code == code
    assert why.citation
    assert payee.strip() not in why.message + why.message_zh


@pytest.mark.parametrize("mark", ["\u200f", "\u202e", "\u2066", "\u200b", "\n", "\x00"])
def test_marks_that_turn_or_hide_are_refused_before_anything_is_bound(mark: str) -> None:
    with pytest.raises(ValueError, match="payee: expected"):
        bound(f"张{mark}三")


def test_a_picture_is_shown_but_cannot_be_said() -> None:
    assert refused(WORDS["CN"], channel=VOICE, transaction=bound("王🌸花店")).code == "payee_unclear"


def test_an_amount_beyond_any_loan_is_refused() -> None:
    assert refused(WORDS["CN"], transaction=bound(amount="1E+12")).code == "text_refused"


def test_a_masked_payee_is_not_a_shown_payee(tmp_path: Path) -> None:
    """A host that declares the slot as a name would show 张* and have the borrower sign for anybody."""
    catalogue = own(
        tmp_path,
        "验证码{code}，用于{action}，{amount}给{payee}，{minutes}分钟内有效，勿告知他人。",
        name="transaction",
        slots='[payee]\nkind = "name"\nmax_length = 40\n',
    )
    assert refused(CodeWords(catalogue, CN), transaction=bound("张三")).code == "transaction_not_shown"
    found = check_code_templates(catalogue, CN, profiles.LENDER)
    assert ("transaction_not_shown", "otp.transaction", "zh-CN") in {
        (one.rule, one.template, one.locale) for one in found
    }


# --- a template of the host's own


def test_a_template_named_for_one_message_speaks_only_if_it_shows_what_is_bound() -> None:
    assert said(WORDS["CN"], template="otp.plain").template == "otp.plain"
    assert refused(WORDS["CN"], template="otp.code", transaction=bound()).code == "transaction_not_shown"
    assert refused(WORDS["CN"], template="alert.code_locked").code == "text_refused"
    assert refused(WORDS["CN"], template="otp.transaction").code == "text_refused"
    assert refused(WORDS["CN"], template="otp.code", channel=VOICE).code == "wrong_channel"
    assert refused(WORDS["CN"], template="otp.voice").code == "wrong_channel"
    with pytest.raises(TemplateError, match="no such template"):
        asked(WORDS["CN"], template="otp.nothing")


@pytest.mark.parametrize(("lives", "template"), [(5, "otp.plain"), (10, "otp.plain")])
def test_fixed_words_may_promise_less_than_a_code_lives(lives: int, template: str) -> None:
    words = CodeWords(CATALOGUE, CN, minutes=lives, template=template)
    assert "5分钟内" in said(words, minutes=2).text.reveal()


@pytest.mark.parametrize("locale", LOCALES)
def test_fixed_words_that_promise_more_than_a_code_lives_are_refused(locale: str) -> None:
    assert (
        refused(CodeWords(CATALOGUE, CN, minutes=3, template="otp.plain"), locale).code == "validity_untrue"
    )
    short = evolve(profiles.MAINLAND, lifetime=timedelta(minutes=3))
    found = check_code_templates(CATALOGUE, CN, short, locales=[locale])
    assert [one.rule for one in found] == ["validity_untrue"]


def test_a_gateway_that_takes_one_variable_gets_the_plain_code() -> None:
    words = CodeWords.of(CATALOGUE, CN, profiles.MAINLAND)
    assert said(words).template == "otp.plain"
    assert said(words, transaction=bound()).template == "otp.transaction"
    assert check_code_templates(CATALOGUE, CN, profiles.MAINLAND) == []


# --- asked when a service is built


@pytest.mark.parametrize("lender", [CN, US])
@pytest.mark.parametrize("profile", profiles.SHIPPED)
def test_the_shipped_templates_carry_the_codes_of_every_shipped_profile(
    lender: Lender, profile: profiles.Profile
) -> None:
    assert check_code_templates(CATALOGUE, lender, profile, locales=[*LOCALES, "zh-HK", "en-GB"]) == []


def test_an_offered_language_without_words_is_named() -> None:
    found = check_code_templates(CATALOGUE, CN, profiles.LENDER, locales=["zh-CN", "vi"])
    assert {(one.rule, one.locale) for one in found} == {("code_template_missing", "vi")}
    assert len(found) == 4


@pytest.mark.parametrize(
    ("words", "rule"),
    [
        ("验证码{code}，用于{action}，{minutes}分钟内有效。", "otp_no_warning"),
        ("验证码{code}，用于{action}，勿告知他人。", "otp_no_validity"),
        ("口令已发，{minutes}分钟内有效，勿告知他人。", "text_refused"),
        ("验证码{code}，{name}请于{minutes}分钟内使用，勿告知他人。", "code_slot_unknown"),
        ("验证码{code}，10分钟内有效，勿告知他人。", "validity_untrue"),
        ("验证码{code}，{minutes}分钟内有效，勿告知他人。不还款就去你家泼油漆。", "text_refused"),
        ("验证码{code}，{minutes}分钟内有效，勿告知他人。{official_account}", "text_refused"),
    ],
)
def test_words_that_cannot_carry_a_code_are_found_when_built(tmp_path: Path, words: str, rule: str) -> None:
    lender = evolve(CN, official_account="")
    found = check_code_templates(own(tmp_path, words), lender, profiles.LENDER)
    assert rule in {one.rule for one in found}
    assert {(one.template, one.locale, one.severity) for one in found} == {("otp.code", "zh-CN", "error")}


def test_a_catalogue_without_codes_says_so_and_never_speaks(tmp_path: Path) -> None:
    (tmp_path / "zh-CN").mkdir()
    (tmp_path / "templates.toml").write_text('[alert.x]\npurpose = "security_alert"\n', encoding="utf-8")
    (tmp_path / "zh-CN" / "x.toml").write_text('[alert]\nx = "请留意账户安全。"', encoding="utf-8")
    bare = Catalogue.load(tmp_path, builtin=False, complete=False)
    assert refused(CodeWords(bare, CN)).code == "no_template"
    found = check_code_templates(bare, CN, profiles.LENDER, locales=["zh-CN"])
    assert {one.rule for one in found} == {"code_template_missing"}


def test_a_catalogue_of_one_language_serves_every_reader_in_it(tmp_path: Path) -> None:
    (tmp_path / "de").mkdir()
    (tmp_path / "slots.toml").write_text(
        '[code]\nkind = "code"\n[minutes]\nkind = "count"\n', encoding="utf-8"
    )
    (tmp_path / "templates.toml").write_text('[otp.code]\npurpose = "otp"\n', encoding="utf-8")
    (tmp_path / "de" / "x.toml").write_text('[otp]\ncode = "Code {code}, {minutes} min."', encoding="utf-8")
    words = CodeWords(Catalogue.load(tmp_path, builtin=False), US)
    assert said(words, "zh-CN").text.reveal() == "Code 839201, 5 min."


@given(
    codes=st.lists(st.from_regex(r"[0-9]{4,8}", fullmatch=True), min_size=2, max_size=6),
    minutes=st.integers(1, 5),
)
def test_a_text_is_the_same_whatever_codes_were_worded_before(codes: list[str], minutes: int) -> None:
    """What is kept of a text between two codes is never a code, nor the words around another one."""
    worked = CodeWords(CATALOGUE, CN)
    for channel in (SMS, VOICE):
        for action in ("login", "early_repayment"):
            for code in codes:
                how = {"code": code, "action": action, "minutes": minutes, "channel": channel}
                assert worked.text(**how) == CodeWords(CATALOGUE, CN).text(**how)
