"""Joins policy, templates and compliance for one account, one event or one code."""

from loansms.planning.account import plan_account, plan_loan
from loansms.planning.alert_text import CODE_LOCKED, NUMBER_CHANGE_REQUESTED, NUMBER_CHANGED, plan_alert_text
from loansms.planning.arbitrate import arbitrate, wait_for, yields_to
from loansms.planning.code_check import check_code_templates
from loansms.planning.code_text import CodeText, CodeWords, plan_code_text
from loansms.planning.decide import decide
from loansms.planning.event import Event, plan_event
from loansms.planning.gate import calendar_of, choose_lender
from loansms.planning.keys import debtor_key, fingerprint, step_key, tenant_of
from loansms.planning.proof import account_words_proved, message_proved, words_proved
from loansms.planning.proof_catalogue import prove
from loansms.planning.row import ALREADY_DONE, UNKNOWN_OUTCOME, PlanDecision, PlanRow

__all__ = [
    "ALREADY_DONE",
    "CODE_LOCKED",
    "NUMBER_CHANGED",
    "NUMBER_CHANGE_REQUESTED",
    "UNKNOWN_OUTCOME",
    "CodeText",
    "CodeWords",
    "Event",
    "PlanDecision",
    "PlanRow",
    "account_words_proved",
    "arbitrate",
    "calendar_of",
    "check_code_templates",
    "choose_lender",
    "debtor_key",
    "decide",
    "fingerprint",
    "message_proved",
    "plan_account",
    "plan_alert_text",
    "plan_code_text",
    "plan_event",
    "plan_loan",
    "prove",
    "step_key",
    "tenant_of",
    "wait_for",
    "words_proved",
    "yields_to",
]
