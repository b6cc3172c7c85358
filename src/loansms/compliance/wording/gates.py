"""Claims that facts decide: what a text states of suits, seizure, credit reports, deadlines and visits.

A hard claim needs its facts: without them it is blocked. A soft claim passes unless a fact contradicts it. A
date, a time or a number the text states must equal the fact.

>>> holds("suit", {"litigation_approved": True}, "请尽快还款,避免法律诉讼")
True
>>> holds("suit", {}, "请尽快还款,避免法律诉讼"), holds("debit", {}, "将于6月10日扣款")
(False, True)
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Final

from loansms.compliance.facts import Facts, day, whole

_DATE: Final = re.compile(r"(?:(\d{4})[年/-])?(\d{1,2})[月/-](\d{1,2})日?")
_MONTHS: Final = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_EN_DATE: Final = re.compile(rf"\b({'|'.join(_MONTHS)})[a-z]*\.? (\d{{1,2}})\b(?:,? (\d{{4}}))?")
_DAY_FIRST: Final = re.compile(
    rf"\b(\d{{1,2}})(?:st|nd|rd|th)? (?:of )?({'|'.join(_MONTHS)})[a-z]*\b(?:,? (\d{{4}}))?"
)
_ORDER_NO: Final = re.compile(
    r"(?:文号|案号|裁定书?号?|\b(?:order )?(?:no|number)\b\.?)[^\w(（]*([\w()（）〔〕/\-]*\d[\w()（）〔〕/\-]*)"
)
_TODAY: Final = re.compile(r"今[日天晚]|\btoday\b|\btonight\b")
_TOMORROW: Final = re.compile(r"明[日天]|\btomorrow\b")
# What the stated number of calls may be: the daily cap of GB/T 45251-2025; the US has no number per day.
_CALLS_A_DAY: Final = 3
_NUMBERS: Final = {
    "一": 1,
    "两": 2,
    "二": 2,
    "三": 3,
    "四": 4,
    "五": 5,
    "六": 6,
    "七": 7,
    "八": 8,
    "九": 9,
    "十": 10,
}


def holds(claim: str, facts: Facts, sentence: str) -> bool:
    """Return whether the facts carry this claim as the sentence states it."""
    return GATES[claim](facts, sentence)


def dates(sentence: str, year: int) -> set[date]:
    """Return the dates a sentence states; a missing year is `year`."""
    found = {(y or year, m, d) for y, m, d in _DATE.findall(sentence)}
    found |= {(y or year, _MONTHS.index(m) + 1, d) for m, d, y in _EN_DATE.findall(sentence)}
    found |= {(y or year, _MONTHS.index(m) + 1, d) for d, m, y in _DAY_FIRST.findall(sentence)}
    known: set[date] = set()
    for of, month, on in found:
        try:
            known.add(date(int(of), int(month), int(on)))
        except ValueError:
            continue
    return known


def _stated(sentence: str, fact: date, facts: Facts) -> bool:
    """Whether every date the sentence states is the fact's; today and tomorrow need to know today."""
    today = day(facts.get("today"))
    stated = dates(sentence, fact.year)
    for word, ahead in ((_TODAY, 0), (_TOMORROW, 1)):
        if word.search(sentence):
            if today is None:
                return False
            stated.add(today + timedelta(days=ahead))
    return all(one == fact for one in stated)


def _plain(number: str) -> str:
    """Return a number as it stands in the plain form: half width, small letters."""
    return unicodedata.normalize("NFKC", number).casefold()


def _never(_facts: Facts, _sentence: str) -> bool:
    return False


def _filed(facts: Facts, sentence: str) -> bool:
    number = facts.get("case_no")
    if facts.get("court_filed") is not True or not isinstance(number, str) or not number:
        return False
    named = re.search(r"(?:案号|case (?:number|no\.?)|docket(?: no\.?)?)[^\w(]*([\w()\-]+)", sentence)
    known = _plain(number)
    return named is None or named[1] in known or known in sentence


def _ordered(facts: Facts) -> bool:
    return facts.get("court_order") is True and bool(facts.get("order_no"))


def _enforcement(facts: Facts, sentence: str) -> bool:
    return _ordered(facts) or _filed(facts, sentence)


def _law_firm(facts: Facts, sentence: str) -> bool:
    retained = facts.get("law_firm_retained") is True
    if re.search(r"律师函|letter", sentence):
        return retained and facts.get("letter_sent") not in (None, False, "")
    return retained


def _suit(facts: Facts, _sentence: str) -> bool:
    return facts.get("litigation_approved") is True and facts.get("time_barred") is not True


def _consequence(facts: Facts, sentence: str) -> bool:
    dpd, policy = whole(facts.get("days_past_due")), whole(facts.get("litigation_policy_dpd"))
    possible = (
        dpd is not None and policy is not None and dpd >= policy and facts.get("time_barred") is not True
    )
    return (possible and facts.get("litigation_approved") is not False) or _suit(facts, sentence)


def _seizure(facts: Facts, sentence: str) -> bool:
    stated = _ORDER_NO.search(sentence)
    known = _plain(str(facts.get("order_no") or ""))
    return _ordered(facts) and (stated is None or stated[1] in known or known in sentence)


def _debit(facts: Facts, _sentence: str) -> bool:
    return facts.get("direct_debit_mandate") is not False and facts.get("prenotified") is not False


def _credit_report(facts: Facts, sentence: str) -> bool:
    if facts.get("credit_reporting") is not True:
        return False
    if facts.get("disputed") is True and not re.search(r"异议|争议|\bdisput", sentence):
        return False
    planned = day(facts.get("report_date"))
    if planned is None:
        return not dates(sentence, 2000) and not _TODAY.search(sentence) and not _TOMORROW.search(sentence)
    return _stated(sentence, planned, facts)


def _last_chance(facts: Facts, sentence: str) -> bool:
    expiry = day(facts.get("offer_expiry"))
    if expiry is None or facts.get("reissuable") is not False:
        return False
    today = day(facts.get("today"))
    return (today is None or today <= expiry) and _stated(sentence, expiry, facts)


def _due_date(facts: Facts, sentence: str) -> bool:
    due = day(facts.get("due_date"))
    return due is None or not dates(sentence, due.year) or due in dates(sentence, due.year)


def _appointment(facts: Facts, _sentence: str) -> bool:
    return facts.get("visit_agreed") is not False


def _attempts(facts: Facts, sentence: str) -> bool:
    made = whole(facts.get("attempts_today"))
    if made is None:
        return True
    told = re.search(r"(\d+|[一二两三四五六七八九十])(?:次|通|遍| ?times)", sentence)
    stated = None if told is None else _NUMBERS.get(told[1]) or int(told[1])
    return made <= _CALLS_A_DAY and stated in (None, made)


GATES: Final[Mapping[str, Callable[[Facts, str], bool]]] = {
    "never": _never,
    "filed": _filed,
    "enforcement": _enforcement,
    "law_firm": _law_firm,
    "suit": _suit,
    "consequence": _consequence,
    "seizure": _seizure,
    "debit": _debit,
    "credit_report": _credit_report,
    "last_chance": _last_chance,
    "panic": _never,
    "due_date": _due_date,
    "appointment": _appointment,
    "attempts": _attempts,
}

# Facts that carry what a family claims: with one of them known, how a text sounds says nothing against it any more.
_VOUCH: Final[Mapping[str, tuple[str, ...]]] = {
    "false_legal_process": ("litigation_approved", "court_filed", "law_firm_retained", "court_order"),
    "asset_seizure": ("court_order", "direct_debit_mandate"),
    "credit_status_exaggeration": ("credit_reporting",),
    "false_urgency": ("offer_expiry",),
    "visit_threat": ("visit_agreed",),
    "unsafe_link_or_credential": ("link_allowlist",),
}
_VOUCHING: Final = frozenset(name for names in _VOUCH.values() for name in names)

# What each claim is held against; told about it and not borne out by it, a claim is false and needs no second opinion.
_ASKED: Final[Mapping[str, frozenset[str]]] = {
    "filed": frozenset({"court_filed", "case_no"}),
    "enforcement": frozenset({"court_order", "order_no"}),
    "law_firm": frozenset({"law_firm_retained", "letter_sent"}),
    "suit": frozenset({"litigation_approved", "time_barred"}),
    "consequence": frozenset({"litigation_approved", "litigation_policy_dpd", "time_barred"}),
    "seizure": frozenset({"court_order", "order_no"}),
    "debit": frozenset({"direct_debit_mandate", "prenotified"}),
    "credit_report": frozenset({"credit_reporting", "report_date", "disputed"}),
    "last_chance": frozenset({"offer_expiry", "reissuable"}),
    "due_date": frozenset({"due_date"}),
    "appointment": frozenset({"visit_agreed"}),
    "attempts": frozenset({"attempts_today"}),
}


def asked(claim: str, facts: Facts) -> bool:
    """Return whether the facts speak of what a claim is held against.

    >>> asked("suit", {"litigation_approved": False}), asked("suit", {})
    (True, False)
    """
    return not _ASKED.get(claim, frozenset()).isdisjoint(facts)


def speaking(facts: Facts) -> bool:
    """Return whether the facts speak of any claim at all."""
    return not _SPOKEN_OF.isdisjoint(facts)


_SPOKEN_OF: Final = frozenset[str]().union(*_ASKED.values())


def vouched(facts: Facts) -> frozenset[str]:
    """Return the families whose claims the facts can carry; their cues still hold each claim against its facts.

    >>> sorted(vouched({"court_order": True})), vouched({"court_order": False})
    (['asset_seizure', 'false_legal_process'], frozenset())
    """
    if _VOUCHING.isdisjoint(facts):
        return frozenset()
    carried = {family for family, names in _VOUCH.items() if any(facts.get(name) for name in names)}
    if facts.get("reissuable") is not False:
        carried.discard("false_urgency")
    if facts.get("disputed") is True:
        carried.discard("credit_status_exaggeration")
    return frozenset(carried)
