"""Links: how a text may point to a page. Whether a host is the lender's own is known from its allowlist."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Final, cast
from urllib.parse import SplitResult, urlsplit

from attrs import frozen

from loansms.compliance.checks.hit import Case, Hit, blocked
from loansms.compliance.checks.providers import concerns
from loansms.compliance.facts import Facts
from loansms.compliance.rule import Rule
from loansms.compliance.wording.links import LINK
from loansms.errors import CallerError
from loansms.text.short_links import SHORT_HOSTS

# A link has one of these; most texts have none and are not searched further.
_MAYBE: Final = re.compile(r"://|\.[a-z]|\.\d+\.")
_HEAD: Final = re.compile(r"^[^\x00-\x7f]+")  # words right before a link, which a search for .apk takes along
_TAIL: Final = re.compile(r"[\u4e00-\u9fff,。;!)\]】].*$|[.:?]$")
_TELLING: Final = re.compile(
    r"(?:^|&)(?:token|debt|overdue|loan|amount|dpd|id_?no|phone|mobile|name)=", re.IGNORECASE
)
_IPV4: Final = re.compile(r"\d{1,3}(?:\.\d{1,3}){3}")

Test = Callable[[str, SplitResult, Facts], bool]


def _listed(facts: Facts) -> frozenset[str]:
    allowed = facts.get("link_allowlist")
    if not isinstance(allowed, list | tuple):
        return frozenset()
    return frozenset(str(one).casefold() for one in cast("Iterable[object]", allowed))


def _variable(_shown: str, _link: SplitResult, facts: Facts) -> bool:
    return facts.get("link_is_variable") is True


def _redirect(shown: str, link: SplitResult, facts: Facts) -> bool:
    return facts.get("link_redirects") is True or "://" in shown.partition("://")[2] or "url=" in link.query


def _port(_shown: str, link: SplitResult, _facts: Facts) -> bool:
    try:
        return link.port is not None
    except ValueError:
        return True


def _look_alike(_shown: str, link: SplitResult, facts: Facts) -> bool:
    """Whether a host that is not listed goes by the name of one that is: example.com.pay-here.cn."""
    host, listed = link.hostname or "", _listed(facts)
    return host not in listed and any(max(one.split(".")[:-1] or [one], key=len) in host for one in listed)


_FORBID: Final[Mapping[str, Test]] = {
    "variable_link": _variable,
    "redirect": _redirect,
    "short_link": lambda _shown, link, facts: (
        (link.hostname or "") in SHORT_HOSTS or facts.get("link_is_short") is True
    ),
    "ip_host": lambda _shown, link, _facts: (
        _IPV4.fullmatch(link.hostname or "") is not None or ":" in (link.hostname or "")
    ),
    "punycode": lambda _shown, link, _facts: any(
        part.startswith("xn--") or not part.isascii() for part in (link.hostname or "").split(".")
    ),
    "look_alike": _look_alike,
    "userinfo": lambda _shown, link, _facts: "@" in link.netloc,
    "port": _port,
    "apk": lambda shown, _link, _facts: shown.partition("?")[0].endswith(".apk"),
    "debt_revealing_query_token": lambda _shown, link, _facts: _TELLING.search(link.query) is not None,
}
# What must hold of a link, as a test that tells when it does not; a fact nobody gave fails no link but one.
_REQUIRE: Final[Mapping[str, Test]] = {
    "https": lambda shown, link, _facts: "://" in shown and link.scheme != "https",
    "host_in_link_allowlist": lambda _shown, link, facts: link.hostname not in _listed(facts),
    "template_fixed": lambda _shown, _link, facts: facts.get("template_fixed") is False,
    "icp_filed_host": lambda _shown, _link, facts: facts.get("icp_registered") is False,
    "constant_url": lambda _shown, _link, facts: facts.get("link_is_variable") is True,
}


@frozen(kw_only=True)
class LinkPolicy:
    """`require` and `forbid` are asked of every link, ``max_links`` of the text.

    ``sender_type`` limits the rule to that kind of sender (fact ``sender_type``), ``lifted_by`` names the fact
    that lifts it. A host is the lender's own only when the fact ``link_allowlist`` lists it.
    """

    require: tuple[str, ...] = ()
    forbid: tuple[str, ...] = ()
    max_links: int | None = None
    sender_type: str = ""
    providers: tuple[str, ...] = ()
    lifted_by: str = ""

    def __attrs_post_init__(self) -> None:
        if not set(self.require) <= set(_REQUIRE) or not set(self.forbid) <= set(_FORBID):
            raise CallerError(
                f"link_policy: expected require {', '.join(_REQUIRE)} and forbid {', '.join(_FORBID)}",
                f"link_policy：require 应取自 {'、'.join(_REQUIRE)}，forbid 应取自 {'、'.join(_FORBID)}",
            )
        if not self.require and not self.forbid and self.max_links is None:
            raise CallerError(
                "link_policy: expected require, forbid, max_links or a family",
                "link_policy：应给出 require、forbid、max_links 或 family",
            )

    def hits(self, rule: Rule, case: Case) -> Iterable[Hit]:
        """Return one hit that names what is wrong with the links of the text."""
        context, words = case.context, case.words
        if words is None or not concerns(self.providers, context.provider):
            return
        facts = context.facts
        elsewhere = self.sender_type and facts.get("sender_type") != self.sender_type
        if elsewhere or (self.lifted_by and facts.get(self.lifted_by) is True):
            return
        shown = links(words.plain)
        if not shown:
            return
        wrong = sorted({name for one in shown for name in self._wrong(one, facts)})
        if self.max_links is not None and len(shown) > self.max_links:
            wrong.append("max_links")
        if wrong:
            told = ", ".join(wrong)
            yield blocked(rule, "link_refused", f"({told})", f"（{told}）")

    def _wrong(self, shown: str, facts: Facts) -> Iterator[str]:
        try:
            link = urlsplit(shown if "://" in shown else f"https://{shown}")
        except ValueError:
            yield "unreadable"
            return
        yield from (name for name in self.forbid if _FORBID[name](shown, link, facts))
        yield from (name for name in self.require if _REQUIRE[name](shown, link, facts))


def links(plain: str) -> list[str]:
    """Return the links of a text in plain form.

    >>> links("详情见https://www.example.com/a。回复TD退订")
    ['https://www.example.com/a']
    """
    if _MAYBE.search(plain) is None:
        return []
    found: Iterator[Any] = LINK.finditer(plain)
    return [shown for one in found if (shown := _TAIL.sub("", _HEAD.sub("", one[0])))]
