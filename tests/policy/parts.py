"""Small policies for tests: overdue stages, one step of each kind, a catalogue that has every template."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from attrs import frozen

from loansms.model import Channel, Purpose, RecipientRole
from loansms.policy import Policy, Stage, Step

STAGES = (
    Stage(name="before", to_dpd=0),
    Stage(name="early", from_dpd=1, to_dpd=7),
    Stage(name="late", from_dpd=8),
)


def step(day: int, **changes: object) -> Step:
    """A collection step in the stage of its day; a reminder on or before the due date."""
    due = day > 0
    fields: dict[str, Any] = {
        "id": f"day-{day}",
        "day": day,
        "stage": next(stage.name for stage in STAGES if stage.holds(day)),
        "template": f"collection.{'early' if day < 8 else 'late'}" if due else "reminder.due_today",
        "purpose": Purpose.COLLECTION if due else Purpose.REPAYMENT_REMINDER,
        "channels": [Channel.SMS],
        "priority": 60,
    }
    return Step(**{**fields, **changes})


def dated(**changes: object) -> Step:
    """A wish on the day of a date column, every year."""
    fields: dict[str, Any] = {
        "id": "wish",
        "day": 0,
        "anchor": "birthday",
        "every": "year",
        "template": "care.birthday",
        "purpose": Purpose.TRANSACTION_NOTICE,
        "channels": [Channel.SMS],
        "priority": 1,
    }
    return Step(**{**fields, **changes})


def duty(day: int = 10, **changes: object) -> Step:
    """A notice before a report to the credit bureau, which has five days to arrive."""
    return step(
        day,
        **{
            "id": "duty",
            "stage": "",
            "obligatory": True,
            "deadline_days": 5,
            "purpose": Purpose.CREDIT_PRENOTICE,
            **changes,
        },
    )


def policy(*steps: Step, **changes: object) -> Policy:
    """A policy of these steps, with a step in every overdue stage unless they are named otherwise."""
    fields: dict[str, Any] = {"name": "x", "stages": STAGES, "steps": steps}
    return Policy(**{**fields, **changes})


def found(one: Policy, **given: Any) -> list[tuple[str, str]]:
    """The codes and places of what a check finds."""
    return [(finding.code, finding.where) for finding in one.check(**given)]


def noon(dpd: int) -> datetime:
    """Noon in Shanghai on that day past the due date of the example account."""
    return datetime(2026, 9, 24, 4, tzinfo=UTC) + timedelta(days=dpd)


@frozen
class Text:
    """A template as far as a check asks it."""

    purpose: Purpose
    recipient: RecipientRole = RecipientRole.BORROWER
    channel: Channel = Channel.SMS


@frozen
class Templates:
    """A catalogue by template and locale."""

    texts: Mapping[str, Mapping[str, Text]]

    def ids(self) -> Collection[str]:
        return self.texts.keys()

    def locales(self, template_id: str, /) -> Collection[str]:
        return self.texts[template_id].keys()

    def get(self, template_id: str, /, *, locale: str) -> Text:
        return self.texts[template_id][locale]


def templates(one: Policy, locales: Collection[str] = ("zh-CN", "zh-Hant", "en")) -> Templates:
    """The catalogue that says just what the steps of a policy need."""
    return Templates(
        {
            step.template: dict.fromkeys(locales, Text(step.purpose, step.recipient, step.channels[0]))
            for step in one.steps
        }
    )
