"""Registration: the sender, number, signature or template that must be on somebody's register.

What the lender's records say of each is the fact ``registrations``: True, False, or the last day it is valid.
Nothing known of it is nothing said: the register is not asked here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from functools import cached_property
from typing import Annotated, Any, Final, cast

from attrs import frozen
from cattrs import override

from loansms.compliance.checks.hit import Case, Hit, blocked
from loansms.compliance.facts import day
from loansms.compliance.rule import Rule

# Which fact names the thing a rule may forbid: what kind of number sends, else what the campaign is about.
_FORBIDDEN_BY: Final = {"sender_number": "sender_number_kind"}
_CONTENT: Final = "campaign_content"
CONTENT_FACTS: Final = frozenset({_CONTENT, *_FORBIDDEN_BY.values()})


@frozen(kw_only=True)
class Registration:
    """`what` must be registered, each word of it; what `forbid` names is refused on any register.

    The fact ``campaign_content`` (for a sender number ``sender_number_kind``) names what is sent. The other
    parameters tell people how and with whom to register.
    """

    what: tuple[str, ...] | str
    forbid: tuple[str, ...] = ()
    per: str = ""
    lead_time_workdays: tuple[int, ...] = ()
    needs: tuple[str, ...] = ()
    prefix: str = ""
    kept_for: Annotated[str, override(rename="for")] = ""
    header_suffix: Mapping[str, str] = {}
    suffix_from: str = ""
    unused_header_suspended_days: int | None = None
    unregistered_shows: str = ""
    whitelist: tuple[str, ...] = ()

    @cached_property
    def named(self) -> tuple[str, ...]:
        """What must be registered."""
        return (self.what,) if isinstance(self.what, str) else self.what

    def hits(self, rule: Rule, case: Case) -> Iterable[Hit]:
        """Return a hit for each registration known to be missing or over, and for forbidden content."""
        facts = case.context.facts
        states = facts.get("registrations")
        if states and isinstance(states, Mapping):
            known = cast("Mapping[str, object]", states)
            for name in self.named:
                if name in known and not registered(known[name], case.now.date()):
                    yield blocked(rule, "not_registered", f"(not registered: {name})", f"（未登记：{name}）")
        sent = facts.get(_FORBIDDEN_BY.get(self.named[0], _CONTENT)) if self.forbid else None
        if sent is not None:
            for name in sorted(told(sent) & set(self.forbid)):
                yield blocked(rule, "content_refused", f"({name})", f"（{name}）")


@frozen(kw_only=True)
class SignatureFormat:
    """The 【signature】 has between two and so many characters and is taken from a name of the firm.

    ``taken_from`` lists the kinds of name; the fact ``signature_source`` says which one it is.
    """

    what: str
    length: tuple[int, int]
    # "from" and "for" are words of Python; a rule writes them so.
    taken_from: Annotated[tuple[str, ...], override(rename="from")] = ()

    def hits(self, rule: Rule, case: Case) -> Iterable[Hit]:
        """Return a hit for a signature of another length or source; a text without one has its own rule."""
        shown = (case.message.signature or str(case.context.facts.get("signature") or "")).strip("【】[] ")
        if not shown:
            return
        least, most = self.length
        if not least <= len(shown) <= most:
            yield blocked(rule, "signature_format", f"({len(shown)} characters)", f"（现为{len(shown)}字）")
        source = case.context.facts.get("signature_source")
        if source is not None and source not in self.taken_from:
            yield blocked(rule, "signature_format", "(signature_source)", "（签名来源不符）")


@frozen(kw_only=True)
class VendorRegistry:
    """The lender's register of agencies: none with a record of violence collects for it."""

    what: str
    forbid: tuple[str, ...] = ()

    def hits(self, rule: Rule, case: Case) -> Iterable[Hit]:
        """Return a hit for an agency known to be violent, or struck off the lender's register."""
        facts = case.context.facts
        struck = registration(case, "collection_vendor") is False
        if struck or facts.get("vendor_violence_record") is True:
            yield blocked(rule, "vendor_refused")


def registration(case: Case, name: str) -> object:
    """Return what the records say of one registration, None when nothing."""
    states = case.context.facts.get("registrations")
    return cast("Mapping[str, object]", states).get(name) if isinstance(states, Mapping) else None


def registered(state: object, today: date) -> bool:
    """Return whether a registration stands today: True, a last day not yet over, or all of several.

    >>> registered(True, date(2026, 9, 24)), registered("2026-09-23", date(2026, 9, 24))
    (True, False)
    >>> registered({"mobile": True, "unicom": False}, date(2026, 9, 24))
    False
    """
    if isinstance(state, Mapping):
        parts = cast("Mapping[object, object]", state)
        return bool(parts) and all(registered(one, today) for one in parts.values())
    if isinstance(state, bool):
        return state
    through = day(state)
    return through is not None and today <= through


def told(value: Any) -> set[str]:
    """Return the words a fact names: one word, or several.

    >>> told("SHAFT"), told(None)
    ({'SHAFT'}, set())
    """
    return set(_words(value))


def _words(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list | tuple | set | frozenset):
        yield from (str(one) for one in cast("Iterable[object]", value))
