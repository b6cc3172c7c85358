"""Links: only to a listed host. Requests for a code or a password are cues of the lexicon.

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

_TLD: Final = (
    "com|cn|net|org|io|ly|co|cc|me|top|xyz|info|app|link|club|vip|site|online|shop|gl|gd|to|us|uk|hk|tw|sg|in|de|"
    "ru|biz|dev|page|click|win|pw|tk|ml|url|live|store|tech|wang|ltd|bank|loan|loans|gov|edu|im|tv|ws|la|sh|be|id|ph"
)
LINK: Final = re.compile(
    rf"(?:https?|hxxps?|ftp)://\S+|www\.\S+"
    rf"|(?<![@\w.-])(?:[a-z0-9][a-z0-9-]*\.)+(?:{_TLD})(?![a-z0-9-])(?::\d+)?(?:/[^\s,。;!]*)?"
    r"|(?<![\d.])(?:\d{1,3}\.){3}\d{1,3}(?::\d+)?/\S*|[\w./:-]{1,60}\.apk\b"
)
# A link has one of these; most texts have none and are not searched further.
_MAYBE: Final = re.compile(r"://|\.[a-z]|\.\d+\.")
_TAIL: Final = re.compile(r"[\u4e00-\u9fff,。;!)\]】].*$|[.:?]$")
_TELLING: Final = re.compile(
    r"(?:token|debt|overdue|loan|amount|dpd|id_?no|phone|mobile|name)=", re.IGNORECASE
)


def findings(reading: Reading, facts: Facts) -> Iterator[tuple[int, int]]:
    """Yield, in the original, each link the facts do not carry."""
    for found in LINK.finditer(reading.plain) if _MAYBE.search(reading.plain) else ():
        shown = _TAIL.sub("", found[0])
        if shown and not _lawful(shown, facts):
            yield reading.span(found.start(), found.start() + len(shown))


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
