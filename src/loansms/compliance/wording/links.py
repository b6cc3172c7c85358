"""Links and credentials: a link only to a listed host, and never a request for a code or a password.

Without the lender's allowlist any link is blocked (a hard claim). With it the host must be listed, plain
HTTPS, and neither variable nor an address, a port, a login or an app package in disguise.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final, cast
from urllib.parse import urlsplit

from loansms.compliance.facts import Facts
from loansms.compliance.wording.clauses import Reading
from loansms.compliance.wording.frames import frames

_TLD: Final = (
    "com|cn|net|org|io|ly|co|cc|me|top|xyz|info|app|link|club|vip|site|online|shop|gl|gd|to|us|uk|hk|tw|sg|in|de|"
    "ru|biz|dev|page|click|win|pw|tk|ml|url|live|store|tech|wang|ltd|bank|loan|loans|gov|edu|im|tv|ws|la|sh|be|id|ph"
)
LINK: Final = re.compile(
    rf"(?:https?|hxxps?|ftp)://\S+|www\.\S+"
    rf"|(?<![@\w.-])(?:[a-z0-9][a-z0-9-]*\.)+(?:{_TLD})(?![a-z0-9-])(?::\d+)?(?:/[^\s,。;!]*)?"
    r"|(?<![\d.])(?:\d{1,3}\.){3}\d{1,3}(?::\d+)?/\S*|[\w./:-]{1,60}\.apk\b"
)
_TAIL: Final = re.compile(r"[\u4e00-\u9fff,。;!)\]】].*$|[.:?]$")
_TELLING: Final = re.compile(
    r"(?:token|debt|overdue|loan|amount|dpd|id_?no|phone|mobile|name)=", re.IGNORECASE
)

_ASKED_ZH: Final = r"(?:短信)?(?:验证码|校验码|动态码|动态密码|登录密码|支付密码|交易密码|银行卡密码|密码|cvv|cvv2|pin码?|安全码|u盾|口令)"
ASKS: Final = (
    re.compile(
        rf"(?:提供|告知|告诉|发送|发来|发给|回复|转发|报给|报一下|念给|说出|透露|截图|给我|给我们)(?:一下|我|我们|客服|专员|给我|给客服|您的|你的|收到的|手机|银行卡|的|本人|短信|该|此){{0,4}}.{{0,4}}{_ASKED_ZH}"
    ),
    re.compile(
        rf"(?:把|将|凭|请以)?{_ASKED_ZH}.{{0,4}}(?:发给|告诉|告知|提供给|报给|回复给?|发送(?:给|至|到)我|发我|发过来|发来|转发给|念给|给我|给客服|给我们)"
    ),
    re.compile(
        r"(?:填写|输入|录入|提交|核对|核实)(?:您的|你的|银行)?.{0,8}(?:支付密码|银行卡密码|交易密码|cvv2?|pin码?|卡号和密码|安全码|卡密码|登录密码)"
    ),
    re.compile(
        r"\b(?:send|share|provide|give|text|reply with|tell|email|forward|confirm|read (?:out|me|us)|message)\b.{0,25}\b(?:pin|password|passcode|cvv|cvc|security code|verification code|one.?time (?:code|password|passcode)|otp|the code|your code|login|access code|6.digit code|six.digit code|social security number|ssn)\b"
    ),
    re.compile(
        r"\b(?:enter|type(?: in)?|input|submit|verify)\b.{0,25}\b(?:card pin|pin|password|passcode|cvv|cvc|ssn|social security number)\b"
    ),
    re.compile(r"\bwhat(?:.s| is) (?:the|your) (?:\w+ )?(?:code|pin|password)\b"),
    re.compile(
        r"\b(?:need|want|require)s? your (?:\w+ )?(?:pin|password|passcode|cvv|otp|verification code|code)\b"
    ),
)


def findings(reading: Reading, facts: Facts) -> Iterator[tuple[int, int]]:
    """Yield, in the original, each link the facts do not carry and each request for a secret."""
    for found in LINK.finditer(reading.plain):
        shown = _TAIL.sub("", found[0])
        if shown and not _lawful(shown, facts):
            yield reading.span(found.start(), found.start() + len(shown))
    for sentence in reading.sentences:
        for pattern in ASKS:
            for found in pattern.finditer(sentence.text):
                if not {"negated", "reported"} & frames(sentence, found.start(), found.end()):
                    yield reading.span(sentence.start + found.start(), sentence.start + found.end())


def _lawful(shown: str, facts: Facts) -> bool:
    allowed = facts.get("link_allowlist")
    if not isinstance(allowed, list | tuple) or not allowed or shown.endswith(".apk"):
        return False
    try:
        link = urlsplit(shown if "://" in shown else f"https://{shown}")
        port = link.port
    except ValueError:
        return False
    plain = link.scheme == "https" and port is None and link.username is None
    listed = link.hostname in {str(host).casefold() for host in cast("Sequence[object]", allowed)}
    fixed = facts.get("template_fixed") is not False and facts.get("icp_registered") is not False
    variable = (
        facts.get("link_is_variable") is True and facts.get("provider_allows_variable_link") is not True
    )
    return plain and listed and fixed and not variable and not _TELLING.search(link.query)
