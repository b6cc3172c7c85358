"""What stands around a template's words: the sender's name in front, the way to opt out behind.

Mainland networks show the 【signature】 before the body, so a Chinese text needs no name of its own; English
texts and texts of lenders elsewhere open with it. An agency says for whom it collects (CN-MUST-01,
12 CFR 1006.18(e)). US texts that ask for money or attention end with the opt-out (47 CFR 64.1200(a)(10),
12 CFR 1006.6(e)); mainland texts carry one only as marketing (CN-SMS-03), because gateways refuse it in
notices (CNP-OPT-01). An internal note to an agent has no frame.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from attrs import field, frozen

from loansms.model import Lender, Party, Purpose
from loansms.templates.parts import Part, parse

_MAINLAND = "CN"
_ASKING = frozenset(
    {
        Purpose.REPAYMENT_REMINDER,
        Purpose.COLLECTION,
        Purpose.SETTLEMENT_OFFER,
        Purpose.HARDSHIP,
        Purpose.CREDIT_PRENOTICE,
        Purpose.MARKETING,
    }
)
_COLLECTING = _ASKING - {Purpose.MARKETING, Purpose.HARDSHIP}
# Which purposes carry an opt-out; "*" stands for every jurisdiction that is not named.
_OPT_OUT: Mapping[str, frozenset[Purpose]] = MappingProxyType(
    {_MAINLAND: frozenset({Purpose.MARKETING}), "*": _ASKING}
)


def jurisdiction_of(locale: str, lender: Lender | None) -> str:
    """Return the lender's jurisdiction, or without one the market where `locale` is at home."""
    if lender is not None:
        return lender.jurisdiction
    return "US" if locale.split("-", maxsplit=1)[0] == "en" else _MAINLAND


@frozen(kw_only=True)
class Frame:
    """The frame's words in one language, as data.

    ``opening`` names the sender; ``signed_opening`` does where a 【signature】 is shown already;
    ``third_party`` takes the opening's place for an agency; ``opt_out`` maps a jurisdiction ("*" for the
    rest) to its line; ``joiner`` stands between two sentences.
    """

    opening: str = ""
    signed_opening: str = ""
    third_party: str = ""
    signed_third_party: str = ""
    opt_out: Mapping[str, str] = field(factory=dict[str, str])
    joiner: str = ""

    def opening_for(self, purpose: Purpose, lender: Lender) -> tuple[Part, ...]:
        """Return the parts in front of the body, in slots of the lender."""
        signed = lender.jurisdiction == _MAINLAND
        if lender.party is Party.THIRD and purpose in _COLLECTING:
            return parse(self.signed_third_party if signed else self.third_party)
        return parse(self.signed_opening if signed else self.opening)

    def closing_for(self, purpose: Purpose, jurisdiction: str, wanted: bool | None = None) -> str:
        """Return the opt-out line of `purpose` in `jurisdiction`, or nothing where none belongs.

        `wanted` is a template's own word: True asks for the line under any purpose, False leaves it out.
        """
        due = purpose in _OPT_OUT.get(jurisdiction, _OPT_OUT["*"]) if wanted is None else wanted
        return self.opt_out.get(jurisdiction, self.opt_out.get("*", "")) if due else ""
