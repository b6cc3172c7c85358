"""One-time codes, pure: what a code is bound to, how it is derived and judged, who may ask for one.

Nothing here sends, stores or reads a clock: `loansms.OtpService` does, over a store and a provider.
"""

from loansms.otp.issued import Issued, PublicIssue, Refused
from loansms.otp.request import Client, Transaction
from loansms.otp.verdict import Grant, PublicVerdict, Verdict, VerdictKind

__all__ = [
    "Client",
    "Grant",
    "Issued",
    "PublicIssue",
    "PublicVerdict",
    "Refused",
    "Transaction",
    "Verdict",
    "VerdictKind",
]
