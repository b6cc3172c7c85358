"""Frequency caps: at most so many messages or calls in a day, in consecutive days or in a rolling period.

A cap becomes a `CapLimit` for one debtor and one moment: the gate counts the known past against it, and the
store counts again inside its claim. Messages are counted as the store counts them; calls by what they were
(12 CFR 1006.14(b)(3) leaves out calls that never connected).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import cache, cached_property, lru_cache

from attrs import evolve, frozen

from loansms.compliance.checks.cap_consent import consented, revoked_at
from loansms.compliance.checks.hit import Case, Hit, blocked
from loansms.compliance.checks.periods import Period, midnight
from loansms.compliance.checks.providers import concerns
from loansms.compliance.facts import records
from loansms.compliance.rule import (
    ANY,
    CLASSES,
    OTHER_CHANNELS,
    Applies,
    Authority,
    Rule,
    purposes_of,
    roads_of,
)
from loansms.errors import CallerError
from loansms.model import CapLimit, Channel, Contact, ContactKind, Purpose

_CALLS = frozenset(
    {ContactKind.MESSAGE, ContactKind.ATTEMPT, ContactKind.VOICEMAIL, ContactKind.CONVERSATION}
)
UNITS: Mapping[str, frozenset[ContactKind]] = {
    "message": frozenset({ContactKind.MESSAGE}),
    "call": _CALLS,
    "any": _CALLS,
    "connected_call": frozenset({ContactKind.MESSAGE, ContactKind.VOICEMAIL, ContactKind.CONVERSATION}),
    "conversation": frozenset({ContactKind.MESSAGE, ContactKind.CONVERSATION}),
    "unanswered_dial": frozenset({ContactKind.ATTEMPT, ContactKind.NOT_CONNECTED}),
}


# What a cap may leave out. The kind of a contact already says it: a call that never connected and one to a
# number that was not the person's are `not_connected`, and contacts with an attorney, a creditor or a bureau
# are none with the debtor and stand in no history of theirs. The consent of seven days is looked up.
_BY_KIND = frozenset({"not_connected", "attorney_creditor_bureau", "misdirected_number"})
_CONSENT = "prior_consent_7_days"


@frozen(kw_only=True)
class Limit:
    """At most `count` in `period`, over the purposes of `classes` and the channels of `pool`."""

    count: int
    period: Period
    classes: tuple[str, ...] = ()
    pool: tuple[str, ...] | str = ()

    def __attrs_post_init__(self) -> None:
        if not set(self.classes) <= set(CLASSES):
            raise CallerError(
                f"classes: expected some of {', '.join(CLASSES)}",
                f"classes：应为 {'、'.join(CLASSES)} 中的若干项",
            )
        _roads(self.pool)


@frozen(kw_only=True, eq=False)
class Cap:
    """One or several limits that share a key; `key` holds "debt" or "account" where one loan is counted.

    ``unit`` says which contacts count. ``needs`` and ``without`` name a consent that must, or must not, be
    there for the limit to run; ``min_days_past_due`` starts it late. ``only_to`` names what a text must be for
    (a fact that says so) to have any of the limit at all. ``exclude`` names contacts left out, ``providers``
    those whose routes the limit is for.

    A limit of kind ``per_revocation`` counts what went out after the person last took back a consent (the
    fact `opt_outs`, or a record of it): at `count` the confirmation of it is spent, and only a new consent opens the way again.
    Without a revocation on record it counts nothing. A limit that is the lender's own choice (authority ``house``)
    is not counted against a duty, which the fact `obligatory` says a message is. How soon the confirmation goes and what it says
    (``within_minutes``, ``content``) is told to people, as are ``tunable`` (the numbers are the lender's own
    choice), ``presumption``, ``authority_of_number``, ``law``, ``e_contact``, ``opt_out`` and
    ``varies_by_provider``.
    """

    key: tuple[str, ...]
    count: int | None = None
    period: Period | None = None
    limits: tuple[Limit, ...] = ()
    pool: tuple[str, ...] | str = ()
    unit: str = "message"
    needs: str = ""
    without: str = ""
    only_to: str = ""
    min_days_past_due: int | None = None
    exclude: tuple[str, ...] = ()
    providers: tuple[str, ...] = ()
    status: str = ""
    tunable: bool = False
    presumption: str = ""
    within_minutes: int | None = None
    content: str = ""
    authority_of_number: str = ""
    law: str = ""
    e_contact: str = ""
    opt_out: str = ""
    varies_by_provider: bool = False

    def __attrs_post_init__(self) -> None:
        if not set(self.exclude) <= {_CONSENT, *_BY_KIND}:
            raise CallerError(
                f"exclude: expected some of {', '.join(sorted({_CONSENT, *_BY_KIND}))}",
                f"exclude：应为 {'、'.join(sorted({_CONSENT, *_BY_KIND}))} 中的若干项",
            )
        if (self.count is None) != (self.period is None) or bool(self.limits) == (self.count is not None):
            raise CallerError(
                "cap: expected either count and period, or limits",
                "cap：应给出 count 与 period，或给出 limits",
            )
        if self.unit not in UNITS:
            raise CallerError(
                f"unit: expected one of {', '.join(UNITS)}", f"unit：应为 {'、'.join(UNITS)} 之一"
            )
        _roads(self.pool)
        if any(limit.count < 0 for limit in self.every):
            raise CallerError("count: expected 0 or more", "count：应不小于 0")

    @cached_property
    def every(self) -> tuple[Limit, ...]:
        """All limits, the one that stands in the rule itself too."""
        if self.count is None or self.period is None:
            return self.limits
        return (Limit(count=self.count, period=self.period, pool=self.pool),)

    @cached_property
    def fewest(self) -> int:
        """How many contacts there must have been for any of the limits to be full."""
        return min((limit.count for limit in self.every), default=0)

    @cached_property
    def reach(self) -> timedelta | None:
        """How far back the limits look at most; None for one without an end."""
        reaches = [limit.period.reach for limit in self.every]
        known = [one for one in reaches if one is not None]
        return max(known) if known and len(known) == len(reaches) else None

    def hits(self, rule: Rule, case: Case) -> Iterable[Hit]:
        """Return a block for each limit that is full, with the time when it frees."""
        if not self._binds(rule, case):
            return
        if self._says_something_else(case):
            yield blocked(rule, "not_agreed")
            return
        past = case.context.past_contacts
        if len(past) < self.fewest or self._long_ago(past, case.now):
            return
        for limit, since in self._counting(rule, case):
            late = [one for one in past if one.at >= since]
            if len(late) < limit.count:
                continue
            made = self._concrete(rule, limit, since, case)
            used = sorted(one.at for one in late if self.uses(made, one, case))
            if len(used) >= limit.count:
                frees_at = _frees_at(limit, used, case.zones(rule)[0])
                yield blocked(rule, "cap_reached", retry_at=frees_at)

    def _long_ago(self, past: Sequence[Contact], now: datetime) -> bool:
        """Whether every contact is older than any of the limits counts, whatever the zone."""
        if not self.fewest or self.reach is None:
            return False
        # In UTC, because two times of one zone compare as its clock shows them.
        edge = now.astimezone(UTC) - self.reach
        return all(one.at < edge for one in past)

    def limits_now(self, rule: Rule, case: Case) -> list[CapLimit]:
        """Return the limits for the store's claim; calls already known leave that much less room."""
        if not self._binds(rule, case):
            return []
        made = [self._concrete(rule, limit, since, case) for limit, since in self._counting(rule, case)]
        return [evolve(one, count=max(0, one.count - self._known_calls(one, case))) for one in made]

    def _says_something_else(self, case: Case) -> bool:
        """Whether the text is not for the one thing that the limit is left open to."""
        if not self.only_to or case.message.text is None or not self._runs(case):
            return False
        return case.context.facts.get(self.only_to) is not True

    def _known_calls(self, limit: CapLimit, case: Case) -> int:
        return sum(
            contact.kind is not ContactKind.MESSAGE and self.uses(limit, contact, case)
            for contact in case.context.past_contacts
        )

    def _counting(self, rule: Rule, case: Case) -> list[tuple[Limit, datetime]]:
        """Return the limits that count a message of this purpose on this channel, and since when."""
        if not self._runs(case):
            return []
        zone, message = case.zones(rule)[0], case.message
        starts = [
            (limit, _start(limit.period, zone, case))
            for limit in _counted(self, rule.applies, message.purpose, message.channel)
        ]
        return [(limit, since) for limit, since in starts if since is not None]

    def _concrete(self, rule: Rule, limit: Limit, since: datetime, case: Case) -> CapLimit:
        """Return a limit as the store counts it, for this debtor and this moment."""
        calendar = limit.period.kind in ("calendar", "consecutive_calendar_days")
        return CapLimit(
            count=limit.count,
            since=since,
            purposes=_purposes(limit, rule.applies),
            channels=_channels(limit, self, rule.applies),
            reason=rule.cap_reached,
            per_loan=bool({"debt", "account"} & set(self.key)),
            rolling_for=limit.period.length,
            frees_at=midnight(case.now, case.zones(rule)[0], 1) if calendar else None,
        )

    def uses(self, limit: CapLimit, contact: Contact, case: Case) -> bool:
        """Return whether a past contact uses up one of the limit; what is unknown of it counts."""
        kinds = UNITS[self.unit]
        if contact.kind not in kinds or self._excluded(contact, case):
            return False
        known = evolve(
            contact,
            kind=ContactKind.MESSAGE,
            purpose=contact.purpose or case.message.purpose,
            loan_id=contact.loan_id or case.context.loan_id,
        )
        return limit.counts(known, case.context.loan_id)

    def _runs(self, case: Case) -> bool:
        facts = case.context.facts
        agreed = case.context.consent_sms is True or facts.get("electronic_consent") is True
        dpd = facts.get("days_past_due")
        if self.min_days_past_due is not None and isinstance(dpd, int) and dpd < self.min_days_past_due:
            return False
        return not (self.needs and not agreed) and not (self.without and agreed)

    def _binds(self, rule: Rule, case: Case) -> bool:
        return (
            (not self.providers or concerns(self.providers, case.context.provider))
            and not _gives_way(rule, case)
            and not self._lifted(rule, case)
            and not self._excludes_now(case)
        )

    def _lifted(self, rule: Rule, case: Case) -> bool:
        return (
            rule.override is not None
            and rule.override.by == "recorded_agreement_with_debtor"
            and any(
                one.get("scope") == "more_contacts" for one in records(case.context.facts.get("consents"))
            )
        )

    def _excludes_now(self, case: Case) -> bool:
        return _CONSENT in self.exclude and consented(case.now, case)

    def _excluded(self, contact: Contact, case: Case) -> bool:
        return _CONSENT in self.exclude and consented(contact.at, case)


def _gives_way(rule: Rule, case: Case) -> bool:
    """Whether the message is a duty and the number the lender's own choice: a choice keeps no duty back."""
    return rule.authority is Authority.HOUSE and case.context.facts.get("obligatory") is True


@lru_cache(maxsize=4096)
def _counted(cap: Cap, applies: Applies, purpose: Purpose, channel: Channel) -> tuple[Limit, ...]:
    """Return the limits of a cap that count messages of this kind."""
    return tuple(
        one
        for one in cap.every
        if purpose in _purposes(one, applies) and channel in _channels(one, cap, applies)
    )


def _purposes(limit: Limit, applies: Applies) -> frozenset[Purpose]:
    return purposes_of(limit.classes) or applies.purposes


def _channels(limit: Limit, cap: Cap, applies: Applies) -> frozenset[Channel]:
    return _roads(limit.pool or cap.pool) or applies.roads


def _start(period: Period, zone: str, case: Case) -> datetime | None:
    """Return when the period began: None for one that a revocation would have to begin."""
    return revoked_at(case) if period.kind == "per_revocation" else period.since(case.now, zone)


def _frees_at(limit: Limit, used: Sequence[datetime], zone: str) -> datetime | None:
    """Return when the limit has room again, if nothing else is sent: None when it never will."""
    if limit.count == 0:
        return None
    return limit.period.leaves(used[len(used) - limit.count], zone)


@cache
def _roads(pool: tuple[str, ...] | str) -> frozenset[Channel]:
    if pool in ("all", (ANY,)):
        return frozenset(Channel)
    names = (pool,) if isinstance(pool, str) else pool
    known = {one.value for one in Channel}
    unknown = [name for name in names if name and name not in known | OTHER_CHANNELS | {"private_message"}]
    if unknown:
        raise CallerError(
            f"pool: expected channels out of {', '.join(sorted(known))}",
            f"pool：应为 {'、'.join(sorted(known))} 中的若干项",
        )
    return roads_of(names)
