"""The line as plain code calls it, from many threads, and both faces under the suite every provider passes."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor

import pytest
from attrs import evolve
from tests.providers.carrier.lines import LINES, cmpp, letter, ms, settings, soon

from loansms.clock import FrozenClock
from loansms.model import (
    Accepted,
    DeliveryReceipt,
    InboundMessage,
    Message,
    PhoneNumber,
    Rejected,
    SubmitResult,
)
from loansms.providers import Provider
from loansms.providers.carrier import AsyncCarrierLine, CarrierLine, LineSettings
from loansms.providers.carrier.dialect import Dialect
from loansms.testing import ProviderSuite
from loansms.testing.examples import AT
from loansms.testing.fake_ismg import FakeIsmg
from loansms.testing.gateway_faults import Faults
from loansms.testing.waiting import Waiting

# Reports come before the answers, so that they are all there when a test asks for them.
PROMPT = Faults(early=1.0)


def test_many_threads_share_one_window_and_reports_come_on_a_thread_of_their_own() -> None:
    kept: list[DeliveryReceipt | InboundMessage] = []
    names: set[str] = set()

    def keep(report: DeliveryReceipt | InboundMessage) -> None:
        names.add(threading.current_thread().name)
        kept.append(report)

    with FakeIsmg(answer_after=0.001) as gateway:
        line = CarrierLine(cmpp(), settings(gateway, window=4), on_report=keep)
        with line, ThreadPoolExecutor(8) as pool:
            answers = list(pool.map(lambda number: line.submit(letter(number), soon()), range(40)))
        assert all(isinstance(one, Accepted) for one in answers)
        assert gateway.record.most_unanswered <= 4
        after = line.submit(letter(), soon())
        assert isinstance(after, Rejected)
        assert (after.code, after.retryable) == ("line_closed", True)
    assert len({one.step_key for one in kept if isinstance(one, DeliveryReceipt)}) == len(kept)
    assert names
    assert f"loansms {line.name}" not in names


def test_closing_frees_every_thread_that_waits() -> None:
    with FakeIsmg(faults=Faults(mute=1.0)) as gateway, ThreadPoolExecutor(3) as pool:
        line = CarrierLine(cmpp(), settings(gateway, window=1, closing=ms(20)))
        waiting = [pool.submit(line.submit, letter(number), soon(60)) for number in range(3)]
        while (line.state.unanswered, line.state.waiting) != (1, 2):
            time.sleep(0.002)
        line.close()
        line.close()
        told = sorted(type(one.result(5)).__name__ for one in waiting)
    assert told == ["Rejected", "Rejected", "Unknown"]
    assert line.receipts(AT) == line.inbound(AT) == []
    assert line.private_line
    assert repr(line).startswith("CarrierLine('cmpp3'")


class _Awaited(Waiting):
    """The awaited line, called by plain code."""

    channels = AsyncCarrierLine.channels

    def __init__(self, dialect: Dialect, told: LineSettings) -> None:
        self._line = AsyncCarrierLine(dialect, told, clock=FrozenClock(AT))
        self.name = self._line.name
        super().__init__(self._line)

    def submit(self, message: Message, deadline: object) -> SubmitResult:
        return self._wait(self._line.submit(message, deadline))

    def receipts(self, now: object) -> list[DeliveryReceipt]:
        return self._wait(self._line.receipts(now))

    def inbound(self, now: object) -> list[InboundMessage]:
        return self._wait(self._line.inbound(now))


class _OnALine(ProviderSuite):
    """With a number whose digits no id of SGIP has by chance: those are a counter with its leading zeros."""

    def messages(self, provider: Provider) -> Sequence[Message]:
        number = PhoneNumber.parse("13800138000", region="CN")
        return [evolve(one, to=number) for one in super().messages(provider)]


@pytest.mark.parametrize("protocol", sorted(LINES))
class TestLine(_OnALine):
    @pytest.fixture(autouse=True)
    def _line(self, protocol: str) -> Iterator[None]:
        make_gateway, make_dialect, changes = LINES[protocol]
        with make_gateway(PROMPT) as gateway:
            self.line = CarrierLine(make_dialect(), settings(gateway, **changes), clock=FrozenClock(AT))
            yield
            self.line.close()

    def make_provider(self) -> Provider:
        return self.line


@pytest.mark.parametrize("protocol", sorted(LINES))
class TestAwaitedLine(_OnALine):
    @pytest.fixture(autouse=True)
    def _line(self, protocol: str) -> Iterator[None]:
        make_gateway, make_dialect, changes = LINES[protocol]
        gateway = make_gateway(PROMPT)
        with gateway, _Awaited(make_dialect(), settings(gateway, **changes)) as self.line:
            yield

    def make_provider(self) -> Provider:
        return self.line
