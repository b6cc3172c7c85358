"""The lines of a gateway's profile: what it takes, section by section, each with its source and mark.

>>> kind_of(Purpose.SETTLEMENT_OFFER).value, kind_of(Purpose.HARDSHIP).value
('collection', 'notice')
>>> str(Limit(count=5, hours=1))
'5 in 1 hour'
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from attrs import frozen

from loansms.errors import CallerError
from loansms.model import Purpose

_CLOCK = re.compile(r"(?:[01]\d|2[0-4]):[0-5]\d(?::[0-5]\d)?")


class Taking(StrEnum):
    """What becomes of a content: taken, taken by contract, not known (ask), refused."""

    TAKEN = "taken"
    CONTRACT = "contract"
    ASK = "ask"
    REFUSED = "refused"


class Kind(StrEnum):
    """The contents that gateways tell apart; `kind_of` says which a purpose is."""

    CODE = "code"
    NOTICE = "notice"
    REMINDER = "reminder"
    COLLECTION = "collection"
    PROMOTION = "promotion"


_KINDS: Mapping[Purpose, Kind] = MappingProxyType(
    {
        Purpose.OTP: Kind.CODE,
        Purpose.MARKETING: Kind.PROMOTION,
        Purpose.REPAYMENT_REMINDER: Kind.REMINDER,
        Purpose.COLLECTION: Kind.COLLECTION,
        Purpose.SETTLEMENT_OFFER: Kind.COLLECTION,
        Purpose.CREDIT_PRENOTICE: Kind.COLLECTION,
        Purpose.RELAY: Kind.COLLECTION,
    }
)


def kind_of(purpose: Purpose) -> Kind:
    """Return which content a gateway takes `purpose` for."""
    return _KINDS.get(purpose, Kind.NOTICE)


class Mark(StrEnum):
    """How a line was checked: V1 at its source, V2 second hand, R recalled, house by nobody outside."""

    V1 = "V1"
    V2 = "V2"
    R = "R"
    HOUSE = "house"


class Demand(StrEnum):
    """What a gateway wants of an opt-out line."""

    REQUIRED = "required"
    FORBIDDEN = "forbidden"
    FREE = "free"


class Adder(StrEnum):
    """Who puts the signature on a text."""

    PROVIDER = "provider"
    SENDER = "sender"
    EITHER = "either"
    NONE = "none"


class Script(StrEnum):
    """Which Chinese characters a gateway takes."""

    SIMPLIFIED = "simplified"
    TRADITIONAL = "traditional"


class PhoneKind(StrEnum):
    """The kinds of telephone number a text may name."""

    LANDLINE = "landline"
    LINE_400 = "400"
    LINE_95 = "95"
    MOBILE = "mobile"


@frozen(kw_only=True)
class Sourced:
    """A line with where it stands and how that was checked; ``rule`` is the id in the rule packs, if any."""

    source: str
    mark: Mark
    rule: str = ""

    def __attrs_post_init__(self) -> None:
        if not self.source.strip():
            raise CallerError("source: expected where this is written", "source：应注明出处")

    @property
    def citation(self) -> str:
        """The rule's id, the source and the mark, as a finding cites them."""
        return f"{self.rule}: {self.source} ({self.mark})" if self.rule else f"{self.source} ({self.mark})"


@frozen(kw_only=True)
class Content(Sourced):
    """Whether a lender's texts are taken, by kind; ``third_party``: debts of others, where that differs."""

    code: Taking
    notice: Taking
    reminder: Taking
    collection: Taking
    promotion: Taking
    third_party: Taking | None = None

    def of(self, kind: Kind) -> Taking:
        """Return what becomes of `kind` when the lender itself is owed the debt."""
        told: Taking = getattr(self, kind.value)
        return told

    @property
    def refused(self) -> tuple[Kind, ...]:
        """The kinds that are not taken at all."""
        return tuple(kind for kind in Kind if self.of(kind) is Taking.REFUSED)


@frozen(kw_only=True)
class Signature(Sourced):
    """Who adds the signature and in what form; lengths in characters without the form's brackets."""

    by: Adder
    form: str = ""
    min_chars: int | None = None
    max_chars: int | None = None
    filed: bool = False


@frozen(kw_only=True)
class Characters(Sourced):
    """The characters that may not stand in a text."""

    forbid: str


@frozen(kw_only=True)
class Letters(Sourced):
    """The script a Chinese text is written in."""

    takes: Script


@frozen(kw_only=True)
class Length(Sourced):
    """The most characters of a text, signature and values included."""

    max_chars: int

    def __attrs_post_init__(self) -> None:
        super().__attrs_post_init__()
        if self.max_chars < 1:
            raise CallerError("max_chars: expected 1 or more", "max_chars：应不小于 1")


@frozen(kw_only=True)
class Variables(Sourced):
    """How variables are written and bounded; ``varies``: the numbers differ by account, so they only warn.

    ``max_chars`` bounds one value outside codes. ``adjacent``, ``all_variable`` and ``repeated`` say whether
    two may touch, a text may consist of them, one may stand twice.
    """

    syntax: str = ""
    max_count: int | None = None
    max_chars: int | None = None
    varies: bool = False
    adjacent: bool = True
    all_variable: bool = True
    repeated: bool = True


@frozen(kw_only=True)
class Code(Sourced):
    """What code templates are held to: one of ``words``, digits, variables, contacts and links."""

    words: tuple[str, ...] = ()
    min_digits: int | None = None
    max_digits: int | None = None
    max_variables: int | None = None
    contacts: bool = True
    links: bool = True

    def __attrs_post_init__(self) -> None:
        super().__attrs_post_init__()
        if (self.min_digits is None) != (self.max_digits is None):
            raise CallerError(
                "min_digits, max_digits: expected both or neither",
                "min_digits、max_digits：应同时给出或都不给出",
            )
        if self.digits is not None and not 1 <= self.digits[0] <= self.digits[1]:
            raise CallerError(
                "min_digits: expected at least 1 and at most max_digits",
                "min_digits：应不小于 1 且不大于 max_digits",
            )

    @property
    def digits(self) -> tuple[int, int] | None:
        """The fewest and the most digits of a code, None where nothing is said."""
        if self.min_digits is None or self.max_digits is None:
            return None
        return self.min_digits, self.max_digits


@frozen(kw_only=True)
class Links(Sourced):
    """Whether links are taken, variable, shortened; ``filed``: the host must be ICP-filed."""

    taken: bool = True
    variable: bool = True
    short: bool = True
    filed: bool = False


@frozen(kw_only=True)
class Phones(Sourced):
    """Which numbers a text may name, and how many."""

    kinds: tuple[PhoneKind, ...]
    max_count: int | None = None


@frozen(kw_only=True)
class OptOut(Sourced):
    """Whether the opt-out line must or must not stand, and its words; ``exact``: no others will do."""

    demand: Demand
    text: str = ""
    exact: bool = False

    def __attrs_post_init__(self) -> None:
        super().__attrs_post_init__()
        if self.exact and not self.text:
            raise CallerError("text: expected the exact words", "text：应为原文")


@frozen(kw_only=True)
class Hours(Sourced):
    """When the gateway passes ``applies`` on, local time; ``from`` is written ``from`` in the file."""

    start: str
    end: str
    applies: tuple[Kind, ...]

    def __attrs_post_init__(self) -> None:
        super().__attrs_post_init__()
        if not (_CLOCK.fullmatch(self.start) and _CLOCK.fullmatch(self.end) and self.start < self.end):
            raise CallerError(
                "from, to: expected times such as 08:00, from before to",
                "from、to：应为 08:00 之类的时刻，from 早于 to",
            )


@frozen(kw_only=True)
class Limit:
    """At most `count` in a time that is given in exactly one unit."""

    count: int
    seconds: int = 0
    minutes: int = 0
    hours: int = 0
    days: int = 0

    def __attrs_post_init__(self) -> None:
        if self.count < 1 or sum(one > 0 for one in self.time.values()) != 1:
            raise CallerError(
                "expected count and one of seconds, minutes, hours, days, each 1 or more",
                "应给出 count，以及 seconds、minutes、hours、days 之一，均不小于 1",
            )

    @property
    def time(self) -> dict[str, int]:
        """The time by unit, all four."""
        return {"seconds": self.seconds, "minutes": self.minutes, "hours": self.hours, "days": self.days}

    def __str__(self) -> str:
        unit, much = next((unit, much) for unit, much in self.time.items() if much)
        return f"{self.count} in {much} {unit if much > 1 else unit.removesuffix('s')}"


@frozen(kw_only=True)
class Rate(Sourced):
    """How many of ``applies`` pass, counted ``per`` what."""

    applies: tuple[Kind, ...]
    limits: tuple[Limit, ...]
    per: str
