"""The kept surface holds what users' code is written against: a name that leaves it breaks that code."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

SURFACE = (Path(__file__).parent / "surface.txt").read_text(encoding="utf-8")
# Name by name what acceptance and the pages import; a method stands as Class.method.
PROMISED = {
    "loansms": """Money Money.amount Money.currency PhoneNumber PhoneNumber.parse PhoneNumber.e164 PhoneNumber.country
        PhoneNumber.masked Purpose Channel Allow Defer Deny Reason Lender Lender.load Lender.example OtpService OtpService.issue
        OtpService.resend OtpService.verify OtpService.redeem OtpService.decoy AsyncOtpService OutreachService OutreachService.run
        OutreachService.notify AsyncOutreachService IntakeService IntakeService.record_payment IntakeService.record_hold
        IntakeService.record_contact IntakeService.record_consent AsyncIntakeService""",
    "loansms.model": "Instalment amortise",
    "loansms.model.loan": "amortise Instalment",
    "loansms.otp": "Client Transaction Issued Refused Verdict VerdictKind Grant",
    "loansms.otp.profiles": "LENDER",
    "loansms.privacy": "KeyRing",
    "loansms.stores": """MemoryStore SqliteStore PostgresStore RedisStore AsyncMemoryStore AsyncSqliteStore AsyncPostgresStore
        AsyncRedisStore""",
    "loansms.providers": "SandboxProvider SpoolProvider AsyncSandboxProvider",
    "loansms.templates": "Catalogue Catalogue.builtin Catalogue.load Catalogue.get render Rendered lint",
    "loansms.text.segments": "count SegmentCount",
    "loansms.policy": "Policy Policy.preset Policy.load Policy.check Policy.diff Policy.next_step StepDue NothingDue assign",
    "loansms.compliance": "RulePack RulePack.load Review review_text evaluate contact_decision",
    "loansms.portfolio": "plan_book",
    "loansms.services": "RunReport OutreachService IntakeService",
    "loansms.providers.signing": "acs3_authorization tc3_authorization twilio_signature cmpp_authenticator smgp_authenticator",
    "loansms.replies": "understand Understanding Intent",
    "loansms.insights.experiment": "compare Effect srm assign",
}  # fmt: skip


def is_shown(path: str) -> bool:
    """Return whether a name has a line of its own, or is an attribute that its class's line shows."""
    holder, _, name = path.rpartition(".")
    own = re.search(rf"^(class )?{re.escape(path)}[(: ]", SURFACE, re.MULTILINE)
    shown = re.search(rf"^class {re.escape(holder)}\(.*\b{name}: ", SURFACE, re.MULTILINE)
    return bool(own or shown)


@pytest.mark.parametrize("module", PROMISED)
def test_every_promised_name_is_public(module: str) -> None:
    assert not [name for name in PROMISED[module].split() if not is_shown(f"{module}.{name}")]


def test_the_members_of_the_enums_are_the_promised_ones() -> None:
    assert "VerdictKind = ACCEPTED | WRONG | EXPIRED | LOCKED | SUPERSEDED | UNKNOWN\n" in SURFACE
    assert "loansms.Channel = SMS | MMS | VOICE | PUSH | WECHAT | EMAIL | AGENT\n" in SURFACE
    for purpose in ("OTP", "SECURITY_ALERT", "TRANSACTION_NOTICE", "HARDSHIP", "CREDIT_PRENOTICE", "RELAY"):
        assert f" {purpose}" in SURFACE.partition("loansms.Purpose =")[2].partition("\n")[0]
