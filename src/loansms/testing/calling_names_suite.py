"""The conformance suite of calling names: subclass it, write `make_names`, run pytest.

    class TestMyVendor(CallingNamesSuite):
        def make_names(self):
            return MyVendor(url=fake.url)

It applies for made-up cards, so the vendor must be a fake or a test account.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from datetime import timedelta

from loansms.errors import ProviderError, UnsupportedByProvider
from loansms.providers.calling_name import CallingProfile, CardState, CardStatus, digits_of, seen_as
from loansms.providers.calling_name_port import CallingNames
from loansms.testing.examples import AT

DEADLINE = AT + timedelta(seconds=10)
CARD = CallingProfile(
    enterprise="示例消费金融有限公司",
    display="示例消费金融",
    numbers=("400-000-0000", "400-000-0001"),
    licences=("licence-0001",),
    industry="consumer finance",
)
_GOOD = frozenset({CardState.PENDING, CardState.SHOWN})


class CallingNamesSuite(ABC):
    """What every vendor of cards must do; what it cannot do it must refuse aloud."""

    @abstractmethod
    def make_names(self) -> CallingNames:
        """Return a vendor that shows nothing to real people."""

    def test_it_says_who_it_is(self) -> None:
        """A name for reports, and the four verbs."""
        names = self.make_names()
        assert isinstance(names, CallingNames)
        assert names.name

    def test_every_number_is_applied_for_and_answered_in_order(self) -> None:
        """One standing a number, and an application that was taken is told as such."""
        told = self.make_names().apply(CARD, DEADLINE)
        assert [digits_of(one.number) for one in told] == [digits_of(one) for one in CARD.numbers]
        assert {one.state for one in told} <= _GOOD

    def test_no_name_is_promised_before_it_is_shown(self) -> None:
        """A card under review is seen as the number alone."""
        for one in self.make_names().apply(CARD, DEADLINE):
            assert (seen_as(CARD, one, one.number).shown != "") is (one.state is CardState.SHOWN)

    def test_a_card_is_followed_and_taken_back_or_that_is_refused_aloud(self) -> None:
        """Status and withdrawal speak of the number applied for; a vendor without them raises."""
        names = self.make_names()
        first, *_ = names.apply(CARD, DEADLINE)
        asked = self._told_or_refused(lambda: names.status(first.application_id, DEADLINE))
        back = self._told_or_refused(lambda: names.withdraw(first.application_id, DEADLINE))
        for told in (asked, back):
            assert told is None or digits_of(told.number) == digits_of(first.number)
        assert back is None or back.state is CardState.WITHDRAWN
        assert back is None or not seen_as(CARD, back, first.number).shown

    def test_an_application_nobody_made_has_no_standing(self) -> None:
        """Whatever is asked about a strange id, nothing is made up."""
        names = self.make_names()
        for verb in (names.status, names.withdraw):
            try:
                verb("no-such-application", DEADLINE)
            except ProviderError:
                continue
            raise AssertionError("a strange application was answered for")

    def test_marks_are_told_of_the_numbers_asked_for(self) -> None:
        """Every number at least once and no other, or a refusal aloud."""
        names = self.make_names()
        try:
            told = names.marks(CARD.numbers, DEADLINE)
        except UnsupportedByProvider:
            return
        assert {digits_of(one.number) for one in told} == {digits_of(one) for one in CARD.numbers}

    def test_nothing_prints_a_number(self) -> None:
        """An agent's own number may be among them."""
        names = self.make_names()
        shown = f"{CARD!r} {names!r} {names.apply(CARD, DEADLINE)!r}"
        assert "400-000" not in shown
        assert "4000000" not in shown

    def _told_or_refused(self, ask: Callable[[], CardStatus]) -> CardStatus | None:
        try:
            return ask()
        except UnsupportedByProvider:
            return None
