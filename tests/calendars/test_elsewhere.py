"""Holidays of other countries and regions, and what a wrong place or a wrong override file is told."""

from datetime import date
from pathlib import Path

import pytest

from loansms.calendars import calendar_for, load_overrides
from loansms.errors import CallerError, ConfigurationError


@pytest.mark.parametrize(
    ("country", "region", "on", "off"),
    [
        ("US", None, date(2026, 7, 3), True),  # Independence Day is a Saturday, kept on the Friday
        ("US", None, date(2026, 4, 20), False),
        ("US", "MA", date(2026, 4, 20), True),  # Patriots' Day
        ("US", "US-MA", date(2026, 4, 20), True),
        ("BR", "SP", date(2026, 7, 9), True),
        ("IN", None, date(2026, 1, 26), True),
        ("GB", "SCT", date(2026, 11, 30), True),
        ("UK", None, date(2026, 12, 25), True),
        ("SA", None, date(2026, 9, 25), True),  # a Friday: the weekend there
        ("SA", None, date(2026, 9, 27), False),  # a Sunday
        ("HK", None, date(2026, 7, 1), True),
        ("CN", "Guangdong", date(2026, 10, 10), False),
    ],
)
def test_holidays_of_a_place(country: str, region: str | None, on: date, off: bool) -> None:
    calendar = calendar_for(country, region)
    assert calendar.day(on).off is off
    assert calendar.is_workday(on) is not off


def test_a_country_of_statutory_rules_needs_no_plan() -> None:
    calendar = calendar_for("US", "MA")
    assert calendar.valid_through is None
    assert not calendar.day(date(2031, 3, 5)).provisional
    assert calendar.version.endswith("; US-MA")


@pytest.mark.parametrize(("country", "region"), [("XX", None), ("", None), ("US", "ZZ")])
def test_an_unknown_place_is_refused(country: str, region: str | None) -> None:
    with pytest.raises(CallerError, match=r"^(country|region): expected") as told:
        calendar_for(country, region)
    assert told.value.zh


def test_an_override_file_is_read(tmp_path: Path) -> None:
    path = tmp_path / "plans.toml"
    path.write_text(
        '[[plan]]\nyear = 2027\noff = ["2027-01-01..2027-01-03", 2027-02-05, "2027-02-06"]\n'
        'work = [2027-01-30]\nsource = "a notice"\n'
        '[[plan]]\ncountry = "us"\nyear = 2027\noff = [2027-03-01]\nsource = "the lender"\ncomplete = false\n',
        encoding="utf-8",
    )
    overrides = load_overrides(path)
    china, states = overrides.of("CN", 2027), overrides.of("US", 2027)
    assert china is not None
    assert states is not None
    assert len(china.off) == 5
    assert china.work == {date(2027, 1, 30)}
    assert (china.complete, states.complete) == (True, False)
    assert not calendar_for("US", overrides=overrides).is_workday(date(2027, 3, 1))


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("year = 2027", "missing key 'plan'"),
        ("[[plan]]\nyear = 2027", "source"),
        ('[[plan]]\nyear = "2027"\nsource = "x"', "expected a whole number"),
        ('[[plan]]\nyear = 2027\nsource = " "', "source: expected where the plan was published"),
        ('[[plan]]\nyear = 2027\nsource = "x"\nholidays = []', "unknown keys holidays"),
        (
            '[[plan]]\nyear = 2027\nsource = "x"\noff = ["soon"]',
            "plan CN 2027: off: entry 1: expected a date",
        ),
        ('[[plan]]\nyear = 2027\nsource = "x"\nwork = [2027-02-01, 7]', "work: entry 2: expected a date"),
        ('[[plan]]\nyear = 2027\nsource = "x"\noff = [2027-01-01T08:00:00]', "off: entry 1: expected a date"),
        ('[[plan]]\nyear = 2027\nsource = "x"\noff = ["2027-01-03..2027-01-01"]', "the last day on or after"),
        ('[[plan]]\nyear = 2027\nsource = "x"\noff = ["2027-01-01..2027-12-31"]', "at most 60 days"),
        ('[[plan]]\nyear = 2027\nsource = "x"\noff = [2028-01-01]', "expected dates of 2027"),
        (
            '[[plan]]\nyear = 2027\nsource = "x"\noff = [2027-01-02]\nwork = [2027-01-02]',
            "2027-01-02 is in off and in work",
        ),
        ('[[plan]]\nyear = 2027\nsource = "x"\n' * 2, "plan CN 2027: expected one entry, found 2"),
        ("[[plan", "expected TOML in UTF-8"),
    ],
)
def test_a_wrong_override_file_is_told_in_one_line(tmp_path: Path, content: str, expected: str) -> None:
    path = tmp_path / "plans.toml"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(ConfigurationError) as told:
        load_overrides(path)
    assert str(told.value).startswith("plans.toml: ")
    assert expected in str(told.value)
    assert "\n" not in str(told.value)


def test_a_missing_override_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"absent\.toml: no such file"):
        load_overrides(tmp_path / "absent.toml")


@pytest.mark.parametrize("word", ["APR", "MON", "SUN", "ZZ", ""])
def test_a_word_that_is_no_country_is_told_so(word: str) -> None:
    with pytest.raises(CallerError, match="country"):
        calendar_for(word)
