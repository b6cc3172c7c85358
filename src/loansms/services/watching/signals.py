"""What a service tells of its work while it works: figures and spans by fixed names, nothing of any person.

Every name and every attribute is in one table; an attribute's value is a word of this library or a provider's name,
never an id, a number or a text. `loansms.services.otel.OtelSignals` hands them to OpenTelemetry; without it nothing is told.

>>> QUIET.add(Figure.ROWS, 3, outcome="submitted")
>>> Figure.SUBMIT_DURATION.value, sorted(TABLE[Figure.SUBMIT_DURATION].attributes)
('loansms.submit.duration', ['provider', 'result'])
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from enum import StrEnum
from typing import Protocol

from attrs import frozen


class Figure(StrEnum):
    """What is counted or measured."""

    CLAIMS = "loansms.claims"
    SUBMITS = "loansms.submits"
    SUBMIT_DURATION = "loansms.submit.duration"
    ROWS = "loansms.rows"
    WINDOW_DURATION = "loansms.window.duration"
    QUEUE_LAG = "loansms.queue.lag"


class Span(StrEnum):
    """What is traced."""

    WINDOW = "loansms.window"
    SUBMIT = "loansms.submit"
    WORK = "loansms.work"


@frozen
class Told:
    """How a figure is kept: counted, or measured in `unit`; and the attributes that it may carry."""

    unit: str
    attributes: frozenset[str]
    counted: bool
    says: str


def _counted(says: str, *attributes: str) -> Told:
    return Told("1", frozenset(attributes), counted=True, says=says)


def _measured(says: str, *attributes: str) -> Told:
    return Told("s", frozenset(attributes), counted=False, says=says)


TABLE: Mapping[Figure, Told] = {
    Figure.CLAIMS: _counted("Claims by the ledger's answer", "provider", "answer"),
    Figure.SUBMITS: _counted(
        "Messages handed over, by what the provider answered", "provider", "channel", "purpose", "result"
    ),
    Figure.SUBMIT_DURATION: _measured("Time of one call of the provider", "provider", "result"),
    Figure.ROWS: _counted("Jobs by how they ended", "outcome"),
    Figure.WINDOW_DURATION: _measured("Time from a window's claim to its last ending", "provider"),
    Figure.QUEUE_LAG: _measured("How long a job could have gone before it was taken"),
}
SPANS: Mapping[Span, frozenset[str]] = {
    Span.WINDOW: frozenset({"provider"}),
    Span.SUBMIT: frozenset({"provider", "channel", "purpose"}),
    Span.WORK: frozenset(),
}


class Signals(Protocol):
    """Where figures and spans go; neither may raise or wait."""

    def add(self, figure: Figure, value: float, /, **attributes: str) -> None:
        """Count or measure."""
        ...

    def span(self, name: Span, /, **attributes: str) -> AbstractContextManager[object]:
        """Return what is entered while something lasts."""
        ...


@frozen
class Quiet:
    """Tells nothing."""

    def add(self, figure: Figure, value: float, /, **attributes: str) -> None:
        """Tell nothing."""

    def span(self, name: Span, /, **attributes: str) -> AbstractContextManager[object]:  # noqa: ARG002 - as asked for
        """Return what does nothing."""
        return nullcontext()


QUIET = Quiet()
