"""What makes a policy unusable: each fault with its key, what stands there and what was expected.

>>> from loansms.policy.stages import Stage, Step
>>> stages = [Stage(name="early", from_dpd=1, to_dpd=7), Stage(name="late", from_dpd=9)]
>>> print(find_faults(stages, [])[0].message)
stage[1].from_dpd: expected 8, the day after stage "early" ends; days 8 to 8 belong to no stage
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise

from loansms.errors import PolicyError
from loansms.model import Purpose
from loansms.policy.arms import Experiment
from loansms.policy.columns import Kind
from loansms.policy.reach import Fault, reach_faults
from loansms.policy.stages import Anchor, Stage, Step, in_order

# Names become parts of reason codes and dedupe keys, so they stay plain.
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
# These speak of a debt that is past due; before the due date they would be untrue.
OVERDUE_ONLY = frozenset({Purpose.COLLECTION, Purpose.SETTLEMENT_OFFER, Purpose.CREDIT_PRENOTICE})
# What is asked for may be added up over loans; an offer or a notice is about one loan.
JOINABLE = (Purpose.REPAYMENT_REMINDER, Purpose.COLLECTION)
# These are sent at once on an act of the person, never by the calendar of a debt.
NEVER_A_STEP = frozenset({Purpose.OTP, Purpose.SECURITY_ALERT})


def refuse(source: str, faults: Iterable[Fault]) -> None:
    """Raise one PolicyError that names every fault and `source` (the file); do nothing where there is none."""
    found = list(faults)
    if found:
        raise PolicyError(
            f"{source}: " + "; ".join(one.message for one in found),
            f"{source}：" + "；".join(one.message_zh for one in found),
        )


def find_faults(
    stages: Sequence[Stage],
    steps: Sequence[Step],
    columns: Mapping[str, Kind] | None = None,
    experiments: Sequence[Experiment] = (),
    promise_grace_days: int = 0,
) -> list[Fault]:
    """Return every fault of the stages and steps, in the order of the file; indices count from 0."""
    return [
        *_stage_faults(stages),
        *_repeated(stages, steps),
        *_step_faults(stages, steps),
        *reach_faults(stages, steps, columns or {}, experiments, promise_grace_days),
    ]


def _stage_faults(stages: Sequence[Stage]) -> Iterator[Fault]:
    if not stages:
        yield Fault("stage: expected at least one stage", "stage：至少需要一个阶段")
    for at, stage in enumerate(stages):
        if stage.from_dpd is not None and stage.to_dpd is not None and stage.from_dpd > stage.to_dpd:
            yield Fault(
                f"stage[{at}].to_dpd: expected {stage.from_dpd} or more, as the stage begins there",
                f"stage[{at}].to_dpd：应不小于该阶段起始天数 {stage.from_dpd}",
            )
    for before, after in pairwise(in_order(stages)):
        yield from _seam(before, next(at for at, one in enumerate(stages) if one is after), after)


def _seam(before: Stage, at: int, after: Stage) -> Iterator[Fault]:
    """Two neighbours must meet: the later begins on the day after the earlier ends."""
    if before.to_dpd is None or after.from_dpd is None or after.from_dpd <= before.to_dpd:
        yield Fault(
            f'stage[{at}].from_dpd: stages "{before.name}" and "{after.name}" overlap; expected the second to'
            " begin on the day after the first ends",
            f"stage[{at}].from_dpd：阶段“{before.name}”与“{after.name}”重叠，后一阶段应从前一阶段结束的次日开始",
        )
    elif after.from_dpd > before.to_dpd + 1:
        expected = before.to_dpd + 1
        yield Fault(
            f'stage[{at}].from_dpd: expected {expected}, the day after stage "{before.name}" ends;'
            f" days {expected} to {after.from_dpd - 1} belong to no stage",
            f"stage[{at}].from_dpd：应为 {expected}（阶段“{before.name}”结束的次日），"
            f"第 {expected} 至 {after.from_dpd - 1} 天不属于任何阶段",
        )


def _repeated(stages: Sequence[Stage], steps: Sequence[Step]) -> Iterator[Fault]:
    keyed = [(f"stage[{at}].name", one.name) for at, one in enumerate(stages)]
    yield from _names(keyed)
    yield from _names([(f"step[{at}].id", one.id) for at, one in enumerate(steps)])


def _names(keyed: Sequence[tuple[str, str]]) -> Iterator[Fault]:
    first: dict[str, str] = {}
    for key, name in keyed:
        if not _NAME.fullmatch(name):
            yield Fault(
                f"{key}: expected letters, digits, dot, hyphen and underscore",
                f"{key}：只能由字母、数字、点、连字符和下划线组成",
            )
        elif name in first:
            yield Fault(
                f'{key}: "{name}" is already at {first[name]}; expected each once',
                f"{key}：“{name}”已在 {first[name]} 使用，不能重复",
            )
        first.setdefault(name, key)


def _step_faults(stages: Sequence[Stage], steps: Sequence[Step]) -> Iterator[Fault]:
    by_name = {stage.name: stage for stage in stages}
    for at, step in enumerate(steps):
        key = f"step[{at}]"
        if step.anchor == Anchor.PROMISE:
            yield from _promise_faults(key, step)
        elif step.on_ladder:
            yield from _place(key, step, by_name)
        yield from _content(key, step)


def _promise_faults(key: str, step: Step) -> Iterator[Fault]:
    if step.day or step.stage or step.carry_days or step.until is not None:
        yield Fault(
            f"{key}: a step anchored on promise_to_pay_until has day = 0 and no stage, carry_days or until",
            f"{key}：以承诺还款日为基准的步骤应为 day = 0，且不设 stage、carry_days、until",
        )


def _place(key: str, step: Step, by_name: dict[str, Stage]) -> Iterator[Fault]:
    stage = by_name.get(step.stage)
    if stage is None:
        known = ", ".join(by_name)
        yield Fault(
            f'{key}.stage: unknown stage "{step.stage}"; expected one of {known}',
            f"{key}.stage：没有名为“{step.stage}”的阶段，可选：{known}",
        )
    elif not stage.holds(step.day):
        expected, expected_zh = _bounds(stage)
        yield Fault(
            f'{key}.day: day {step.day} lies outside its stage "{stage.name}"; expected {expected}',
            f"{key}.day：第 {step.day} 天不在阶段“{stage.name}”内，应为 {expected_zh}",
        )
    if step.until is not None and (step.until < step.day or step.day < 1):
        yield Fault(
            f"{key}.until: expected a day not before the step's own, on an overdue step",
            f"{key}.until：只用于逾期步骤，且不得早于该步骤的 day",
        )
    if step.carry_days < 0 or (step.carry_days and step.day > 0):
        yield Fault(
            f"{key}.carry_days: expected 0 or more, on a reminder (day 0 or before)",
            f"{key}.carry_days：应为 0 或正数，且只用于到期日当天或之前的提醒",
        )


def _content(key: str, step: Step) -> Iterator[Fault]:
    if not step.channels:
        yield Fault(f"{key}.channels: expected at least one channel", f"{key}.channels：至少需要一个渠道")
    if not step.template:
        yield Fault(f"{key}.template: expected a template id", f"{key}.template：应填写模板编号")
    if step.purpose in NEVER_A_STEP:
        yield Fault(
            f"{key}.purpose: {step.purpose} is sent at once on request, never as a step of a policy",
            f"{key}.purpose：{step.purpose} 只能即时发送，不能作为策略步骤",
        )
    speaks_overdue = step.purpose in OVERDUE_ONLY or step.template.startswith("collection.")
    if step.anchor == Anchor.DUE_ON and step.day <= 0 and speaks_overdue:
        yield Fault(
            f"{key}.day: its purpose or template speaks of an overdue debt; expected day 1 or later",
            f"{key}.day：该用途或模板涉及逾期，day 应为 1 或更大",
        )


def joined_faults(joined: Mapping[str, str]) -> Iterator[Fault]:
    """Yield the faults of the templates in which several loans are told together, by purpose."""
    for purpose, template in joined.items():
        known = ", ".join(JOINABLE)
        if purpose not in JOINABLE:
            yield Fault(
                f'joined: "{purpose}" is never told of several loans at once; expected one of {known}',
                f"joined：“{purpose}”不能合并多笔借款，可选：{known}",
            )
        elif not template:
            yield Fault(f"joined.{purpose}: expected a template id", f"joined.{purpose}：应填写模板编号")
        elif purpose not in OVERDUE_ONLY and template.startswith("collection."):
            yield Fault(
                f"joined.{purpose}: its template speaks of an overdue debt; expected one for payments to come",
                f"joined.{purpose}：该模板涉及逾期，应使用到期提醒类模板",
            )


def _bounds(stage: Stage) -> tuple[str, str]:
    low, high = stage.from_dpd, stage.to_dpd
    if low is None or high is None:
        at = f"{high} or before" if low is None else f"{low} or later"
        return at, f"不大于 {high}" if low is None else f"不小于 {low}"
    return f"{low} to {high}", f"{low} 至 {high}"
