"""A gateway's profile is a file a lender can read, trust and write: every line sourced, every slip named."""

from __future__ import annotations

from pathlib import Path

import pytest
from attrs import asdict
from hypothesis import given
from hypothesis import strategies as st

from loansms.errors import ConfigurationError
from loansms.templates import Acceptance, Catalogue, Taking, lint
from loansms.templates.acceptance import find, shipped
from loansms.templates.acceptance_terms import Kind, Mark, Sourced

SECTION = 'source = "the contract"\nmark = "house"\n'
TAKES = f'[content]\ncode = "taken"\nnotice = "taken"\nreminder = "taken"\ncollection = "contract"\npromotion = "ask"\n{SECTION}'


def own(root: Path, text: str, name: str = "my-gateway.toml") -> Path:
    path = root / name
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize("name", [one for one in shipped() if one != "none"])
def test_every_line_of_a_shipped_profile_says_where_it_stands(name: str) -> None:
    profile = shipped()[name]
    lines = [
        one for key in asdict(profile, recurse=False) if isinstance(one := getattr(profile, key), Sourced)
    ]
    assert profile.content is not None
    assert all((profile.title, profile.title_zh, profile.market, profile.locales))
    assert all(len(one.source) > 10 and one.mark in Mark for one in [*lines, *profile.rates])


def test_no_two_profiles_answer_to_one_name() -> None:
    names = [name for one in shipped().values() for name in (one.name, *one.aliases)]
    assert len(names) == len(set(names))


@pytest.mark.parametrize(
    ("spelt", "name"),
    [("aliyun_cn", "aliyun"), ("Aliyun-CN", "aliyun"), ("TENCENT", "tencent"), ("direct_carrier", "direct"),
     ("huawei_cn", "huawei"), ("10dlc", "us_10dlc"), ("us-10dlc", "us_10dlc")],
)  # fmt: skip
def test_a_gateway_is_known_by_the_names_people_write(spelt: str, name: str) -> None:
    assert Acceptance.named(spelt).name == name


def test_a_profile_of_ones_own_is_a_file_a_path_or_a_value(tmp_path: Path) -> None:
    path = own(tmp_path, TAKES)
    loaded = Acceptance.load(path)
    assert (loaded.name, loaded.length) == ("my-gateway", None)
    assert Acceptance.named(path) == Acceptance.named(str(path)) == Acceptance.named(loaded) == loaded
    assert lint(Catalogue.builtin(), profile=path) == lint(Catalogue.builtin(), profile=str(path)) == []


def test_a_finance_contract_keeps_the_form_and_changes_the_content(tmp_path: Path) -> None:
    path = own(tmp_path, f'extends = "aliyun"\n{TAKES}[length]\nmax_chars = 60\n{SECTION}')
    contract, cloud = Acceptance.load(path), Acceptance.named("aliyun")
    assert contract.content is not None
    assert contract.length is not None
    assert contract.content.collection is Taking.CONTRACT
    assert (contract.length.max_chars, contract.length.source) == (60, "the contract")
    assert (contract.code, contract.hours, contract.locales) == (cloud.code, cloud.hours, cloud.locales)
    rules = {one.rule for one in lint(Catalogue.builtin(), path)}
    assert "content_refused" not in rules
    assert "too_long" in rules


def test_one_own_file_may_build_on_another(tmp_path: Path) -> None:
    own(tmp_path, f'extends = "huawei"\n{TAKES}', "group.toml")
    branch = Acceptance.load(own(tmp_path, f'extends = "group"\n[length]\nmax_chars = 70\n{SECTION}'))
    assert branch.content is not None
    assert branch.length is not None
    assert branch.variables is not None
    assert (branch.content.code, branch.length.max_chars) == (Taking.TAKEN, 70)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("length = 3", "length: expected a section [length]"),
        ('locales = "zh-CN"', "locales: expected a list"),
        ("[lenght]\nmax_chars = 5", "unknown keys lenght"),
        (f'[length]\nmax_chars = "5"\n{SECTION}', "expected a whole number at .length.max_chars"),
        (f"[length]\nmax_chars = 0\n{SECTION}", "max_chars: expected 1 or more at .length"),
        ('[length]\nmax_chars = 5\nmark = "V1"', "missing key 'source' at .length.source"),
        ('[length]\nmax_chars = 5\nmark = "V1"\nsource = " "', "source: expected where this is written"),
        ('[length]\nmax_chars = 5\nsource = "x"\nmark = "V9"', "expected one of V1, V2, R, house at .length.mark"),
        (TAKES.replace('"ask"', '"maybe"'), "expected one of taken, contract, ask, refused at .content.promotion"),
        (f"[code]\nmax_digits = 6\n{SECTION}", "min_digits, max_digits: expected both or neither"),
        (f"[code]\nmin_digits = 8\nmax_digits = 6\n{SECTION}", "min_digits: expected at least 1 and at most"),
        (f'[hours]\nfrom = "22:00"\nto = "08:00"\napplies = ["code"]\n{SECTION}', "expected times such as 08:00"),
        (f'[promotion_opt_out]\ndemand = "required"\nexact = true\n{SECTION}', "text: expected the exact words"),
        (f'[[rates]]\napplies = ["code"]\nper = "number"\nlimits = [{{ count = 1 }}]\n{SECTION}', "one of seconds"),
        ('market = "China"', "market: expected a country such as CN"),
        ('extends = "gmail"', "extends: expected a shipped profile or the name of a file beside this one"),
        ('extends = "my-gateway"', "extends: expected a shipped profile"),
        ('extends = "../../secret"', "extends: expected a shipped profile"),
        ("[content", "expected TOML in UTF-8"),
    ],
)  # fmt: skip
def test_a_slip_in_ones_own_file_is_named_by_file_and_key(tmp_path: Path, text: str, told: str) -> None:
    with pytest.raises(ConfigurationError) as raised:
        Acceptance.load(own(tmp_path, text))
    assert str(raised.value).startswith("my-gateway.toml: ")
    assert told in str(raised.value)
    assert "\n" not in str(raised.value)
    assert raised.value.zh.startswith("my-gateway.toml：")


def test_files_that_build_on_each_other_are_a_slip_and_no_endless_loop(tmp_path: Path) -> None:
    own(tmp_path, 'extends = "second"', "first.toml")
    own(tmp_path, 'extends = "first"', "second.toml")
    with pytest.raises(ConfigurationError, match="extends: expected a shipped profile"):
        Acceptance.load(tmp_path / "first.toml")


def test_a_missing_file_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"my-gateway\.toml: no such file"):
        lint(Catalogue.builtin(), profile=str(tmp_path / "my-gateway.toml"))


@given(st.text())
def test_no_name_is_taken_for_a_gateway_by_accident(name: str) -> None:
    found = find(name)
    known = {
        one.replace("_", "") for profile in shipped().values() for one in (profile.name, *profile.aliases)
    }
    plain = "".join(name.casefold().split()).replace("_", "").replace("-", "")
    assert found is None or any(plain in {one, f"{one}cn"} for one in known)


def test_a_content_nobody_knows_of_is_told_as_a_question_not_as_a_yes() -> None:
    asked = Acceptance.named("volcengine").content
    assert asked is not None
    assert {asked.of(kind) for kind in Kind} == {Taking.ASK}


def test_a_profile_that_names_no_language_is_asked_of_all(tmp_path: Path) -> None:
    path = own(tmp_path, f"[length]\nmax_chars = 20\n{SECTION}")
    told = {one.locale for one in lint(Catalogue.builtin(), path) if one.rule == "too_long"}
    assert told == {"zh-CN", "zh-Hant", "en"}


def test_a_refusal_without_another_way_says_so(tmp_path: Path) -> None:
    path = own(tmp_path, TAKES.replace('notice = "taken"', 'notice = "refused"'))
    [one] = lint(Catalogue.builtin(), path)
    assert one.rule == "content_refused"
    assert one.message.endswith("none that is known here")
    assert one.message_zh.endswith("暂无已知通道")
