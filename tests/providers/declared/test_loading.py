"""What whoever writes a declaration is told when it is wrong: one line, the file, the key, what was expected."""

from __future__ import annotations

import copy
import re
import tomllib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from loansms.errors import ConfigurationError
from loansms.model import Accepted
from loansms.privacy import Secret
from loansms.providers.codec import (
    BalanceCodec,
    BatchCodec,
    CallbackCodec,
    HttpResponse,
    LookupCodec,
    PullCodec,
)
from loansms.providers.declared import DeclaredCodec, shipped
from loansms.providers.declared.checks import check
from loansms.providers.declared.files import declaration
from loansms.providers.declared.reading import read
from loansms.testing.examples import AT, message

GOOD = """
name = "house"
channels = ["sms"]
[settings]
url = "https://gateway.example"
[secrets]
key = "HOUSE_KEY"
[auth]
kind = "digest"
algorithm = "md5"
over = ["{fields:sorted}", "{secret:key}"]
field = "sign"
[send]
url = "{setting:url}/sms"
[send.fields]
to = "{phone}"
text = "{text_signed}"
[send.answer]
success = "code"
accepted = ["0"]
message_id = "id"
"""
RECEIPTS = """
[callback]
guards = [{ kind = "path", secrets = ["key"] }]
[[callback.reports]]
kind = "receipt"
message_id = "id"
status = "state"
at = "time"
"""


@pytest.fixture(name="folder")
def _folder(tmp_path: Path) -> Path:
    return tmp_path


def load(folder: Path, text: str, **given: object) -> DeclaredCodec:
    path = folder / "house.toml"
    path.write_text(text, encoding="utf-8")
    return DeclaredCodec.load(path, environ={"HOUSE_KEY": "a-long-random-word"}, **given)


def change(old: str, new: str, whole: str = GOOD + RECEIPTS) -> str:
    assert old in whole
    return whole.replace(old, new, 1)


@pytest.mark.parametrize(
    ("text", "key", "expected"),
    [
        (change('name = "house"', 'name = "sandbox"'), "name", "not sandbox or spool"),
        (change('name = "house"', 'name = "House 1"'), "name", "small letters"),
        (change('["sms"]', "[]"), "channels", "at least one"),
        (change('["sms"]', '["fax"]'), "channels", "expected one of sms"),
        (change("[send]\n", "[send]\nretries = 3\n"), "send", "unknown keys retries"),
        (change("{phone}", "{phonne}"), "send", "did you mean {phone}"),
        (change("{phone}", "{provider_message_id}"), "send.fields", "cannot stand here"),
        (change("{phone}", "{phone"), "send", "lone brace"),
        (change("{phone}", "{timestamp:%A}"), "send", "expected unix"),
        (change("{phone}", "{slots:xml}"), "send", "{slots:json}"),
        (change("{phone}", "{{__import__('os')}"), "send", "lone brace"),
        (change("{setting:url}/sms", "{secret:key}/sms"), "send.url", "cannot stand here"),
        (change("https://gateway", "http://gateway"), "send.url", "https://"),
        (
            change("https://gateway.example", "https://u:p@gateway.example"),
            "send.url",
            "scheme, host and path",
        ),
        (change("https://gateway.example", "https://[gateway"), "send.url", "scheme, host and path"),
        (
            change("https://gateway.example", "https://gateway.example:99999"),
            "send.url",
            "scheme, host and path",
        ),
        (change("https://gateway.example", "https://gateway.example?a=b"), "send.url", "belong under query"),
        (change('success = "code"', 'success = "a..b"'), "send.answer.success", "expected a path"),
        (change('accepted = ["0"]', ""), "send.answer.accepted", "together with success"),
        (change('success = "code"\naccepted = ["0"]', ""), "send.answer", "where does success stand"),
        (
            change('success = "code"\naccepted = ["0"]\nmessage_id = "id"', "silence_is_success = true"),
            "send.answer.message_id",
            "silence",
        ),
        (change('kind = "digest"', 'kind = "python"'), "auth", "kind is one of none, basic"),
        (change('algorithm = "md5"', 'algorithm = "hmac_md5"'), "auth.key", "hmac_"),
        (change('algorithm = "md5"', 'algorithm = "crc32"'), "auth", "expected one of md5"),
        (change('field = "sign"', ""), "auth", "one of field, header and query"),
        (change('"{fields:sorted}", "{secret:key}"', '"{body}"'), "auth.over", "field of itself"),
        (change('"HOUSE_KEY"', '"sk-live 0123/+="'), "secrets.key", "never the secret itself"),
        (change("{secret:key}", "{secret:other}"), "secrets.other", "environment variable"),
        (change("{phone}", "{setting:account}"), "settings.account", "expected a value"),
        (
            change('kind = "path", secrets = ["key"]', 'kind = "path", secrets = ["no"]'),
            "callback.guards[0].secrets",
            "no",
        ),
        (
            change('kind = "path", secrets = ["key"]', 'kind = "path"'),
            "callback.guards[0].secrets",
            "names of",
        ),
        (
            change('kind = "path", secrets = ["key"]', 'kind = "addresses", allowed = ["gateway"]'),
            "callback.guards[0].allowed",
            "networks",
        ),
        (change('[{ kind = "path", secrets = ["key"] }]', "[]"), "callback.guards", "made up by anybody"),
        (change('status = "state"\n', ""), "callback.reports[0].status", "expected in a receipt"),
        (GOOD + RECEIPTS + 'at_format = "%d. %B"\n', "callback.reports[0].at_format", "expected unix"),
        (GOOD + RECEIPTS + 'zone = "Mars/Base"\n', "callback.reports[0].at_format", "Asia/Shanghai"),
        (GOOD + RECEIPTS + 'tables = ["nobody"]\n', "callback.reports[0].tables", "expected one of"),
        (GOOD + RECEIPTS + 'words = { OK = "arrived" }\n', "callback.reports[0].words", "expected one of"),
        ('table = "nobody"\n' + GOOD, "table", "expected one of"),
        (GOOD + '[codes]\nbalance = ["1"]\nopted_out = ["1"]\n', "codes", "two classes"),
        (GOOD + '[codes]\nbroke = ["1"]\n', "codes", "expected one of"),
    ],
)
def test_a_wrong_file_is_one_line_with_file_key_and_what_was_expected(
    folder: Path, text: str, key: str, expected: str
) -> None:
    with pytest.raises(ConfigurationError) as told:
        load(folder, text)
    line = str(told.value)
    assert line.startswith("house.toml: ")
    assert re.sub(r"[.\[\]]", "", key) in re.sub(r"[.\[\]]", "", line)
    assert expected in line
    assert "\n" not in line
    assert told.value.zh.startswith("house.toml：")


def test_the_good_file_is_good(folder: Path) -> None:
    codec = load(folder, GOOD + RECEIPTS)
    request = codec.build_request(message(), now=AT, nonce="n")
    assert request.url == "https://gateway.example/sms"
    assert isinstance(
        codec.parse_response(message(), HttpResponse(200, body=b'{"code":0,"id":"a1"}')), Accepted
    )


def test_a_codec_can_do_what_its_file_says_and_nothing_else(folder: Path) -> None:
    plain, pushed = load(folder, GOOD), load(folder, GOOD + RECEIPTS)
    assert not isinstance(plain, CallbackCodec)
    assert isinstance(pushed, CallbackCodec)
    for ability in (BatchCodec, PullCodec, LookupCodec, BalanceCodec):
        assert not isinstance(pushed, ability)
    example = DeclaredCodec.load("example_aggregator", secrets={"key": Secret("k")})
    assert isinstance(example, LookupCodec)
    assert isinstance(example, BalanceCodec)


def test_callbacks_whose_secret_nobody_gave_are_not_taken_at_all() -> None:
    codec = DeclaredCodec.load("yunpian", secrets={"apikey": Secret("k")}, environ={})
    assert not isinstance(codec, CallbackCodec)


def test_a_secret_path_that_can_be_guessed_is_refused() -> None:
    short = {"apikey": Secret("k"), "callback_path": Secret("hook")}
    with pytest.raises(ConfigurationError, match=r"yunpian\.toml: callback\.guards\[0\]: .* 16 characters"):
        DeclaredCodec.load("yunpian", secrets=short, environ={})


def test_no_secret_shows_in_any_form(folder: Path) -> None:
    codec = DeclaredCodec.load(
        "jpush", secrets={"app_key": Secret("hush-1"), "master_secret": Secret("hush-2")}
    )
    request = codec.build_request(message(), now=AT, nonce="n")
    shown = f"{codec!r}{codec}{request!r}{vars(codec) if hasattr(codec, '__dict__') else ''}"
    assert "hush" not in shown
    wechat = DeclaredCodec.load(
        "wechat_template", secrets={"access_token": Secret("hush-3")}, templates={"reminder.due_in_3": "T"}
    )
    asked = wechat.build_request(message(), now=AT, nonce="n")
    assert "hush-3" in asked.url
    assert "hush" not in repr(asked)


def test_a_token_that_is_kept_fresh_is_asked_for_every_time() -> None:
    tokens = iter(["t-1", "t-2"])
    codec = DeclaredCodec.load(
        "wechat_template",
        secrets={"access_token": lambda: Secret(next(tokens))},
        templates={"reminder.due_in_3": "T"},
    )
    asked = [codec.build_request(message(), now=AT, nonce="n").url for _ in range(2)]
    assert [one.rpartition("=")[2] for one in asked] == ["t-1", "t-2"]


def test_a_few_lines_over_a_shipped_declaration_are_enough(folder: Path) -> None:
    path = folder / "mine.toml"
    path.write_text(
        'use = "volcengine"\n[settings]\naccount = "a-1"\n[secrets]\naccess_key_id = "MY_ID"\n'
        '[templates]\n"reminder.due_in_3" = { code = "ST_1", params = { sum = "amount" } }\n',
        encoding="utf-8",
    )
    codec = DeclaredCodec.load(path, environ={"MY_ID": "i", "VOLCENGINE_SECRET_ACCESS_KEY": "s"})
    slots = {"amount": Secret("100.00"), "due_on": Secret("9/27")}
    body = codec.build_request(message(slots=slots), now=AT, nonce="n").body.decode()
    assert codec.name == "volcengine"
    assert '"SmsAccount":"a-1"' in body
    assert '"TemplateID":"ST_1","TemplateParam":"{\\"sum\\":\\"100.00\\"}"' in body


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('use = "volcengin"', "did you mean volcengine"),
        ('use = "yunpian"\nname = "other"', "beside use, expected only"),
        ('use = "yunpian"\n[settings]\nurll = "x"', "settings.urll: nothing uses it; did you mean url"),
        ('use = "house.toml"', "uses another file"),
    ],
)
def test_a_wrong_line_over_a_declaration(folder: Path, text: str, expected: str) -> None:
    path = folder / "house.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigurationError, match=re.escape(expected)):
        DeclaredCodec.load(path, environ={"YUNPIAN_APIKEY": "k"})


def test_a_mistyped_setting_in_code_is_told(folder: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"settings\.urll: nothing uses it; did you mean url"):
        load(folder, GOOD, settings={"urll": "x"})
    with pytest.raises(ConfigurationError, match=r"secrets\.kee: nothing uses it"):
        load(folder, GOOD, secrets={"kee": Secret("x")})


@pytest.mark.parametrize("name", shipped())
def test_every_shipped_declaration_says_where_its_facts_come_from(name: str) -> None:
    told, _ = declaration(name)
    assert told.source
    assert told.name == name


WHOLE = tomllib.loads(GOOD + RECEIPTS)


def _places(told: object, at: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    if not isinstance(told, dict):
        return [at]
    return [at, *(place for name, one in told.items() for place in _places(one, (*at, name)))]


ANYTHING = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=8)
    | st.dates()
    | st.just("{phone}"),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["kind", "url", "a"]), inner, max_size=3)
    ),
    max_leaves=5,
)


@settings(max_examples=150, deadline=None)
@given(place=st.sampled_from([one for one in _places(WHOLE) if one]), value=ANYTHING)
def test_whatever_stands_in_a_file_it_is_good_or_told_in_one_line(
    place: tuple[str, ...], value: object
) -> None:
    told = copy.deepcopy(WHOLE)
    *path, last = place
    inside = told
    for name in path:
        inside = inside[name]
    inside[last] = value
    said = "house.toml: "
    try:
        check(read(told, "house.toml"), "house.toml")
    except ConfigurationError as wrong:
        said = str(wrong)
    assert said.startswith("house.toml: ")
    assert "\n" not in said
