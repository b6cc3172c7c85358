"""loansms: messages between lenders and borrowers, the right words at a lawful hour, once, with proof.

The names below are what a host constructs; adapters are imported from their own rooms. No extra is imported
here.
"""

from loansms.model import (
    Account,
    Allow,
    Borrower,
    Channel,
    Consent,
    Defer,
    Deny,
    Lender,
    Money,
    PhoneNumber,
    Purpose,
    Reason,
    RecipientRole,
    Revocation,
)
from loansms.services import (
    AsyncIntakeService,
    AsyncNumberChangeService,
    AsyncOtpService,
    AsyncOutreachService,
    IntakeService,
    NumberChangeService,
    OtpService,
    OutreachService,
)

__all__ = [
    "Account",
    "Allow",
    "AsyncIntakeService",
    "AsyncNumberChangeService",
    "AsyncOtpService",
    "AsyncOutreachService",
    "Borrower",
    "Channel",
    "Consent",
    "Defer",
    "Deny",
    "IntakeService",
    "Lender",
    "Money",
    "NumberChangeService",
    "OtpService",
    "OutreachService",
    "PhoneNumber",
    "Purpose",
    "Reason",
    "RecipientRole",
    "Revocation",
]
