"""A text that shows the debt to somebody who is no party to it.

Who reads decides: a guarantor is a party; a contact, a relative or an employer is not and may see no word of
debt, and some jurisdictions bar even the clean request to pass on a call. Without a known role the text
itself tells: "your son owes", "your employee is in default".
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from loansms.compliance.facts import Facts
from loansms.compliance.wording.clauses import Reading
from loansms.compliance.wording.frames import frames
from loansms.model import RecipientRole

PARTIES: Final = frozenset({RecipientRole.GUARANTOR.value, RecipientRole.CO_BORROWER.value})
OUTSIDERS: Final = frozenset(
    {
        RecipientRole.CONTACT.value,
        RecipientRole.EMERGENCY_CONTACT.value,
        RecipientRole.RELATIVE.value,
        RecipientRole.EMPLOYER.value,
    }
)
# Where even a clean relay text is barred: US-REGF-LOC, ID-3P, JP-3P, MX-3P, TW-3P.
NO_RELAY: Final = ("US", "ID", "JP", "MX", "TW")

DEBT: Final = re.compile(
    r"欠|逾期|贷款|借款|还款|还钱|还清|债|催收|违约|未还|账单|代偿|\d元"
    r"|\b(?:loans?|debts?|default(?:ed)?|overdue|past.due|ow(?:e|es|ed|ing)|balance|arrears|delinquen\w+|repay\w*|"
    r"collections?|unpaid|instal?lments?|payments?)\b|\$\d"
)
_KIN_ZH: Final = (
    "儿子|女儿|孩子|丈夫|妻子|老公|老婆|爱人|先生|太太|父亲|母亲|爸爸?|妈妈?|哥哥?|姐姐?|弟弟?|妹妹?|朋友|同事|员工|下属|职员|职工|亲戚|家人|"
    "家属|邻居|学生|侄子|侄女|外甥女?|女婿|儿媳|媳妇|舅舅|叔叔|同学|室友|男友|女友|男朋友|女朋友|表哥|表弟|表姐|堂哥|堂弟|前夫|前妻|孙子|孙女|老板|房客|租客|战友"
)
_KIN_EN: Final = (
    "son|daughter|husband|wife|spouse|partner|brother|sister|father|mother|dad|mom|mum|cousin|nephew|niece|uncle|aunt|"
    "friend|neighbou?r|employee|co.?worker|colleague|worker|staff member|tenant|roommate|boyfriend|girlfriend|relative|"
    "student|grandson|granddaughter|son.in.law|daughter.in.law|ex|kid|child|buddy"
)
_DEBT_ZH: Final = "欠|逾期|借款|借了|贷款|未还|不还|没还|没有还|拖欠|违约|债|还款|还钱|赖账|失联"
_DEBT_EN: Final = r"ow(?:e|es|ed|ing)|default|overdue|past.due|behind|loan|debt|delinquent|unpaid|late|borrowed|arrears|balance|missed"
SHOWN: Final = (
    re.compile(
        rf"(?:您|你|贵司|贵公司|贵单位|你们|贵校|你们公司|您公司|您单位)(?:的|家|家里的)?(?:{_KIN_ZH})(?!.{{0,6}}(?:已更新|更新为)).{{0,24}}(?:{_DEBT_ZH})"
    ),
    re.compile(rf"(?:{_DEBT_ZH}).{{0,16}}(?:您|你)(?:的)?(?:{_KIN_ZH})(?!.{{0,4}}(?:无关|信息))"),
    re.compile(r"(?:帮|替|代|为)(?:他|她|其|忙|您儿子|您女儿)(?:们)?.{0,6}(?:还|垫|结清|偿|付|处理)"),
    re.compile(r"(?:帮忙|代为|代他|代她|先行)(?:还|垫付|垫|偿还|结清|清偿|还款|代偿)"),
    re.compile(
        r"(?:督促|提醒|转告|通知|劝|告诉|叫|让|催|敦促|转达)(?:一下)?(?:他|她|其|您?(?:的)?(?:"
        + _KIN_ZH
        + r")|本人|借款人|债务人|该员工|\w先生|\w女士|\w某).{0,14}(?:还(?!能|可)|欠|逾期|贷款|借款|结清|债|处理(?:欠|逾|借|贷))"
    ),
    re.compile(
        r"(?:他|她)(?:在我司|在我们|在我行|在本平台|向我司|从我司)?.{0,10}(?:欠|逾期|借了|贷款|拖欠|未还|不还)"
    ),
    re.compile(
        r"(?:作为|您是|你是|您系|留了您|填了您|预留).{0,10}(?:紧急联系人|联系人|担保人以外|亲友|家属|单位|同事).{0,24}(?:欠|还款|逾期|代偿|借款|贷款|债|督促)"
    ),
    re.compile(
        r"(?:借款人|债务人|客户|我司客户)?[\u4e00-\u9fff]某?.{0,3}(?:将您|把您|以您|将你|把你)(?:列|填|留|登记|设)(?:为|作|成).{0,14}(?:联系人).{0,24}(?:欠|逾期|贷款|借款|还)"
    ),
    re.compile(
        r"(?:贵司|贵公司|贵单位|你单位|贵校).{0,16}(?:员工|职员|职工|学生|老师|人员)?.{0,12}(?:欠|逾期|贷款|借款|违约|债)"
    ),
    re.compile(rf"\byour (?:\w+ )?(?:{_KIN_EN})(?:,? \w+\.?){{0,4}}.{{0,40}}\b(?:{_DEBT_EN})\b"),
    re.compile(rf"\b(?:{_DEBT_EN})\b.{{0,30}}\b(?:by|of|for|from) your (?:\w+ )?(?:{_KIN_EN})\b"),
    re.compile(
        r"\b(?:he|she|they|mr\.? \w+|ms\.? \w+|mrs\.? \w+)(?:.s| is| has| have| are)? (?:\w+ ){0,3}(?:owes?|in default|past due|behind on|overdue|delinquent|borrowed|missed)\b"
    ),
    re.compile(
        r"\b(?:tell|ask|urge|remind|get|convince|make|have) (?:him|her|them|your \w+|mr\.? \w+|ms\.? \w+|[a-z]\. \w+|\w+)(?: \w+){0,2} (?:to |that )?.{0,12}\b(?:pay|repay|settle|clear|owes?)\b"
    ),
    re.compile(
        r"\b(?:pay|settle|cover|clear|repay)\b.{0,25}\b(?:for (?:him|her|them)|on (?:his|her|their) behalf|(?:his|her|their) (?:loan|debt|balance|account|bill|payment|arrears))\b"
    ),
    re.compile(
        r"\b(?:listed|gave|named|put|provided|used) (?:you|your (?:name|number))\b.{0,60}\b(?:loan|debt|owes?|pay|default|overdue|balance)\b"
    ),
    re.compile(
        r"\b(?:his|her|their) (?:unpaid |overdue |outstanding |past.due |delinquent |late |defaulted )?(?:loan|debt|arrears|instal?lment|repayment)\b"
    ),
)


def findings(reading: Reading, facts: Facts, role: str | None) -> Iterator[tuple[int, int]]:
    """Yield, in the original, each place where the debt is shown to somebody outside it."""
    if role in PARTIES:
        return
    if role in OUTSIDERS:
        yield from _to_an_outsider(reading, facts)
        return
    for sentence in reading.sentences:
        for pattern in SHOWN:
            found = pattern.search(sentence.text)
            if found and not {"negated", "reported"} & frames(sentence, found.start(), found.end()):
                yield reading.span(sentence.start + found.start(), sentence.start + found.end())


def _to_an_outsider(reading: Reading, facts: Facts) -> Iterator[tuple[int, int]]:
    barred = (
        facts.get("contact_refused") is True
        or facts.get("borrower_unreachable") is False
        or str(facts.get("jurisdiction") or "").split("-")[0] in NO_RELAY
    )
    if barred and reading.plain:
        yield reading.span(0, len(reading.plain))
        return
    for sentence in reading.sentences:
        for found in DEBT.finditer(sentence.text):
            if "negated" not in frames(sentence, found.start(), found.end()):
                yield reading.span(sentence.start + found.start(), sentence.start + found.end())
                break
