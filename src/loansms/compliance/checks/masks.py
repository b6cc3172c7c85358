"""Masking: what may not stand in full in a message, and what a record may show of a person.

Three questions, by the parameters a rule has. Of the message: identifiers of `fields`, secrets of `never`. Of a
record about to be stored or shown (the fact ``record``, text or Secret): whatever of `field`, `fields`, `mask`
and `never` still stands there. Of the way of working: facts ``masked_before`` and ``phone_key``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import Any, Final, Literal, cast

from attrs import frozen

from loansms.compliance.checks.hit import Case, Hit, blocked
from loansms.compliance.leaks import KINDS, Leak, leaks
from loansms.compliance.rule import Rule
from loansms.errors import CallerError
from loansms.privacy import Secret

_EVERY: Final = "*"
_SAME: Final = {"account": "account_number", "card": "card_number"}
# A mainland ID number with its first digits still there, as records may keep it and a text may not.
_HALF_ID: Final = re.compile(r"(?<!\d)\d{1,6}\*{4,}[\dxX]{0,4}(?![\d*])")
_ID_LENGTH: Final = 18


@frozen(kw_only=True)
class Mask:
    """`fields` stand in full neither in a message nor in a record, `field` and `mask` not in a record.

    `never` stands nowhere at all, or with ``where`` in none of those places; True makes it of `field`.
    ``sms_keep`` is what a message may show of a masked ID number. ``disguised`` asks for what only a search
    past separators and full-width digits finds; ``before`` asks the fact ``masked_before``, ``match_by``
    the fact ``phone_key``. ``keep``, ``check``, ``preview_hide``, ``internal`` and ``extra`` tell people how it
    is masked.
    """

    fields: tuple[str, ...] = ()
    field: str = ""
    mask: tuple[str, ...] = ()
    never: tuple[str, ...] | bool = ()
    where: tuple[str, ...] = ()
    keep: tuple[int, ...] = ()
    sms_keep: tuple[int, ...] = ()
    check: str = ""
    disguised: bool = False
    before: tuple[str, ...] = ()
    match_by: Literal["", "keyed_hmac"] = ""
    preview_hide: tuple[str, ...] = ()
    internal: tuple[str, ...] = ()
    extra: str = ""

    def __attrs_post_init__(self) -> None:
        named = self.shielded | self.banned
        if not named or not named <= {*KINDS}:
            raise CallerError(
                f"mask: expected fields among {', '.join(KINDS)}", f"mask：fields 应取自 {'、'.join(KINDS)}"
            )

    @cached_property
    def shielded(self) -> frozenset[str]:
        """The kinds a record may not show."""
        if self.field == _EVERY:
            return frozenset(KINDS)
        words = (*self.fields, *self.mask, *(self.field.split(",") if self.field else ()))
        return frozenset(_SAME.get(one.strip(), one.strip()) for one in words)

    @cached_property
    def banned(self) -> frozenset[str]:
        """The kinds that stand nowhere."""
        return frozenset(() if isinstance(self.never, bool) else self.never)

    @cached_property
    def in_message(self) -> frozenset[str]:
        """The kinds a message may not show either."""
        named = frozenset(_SAME.get(one, one) for one in self.fields)
        return named if self.where else named | self.banned

    def hits(self, rule: Rule, case: Case) -> Iterable[Hit]:
        """Return a hit for the message, for the record and for the way of working."""
        facts = case.context.facts
        if self.before:
            return (blocked(rule, "masked_late"),) if facts.get("masked_before") is False else ()
        if self.match_by:
            return (blocked(rule, "bare_hash"),) if facts.get("phone_key") == "plain_hash" else ()
        if case.review is None and "record" not in facts:
            return ()
        return self._seen(rule, case)

    def _seen(self, rule: Rule, case: Case) -> Iterator[Hit]:
        if (self.in_message or self.sms_keep) and self._in_text(case):
            yield blocked(rule, "shown_in_full")
        facts = case.context.facts
        if "record" not in facts:
            return
        shown = self.shown(_text(facts["record"]), facts.get("names"), facts.get("contact_allowlist"))
        if shown:
            kinds = ", ".join(sorted({one.kind for one in shown}))
            yield blocked(rule, "record_shows", f"({kinds})", f"（{kinds}）")

    def shown(self, record: str, names: object = None, lines: object = None) -> tuple[Leak, ...]:
        """Return what of this rule's kinds a record still shows."""
        if self.before or self.match_by:
            return ()
        kinds = self.shielded | self.banned
        return tuple(
            one
            for one in leaks(record, _several(names), _several(lines))
            if one.kind in kinds and (one.disguised or not self.disguised)
        )

    def _in_text(self, case: Case) -> bool:
        if case.review is None or case.words is None:
            return False
        text, kinds = case.words.original, self.in_message
        if self.sms_keep and "*" in text and any(self._too_much(one[0]) for one in _HALF_ID.finditer(text)):
            return True
        if not kinds or case.review.allowed:
            return False
        # The review has looked for identifiers already, past disguises: only what it found is told apart here.
        spans = [one.span for one in case.review.findings if one.family == "pii_exposure"]
        return any(one.kind in kinds for span in spans for one in leaks(_around(text, span)))

    def _too_much(self, half: str) -> bool:
        front, back = half.index("*"), len(half) - 1 - half.rindex("*")
        limits = (*self.sms_keep, 0, 0)
        return len(half) == _ID_LENGTH and (front > limits[0] or back > limits[1])


_BEFORE: Final = 12  # characters before an identifier that say what it is ("card number")


def _around(text: str, span: tuple[int, int]) -> str:
    return text[max(0, span[0] - _BEFORE) : span[1]]


def _text(record: object) -> str:
    value: object = cast("Secret[object]", record).reveal() if isinstance(record, Secret) else record
    return value if isinstance(value, str) else ""


def _several(given: object) -> tuple[str, ...]:
    if not isinstance(given, list | tuple):
        return ()
    return tuple(_text(one) for one in cast("Iterable[Any]", given))
