"""`loansms check-text`: one text under the wording review and, on request, under the rules of packs.

The screen shows the words at fault: the user has just typed them. Nothing is stored.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from typing import Final

from attrs import asdict, frozen

from loansms.calendars import plausible_zones
from loansms.cli import choices
from loansms.cli.pack_answer import PackAnswer, answer_record, show_answer
from loansms.cli.rule_labels import label
from loansms.cli.session import Session
from loansms.compliance import Finding, Review, RulePack, contact_decision, review_text
from loansms.errors import CallerError
from loansms.insights.wording import is_chinese
from loansms.model import Channel, Deny, Party, Purpose, RecipientRole
from loansms.text.segments import count

_EXCERPT: Final = 30  # characters of the words at fault that the screen shows


@frozen(kw_only=True)
class TextRequest:
    """A text ("-" is stdin) and what is known around it; packs are asked when one or a jurisdiction is named."""

    text: str
    language: str = "zh"
    purpose: str = "collection"
    recipient: str = "borrower"
    facts: Sequence[str] | None = None
    jurisdiction: str | None = None
    packs: Sequence[str] | None = None
    provider: str | None = None
    channel: str = "sms"
    party: str | None = None
    timezone: str | None = None
    at: str | None = None
    json: bool = False


def check_text(session: Session, asked: TextRequest) -> bool:
    """Review one text, and ask the packs; return whether nothing forbids it (a later hour does not)."""
    body = _readable(_stdin() if asked.text == "-" else asked.text)
    purpose = choices.one_of(Purpose, asked.purpose, "--purpose")
    role = choices.one_of(RecipientRole, asked.recipient, "--recipient")
    facts = choices.facts(asked.facts)
    if asked.jurisdiction:
        facts["jurisdiction"] = asked.jurisdiction
    answer = _answer(session, asked, body, purpose, role, facts)
    reviewed = review_text(body, language=asked.language, purpose=purpose, facts=facts, recipient_role=role)
    cost = count(body, "cn" if is_chinese(asked.language) else "gsm")
    allowed = reviewed.allowed and not (answer and isinstance(answer.decision, Deny))
    if asked.json:
        session.json(
            {
                "command": "check-text",
                "allowed": allowed,
                "language": asked.language,
                "purpose": purpose.value,
                "recipient": role.value,
                "segments": cost.segments,
                "encoding": cost.encoding,
                "findings": [{**asdict(one), "words": _words(body, one)} for one in reviewed.findings],
                "decision": answer_record(answer) if answer else None,
            }
        )
        return allowed
    told = session.tell("text.cost", segments=str(cost.segments), encoding=cost.encoding)
    session.say(
        session.tell("text.verdict", verdict=session.tell(_verdict(reviewed, allowed=allowed)), cost=told)
    )
    _show_findings(session, body, reviewed)
    if answer:
        show_answer(session, answer)
    return allowed


def _stdin() -> str:
    try:
        return sys.stdin.read().strip()
    except UnicodeDecodeError:
        raise _unreadable() from None


def _readable(body: str) -> str:
    """Return the text; raise CallerError for none at all, and for bytes that are no text."""
    try:
        body.encode()
    except UnicodeEncodeError:
        raise _unreadable() from None
    if not body.strip():
        raise CallerError("TEXT: expected a text, it is empty", "TEXT：应为一段文字，现为空")
    return body


def _unreadable() -> CallerError:
    return CallerError("TEXT: expected UTF-8 text", "TEXT：应为 UTF-8 文本")


def _answer(
    session: Session,
    asked: TextRequest,
    body: str,
    purpose: Purpose,
    role: RecipientRole,
    facts: Mapping[str, object],
) -> PackAnswer | None:
    named = choices.names(asked.packs)
    if not named and not asked.jurisdiction:
        return None
    channel = choices.one_of(Channel, asked.channel, "--channel")
    party = choices.one_of(Party, asked.party, "--party") if asked.party else None
    at = choices.moment(asked.at, session.clock, "--at")
    packs = tuple(RulePack.load(name, on=at.date()) for name in named or [asked.jurisdiction or ""])
    jurisdiction = _country(asked.jurisdiction or _home(named[0], packs[0]))
    known = {**facts, "text": body, "recipient_role": role.value}
    known |= {name: one for name, one in (("party", party), ("provider", asked.provider)) if one}
    decision = contact_decision(
        jurisdiction=jurisdiction,
        purpose=purpose,
        channel=channel,
        zones=tuple(choices.names([asked.timezone])) if asked.timezone else (),
        now=at,
        facts=known,
        packs=packs,
    )
    return PackAnswer(
        packs=packs,
        jurisdiction=jurisdiction,
        party=party,
        provider=asked.provider,
        channel=channel,
        at=at,
        decision=decision,
    )


def _home(name: str, pack: RulePack) -> str:
    """Return the jurisdiction a pack was asked for by name: DE and US-MA are not EU and US."""
    return name if pack.serves(name) else pack.jurisdiction


def _country(jurisdiction: str) -> str:
    """Return the jurisdiction of a debt; raise CallerError for a union, which has no clock and no calendar."""
    try:
        plausible_zones(jurisdiction.partition("-")[0])
    except CallerError:
        raise CallerError(
            "--jurisdiction: expected the country of the debt, or a state of it, such as DE or US-MA",
            "--jurisdiction：应为债务所在国家或其州，例如 DE 或 US-MA",
        ) from None
    return jurisdiction


def _verdict(reviewed: Review, *, allowed: bool) -> str:
    if allowed:
        return "text.allowed"
    only_doubts = bool(reviewed.findings) and all(one.refer for one in reviewed.findings)
    return "text.refer" if only_doubts else "text.refused"


def _words(body: str, one: Finding) -> str:
    return body[one.span[0] : one.span[1]]


def _excerpt(words: str) -> str:
    """Return the words at fault in few characters, what cannot be seen written out."""
    cut = words if len(words) <= _EXCERPT else f"{words[: _EXCERPT - 1]}…"
    return "".join(char if char.isprintable() else f"\\u{ord(char):04x}" for char in cut)


def _show_findings(session: Session, body: str, reviewed: Review) -> None:
    if not reviewed.findings:
        return
    rows = [
        [
            label(one.family, session.lang),
            session.tell("chars", start=str(one.span[0] + 1), end=str(one.span[1])),
            _excerpt(_words(body, one)),
            _advice(session, one),
            one.citation,
        ]
        for one in reviewed.findings
    ]
    heads = ("head.family", "head.where", "text.words", "head.message", "head.source")
    session.table([session.tell(key) for key in heads], rows)


def _advice(session: Session, one: Finding) -> str:
    chinese = is_chinese(session.lang)
    told = (one.message_zh if chinese else "") or one.message
    lines = [session.tell("text.doubt", told=told, refer=session.tell("text.refer")) if one.refer else told]
    instead = (one.suggestion_zh if chinese else "") or one.suggestion
    if instead:
        lines.append(session.tell("text.lawful", text=instead))
    return "\n".join(lines)
