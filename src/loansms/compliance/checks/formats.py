"""Signs and length of a text as it is written: what a provider's form refuses.

>>> Charset(forbid=("¥", "traditional_characters")).found("還款￥100"), Charset(forbid=("★",)).found("还款")
(('¥', 'traditional_characters'), ())
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from typing import Final

from attrs import frozen

from loansms.compliance.checks.hit import Case, Hit, blocked
from loansms.compliance.checks.providers import concerns
from loansms.compliance.files import lexicon_file
from loansms.compliance.rule import Rule
from loansms.compliance.wording.required import signed
from loansms.errors import CallerError
from loansms.text import traditional

_BRACKETS: Final = 2  # 【 and 】 around the signature


def _kinds() -> Mapping[str, re.Pattern[str]]:
    symbols = lexicon_file("symbols")
    sets = {
        **symbols["characters"],
        "traditional_characters": traditional(),
    }
    made = {name: re.compile(f"[{re.escape(shown)}]") for name, shown in sets.items()}
    return made | {name: re.compile("|".join(some)) for name, some in symbols["patterns"].items()}


KINDS: Final = _kinds()


@frozen(kw_only=True)
class Charset:
    """`forbid` lists single signs and kinds of sign (traditional_characters, deliberate_typos …).

    A sign is refused in its full-width form too. ``use`` tells people what to write instead.
    """

    forbid: tuple[str, ...]
    use: str = ""
    providers: tuple[str, ...] = ()

    def __attrs_post_init__(self) -> None:
        if not self.forbid or any(len(one) != 1 and one not in KINDS for one in self.forbid):
            raise CallerError(
                f"forbid: expected single signs or some of {', '.join(KINDS)}",
                f"forbid：应为单个字符，或 {'、'.join(KINDS)} 中的若干项",
            )

    def found(self, text: str) -> tuple[str, ...]:
        """Return which of the forbidden signs and kinds stand in `text`."""
        signs = {*text, *unicodedata.normalize("NFKC", text)}
        return tuple(
            one
            for one in self.forbid
            if one in signs or (one in KINDS and KINDS[one].search(text) is not None)
        )

    def hits(self, rule: Rule, case: Case) -> Iterable[Hit]:
        """Return one hit that names the signs."""
        if case.words is None or not concerns(self.providers, case.context.provider):
            return
        found = self.found(case.words.original)
        if found:
            told = ", ".join(found)
            yield blocked(rule, "forbidden_signs", f"({told})", f"（{told}）")


@frozen(kw_only=True)
class Length:
    """At most `max_chars` characters; ``includes`` "signature" counts the signature with its brackets.

    "values" says that the text is counted with its values filled in, as it always is here.
    """

    max_chars: int
    includes: tuple[str, ...] = ()
    providers: tuple[str, ...] = ()

    def __attrs_post_init__(self) -> None:
        if self.max_chars <= 0 or not set(self.includes) <= {"signature", "values"}:
            raise CallerError(
                "length: expected max_chars above zero, includes signature or values",
                "length：max_chars 应大于 0，includes 应为 signature 或 values",
            )

    def hits(self, rule: Rule, case: Case) -> Iterable[Hit]:
        """Return a hit for a longer text."""
        if case.words is None or not concerns(self.providers, case.context.provider):
            return
        text, signature = case.words.original, case.message.signature
        counted = "signature" in self.includes and signature and not signed(text)
        length = len(text) + (len(signature.strip("【】")) + _BRACKETS if counted else 0)
        if length > self.max_chars:
            yield blocked(
                rule,
                "text_too_long",
                f"({length} of {self.max_chars})",
                f"（现为{length}字，上限{self.max_chars}字）",
            )
