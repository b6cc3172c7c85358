"""Who and whether: refusals, consent, disputes, recipients, missing inputs, and the words themselves."""

import pytest

from loansms.compliance import contact_decision, evaluate
from loansms.errors import CallerError
from loansms.model import Allow, Channel, Decision, Deny, Party, Purpose, RecipientRole
from loansms.privacy import Secret
from tests.compliance.cases import CN, DAY, PACKS, US, context, draft, local, sent

NOW = {"CN": local("2026-09-24T10:00"), "US": local("2026-09-24T10:00", "America/New_York")}
ASKING = [
    Purpose.REPAYMENT_REMINDER,
    Purpose.COLLECTION,
    Purpose.SETTLEMENT_OFFER,
    Purpose.TRANSACTION_NOTICE,
]
ALWAYS = [Purpose.OTP, Purpose.SECURITY_ALERT]


def codes(decision: Decision) -> set[str]:
    return {one.code for one in decision.reasons}


@pytest.mark.parametrize("country", ["CN", "US"])
@pytest.mark.parametrize("purpose", ASKING)
def test_an_opt_out_leaves_only_codes_alerts_and_required_notices(country: str, purpose: Purpose) -> None:
    refused = context(country, opted_out=True)
    denied = evaluate(draft(purpose), refused, [PACKS[country]], NOW[country])
    assert isinstance(denied, Deny)
    assert "opted_out" in codes(denied)
    for one in ALWAYS:
        assert isinstance(evaluate(draft(one), refused, [PACKS[country]], NOW[country]), Allow)
    required = evaluate(draft(Purpose.CREDIT_PRENOTICE), refused, [PACKS[country]], NOW[country])
    assert isinstance(required, Allow if country == "CN" else Deny)


@pytest.mark.parametrize("country", ["CN", "US"])
def test_a_refusal_of_sms_stops_sms_alone_and_nothing_recorded_is_servicing(country: str) -> None:
    refused = context(country, consent_sms=False)
    assert isinstance(evaluate(draft(), refused, [PACKS[country]], NOW[country]), Deny)
    assert isinstance(evaluate(draft(Purpose.OTP), refused, [PACKS[country]], NOW[country]), Allow)
    assert isinstance(evaluate(draft(channel=Channel.PUSH), refused, [PACKS[country]], NOW[country]), Allow)
    assert isinstance(evaluate(draft(), context(country), [PACKS[country]], NOW[country]), Allow)


@pytest.mark.parametrize("country", ["CN", "US"])
def test_marketing_needs_express_consent(country: str) -> None:
    message = draft(Purpose.MARKETING)
    assert isinstance(evaluate(message, context(country), [PACKS[country]], NOW[country]), Deny)
    agreed = context(country, consent_marketing=True)
    assert isinstance(evaluate(message, agreed, [PACKS[country]], NOW[country]), Allow)


@pytest.mark.parametrize("country", ["CN", "US"])
@pytest.mark.parametrize("flag", ["dispute_open", "hardship", "deceased", "wrong_number", "bankruptcy"])
def test_a_suppression_stops_reminders_and_collection(country: str, flag: str) -> None:
    held = context(country, suppressions={flag})
    for purpose in (Purpose.REPAYMENT_REMINDER, Purpose.COLLECTION):
        denied = evaluate(draft(purpose), held, [PACKS[country]], NOW[country])
        assert isinstance(denied, Deny)
        assert denied.reasons[0].code == flag
    assert isinstance(evaluate(draft(Purpose.OTP), held, [PACKS[country]], NOW[country]), Allow)


def test_a_dispute_stops_collection_by_law_and_reminders_by_house() -> None:
    held = context("CN", suppressions={"dispute_open"})
    collection = evaluate(draft(), held, [CN], NOW["CN"])
    reminder = evaluate(draft(Purpose.REPAYMENT_REMINDER), held, [CN], NOW["CN"])
    assert collection.reasons[0].rule_id == "CN-HARD-02"
    assert reminder.reasons[0].citation.startswith("house")


def test_a_suppression_nobody_knows_the_rule_of_is_a_refusal() -> None:
    assert "unknown_suppression" in codes(evaluate(draft(), context(suppressions={"odd"}), [CN], NOW["CN"]))


@pytest.mark.parametrize("missing", ["jurisdiction", "party", "provider", "zones"])
def test_a_missing_input_is_a_refusal(missing: str) -> None:
    empty = {"jurisdiction": "", "party": None, "provider": "", "zones": ()}[missing]
    known = {"jurisdiction": "CN", missing: empty}
    decision = evaluate(draft(Purpose.OTP), context(**known), [CN], NOW["CN"])
    assert isinstance(decision, Deny)
    assert codes(decision) == {"missing_input"}
    assert missing in decision.reasons[0].message


def test_no_pack_for_the_jurisdiction_is_a_refusal() -> None:
    assert codes(evaluate(draft(), context("CN"), [US], NOW["CN"])) == {"no_pack"}
    assert codes(evaluate(draft(Purpose.OTP), context("CN"), [], NOW["CN"])) == {"no_pack"}


def test_a_naive_now_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        evaluate(draft(), context(), [CN], NOW["CN"].replace(tzinfo=None))


@pytest.mark.parametrize("role", list(RecipientRole))
def test_collection_goes_to_the_parties_of_the_debt_alone(role: RecipientRole) -> None:
    party = role in (RecipientRole.BORROWER, RecipientRole.CO_BORROWER, RecipientRole.GUARANTOR)
    decision = evaluate(draft(recipient=role), context(), [CN], NOW["CN"])
    assert isinstance(decision, Allow if party else Deny)


def test_a_relay_needs_a_debtor_out_of_reach_and_a_willing_contact() -> None:
    message = draft(Purpose.RELAY, recipient=RecipientRole.CONTACT)
    assert isinstance(evaluate(message, context(), [CN], NOW["CN"]), Allow)
    for fact, value in (("borrower_unreachable", False), ("contact_refused", True)):
        assert isinstance(evaluate(message, context(facts={fact: value}), [CN], NOW["CN"]), Deny)
    third = context("US", party=Party.THIRD)
    assert isinstance(evaluate(message, third, [US], NOW["US"]), Deny)


@pytest.mark.parametrize("country", ["CN", "US"])
def test_a_bad_text_is_denied_with_family_and_source(country: str) -> None:
    message = draft(text=Secret("Pay or we smash your windows tonight"), locale="en")
    denied = evaluate(message, context(country), [PACKS[country]], NOW[country])
    assert isinstance(denied, Deny)
    assert "violence_threat" in codes(denied)
    assert all(one.citation for one in denied.reasons)
    assert "windows" not in repr(denied)


def test_a_claim_in_a_text_passes_with_its_fact() -> None:
    text = Secret(
        "您的欠款500.00元截至9月24日未还,到期日9月1日,请在APP处理,以免进入诉讼。如有困难请致电400-000-0000。"
    )
    message = draft(text=text, locale="zh-CN")
    assert isinstance(evaluate(message, context(), [CN], NOW["CN"]), Deny)
    told = context(facts={"litigation_approved": True})
    assert isinstance(evaluate(message, told, [CN], NOW["CN"]), Allow)


def test_a_text_without_a_sender_is_denied_in_china() -> None:
    message = draft(Purpose.TRANSACTION_NOTICE, text=Secret("您的还款已到账。"), signature="")
    assert "CN-MUST-02" in {one.rule_id for one in evaluate(message, context(), [CN], NOW["CN"]).reasons}


def test_a_collectors_text_discloses_itself_and_the_way_out() -> None:
    third = context("US", party=Party.THIRD)
    bare = draft(text=Secret("Your balance is $60.00."), locale="en")
    denied = evaluate(bare, third, [US], NOW["US"])
    assert {"US-REGF-OPT", "US-REGF-MINI"} <= {one.rule_id for one in denied.reasons}
    whole = draft(
        text=Secret("This is from a debt collector. Balance $60.00. Reply STOP to opt out."), locale="en"
    )
    assert isinstance(evaluate(whole, third, [US], NOW["US"]), Allow)


def ask(**facts: object) -> Decision:
    return contact_decision(
        jurisdiction="US",
        purpose=Purpose.COLLECTION,
        channel=Channel.SMS,
        zones=["America/New_York"],
        now=NOW["US"],
        facts=facts,
    )


@pytest.mark.parametrize(
    ("facts", "rule"),
    [
        ({"cease_request": {"at": "2026-09-01T00:00:00-04:00"}}, "US-REGF-CEASE"),
        ({"attorney_represented": True}, "US-REGF-ATTY"),
        (
            {"opt_outs": [{"at": "2026-09-01T00:00:00-04:00", "channel": "sms", "address": "this"}]},
            "US-REGF-MEDIUM",
        ),
        ({"text_only_inside_safe_harbor": True}, "US-REGF-SH"),
        (
            {
                "text_only_inside_safe_harbor": True,
                "consents": [
                    {"scope": "text_this_number", "given_to": "creditor", "at": "2026-09-20T00:00:00Z"}
                ],
            },
            "US-REGF-SH",
        ),
        ({"opted_out": True}, "US-TCPA-REV"),
        ({"recipient_role": "relative"}, "US-REGF-3P"),
    ],
)
def test_facts_that_stop_a_contact(facts: dict[str, object], rule: str) -> None:
    decision = ask(**facts)
    assert isinstance(decision, Deny)
    assert rule in {one.rule_id for one in decision.reasons}


@pytest.mark.parametrize(
    "facts",
    [
        {},
        {"opt_outs": [{"at": "2026-09-01T00:00:00-04:00", "channel": "email", "address": "this"}]},
        {
            "text_only_inside_safe_harbor": True,
            "consents": [
                {"scope": "text_this_number", "given_to": "collector", "at": "2026-09-20T00:00:00Z"}
            ],
        },
    ],
)
def test_facts_that_do_not(facts: dict[str, object]) -> None:
    assert isinstance(ask(**facts), Allow)


def test_one_answer_is_left_to_a_person_who_writes_again() -> None:
    facts = {
        "opt_outs": [{"at": "2026-09-01T00:00:00-04:00", "channel": "sms", "address": "this"}],
        "reply_to": "2026-09-24T09:30:00-04:00",
        "party": "first",
    }
    reasons = {one.rule_id for one in ask(**facts | {"party": "third"}).reasons}
    assert "US-REGF-MEDIUM" not in reasons
    answered = contact_decision(
        jurisdiction="US",
        purpose="collection",
        channel="sms",
        zones=["America/New_York"],
        past_contacts=[sent(NOW["US"] - DAY / 96)],
        now=NOW["US"],
        facts=facts | {"party": "third"},
    )
    assert "US-REGF-MEDIUM" in {one.rule_id for one in answered.reasons}


@pytest.mark.parametrize(
    "wrong", [{"purpose": "nagging"}, {"channel": "pigeon"}, {"past_contacts": [("sms", NOW["US"], "wink")]}]
)
def test_an_unknown_word_is_told(wrong: dict[str, object]) -> None:
    asked = {"jurisdiction": "US", "purpose": "collection", "channel": "sms", "now": NOW["US"], **wrong}
    with pytest.raises(CallerError, match="expected one of"):
        contact_decision(**asked)
