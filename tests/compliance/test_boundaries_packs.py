"""What a lender would sign without knowing it, if a pack were read one rule, one day or one place wrong."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve

from loansms.compliance import FAMILIES, Applies, Authority, Override, RulePack, Severity, diff_packs
from loansms.compliance.checks import calendar_data, claims, phrases, routes, scope, texts, windows
from loansms.compliance.checks.bans import ChannelBan
from loansms.compliance.checks.contact_lines import ContactLines
from loansms.compliance.checks.flags import LIFE_EVENTS
from loansms.compliance.checks.hours import weekdays
from loansms.compliance.checks.link_policy import LinkPolicy
from loansms.compliance.checks.recipients import RecipientRoles
from loansms.compliance.checks.registration import Registration, SignatureFormat, VendorRegistry
from loansms.compliance.checks.scope import RequiredInputs
from loansms.compliance.checks.table import TYPES, check_of, class_of
from loansms.compliance.context import SUPPRESSIONS
from loansms.compliance.files import packaged_countries, packaged_names, packaged_pack, read_pack
from loansms.compliance.leaks import KINDS
from loansms.compliance.rule import CLASSES, OTHER_CHANNELS, CheckSpec
from loansms.compliance.wording.required import ELEMENTS
from loansms.errors import PackError
from loansms.model import Channel, Purpose, RecipientRole
from tests.compliance.test_survivors import ours

DAY = date(2026, 9, 24)
MINE: dict[str, Any] = {
    "id": "MINE-1",
    "jurisdiction": "CN",
    "authority": "house",
    "severity": "warn",
    "applies": {},
    "check": {"type": "suppression", "params": {"flag": "hardship"}},
    "citation": "house",
    "message_en": "Ours.",
    "message_zh": "本机构规则。",
}


def pack(*rules: dict[str, Any], on: date | None = None, **head: Any) -> RulePack:
    content = {"name": "mine", "jurisdiction": "CN", "rules": list(rules), **head}
    return RulePack.read("mine.toml", content, on)


def refused(*rules: dict[str, Any], **head: Any) -> str:
    with pytest.raises(PackError) as wrong:
        pack(*rules, **head)
    assert wrong.value.zh.startswith("mine.toml")
    return str(wrong.value)


# A rule and what it looks at.


def test_the_words_for_a_kind_of_message_are_the_purposes_and_five_of_the_reference() -> None:
    own = {"txn_notice", "pre_due", "due_today", "hardship_info", "relay_to_contact"}
    assert set(CLASSES) == {one.value for one in Purpose} | own
    assert {word for word, purpose in CLASSES.items() if word != purpose.value} == own


@pytest.mark.parametrize(
    ("field", "known"),
    [
        ("channels", {*Channel, "mail", "social", "visit"}),
        ("classes", set(CLASSES)),
        ("recipient_roles", set(RecipientRole)),
    ],
)
def test_a_rule_names_known_words_alone_and_is_told_which(field: str, known: set[str]) -> None:
    def naming(word: str) -> Applies:
        named: dict[str, Any] = {field: (word,)}
        return Applies(**named)

    for word in (*known, "*"):
        assert getattr(naming(word), field) == (word,)
    with pytest.raises(ValueError, match=rf"^{field}: expected one of \*, .*{min(known)}"):
        naming("telepathy")
    assert getattr(Applies(), field) == ("*",)


def test_a_rule_is_for_the_first_party_the_third_or_any() -> None:
    assert Applies().party == "any"
    for party in ("first", "third", "any"):
        assert Applies(party=party).party == party
    with pytest.raises(ValueError, match="party: expected first, third or any"):
        Applies(party="second")


def test_a_rule_on_some_roads_and_classes_covers_both_at_once() -> None:
    one = Applies(channels=("sms", "visit"), classes=("pre_due", "marketing"))
    assert one.roads == {Channel.SMS}
    assert Applies().roads == set(Channel)
    assert one.purposes == {Purpose.REPAYMENT_REMINDER, Purpose.MARKETING}
    assert Applies(classes=("*", "otp")).purposes == set(Purpose)
    assert one.covers(Purpose.MARKETING, Channel.SMS)
    assert not one.covers(Purpose.MARKETING, Channel.EMAIL)
    assert not one.covers(Purpose.COLLECTION, Channel.SMS)
    assert Applies(channels=("*",), classes=("otp",)).covers(Purpose.OTP, Channel.WECHAT)
    assert {"mail", "social", "visit"} == OTHER_CHANNELS


@pytest.mark.parametrize(
    ("start", "end", "on", "holds"),
    [
        (None, None, date(1999, 1, 1), True),
        ("2026-09-24", None, "2026-09-23", False),
        ("2026-09-24", None, "2026-09-24", True),
        (None, "2026-09-24", "2026-09-24", True),
        (None, "2026-09-24", "2026-09-25", False),
        ("2026-09-24", "2026-09-24", "2026-09-24", True),
        ("2026-09-20", "2026-09-24", "2026-10-01", False),
        ("2026-09-25", "2026-09-26", "2026-09-24", False),
    ],
)
def test_a_rule_binds_from_its_first_day_to_its_last(start: Any, end: Any, on: Any, holds: bool) -> None:
    dates = {name: day and date.fromisoformat(day) for name, day in (("from", start), ("to", end))}
    one = evolve(ours("length", max_chars=70), effective_from=dates["from"], effective_to=dates["to"])
    day = on if isinstance(on, date) else date.fromisoformat(on)
    assert one.in_force(day) == holds
    assert bool(RulePack.of([one], jurisdiction="CN", on=day).rules) == holds
    assert RulePack.of([one], jurisdiction="CN").rules == (one,)


@pytest.mark.parametrize(
    ("severity", "params", "warns", "shown"),
    [
        (Severity.BLOCK, {}, False, "block"),
        (Severity.DEFER, {}, False, "defer"),
        (Severity.WARN, {}, True, "warn"),
        (Severity.BLOCK, {"status": "pending"}, True, "warn"),
        (Severity.DEFER, {"status": "in_force"}, False, "defer"),
    ],
)
def test_a_rule_that_is_only_announced_warns(
    severity: Severity, params: dict[str, Any], warns: bool, shown: str
) -> None:
    one = evolve(ours("length", max_chars=70, **params), severity=severity)
    assert (one.warns, one.reason("told").severity) == (warns, shown)
    assert one.pending == (params.get("status") == "pending")
    assert RulePack.of([one], jurisdiction="CN").bound[0].warns == warns


@pytest.mark.parametrize(
    ("rule_of", "asked", "region", "binds"),
    [
        ("*", "CN", None, True),
        ("US", "US", None, True),
        ("US", "US-MA", None, True),
        ("US-MA", "US-MA", None, True),
        ("US-MA", "US-NY", None, False),
        ("US-MA", "US", None, False),
        ("US-MA", "US", "", False),
        ("US-MA", "US", "MA", True),
        ("US-MA", "US", "US-MA", True),
        ("US-MA", "US", "NY", False),
        ("CA", "US", "CA", False),
        ("US-CA", "CA", "CA", False),
        ("US-CA-1", "US-CA-1", None, True),
        ("CN", "US", "MA", False),
    ],
)
def test_a_rule_reaches_its_own_place_and_no_other(
    rule_of: str, asked: str, region: str | None, binds: bool
) -> None:
    assert evolve(ours("length", max_chars=70), jurisdiction=rule_of).binds(asked, region) == binds


def test_a_reason_says_what_the_rule_says_and_the_detail_after_it() -> None:
    one = ours("length", max_chars=70)
    told = one.reason("too_long", "(71)", "（71）")
    assert (told.message, told.message_zh, told.rule_id) == ("Ours. (71)", "本机构规则。（71）", "OURS")
    assert one.reason("x").message == "Ours."
    assert one.outside_hours.code == "outside_hours"
    assert Override("borrower_choice").needs_reason is True


# A pack as a whole.


def test_a_pack_is_named_placed_and_has_rules() -> None:
    assert pack(MINE).jurisdiction == "CN"
    told = "mine.toml: name and jurisdiction: expected both"
    assert refused(MINE, name=" ") == told
    assert refused(MINE, jurisdiction="") == told
    assert "one [[rules]] table per rule" in refused()
    assert "one [[rules]] table per rule" in refused(MINE, rules=[MINE, 3])
    assert "unknown keys colour" in refused(MINE, colour="red")


@pytest.mark.parametrize("lacking", ["citation", "message_en", "message_zh"])
def test_a_rule_without_source_or_words_is_told_by_its_id_or_its_place(lacking: str) -> None:
    assert refused(MINE | {lacking: ""}) == "mine.toml: MINE-1: expected a citation and both messages"
    nameless = {name: value for name, value in MINE.items() if name != "id"}
    assert "mine.toml: rule 2" in refused(MINE, nameless)


@pytest.mark.parametrize(("of", "taken"), [("CN", True), ("*", True), ("CN-SH", True), ("US", False)])
def test_a_rule_of_another_country_is_refused_and_not_left_asleep(of: str, taken: bool) -> None:
    if taken:
        assert pack(MINE | {"jurisdiction": of}).rules[0].jurisdiction == of
    else:
        assert "a rule of US in a pack of CN would bind nobody" in refused(MINE | {"jurisdiction": of})


def test_two_rules_of_one_id_are_not_in_force_on_one_day() -> None:
    until = MINE | {"effective_to": date(2026, 6, 30)}
    since = MINE | {"effective_from": date(2026, 7, 1)}
    assert len(pack(until, since).rules) == len(pack(since, until).rules) == 2
    between = MINE | {"effective_from": date(2026, 1, 1), "effective_to": date(2026, 12, 31)}
    for one, other in ((until, between), (between, since), (since, MINE), (MINE, MINE)):
        assert "two rules of this id are in force at once" in refused(one, other)
    assert "MINE-1: two rules" in refused(until, MINE | {"id": "MINE-2"}, since, between)


def test_a_lender_replaces_house_rules_by_house_rules_that_leave_no_gap() -> None:
    taken: dict[str, Any] = {"include": ["general"]}
    house = next(
        one for one in pack(MINE, **taken).rules if one.authority is Authority.HOUSE and one.id != "MINE-1"
    )
    law = next(one for one in pack(MINE, include=["CN/law"]).rules if one.authority is Authority.LAW)
    mine = MINE | {"id": house.id}
    found = [one for one in pack(mine, **taken).rules if one.id == house.id]
    assert [one.message_en for one in found] == ["Ours."]
    assert "only a house rule may be replaced" in refused(mine | {"authority": "law"}, **taken)
    assert "only a house rule may be replaced" in refused(MINE | {"id": law.id}, include=["CN/law"])
    later = mine | {"effective_from": DAY}
    assert "ours would be gone before yours begins" in refused(later, **taken)
    before = mine | {"effective_to": date(2026, 9, 23)}
    assert sum(one.id == house.id for one in pack(later, before, **taken).rules) == 2


def test_a_part_named_twice_or_taken_in_by_a_part_is_there_once() -> None:
    once, twice = pack(include=["general"]), pack(include=["general", "general"])
    assert [one.id for one in once.rules] == [one.id for one in twice.rules]
    whole = RulePack.load("CN")
    assert {one.id for one in pack(include=["CN"]).rules} == {one.id for one in whole.rules}
    assert "expected the name of a shipped pack or part" in refused(include=["CN/nothing"])


@pytest.mark.parametrize(
    ("head", "unread"),
    [
        ({}, False),
        ({"unreviewed": True}, True),
        ({"include": ["GB"]}, True),
        ({"include": ["GB"], "reviewed_by": " "}, True),
        ({"include": ["GB"], "reviewed_by": "counsel 2026-09-01"}, False),
        ({"unreviewed": True, "reviewed_by": "counsel 2026-09-01"}, True),
    ],
)
def test_a_pack_is_read_by_a_lawyer_or_says_that_it_is_not(head: dict[str, Any], unread: bool) -> None:
    of = {"jurisdiction": "GB", **head}
    own = MINE | {"jurisdiction": "GB"}
    got = pack(own, **of)
    assert got.unreviewed == unread
    if unread:
        with pytest.raises(PackError, match="not reviewed by a lawyer of GB") as wrong:
            got.refuse_unverified()
        assert "GB 律师" in wrong.value.zh


def test_rules_from_memory_are_named_until_counsel_confirms_them() -> None:
    known, vague = MINE | {"verified": "V1"}, MINE | {"id": "MINE-2", "verified": "R"}
    third = MINE | {"id": "MINE-3", "verified": "R"}
    got = pack(known, vague, third)
    assert got.recalled == ("MINE-2", "MINE-3")
    with pytest.raises(PackError, match=r"not checked against a source: MINE-2, MINE-3\."):
        got.refuse_unverified()
    some = pack(known, vague, third, confirmed={"MINE-2": "counsel, 2026-09-01"})
    assert some.recalled == ("MINE-3",)
    every = pack(known, vague, third, confirmed={"MINE-2": "counsel", "MINE-3": "counsel"})
    every.refuse_unverified()
    ended = vague | {"effective_to": date(2026, 9, 23)}
    assert pack(known, ended, on=DAY).recalled == ()


def test_who_confirms_is_named_and_confirms_a_rule_that_is_there() -> None:
    told = "expected ids of rules in this pack, each with who checked it and when"
    assert refused(MINE, confirmed={"MINE-9": "counsel"}).endswith(f"{told} (MINE-9)")
    assert refused(MINE, confirmed={"MINE-1": " "}).endswith(f"{told} (empty)")


def test_a_strict_load_refuses_what_a_plain_one_takes() -> None:
    assert RulePack.load("GB").unreviewed
    assert not RulePack.load("CN").unreviewed
    for name in ("GB", "CN"):
        with pytest.raises(PackError, match=f"^{name} "):
            RulePack.load(name, strict=True)


def test_a_pack_serves_its_country_its_states_and_the_countries_it_names() -> None:
    got = pack(MINE, countries=["MO"])
    assert [got.serves(one) for one in ("CN", "CN-SH", "MO", "MO-1", "HK", "C")] == [True] * 4 + [False] * 2
    assert not got.reaches("HK")
    assert [got.home(one) for one in ("MO", "MO-1", "CN-SH", "HK-1")] == ["CN", "CN-1", "CN-SH", "HK-1"]
    everywhere = RulePack.of([ours("length", max_chars=70)], jurisdiction="*")
    assert everywhere.reaches("HK")
    assert not everywhere.serves("HK")


def test_a_pack_made_in_code_says_nothing_it_was_not_told() -> None:
    one = ours("length", max_chars=70)
    made = RulePack.of([one], jurisdiction="CN")
    assert (made.unreviewed, made.on, made.countries, dict(made.confirmed)) == (
        False,
        None,
        frozenset({"CN"}),
        {},
    )
    assert made.version.startswith("own ")
    assert made.version == RulePack.of([one], jurisdiction="CN", on=DAY).version
    second = evolve(one, id="THEIRS")
    turned = RulePack.of([second, one], jurisdiction="CN").version
    assert RulePack.of([one, second], jurisdiction="CN").version == turned != made.version
    with pytest.raises(PackError, match=r"^own: OURS: check\.params"):
        RulePack.of([ours("length", max_chars=0)], jurisdiction="CN")


def test_rules_stand_under_the_messages_they_look_at_law_before_house() -> None:
    one = evolve(ours("length", max_chars=70), applies=Applies(channels=("sms",), classes=("otp",)))
    law = evolve(one, id="LAW", authority=Authority.LAW)
    made = RulePack.of([one, law], jurisdiction="CN")
    assert [each.rule.id for each in made.for_kind(Purpose.OTP, Channel.SMS)] == ["OURS", "LAW"]
    assert made.for_kind(Purpose.OTP, Channel.VOICE) == made.for_kind(Purpose.RELAY, Channel.SMS) == ()
    assert [each.rank for each in made.bound] == [
        list(Authority).index(one) for one in (Authority.HOUSE, Authority.LAW)
    ]


def test_a_pack_is_found_by_country_state_or_file(tmp_path: Path) -> None:
    assert RulePack.load("US-MA") is RulePack.load("US")
    assert RulePack.load("UK").jurisdiction == "GB"
    assert RulePack.load("DE").jurisdiction == "EU"
    path = tmp_path / "US.toml"
    rule = 'id = "MINE-1"\njurisdiction = "CN"\nauthority = "house"\nseverity = "warn"\napplies = {}\n'
    rule += 'citation = "house"\nmessage_en = "Ours."\nmessage_zh = "本机构规则。"\n'
    rule += '[rules.check]\ntype = "suppression"\nparams = { flag = "hardship" }\n'
    path.write_text(f'name = "mine"\njurisdiction = "CN"\n[[rules]]\n{rule}', encoding="utf-8")
    for named in (path, str(path)):
        assert RulePack.load(named).version.startswith("mine ")
    assert read_pack(path)[0] == "US.toml"
    assert read_pack("DE") == ("pack EU", packaged_pack("EU"))
    for named in ("XX", "general", str(tmp_path / "US.json")):
        with pytest.raises(PackError, match=r"expected one of BR, CA, CN, .*or the path of a \.toml file"):
            RulePack.load(named)


def test_every_shipped_pack_serves_the_codes_its_head_names() -> None:
    assert list(packaged_names()) == sorted(packaged_names())
    assert {"general", "house"}.isdisjoint(packaged_names())
    for code, name in packaged_countries().items():
        head = packaged_pack(name)
        assert code == head["jurisdiction"] or code in head["countries"]
        assert RulePack.load(code).serves(code)
    assert packaged_countries()["UK"] == packaged_countries()["GB"] == "GB"


# Which check reads which parameters.


@pytest.mark.parametrize(
    ("check", "parameter", "kind"),
    [
        ("calendar_day", "year", calendar_data.PublishedPlan),
        ("calendar_day", "on_missing_year", calendar_data.MissingYear),
        ("calendar_day", "port", calendar_data.DatedCalendar),
        ("calendar_day", "deny_dates", windows.CalendarDay),
        ("recipient_role", "family", texts.Families),
        ("recipient_role", "allow", RecipientRoles),
        ("require_text", "any_of", phrases.CodeWords),
        ("require_text", "ends_with", phrases.LastLine),
        ("require_text", "elements", texts.RequireText),
        ("forbid_text", "families", texts.Families),
        ("forbid_text", "family", texts.Families),
        ("forbid_text", "regex", phrases.ForbiddenPhrase),
        ("forbid_text", "literal", phrases.ForbiddenPhrase),
        ("forbid_text", "allow", ContactLines),
        ("forbid_text", "allow_contacts", ContactLines),
        ("forbid_text", "mismatch", claims.Mismatch),
        ("forbid_text", "claim", claims.FalseClaim),
        ("claim_needs_fact", "families", texts.Families),
        ("claim_needs_fact", "family", texts.Families),
        ("claim_needs_fact", "facts", texts.NeedsFacts),
        ("link_policy", "families", texts.Families),
        ("link_policy", "family", texts.Families),
        ("link_policy", "require", LinkPolicy),
        ("channel_ban", "ban", ChannelBan),
        ("scope", "required_for_send", scope.RequiredInputs),
        ("scope", "recheck", scope.AskedAgain),
        ("scope", "counter_key", scope.CountedTogether),
        ("scope", "content_check", scope.UnknownParty),
        ("scope", "strict_mode", scope.Unverified),
        ("scope", "reg_f", scope.WhoseRules),
    ],
)
def test_a_parameter_tells_which_question_a_rule_asks(check: str, parameter: str, kind: type) -> None:
    assert class_of(CheckSpec(check, {parameter: "x"})) is kind
    assert class_of(CheckSpec(check, {"note": "x", parameter: "x"})) is kind


@pytest.mark.parametrize(
    ("what", "kind"),
    [
        ("signature_format", SignatureFormat),
        ("route_class", routes.RouteClass),
        ("industry_acceptance", routes.IndustryAcceptance),
        ("route_content", routes.RouteContent),
        ("collection_vendor_registry", VendorRegistry),
        ("sender_number", Registration),
        (["route_class"], Registration),
    ],
)
def test_what_is_registered_tells_which_question_a_rule_asks(what: object, kind: type) -> None:
    assert class_of(CheckSpec("registration", {"what": what})) is kind
    assert class_of(CheckSpec("scope", {"what": what})) is RequiredInputs


def test_the_types_of_check_are_these_and_no_other() -> None:
    assert " ".join(sorted(TYPES)) == (
        "calendar_day cap channel_ban charset claim_needs_fact cooldown forbid_text inbound_keywords length "
        "link_policy mask preview recipient_role registration require_consent require_text retention_max "
        "retention_min scope suppression template_ast window"
    )
    with pytest.raises(PackError, match=r"^here: check\.type: expected one of window, calendar_day, cap"):
        check_of(CheckSpec("telepathy"), "here")


@pytest.mark.parametrize(
    ("check", "params", "told"),
    [
        ("window", {"allow": [{"days": "mon", "from": 9, "to": "10:00"}]}, 'time of day such as "09:00"'),
        (
            "window",
            {"allow": [{"days": "mon", "from": "9 Uhr", "to": "10:00"}]},
            'time of day such as "09:00"',
        ),
        ("window", {"allow": [{"days": "mon", "start": "09:00", "to": "10:00"}]}, "unknown keys start"),
        (
            "window",
            {"allow": [{"days": "holidays", "from": "09:00", "to": "10:00", "on": "off"}]},
            "days off already",
        ),
        ("suppression", {"flag": "hardship", "exceptions": ["x"]}, "unknown keys exceptions"),
        ("suppression", {"flag": "hardship", "loud": True}, "unknown keys loud"),
        ("length", {"max_chars": 70, "loud": True}, "unknown keys loud"),
        ("length", {"max_chars": "70"}, "whole number"),
    ],
)
def test_a_parameter_nobody_reads_is_told_by_its_name(check: str, params: dict[str, Any], told: str) -> None:
    with pytest.raises(PackError, match=r"^here: check\.params: ") as wrong:
        check_of(CheckSpec(check, params), "here")
    assert told in str(wrong.value)


def test_words_and_flags_are_read_as_they_are_written() -> None:
    def read(check: str, **params: Any) -> Any:
        return check_of(CheckSpec(check, params), "here")

    assert read("registration", what="sender").named == ("sender",)
    assert read("registration", what=["sender", "brand"]).named == ("sender", "brand")
    assert read("mask", field="phone", never=True).never is True
    assert read("mask", field="phone", never=["cvv"]).never == ("cvv",)
    assert read("suppression", flag="hardship", **{"except": ["court_order"]}).exceptions == ("court_order",)
    assert read("length", max_chars=70, status="pending").max_chars == 70
    assert read("window", source="consumer_designations", status="pending").status == "pending"


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("mon", {0}),
        ("MON-Wed", {0, 1, 2}),
        ("sat, sun", {5, 6}),
        ("sun-mon", {6, 0}),
        ("sun-sat", {0, 1, 2, 3, 4, 5, 6}),
        ("fri-tue,thu", {4, 5, 6, 0, 1, 3}),
    ],
)
def test_days_run_over_the_end_of_the_week(text: str, days: set[int]) -> None:
    assert weekdays(text) == days


@pytest.mark.parametrize("text", ["", "mon-", "-mon", "someday", "mon-someday", "mon;tue"])
def test_a_weekday_nobody_knows_is_refused(text: str) -> None:
    if text == "mon-":
        assert weekdays(text) == {0}
    else:
        with pytest.raises(ValueError, match="mon-fri or sat,sun"):
            weekdays(text)


# What changed, for who signs.


def test_a_field_that_changed_is_told_with_what_it_was() -> None:
    one = ours("length", max_chars=70)
    other = evolve(one, check=CheckSpec("length", {"max_chars": 71}), message_en="Theirs.")
    before, after = (RulePack.of([each], jurisdiction="CN") for each in (one, other))
    told = diff_packs(before, after)
    assert {(each.rule_id, each.name) for each in told.changed} == {("OURS", "check"), ("OURS", "message_en")}
    words = next(each for each in told.changed if each.name == "message_en")
    assert (words.before, words.after) == ("Ours.", "Theirs.")
    assert (told.added, told.removed, told.same) == ((), (), False)
    assert diff_packs(before, before).changed == ()


ROLES_OF_SOURCES = "spouse parent_of_minor guardian executor attorney creditor bureau_if_lawful"


@pytest.mark.parametrize(
    ("check", "params"),
    [
        ("window", {"source": "consumer_designations", "channels": [*Channel, *OTHER_CHANNELS, "whatsapp"]}),
        (
            "cap",
            {
                "key": ["debtor"],
                "limits": [{"count": 1, "period": {"kind": "rolling"}, "classes": list(CLASSES)}],
                "exclude": [
                    "not_connected",
                    "attorney_creditor_bureau",
                    "misdirected_number",
                    "prior_consent_7_days",
                ],
            },
        ),
        ("suppression", {"flags": sorted(SUPPRESSIONS | LIFE_EVENTS)}),
        (
            "link_policy",
            {
                "require": [
                    "https",
                    "host_in_link_allowlist",
                    "template_fixed",
                    "icp_filed_host",
                    "constant_url",
                ],
                "forbid": [
                    "variable_link",
                    "redirect",
                    "short_link",
                    "ip_host",
                    "punycode",
                    "look_alike",
                    "userinfo",
                    "port",
                    "apk",
                    "debt_revealing_query_token",
                ],
            },
        ),
        (
            "forbid_text",
            {
                "allow_contacts": ["mobile_number", "landline", "400", "95"],
                "forbid": [
                    "mobile_number",
                    "qq",
                    "wechat",
                    "group_number",
                    "personal_messenger",
                    "personal_account",
                    "unlisted_phone",
                ],
            },
        ),
        (
            "recipient_role",
            {
                "allow": [*RecipientRole, *ROLES_OF_SOURCES.split()],
                "forbid": [
                    "minor_unless_debtor",
                    "elderly_unless_debtor",
                    "workplace_without_reason",
                    "poster",
                    "demand_on_others",
                    "humiliation",
                    "harassment",
                ],
            },
        ),
        (
            "scope",
            {
                "required_for_send": [
                    "jurisdiction",
                    "message_class",
                    "provider",
                    "recipient_role",
                    "party",
                    "zones",
                ],
            },
        ),
        (
            "preview",
            {"chars": 1, "hide": ["amount", "balance", "delay", "debt_word"], "modes": ["strict", "full"]},
        ),
        ("forbid_text", {"families": list(FAMILIES)}),
        ("require_text", {"elements": sorted(ELEMENTS)}),
        (
            "template_ast",
            {"forbid": ["all_variable_template", "adjacent_variables"], "require": ["scene_in_fixed_text"]},
        ),
        ("length", {"max_chars": 1, "includes": ["signature", "values"]}),
        (
            "registration",
            {
                "what": "route_class",
                "forbid": ["marketing_on_notice_port", "marketing_on_notice_template"],
            },
        ),
        (
            "require_consent",
            {"kind": "express", "record": ["text_version", "time", "scope", "source", "evidence"]},
        ),
        ("mask", {"fields": list(KINDS)}),
    ],
)
def test_a_rule_may_name_every_word_there_is(check: str, params: dict[str, Any]) -> None:
    words = {
        name: [str(one) for one in given] if isinstance(given, list) and name != "limits" else given
        for name, given in params.items()
    }
    assert check_of(CheckSpec(check, words), "here") is not None
