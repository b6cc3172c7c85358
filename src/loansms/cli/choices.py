"""From what was typed to what the services take; anything unusable is one clear line naming the option."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import TypeVar

from loansms.calendars import Overrides, load_overrides
from loansms.clock import Clock
from loansms.compliance import review_text
from loansms.errors import CallerError, ConfigurationError
from loansms.model import Lender
from loansms.policy import Policy
from loansms.providers import Provider
from loansms.providers.spec import parse
from loansms.templates import Catalogue

E = TypeVar("E", bound=StrEnum)

_EXAMPLES = ("CN", "US")  # the jurisdictions of the made-up lenders


def moment(text: str | None, clock: Clock, option: str = "--now") -> datetime:
    """Return the moment `option` names: `text` with its offset, or the clock's time.

    >>> from loansms.clock import SystemClock
    >>> moment("2026-09-24T10:00:00+08:00", SystemClock()).isoformat()
    '2026-09-24T10:00:00+08:00'
    >>> moment("2026-09-24", SystemClock())
    Traceback (most recent call last):
    loansms.errors.CallerError: --now: expected a time with its offset, such as 2026-09-24T10:00:00+08:00
    """
    if text is None:
        return clock.now()
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        at = None
    if at is None or at.utcoffset() is None:
        raise CallerError(
            f"{option}: expected a time with its offset, such as 2026-09-24T10:00:00+08:00",
            f"{option}：应为带时区偏移的时间，例如 2026-09-24T10:00:00+08:00",
        )
    return at


def day(text: str | None, clock: Clock, option: str = "--on") -> date:
    """Return the day `option` names, or the day it is here by the clock.

    >>> from loansms.clock import SystemClock
    >>> day("2026-11-22", SystemClock())
    datetime.date(2026, 11, 22)
    """
    if text is None:
        return clock.now().astimezone().date()
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise CallerError(
            f"{option}: expected a date such as 2026-11-22", f"{option}：应为日期，例如 2026-11-22"
        ) from None


def duration(text: str, option: str) -> timedelta:
    """Return the time `option` names: whole days, hours or minutes.

    >>> duration("36h", "--max-age").total_seconds() / 3600
    36.0
    """
    found = re.fullmatch(r"(\d{1,5})([dhm])", text)
    if found is None:
        raise CallerError(
            f"{option}: expected days, hours or minutes such as 2d, 36h or 30m",
            f"{option}：应为天、小时或分钟数，例如 2d、36h、30m",
        )
    return (
        int(found[1]) * {"d": timedelta(days=1), "h": timedelta(hours=1), "m": timedelta(minutes=1)}[found[2]]
    )


def share(text: str, option: str) -> float:
    """Return the share `option` names, as a number from 0 to 1.

    >>> share("10%", "--share")
    0.1
    """
    found = re.fullmatch(r"(\d{1,3}(?:\.\d{1,2})?)%", text)
    if found is None or float(found[1]) > 100:
        raise CallerError(f"{option}: expected a share such as 10%", f"{option}：应为比例，例如 10%")
    return float(found[1]) / 100


def names(given: Sequence[str] | None) -> list[str]:
    """Return the names of a repeatable option; commas separate them too.

    >>> names(["CN,US", "CN"])
    ['CN', 'US']
    """
    parts = [name.strip() for one in given or () for name in one.split(",")]
    return list(dict.fromkeys(name for name in parts if name))


def policy(name: str, options: Sequence[str] | None) -> Policy:
    """Return a preset, or the policy of a TOML file."""
    chosen = tuple(names(options))
    return Policy.named(name, chosen)


def lenders(path: Path | None, packs: Sequence[str], policy_name: str = "") -> dict[str, Lender]:
    """Return the lenders of a profile by id, or the example lender of the packs' or policy's jurisdiction."""
    if path is not None:
        return Lender.load_all(path)
    stated = [*packs, Path(policy_name).name.partition("-")[0].upper()]
    jurisdiction = next((one for one in stated if one in _EXAMPLES), None)
    if jurisdiction is None:
        raise ConfigurationError(
            "--lender: expected a profile; without one, --packs CN or --packs US says which example lender speaks",
            "--lender：需要机构档案；未提供时请用 --packs CN 或 --packs US 指定示例机构",
        )
    example = Lender.example(jurisdiction)
    return {example.lender_id: example}


def catalogue(folder: Path | None) -> Catalogue:
    """Return the built-in templates, or a folder's own, reviewed as they are loaded."""
    return Catalogue.builtin() if folder is None else Catalogue.load(folder, review=review_text)


def overrides(path: Path | None) -> Overrides:
    """Return the working days a file adds or corrects; none without a file."""
    return Overrides() if path is None else load_overrides(path)


def provider(spec: str, clock: Clock) -> Provider:
    """Return the provider that ``sandbox``, ``sandbox:SEED`` or ``spool:DIR`` names."""
    return parse(spec, clock)


def facts(given: Sequence[str] | None) -> dict[str, object]:
    """Return KEY=VALUE pairs; true and false are read as such, digits as whole numbers.

    >>> facts(["credit_reporting=true", "dpd=31"])
    {'credit_reporting': True, 'dpd': 31}
    """
    return {key: _fact(value) for key, value in pairs(given, "--fact").items()}


def _fact(value: str) -> object:
    known: Mapping[str, object] = {"true": True, "false": False}
    return int(value) if value.isdecimal() else known.get(value.casefold(), value)


def pairs(given: Sequence[str] | None, option: str) -> dict[str, str]:
    """Return the KEY=VALUE pairs of a repeatable option; raise CallerError naming the option alone."""
    found = [one.partition("=") for one in given or ()]
    if not all(key.strip() and mark for key, mark, _ in found):
        raise CallerError(f"{option}: expected KEY=VALUE", f"{option}：应为 键=值")
    return {key.strip(): value.strip() for key, _, value in found}


def one_of(kind: type[E], word: str, option: str) -> E:
    """Return the member of `kind` that `word` names; raise CallerError with the words there are."""
    try:
        return kind(word)
    except ValueError:
        known = ", ".join(str(one.value) for one in kind)
        raise CallerError(f"{option}: expected one of {known}", f"{option}：应为 {known} 之一") from None
