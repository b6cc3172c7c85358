"""From the host's models to the rows and accounts of loansms: the one place that knows both."""

from collections.abc import Iterator, Mapping, Sequence

from lending.models import Loan
from loansms.model import Account
from loansms.portfolio import read_book


def rows(loans: Sequence[Loan]) -> list[dict[str, object]]:
    """Return the loans as rows of a book; decimals and dates go over as they are."""
    return [
        {
            "loan_id": loan.number,
            "borrower_id": loan.customer.number,
            "phone": loan.customer.mobile,
            "name": loan.customer.name,
            "country": "CN",
            "currency": "CNY",
            "amount_due": loan.due,
            "next_due_on": loan.due_on,
            "opt_out": loan.customer.refused,
            "dispute": loan.disputed,
        }
        for loan in loans
    ]


def open_loans() -> Iterator[dict[str, object]]:
    """Yield today's book."""
    yield from rows(list(Loan.objects.filter(closed=False).select_related("customer").order_by("number")))


class DjangoFacts:
    """What is true just before a message goes: a loan paid off since the book was read is not asked for."""

    def current(self, loan_ids: Sequence[str]) -> Mapping[str, Account]:
        """Return the present account of each open loan; asked once for a window of messages."""
        found = Loan.objects.filter(number__in=loan_ids, closed=False).select_related("customer")
        told = rows(list(found))
        return {row.account.loan_id: row.account for row in read_book(told).rows} if told else {}
