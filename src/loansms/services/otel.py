"""Signals through OpenTelemetry: its API alone; the host chooses the SDK and where all of it goes.

>>> from loansms.services.watching.signals import Figure
>>> OtelSignals().add(Figure.ROWS, 1, outcome="submitted")      # without an SDK the API tells nobody
>>> OtelSignals().add(Figure.ROWS, 1, borrower="B-1")
Traceback (most recent call last):
ValueError: loansms.rows: expected none but the attributes ['outcome'], got ['borrower']
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager

from loansms.errors import MissingExtra
from loansms.services.watching.signals import SPANS, TABLE, Figure, Span
from loansms.services.watching.vitals import Vitals

try:
    from opentelemetry import metrics, trace
except ImportError:
    raise MissingExtra("otel", "OpenTelemetry signals") from None

VITALS: Mapping[str, str] = {
    "unknown": "Attempts of which nobody knows the ending",
    "silent": "Claims whose holder is silent past its lease",
    "jobs": "Jobs in the queue",
    "unsealed": "Journal entries without a seal",
    "stops": "Brakes that are on",
}


class OtelSignals:
    """Figures as counters and histograms, spans as spans, under the names of `loansms.services.watching.signals`.

    Without providers those that the host has set for the whole process are used. An attribute that the table does not
    name is a fault of the caller's, told as ValueError: no free word gets out.
    """

    def __init__(
        self,
        *,
        meters: metrics.MeterProvider | None = None,
        tracers: trace.TracerProvider | None = None,
    ) -> None:
        meter = (meters or metrics.get_meter_provider()).get_meter("loansms")
        self._tracer = (tracers or trace.get_tracer_provider()).get_tracer("loansms")
        self._counters = {
            figure: meter.create_counter(figure.value, told.unit, told.says)
            for figure, told in TABLE.items()
            if told.counted
        }
        self._measures = {
            figure: meter.create_histogram(figure.value, told.unit, told.says)
            for figure, told in TABLE.items()
            if not told.counted
        }

        self._vitals = {
            name: meter.create_gauge(f"loansms.{name}", "1", says) for name, says in VITALS.items()
        }

    def tell(self, vitals: Vitals) -> None:
        """Set the gauges to what `health` answered: ``loansms.unknown``, ``loansms.jobs`` and their like."""
        for name, gauge in self._vitals.items():
            gauge.set(getattr(vitals, name))

    def add(self, figure: Figure, value: float, /, **attributes: str) -> None:
        """Count or measure."""
        told = _named(figure.value, TABLE[figure].attributes, attributes)
        if figure in self._counters:
            self._counters[figure].add(value, told)
        else:
            self._measures[figure].record(value, told)

    def span(self, name: Span, /, **attributes: str) -> AbstractContextManager[object]:
        """Return a span; an exception ends it, and none of the exception's words are kept: they may be anybody's."""
        told = _named(name.value, SPANS[name], attributes)
        return self._tracer.start_as_current_span(
            name.value, attributes=told, record_exception=False, set_status_on_exception=False
        )


def _named(what: str, known: frozenset[str], given: Mapping[str, str]) -> dict[str, str]:
    if not known.issuperset(given):
        raise ValueError(
            f"{what}: expected none but the attributes {sorted(known)}, got {sorted(set(given) - known)}"
        )
    return {f"loansms.{name}": value for name, value in given.items()}
