"""loansms: messages between lenders and borrowers, the right words at a lawful hour, once, with proof.

The names below are what a host constructs; adapters are imported from their own rooms. A name is imported when it is
first asked for, and none needs an extra.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
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
else:  # a checker that saw __getattr__ would take any name for one of ours
    from importlib import import_module

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

_HOMES = {
    "Account": "loansms.model",
    "Allow": "loansms.model",
    "Borrower": "loansms.model",
    "Channel": "loansms.model",
    "Consent": "loansms.model",
    "Defer": "loansms.model",
    "Deny": "loansms.model",
    "Lender": "loansms.model",
    "Money": "loansms.model",
    "PhoneNumber": "loansms.model",
    "Purpose": "loansms.model",
    "Reason": "loansms.model",
    "RecipientRole": "loansms.model",
    "Revocation": "loansms.model",
    "AsyncIntakeService": "loansms.services",
    "AsyncNumberChangeService": "loansms.services",
    "AsyncOtpService": "loansms.services",
    "AsyncOutreachService": "loansms.services",
    "IntakeService": "loansms.services",
    "NumberChangeService": "loansms.services",
    "OtpService": "loansms.services",
    "OutreachService": "loansms.services",
}

_ROOMS = frozenset(
    [
        "calendars",
        "clock",
        "compliance",
        "errors",
        "evidence",
        "model",
        "otp",
        "planning",
        "policy",
        "portfolio",
        "privacy",
        "providers",
        "replies",
        "services",
        "stores",
        "templates",
        "text",
    ]
)

if not TYPE_CHECKING:

    def __getattr__(name: str) -> object:
        if name in _HOMES:
            found = getattr(import_module(_HOMES[name]), name)
            globals()[name] = found
            return found
        if name in _ROOMS:
            return import_module(f"loansms.{name}")
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")

    def __dir__() -> list[str]:
        return sorted({*globals(), *__all__})
