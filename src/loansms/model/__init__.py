"""Frozen values of the field: money, phones, loans, accounts, lenders, messages, outcomes, decisions."""

from loansms.model.account import Account
from loansms.model.attachment import Attachment
from loansms.model.borrower import Borrower, Guarantor
from loansms.model.card import Button, Card, Picture
from loansms.model.confirmation import Confirmation
from loansms.model.consent import (
    CONSENT_FREE,
    Consent,
    ConsentRecord,
    ConsentScope,
    GivenTo,
    Revocation,
    consent_in_force,
    consent_revoked,
    consents_in_force,
)
from loansms.model.cost import AnnualCost, annual_cost
from loansms.model.decision import Allow, Decision, Defer, Deny, Reason
from loansms.model.disposition import CallResult, Disposition
from loansms.model.history import Contact, ContactKind, History, Hold, HoldKind, Payment, StepMark
from loansms.model.lender import FilingState, Lender, Party, PayChannel, ServiceLine
from loansms.model.limit import CapLimit
from loansms.model.loan import Instalment, Loan, RepaymentMethod, amortise
from loansms.model.message import Channel, Draft, Message, Purpose, RecipientRole, Sendable
from loansms.model.money import Money
from loansms.model.outcome import (
    Accepted,
    DeliveryReceipt,
    DeliveryStatus,
    InboundMessage,
    OutcomeClass,
    Rejected,
    SubmitResult,
    Unknown,
)
from loansms.model.phone import PhoneNumber
from loansms.model.preferences import Preferences
from loansms.model.record import Entry, Json, Leaf, Record, RecordKind, Seal

__all__ = [
    "CONSENT_FREE",
    "Accepted",
    "Account",
    "Allow",
    "AnnualCost",
    "Attachment",
    "Borrower",
    "Button",
    "CallResult",
    "CapLimit",
    "Card",
    "Channel",
    "Confirmation",
    "Consent",
    "ConsentRecord",
    "ConsentScope",
    "Contact",
    "ContactKind",
    "Decision",
    "Defer",
    "DeliveryReceipt",
    "DeliveryStatus",
    "Deny",
    "Disposition",
    "Draft",
    "Entry",
    "FilingState",
    "GivenTo",
    "Guarantor",
    "History",
    "Hold",
    "HoldKind",
    "InboundMessage",
    "Instalment",
    "Json",
    "Leaf",
    "Lender",
    "Loan",
    "Message",
    "Money",
    "OutcomeClass",
    "Party",
    "PayChannel",
    "Payment",
    "PhoneNumber",
    "Picture",
    "Preferences",
    "Purpose",
    "Reason",
    "RecipientRole",
    "Record",
    "RecordKind",
    "Rejected",
    "RepaymentMethod",
    "Revocation",
    "Seal",
    "Sendable",
    "ServiceLine",
    "StepMark",
    "SubmitResult",
    "Unknown",
    "amortise",
    "annual_cost",
    "consent_in_force",
    "consent_revoked",
    "consents_in_force",
]
