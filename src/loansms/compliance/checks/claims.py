"""What a text passes itself off as: a notice that is an advertisement, a message with a privilege it has not."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, Literal

from attrs import frozen

from loansms.compliance.checks.hit import Case, Hit, blocked
from loansms.compliance.rule import Rule
from loansms.compliance.wording.frames import lifted
from loansms.compliance.wording.required import ELEMENTS, has
from loansms.errors import CallerError
from loansms.model import Purpose

# Who warns of a swindler's offer, or promises to make none, advertises nothing.
_LIFTS: Final = frozenset({"negated", "reported", "policy", "reply", "apology"})
# A settlement is an offer by its nature: less to pay is no advertisement.
_OFFERS: Final = frozenset({Purpose.MARKETING, Purpose.SETTLEMENT_OFFER})


@frozen(kw_only=True)
class Mismatch:
    """`mismatch`: words of an advertisement in a text that is not sent as marketing."""

    mismatch: Literal["promotional_text_in_non_marketing_class"]

    def hits(self, rule: Rule, case: Case) -> Iterable[Hit]:
        """Return a hit where an offer stands in its own right, not denied and not warned of."""
        if (
            case.words is None
            or case.message.purpose in _OFFERS
            or not has("promotion", case.words.plain)
            or case.reading is None
        ):
            return
        for sentence in case.reading.sentences:
            for found in ELEMENTS["promotion"].finditer(sentence.text):
                if not lifted(sentence, found.start(), found.end(), _LIFTS):
                    yield blocked(rule, "promotional_text")
                    return


@frozen(kw_only=True)
class FalseClaim:
    """`claim` names what a text says of itself; ``channel_only`` the one road on which that may be true."""

    claim: str
    channel_only: str = ""

    def __attrs_post_init__(self) -> None:
        if self.claim not in ELEMENTS:
            raise CallerError(
                f"claim: expected one of {', '.join(sorted(ELEMENTS))}",
                f"claim：应为 {'、'.join(sorted(ELEMENTS))} 之一",
            )

    def hits(self, rule: Rule, case: Case) -> Iterable[Hit]:
        """Return a hit when the text, or the fact of the same name, makes the claim on another road."""
        if case.message.channel.value == self.channel_only:
            return
        said = case.words is not None and has(self.claim, case.words.plain)
        if said or case.context.facts.get(self.claim) is True:
            yield blocked(rule, "false_claim", f"({self.claim})", f"（{self.claim}）")
