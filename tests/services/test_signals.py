"""Signals as an operator reads them: what was sent, what is unknown, what waits; and nothing of anybody."""

from __future__ import annotations

import re
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from tests.services.parts import NOW, Answers, book, overdue, service
from tests.services.test_worker import Desk

from loansms.model import Rejected, Unknown
from loansms.services import health
from loansms.services.otel import OtelSignals
from loansms.services.watching.signals import SPANS, TABLE, Figure
from loansms.stores import MemoryStore, Stop, StopScope
from loansms.testing.examples import AT, claim


class Watched:
    """Signals kept in memory."""

    def __init__(self) -> None:
        self.reader, self.spans = InMemoryMetricReader(), InMemorySpanExporter()
        tracers = TracerProvider()
        tracers.add_span_processor(SimpleSpanProcessor(self.spans))
        self.signals = OtelSignals(meters=MeterProvider([self.reader]), tracers=tracers)

    def points(self) -> dict[str, list[Any]]:
        """Return the points of each figure."""
        data: Any = self.reader.get_metrics_data()
        return {
            one.name: list(one.data.data_points)
            for resource in data.resource_metrics
            for scope in resource.scope_metrics
            for one in scope.metrics
        }


def by(points: list[Any], attribute: str) -> dict[str, float]:
    return {one.attributes[f"loansms.{attribute}"]: one.value for one in points}


def test_a_queue_worked_off_tells_what_became_of_it() -> None:
    """Submits by result, rows by outcome, claims by answer, how long jobs had waited."""
    watched = Watched()
    rows = book(*({"name": "张三", **overdue(31)} for _ in range(4)))
    desk = Desk(rows, Rejected("bad_number"), Unknown("timeout"), signals=watched.signals)
    desk.enqueue()
    desk.work(NOW + timedelta(minutes=2))
    points = watched.points()
    assert by(points["loansms.submits"], "result") == {"Rejected": 1, "Unknown": 1, "Accepted": 2}
    assert by(points["loansms.rows"], "outcome") == {"refused": 1, "unknown": 1, "submitted": 2}
    assert by(points["loansms.claims"], "answer") == {"Claimed": 4}
    lag = points["loansms.queue.lag"][0]
    assert (lag.count, round(lag.min), round(lag.max)) == (4, 120, 120)
    names = [one.name for one in watched.spans.get_finished_spans()]
    assert (names.count("loansms.submit"), names.count("loansms.window"), names.count("loansms.work")) == (
        4,
        1,
        1,
    )


def test_no_signal_tells_of_anybody() -> None:
    """Swept whole, with a provider that quotes the number in its fault: no phone, name, id, amount, text or key."""
    watched, broken = Watched(), LookupError("no subscriber 17400000001")
    desk = Desk(book({"name": "张三", **overdue(31)}), broken, signals=watched.signals)
    desk.enqueue()
    with pytest.raises(LookupError):
        desk.work()
    watched.signals.tell(health(desk.store, NOW))
    spans = "".join(one.to_json() for one in watched.spans.get_finished_spans())
    told = spans + str(watched.reader.get_metrics_data())
    assert "loansms.submit" in told
    keys = [one.step_key for one in desk.store.attempts()]
    canaries = ("1740000", "张三", "L-1", "B-1", "1256", "1,256", "subscriber", *keys)
    assert not [one for one in canaries if one in told]


def test_every_name_is_in_the_table() -> None:
    """What a dashboard is built on: no attribute but the table's, and the table's attributes name no person."""
    free = {one for told in TABLE.values() for one in told.attributes} | {
        a for one in SPANS.values() for a in one
    }
    assert free == {"provider", "answer", "channel", "purpose", "result", "outcome"}
    with pytest.raises(ValueError, match="expected none but"):
        Watched().signals.add(Figure.SUBMITS, 1, phone="17400000001")


def test_the_page_has_the_table() -> None:
    """A dashboard is built from docs/how-to/watch-it.md: each figure there with its attributes."""
    page = Path("docs/how-to/watch-it.md").read_text(encoding="utf-8").splitlines()
    for figure, told in TABLE.items():
        line = next(one for one in page if one.startswith(f"| `{figure.value}` "))
        assert set(re.findall(r"`loansms\.(\w+)`", line.split("|")[3])) == told.attributes


def test_without_the_extra_a_service_works_and_tells_which_extra_it_is() -> None:
    """loansms does not import OpenTelemetry; asking for its signals without it names the extra."""
    code = (
        "import sys; sys.modules['opentelemetry'] = None\n"
        "import loansms\n"
        "try: import loansms.services.otel\n"
        "except ImportError as wrong: print(wrong)\n"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "needs the extra 'otel'" in told.stdout


def test_health_counts_what_waits_for_a_person() -> None:
    """One unknown, one claim silent past its lease, two jobs, one brake."""
    store = MemoryStore()
    assert health(store, NOW).well
    service(Answers(Unknown("timeout")), store).run(book({}), now=NOW)
    store.claim([claim(at=AT)])
    desk = Desk(book({}, {}))
    desk.service.enqueue(desk.rows, store, now=NOW)
    store.stop(Stop(scope=StopScope.ALL, at=NOW, by="a.b"))
    seen = health(store, AT + timedelta(minutes=11))
    assert (seen.unknown, seen.silent, seen.jobs, seen.stops, seen.well) == (1, 1, 2, 1, False)
    assert seen.silent_for == timedelta(minutes=11)
    assert seen.unsealed > 0
