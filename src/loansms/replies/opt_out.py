"""Whether a reply asks to stop, how far that goes, and how sure it is: one rule for all who ask.

The words are those that carriers and the law name: R, T, TD, N, 退订, 拒收 on mainland routes (provider
documentation), STOP, QUIT, END, REVOKE, OPT OUT, CANCEL, UNSUBSCRIBE (47 CFR 64.1200(a)(10)), ARRET and
REMOVE (AWS keyword list); sentences count as a reasonable person reads them. Width, case, spaces, quotes,
punctuation, look-alike letters and slips of the finger do not matter. In doubt it is an opt-out, for a person to see.

>>> [asks_to_stop(text) for text in ("ＴＤ", " 退 订。", "stop!", "Opt-Out", "don't stop the plan")]
[True, True, True, True, False]
>>> [asks_to_stop(text) for text in ("别再给我发了", "不要退订", "stpo texting me", "I'll stop by the branch")]
[True, False, True, False]
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Final

from attrs import evolve, frozen

from loansms.replies.cues import findings, one_of
from loansms.replies.files import data, folds
from loansms.replies.intent import Intent, Scope
from loansms.replies.plain import Forms, squeezed
from loansms.replies.spelling import collapsed, meant
from loansms.replies.understanding import Finding

_CERTAIN: Final = 0.99
_POLITE: Final = 0.97
_MISSPELT: Final = 0.9
_SIGNS: Final = frozenset("\U0001f6d1\U0001f6ab\u26d4")  # stop sign, prohibited, no entry
_ACROSS: Final = 0.75
_PIECE: Final = re.compile(r"[a-z0-9']+|[^\sa-z0-9']")


@frozen
class OptOuts:
    """What was found: certain ones, those that any clearer meaning goes before (`near`), and whether a person should read them."""

    sure: tuple[Finding, ...] = ()
    near: tuple[Finding, ...] = ()
    doubtful: bool = False


def asks_to_stop(text: str) -> bool:
    """Return whether a reply asks to stop, in one word or in a sentence; what may only mean it is not counted."""
    return bool(opt_outs(Forms.of(text)).sure)


def opt_outs(forms: Forms) -> OptOuts:
    """Return what asks to stop in a reply."""
    whole = _whole(forms)
    if whole is not None:
        return OptOuts((_scoped(whole, forms),), doubtful=whole.confidence < _POLITE)
    found = list(_sentences(forms))
    sure = tuple(_scoped(one, forms) for one, _, yields in found if not yields)
    doubts = [doubtful for _, doubtful, yields in found if not yields]
    near = tuple(one for one, _, yields in found if yields)
    return OptOuts(sure, near, doubtful=bool(doubts) and all(doubts))


def _sentences(forms: Forms) -> Iterator[tuple[Finding, bool, bool]]:
    for language, form in forms.each():
        for rule, span in findings("opt_out", language, form):
            found = Finding(
                intent=Intent.OPT_OUT, rule=rule.id, span=form.span(*span), confidence=rule.confidence
            )
            yield found, rule.doubtful, rule.yields


def _whole(forms: Forms) -> Finding | None:
    """Return the opt-out that a reply is as a whole: a word, perhaps with please and thank you round it."""
    if not forms.bounds:
        return None
    words, polite, letter_polite = _words()
    key = squeezed(forms.text, forms.base)
    if key in words:
        return _finding("opt_out.word", forms, _CERTAIN)
    if not key and _SIGNS & set(forms.text):
        return _finding("opt_out.sign", forms, _ACROSS)
    if len(forms.text) > _LONGEST:
        return None
    pieces = _PIECE.findall(forms.base.text.translate(folds()))
    left = [one for one in pieces if one[0].isalnum() and one not in polite]
    said = "".join(left)
    if len(left) < len(pieces) and said and not said.isascii():
        said = _strip(said)
    core = squeezed(said) if said else ""
    if core in words:
        spoken = {one for one in pieces if one.isascii() and one.isalpha() and one != said}
        if len(core) > 1 or spoken <= letter_polite:
            return _finding("opt_out.polite", forms, _POLITE)
        return None
    return (
        _finding("opt_out.misspelt", forms, _MISSPELT) if core.isascii() and _misspelt(core, left) else None
    )


_LONGEST: Final = 60  # characters: a longer reply is read as sentences


def _misspelt(core: str, left: list[str]) -> bool:
    return bool(core) and (meant(core) is not None) and len(left) <= len(core)


def _strip(said: str) -> str:
    polite = _around()
    before = ""
    while before != said:
        before, said = said, polite.sub("", said)
    return said


def _finding(rule: str, forms: Forms, confidence: float) -> Finding:
    return Finding(intent=Intent.OPT_OUT, rule=rule, span=forms.bounds or (0, 0), confidence=confidence)


def _scoped(found: Finding, forms: Forms) -> Finding:
    told = any(_scopes()[language].search(form.text) for language, form in forms.each())
    return evolve(found, scope=Scope.ALL) if told else found


@cache
def _words() -> tuple[frozenset[str], frozenset[str], frozenset[str]]:
    content = data("opt_out")
    words = frozenset(collapsed(one.replace(" ", "")) for one in content["words"])
    polite = frozenset(content["polite"].split("|"))
    # Beside one letter only these are sure to be meant politely: "u r" is none.
    return words, polite, frozenset(content["letter_polite"])


@cache
def _around() -> re.Pattern[str]:
    one = f"(?:{data('opt_out')['polite']})"
    return re.compile(f"^{one}(?=.)|(?<=.){one}$")


@cache
def _scopes() -> dict[str, re.Pattern[str]]:
    return {language: one_of(cues, language) for language, cues in data("opt_out")["scope"].items()}
