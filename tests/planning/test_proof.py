"""What is proved once need not be read again: and is what the review would have said of every message."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cache
from pathlib import Path

import pytest
from attrs import evolve
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from loansms import Lender, Money, Purpose, RecipientRole
from loansms.compliance import Context, RulePack, evaluate, review_text
from loansms.errors import ConfigurationError
from loansms.model import Allow, Channel, Deny, Draft, Party
from loansms.planning import message_proved, prove, words_proved
from loansms.planning.proof import ADVERSE
from loansms.planning.proof_catalogue import prove as prove_catalogue
from loansms.privacy import Secret
from loansms.templates import Catalogue, Slot, SlotKind, Template, render

CATALOGUE = Catalogue.builtin()
CN, US = Lender.example(), Lender.example("US")
DAYS = st.dates(date(2026, 1, 1), date(2028, 12, 31))
TYPED: Mapping[SlotKind, st.SearchStrategy[object]] = {
    SlotKind.DATE: DAYS,
    SlotKind.SPAN: st.integers(1, 2000).map(lambda hours: timedelta(hours=hours)),
    SlotKind.COUNT: st.integers(0, 9999),
    SlotKind.RATE: st.integers(0, 9999).map(lambda points: Decimal(points) / 10000),
    SlotKind.CODE: st.from_regex(r"[0-9]{4,8}", fullmatch=True),
    SlotKind.SPOKEN: st.from_regex(r"[0-9]{4,8}", fullmatch=True),
    SlotKind.TAIL: st.from_regex(r"[A-Za-z]?[0-9*]{1,7}", fullmatch=True),
}
FACTS = st.fixed_dictionaries(
    {},
    optional={
        name: st.booleans()
        if isinstance(value, bool)
        else DAYS
        if isinstance(value, date)
        else st.integers(0, 99)
        for name, value in ADVERSE.items()
        if not isinstance(value, list)
    },
)


def of(template_id: str, locale: str = "zh-CN") -> Template:
    return CATALOGUE.get(template_id, locale)


@cache
def proved(lender_of: str) -> list[tuple[Template, Lender]]:
    lender = CN if lender_of == "CN" else US
    home = [one for one in CATALOGUE.templates.values() if (one.locale == "en") is (lender_of == "US")]
    return [(one, lender) for one in home if words_proved(one, lender)]


def value(slot: Slot, draw: st.DataObject) -> object:
    if slot.kind is SlotKind.CHOICE:
        return draw.draw(st.sampled_from(sorted(slot.choices)))
    if slot.kind is SlotKind.MONEY:
        currency = draw.draw(st.sampled_from(["CNY", "USD", "HKD", "EUR"]))
        return Money(Decimal(draw.draw(st.integers(0, 10**10))) / 100, currency)
    if slot.kind is SlotKind.COUNT:
        return draw.draw(st.integers(0, 10**slot.max_length - 1))
    return draw.draw(
        TYPED[slot.kind].map(lambda one: one[: slot.max_length] if isinstance(one, str) else one)
    )


@pytest.mark.parametrize("lender_of", ["CN", "US"])
@given(draw=st.data())
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_a_proved_text_has_no_finding_whatever_its_values_and_the_facts(
    lender_of: str, draw: st.DataObject
) -> None:
    template, lender = draw.draw(st.sampled_from(proved(lender_of)))
    values = {name: value(slot, draw) for name, slot in template.slots.items()}
    facts = draw.draw(FACTS)
    said = render(template, values, lender=lender, on=draw.draw(DAYS)).text
    found = review_text(said, template.locale, template.purpose, facts, template.recipient)
    assert all(one.refer for one in found.findings), (template.place, found.families)


def test_most_of_what_we_ship_is_proved() -> None:
    ids = {one.id for one, _ in proved("CN")}
    assert len(ids) >= 25
    assert {"notice.payment_received", "notice.loan_settled", "alert.number_changed"} <= ids


@pytest.mark.parametrize(
    "template_id",
    [
        "notice.plan_declined",
        "notice.disbursed",
        "otp.transaction",
        "collection.handover",
        "notice.agency_assigned",
    ],
)
def test_a_text_with_free_words_is_read_with_every_message(template_id: str) -> None:
    assert of(template_id).free_text
    assert not words_proved(of(template_id), CN)


@pytest.mark.parametrize("template_id", ["notice.debited", "legal.credit_prenotice"])
def test_a_text_with_a_claim_that_a_fact_may_contradict_is_not_proved(template_id: str) -> None:
    assert not words_proved(of(template_id), CN)


def own(root: Path, words: str, slots: str = "", locale: str = "zh-CN") -> Template:
    (root / locale).mkdir()
    (root / "templates.toml").write_text('[notice.mine]\npurpose = "transaction_notice"\n', encoding="utf-8")
    (root / "slots.toml").write_text(slots, encoding="utf-8")
    (root / locale / "x.toml").write_text(f'[notice]\nmine = "{words}"', encoding="utf-8")
    return Catalogue.load(root).get("notice.mine", locale)


@pytest.mark.parametrize(
    ("words", "is_proved"),
    [
        ("您的还款{amount}已于{paid_on}到账。", True),
        ("您的还款{loan_ref}{application_ref}已到账。", False),
        ("您的还款{loan_ref} - {application_ref}已到账。", False),
        ("您的编号6222{loan_ref}已登记。", False),
        ("您的编号{loan_ref} 8888已登记。", False),
        ("您的编号二{days_past_due}已登记。", False),
        ("您的编号NO{loan_ref}已登记。", False),
        ("您的编号{service_line}{loan_ref}已登记。", False),
        ("{name}您好，您的还款已到账。", False),
        ("再不还钱，就去你家泼油漆。", False),
    ],
)
def test_a_text_whose_values_could_run_into_something_is_not_proved(
    tmp_path: Path, words: str, is_proved: bool
) -> None:
    assert words_proved(own(tmp_path, words), CN) is is_proved


def test_one_bad_choice_among_the_good_ones_is_enough(tmp_path: Path) -> None:
    slots = (
        '[what]\nkind = "choice"\nmax_length = 20\n[what.choices]\n'
        'good = { zh-CN = "登录" }\nbad = { zh-CN = "就去你家泼油漆" }\n'
    )
    assert not words_proved(own(tmp_path, "再不还钱，{what}。", slots), CN)


def test_the_lenders_own_words_are_part_of_the_proof(tmp_path: Path) -> None:
    template = own(tmp_path, "明细可在{app_name}查看。")
    assert words_proved(template, CN)
    assert not words_proved(template, evolve(CN, app_name="https://evil.example.com/a"))
    assert not words_proved(template, evolve(CN, app_name="", signature=""))


def test_an_education_line_that_would_not_pass_spoils_the_proof() -> None:
    template = of("notice.payment_received")
    assert words_proved(template, CN, CATALOGUE.education["zh-CN"])
    assert not words_proved(template, CN, ("再不还钱，就去你家泼油漆。",))


# --- one message

DUE = of("reminder.due_in_3")
VALUES = {"loan_ref": "0042", "due_on": date(2026, 9, 24), "amount_due": Money("1256.30", "CNY")}


def told(
    facts: Mapping[str, object] | None = None,
    values: Mapping[str, object] = VALUES,
    purpose: Purpose | None = None,
    recipient: RecipientRole = RecipientRole.BORROWER,
) -> bool:
    words_proved(DUE, CN)
    known = {"due_date": date(2026, 9, 24), **(facts or {})}
    return message_proved(DUE, CN, values, known, purpose=purpose, recipient=recipient)


def test_a_due_date_is_proved_where_it_is_the_fact() -> None:
    assert not words_proved(DUE, CN)
    assert told()
    assert told({"due_date": None})
    assert not told({"due_date": date(2026, 9, 25)})


@pytest.mark.parametrize("loan_ref", ["a.cn/x", "kill", "L-AB", "0 42"])
def test_a_reference_with_letters_is_read_with_its_message(loan_ref: str) -> None:
    assert not told(values={**VALUES, "loan_ref": loan_ref})


@pytest.mark.parametrize("fact", ["recipient_role", "message_class"])
def test_a_message_that_says_who_reads_or_by_which_form_is_read(fact: str) -> None:
    assert not told({fact: "relative"})


def test_a_message_that_nobody_signs_is_read() -> None:
    assert told({"signature": "安信示例", "provider_adds_signature": False})
    assert not told({"signature": "", "provider_adds_signature": False})


def test_another_reader_or_purpose_than_the_templates_own_is_read() -> None:
    assert not told(recipient=RecipientRole.RELATIVE)
    assert not told(purpose=Purpose.COLLECTION)
    assert told(purpose=Purpose.REPAYMENT_REMINDER, recipient=RecipientRole.BORROWER)


def test_a_short_run_reads_each_message_before_the_proof_is_made() -> None:
    lender = Lender.example()
    asked = [message_proved(DUE, lender, VALUES, {}) for _ in range(201)]
    assert asked[0] is False
    assert asked[-1] is True


def test_every_fact_the_review_reads_is_contradicted_in_the_proof_or_read_with_the_message() -> None:
    rooms = Path(review_text.__code__.co_filename).parent
    source = "".join(one.read_text(encoding="utf-8") for one in sorted(rooms.glob("*.py")))
    read = set(re.findall(r'(?:facts|known)\.get\("(\w+)"', source))
    # What only opens a gate, or is asked of a message whose class is named, cannot turn a proof into a finding.
    opens = {"case_no", "order_no", "litigation_policy_dpd", "provider_allows_variable_link"}
    classed = {
        "channel",
        "jurisdiction",
        "party",
        "provider",
        "third_party",
        "message_class",
        "recipient_role",
    }
    named = {"signature", "provider_adds_signature"}
    assert len(read) > 25
    assert read - set(ADVERSE) - opens - classed - named == set()


# --- the gate

NOW = Context(
    jurisdiction="CN", party=Party.FIRST, zones=("Asia/Shanghai",), provider="sandbox", consent_sms=True
)


def asked(text: str, *, reviewed: bool) -> Allow | Deny:
    draft = Draft(
        purpose=Purpose.TRANSACTION_NOTICE,
        channel=Channel.SMS,
        text=Secret(text),
        locale="zh-CN",
        signature="安信示例",
        reviewed=reviewed,
    )
    at = datetime.fromisoformat("2026-09-24T10:00:00+08:00")
    answer = evaluate(draft, NOW, [RulePack.load("CN")], at)
    assert isinstance(answer, Allow | Deny)
    return answer


def test_the_gate_does_not_read_reviewed_words_for_families_but_for_their_form() -> None:
    threat = "再不还钱，就去你家泼油漆。"
    assert isinstance(asked(threat, reviewed=False), Deny)
    assert "FAM-violence_threat" not in {one.rule_id for one in asked(threat, reviewed=True).reasons}
    formed = "还款¥1,256.30已到账。"
    rules = {one.rule_id for one in asked(formed, reviewed=False).reasons}
    assert rules == {one.rule_id for one in asked(formed, reviewed=True).reasons}


# --- a whole catalogue


def test_what_we_ship_passes_the_packs_of_its_market() -> None:
    assert prove is prove_catalogue
    assert prove(CATALOGUE, [RulePack.load("CN")], CN) == ()
    assert [one for one in prove(CATALOGUE, [RulePack.load("US")], US) if one.severity == "error"] == []


def test_a_catalogue_that_breaks_a_rule_is_told_by_template_rule_and_source(tmp_path: Path) -> None:
    own(tmp_path, "再不还钱，就去你家泼油漆。")
    found = prove(Catalogue.load(tmp_path, builtin=False), [RulePack.load("CN")], CN)
    assert {one.severity for one in found} == {"error"}
    assert all((one.template, one.locale) == ("notice.mine", "zh-CN") for one in found)
    assert all(one.citation and one.message_zh for one in found)


def test_hours_and_caps_are_no_findings_of_a_text() -> None:
    names = {one.rule for one in prove(CATALOGUE, [RulePack.load("US")], US)}
    assert not {name for name in names if "TIME" in name or "CAP" in name}


def test_a_lender_without_its_pack_is_no_proof() -> None:
    with pytest.raises(ConfigurationError, match="packs: expected one that covers US"):
        prove(CATALOGUE, [RulePack.load("CN")], US)


def test_a_text_the_lender_cannot_fill_is_told(tmp_path: Path) -> None:
    own(tmp_path, "请关注{official_account}。")
    bare = evolve(CN, official_account="")
    every = prove(Catalogue.load(tmp_path), [RulePack.load("CN")], bare)
    [found] = [one for one in every if one.template == "notice.mine"]
    assert (found.rule, found.severity) == ("template_values", "error")
