"""What a reply can mean, how far an opt-out reaches, and what may follow from a reply."""

from __future__ import annotations

from enum import StrEnum


class Intent(StrEnum):
    """What a borrower's reply wants or says; UNCLEAR goes to a person."""

    OPT_OUT = "opt_out"
    OPT_IN = "opt_in"
    PAID_ALREADY = "paid_already"
    PROMISE_TO_PAY = "promise_to_pay"
    HARDSHIP = "hardship"
    DISPUTE_NOT_MINE = "dispute_not_mine"
    DISPUTE_AMOUNT = "dispute_amount"
    FRAUD_REPORT = "fraud_report"
    WRONG_PERSON = "wrong_person"
    COMPLAINT = "complaint"
    QUESTION_BALANCE = "question_balance"
    QUESTION_HOW_TO_PAY = "question_how_to_pay"
    QUESTION_PLAN = "question_plan"
    CALL_ME = "call_me"
    THIRD_PARTY = "third_party"
    ABUSE = "abuse"
    ACKNOWLEDGEMENT = "acknowledgement"
    UNCLEAR = "unclear"


class Scope(StrEnum):
    """What an opt-out stops: messages of the purpose it answers, or all but codes, alerts and required notices."""

    KIND = "kind"
    ALL = "all"


class Doubt(StrEnum):
    """Why a person should look at a reply although it was understood, or because it was not."""

    CUT = "cut"  # the text is longer than what is read
    MIXED_OPT_OUT = "mixed_opt_out"  # an opt-out beside other words that may mean something else
    MAYBE_OPT_OUT = "maybe_opt_out"  # words near an opt-out, beside a clearer meaning
    NO_MENU = "no_menu"  # a number, and no menu (or no such entry) that it could answer
    SEVERAL = "several"  # meanings that exclude one another
    WEAK = "weak"  # one cue, and not a sure one
    MODEL = "model"  # a model said it, no rule
    UNREAD = "unread"  # no rule knows any of the words
