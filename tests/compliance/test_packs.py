"""A pack is data that a lawyer reads and that no mistake gets into."""

import re
from datetime import date
from pathlib import Path

import pytest
from holidays import country_holidays

from loansms.calendars import spring_festival
from loansms.compliance import Authority, RulePack
from loansms.compliance.files import packaged_names, packaged_pack
from loansms.errors import PackError

HEAD = 'name = "mine"\njurisdiction = "CN"\n'
RULE = """
[[rules]]
id = "MINE-1"
jurisdiction = "CN"
authority = "house"
severity = "block"
applies = { channels = ["*"], classes = ["collection"], recipient_roles = ["*"], party = "any" }
check = { type = "suppression", params = { flag = "hardship" } }
citation = "house"
message_en = "Ours."
message_zh = "本机构规则。"
"""


def swapped(kind: str, params: str) -> str:
    return RULE.replace("suppression", kind).replace('flag = "hardship"', params)


def write(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "mine.toml"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize("name", packaged_names())
def test_every_shipped_rule_has_a_source_and_both_messages(name: str) -> None:
    for rule in RulePack.load(name).rules:
        assert rule.citation, rule.id
        assert rule.message_en.endswith("."), rule.id
        assert rule.message_zh.endswith("。"), rule.id
        assert rule.verified in {"V1", "V2", "R"} or rule.authority is Authority.HOUSE, rule.id
        if "HOUSE" in rule.id:
            assert rule.authority is Authority.HOUSE, rule.id


def test_every_rule_of_the_reference_is_in_a_pack() -> None:
    ids = (Path(__file__).parent / "rule_ids.txt").read_text(encoding="utf-8").split()
    shipped = {rule.id for name in packaged_names() for rule in RulePack.load(name).rules}
    assert [one for one in ids if one not in shipped] == []


def test_the_layers_of_china_hold_the_rules_of_their_own_authority() -> None:
    layers = {
        "law": {Authority.LAW, Authority.REGULATION},
        "standard": {Authority.REC_STANDARD},
        "self_regulation": {Authority.SELF_REG},
        "carriers": {Authority.CARRIER},
        "acceptance": {Authority.PROVIDER},
        "house": {Authority.HOUSE},
    }
    for layer, authorities in layers.items():
        listed = packaged_pack(f"CN/{layer}")["rules"]
        assert {Authority(one["authority"]) for one in listed} <= authorities, layer


def test_ids_are_unique_and_versions_pin_the_content(tmp_path: Path) -> None:
    for name in packaged_names():
        ids = [rule.id for rule in RulePack.load(name).rules]
        assert len(ids) == len(set(ids))
    first = RulePack.load(write(tmp_path, HEAD + RULE)).version
    second = RulePack.load(write(tmp_path, HEAD + RULE.replace("hardship", "deceased"))).version
    assert first != second
    assert re.fullmatch(r"mine [0-9a-f]{12}", first)


def test_rules_are_in_force_on_their_days_alone() -> None:
    before, after = date(2026, 4, 30), date(2026, 5, 1)
    assert "CN-SMS-01" not in {rule.id for rule in RulePack.load("CN", on=before).rules}
    assert "CN-SMS-01" in {rule.id for rule in RulePack.load("CN", on=after).rules}
    assert "US-TCPA-ALL" not in {rule.id for rule in RulePack.load("US", on=date(2027, 1, 30)).rules}
    assert "US-TCPA-ALL" in {rule.id for rule in RulePack.load("US", on=date(2027, 1, 31)).rules}


def test_a_users_file_of_the_same_shape_loads_and_may_take_in_the_shipped_wording(tmp_path: Path) -> None:
    alone = RulePack.load(write(tmp_path, HEAD + RULE))
    assert [rule.id for rule in alone.rules] == ["MINE-1"]
    joined = RulePack.load(write(tmp_path, HEAD + 'include = ["general"]\n' + RULE))
    assert "FAM-violence_threat" in {rule.id for rule in joined.rules}


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (RULE.replace('"suppression"', '"telepathy"'), "mine.toml: MINE-1: check.type"),
        (RULE.replace('flag = "hardship"', 'flag = "hardship", loud = true'), "unknown keys loud"),
        (RULE.replace('"collection"', '"nagging"'), "classes"),
        (RULE.replace('"block"', '"stop"'), "block, defer, warn"),
        (RULE.replace('citation = "house"', 'citation = ""'), "citation"),
        (RULE.replace('message_zh = "本机构规则。"', ""), "message_zh"),
        (RULE + RULE, "MINE-1: two rules"),
        (RULE.replace("suppression", "cap").replace('flag = "hardship"', "count = 1"), "MINE-1"),
        (
            RULE.replace("suppression", "window").replace(
                'flag = "hardship"', 'allow = [{ days = "mon-noday", from = "09:00", to = "10:00" }]'
            ),
            "weekdays",
        ),
        (
            RULE.replace("suppression", "window").replace(
                'flag = "hardship"', 'allow = [{ days = "mon-fri", from = "9 Uhr", to = "10:00" }]'
            ),
            "time of day",
        ),
        (swapped("forbid_text", 'regex = "("'), "regular expression"),
        (swapped("charset", 'forbid = ["smoke signals"]'), "single signs"),
        (swapped("mask", 'field = "shoe_size"'), "phone"),
        (swapped("link_policy", 'forbid = ["long_link"]'), "short_link"),
        (swapped("link_policy", 'providers = ["aliyun_cn"]'), "max_links"),
        (swapped("retention_min", "years = 0"), "above zero"),
        (swapped("template_ast", 'forbid = ["ugly"]'), "adjacent_variables"),
        (swapped("preview", 'chars = 60, hide = ["name"]'), "debt_word"),
        (swapped("inbound_keywords", 'set = [" "]'), "STOP"),
        (swapped("forbid_text", 'claim = "honesty"'), "limited_content_message"),
        (swapped("forbid_text", 'allow = "everybody"'), "contact_allowlist"),
        (swapped("registration", 'what = "route_class", forbid = ["fun"]'), "marketing_on_notice_port"),
        (swapped("scope", 'required_for_send = ["luck"]'), "jurisdiction"),
        (swapped("length", "max_chars = 0"), "above zero"),
        (swapped("require_text", 'any_of = [" "]'), "any_of"),
        (swapped("channel_ban", "ban = []"), "kinds of address"),
        ("rules = 3", "[[rules]]"),
        ('include = ["nothing"]' + RULE, "include"),
    ],
)
def test_a_wrong_pack_is_one_line_that_names_the_place(tmp_path: Path, text: str, told: str) -> None:
    with pytest.raises(PackError) as wrong:
        RulePack.load(write(tmp_path, HEAD + text))
    assert told in str(wrong.value)
    assert "mine.toml" in str(wrong.value)
    assert "\n" not in str(wrong.value)


def test_an_unknown_pack_or_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(PackError, match="CN, EU"):
        RulePack.load("XX")
    with pytest.raises(PackError, match="no such file"):
        RulePack.load(tmp_path / "gone.toml")


def test_the_lunar_new_year_of_the_house_rule_agrees_with_the_holiday_library() -> None:
    for year in range(2024, 2028):
        named = [on for on, name in country_holidays("SG", years=year).items() if name == "Chinese New Year"]
        assert spring_festival(year) == min(named)
