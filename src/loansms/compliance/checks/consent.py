"""Consent: what must have been agreed to before a message of this kind may go.

Messages of the contract need no consent, and a refusal stops them; marketing needs an express one. Who gave
what to whom is read from the records; the plain columns of a book speak only where no record does.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Annotated, Any, Final, Literal, cast

from attrs import frozen
from cattrs import override

from loansms.compliance.checks import safe_harbor
from loansms.compliance.checks.express import SHOWN, express, way_to_refuse
from loansms.compliance.checks.hit import Case, Hit, blocked
from loansms.compliance.consents import records_of
from loansms.compliance.facts import records, whole
from loansms.compliance.rule import Rule
from loansms.errors import CallerError
from loansms.model import ConsentScope, Party, consent_revoked, consents_in_force

Kind = Literal["sms", "express", "prior", "lawful_basis", "separate", "safe_harbor"]


@frozen(kw_only=True)
class RequireConsent:
    """`kind` says what is asked; the rest are its terms.

    ``sms``: a refusal of texts stops. ``express``: an express consent, whose record shows every field of
    ``record``. ``prior``: the same, and with ``opt_out`` a text that says how to refuse ("free": unless the
    fact `opt_out_free` is false). ``lawful_basis``: the fact `lawful_basis`, where it is known, is one of
    ``any_of``; with ``minimise`` and ``special_data`` "forbid" the facts `data_minimised` false and
    `special_data` true stop too. ``separate``: before an agency writes, a consent of its own to what ``for``
    names, or the fact `agency_sharing_consent`; with ``minimise_fields`` the fact `fields_minimised` false
    stops too. ``safe_harbor`` (also without a kind): one basis of ``any_of`` has evidence of ``within_days``,
    asked only where the lender chose to text inside it alone; with ``known_disclosure_number`` "block" the
    fact of that name always stops. ``silence`` and ``per_message`` tell people what holds in any case.
    """

    kind: Kind = "safe_harbor"
    record: tuple[str, ...] = ()
    silence: Literal["", "refusal"] = ""
    opt_out: Literal["", "each_message", "free"] = ""
    any_of: tuple[Any, ...] = ()
    per_message: str = ""
    minimise: bool = False
    special_data: Literal["", "forbid"] = ""
    # "for" is a word of Python; a rule writes it so.
    sharing: Annotated[str, override(rename="for")] = ""
    minimise_fields: bool = False
    not_opted_out: bool = True
    known_disclosure_number: Literal["", "block"] = ""
    transfers_from_creditor: bool = False
    within_days: int = 60

    def __attrs_post_init__(self) -> None:
        if not set(self.record) <= set(SHOWN):
            raise CallerError(
                f"record: expected some of {', '.join(SHOWN)}", f"record：应为 {'、'.join(SHOWN)} 中的若干项"
            )
        if self.kind == "separate" and self.sharing not in set(ConsentScope):
            raise CallerError(
                f"for: expected one of {', '.join(ConsentScope)}", f"for：应为 {'、'.join(ConsentScope)} 之一"
            )
        if self.kind == "lawful_basis" and not (
            self.any_of and all(isinstance(one, str) for one in self.any_of)
        ):
            raise CallerError(
                'any_of: expected the lawful bases, such as ["contract"]',
                'any_of：应为合法依据，例如 ["contract"]',
            )
        if self.kind == "safe_harbor" and not self.bases:
            known = ", ".join(safe_harbor.BASES)
            raise CallerError(
                f"any_of: expected records with whole within_days and a basis out of {known}",
                f"any_of：应为记录，within_days 为整数，basis 取自 {known}",
            )

    @property
    def bases(self) -> tuple[tuple[str, int], ...]:
        """Each basis of a safe harbor with the days its evidence lasts; () when one cannot be read."""
        named = self.any_of or tuple({"basis": name} for name in safe_harbor.BASES)
        read = [
            (str(one.get("basis")), whole(one.get("within_days", self.within_days))) for one in records(named)
        ]
        known = tuple(
            (basis, days) for basis, days in read if basis in safe_harbor.BASES and days is not None
        )
        return known if len(known) == len(named) else ()

    def hits(self, rule: Rule, case: Case) -> Iterable[Hit]:
        """Return a block where the consent is missing."""
        return _ASKED[self.kind](self, rule, case)


def _sms(_terms: RequireConsent, rule: Rule, case: Case) -> Iterable[Hit]:
    message, context = case.message, case.context
    # The book's "no" has no date, so no record can be shown to be younger: it stands beside a consent.
    if context.consent_sms is False:
        yield blocked(rule, "sms_refused")
    elif consent_revoked(records_of(context), message.purpose, message.channel, case.now):
        yield blocked(rule, "consent_revoked")


def _express(terms: RequireConsent, rule: Rule, case: Case) -> Iterable[Hit]:
    return express(terms.record, rule, case)


def _prior(terms: RequireConsent, rule: Rule, case: Case) -> Iterable[Hit]:
    yield from express(terms.record, rule, case)
    if terms.opt_out:
        yield from way_to_refuse(terms.opt_out, rule, case)


def _lawful_basis(terms: RequireConsent, rule: Rule, case: Case) -> Iterable[Hit]:
    facts = case.context.facts
    named: object = facts.get("lawful_basis")
    bases = {named} if isinstance(named, str) else named
    if isinstance(bases, list | tuple | set | frozenset) and not set(terms.any_of) & set(
        cast("Iterable[object]", bases)
    ):
        yield blocked(rule, "no_lawful_basis")
    if terms.minimise and facts.get("data_minimised") is False:
        yield blocked(rule, "not_minimised")
    if terms.special_data and facts.get("special_data") is True:
        yield blocked(rule, "special_data")


def _separate(terms: RequireConsent, rule: Rule, case: Case) -> Iterable[Hit]:
    context, message, scope = case.context, case.message, ConsentScope(terms.sharing)
    if context.party is not Party.THIRD:
        return
    given = consents_in_force(records_of(context), message.purpose, message.channel, case.now, scope=scope)
    # Bundled with another agreement it is not separate.
    alone = any(one.scopes == frozenset({scope}) and not one.channels for one in given)
    if not alone and context.facts.get("agency_sharing_consent") is not True:
        yield blocked(rule, "no_separate_consent")
    if terms.minimise_fields and context.facts.get("fields_minimised") is False:
        yield blocked(rule, "not_minimised")


def _safe_harbor(terms: RequireConsent, rule: Rule, case: Case) -> Iterable[Hit]:
    facts = case.context.facts
    if terms.known_disclosure_number and facts.get("known_disclosure_number") is True:
        yield blocked(rule, "known_disclosure_number")
    if facts.get("text_only_inside_safe_harbor") is not True:
        return
    refused = terms.not_opted_out and safe_harbor.refused(case)
    transfers = terms.transfers_from_creditor
    if refused or not any(safe_harbor.inside(case, basis, days, transfers) for basis, days in terms.bases):
        yield blocked(rule, "outside_safe_harbor")


_ASKED: Final[Mapping[Kind, Callable[[RequireConsent, Rule, Case], Iterable[Hit]]]] = {
    "sms": _sms,
    "express": _express,
    "prior": _prior,
    "lawful_basis": _lawful_basis,
    "separate": _separate,
    "safe_harbor": _safe_harbor,
}
