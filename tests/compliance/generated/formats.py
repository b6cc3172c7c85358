"""Rules on signs, length and the shape of a template: one just inside, one just outside."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from loansms.compliance import Rule
from tests.compliance.generated.texts import NEUTRAL, asked
from tests.compliance.generated.trial import Pair, Trial

# A text with a sign of each kind that a form may refuse.
SIGNS: Mapping[str, str] = {
    "traditional_characters": "請盡快還款",
    "variant_characters": "羣众来信",
    "deliberate_typos": "请按时还.款",
    "key-combination symbols": "谢谢^_^",
}


def _plain_signs(rule: Rule) -> Trial:
    return asked(rule).saying(NEUTRAL)


def _odd_sign(rule: Rule) -> Trial:
    first = rule.check.params["forbid"][0]
    return asked(rule).saying(SIGNS.get(first, f"请还款{first}100"))


def _of_length(rule: Rule, over: int) -> Trial:
    trial = asked(rule)
    signature = (
        len(trial.message.signature) + 2 if "signature" in rule.check.params.get("includes", []) else 0
    )
    return trial.saying("好" * (rule.check.params["max_chars"] - signature + over))


def _fits(rule: Rule) -> Trial:
    return _of_length(rule, 0)


def _too_long(rule: Rule) -> Trial:
    return _of_length(rule, 1)


SHAPE: Mapping[str, Any] = {
    "fixed": "您的验证码为,请勿告知他人",
    "variables": [{"name": "code", "max_chars": 6}],
    "adjacent": False,
}


def _sound_shape(rule: Rule) -> Trial:
    return asked(rule).knowing(template_shape=SHAPE)


def _unsound_shape(rule: Rule) -> Trial:
    return asked(rule).knowing(template_shape={**SHAPE, "fixed": "", "adjacent": True})


CHARSET: Pair = (_plain_signs, _odd_sign)
LENGTH: Pair = (_fits, _too_long)
TEMPLATE_SHAPE: Pair = (_sound_shape, _unsound_shape)
