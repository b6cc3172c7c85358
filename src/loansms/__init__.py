"""loansms: messages between lenders and borrowers, the right words at a lawful hour, once, with proof.

The names below are the values a host constructs; services are added by `loansms.services`. No extra is
imported here.
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

__all__ = [
    "Account",
    "Allow",
    "Borrower",
    "Channel",
    "Defer",
    "Deny",
    "Lender",
    "Money",
    "PhoneNumber",
    "Purpose",
    "Reason",
    "RecipientRole",
]
