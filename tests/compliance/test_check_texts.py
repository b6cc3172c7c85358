"""What a text says: families, elements, lines, links, offers and last lines, rule by rule of the packs."""

import pytest

from loansms.compliance import Rule, RulePack, evaluate
from loansms.compliance.checks.contact_lines import ContactLines
from loansms.compliance.checks.link_policy import LinkPolicy
from loansms.compliance.checks.table import class_of
from loansms.compliance.checks.texts import SENDER, Families, RequireText
from loansms.compliance.files import packaged_names
from loansms.compliance.wording.clauses import read
from loansms.compliance.wording.required import ELEMENTS, has
from loansms.model import Purpose, RecipientRole
from loansms.privacy import Secret
from tests.compliance.cases import CN, context, draft, local
from tests.compliance.generated import texts
from tests.compliance.generated.trial import Trial

RULES = {one.id: one for name in packaged_names() for one in RulePack.load(name).rules}
NOW = local("2026-09-24T10:00")


def of(kind: type) -> list[Rule]:
    return [one for _, one in sorted(RULES.items()) if class_of(one.check) is kind]


def hit(rule: Rule, trial: Trial) -> bool:
    pack = RulePack.of([rule], jurisdiction=trial.context.jurisdiction)
    decision = evaluate(trial.message, trial.context, [pack], trial.now)
    return rule.id in {one.rule_id for one in decision.reasons}


@pytest.mark.parametrize(
    ("rule", "family"),
    [(one, family) for one in of(Families) for family in texts.families_of(one)],
    ids=lambda one: getattr(one, "id", one),
)
def test_each_family_a_rule_names_is_stopped_by_it(rule: Rule, family: str) -> None:
    assert hit(rule, texts.breaking(rule, family))


@pytest.mark.parametrize("element", sorted(ELEMENTS))
def test_each_element_is_seen_in_its_sentence_and_not_in_a_greeting(element: str) -> None:
    assert has(element, read(texts.SAMPLES[element]).plain)
    assert not has(element, read("Hello. 您好。").plain)


@pytest.mark.parametrize(
    ("rule", "element"),
    [
        (one, e)
        for one in of(RequireText)
        for e in texts.elements_of(one)
        if e != SENDER and one.applies.roads
    ],
    ids=lambda one: getattr(one, "id", one),
)
def test_a_text_that_lacks_one_element_of_a_rule_is_told_which(rule: Rule, element: str) -> None:
    left = [texts.SAMPLES[one] for one in texts.elements_of(rule) if one not in (element, SENDER)]
    text = "。".join(left) or "您好"
    lacks = not has(element, read(text).plain)
    trial = texts.as_agency(texts.asked(rule).saying(text))
    assert hit(rule, trial) == lacks


@pytest.mark.parametrize(
    ("rule", "word"),
    [(one, word) for one in of(LinkPolicy) for word in texts.words_of(one)],
    ids=lambda one: getattr(one, "id", one),
)
def test_each_word_of_a_link_rule_stops_its_link(rule: Rule, word: str) -> None:
    assert hit(rule, texts.linking(rule, *texts.BAD_LINKS[word]))
    assert not hit(rule, texts.linking(rule, f"https://{texts.HOST}/a", {}))


@pytest.mark.parametrize("host", ["www.example.com", "m.example.com"])
def test_two_listed_hosts_are_not_taken_for_each_others_likeness(host: str) -> None:
    trial = texts.linking(RULES["GEN-LINK-02"], f"https://{host}/a", {})
    assert not hit(RULES["GEN-LINK-02"], trial.knowing(link_allowlist=["www.example.com", "m.example.com"]))


@pytest.mark.parametrize(
    ("rule", "line"),
    [
        (one, (kind, number))
        for one in of(ContactLines)
        if one.check.params.get("allow_contacts")
        for kind, number in texts.LINES.items()
    ],
    ids=lambda one: getattr(one, "id", None),
)
def test_a_provider_takes_lines_of_its_kinds_alone(rule: Rule, line: tuple[str, str]) -> None:
    kind, number = line
    trial = texts.asked(rule).saying(f"请致电{number}。")
    assert hit(rule, trial) == (kind not in rule.check.params["allow_contacts"])


@pytest.mark.parametrize(
    "text",
    [
        "加微信abcdef123还款",
        "加QQ群12345678",
        "请加入微信群",
        "添加QQ:12345678",
        "请致电13800138000",
        "请打010-55550100、010-55550101或400-000-0000",
    ],
)
def test_private_lines_and_too_many_of_them_are_refused_by_the_provider(text: str) -> None:
    rule = RULES["CNP-TEL-01"]
    assert hit(rule, texts.asked(rule).saying(text))


@pytest.mark.parametrize(
    "text",
    [
        "请勿添加自称客服的微信abcdef123",
        "请关注微信公众号查询",
        "请致电400-000-0000或010-55550100",
        "应还95000元,截至2026年9月24日",
        "举报请拨12378",
    ],
)
def test_official_lines_warnings_and_figures_pass(text: str) -> None:
    rule = RULES["CNP-TEL-01"]
    assert not hit(rule, texts.asked(rule).saying(text))


@pytest.mark.parametrize(
    ("text", "stopped"),
    [
        ("Call +1 202-555-0100.", False),
        ("Call (202) 555-0100.", False),
        ("Call 202-555-0199.", True),
        ("请致电0086 13800138000。", True),
        ("拨打12378投诉。", False),
    ],
)
def test_a_listed_line_is_known_with_or_without_its_country(text: str, stopped: bool) -> None:
    rule = RULES["GEN-CONTACT-01"]
    trial = texts.asked(rule).saying(text)
    assert hit(rule, trial.knowing(contact_allowlist=["202-555-0100"])) == stopped
    assert not hit(rule, trial)  # nobody said which lines are the lender's


@pytest.mark.parametrize(
    ("text", "stopped"),
    [
        ("老客户专享优惠,立即领取", True),
        ("谨防以低息优惠为名的诈骗,请勿轻信", False),
        ("我行不会以优惠名义索要费用", False),
        ("Exclusive deal: a bonus for you", True),
        ("We can help you deal with the balance", False),
        ("Your payment of $20 was received", False),
    ],
)
def test_an_offer_is_told_from_a_warning_of_one(text: str, stopped: bool) -> None:
    rule = RULES["GEN-CLASS-01"]
    assert hit(rule, texts.asked(rule).saying(text, purpose=Purpose.TRANSACTION_NOTICE)) == stopped
    assert not hit(rule, texts.asked(rule).saying(text, purpose=Purpose.MARKETING))


@pytest.mark.parametrize(
    ("provider", "text", "stopped"),
    [
        ("huawei_cn", "新品上线,拒收请回复R", False),
        ("huawei", "新品上线,回复TD退订", True),
        ("tencent", "新品上线,回复TD退订", False),
        ("tencent_cn", "回复TD退订。新品上线,登录APP了解更多活动详情及其规则说明", True),
        ("sandbox", "新品上线", False),
    ],
)
def test_only_huawei_insists_on_the_very_words_of_the_last_line(
    provider: str, text: str, stopped: bool
) -> None:
    rule = RULES["CNP-OPT-02"]
    trial = texts.asked(rule).saying(text)
    decision = evaluate(
        trial.message, context(provider=provider), [RulePack.of([rule], jurisdiction="CN")], trial.now
    )
    assert bool(decision.reasons) == stopped


@pytest.mark.parametrize(
    ("text", "stopped"), [("验证码1234567", True), ("123456(登录验证码),客服4000000000", False)]
)
def test_the_code_is_measured_and_no_other_number(text: str, stopped: bool) -> None:
    rule = RULES["CNP-OTP-01"]
    assert hit(rule, texts.asked(rule).saying(text)) == stopped


def test_a_refused_literal_is_seen_in_any_width_and_spacing() -> None:
    rule = RULES["CNP-OPT-01"]
    assert hit(rule, texts.asked(rule).saying("您的还款已到账。拒收 请回复ｒ"))


def test_a_plan_longer_than_the_rule_allows_is_told_without_a_text() -> None:
    rule = RULES["CN-HARD-01"]
    assert hit(rule, texts.plain(rule).knowing(instalment_years=6))
    assert not hit(rule, texts.plain(rule).knowing(instalment_years=5))


def test_an_agency_names_its_principal_and_a_lender_need_not() -> None:
    rule = RULES["CN-MUST-01"]
    text = "。".join(texts.SAMPLES[one] for one in texts.elements_of(rule) if "agency" not in one)
    assert not hit(rule, texts.asked(rule).saying(text))
    assert hit(rule, texts.as_agency(texts.asked(rule).saying(text)))


def test_marketing_nobody_chose_by_machine_needs_no_general_version() -> None:
    rule = RULES["CN-PII-06"]
    trial = texts.asked(rule).saying("新品上线")
    assert hit(rule, trial)
    assert not hit(rule, trial.knowing(automated_decision=False))


def test_the_full_pack_still_lets_an_ordinary_text_through() -> None:
    text = Secret("您的欠款500.00元截至9月24日未还,到期日9月1日,请在APP处理。如有困难请致电400-000-0000。")
    known = {"contact_allowlist": ["400-000-0000"], "link_allowlist": []}
    decision = evaluate(draft(text=text, locale="zh-CN"), context(facts=known), [CN], NOW)
    assert decision.reasons == ()


def test_a_relay_shows_no_debt_in_its_opening_and_a_borrowers_text_may() -> None:
    shown = Secret("请转告张先生,其贷款逾期。")
    relay = draft(Purpose.RELAY, recipient=RecipientRole.CONTACT, text=shown, locale="zh-CN")
    assert "GEN-PREV-01" in {one.rule_id for one in evaluate(relay, context(), [CN], NOW).reasons}
    own = draft(text=shown, locale="zh-CN")
    assert "GEN-PREV-01" not in {one.rule_id for one in evaluate(own, context(), [CN], NOW).reasons}
    unsure = context(facts={"number_verified": False, "privacy": "full"})
    assert "GEN-PREV-01" in {one.rule_id for one in evaluate(own, unsure, [CN], NOW).reasons}


@pytest.mark.parametrize(("gap", "seen"), [(55, False), (30, True)])
def test_a_preview_is_as_long_as_the_rule_says_signature_included(gap: int, seen: bool) -> None:
    rule = RULES["GEN-PREV-01"]
    trial = texts.plain(rule).saying("好" * gap + "逾期").knowing(privacy="strict")
    assert hit(rule, trial) == seen
    assert len(trial.message.signature) + 2 + 55 > rule.check.params["chars"]
