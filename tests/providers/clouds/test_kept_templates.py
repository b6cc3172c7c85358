"""Which of the gateway's templates stands for which of ours: one format, for clouds and for declared gateways."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest
from tests.providers.clouds.test_conformance import aliyun

from loansms.errors import ConfigurationError, UnsupportedByProvider
from loansms.privacy import Secret
from loansms.providers.declared import DeclaredCodec
from loansms.providers.wire.kept_templates import KeptTemplates
from loansms.testing.examples import AT, message

MAP = """
"care.birthday" = "ST_1"
"reminder.due_in_3" = { zh-CN = "ST_2", en = { code = "ST_3", params = ["due_on"] } }
"reminder.due_in_7" = { code = "ST_4", params = { money = "amount_due", day = "due_on" }, sign = "安信示例" }
"""
SLOTS = {"amount_due": Secret("100.00"), "due_on": Secret("9-27")}


def test_a_file_of_a_cloud_is_the_table_of_a_declared_gateway(tmp_path: Path) -> None:
    path, own = tmp_path / "templates.toml", tmp_path / "gateway.toml"
    path.write_text(MAP, encoding="utf-8")
    own.write_text(
        'use = "volcengine"\n[settings]\naccount = "a"\n[secrets]\naccess_key_id = "I"\n[templates]' + MAP,
        encoding="utf-8",
    )
    environ = {"I": "i", "VOLCENGINE_SECRET_ACCESS_KEY": "s"}
    kept, codec = KeptTemplates.load(path), DeclaredCodec.load(own, environ=environ)
    assert codec.declaration.templates == kept == KeptTemplates.of(tomllib.loads(MAP))
    given: Any = DeclaredCodec.load(own, environ=environ, templates={"care.birthday": "ST_9"})
    assert given.declaration.templates.find("care.birthday", "en").code == "ST_9"
    assert given.declaration.templates.find("reminder.due_in_3", "en").code == "ST_3"
    told = message(template="reminder.due_in_7", slots=SLOTS)
    body = codec.build_request(told, now=AT, nonce="n").body.decode()
    assert '"TemplateParam":"{\\"money\\":\\"100.00\\",\\"day\\":\\"9-27\\"}"' in body
    assert '"Sign":"安信示例"' in body


@pytest.mark.parametrize(
    ("template", "locale", "code", "values"),
    [
        ("care.birthday", "fr", "ST_1", ["100.00", "9-27"]),
        ("reminder.due_in_3", "zh-CN", "ST_2", ["100.00", "9-27"]),
        ("reminder.due_in_3", "en", "ST_3", ["9-27"]),
        ("reminder.due_in_7", "en", "ST_4", ["100.00", "9-27"]),
    ],
)
def test_a_template_is_found_by_language_then_for_every_language(
    template: str, locale: str, code: str, values: list[str]
) -> None:
    told = message(template=template, locale=locale, slots=SLOTS)
    kept = KeptTemplates.of(tomllib.loads(MAP)).of_message(told, "cloud")
    assert (kept.code, list(kept.values(told).values())) == (code, values)


def test_a_language_nobody_mapped_is_refused() -> None:
    kept = KeptTemplates.of(tomllib.loads(MAP))
    with pytest.raises(UnsupportedByProvider, match="zh-Hant"):
        kept.of_message(message(template="reminder.due_in_3", locale="zh-Hant"), "cloud")
    assert aliyun().templates.find("reminder.due_in_3", "en") is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('title = "x"', "title: expected the name of a template"),
        ('"reminder.due_in_3/en" = "x"', "expected the name of a template"),
        ("[reminder.due_in_3.zh-CN]\ncode = 'x'", "reminder: expected the name of a template in quotes"),
        ('"a.b" = { cod = "x" }', "cod"),
        ('"a.b" = { code = "x", slots = ["y"] }', "slots"),
        ('"a.b" = { zh-CN = { names = { y = "z" } } }', "a.b.zh-CN"),
        ('"a.b" = 7', "a.b: expected the gateway's code"),
        ('"a.b" = ""', "code: expected the gateway's code"),
        ('"a.b" = { code = "x", params = [1] }', "params"),
        ('"a.b" = { code = "x", params = "y" }', "params"),
        ('"a.b" = {}', "code"),
    ],
)
def test_what_is_no_map_is_named(text: str, expected: str) -> None:
    with pytest.raises(ConfigurationError, match=expected) as wrong:
        KeptTemplates.of(tomllib.loads(text), "mine.toml")
    assert "mine.toml" in str(wrong.value)


def test_a_declared_gateway_takes_no_cards() -> None:
    with pytest.raises(ConfigurationError, match="card"):
        DeclaredCodec.load(
            "yunpian",
            environ={"YUNPIAN_APIKEY": "k"},
            templates={"a.b": {"code": "x", "card": "CARD_1"}},
        )
