"""Joins policy, templates and compliance for one account, one event or one code."""

from loansms.planning.account import plan_account, plan_loan
from loansms.planning.alert_text import CODE_LOCKED, NUMBER_CHANGE_REQUESTED, NUMBER_CHANGED, plan_alert_text
from loansms.planning.arbitrate import arbitrate, in_turn, yields_to
from loansms.planning.code_check import check_code_templates
from loansms.planning.code_text import CodeText, CodeWords, plan_code_text
from loansms.planning.decide import decide
from loansms.planning.event import Event, plan_event
from loansms.planning.fallback import NO_NEXT_CHANNEL, plan_hop
from loansms.planning.gate import calendar_of, choose_lender
from loansms.planning.instalments import Payment, account_on, due_dates
from loansms.planning.join import Joining, join
from loansms.planning.keys import debtor_key, fingerprint, step_key, tenant_of
from loansms.planning.obligations import DutyState, Obligation, obligations
from loansms.planning.proof import account_words_proved, message_proved, words_proved
from loansms.planning.proof_catalogue import prove
from loansms.planning.reminders import PlannedReminder, reminders
from loansms.planning.row import ALREADY_DONE, UNKNOWN_OUTCOME, PlanDecision, PlanRow

__all__ = [
    "ALREADY_DONE",
    "CODE_LOCKED",
    "NO_NEXT_CHANNEL",
    "NUMBER_CHANGED",
    "NUMBER_CHANGE_REQUESTED",
    "UNKNOWN_OUTCOME",
    "CodeText",
    "CodeWords",
    "DutyState",
    "Event",
    "Joining",
    "Obligation",
    "Payment",
    "PlanDecision",
    "PlanRow",
    "PlannedReminder",
    "account_on",
    "account_words_proved",
    "arbitrate",
    "calendar_of",
    "check_code_templates",
    "choose_lender",
    "debtor_key",
    "decide",
    "due_dates",
    "fingerprint",
    "in_turn",
    "join",
    "message_proved",
    "obligations",
    "plan_account",
    "plan_alert_text",
    "plan_code_text",
    "plan_event",
    "plan_hop",
    "plan_loan",
    "prove",
    "reminders",
    "step_key",
    "tenant_of",
    "words_proved",
    "yields_to",
]
