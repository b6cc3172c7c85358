"""Links: only to a listed host. Requests for a code or a password are cues of the lexicon.

Without the lender's allowlist any link is blocked (a hard claim). With it the host must be listed, plain
HTTPS, and neither variable nor an address, a port, a login or an app package in disguise. A host that is
spelled out ("dot com", 点com) or pulled apart with spaces is never a lawful link, since nobody can tap it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final, cast
from urllib.parse import urlsplit

from loansms.compliance.facts import Facts
from loansms.compliance.wording.clauses import Reading

# Ends of hosts that are no words of a text, so that a full stop without its space is not read as a host.
_TLD: Final = (
    "com|c0m|cn|net|org|io|ly|co|cc|me|top|t0p|xyz|info|app|link|club|vip|site|online|shop|gl|gd|to|us|uk|hk|tw|"
    "sg|in|de|ru|biz|dev|page|click|win|pw|tk|ml|url|live|store|tech|wang|ltd|bank|loan|loans|gov|edu|im|tv|ws|"
    "la|sh|be|id|ph|icu|cyou|gq|cf|ga|ink|nu|asia|mobi|sbs|cfd|bond|buzz|xin|ren|gg|gy|ee|eu|jp|kr|au|nz|fr|"
    "ng|ke|gh|za|vn|pk|bd|ae|br|mx|website|support|help|finance|example|test|local"
)
_SPELLED: Final = "com|c0m|cn|net|org|ly|top|t0p|xyz|cc|io|ws|hk|club|icu|info|apk"
# A file that a text may name; a program to run is as bad as a link.
_FILES: Final = "pdf|docx?|xlsx?|pptx?|csv|txt|jpe?g|png|gif|mp[34]|zip|rar"
_HOST: Final = r"(?:[a-z0-9][a-z0-9-]*\.)+"
LINK: Final = re.compile(
    r"(?:https?|hxxps?|ftp)://\S+|www\.\S+"
    rf"|(?<![@a-z0-9_.-]){_HOST}(?:{_TLD})(?![a-z0-9@-])(?::\d+)?(?:/[^\s,。;!]*)?"
    # Any other end makes a host where a path follows, or where the name is one that no word of a text is.
    rf"|(?<![@a-z0-9_.-]){_HOST}(?!(?:{_FILES}|exe)\b)[a-z]{{2,12}}/[^\s,。;!]+"
    rf"|(?<![@a-z0-9_.-])(?=[a-z0-9.]*[a-z0-9]-[a-z0-9]){_HOST}(?!(?:{_FILES}|exe)\b)[a-z]{{2,12}}(?![a-z0-9@.])"
    rf"|(?<![@a-z0-9_.-])(?=[a-z0-9.-]*[a-z0-9-]{{2}}\.)(?:[a-z0-9][a-z0-9-]*\.){{2,}}[a-z]{{2,12}}(?![a-z0-9@.])"
    rf"|(?<![@a-z0-9_.-])[a-z0-9-]+\.[a-z][a-z0-9]*-[a-z0-9]+(?![\w@.])"
    r"|(?<![\d.])(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)\.){3}(?:25[0-5]|2[0-4]\d|1?\d?\d)(?![\d.]\d)(?::\d+)?(?:/\S*)?"
    r"|[a-z0-9_./:-]{0,60}[a-z0-9]\.apk(?![a-z])"
)
APART: Final = re.compile(
    r"(?:h ?t ?t ?p|h ?x ?x ?p)(?: ?s)? ?: ?/ ?/.{0,40}|\bw ?w ?w ?\. ?[a-z0-9].{0,40}|\b(?:3|three )w[.。].{0,30}"
    r"|[a-z0-9] ?[\[({<] ?(?:dot|d0t|\.|点) ?[\])}>] ?[a-z0-9]+"
    rf"|\b[a-z0-9-]{{2,}}[ -](?:dot|d0t)[ -](?:{_SPELLED})\b"
    rf"|点(?:{_SPELLED})(?![a-z])|[a-z0-9-]{{3,}}点[a-z]{{2,5}}(?:/|斜[线杠])"
    r"|[a-z0-9]。(?:com|cn|ly|xyz|t[o0]p|net|icu|club)(?![a-z])"
    r"|[a-z0-9] \. ?(?:com|cn|net|org|top|xyz|vip|icu|club|ly|cc)(?![a-z])"
    r"|(?:\b[a-z0-9] ){2,12}\. (?:[a-z0-9]\b ?){2,12}"
)
# A link has one of these; most texts have none and are not searched further.
_MAYBE: Final = re.compile(r"://|\.[a-z]|\.\d+\.")
_MAYBE_APART: Final = (
    " .",
    "dot",
    "d0t",
    "点",
    ": /",
    " :/",
    "w w",
    "(.",
    "[.",
    "(d",
    "[d",
    "3w",
    "。c",
    "。x",
    "。t",
    "。n",
    "。i",
    "。l",
)
_TAIL: Final = re.compile(r"[\u4e00-\u9fff,。;!)\]】].*$|[.:?]$")
_VERSION: Final = re.compile(r"(?:version|\bver\.?|\bv|版本号?|升级[至到])[\s:]?$")
_NUMERIC: Final = re.compile(r"[\d.]+")
_TELLING: Final = re.compile(
    r"(?:token|debt|overdue|loan|amount|dpd|id_?no|phone|mobile|name)=", re.IGNORECASE
)


def findings(reading: Reading, facts: Facts) -> Iterator[tuple[int, int]]:
    """Yield, in the original, each link the facts do not carry."""
    plain = reading.plain
    for found in LINK.finditer(plain) if _MAYBE.search(plain) else ():
        shown = _TAIL.sub("", found[0])
        if shown and not _lawful(shown, facts) and not _is_version(plain, found.start(), shown):
            yield reading.span(found.start(), found.start() + len(shown))
    for found in APART.finditer(plain) if any(mark in plain for mark in _MAYBE_APART) else ():
        if "://" not in found[0]:
            yield reading.span(found.start(), found.end())


def _is_version(plain: str, start: int, shown: str) -> bool:
    return bool(_NUMERIC.fullmatch(shown)) and bool(_VERSION.search(plain[max(0, start - 10) : start]))


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
