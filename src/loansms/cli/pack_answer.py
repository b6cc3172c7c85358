"""What rule packs say of one text: asked the way `contact_decision` asks, every hit with who stands behind it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from attrs import asdict, frozen

from loansms.cli.rule_labels import label
from loansms.cli.session import Session
from loansms.compliance import Rule, RulePack
from loansms.insights.sentences import moment
from loansms.insights.wording import is_chinese
from loansms.model import Allow, Channel, Decision, Defer, Deny, Party, Reason


@frozen(kw_only=True)
class PackAnswer:
    """What the packs say, and what they were asked with."""

    packs: tuple[RulePack, ...]
    jurisdiction: str
    party: Party | None
    provider: str | None
    channel: Channel
    at: datetime
    decision: Decision


def show_answer(session: Session, answer: PackAnswer) -> None:
    """Show what was asked, the decision and a table of the hits."""
    session.say(
        session.tell(
            "text.hits",
            packs=", ".join(one.version for one in answer.packs),
            at=moment(answer.at),
            jurisdiction=answer.jurisdiction,
            party=label((answer.party or Party.THIRD).value, session.lang),
            channel=label(answer.channel.value, session.lang),
            provider=answer.provider or "–",
        )
    )
    for given, key in ((answer.party, "text.party_unknown"), (answer.provider, "text.provider_unknown")):
        if not given:
            session.say(session.tell(key))
    session.say(_decided(session, answer.decision))
    rows = [
        [
            hit["rule_id"] or "–",
            label(hit["authority"], session.lang),
            label(hit["severity"], session.lang),
            hit["verified"] or "–",
            (hit["message_zh"] if is_chinese(session.lang) else "") or hit["message"],
            hit["citation"],
        ]
        for hit in _hits(answer)
    ]
    if rows:
        heads = ("rule.rule", "rule.authority", "rule.severity", "rule.mark", "head.message", "head.source")
        session.table([session.tell(key) for key in heads], rows)


def _decided(session: Session, decision: Decision) -> str:
    match decision:
        case Allow():
            return session.tell("decision.allow")
        case Defer(until=until):
            return session.tell("decision.defer", until=moment(until))
        case Deny(retry_at=retry):
            return (
                session.tell("decision.retry", retry=moment(retry))
                if retry
                else session.tell("decision.deny")
            )


def answer_record(answer: PackAnswer) -> dict[str, Any]:
    """Return the decision as plain data, with what it was asked with."""
    decision = answer.decision
    retry = decision.retry_at if isinstance(decision, Deny) else None
    return {
        "outcome": type(decision).__name__.casefold(),
        "until": decision.until.isoformat() if isinstance(decision, Defer) else None,
        "retry_at": retry.isoformat() if retry else None,
        "packs": [one.version for one in answer.packs],
        "jurisdiction": answer.jurisdiction,
        "party": (answer.party or Party.THIRD).value,
        "provider": answer.provider,
        "channel": answer.channel.value,
        "at": answer.at.isoformat(),
        "hits": _hits(answer),
    }


def _hits(answer: PackAnswer) -> list[dict[str, Any]]:
    """Return each reason with who stands behind it and what it checks, which the rule itself says."""
    rules = {one.id: one for pack in answer.packs for one in pack.rules}
    return [_hit(one, rules.get(one.rule_id)) for one in answer.decision.reasons]


def _hit(reason: Reason, rule: Rule | None) -> dict[str, Any]:
    return {
        **asdict(reason),
        "authority": rule.authority.value if rule else "house",
        "check": rule.check.type if rule else None,
    }
