"""Contact lines in a text: whose numbers and accounts it sends people to."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Final, cast

from attrs import frozen

from loansms.compliance.checks.hit import Case, Hit, blocked
from loansms.compliance.checks.providers import concerns
from loansms.compliance.rule import Rule
from loansms.compliance.wording.clauses import Reading
from loansms.compliance.wording.frames import lifted
from loansms.compliance.wording.plain import Plain
from loansms.errors import CallerError

# Over the plain form: small letters, narrow digits.
_LINES: Final[Mapping[str, re.Pattern[str]]] = {
    "mobile_number": re.compile(r"(?<![\d*])(?:\+?86[ -]?)?1[3-9]\d[ -]?\d{4}[ -]?\d{4}(?![\d*])"),
    "landline": re.compile(r"(?<![\d*.])(?:\(0\d{2,3}\)|0\d{2,3}[ -]?)[ -]?\d{7,8}(?:-\d{1,5})?(?![\d*])"),
    "400": re.compile(r"(?<![\d*.])[48]00[ -]?\d{3,4}[ -]?\d{3,4}(?![\d*])"),
    "95": re.compile(r"(?<![\d*.,¥$])9[56]\d{3,6}(?![\d*]|[.,]\d|\s?元|\s?年)"),
    "foreign": re.compile(
        r"(?<![\d*])(?:\+?1[ .-]?)?\(?[2-9]\d{2}\)?[ .-]\d{3}[ .-]\d{4}(?![\d*])"
        r"|(?<![\d*])\+(?!86)\d{1,3}[ .-]?\d(?:[ .-]?\d){6,12}(?![\d*])"
    ),
}
# Every line is a run of digits and what may stand between them; a sign or a currency may stand around it.
_RUN: Final = re.compile(r"\d[\d() .-]{3,}\d")
_SUM: Final = re.compile(r"\d+\.\d{1,2}")
_AROUND: Final = 2
_NATIONAL: Final = 10  # digits of a national number in China (400 …) and North America
_MESSENGERS: Final[Mapping[str, re.Pattern[str]]] = {
    "qq": re.compile(r"(?:(?<![a-z])qq|扣扣|企鹅号)\s?(?:号|为|是|:|加)*\s?\d{5,11}"),
    "wechat": re.compile(
        r"(?:微信(?!公众|小程序|支付)|威信|薇信|v信|(?<![a-z])vx|wechat|weixin)\s?(?:号|id|为|是|:|加)*\s?[a-z1-9][a-z0-9_-]{5,19}"
    ),
    "group_number": re.compile(
        r"(?:qq|微信|交流|客户|还款)?(?:群号?|群聊)\s?(?:为|是|:)?\s?\d{5,11}|(?:加|进|入)(?:入)?(?:qq|微信)群"
    ),
    "other": re.compile(
        r"\b(?:whatsapp|telegram|signal|line id)\b(?: (?:me|us))?(?: (?:at|on))?[: ]{1,2}(?:[+@]?[a-z0-9_]{5,})"
    ),
}
# A messenger has one of these words; most texts have none and are not searched further.
_SOCIAL: Final = (
    *("qq", "扣扣", "企鹅", "微信", "威信", "薇信", "v信", "vx", "wechat", "weixin", "群"),
    *("whatsapp", "telegram", "signal", "line"),
)
_LIFTS: Final = frozenset({"negated", "reported", "policy"})
_KINDS: Final = ("mobile_number", "landline", "400", "95")
_PRIVATE_PAY: Final = "improper_funding_or_private_pay"
_LIST: Final = "contact_allowlist"
_DIGITS: Final = re.compile(r"\D")


@frozen(kw_only=True)
class ContactLines:
    """`allow` "contact_allowlist" lets only listed lines stand; `allow_contacts` only lines of those kinds.

    `forbid` adds what may not stand whatever its number: messengers, groups, private accounts. With ``allow``
    the rule is asked only where the fact ``contact_allowlist`` is known. Emergency and public hotlines of three
    to five digits that do not begin with 95 or 96 are nobody's own and pass.
    """

    allow: str = ""
    allow_contacts: tuple[str, ...] = ()
    max_contacts: int | None = None
    forbid: tuple[str, ...] = ()
    providers: tuple[str, ...] = ()

    def __attrs_post_init__(self) -> None:
        if (self.allow != _LIST) == (not self.allow_contacts):
            raise CallerError(
                f"forbid_text: expected allow = {_LIST!r} or allow_contacts",
                f"forbid_text：应为 allow = {_LIST!r} 或 allow_contacts",
            )
        if not set(self.allow_contacts) <= set(_KINDS) or not set(self.forbid) <= set(_FORBID):
            raise CallerError(
                f"forbid_text: expected allow_contacts among {', '.join(_KINDS)}, forbid among {', '.join(_FORBID)}",
                f"forbid_text：allow_contacts 应取自 {'、'.join(_KINDS)}，forbid 应取自 {'、'.join(_FORBID)}",
            )

    def hits(self, rule: Rule, case: Case) -> Iterable[Hit]:
        """Return one hit that names the kinds of line that may not stand."""
        listed = case.context.facts.get(_LIST)
        asked = concerns(self.providers, case.context.provider) and (not self.allow or listed is not None)
        if case.words is None or not asked:
            return
        found = list(_numbers(case.words))
        wrong = set(self._strange(found, listed))
        wrong |= {name for name in self.forbid if name in _FORBID and _FORBID[name](case)}
        if self.max_contacts is not None and len({digits for _, digits in found}) > self.max_contacts:
            wrong.add("max_contacts")
        if wrong:
            told = ", ".join(sorted(wrong))
            yield blocked(rule, "contact_line", f"({told})", f"（{told}）")

    def _strange(self, found: list[tuple[str, str]], listed: object) -> Iterator[str]:
        if not found:
            return
        if self.allow:
            known = _digits_of(listed)
            yield from ("unlisted_phone" for _, one in found if not any(_same(one, line) for line in known))
        else:
            yield from (kind for kind, _ in found if kind not in self.allow_contacts)


def _numbers(words: Plain | Reading) -> Iterator[tuple[str, str]]:
    """Yield each phone line a text names, once: its kind and its digits."""
    plain = words.plain
    runs = [
        (max(0, one.start() - _AROUND), one.end() + _AROUND)
        for one in _RUN.finditer(plain)
        if _SUM.fullmatch(one[0]) is None
    ]
    taken = bytearray(len(plain) if runs else 0)
    for kind, pattern in _LINES.items() if runs else ():
        for first, last in runs:
            for found in pattern.finditer(plain, first, last):
                start, end = found.span()
                if not any(taken[start:end]):
                    taken[start:end] = b"\1" * (end - start)
                    yield kind, _DIGITS.sub("", found[0])


def _digits_of(listed: object) -> frozenset[str]:
    if not isinstance(listed, list | tuple):
        return frozenset()
    return frozenset(_DIGITS.sub("", str(one)) for one in cast("Iterable[object]", listed))


def _same(one: str, other: str) -> bool:
    """Whether two numbers are the same line, one perhaps written with the country before it."""
    shorter, longer = sorted((one, other), key=len)
    return one == other or (len(shorter) >= _NATIONAL and longer.endswith(shorter))


def _messenger(*names: str) -> Callable[[Case], bool]:
    def stands(case: Case) -> bool:
        if case.words is None or not any(word in case.words.plain for word in _SOCIAL):
            return False
        return case.reading is not None and any(_stated(case.reading, _MESSENGERS[name]) for name in names)

    return stands


def _stated(reading: Reading, pattern: re.Pattern[str]) -> bool:
    """Whether a text sends people there: a warning of such an account does not."""
    return any(
        not lifted(sentence, found.start(), found.end(), _LIFTS)
        for sentence in reading.sentences
        for found in pattern.finditer(sentence.text)
    )


def _mobile(case: Case) -> bool:
    return case.words is not None and _LINES["mobile_number"].search(case.words.plain) is not None


def _private(case: Case) -> bool:
    return case.review is not None and _PRIVATE_PAY in case.review.families


_FORBID: Final[Mapping[str, Callable[[Case], bool]]] = {
    "mobile_number": _mobile,
    "qq": _messenger("qq"),
    "wechat": _messenger("wechat"),
    "group_number": _messenger("group_number"),
    "personal_messenger": _messenger("qq", "wechat", "group_number", "other"),
    "personal_account": _private,
    # Told by the list itself.
    "unlisted_phone": lambda _case: False,
}
