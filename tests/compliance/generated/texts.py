"""Rules on words: what a text must hold, what it may not, and whose lines and links it may name."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from attrs import evolve

from loansms.compliance import Rule
from loansms.compliance.checks.texts import SENDER
from loansms.model import Party
from tests.compliance.generated.trial import Pair, Trial, plain

_BOOK = tomllib.loads((Path(__file__).parents[1] / "examples.toml").read_text(encoding="utf-8"))
NEUTRAL = "您好,请登录APP查看消息。"
LINE = "400-000-0000"
HOST = "www.example.com"
# One sentence for each element that a text can be asked for.
SAMPLES: Mapping[str, str] = {
    "amount": "应还500.00元",
    "as_of_date": "截至9月24日",
    "due_date": "还款日9月1日",
    "official_pay_channel": "请在APP还款",
    "contact": f"咨询{LINE}",
    "hardship_or_dispute_path": "如有困难可协商",
    "refusal_method": "拒收请回复R",
    "opt_out_method": "Reply STOP to opt out",
    "from_a_debt_collector": "This is from a debt collector",
    "attempting_to_collect_a_debt": "This is an attempt to collect a debt",
    "information_used_for_that_purpose": "Any information obtained will be used for that purpose",
    "purpose": "用于登录",
    "do_not_share": "请勿告知他人",
    "validity": "5分钟内有效",
    "promotion": "新客限时优惠",
    "holder_name": "尊敬的持卡人张**",
    "balance": "欠款余额500.00元",
    "reason_and_law": "依据借款合同第八条",
    "rights_and_duties": "您有权查询,并应当按期归还,双方权利义务以合同为准",
    "how_to_check_repay_dispute_give_evidence": "可登录查询、还款、提出异议并提交凭证",
    "seal": "某某公司催收专用章",
    "negotiation_path": "可协商分期",
    "principal_lender_if_agency": "受示例消费金融公司委托",
    "non_personalised_or_refusal_option": "可关闭个性化推荐",
    "forbearance_offer": "You may ask for a payment plan",
    "limited_content_message": "This is a limited content message",
}


def asked(rule: Rule) -> Trial:
    """Return a message on the provider that a rule names."""
    trial, providers = plain(rule), rule.check.params.get("providers")
    if not isinstance(providers, list) or not providers:
        return trial
    return evolve(trial, context=evolve(trial.context, provider=providers[0]))


def families_of(rule: Rule) -> list[str]:
    params = rule.check.params
    return list(params.get("families") or [params["family"]])


def _lawful_words(rule: Rule) -> Trial:
    return plain(rule).saying(_BOOK[families_of(rule)[0]]["allow"][0])


def _unlawful_words(rule: Rule) -> Trial:
    return breaking(rule, families_of(rule)[0])


def breaking(rule: Rule, family: str) -> Trial:
    """Return a text of that family; a fact that contradicts its claim is told as well."""
    contradicted = dict.fromkeys(rule.check.params.get("contradicted_by", []), True)
    return plain(rule).saying(_BOOK[family]["block"][0]).knowing(**contradicted)


def elements_of(rule: Rule) -> list[str]:
    params = rule.check.params
    return [*params.get("elements", []), *params.get("later", [])]


def whole(rule: Rule) -> str:
    """Return a text with everything the rule asks for."""
    return "。".join(SAMPLES[one] for one in elements_of(rule) if one != SENDER) or NEUTRAL


def _complete(rule: Rule) -> Trial:
    return asked(rule).saying(whole(rule)).knowing(**_state(rule, holds=True))


def _incomplete(rule: Rule) -> Trial:
    return asked(rule).saying("您好。", signature="").knowing(**_state(rule, holds=False))


def _state(rule: Rule, *, holds: bool) -> Mapping[str, Any]:
    flag = rule.check.params.get("state_flag")
    return {flag: holds} if flag else {}


def _facts(rule: Rule, *, hold: bool) -> Trial:
    return plain(rule).knowing(**dict.fromkeys(rule.check.params["facts"], hold))


def _facts_hold(rule: Rule) -> Trial:
    return _facts(rule, hold=True)


def _facts_contradict(rule: Rule) -> Trial:
    return _facts(rule, hold=False)


def _notice(rule: Rule) -> Trial:
    return plain(rule).saying("您的还款已到账。")


def _advertisement(rule: Rule) -> Trial:
    return plain(rule).saying("老客户限时优惠,点击申请新额度。")


def _no_claim(rule: Rule) -> Trial:
    return plain(rule).saying("Please call us about a matter of business.")


def _claimed(rule: Rule) -> Trial:
    return plain(rule).saying(SAMPLES[rule.check.params["claim"]])


# A line of each kind, from the ranges set apart for examples.
LINES: Mapping[str, str] = {
    "400": LINE,
    "landline": "021-55550100",
    "95": "95000",
    "mobile_number": "13800138000",
}


def _own_line(rule: Rule) -> Trial:
    allowed = rule.check.params.get("allow_contacts")
    line = LINES[allowed[0]] if allowed else LINE
    return asked(rule).saying(f"如有疑问请致电{line}。").knowing(contact_allowlist=[LINE])


def _strange_line(rule: Rule) -> Trial:
    allowed = rule.check.params.get("allow_contacts", [])
    line = next(number for kind, number in reversed(LINES.items()) if kind not in allowed)
    return asked(rule).saying(f"如有疑问请致电{line}。").knowing(contact_allowlist=[LINE])


# A link that breaks each word of a link policy, and the fact that tells it where the text cannot.
BAD_LINKS: Mapping[str, tuple[str, Mapping[str, Any]]] = {
    "variable_link": (f"https://{HOST}/a", {"link_is_variable": True}),
    "redirect": (f"https://{HOST}/go?url=https://other.example.net", {}),
    "short_link": ("https://t.cn/abc123", {}),
    "ip_host": ("https://192.0.2.7/pay", {}),
    "punycode": ("https://xn--fsq.example.com/pay", {}),
    "look_alike": (f"https://{HOST}.pay-here.cn/a", {}),
    "userinfo": (f"https://{HOST}@pay-here.cn/a", {}),
    "port": (f"https://{HOST}:8443/a", {}),
    "apk": (f"https://{HOST}/app.apk", {}),
    "debt_revealing_query_token": (f"https://{HOST}/a?overdue=30", {}),
    "https": (f"http://{HOST}/a", {}),
    "host_in_link_allowlist": ("https://pay.example.net/a", {}),
    "template_fixed": (f"https://{HOST}/a", {"template_fixed": False}),
    "icp_filed_host": (f"https://{HOST}/a", {"icp_registered": False}),
    "constant_url": (f"https://{HOST}/a", {"link_is_variable": True}),
}


def linking(rule: Rule, link: str, facts: Mapping[str, Any]) -> Trial:
    known = {"link_allowlist": [HOST], "template_fixed": True, "icp_registered": True}
    kind = {"sender_type": rule.check.params["sender_type"]} if rule.check.params.get("sender_type") else {}
    return asked(rule).saying(f"详情见{link} 。").knowing(**known, **kind).knowing(**facts)


def words_of(rule: Rule) -> list[str]:
    return [*rule.check.params.get("forbid", []), *rule.check.params.get("require", [])]


def _good_link(rule: Rule) -> Trial:
    if rule.check.params.get("max_links") == 0:
        return asked(rule).saying(NEUTRAL)
    return linking(rule, f"https://{HOST}/a", {})


def _bad_link(rule: Rule) -> Trial:
    words = words_of(rule)
    if words:
        return linking(rule, *BAD_LINKS[words[0]])
    return linking(rule, f"https://{HOST}/a " * (rule.check.params["max_links"] + 1), {})


def _clean(rule: Rule) -> Trial:
    return asked(rule).saying(NEUTRAL)


def _with_phrase(rule: Rule) -> Trial:
    literal = rule.check.params.get("literal")
    odd = literal or [one for one in _ODD if re.search(rule.check.params["regex"], one)]
    return asked(rule).saying(f"您好。{odd[0]}")


# Texts of which a pattern that a form refuses finds one.
_ODD = ("【示例】", "¥100", "http://t.cn/a", "13800138000", "★", "点击领取", "loan")


def _with_code_word(rule: Rule) -> Trial:
    return asked(rule).saying(f"{rule.check.params['any_of'][0]}为123456,请勿告知他人。")


def _without_code_word(rule: Rule) -> Trial:
    return asked(rule).saying("请使用123456完成操作。")


def _last_line(rule: Rule) -> Trial:
    return asked(rule).saying(f"您好,新品上线。{rule.check.params['ends_with'][0]}")


def _other_last_line(rule: Rule) -> Trial:
    return asked(rule).saying(
        f"{rule.check.params['ends_with'][0]}。您好,新品上线,欢迎登录APP了解详细情况及活动规则。"
    )


def _safe_opening(rule: Rule) -> Trial:
    return plain(rule).saying(NEUTRAL).knowing(privacy="strict")


def _telling_opening(rule: Rule) -> Trial:
    return plain(rule).saying("您的贷款已逾期,欠款500.00元。").knowing(privacy="strict")


def as_agency(trial: Trial) -> Trial:
    return evolve(trial, context=evolve(trial.context, party=Party.THIRD))


FAMILIES: Pair = (_lawful_words, _unlawful_words)
REQUIRE_TEXT: Pair = (_complete, _incomplete)
NEEDS_FACTS: Pair = (_facts_hold, _facts_contradict)
MISMATCH: Pair = (_notice, _advertisement)
FALSE_CLAIM: Pair = (_no_claim, _claimed)
CONTACT_LINES: Pair = (_own_line, _strange_line)
LINK_POLICY: Pair = (_good_link, _bad_link)
PHRASE: Pair = (_clean, _with_phrase)
CODE_WORDS: Pair = (_with_code_word, _without_code_word)
LAST_LINE: Pair = (_last_line, _other_last_line)
PREVIEW: Pair = (_safe_opening, _telling_opening)
