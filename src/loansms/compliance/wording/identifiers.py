"""Identifiers that must not stand in a text in full: ID and card numbers, phones, addresses, secrets.

Masked numbers, order and contract numbers, one-time codes, and the lender's own listed lines pass. A number is
told by the word before it whatever its check digit, else by its shape: a card by its Luhn digit or its groups, a
mainland ID by a birth date inside. Digits may be written in Chinese, pulled apart, or mixed with look-alike
letters. An address is told from a branch's by the words around it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from loansms.compliance.facts import Facts
from loansms.compliance.wording.clauses import Reading


def _labels(pattern: str) -> re.Pattern[str]:
    r"""Compile labels whose leading `\b` also stands between an ideograph and a Latin letter."""
    return re.compile(pattern.replace(r"\b", r"(?<![a-z\d])"))


_DIGITS_ZH: Final = "零〇一二三四五六七八九壹贰叁肆伍陆柒捌玖幺两"
_FROM_ZH: Final = tuple(zip(_DIGITS_ZH, "0012345678912345678912", strict=True))
_WRITTEN_ZH: Final = re.compile(rf"[{_DIGITS_ZH}\d](?:[ \-.·—]?[{_DIGITS_ZH}\d]){{5}}")
_SPELLED: Final = {
    "zero": "0", "one": "1", "two": "2", "three": "3", "four": "4", "five": "5", "six": "6", "seven": "7",
    "eight": "8", "nine": "9",
}  # fmt: skip
_ONE: Final = f"(?:{'|'.join(_SPELLED)})"
_WRITTEN_EN: Final = re.compile(rf"\b{_ONE}(?:[ ,\-]{{1,3}}{_ONE}){{6,}}\b")
# Digits, some of them written o, l or i, in a row but for a separator or two.
_RUN: Final = re.compile(
    r"\d(?<![\d*]\d)(?:[ .\-/•·—\u20e3]{0,3}(?:\d|[oil](?![a-hj-km-np-z]))){5,25}(?![\d*]|元|%)(?:[a-z]{1,3}(?![a-z*]))?\d{0,3}"
)
_LETTERS: Final = re.compile(r"(?<![a-z\d])[a-z]{1,5}[ \-]?$")
_DATED: Final = re.compile(
    r"(?:19|20)\d\d[-./—](?:0?[1-9]|1[0-2])[-./—]\d{1,2}|\d{1,2}[-./]\d{1,2}[-./](?:19|20)\d\d"
)
_ID: Final = re.compile(r"[1-9]\d{5}(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[\dx]")
_MOBILE: Final = re.compile(r"(?:86)?1[3-9]\d{9}")
_SSN: Final = re.compile(r"\d{3}-\d{2}-\d{4}")
_GROUPED: Final = re.compile(
    r"[3-6]\d{3}(?P<gap>[ .\-]{1,3})\d{4}(?P=gap)\d{4}(?P=gap)\d{3,4}(?:(?P=gap)\d{1,3})?"
)
_CONTIGUOUS: Final = re.compile(r"(?:62|60|4\d|5[1-5])\d{14,17}")
_NRIC: Final = re.compile(r"[stfgm]\d{7}[a-z]")
_NI: Final = re.compile(r"[a-z]{2}\d{6}[a-d]")
_SERVICE: Final = re.compile(r"400|800|95|0800|18[0-9]{2}(?=\d{7}$)000|1800")
_APART: Final = re.compile(r"[ .\-/•·—\u20e3]")
_FROM_LOOKALIKE: Final = str.maketrans("oil", "011")
_NUMBERED: Final = re.compile(
    r"(?:合同|编号|订单|流水|单号|凭证|案号|工单|票号|批次|交易号|受理号|参考号|工号|保单|发票|contract|order|reference|\bref\.?|invoice|"
    r"tracking|case|ticket|confirmation|transaction|policy|application|agreement|loan|customer|complaint|paybill|till|"
    r"receipt|registration|licen[cs]ed? lender|imei)"
    r"(?:号码?|编号|no\.?|number|id|#|:|\s|为|是|is)*$"
)
_LINK: Final = r"(?:\s?(?:号码?|码|number|numbers|num|no?\.|no|n0|nr|nos?|haber|card|holder|code|id|full|为|是|is|as|was|still|ending in full|we have|of|in full|:|=|#|,|;|\(|\"|'|“)){0,5}\s?$"
_PERSONAL: Final = _labels(
    r"(?:身份证|证件|证号|证jian|身丨份丨证|护照|社保|医保卡?|军官证|学生证|通行证|sfz|\bssn|\bs\.s\.n\.?|social security|social insurance|"
    r"national id|nat'l id|national insurance|n\.i\.|aadhaa?r|a@dhaar|\bbvn|b\.v\.n|\bnin|n\.i\.n|\bnric|n r i c|\bic|\btin|\bsss|\bumid|\bdni|\bcnic|"
    r"passport|pssprt|p4ssport|(?:driver'?s?|driving) licen[cs]e|\bdl|voter (?:id|card)|green card|ghana card|emirates id|health (?:card|insurance number)|medicare|carte nationale|\bpps|cccd|户口本|台胞证|"
    r"medical card|insurance (?:number|no)|ration card|tax (?:file )?(?:number|no)|student (?:number|id)|identity|birth number|nhif|s0cial|social|"
    r"(?<!order )(?<!loan )(?<!company )(?<!customer )(?<!user )(?<!application )(?<!transaction )(?<!case )(?<!upi )(?<!our )(?<!ticket )(?<!complaint )(?<!sender )(?<!payment )(?<!merchant )(?<!banking )"
    r"(?:\bid|\b1d|\bi\.d\.|🪪))" + _LINK
)
_CARD: Final = _labels(
    r"(?:卡号|卡hao|咔号|银行卡|信用卡|储蓄卡|工资卡|借记卡|存折号?|账号|帐号|(?<![\u4e00-\u9fff])卡|\bcard|\bc@rd|\bc\.a\.r\.d|\bcc#?|\bvisa|"
    r"mastercard|iban|\baccount|\bacct?)" + _LINK.replace("){0,5}", "|ending in|you registered){0,5}")
)
_OURS: Final = re.compile(
    r"对公|公司账户|公司账号|我司|我行账|收款单位|公司户|paybill|\bltd\b|\bllc\b|\binc\b|\bplc\b|company|our (?:\w+ )?account|"
    r"virtual account|loan account|into (?:the )?(?:\w+ )?account|pay (?:in)?to"
)
_PHONE: Final = _labels(
    r"(?:手机号?|电话|電話|联系方式|机主|\bmobile|\bcell|\bhp|\blandline|\bphone|\btel|\btelephone|f0ne|📞|number (?:is|and)|her number|his number|home number|reached at home on|your number)"
    r"(?:\s?(?:号码?|wallet|number|as|no\.?|is|:|为|是|on|\()){0,3}\s?$"
)
_LOCAL: Final = re.compile(r"0\d{2,4}[ \-]?\d{3}[ \-]?\d{3,4}|555[ \-]\d{4}|[89]\d{4} \d{5}")
_RELATED: Final = re.compile(
    r"(?:emergency contact|next of kin|guarantor|borrower|debtor|overdue list)\b[^\d]{0,30}$"
)
_OWN_PHONE: Final = re.compile(r"\byour|\bher\b|\bhis\b|mobile|cell|\bhp|landline|手机|机主|home")
_FEWEST: Final = 6  # digits of a number that a label calls somebody's
_ACCOUNT: Final = 8  # digits of an account; shorter ones are customer numbers
_CALLED: Final = re.compile(
    r"(?:致电|拨打|回电|拨|联系|咨询|热线|客服|电话咨询|服务|投诉|回拨|来电|请打|\bcall|\bring|\bdial|\btext|\bcontact|"
    r"\bphone (?:us|our)|help ?line|hot ?line|service|\bdesk|\bline|\bus|whatsapp|enquiries|complaints|support|office|branch|fraud)"
    r"(?:\s?(?:us|me|back|our|at|on|to|人员|电话|:|,|team|line|number|desk|号码?|为|是|toll.free)){0,4}\s?$"
)
_OWNED: Final = re.compile(
    r"\bborn\b|\bliving\b|\bstays? at|\bresid|\bhome\b|\baddress\b|\baddr\b|\bm(?:rs?|s|dm)\b\.? [a-z]|\bborrower\b|\bdebtor\b|\bdefaulter|\bguarantor:? [a-z]+ [a-z]+,|"
    r"\b(?:your|the) (?:wife|husband|mother|father|spouse|emergency contact)|\bnext of kin|\bdob\b|\bname\b"
)
_SECRET: Final = _labels(
    r"(?:密码|口令|mima|蜜码|(?<!动)(?<!动态)(?<!校验)(?<!验证)安全码|预留码|p ?4 ?s ?s ?w ?0 ?r ?d|p4ssw0rd|\bp\.a\.s\.s\.w\.o\.r\.d|\bpassword|\bpasscode|\bpwd|\bpw|\bp w|"
    r"\bm?pin(?:(?<=pin) code)?|\bp1n(?: c0de)?|\bpass)"
    r"(?:\s?(?:已重置|登记为?|备份|明文|已列|提示|盒|为|是|还是|改为|:|：|=|rite|number|of|code|on file for you|for \S+|reminder|it's|as|for the account|has been (?:re)?set to|has been changed to|changed to|still|to|is(?: now)?|as requested|,|\(|\"|'|“)){0,4}\s?"
    r"(?P<value>(?!\d{3,4}-\d{2,3}(?!\d))(?=[a-z@#$!_.*+&%-]*\d)[a-z0-9@#$!_*+&%.-]{4,}|(?:\d[- ]){3,}\d)(?!\s?(?:次|位|分钟|小时|元|年|月|日|天|个|号|digits?|times?|characters?|minutes?|days?|letters|attempts|years))"
)
_ONCE: Final = re.compile(
    r"(?:一次性|动态|短信|验证|校验|随机|临时码|one.?time|once|single.use|otp|verification|wrong|incorrect|new)[\s的]?(?:login |登录)?$"
)
_BACK: Final = _labels(
    r"(?:\bcvv2?|\bc\.v\.v\.?|\bcvc2?|\bsecurity (?:code|digits?)(?: on the back)?|(?:卡背|背面).{0,4}三位(?:数字?|码)?|三位码|安全码|\bthree digits)"
    r"(?:\s?(?:码|号|is|are|of your card is|为|是|:|=|,|\(|#)){0,3}\s?(?:\d{3,4}|\d[. -]\d[. -]\d)(?![\d*]| ?(?:digits?|位|个|times))"
)
_STREET: Final = (
    r"street|st|avenue|ave|road|rd|r0ad|lane|ln|drive|dr|blvd|boulevard|terrace|crescent|cres|mews|gardens?|grove|close|court|ct|cottages|"
    r"walk|yard|row|steps|gate|hill|mill lane|square|place|pl|villas?|towers?|park|path|way|view|estate|marg|nagar|terrace|apts|"
    r"apartments?|residency|rise|quay|wharf|house|green|heights|parade"
)
_ON_A_STREET: Final = rf"(?:[a-z]|/\d{{1,3}})?,? (?!(?:months?|days?|payments?|on|in|at|of|for|to|the|and|or|by|per|weeks?|years?|hours?|minutes?)\b)(?:(?!(?:is|on|its|the|of|a|to|in|at|for|you|your|our|we|by|from|and|or|per|days?|left|with|has|was|are)\b)[a-z][a-z'4]+ ){{1,3}}(?:{_STREET})(?![a-z'])"
# A search that begins at a digit passes over all other characters; where it finds nothing, no house stands.
_MAYBE_HOUSE: Final = re.compile(rf"\d{_ON_A_STREET}")
_HOUSE: Final = re.compile(
    rf"(?<![\d/.,:£$€₹-])(?:(?:flat|apt|unit|house|hse|plot|blk|block|h\.no\.?|no\.) ?)?#?\d{{1,4}}{_ON_A_STREET}"
)
_LIVES: Final = re.compile(
    r"(?:\b(?:home|house|h0me|h0m3|addr|adr|аddr|address|residence|residing|resident|resides|lives?|living|stays?|staying|stay|still at|tenant|you're at|you at|we have you|your place|where|live alone)\b[^.]{0,30}"
    r"|\b(?:m(?:rs?|s|dm)\b\.? |borrower:? |debtor:? |of |named |born |is |hello |dear |place: )[^\d]{0,25}|\bname[^.\d]{0,25}|^[^.\d]{0,3})$"
)
_BRANCH: Final = re.compile(
    r"网点|支行|分行|营业厅|营业部|门店|柜台|服务点|办事处|办公|寄回|branch|office|counter|visit us|\bour\b|centre|center|shop|store|depot|auction|\bagency\b|kiosk|desk at|court (?:house|hearing)"
)
_PLACES: Final = (
    re.compile(
        r"(?:家庭住址|住址|家住|住在|居住(?:在|于|地)|户籍地址|家庭地址|您位于|你位于|地址:|家在|你住|您住).{0,24}(?:路|街|道|巷|弄|里|小区|村|苑|园|栋|幢|单元|室|楼).{0,6}[\d一二三四五六七八九十]"
    ),
    re.compile(
        r"(?:[\u4e00-\u9fff]{2,8}(?:路|街|巷|大道)\d+号).{0,12}(?:\d+(?:栋|幢|单元|楼|室|号楼)).{0,20}"
    ),
    re.compile(
        r"(?:[\u4e00-\u9fff]{2,8}(?:苑|里|小区|花园|新村|公寓|家园|雅居|城|湾|村|庭)|(?:路|街道?|巷|弄)\d{1,4}[号巷弄](?:院)?)[,、 ]?(?:[甲乙丙丁])?[\d一二三四五六七八九十]{1,3}(?:号楼|栋|幢|座|号院|-\d)[\d一二三四五六七八九十]*"
    ),
    re.compile(
        r"(?:(?<![留记保])住(?!房|院|宿|建)|家|地址|址码?|居地|籍地|房子位于|门牌)[^。!;]{0,14}(?:路|街|巷|弄|沟|道|屯|村|公寓|花园|胡同|家属院|塘口|塘)[^,。]{0,5}\d{1,4}(?:号|房|排|组|栋|座|#|-\d)"
    ),
    re.compile(
        r"[\u4e00-\u9fff]{2,6}(?:路|街|巷|弄)\d{1,4}(?:号|弄|巷)[\d一二三四五六七八九十]+(?:号|室|栋)?"
    ),
    re.compile(
        r"\b(?:home address|residing at|lives? at|address (?:is|on file|:)|your (?:home|house) at)\b.{0,12}\d{1,6} [a-z0-9. ]{2,30}\b(?:street|st|avenue|ave|road|rd|lane|ln|drive|dr|blvd|boulevard|court|ct|way)\b"
    ),
    re.compile(
        r"\b(?:date of birth|dob|d\.o\.b|born(?: on)?|bday|birthday)(?: is|:|,| the)? ?(?:(?:[0-3]?\d[ ./-])(?:[01]?\d|[a-z]{3,9})[ ./-](?:\d{2,4})|(?:19|20)\d\d-\d\d|[a-z]{3,9} \d{1,2},? ?\d{4})"
    ),
)
# What each group of patterns cannot do without; most texts have none of it and are not searched further.
_MAYBE_PLACE: Final = re.compile(
    r"住|地址|路|街|巷|苑|小区|花园|村|栋|幢|门牌|号楼|born|birth|dob|bday|address|d\.o\.b|residing|lives at|live at|house at|home at"
)
_MAYBE_SECRET: Final = re.compile(r"pass|pin|口令|码|pw|mima|p1n|ss w|ssw|p\.a\.s\.s")
_MAYBE_BACK: Final = re.compile(r"cv|c\.v|security|卡背|背面|三位|安全码|three")
_BIRTHDAY: Final = re.compile(
    r"密码.{0,12}(?:生日|结婚|日子|[前后头末][一二两三四]位(?:是|为)?)[^\d]{0,8}\d{2,8}"
)


def findings(reading: Reading, facts: Facts) -> Iterator[tuple[int, int]]:
    """Yield, in the original, each identifier that stands in full."""
    plain = reading.plain
    listed = {re.sub(r"\D", "", str(one)) for one in facts.get("contact_allowlist") or ()}
    written = plain
    if _WRITTEN_ZH.search(plain):
        for chinese, digit in _FROM_ZH:
            written = written.replace(chinese, digit)
    for start, end in (*_numbers(written, plain, listed), *_secrets(plain), *_places(plain)):
        yield reading.span(start, end)


def _numbers(written: str, plain: str, listed: set[str]) -> Iterator[tuple[int, int]]:
    """Yield the numbers of persons, cards and phones in a text whose digits are `written` as digits."""
    for found in _RUN.finditer(written):
        joined = _APART.sub("", found[0])
        digits = joined.translate(_FROM_LOOKALIKE)
        service = _SERVICE.match(digits) and len(digits) < 12
        if service or digits in listed or sum(map(str.isdigit, joined)) < 5:
            continue
        before = plain[max(0, found.start() - 40) : found.start()]
        letters = _LETTERS.search(before)
        whole = [(found.start(), found[0], before)]
        if letters:
            whole.append((found.start() - len(letters[0]), letters[0] + found[0], before[: letters.start()]))
        for start, shown, words in whole:
            if _is_identifier(shown, words, plain):
                yield start, found.end()
                break
    for found in _WRITTEN_EN.finditer(plain) if "zero" in plain or "one" in plain else ():
        yield found.span()


def _is_identifier(shown: str, before: str, plain: str) -> bool:
    joined = _APART.sub("", shown)
    digits = re.sub(r"\D", "", joined.translate(_FROM_LOOKALIKE))
    if _NUMBERED.search(before):
        return False
    if _PERSONAL.search(before) and not _DATED.fullmatch(shown):
        return len(digits) >= _FEWEST
    if any(shape.fullmatch(joined) for shape in (_ID, _NRIC, _NI)) or _SSN.fullmatch(shown):
        return True
    if _MOBILE.fullmatch(joined):
        return not _CALLED.search(before)
    if _CARD.search(before) and len(digits) >= _ACCOUNT and not _OURS.search(plain):
        return True
    return not _DATED.search(shown) and (
        _is_card(shown, joined, bool(_CARD.search(before))) or _is_phone(shown, digits, before, plain)
    )


def _is_card(shown: str, joined: str, named: bool) -> bool:
    if _GROUPED.fullmatch(shown) or _CONTIGUOUS.fullmatch(joined):
        return True
    return 13 <= len(joined) <= 19 and joined.isdigit() and (named or luhn(joined))


def _is_phone(shown: str, digits: str, before: str, plain: str) -> bool:
    """Tell a phone of somebody from a line to call: by the word before it, or a home or a person beside it."""
    if 7 <= len(digits) <= 13 and _PHONE.search(before):
        return bool(_OWN_PHONE.search(before[-24:]) or _OWNED.search(plain))
    if _LOCAL.fullmatch(shown) and not _CALLED.search(before):
        return bool(_RELATED.search(before) or (_HOUSE.search(plain) and not _BRANCH.search(plain)))
    return False


def _secrets(plain: str) -> Iterator[tuple[int, int]]:
    if _MAYBE_SECRET.search(plain):
        for found in _SECRET.finditer(plain):
            if not _ONCE.search(plain[max(0, found.start() - 16) : found.start()]):
                yield found.span()
        for found in _BIRTHDAY.finditer(plain):
            yield found.span()
    if _MAYBE_BACK.search(plain):
        for found in _BACK.finditer(plain):
            yield found.span()


def _places(plain: str) -> Iterator[tuple[int, int]]:
    if _MAYBE_PLACE.search(plain):
        for pattern in _PLACES:
            for found in pattern.finditer(plain):
                if not _BRANCH.search(plain, max(0, found.start() - 40), found.end() + 20):
                    yield found.span()
    for found in _HOUSE.finditer(plain) if _MAYBE_HOUSE.search(plain) else ():
        if _LIVES.search(plain[max(0, found.start() - 40) : found.start()]) and not _BRANCH.search(
            plain, max(0, found.start() - 40), found.end() + 20
        ):
            yield found.span()


def luhn(digits: str) -> bool:
    """Return whether the check digit of a card number fits.

    >>> luhn("4111111111111111"), luhn("4111111111111112")
    (True, False)
    """
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (1 + place % 2)
        total += value - 9 if value > 9 else value
    return total % 10 == 0
