"""What a record may show, and how long it is kept: nothing of a person in full, nothing for ever."""

from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loansms.compliance import RulePack, evaluate
from loansms.compliance.checks.formats import KINDS as SIGNS
from loansms.compliance.leaks import IDENTIFYING, KINDS, id_check_digit, leaks
from loansms.compliance.records import record_leaks
from loansms.compliance.retention import retention_floor
from loansms.compliance.wording.required import ELEMENTS
from loansms.model import Allow, Channel, Deny, Purpose
from loansms.privacy import Secret, mask_name, mask_phone
from tests.compliance.cases import CN, US, context, draft, local
from tests.compliance.generated.records import MASKED, SHOWN

NOW = local("2026-09-24T10:00")


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_is_seen_in_a_line_of_a_log(kind: str) -> None:
    assert kind in {one.kind for one in leaks(SHOWN[kind])}


def test_a_masked_line_shows_nothing() -> None:
    assert leaks(MASKED) == ()
    assert record_leaks(MASKED, [CN, US]) == ()


@given(st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True))
def test_a_phone_is_seen_however_it_is_written_and_not_once_masked(number: str) -> None:
    wide = "".join(chr(ord(one) + 0xFEE0) for one in number)
    spaced = f"{number[:3]} {number[3:7]}-{number[7:]}"
    for shown, hidden in ((number, False), (wide, True), (spaced, True), (f"+86{number}", True)):
        (leak,) = leaks(f"to={shown},ok")
        assert (leak.kind, leak.disguised) == ("phone", hidden), shown
    assert leaks(f"to={mask_phone(number)},ok") == ()


@given(st.sampled_from(["张伟明", "欧阳一", "王小"]))
def test_a_name_is_seen_and_not_once_masked(name: str) -> None:
    assert {one.kind for one in leaks(f"尊敬的{name}先生您好", names=[name])} == {"name"}
    assert leaks(f"尊敬的{mask_name(name)}先生您好", names=[name]) == ()


@given(st.text(max_size=60))
def test_any_text_is_read_without_an_error_and_spans_lie_in_it(text: str) -> None:
    for one in leaks(text):
        assert 0 <= one.span[0] < one.span[1] <= len(text)


@pytest.mark.parametrize("unit", ["1", "1,", "1*", "1-", "a@", "a.", "张", "姓名:张", "验证码", "\ud800"])
def test_a_text_of_a_hundred_thousand_characters_is_read_at_once(unit: str) -> None:
    text = (unit * 100_000)[:100_000]
    started = process_time()
    found = leaks(text)
    for pattern in (*ELEMENTS.values(), *SIGNS.values()):
        pattern.search(text)
    assert process_time() - started < 20  # where time grows with the square it takes minutes
    assert all(one.span[1] <= len(text) for one in found)


@pytest.mark.parametrize(
    "line",
    [
        "request took 1700000000123 ns",
        "at=20260924100000 step=pre-3",
        "合同编号 202600000000000001",
        "call 400-000-0000 or 95000",
        "应还500元,余额¥1,200",
        "template_name=reminder 尊敬的客户您好",
        "card ending 1111, id 110101********0011",
        "客户方案已更新",
    ],
)
def test_moments_references_service_lines_and_round_sums_are_no_leak(line: str) -> None:
    assert leaks(line) == ()


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("card 411111******1111", "card_number"),
        ("to=1380013****", "phone"),
        ("id=1101011990******11", "id_number"),
        ("call +44 20 7946 0958", "phone"),
        ("(202) 555-0123", "phone"),
        ("ssn 123-45-6789", "id_number"),
        ("anna***@example.com", "email"),
        ("123 Main Street", "address"),
        ("Dear John Example", "name"),
        ("Your code is 482913", "otp"),
    ],
)
def test_half_a_mask_and_foreign_forms_are_seen(line: str, kind: str) -> None:
    assert [one.kind for one in leaks(line)] == [kind]


def test_the_lenders_own_line_may_stand() -> None:
    assert leaks("call 202-555-0100", lines=["202-555-0100"]) == ()
    assert [one.kind for one in leaks("call 202-555-0100")] == ["phone"]


@given(st.integers(0, 10**17 - 1))
def test_one_check_digit_of_eleven_fits_an_id_number(number: int) -> None:
    stem = f"{number:017d}"
    assert sum(id_check_digit(stem + last) for last in "0123456789X") == 1


def test_a_record_about_to_be_stored_is_put_before_the_rules() -> None:
    for record in ("to=13800138000", Secret("to=13800138000")):
        denied = evaluate(draft(), context(facts={"record": record}), [CN], NOW)
        assert isinstance(denied, Deny)
        assert "GEN-MASK-PHONE" in {one.rule_id for one in denied.reasons}
        assert "13800138000" not in repr(denied)
    assert isinstance(evaluate(draft(), context(facts={"record": MASKED}), [CN], NOW), Allow)


def test_reasons_name_the_kind_and_hold_none_of_the_text() -> None:
    reasons = record_leaks("姓名:张三丰 13800138000", CN)
    assert {"GEN-MASK-NAME", "GEN-MASK-PHONE", "CN-PII-03"} == {one.rule_id for one in reasons}
    assert all("13800138000" not in str(one) and "张三丰" not in str(one) for one in reasons)
    assert record_leaks("张三丰来电", CN, names=["张三丰"])[0].rule_id == "GEN-MASK-NAME"


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("您的银行卡4111111111111111已绑定", "CN-PII-02"),
        ("您的CVV:737,请保密", "CN-PII-03"),
        ("证件110101********0011已核验", "GEN-MASK-ID"),
    ],
)
def test_a_message_itself_shows_no_card_secret_or_half_an_id(text: str, rule: str) -> None:
    message = draft(Purpose.TRANSACTION_NOTICE, text=Secret(text), locale="zh-CN")
    decision = evaluate(message, context(), [CN], NOW)
    assert rule in {one.rule_id for one in decision.reasons}
    masked = draft(Purpose.TRANSACTION_NOTICE, text=Secret("您的银行卡(尾号1111)已绑定"), locale="zh-CN")
    assert isinstance(evaluate(masked, context(), [CN], NOW), Allow)


@pytest.mark.parametrize("kind", sorted(IDENTIFYING))
def test_every_identifying_kind_has_a_rule_that_hides_it(kind: str) -> None:
    assert record_leaks(SHOWN[kind], CN)


def test_the_longest_floor_counts_and_another_lenders_does_not() -> None:
    assert retention_floor([CN], Purpose.COLLECTION, Channel.SMS) == 60
    law = RulePack.of([one for one in CN.rules if one.id != "CN-REC-04"], jurisdiction="CN")
    assert retention_floor([law], Purpose.COLLECTION, Channel.SMS) == 60
    assert retention_floor([law], Purpose.COLLECTION, Channel.SMS, lender_type="bank") == 24
    assert retention_floor([law], Purpose.OTP, Channel.SMS) == 6
    assert retention_floor([law], Purpose.OTP, Channel.PUSH) == 0
    assert retention_floor([], Purpose.COLLECTION, Channel.SMS) == 0


@pytest.mark.parametrize(
    ("facts", "rules"),
    [
        ({}, set()),
        ({"record_store": False}, {"CN-REC-01", "CN-REC-03", "CN-REC-04"}),
        ({"records_kept_months": 23}, {"CN-REC-01", "CN-REC-04"}),
        ({"records_kept_months": 24}, {"CN-REC-04"}),
        (
            {"records_kept_months": 59, "lender_type": "consumer_finance_company"},
            {"CN-REC-02", "CN-REC-04"},
        ),
        ({"records_kept_months": 60, "stored_body": "plain"}, {"CN-REC-04"}),
        ({"records_kept_months": 60, "otp_body_stored": True}, {"CN-REC-04"}),
        ({"records_kept_for": "unlimited"}, {"CN-PII-07"}),
    ],
)
def test_a_store_that_keeps_too_little_or_too_much_is_told(facts: dict[str, object], rules: set[str]) -> None:
    decision = evaluate(draft(), context(facts=facts), [CN], NOW)
    assert {one.rule_id for one in decision.reasons} == rules
