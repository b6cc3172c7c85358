"""Write the table of shipped rule packs, docs/reference/jurisdictions.md, from the packs themselves.

`--check` fails when the page is not what this script would write.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final

from loansms.compliance import Authority, Rule, RulePack
from loansms.compliance.files import packaged_names
from loansms.compliance.rule import CLASSES
from loansms.model import Channel, Purpose

PAGE: Final = Path(__file__).resolve().parent.parent / "docs" / "reference" / "jurisdictions.md"
INTRO: Final = """# Jurisdictions

What each shipped pack says of a text that collects. The table is written from the packs by
`python scripts/jurisdictions.py`; every rule has its citation in the pack, and `RulePack.load(code)` reads it.

- **Status.** No lawyer has reviewed any pack. The packs of China and the United States were worked through in full; all
  others are marked `unreviewed`, and `RulePack.load(code, strict=True)` refuses them.
- **Hours** are local, on the person's own clock; `*` marks the lender's own choice (authority house), `?` a rule that is not
  yet in force and only warns. Caps are per debtor; D is a local day, d are days back from now.
- **Marks** count the rules by how they were checked: V1 read in the source, V2 second hand, R recalled, house without any
  outside text.
- A rule named after a region (US-MA, BR-CE) binds debts of that region. Nothing on this page is legal advice.

| pack | status | hours of collection | caps on texts | who is written to | records kept | marks |
|---|---|---|---|---|---|---|
"""
DASH: Final = "–"
UNITS: Final = {"days": "d", "hours": "h", "minutes": "min"}


def page() -> str:
    """Return the whole page."""
    return INTRO + "".join(_row(RulePack.load(name)) for name in packaged_names())


def _row(pack: RulePack) -> str:
    cells = (
        _name(pack),
        "unreviewed" if pack.unreviewed else "worked through, not reviewed",
        _list(_hours(one) for one in _of(pack, "window") if one.check.params.get("allow")),
        _list(_caps(one) for one in _of(pack, "cap")),
        _list(_who(one) for one in _of(pack, "recipient_role") if one.check.params.get("allow")),
        _list(_kept(one) for one in pack.rules if one.check.type == "retention_min"),
        _marks(pack),
    )
    return f"| {' | '.join(cells)} |\n"


def _name(pack: RulePack) -> str:
    others = sorted(pack.countries - {pack.jurisdiction})
    return f"{pack.jurisdiction} ({', '.join(others)})" if others else pack.jurisdiction


def _of(pack: RulePack, kind: str) -> list[Rule]:
    """Return the rules of that type that look at a text which collects, law before house."""
    rank = list(Authority)
    found = [
        one
        for one in pack.rules
        if one.check.type == kind
        and one.applies.covers(Purpose.COLLECTION, Channel.SMS)
        and not one.check.params.get("providers")
    ]
    return sorted(found, key=lambda one: (rank.index(one.authority), one.id))


def _list(told: Iterable[str]) -> str:
    return "<br>".join(one for one in told if one) or DASH


def _by(rule: Rule) -> str:
    mark = "?" if rule.pending else "*" if rule.authority is Authority.HOUSE else ""
    party = f", {rule.applies.party} party" if rule.applies.party != "any" else ""
    return f"({rule.id}{mark}{party})"


def _hours(rule: Rule) -> str:
    def stretch(hours: Mapping[str, Any]) -> str:
        days = "" if hours["days"] == "mon-sun" else f"{hours['days']} "
        worked = " on workdays" if hours.get("on") == "workday" else ""
        return f"{days}{hours['from']}–{hours['to']}{worked}"

    params = rule.check.params
    shut = ", no holidays" if params.get("holidays") == "deny" else ""
    return f"{'; '.join(stretch(one) for one in params['allow'])}{shut} {_by(rule)}"


def _caps(rule: Rule) -> str:
    params = rule.check.params
    limits: list[Mapping[str, Any]] = [
        one
        for one in params.get("limits") or [params]
        if not one.get("classes") or Purpose.COLLECTION in {CLASSES[name] for name in one["classes"]}
    ]
    told = ", ".join(f"{one['count']}/{_period(one['period'])}" for one in limits)
    return f"{told} {_by(rule)}" if told else ""


def _period(period: Mapping[str, Any]) -> str:
    if period["kind"] == "calendar":
        return "D"
    if period["kind"] == "per_revocation":
        return "opt-out"
    return " ".join(f"{period[unit]} {short}" for unit, short in UNITS.items() if unit in period)


def _who(rule: Rule) -> str:
    return f"{', '.join(one.replace('_', ' ') for one in rule.check.params['allow'])} {_by(rule)}"


def _kept(rule: Rule) -> str:
    params = rule.check.params
    told = [f"{params[unit]} {unit}" for unit in ("years", "months") if params.get(unit)]
    return f"{' '.join(told)} {_by(rule)}" if told else ""


def _marks(pack: RulePack) -> str:
    count = Counter(one.verified or "house" for one in pack.rules)
    return ", ".join(f"{name} {count[name]}" for name in ("V1", "V2", "R", "house") if count[name])


def main(check: bool) -> int:
    """Write the page, or with `check` say whether it is stale."""
    text = page()
    if PAGE.exists() and PAGE.read_text(encoding="utf-8") == text:
        return 0
    if check:
        print("not what scripts/jurisdictions.py writes: docs/reference/jurisdictions.md")
        return 1
    PAGE.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main("--check" in sys.argv))
