"""What is proved of a template once, so that it need not be read with every message.

A template without free text says the same words to everybody; only figures and dates differ. Its words are
proved when the wording review finds nothing in them for any value of its slots and any facts: under no facts,
under facts that contradict every claim, and under facts that carry them. What the sample values cannot show is
excluded by form: free text, names, references with letters in them, and figures that another figure or letter
might run into are read with each message.

>>> from loansms.model import Lender
>>> from loansms.templates import Catalogue
>>> catalogue, lender = Catalogue.builtin(), Lender.example()
>>> words_proved(catalogue.get("alert.number_changed", "zh-CN"), lender)
True
>>> words_proved(catalogue.get("notice.plan_declined", "zh-CN"), lender)  # {reason_text} is free text
False
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from types import MappingProxyType
from typing import Any, Final

from attrs import field, frozen

from loansms.compliance.wording.clauses import Reading, read
from loansms.compliance.wording.review import review_reading
from loansms.errors import TemplateError
from loansms.model import Lender, Money, Purpose, RecipientRole
from loansms.planning.by_identity import ByIdentity
from loansms.templates import Slot, SlotKind, Template, render
from loansms.templates.approval import ApprovalState
from loansms.templates.frame import jurisdiction_of
from loansms.templates.parts import Fixed
from loansms.templates.review import sample_facts

_SAID_ON: Final = date(2026, 9, 24)
# A proof costs as much as a few hundred reviews, so a template earns it: a short run reads each message.
_EARNED: Final = 200
# Values whose characters are anybody's: a name keeps its first one even when it is masked.
_FREE: Final = frozenset({SlotKind.TEXT, SlotKind.NAME})
# A reference that can form no word, wherever it stands: digits and stars behind one letter at most.
_TAME: Final = re.compile(r"[A-Za-z]?[0-9*]*")
_GAP: Final = "\ue000"
_FIGURE: Final = r"0-9０-９一二三四五六七八九十百千万萬零〇两兩"
# A figure may run into one beside it across blanks and dashes, into a letter only where nothing is between.
_SEAM: Final = re.compile(
    rf"{_GAP}[\s\-–]*{_GAP}|{_GAP}[\s\-–]*[{_FIGURE}]|[{_FIGURE}][\s\-–]*{_GAP}|{_GAP}[A-Za-z]|[A-Za-z]{_GAP}"
)
_LONG_AGO: Final = date(1999, 1, 1)
# Facts that contradict whatever a text may claim, and the lists without which a number or link is nobody's.
ADVERSE: Final[Mapping[str, object]] = MappingProxyType(
    {
        "attempts_today": 99,
        "borrower_unreachable": False,
        "consent_marketing": False,
        "contact_allowlist": [],
        "contact_refused": True,
        "court_filed": False,
        "court_order": False,
        "credit_reporting": False,
        "days_past_due": 0,
        "direct_debit_mandate": False,
        "disputed": True,
        "due_date": _LONG_AGO,
        "icp_registered": False,
        "law_firm_retained": False,
        "letter_sent": False,
        "link_allowlist": [],
        "link_is_variable": True,
        "litigation_approved": False,
        "offer_expiry": _LONG_AGO,
        "prenotified": False,
        "reissuable": True,
        "report_date": _LONG_AGO,
        "template_fixed": False,
        "time_barred": True,
        "today": _LONG_AGO,
        "user_initiated": False,
        "visit_agreed": False,
    }
)
# Facts that say who reads, or which route's form is asked for: a message that brings one is read itself.
_STEERING: Final = frozenset({"recipient_role", "message_class"})


@frozen
class _Proof:
    """What holds of one template: `words` whatever the facts are, `dated` where the due date told is the fact."""

    words: bool
    dated: bool
    tails: tuple[str, ...] = ()


_NOT_PROVED: Final = _Proof(words=False, dated=False)
# Templates by lender and lines, and as many that wait.
_known: Final = ByIdentity[_Proof]()
_asked: Final = ByIdentity[int]()


def words_proved(template: Template, lender: Lender, lines: Sequence[str] = ()) -> bool:
    """Return whether no message of `template` needs a review of its words, whatever its values and the facts.

    True for a template without free text in whose words, as `lender` speaks them, the review finds nothing
    under any facts; `lines` are the education lines that may end it. A reference with more than one letter is
    still read with its message. A template that its lender cannot fill is not proved.
    """
    return _proof(template, lender, tuple(lines)).words


def message_proved(
    template: Template,
    lender: Lender,
    values: Mapping[str, object],
    facts: Mapping[str, Any],
    *,
    purpose: Purpose | None = None,
    recipient: RecipientRole = RecipientRole.BORROWER,
    lines: Sequence[str] = (),
) -> bool:
    """Return whether one message needs no review: its words are proved, and its values and facts let that stand.

    Besides `words_proved` this takes a template that states the due date, where that is the fact ``due_date``.
    The first messages of a template are not proved: proving is worth it from some hundreds on. Pass the same
    template, lender and tuple of `lines` each time, as they are told apart by identity.
    """
    proof = _proof(template, lender, tuple(lines), earned=False)
    if not proof.words and not (proof.dated and facts.get("due_date") in (None, values.get("due_on"))):
        return False
    return (
        recipient is template.recipient
        and purpose in (None, template.purpose)
        and _STEERING.isdisjoint(facts)
        and (bool(facts.get("signature")) or facts.get("provider_adds_signature") is not False)
        and all(_TAME.fullmatch(str(values.get(name))) for name in proof.tails)
    )


def account_words_proved(template: Template, lender: Lender, lines: Sequence[str] = ()) -> bool:
    """Return whether every message of `template` about an account of its own needs no review of its words.

    Its due date is the account's, so a template that states it is proved too. A reference with more than one
    letter is still read with its message.
    """
    proof = _proof(template, lender, tuple(lines) if not isinstance(lines, tuple) else lines)
    return proof.words or proof.dated


def _proof(template: Template, lender: Lender, lines: tuple[str, ...], *, earned: bool = True) -> _Proof:
    about = (template, lender, lines or None)
    found = _known.get(*about)
    if found is not None:
        return found
    if not earned:
        times = (_asked.get(*about) or 0) + 1
        if times < _EARNED:
            _asked.keep(times, *about)
            return _NOT_PROVED
    return _known.keep(_prove(template, lender, lines), *about)


def _prove(template: Template, lender: Lender, lines: tuple[str, ...]) -> _Proof:
    if any(slot.kind in _FREE for slot in template.slots.values()):
        return _NOT_PROVED
    try:
        if _SEAM.search(_with_gaps(template, lender)):
            return _NOT_PROVED
        said = list(_samples(template, lender, lines))
    except TemplateError:
        return _NOT_PROVED
    words = all(one.clean(ADVERSE) for one in said)
    dated = "due_on" in template.slots and not words
    dated = dated and all(one.clean({**ADVERSE, "due_date": one.values["due_on"]}) for one in said)
    stands = (words or dated) and all(one.stands for one in said)
    return _Proof(
        words=words and stands,
        dated=dated and stands,
        tails=tuple(name for name, slot in template.slots.items() if slot.kind is SlotKind.TAIL),
    )


def _with_gaps(template: Template, lender: Lender) -> str:
    """Return the words `lender` would say with a mark for each value: the frame, the body, the opt-out."""
    said = lender.slots(template.locale, template.recipient.value, template.purpose.value)
    opening = () if template.names_sender else template.frame.opening_for(template.purpose, lender)
    jurisdiction = jurisdiction_of(template.locale, lender)
    closing = template.frame.closing_for(template.purpose, jurisdiction, template.opt_out)
    body = (
        part.text if isinstance(part, Fixed) else said.get(part.name) or _GAP
        for part in (*opening, *template.parts)
    )
    return "".join(body) + (template.frame.joiner + closing if closing else "")


@frozen
class _Said:
    """One sample of a template: its text, the values in it, and whether a review finds nothing."""

    template: Template
    reading: Reading = field(repr=False)
    values: Mapping[str, Any] = field(repr=False)

    @property
    def stands(self) -> bool:
        """Whether it stands without facts, and with all that it declares."""
        facts = sample_facts(self.template, self.values)
        return self.clean({}) and self.clean({**facts, "due_date": self.values.get("due_on")})

    def clean(self, facts: Mapping[str, object]) -> bool:
        template = self.template
        found = review_reading(
            self.reading, template.locale, template.purpose, facts, template.recipient
        ).findings
        # The second opinion asks for a person to read the words; two have, where a template is approved.
        return all(one.refer and template.state is ApprovalState.APPROVED for one in found)


def _samples(template: Template, lender: Lender, lines: tuple[str, ...]) -> Iterator[_Said]:
    """Yield samples that use every value below at least once, then one for each education line."""
    values = {name: _values(slot, lender) for name, slot in template.slots.items()}
    rounds = max((len(several) for several in values.values()), default=1)
    joiner = template.frame.joiner
    for at in range(rounds):
        chosen = {name: several[at % len(several)] for name, several in values.items()}
        text = render(template, chosen, lender=lender, on=_SAID_ON).text
        yield _Said(template, read(text), chosen)
        if at == 0:
            yield from (_Said(template, read(f"{text}{joiner}{line}"), chosen) for line in lines)


def _values(slot: Slot, lender: Lender) -> Sequence[object]:
    if slot.kind is SlotKind.CHOICE:
        return tuple(slot.choices)
    if slot.kind is SlotKind.PHONE:
        return lender.allowed_contacts
    if slot.kind is SlotKind.COUNT:
        return [count for count in _COUNTS if len(str(count)) <= slot.max_length]
    if slot.kind is SlotKind.MONEY:
        own = "CNY" if lender.jurisdiction.partition("-")[0] == "CN" else "USD"
        amounts = [Money(amount, own) for amount in _AMOUNTS]
        return [*amounts, *(Money("1256", currency) for currency in _CURRENCIES)]
    several = _TYPED[slot.kind]
    return [one[: slot.max_length] if isinstance(one, str) else one for one in several]


# Small and large, round and odd, and the numbers that mean something by themselves.
_COUNTS: Final = (0, 1, 2, 3, 5, 12, 24, 30, 48, 72, 90, 99, 110, 365, 2026)
_AMOUNTS: Final = ("0", "0.01", "1", "3.15", "100", "1256.30", "12000", "999999999.99")
_CURRENCIES: Final = ("CNY", "USD", "EUR", "HKD", "JPY", "KES")
_TYPED: Final[Mapping[SlotKind, tuple[object, ...]]] = MappingProxyType(
    {
        SlotKind.DATE: (
            date(2026, 9, 24),
            date(2026, 1, 1),
            date(2026, 12, 31),
            date(2027, 3, 15),
            date(2026, 11, 11),
        ),
        SlotKind.SPAN: tuple(timedelta(hours=hours) for hours in (1, 2, 5, 24, 48, 72, 720)),
        SlotKind.RATE: tuple(map(Decimal, ("0", "0.0001", "0.072", "0.1", "0.36", "1.5"))),
        SlotKind.TAIL: ("0042", "1", "****", "12345678", "L042", "*110", "404", "00000000"),
        SlotKind.CODE: ("839201", "0000", "110110", "12345678"),
        SlotKind.SPOKEN: ("839201", "0000", "110110", "12345678"),
    }
)
