"""Words a person writes back to be left alone: the last message from them decides, whatever its width or case.

>>> refusal("ＴＤ ", ("TD", "退订")), refusal("退订。", ("TD", "退订")), refusal("today", ("TD",))
(True, True, False)
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from typing import Annotated, Final, cast

from attrs import frozen
from cattrs import override

from loansms.compliance.checks.hit import Case, Hit, blocked
from loansms.compliance.rule import Rule
from loansms.errors import CallerError
from loansms.privacy import Secret

_INTENTS: Final = frozenset({"opt_out", "stop"})


@frozen(kw_only=True)
class InboundKeywords:
    """`words` (``set`` in a pack) end further texts when the person's last message is made up of them.

    The fact ``last_inbound`` is that message, text or Secret; with ``also`` "intent" the fact
    ``last_inbound_intent`` (opt_out, stop) does the same. ``normalise`` and ``effect`` tell people how it is
    read and which suppression the lender sets.
    """

    words: Annotated[tuple[str, ...], override(rename="set")]
    normalise: tuple[str, ...] = ()
    also: str = ""
    effect: str = ""

    def __attrs_post_init__(self) -> None:
        if not all(_letters(one) for one in self.words) or not self.words:
            raise CallerError("set: expected words such as STOP", "set：应为 STOP 之类的词")

    def hits(self, rule: Rule, case: Case) -> Iterable[Hit]:
        """Return a hit when the person's last message asks to stop."""
        facts = case.context.facts
        given = facts.get("last_inbound")
        said: object = cast("Secret[object]", given).reveal() if isinstance(given, Secret) else given
        meant = self.also == "intent" and facts.get("last_inbound_intent") in _INTENTS
        if meant or (isinstance(said, str) and refusal(said, self.words)):
            yield blocked(rule, "asked_to_stop")


def refusal(said: str, words: tuple[str, ...]) -> bool:
    """Return whether a message says nothing but one of the words, or the same few of them over again."""
    return _only(words).fullmatch(_letters(said)) is not None


@lru_cache(maxsize=256)
def _only(words: tuple[str, ...]) -> re.Pattern[str]:
    plain = sorted({_letters(one) for one in words}, key=len, reverse=True)
    several = "|".join(re.escape(one) for one in plain if len(one) > 1)
    single = "".join(re.escape(one) for one in plain if len(one) == 1)
    return re.compile(
        f"(?:{several or '(?!)'})+[{single}]?|([{single}])\\1*" if single else f"(?:{several})+"
    )


def _letters(text: str) -> str:
    return "".join(one for one in unicodedata.normalize("NFKC", text).casefold() if one.isalnum())
