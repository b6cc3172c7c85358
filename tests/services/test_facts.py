"""The lender's core system as a fact source: what it may get wrong, and what must not follow."""

import pytest
from attrs import evolve
from tests.services.parts import NOW, Answers, book, outcomes, overdue, service

from loansms import Money
from loansms.errors import ConfigurationError
from loansms.model import Account, Channel
from loansms.model.examples import account, borrower
from loansms.stores import MemoryStore


class Core:
    """A core system that answers with what it was given."""

    def __init__(self, answer: object) -> None:
        self.answer = answer

    def current(self, loan_ids: object) -> object:
        """Answer, or raise."""
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


def play(answer: object, *rows: dict[str, str]) -> tuple[list[str], Answers, list[str]]:
    """Run a book with a core system; return outcomes, the provider, and each row's reason."""
    provider = Answers()
    report = service(provider, facts=Core(answer)).run(book(*(rows or ({},))), now=NOW)
    return outcomes(report), provider, [done.row.reason for done in report.rows]


@pytest.mark.parametrize(
    "mixed_up",
    [
        account(loan_id="L-9"),
        account(borrower=borrower(borrower_id="B-9")),
        account(amount_due=Money("1256.30", "USD")),
    ],
)
def test_an_answer_about_something_else_sends_nothing(mixed_up: Account) -> None:
    """Another loan, person or currency under this loan's id: denied with its reason, nobody is written to."""
    told, provider, reasons = play({"L-1": mixed_up})
    assert (told, reasons) == (["denied"], ["facts_of_another_loan"])
    assert provider.outbox == []


@pytest.mark.parametrize("garbage", [None, [account()], {"L-1": {"amount_due": "7"}}])
def test_an_answer_of_another_kind_is_an_error(garbage: object) -> None:
    """Nothing is sent on yesterday's book because the core system said nothing usable."""
    with pytest.raises(ConfigurationError, match=r"current\(\) must return a mapping of loan id to Account"):
        play(garbage)


def test_a_core_system_that_fails_stops_the_run_before_anything_is_claimed() -> None:
    """Its own exception comes out, and the next run finds every step free."""
    store, provider = MemoryStore(), Answers()
    with pytest.raises(LookupError, match="down"):
        service(provider, store, facts=Core(LookupError("down"))).run(book({}), now=NOW)
    assert list(store.attempts()) == []
    assert outcomes(service(provider, store).run(book({}), now=NOW)) == ["submitted"]


def test_loans_nobody_asked_about_are_left_alone() -> None:
    """More answers than questions send nothing more."""
    told, provider, _ = play({"L-1": account(), "L-7": account(loan_id="L-7")})
    assert told == ["submitted"]
    assert provider.loans == ["L-1"]


def test_a_refusal_on_another_row_holds_for_fresh_facts_too() -> None:
    """A case for an agent turns into a text because of a payment just now: the refusal of SMS still stands."""
    eased = account(borrower=evolve(borrower(), consent_sms=True))
    provider, facts = Answers(), Core({"L-1": eased})
    rows = book(overdue(95), {"borrower_id": "B-1", "amount_due": "0", "consent_sms": "false"})
    plain = service(Answers()).plan(rows, now=NOW)
    assert plain.rows[0].row.channel is Channel.AGENT
    assert outcomes(plain) == ["planned", "none"]
    assert outcomes(service(provider, facts=facts).run(rows, now=NOW)) == ["denied", "none"]
    assert provider.outbox == []
