"""Rules on records: masked and not, kept long enough and not."""

from __future__ import annotations

from collections.abc import Mapping

from loansms.compliance import Rule
from loansms.compliance.leaks import KINDS
from tests.compliance.generated.trial import Pair, Trial, plain

# A line of a log that shows one thing of each kind, and the same line masked. No number is a person's.
SHOWN: Mapping[str, str] = {
    "phone": "to=13800138000",
    "id_number": "id=110101199003070011",
    "card_number": "card 4111111111111111",
    "account_number": "账号 6200000000000000001",
    "email": "mail=anna@example.com",
    "address": "住址 和平路88号3单元",
    "amount": "应还512.40元",
    "name": "姓名:张三丰",
    "otp": "验证码 482913",
    "password": "password=Tr0ub4dor",
    "cvv": "cvv 737",
    "card_pin": "pin: 4821",
    "biometrics": "指纹模板: a8f3c2d1",
}
MASKED = "to=138****8000 id=110101********0011 card ****1111 mail=a***@example.com 应还500元 姓名:张**"
assert set(SHOWN) == set(KINDS)
_SAME = {"account": "account_number"}


def kind_of(rule: Rule) -> str:
    """Return the first kind that the rule hides."""
    params = rule.check.params
    never = params.get("never")
    words = [*params.get("fields", []), *params.get("field", "").split(",")]
    words += never if isinstance(never, list) else []
    first = next((one for one in words if one and one != "*"), "phone")
    return _SAME.get(first, first)


def _masked(rule: Rule) -> Trial:
    return plain(rule).knowing(record=MASKED, masked_before=True, phone_key="keyed_hmac")


def _in_full(rule: Rule) -> Trial:
    record = SHOWN[kind_of(rule)]
    if rule.check.params.get("disguised"):
        record = "to=１３８ ００１３ ８０００"
    return plain(rule).knowing(record=record, masked_before=False, phone_key="plain_hash")


def _kept(rule: Rule, short: int) -> Trial:
    params = rule.check.params
    months = params.get("years", 0) * 12 + params.get("months", 0)
    kind = {"lender_type": params["lender_type"]} if params.get("lender_type") else {}
    return plain(rule).knowing(records_kept_months=months - short, record_store=True, **kind)


def _kept_long(rule: Rule) -> Trial:
    return _kept(rule, 0)


def _kept_short(rule: Rule) -> Trial:
    return _kept(rule, 1)


def _kept_for_a_time(rule: Rule) -> Trial:
    return plain(rule).knowing(records_kept_for="purpose")


def _kept_for_ever(rule: Rule) -> Trial:
    return plain(rule).knowing(records_kept_for="unlimited")


MASK: Pair = (_masked, _in_full)
RETENTION_MIN: Pair = (_kept_long, _kept_short)
RETENTION_MAX: Pair = (_kept_for_a_time, _kept_for_ever)
