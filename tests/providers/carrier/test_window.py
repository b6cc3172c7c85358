"""A window never holds more than the carrier allows, and pairs every answer with exactly one submit."""

from __future__ import annotations

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from loansms.providers.carrier.window import Window

SIZE = 3


class Windows(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.window: Window[str] = Window(SIZE)
        self.written: dict[int, tuple[str, float]] = {}
        self.next = 0

    @precondition(lambda self: self.window.free > 0)
    @rule()
    def write(self) -> None:
        self.next += 1
        self.window.write(self.next, f"s-{self.next}", float(self.next))
        self.written[self.next] = (f"s-{self.next}", float(self.next))

    @precondition(lambda self: self.window.free == 0)
    @rule()
    def a_full_window_takes_no_more(self) -> None:
        try:
            self.window.write(self.next + 1, "one too many", float(self.next))
        except ValueError:
            return
        raise AssertionError("a place too many was given")

    @rule(number=st.integers(0, 12))
    def answer(self, number: int) -> None:
        known = self.written.pop(number, None)
        assert self.window.answered(number) == (known[0] if known else None)
        assert self.window.answered(number) is None

    @rule(ago=st.integers(0, 3))
    def wait_no_longer(self, ago: int) -> None:
        before = self.next - ago
        late = [name for name, at in self.written.values() if at < before]
        assert self.window.overdue(before) == late
        self.written = {key: one for key, one in self.written.items() if one[1] >= before}

    @rule()
    def lose_the_line(self) -> None:
        assert self.window.lost() == [name for name, _ in self.written.values()]
        self.written.clear()

    @invariant()
    def no_place_is_lost_or_made(self) -> None:
        assert self.window.free == SIZE - len(self.written)
        assert len(self.window) == len(self.written) <= SIZE
        assert self.window.oldest == min((at for _, at in self.written.values()), default=None)


TestWindows = Windows.TestCase
TestWindows.settings = settings(max_examples=40, stateful_step_count=30, deadline=None)
