"""What the kinds of values cannot say of a declaration: what may stand where, and what goes with what.

Each check yields the key, and what was expected there in both languages; the first is told.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Final, TypeAlias, cast

import phonenumbers

from loansms.errors import ConfigurationError
from loansms.model import Money
from loansms.providers.declared.content import (
    Answer,
    Ask,
    Body,
    Declaration,
    Kind,
    Report,
    Shape,
)
from loansms.providers.declared.content_auth import Auth, Digest
from loansms.providers.declared.content_guard import Addresses, DigestGuard, Guard
from loansms.providers.declared.placeholders import OF_MESSAGE, PHONES, Words
from loansms.providers.taxonomy import tables

Wrong: TypeAlias = tuple[str, str, str]

# Sandbox and spool are the names that the example lender may speak through.
_RESERVED: Final = {"sandbox", "spool"}
_NAME: Final = re.compile(r"[a-z0-9][a-z0-9_-]{1,39}")
_OURS: Final = {"setting", "secret", "timestamp", "nonce"}
_OF_ALL: Final = {
    *_OURS,
    "signature",
    "template",
    "template_code",
    "locale",
    "purpose",
    "text",
    "text_signed",
}
_OF_MESSAGE: Final = {*_OURS, *OF_MESSAGE, "slots", "slot"}
_OF_ENQUIRY: Final = {*_OURS, *PHONES, "step_key", "message_id", "provider_message_id", "submitted_on"}
_IN_HEADERS: Final = {*_OURS, "step_key", "message_id"}
_IN_OVER: Final = {*_OURS, "field", "fields", "body"}
_MOST: Final = 1000


def check(told: Declaration, source: str) -> None:
    """Raise ConfigurationError for the first thing in `told` that cannot work."""
    for key, en, zh in _wrongs(told):
        raise ConfigurationError(f"{source}: {key}: {en}", f"{source}：{key}：{zh}")


def asks(told: Declaration) -> Iterator[tuple[str, Ask, set[str]]]:
    """Every request of `told`: its key and which placeholders its values may hold."""
    yield "send", told.send, _OF_MESSAGE
    if told.batch:
        yield "batch", told.batch, _OF_ALL
    if told.pulls:
        for place, one in enumerate(told.pulls.asks):
            yield f"pulls.asks[{place}]", one, _OURS
    if told.lookup:
        yield "lookup", told.lookup, _OF_ENQUIRY
    if told.balance:
        yield "balance", told.balance, _OURS


def _wrongs(told: Declaration) -> Iterator[Wrong]:
    yield from _of_names(told)
    for key, ask, allowed in asks(told):
        yield from _of_ask(key, ask, allowed)
    yield from _of_auth(told)
    yield from _of_answers(told)
    yield from _of_batch(told)
    yield from _of_reports(told)
    yield from _of_the_rest(told)
    yield from _of_guards(told)


def _of_names(told: Declaration) -> Iterator[Wrong]:
    if not _NAME.fullmatch(told.name) or told.name in _RESERVED:
        yield (
            "name",
            "expected small letters, digits, - and _, and not sandbox or spool",
            "应为小写字母、数字、- 与 _，且不得为 sandbox 或 spool",
        )
    if not told.channels:
        yield "channels", 'expected at least one, such as ["sms"]', '至少一个渠道，例如 ["sms"]'
    if told.region not in phonenumbers.SUPPORTED_REGIONS:
        yield "region", "expected a country such as CN", "应为国家代码，例如 CN"
    named = [
        ("table", told.table),
        *((f"{key}.tables", one) for key, report in _reports(told) for one in report.tables),
    ]
    for key, table in named:
        if table and table not in tables():
            known = ", ".join(sorted(tables()))
            yield key, f"expected one of {known}", f"应为以下之一：{known}"
    codes = [one for each in told.codes.values() for one in each]
    if len(codes) != len(set(codes)):
        yield "codes", "a code stands under two classes; it can have one", "同一代码不得归入两类"
    for name, value in told.settings.items():
        if not isinstance(value, str | int):
            yield (
                f"settings.{name}",
                "expected text, a whole number, true or false",
                "应为文本、整数或 true/false",
            )
    for name, value in told.secrets.items():
        if not re.fullmatch(r"[A-Za-z_]\w{0,99}", value, re.ASCII):
            yield (
                f"secrets.{name}",
                "expected the name of an environment variable, never the secret itself",
                "应为环境变量名，不得写入密钥本身",
            )


def _of_ask(key: str, ask: Ask, allowed: set[str]) -> Iterator[Wrong]:
    yield from _placed(f"{key}.url", [ask.url], {"setting"})
    yield from _placed(f"{key}.query", ask.query.values(), allowed)
    yield from _placed(f"{key}.headers", ask.headers.values(), _IN_HEADERS)
    yield from _placed(f"{key}.fields", ask.fields.words, allowed)
    if not isinstance(ask.fields.content, dict):
        yield f"{key}.fields", "expected a table", "应为表"


def _placed(key: str, texts: Iterable[Words], allowed: set[str]) -> Iterator[Wrong]:
    for one in (each for text in texts for each in text.placeholders):
        if one.name not in allowed:
            known = ", ".join(f"{{{name}}}" for name in sorted(allowed))
            yield (
                key,
                f"{one} cannot stand here; expected one of {known}",
                f"此处不能使用 {one}；可用：{known}",
            )


def _of_auth(told: Declaration) -> Iterator[Wrong]:
    auth: Auth = told.auth
    if not isinstance(auth, Digest):
        yield from _placed("auth", auth.words, {"setting", "secret"})
        return
    yield from _placed("auth.over", auth.over, _IN_OVER)
    yield from _placed("auth.key", [auth.key], {"setting", "secret"})
    yield from _of_digest("auth", auth)
    if auth.algorithm.value.startswith("hmac_") != bool(auth.key.parts):
        yield "auth.key", "expected with hmac_ algorithms and with no other", "仅 hmac_ 算法需要，且必须提供"


def _of_digest(key: str, one: Digest | DigestGuard) -> Iterator[Wrong]:
    if sum(map(bool, (one.field, one.header, one.query))) != 1:
        yield key, "expected one of field, header and query", "field、header、query 须且仅须其一"
    if not one.over:
        yield f"{key}.over", "expected what is hashed", "缺少参与计算的内容"
    body = any(each.name == "body" for text in one.over for each in text.placeholders)
    if body and one.field:
        yield f"{key}.over", "{body} cannot be hashed into a field of itself", "{body} 不能写入自身的字段"


def _of_answers(told: Declaration) -> Iterator[Wrong]:
    named: list[tuple[str, Answer]] = [("send.answer", told.send.answer)]
    named += [("batch.answer", told.batch.answer)] if told.batch else []
    named += [("pulls.answer", told.pulls.answer)] if told.pulls else []
    named += [("lookup.answer", told.lookup.answer)] if told.lookup else []
    named += [("balance.answer", told.balance.answer)] if told.balance else []
    for key, one in named:
        says = bool(one.success) or one.silence_is_success or bool(one.items and one.item_success)
        if not says:
            yield (
                key,
                "where does success stand? expected success, silence_is_success or items with item_success",
                "缺少成功标志：success、silence_is_success，或 items 与 item_success",
            )
        if bool(one.success) != bool(one.accepted):
            yield f"{key}.accepted", "expected together with success", "须与 success 同时提供"
        if bool(one.item_success) != bool(one.item_accepted):
            yield f"{key}.item_accepted", "expected together with item_success", "须与 item_success 同时提供"
        if one.silence_is_success and not (one.message_id or one.items):
            yield (
                f"{key}.message_id",
                "expected where silence is success: any page would be a yes without it",
                "silence_is_success 时必须提供，否则任何响应都会被当作成功",
            )
        if not one.separator:
            yield f"{key}.separator", "expected a mark such as ,", "应为分隔符，例如 ,"


def _of_batch(told: Declaration) -> Iterator[Wrong]:
    one = told.batch
    if one is None:
        return
    if not 1 <= one.most <= _MOST:
        yield "batch.most", f"expected a number from 1 to {_MOST}", f"应为 1 至 {_MOST}"
    yield from _placed("batch.each", one.each.words, _OF_MESSAGE)
    if one.joined and not isinstance(one.each.content, Words):
        yield "batch.each", "expected text where joined is given", "使用 joined 时应为文本"
    if one.into in cast("Mapping[str, object]", one.fields.content):
        yield "batch.into", "that field stands in fields already", "该字段已在 fields 中"
    if one.body in {Body.FORM, Body.QUERY} and not one.joined:
        yield "batch.joined", "expected where a form holds several", "表单批量须提供 joined"
    if one.answer.items is None:
        yield "batch.answer.items", "expected where each message is answered for", "缺少逐条结果的位置"


def _reports(told: Declaration) -> Iterator[tuple[str, Report]]:
    for key, part in (("callback", told.callback), ("pulls", told.pulls)):
        if part is not None:
            yield from ((f"{key}.reports[{place}]", one) for place, one in enumerate(part.reports))
    if told.lookup:
        yield "lookup.report", told.lookup.report


def _of_reports(told: Declaration) -> Iterator[Wrong]:
    for key, one in _reports(told):
        needed = ("message_id", "status") if one.kind is Kind.RECEIPT else ("phone", "text")
        for name in (*needed, "at"):
            if not getattr(one, name):
                yield f"{key}.{name}", f"expected in a {one.kind}", f"{one.kind} 必须提供"
        if (one.shape is Shape.FORM_JSON) != bool(one.form_field):
            yield (
                f"{key}.form_field",
                "expected with shape form_json and with no other",
                "仅 shape 为 form_json 时需要",
            )
        try:
            _ = one.time
        except ValueError as wrong:
            yield f"{key}.at_format", str(wrong), f"时间格式或时区有误：{wrong}"


def _of_the_rest(told: Declaration) -> Iterator[Wrong]:
    for key, part in (("callback", told.callback), ("pulls", told.pulls)):
        if part is not None and not part.reports:
            yield f"{key}.reports", "expected at least one", "至少一项"
    if told.lookup and told.lookup.report.kind is not Kind.RECEIPT:
        yield "lookup.report.kind", "expected receipt", "应为 receipt"
    if told.pulls and not told.pulls.asks:
        yield "pulls.asks", "expected at least one", "至少一项"
    if told.balance and told.balance.currency:
        try:
            Money("0", told.balance.currency)
        except ValueError:
            yield "balance.currency", "expected a currency such as CNY", "应为币种，例如 CNY"
    if told.balance and not told.balance.amount:
        yield "balance.amount", "expected where the amount stands", "缺少余额的位置"


def _of_guards(told: Declaration) -> Iterator[Wrong]:
    if told.callback is None:
        return
    if not told.callback.guards:
        yield (
            "callback.guards",
            "expected at least one: a callback that nobody checks can be made up by anybody",
            "至少一项：无校验的回调可被任何人伪造",
        )
    for place, guard in enumerate(told.callback.guards):
        yield from _of_guard(f"callback.guards[{place}]", guard, told)


def _of_guard(key: str, guard: Guard, told: Declaration) -> Iterator[Wrong]:
    if isinstance(guard, Addresses):
        if not guard.allowed:
            yield (
                f"{key}.allowed",
                "expected networks such as 203.0.113.0/24",
                "应为网段，例如 203.0.113.0/24",
            )
        for one in guard.allowed:
            try:
                ipaddress.ip_network(one)
            except ValueError:
                yield (
                    f"{key}.allowed",
                    "expected networks such as 203.0.113.0/24",
                    "应为网段，例如 203.0.113.0/24",
                )
    elif not guard.secrets:
        yield f"{key}.secrets", "expected names of [secrets]", "应为 [secrets] 中的名称"
    for name in guard.secrets:
        if name not in told.secrets:
            yield f"{key}.secrets", f"{name} does not stand under [secrets]", f"{name} 不在 [secrets] 中"
    if isinstance(guard, DigestGuard):
        yield from _placed(f"{key}.over", guard.over, _IN_OVER)
        yield from _of_digest(key, guard)
        hmac = guard.algorithm.value.startswith("hmac_")
        named = any(one.name == "secret" for text in guard.over for one in text.placeholders)
        if not hmac and not named:
            yield (
                f"{key}.over",
                "expected {secret:NAME} in it where no HMAC is made",
                "非 HMAC 时须包含 {secret:名称}",
            )
