"""What columns take for one place is one place to every rule."""

from __future__ import annotations

from itertools import product

import holidays
import pytest

from loansms.compliance import RulePack
from loansms.compliance.checks.windows import Window
from loansms.compliance.files import packaged_countries
from loansms.model import Channel, Purpose
from loansms.portfolio.rule_classes import apart

PACKS = sorted(packaged_countries())


def regions(country: str) -> list[str]:
    known = holidays.list_supported_countries().get(country, [])
    return [*known, *(f"{country}-{one}" for one in known), "NYC", "nowhere"]


@pytest.mark.parametrize("name", PACKS)
def test_regions_that_are_not_told_apart_are_under_the_same_rules(name: str) -> None:
    pack = RulePack.load(name)
    for country in pack.countries:
        known = regions(country)
        alike = [None, *(one for one in known if one not in set(apart(known, [pack])))]
        home = pack.home(country)
        bound = {tuple(rule.id for rule in pack.rules if rule.binds(home, region)) for region in alike}
        assert len(bound) == 1


@pytest.mark.parametrize("name", PACKS)
def test_where_a_rule_heeds_holidays_every_region_is_its_own(name: str) -> None:
    pack = RulePack.load(name)
    checks = [one.check for kind in product(Purpose, Channel) for one in pack.for_kind(*kind)]
    heeding = any(isinstance(one, Window) and (one.dated or one.holidays) for one in checks)
    assert not heeding or apart(["somewhere"], [pack]) == ["somewhere"]


def test_a_state_with_a_rule_of_its_own_is_told_apart_however_it_is_written() -> None:
    written = ["MA", "us-ma", "Massachusetts", "DC", "NYC", "TX", None, "California"]
    assert apart(written, [RulePack.load("US")]) == ["MA", "us-ma", "Massachusetts", "DC", "NYC"]
