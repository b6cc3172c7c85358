"""Phrases a provider's form asks for or refuses: a pattern, a literal, the words of a code, the last line."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Final

from attrs import frozen

from loansms.compliance.checks.hit import Case, Hit, blocked
from loansms.compliance.checks.providers import concerns
from loansms.compliance.rule import Rule
from loansms.compliance.wording.clauses import read
from loansms.compliance.wording.required import has
from loansms.errors import CallerError

_SPACE: Final = re.compile(r"\s+")
# Behind the last line there may stand a mark and a signature of the text's own.
_TAIL: Final = re.compile(r"[\s。.!！]*(?:【.{2,16}】)?[\s。.!！]*$")
_LAST_LINE: Final = 24  # characters in which an opt-out line of one's own wording ends a text


@frozen(kw_only=True)
class ForbiddenPhrase:
    """`regex` is searched in the text as written, each `literal` in any width, case and spacing.

    ``where`` tells people which part of the text the form means: the body never holds the signature here.
    """

    regex: str = ""
    literal: tuple[str, ...] = ()
    where: str = ""
    providers: tuple[str, ...] = ()

    def __attrs_post_init__(self) -> None:
        if not self.regex and not any(map(_plain, self.literal)):
            raise CallerError(
                "forbid_text: expected regex or literal", "forbid_text：应给出 regex 或 literal"
            )
        try:
            re.compile(self.regex)
        except re.error:
            raise CallerError("regex: expected a regular expression", "regex：应为正则表达式") from None

    def hits(self, rule: Rule, case: Case) -> Iterable[Hit]:
        """Return a hit when the text holds the pattern or one of the literals."""
        if case.words is None or not concerns(self.providers, case.context.provider):
            return
        found = bool(self.regex) and re.search(self.regex, case.words.original) is not None
        if found or (self.literal and self._spelt(case.words.plain)):
            yield blocked(rule, "forbidden_phrase")

    def _spelt(self, plain: str) -> bool:
        text = _SPACE.sub("", plain)
        return any(_plain(one) in text for one in self.literal if _plain(one))


@frozen(kw_only=True)
class CodeWords:
    """One of `any_of` must stand in the text, and the code beside it has `max_digits` digits at most."""

    any_of: tuple[str, ...]
    max_digits: int | None = None
    providers: tuple[str, ...] = ()

    def __attrs_post_init__(self) -> None:
        if not any(map(_plain, self.any_of)):
            raise CallerError(
                "any_of: expected words of which the text holds one", "any_of：应列出词语，文本须含其中之一"
            )

    def hits(self, rule: Rule, case: Case) -> Iterable[Hit]:
        """Return a hit for a text without any of the words, or with a longer code."""
        if case.words is None or not concerns(self.providers, case.context.provider):
            return
        plain = case.words.plain
        words = [_plain(one) for one in self.any_of if _plain(one) in plain]
        if not words:
            yield blocked(
                rule, "required_content", f"({', '.join(self.any_of)})", f"（{'、'.join(self.any_of)}）"
            )
        most = self.max_digits
        if most is not None and any(len(code) > most for word in words for code in _codes(word, plain)):
            yield blocked(rule, "code_too_long", f"({most} digits)", f"（最多{most}位）")


@frozen(kw_only=True)
class LastLine:
    """The text ends with one of `ends_with`; only providers of ``exact_for`` insist on those very words.

    Any other line that tells how to refuse will do for the rest, if it is the last.
    """

    ends_with: tuple[str, ...]
    exact_for: tuple[str, ...] = ()
    providers: tuple[str, ...] = ()

    def __attrs_post_init__(self) -> None:
        if not any(map(_plain, self.ends_with)):
            raise CallerError(
                "ends_with: expected the line a text ends with", "ends_with：应为文本结尾的那一行"
            )

    def hits(self, rule: Rule, case: Case) -> Iterable[Hit]:
        """Return a hit for a text that ends otherwise."""
        if case.words is None or not concerns(self.providers, case.context.provider):
            return
        ending = _TAIL.sub("", case.words.original)
        if any(_plain(ending).endswith(_plain(one)) for one in self.ends_with if _plain(one)):
            return
        exact = not self.exact_for or concerns(self.exact_for, case.context.provider)
        if exact or not has("refusal_method", read(ending[-_LAST_LINE:]).plain):
            told = ", ".join(self.ends_with)
            yield blocked(rule, "last_line", f"({told})", f"（{told}）")


@lru_cache(maxsize=1024)
def _plain(text: str) -> str:
    return _SPACE.sub("", read(text).plain)


def _codes(word: str, plain: str) -> list[str]:
    """Return the digits that stand right beside a word for a code.

    >>> _codes("验证码", "验证码为1234567,请勿告知"), _codes("code", "8214 is your code. call 4000000000")
    (['1234567'], ['8214'])
    """
    after = re.findall(rf"{re.escape(word)}[^\d.,。;]{{0,8}}(\d+)", plain)
    return after + re.findall(rf"(\d+)[^\d.,。;]{{0,12}}{re.escape(word)}", plain)
