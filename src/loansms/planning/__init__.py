"""Joins policy, templates and compliance for one account or one event."""

from loansms.planning.account import plan_account
from loansms.planning.arbitrate import arbitrate
from loansms.planning.decide import decide
from loansms.planning.event import Event, plan_event
from loansms.planning.gate import calendar_of, choose_lender
from loansms.planning.keys import debtor_key, fingerprint, step_key, tenant_of
from loansms.planning.row import ALREADY_DONE, UNKNOWN_OUTCOME, PlanDecision, PlanRow

__all__ = [
    "ALREADY_DONE",
    "UNKNOWN_OUTCOME",
    "Event",
    "PlanDecision",
    "PlanRow",
    "arbitrate",
    "calendar_of",
    "choose_lender",
    "debtor_key",
    "decide",
    "fingerprint",
    "plan_account",
    "plan_event",
    "step_key",
    "tenant_of",
]
