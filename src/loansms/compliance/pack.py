"""A rule pack: the rules in force for one jurisdiction on one day, versioned by their content.

>>> pack = RulePack.load("CN", on=date(2026, 9, 25))
>>> pack.jurisdiction, pack.version.startswith("CN "), len(pack.rules) > 20
('CN', True, True)
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from attrs import asdict, field, frozen

from loansms.compliance.at_best import AtBest, at_best
from loansms.compliance.checks.hit import Check
from loansms.compliance.checks.standing import standing
from loansms.compliance.checks.table import check_of
from loansms.compliance.checks.waking import Waking, waking
from loansms.compliance.files import digest, packaged_countries, read_pack
from loansms.compliance.pack_parts import nobody_read, read_confirmed, read_head, read_rules
from loansms.compliance.rule import ANY, Authority, Rule
from loansms.errors import PackError
from loansms.model import Channel, Purpose, Sendable

_RANK: Final = {authority: place for place, authority in enumerate(Authority)}
RECALLED: Final = "R"  # the mark of a rule that was not checked against any text


@frozen(eq=False)
class BoundRule:
    """A rule with its check read and ready; `rank` orders rules by who stands behind them, law first.

    `wakes` says without what the check has nothing to say; None is always asked. `stands` are the facts without
    which its answer is the same for all messages of a kind to a place; None is asked each time. `providers` are those it is
    asked of, none for all.
    """

    rule: Rule
    check: Check
    wakes: Waking | None = field(init=False)
    stands: frozenset[str] | None = field(init=False)
    providers: tuple[str, ...] = field(init=False)
    warns: bool = field(init=False)
    rank: int = field(init=False)

    def __attrs_post_init__(self) -> None:
        object.__setattr__(self, "warns", self.rule.warns)
        object.__setattr__(self, "rank", _RANK[self.rule.authority])
        object.__setattr__(self, "wakes", waking(self.check))
        object.__setattr__(self, "stands", standing(self.check))
        # A parameter some types have: a rule of one provider need not be put before another's messages.
        named: object = getattr(self.check, "providers", ())
        object.__setattr__(self, "providers", named if isinstance(named, tuple) else ())


@frozen(kw_only=True, eq=False)
class RulePack:
    """The rules of one jurisdiction in force on `on` (all dates when None); `version` pins the content.

    ``countries`` are all country codes it serves. ``unreviewed`` says that no lawyer of the country has read
    it; ``confirmed`` names the recalled rules that the lender's counsel has checked, with who and when.
    A pack is itself and no other: compare versions, not packs.
    """

    jurisdiction: str
    version: str
    rules: tuple[Rule, ...]
    on: date | None = None
    countries: frozenset[str] = frozenset()
    unreviewed: bool = False
    confirmed: Mapping[str, str] = field(factory=dict[str, str])
    bound: tuple[BoundRule, ...] = field(repr=False)
    index: Mapping[tuple[Purpose, Channel], tuple[BoundRule, ...]] = field(repr=False)

    @classmethod
    def load(cls, name: str | Path, on: date | None = None, *, strict: bool = False) -> RulePack:
        """Return a shipped pack ("CN", "US") or a user's TOML file, with the rules in force on `on`.

        The pack of a state ("US-MA") is its country's: a rule of that pack says which states it binds.
        `strict` refuses a pack that is not fit for production (GEN-VERIFIED-01): one nobody reviewed, or with
        rules in force that are only recalled and that the lender's counsel has not confirmed. No rule is ever
        dropped. Raise PackError naming file, rule and key: an unknown check, a loose type or a doubled id.
        """
        country = name.split("-", maxsplit=1)[0] if isinstance(name, str) else ""
        if country in packaged_countries() and not Path(name).suffix:
            pack = _shipped(packaged_countries()[country], on)
        else:
            source, content = read_pack(name)
            pack = cls.read(source, content, on)
        if strict:
            pack.refuse_unverified()
        return pack

    @classmethod
    def read(cls, source: str, content: Mapping[str, Any], on: date | None = None) -> RulePack:
        """Return a pack from content already parsed; `source` names it in errors."""
        head = read_head(source, content)
        rules = read_rules(source, content, head)
        return cls.of(
            rules,
            jurisdiction=head.jurisdiction,
            name=head.name,
            source=source,
            on=on,
            countries=head.countries,
            unreviewed=nobody_read(head),
            confirmed=read_confirmed(source, head, rules),
        )

    @classmethod
    def of(
        cls,
        rules: Iterable[Rule],
        *,
        jurisdiction: str,
        name: str = "own",
        source: str = "",
        on: date | None = None,
        countries: Iterable[str] = (),
        unreviewed: bool = False,
        confirmed: Mapping[str, str] | None = None,
    ) -> RulePack:
        """Return a pack of rules made in code; raise PackError for a check that cannot be read."""
        every = tuple(rules)
        bound = tuple(BoundRule(one, check_of(one.check, f"{source or name}: {one.id}")) for one in every)
        chosen = tuple(one for one in bound if on is None or one.rule.in_force(on))
        written = sorted(json.dumps(asdict(one), sort_keys=True, default=str) for one in every)
        return cls(
            jurisdiction=jurisdiction,
            version=f"{name} {digest(json.dumps(written))}",
            rules=tuple(one.rule for one in chosen),
            on=on,
            countries=frozenset({jurisdiction, *countries}),
            unreviewed=unreviewed,
            confirmed=confirmed or {},
            bound=chosen,
            index={
                (purpose, channel): tuple(one for one in chosen if one.rule.applies.covers(purpose, channel))
                for purpose in Purpose
                for channel in Channel
            },
        )

    def serves(self, jurisdiction: str) -> bool:
        """Return whether this pack is for debts of `jurisdiction` (CN, US-MA, DE in the pack of the EU)."""
        return bool({jurisdiction, jurisdiction.split("-", maxsplit=1)[0]} & self.countries)

    def reaches(self, jurisdiction: str) -> bool:
        """Return whether its rules are asked about debts of `jurisdiction`: those of a pack for "*" always are."""
        return self.jurisdiction == ANY or self.serves(jurisdiction)

    def home(self, jurisdiction: str) -> str:
        """Return `jurisdiction` as this pack's rules name it: a member's code becomes the pack's own."""
        country, dash, region = jurisdiction.partition("-")
        return f"{self.jurisdiction}{dash}{region}" if country in self.countries else jurisdiction

    def for_kind(self, purpose: Purpose, channel: Channel) -> tuple[BoundRule, ...]:
        """Return the rules that look at messages of this purpose on this channel."""
        return self.index[purpose, channel]

    def at_best(
        self, kind: Sendable, on: date, days_past_due: int, beside: Iterable[RulePack] = ()
    ) -> tuple[AtBest, ...]:
        """Return what a message of this kind meets at best on that day, in each place this pack has rules for.

        The packs `beside` it join where they reach that place. A pack for "*" has no place of its own: no answer.
        """
        packs = (self, *(one for one in beside if one is not self))
        return tuple(
            at_best(
                (
                    (one.rule, one.check)
                    for pack in packs
                    if pack.reaches(place)
                    for one in pack.for_kind(kind.purpose, kind.channel)
                    if one.rule.binds(pack.home(place), None) and not one.providers
                ),
                kind,
                place,
                on,
                days_past_due,
            )
            for place in self.places
        )

    @property
    def places(self) -> tuple[str, ...]:
        """The country this pack is for (of a union, one of its countries) and the states its rules name."""
        if self.jurisdiction == ANY:
            return ()
        country = min(self.countries - {self.jurisdiction}, default=self.jurisdiction)
        named = {rule.jurisdiction for rule in self.rules} - {ANY, self.jurisdiction}
        return (country, *sorted(named))

    @property
    def recalled(self) -> tuple[str, ...]:
        """The ids of rules in force that are only recalled and that nobody has confirmed."""
        return tuple(
            one.id for one in self.rules if one.verified == RECALLED and one.id not in self.confirmed
        )

    def refuse_unverified(self) -> None:
        """Raise PackError when the pack is not fit for production, saying what a lawyer has to look at."""
        if self.unreviewed:
            raise PackError(
                f"{self.version}: not reviewed by a lawyer of {self.jurisdiction}: have it read, take it into a pack "
                "file of your own and say there under reviewed_by who read it and when",
                f"{self.version}：未经 {self.jurisdiction} 律师审阅；请审阅后纳入自有规则包，并在 reviewed_by 注明审阅人和日期",
            )
        if self.recalled:
            told = ", ".join(self.recalled)
            raise PackError(
                f"{self.version}: rules not checked against a source: {told}. Have counsel check them and name "
                "them under [confirmed] in your own pack file",
                f"{self.version}：以下规则未经核实：{told}；请律师核实后列入自有规则包的 [confirmed]",
            )


@lru_cache(maxsize=256)
def _shipped(name: str, on: date | None) -> RulePack:
    """Return a shipped pack; it is frozen, so one reading serves all who ask for that day."""
    return RulePack.read(*read_pack(name), on)
