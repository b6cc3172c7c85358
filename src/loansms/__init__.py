"""loansms: messages between lenders and borrowers, the right words at a lawful hour, once, with proof.

The names below are what a host constructs; adapters are imported from their own rooms. No extra is imported
here.
"""

from loansms.model import (
    Account,
    Allow,
    Borrower,
    Channel,
    Defer,
    Deny,
    Lender,
    Money,
    PhoneNumber,
    Purpose,
    Reason,
    RecipientRole,
)
from loansms.services import (
    AsyncIntakeService,
    AsyncOutreachService,
    IntakeService,
    OutreachService,
)

__all__ = [
    "Account",
    "Allow",
    "AsyncIntakeService",
    "AsyncOutreachService",
    "Borrower",
    "Channel",
    "Defer",
    "Deny",
    "IntakeService",
    "Lender",
    "Money",
    "OutreachService",
    "PhoneNumber",
    "Purpose",
    "Reason",
    "RecipientRole",
]
