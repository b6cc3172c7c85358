"""What a service of codes is built from, checked once: a weak setting never gets to send."""

from __future__ import annotations

from datetime import timedelta

from attrs import frozen

from loansms.errors import ConfigurationError, StoreError
from loansms.model import Channel, Lender
from loansms.otp.autofill import Autofill
from loansms.otp.budget import FailureLimits
from loansms.otp.codes import Bound
from loansms.otp.profiles import Profile
from loansms.otp.request import Transaction, digest_of, is_plain, require_text, require_transaction
from loansms.otp.standards import require_sound
from loansms.planning import CodeWords, check_code_templates, tenant_of
from loansms.privacy import KeyRing
from loansms.services.sending.setup import real_provider
from loansms.stores import Guarantees
from loansms.templates import Catalogue

_MICROSECOND = timedelta(microseconds=1)


@frozen(kw_only=True)
class OtpSetup:
    """The rules a service works by; ``spacing``, ``lifetime``, ``left`` and ``grant_lives`` in microseconds."""

    ring: KeyRing
    lender: Lender
    tenant: str
    profile: Profile
    words: CodeWords
    limits: FailureLimits
    spacing: int
    lifetime: int
    left: int
    grant_lives: int

    @classmethod
    def of(
        cls,
        *,
        ring: KeyRing,
        lender: Lender,
        profile: Profile,
        catalogue: Catalogue | None,
        autofill: Autofill | None,
        template: str | None,
        providers: dict[str, frozenset[Channel]],
        guarantees: Guarantees,
    ) -> OtpSetup:
        """Return the checked setup.

        Raise ConfigurationError for a profile weaker than what it claims (naming the clause), for templates that
        cannot say what a code must say, for the example lender with a real provider; StoreError for a store
        that has no codes or may forget failures.
        """
        require_sound(profile)
        require_text("lender.group", tenant_of(lender))
        real = real_provider([lender], providers)
        if not guarantees.codes:
            raise StoreError(
                "store: it keeps no codes; use SqliteStore, PostgresStore or RedisStore",
                "store：不支持验证码；请使用 SqliteStore、PostgresStore 或 RedisStore",
            )
        if real is not None and not guarantees.survives_process_kill:
            raise StoreError(
                f"store: it forgets failures when the process ends, so it cannot serve {real}; "
                "use SqliteStore, PostgresStore or RedisStore",
                f"store：进程结束后会丢失失败次数，不能用于 {real}；请使用 SqliteStore、PostgresStore 或 RedisStore",
            )
        used = catalogue or Catalogue.builtin()
        approved_only = real is not None
        findings = check_code_templates(
            used, lender, profile, autofill=autofill, template=template, approved_only=approved_only
        )
        if findings:
            raise ConfigurationError(
                f"templates of codes: {findings[0].message}", f"验证码模板：{findings[0].message_zh}"
            )
        return cls(
            ring=ring,
            lender=lender,
            tenant=tenant_of(lender),
            profile=profile,
            words=CodeWords.of(
                used, lender, profile, autofill=autofill, template=template, approved_only=approved_only
            ),
            limits=profile.failure_limits,
            spacing=_spacing(profile) // _MICROSECOND,
            lifetime=profile.lifetime // _MICROSECOND,
            left=profile.resend_left // _MICROSECOND,
            grant_lives=profile.grant_lifetime // _MICROSECOND,
        )

    def bound(self, subject: str, action: str, transaction: Transaction | None, binding: str) -> Bound | None:
        """Return what a code is bound to for this lender group; None when subject or action is no plain text."""
        if not is_plain(subject) or not is_plain(action):
            return None
        digest = ""
        if transaction is not None or binding:
            require_transaction(transaction)
            digest = digest_of(transaction, binding)
        # A member of a (str, Enum) is the text it is.
        subject, action = str.__str__(subject), str.__str__(action)
        return Bound(subject=subject, action=action, transaction=digest, tenant=self.tenant)


def _spacing(profile: Profile) -> timedelta:
    """Return how long two sends to a number must lie apart: the longest window that admits one."""
    rates = [rate for rule in profile.rules if rule.name == "phone" for rate in rule.rates]
    return max((rate.window for rate in rates if rate.count == 1), default=timedelta(0))
