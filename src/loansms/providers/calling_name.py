"""The name a called person sees beside a number (来电名片): what is applied for, where it stands, and what will be seen.

A card is no message: somebody reviews it, each maker of handsets shows it or does not, and a number that people have
marked as harassment may show that instead. So nobody can promise it; `seen_as` says what is seen at best, and why not.

>>> card = CallingProfile(enterprise="示例消费金融有限公司", display="示例消费金融", numbers=("400-000-0000",))
>>> seen_as(card, CardStatus(number="400-000-0000", state=CardState.SHOWN), "4000000000").shown
'示例消费金融'
>>> seen_as(card, None, "400-000-0000").reason.code
'card_not_applied_for'
>>> [one.code for one in too_long(card, limits()["cnam"])]
[]
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Any, Final

from attrs import Attribute, field, frozen

from loansms.errors import ConfigurationError
from loansms.files import structure
from loansms.model import Reason

_BETWEEN: Final = re.compile(r"[\s()\-]")
_NUMBER: Final = re.compile(r"\+?[0-9]{3,15}", re.ASCII)
_LONGEST: Final = 100


class CardState(StrEnum):
    """Where a card stands for one number. NOT_SENT: the application never left; UNKNOWN: nobody knows, ask before you apply again."""

    PENDING = "pending"
    SHOWN = "shown"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    NOT_SENT = "not_sent"
    UNKNOWN = "unknown"


class MarkKind(StrEnum):
    """What people have marked a number as; a code that no table knows is UNKNOWN, its raw word kept."""

    NONE = "none"
    HARASSMENT = "harassment"
    FRAUD = "fraud"
    ADVERTISING = "advertising"
    FINANCE = "finance"
    AGENCY = "agency"
    DELIVERY = "delivery"
    RIDE = "ride"
    UNKNOWN = "unknown"


def digits_of(number: str) -> str:
    """Return a number as it is compared: without blanks, brackets, dashes and the prefix of the mainland.

    >>> digits_of("+86 400-000-0000")
    '4000000000'
    """
    return _BETWEEN.sub("", number).removeprefix("+86")


def _line(card: CallingProfile, attribute: Attribute[str], value: str) -> None:  # noqa: ARG001
    name = attribute.name
    # isprintable refuses line breaks, controls and the marks that turn the direction of what follows.
    if not value.isprintable() or len(value) > _LONGEST or value != value.strip():
        raise _wrong(
            name,
            f"expected one printable line of at most {_LONGEST} characters",
            f"应为不超过 {_LONGEST} 个字符的单行文本",
        )
    if not value and name in ("enterprise", "display"):
        raise _wrong(name, "expected a name", "应填写名称")
    # A number in place of a name says nothing, and is refused by those who show cards (twilio.com/docs/api/errors/11018).
    if name == "display" and _NUMBER.fullmatch(_BETWEEN.sub("", value)):
        raise _wrong(name, "expected a name, not a number", "应为名称而非号码")


def _numbers(card: CallingProfile, attribute: Attribute[tuple[str, ...]], value: tuple[str, ...]) -> None:  # noqa: ARG001
    told = [digits_of(one) for one in value]
    if not told or len(set(told)) < len(told) or not all(_NUMBER.fullmatch(one) for one in told):
        raise _wrong(
            "numbers", "expected at least one telephone number, each once", "应至少有一个电话号码，且不重复"
        )


def _wrong(key: str, expected: str, zh: str) -> ConfigurationError:
    return ConfigurationError(f"calling name: {key}: {expected}", f"来电名片：{key}：{zh}")


@frozen(kw_only=True)
class CallingProfile:
    """What a card shows and what it is proved with.

    ``enterprise`` is the name on the business licence, ``display`` the text that is shown, ``numbers`` those you call from.
    ``licences`` and ``logo`` are references into your own files (a licence number, a path), never the papers themselves;
    ``call_reason`` is shown beside the name where a vendor can. Making one raises ConfigurationError for a text that is
    no single line, for a number in place of a name, and for numbers that are none or come twice.
    """

    enterprise: str = field(validator=_line)
    display: str = field(validator=_line)
    numbers: tuple[str, ...] = field(converter=tuple[str, ...], validator=_numbers, repr=False)
    licences: tuple[str, ...] = field(default=(), converter=tuple[str, ...], repr=False)
    industry: str = field(default="", validator=_line)
    logo: str = field(default="", validator=_line, repr=False)
    call_reason: str = field(default="", validator=_line)

    def has(self, number: str) -> bool:
        """Return whether `number` is one of the card's, however it is written."""
        return digits_of(number) in {digits_of(one) for one in self.numbers}


@frozen(kw_only=True)
class CardLimits:
    """How much text one way of showing takes, in characters; 0 is not told. ``source`` says who says so."""

    title: str
    name: int = 0
    call_reason: int = 0
    source: str = ""


@frozen(kw_only=True)
class CardStatus:
    """Where the card of one number stands. ``code`` is the vendor's code, ``shown_on`` the terminals it names, where it names any."""

    number: str = field(repr=False)
    state: CardState
    application_id: str = ""
    shown_on: tuple[str, ...] = ()
    code: str = ""


@frozen(kw_only=True)
class NumberMark:
    """How ``source`` (a maker of handsets, an app) marks a number, how often people did (None: not told), and its own code."""

    number: str = field(repr=False)
    kind: MarkKind
    source: str
    count: int | None = None
    raw_code: str = ""


@frozen(kw_only=True)
class CardSeen:
    """What a called person sees at best: `shown` is "" where it is the number alone. ``marks`` may stand in its place."""

    number: str = field(repr=False)
    shown: str
    reason: Reason
    shown_on: tuple[str, ...] = ()
    marks: tuple[NumberMark, ...] = ()


_SHOWN_AT_BEST = Reason(
    "card_shown",
    "house",
    "The name is shown where the handset takes part.",
    message_zh="参与展示的手机上会显示名称。",
)
_NOT_APPLIED = Reason(
    "card_not_applied_for", "house", "No card was applied for: the number alone is seen.",
    message_zh="未申请名片：只显示号码。",
)  # fmt: skip
_OTHER_NUMBER = Reason(
    "card_of_another_number", "house", "The card is for other numbers: this one is seen alone.",
    message_zh="名片不含该号码：只显示号码。",
)  # fmt: skip
_MARKED = Reason(
    "number_marked", "house", "People have marked this number, and a handset may show the mark in place of the name.",
    message_zh="该号码已被标记，手机可能显示标记而非名称。",
)  # fmt: skip
_NOT_SHOWN: Final = {
    state: Reason(f"card_{state.value}", "house", f"The card is {told}: the number alone is seen.", message_zh=f"名片{zh}：只显示号码。")
    for state, told, zh in (
        (CardState.PENDING, "under review", "审核中"),
        (CardState.REFUSED, "refused", "未通过"),
        (CardState.WITHDRAWN, "withdrawn", "已撤回"),
        (CardState.NOT_SENT, "not applied for", "申请未发出"),
        (CardState.UNKNOWN, "of unknown standing", "状态未知"),
    )
}  # fmt: skip


def seen_as(
    profile: CallingProfile, status: CardStatus | None, number: str, marks: Sequence[NumberMark] = ()
) -> CardSeen:
    """Return what a person called from `number` sees at best, by where its card stands (None: never applied for).

    Only a card that is SHOWN for this very number is told as seen. `marks` of other numbers are passed over.
    """
    mine = tuple(
        one for one in marks if digits_of(one.number) == digits_of(number) and one.kind is not MarkKind.NONE
    )
    if not profile.has(number):
        reason = _OTHER_NUMBER
    elif status is None:
        reason = _NOT_APPLIED
    elif digits_of(status.number) != digits_of(number):
        reason = _OTHER_NUMBER
    else:
        reason = _NOT_SHOWN.get(status.state) or (_MARKED if mine else _SHOWN_AT_BEST)
    shown = status is not None and reason in (_SHOWN_AT_BEST, _MARKED)
    return CardSeen(
        number=number,
        shown=profile.display if shown else "",
        reason=reason,
        shown_on=status.shown_on if shown and status else (),
        marks=mine,
    )


def too_long(profile: CallingProfile, limit: CardLimits) -> list[Reason]:
    """Return what of `profile` is longer than `limit` takes, so that nobody's name is cut off on a screen."""
    told = (("display", profile.display, limit.name), ("call_reason", profile.call_reason, limit.call_reason))
    return [
        Reason(
            "card_too_long", "house", f"{name}: {len(text)} characters, {limit.title} takes {most}",
            message_zh=f"{name}：{len(text)} 个字符，{limit.title} 最多 {most} 个",
        )
        for name, text, most in told
        if most and len(text) > most
    ]  # fmt: skip


@frozen
class _Tables:
    limits: dict[str, CardLimits]
    marks: dict[str, dict[str, MarkKind]]


@cache
def _tables() -> _Tables:
    path = files("loansms.providers").joinpath("data/calling_names.toml")
    content: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
    return structure(content, _Tables, "calling_names.toml")


def limits() -> Mapping[str, CardLimits]:
    """Return the limits that are public, by name."""
    return _tables().limits


def mark_of(source: str, code: str) -> MarkKind:
    """Return what a source's code says, UNKNOWN where no table has it.

    >>> mark_of("tencent", "54"), mark_of("tencent", "99")
    (<MarkKind.FRAUD: 'fraud'>, <MarkKind.UNKNOWN: 'unknown'>)
    """
    return _tables().marks[source].get(code, MarkKind.UNKNOWN)
