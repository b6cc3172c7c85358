"""A framework over loansms: product teams declare what they want told, and never meet a provider, a rule or a number.

    kit = Campaigns(service)

    @kit.when("loan_disbursed", template="notice.disbursed")
    def disbursed(event):
        return {"amount": event["amount"], "loan_ref": event["loan_id"][-4:]}

    kit.tell("loan_disbursed", borrower, event)

The framework adds its own vocabulary and nothing else: every message still passes the gate, the claim and the record of the
service it was given, so a team cannot send what the lender may not.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Protocol

from attrs import field, frozen

from loansms.errors import CallerError
from loansms.model import Borrower
from loansms.services import Outcome, RunRow

Values = Callable[[Mapping[str, Any]], Mapping[str, Any]]


class Notifies(Protocol):
    """What is asked of `OutreachService`; a test may give anything that has it."""

    def notify(
        self,
        template: str,
        *,
        borrower: Borrower,
        values: Mapping[str, Any],
        event_id: str,
        loan_id: str | None = None,
    ) -> RunRow:
        """Send one event notice."""
        ...


@frozen
class _Rule:
    template: str
    values: Values


@frozen
class Campaigns:
    """Events of the house's products by name, each with the template and the values it is told with."""

    service: Notifies
    _rules: dict[str, _Rule] = field(factory=dict[str, _Rule], init=False)

    def when(self, event: str, *, template: str) -> Callable[[Values], Values]:
        """Declare what is told of `event`; a second declaration of the same name raises CallerError."""
        if event in self._rules:
            raise CallerError(f"{event}: declared twice", f"{event}：重复声明")

        def declare(values: Values) -> Values:
            self._rules[event] = _Rule(template, values)
            return values

        return declare

    def tell(self, event: str, borrower: Borrower, told: Mapping[str, Any]) -> bool:
        """Tell one happening, at most once by its id; return whether a message went out now."""
        rule = self._rules.get(event)
        if rule is None:
            known = ", ".join(sorted(self._rules)) or "none"
            raise CallerError(
                f"{event}: nothing is declared; known: {known}", f"{event}：未声明；已声明：{known}"
            )
        row = self.service.notify(
            rule.template,
            borrower=borrower,
            values=rule.values(told),
            event_id=f"{event}|{told['id']}",
            loan_id=told.get("loan_id"),
        )
        return row.outcome is Outcome.SUBMITTED
