"""Express consent: for marketing silence is refusal, and a consent that cannot be shown counts as none.

A record wins over the plain columns of the book: who has records is asked by them, who has none by the columns.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Final

from loansms.compliance.checks.hit import Case, Hit, blocked
from loansms.compliance.consents import records_of, unread
from loansms.compliance.rule import Rule
from loansms.compliance.wording.required import has
from loansms.model import Consent, ConsentRecord, Revocation, consent_revoked, consents_in_force

# What a record of a consent must show, as the sources name it; its time stands in every record.
SHOWN: Final[Mapping[str, Callable[[Consent], bool]]] = {
    "text_version": lambda one: bool(one.text_version),
    "time": lambda _one: True,
    "scope": lambda one: bool(one.purposes and one.channels),
    "source": lambda one: bool(one.source),
    "evidence": lambda one: bool(one.evidence),
}
_REFUSALS: Final = ("refusal_method", "opt_out_method")


def express(record: tuple[str, ...], rule: Rule, case: Case) -> Iterable[Hit]:
    """Return a block unless a consent is in force whose record shows every field of `record`."""
    context, message = case.context, case.message
    known = records_of(context)
    given = consents_in_force(known, message.purpose, message.channel, case.now)
    lacking = min(
        (tuple(name for name in record if not SHOWN[name](one)) for one in given), key=len, default=None
    )
    if lacking:
        told = ", ".join(lacking)
        yield blocked(rule, "consent_incomplete", f"(missing: {told})", f"（缺少：{told}）")
    elif lacking is None and consent_revoked(known, message.purpose, message.channel, case.now):
        yield blocked(rule, "consent_revoked")
    elif lacking is None and (
        any(_unbounded(one, case) for one in known) or unread(context, message.purpose)
    ):
        yield blocked(
            rule, "consent_incomplete", "(unreadable, or no channel named)", "（无法读取或未写明渠道）"
        )
    elif lacking is None and (any(_speaks(one, case) for one in known) or not _said_plainly(case)):
        yield blocked(rule, "no_express_consent")


def way_to_refuse(opt_out: str, rule: Rule, case: Case) -> Iterable[Hit]:
    """Return a block for a text that does not say how to refuse, or a way that is not free where it must be."""
    if case.words is not None and not any(has(one, case.words.plain) for one in _REFUSALS):
        told = _REFUSALS[0]
        yield blocked(rule, "required_content", f"(missing: {told})", f"（缺少：{told}）")
    if opt_out == "free" and case.context.facts.get("opt_out_free") is False:
        yield blocked(rule, "opt_out_not_free")


def _said_plainly(case: Case) -> bool:
    return case.context.consent_marketing or case.context.facts.get("consent_marketing") is True


def _speaks(record: ConsentRecord, case: Case) -> bool:
    """Whether a record says anything of such messages; what is dated later has not been said yet."""
    message = case.message
    if isinstance(record, Revocation):
        return record.ends(message.purpose, message.channel)
    return message.purpose in record.purposes and record.at <= case.now


def _unbounded(record: ConsentRecord, case: Case) -> bool:
    """Whether a consent names the purpose and forgets to name a channel."""
    return (
        isinstance(record, Consent)
        and case.message.purpose in record.purposes
        and not record.channels
        and record.holds(case.now)
    )
