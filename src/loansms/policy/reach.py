"""What is wrong with whom and when a step reaches: audience, arm, anchor, repetition, duty, what comes after it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence

from attrs import frozen

from loansms.errors import PolicyError
from loansms.model import Channel, Purpose, RecipientRole
from loansms.policy.arms import Experiment
from loansms.policy.audience import Audience
from loansms.policy.columns import BOOK, Kind, columns_of
from loansms.policy.ladder import repeated
from loansms.policy.stages import Anchor, Hop, Outcome, Stage, Step

# Who a policy may write to by itself: third parties are found by people, never by the calendar of a debt.
REACHED = (RecipientRole.BORROWER, RecipientRole.CO_BORROWER, RecipientRole.GUARANTOR)
# What a channel can tell: a text message is never known to be read.
_READ = frozenset({Channel.PUSH, Channel.WECHAT, Channel.EMAIL})
_LONGEST_WAIT = 24 * 31
# A hundred years: farther from any date a step only ever meets the end of the calendar.
_FARTHEST = 36_500
_MOST_TIMES = 1_000


@frozen
class Fault:
    """One thing that makes a policy unusable, said in English and in Chinese; both begin with the key."""

    message: str
    message_zh: str


def reach_faults(
    stages: Sequence[Stage],
    steps: Sequence[Step],
    columns: Mapping[str, Kind],
    experiments: Sequence[Experiment],
    promise_grace_days: int = 0,
) -> Iterator[Fault]:
    """Yield the faults of what stands beside the steps, then those of each step; indices count from 0."""
    if not 0 <= promise_grace_days <= _FARTHEST:
        yield Fault(
            f"promise_grace_days: expected 0 to {_FARTHEST}",
            f"promise_grace_days：应在 0 至 {_FARTHEST} 之间",
        )
    yield from _column_faults(columns)
    yield from _experiment_faults(experiments)
    by_name = {stage.name: stage for stage in stages}
    written = {step.id for step in steps}
    for at, step in enumerate(steps):
        key = f"step[{at}]"
        yield from _far(key, step)
        yield from _audience(key, step, columns)
        yield from _arm(key, step, experiments)
        yield from _anchor(key, step, columns)
        yield from _duty(key, step)
        yield from _repeat(key, step, by_name, written)
        yield from _after(key, step)
        yield from _hour(key, step, columns)
        if step.recipient not in REACHED:
            known = ", ".join(REACHED)
            yield Fault(
                f"{key}.recipient: expected one of {known}: a policy never writes to third parties",
                f"{key}.recipient：只能为 {known}，策略不得联系第三人",
            )


def _far(key: str, step: Step) -> Iterator[Fault]:
    for name in ("day", "carry_days", "until", "repeat", "deadline_days"):
        value: int | None = getattr(step, name)
        if value is not None and abs(value) > _FARTHEST:
            yield Fault(
                f"{key}.{name}: expected at most {_FARTHEST} days", f"{key}.{name}：不得超过 {_FARTHEST} 天"
            )


def _column_faults(columns: Mapping[str, Kind]) -> Iterator[Fault]:
    try:
        columns_of(columns, "columns")
    except PolicyError as wrong:
        yield Fault(str(wrong), wrong.zh)


def _experiment_faults(experiments: Sequence[Experiment]) -> Iterator[Fault]:
    for at, one in enumerate(experiments):
        weights = [*one.arms.values(), one.holdout]
        if min(weights) < 0 or not any(one.arms.values()) or "" in one.arms:
            yield Fault(
                f"experiment[{at}].arms: expected names with weights of 0 or more that are not all 0",
                f"experiment[{at}].arms：应为各组名称及其权重（不小于 0，且不全为 0）",
            )
        if not one.name:
            yield Fault(f"experiment[{at}].name: expected a name", f"experiment[{at}].name：应填写名称")
        if one.name in {other.name for other in experiments[:at]}:
            yield Fault(
                f'experiment[{at}].name: "{one.name}" stands there twice; expected each once',
                f"experiment[{at}].name：“{one.name}”重复",
            )


def _audience(key: str, step: Step, columns: Mapping[str, Kind]) -> Iterator[Fault]:
    if not step.audience:
        return
    try:
        Audience.parse(step.audience, columns, where=f"{key}.audience")
    except PolicyError as wrong:
        yield Fault(str(wrong), wrong.zh)


def _arm(key: str, step: Step, experiments: Sequence[Experiment]) -> Iterator[Fault]:
    arms = {one.name: tuple(one.arms) for one in experiments}
    if step.experiment and step.experiment not in arms:
        known = ", ".join(arms) or "none"
        yield Fault(
            f'{key}.experiment: unknown experiment "{step.experiment}"; expected one of: {known}',
            f"{key}.experiment：没有名为“{step.experiment}”的实验，可选：{', '.join(arms) or '无'}",
        )
    elif step.arm and step.arm not in arms.get(step.experiment, ()):
        known = ", ".join(arms.get(step.experiment, ())) or "none without an experiment"
        yield Fault(
            f'{key}.arm: unknown arm "{step.arm}"; expected one of: {known}',
            f"{key}.arm：没有名为“{step.arm}”的实验组，可选：{known}",
        )


def _anchor(key: str, step: Step, columns: Mapping[str, Kind]) -> Iterator[Fault]:
    kinds = {**{name: one.kind for name, one in BOOK.items()}, **columns}
    if step.anchor not in set(Anchor) and kinds.get(step.anchor) != Kind.DATE:
        known = ", ".join([*Anchor, *(name for name, kind in kinds.items() if kind == Kind.DATE)])
        yield Fault(
            f'{key}.anchor: expected a date out of {known}, got "{step.anchor}"; declare your own under [columns]',
            f"{key}.anchor：应为日期列（{known}），自有列请先在 [columns] 中声明",
        )
    if (step.on is not None) != (step.anchor == Anchor.CALENDAR):
        yield Fault(
            f'{key}.on: expected a date with anchor = "calendar", and none without it',
            f'{key}.on：仅在 anchor = "calendar" 时填写日期，且必须填写',
        )
    if step.every is not None and not step.dated:
        yield Fault(
            f"{key}.every: only a date of its own comes round again; expected none on a step counted from the due date",
            f"{key}.every：仅适用于以独立日期为基准的步骤",
        )
    if step.dated and (step.stage or step.until is not None or step.repeat):
        yield Fault(
            f"{key}: a step on a date of its own has no stage, until or repeat",
            f"{key}：以独立日期为基准的步骤不设 stage、until、repeat",
        )
    if step.dated and step.carry_days < 0:
        yield Fault(f"{key}.carry_days: expected 0 or more", f"{key}.carry_days：不得为负数")
    if step.purpose is Purpose.MARKETING and not step.dated:
        yield Fault(
            f"{key}.purpose: marketing never follows a debt; expected a calendar date or a date column as its anchor",
            f"{key}.purpose：营销信息不得随债务触发，请以日历日期或日期列为基准",
        )


def _duty(key: str, step: Step) -> Iterator[Fault]:
    if step.deadline_days and not step.obligatory:
        yield Fault(
            f"{key}.deadline_days: only an obligatory step has a deadline",
            f"{key}.deadline_days：仅用于 obligatory = true 的步骤",
        )
    if step.obligatory and (step.deadline_days < 1 or step.anchor != Anchor.DUE_ON):
        yield Fault(
            f"{key}: an obligatory step counts from the due date and has deadline_days of 1 or more",
            f"{key}：obligatory 步骤以到期日为基准，deadline_days 应不小于 1",
        )
    if step.obligatory and (step.stage or step.repeat or step.carry_days or step.until is not None):
        yield Fault(
            f"{key}: an obligatory step has no stage, until, repeat or carry_days: its deadline says how long",
            f"{key}：obligatory 步骤不设 stage、until、repeat、carry_days，以期限为准",
        )


def _repeat(key: str, step: Step, by_name: Mapping[str, Stage], written: Collection[str]) -> Iterator[Fault]:
    if not step.repeat:
        return
    stage = by_name.get(step.stage)
    endless = step.until is None and (stage is None or stage.to_dpd is None)
    if step.repeat < 0 or step.day < 1 or endless:
        yield Fault(
            f"{key}.repeat: expected days between 1 and the end of its stage or its until, on an overdue step",
            f"{key}.repeat：应为正的间隔天数，仅用于逾期步骤，且所在阶段或 until 须有终点",
        )
    elif stage is not None and _times(step, stage) > _MOST_TIMES:
        yield Fault(
            f"{key}.repeat: expected the step to be said at most {_MOST_TIMES} times",
            f"{key}.repeat：同一步骤最多重复至 {_MOST_TIMES} 次",
        )
    elif stage is not None:
        taken = [one.id for one in repeated(step, stage) if one.id != step.id and one.id in written]
        for name in taken:
            yield Fault(
                f'{key}.repeat: says the step again as "{name}", which is the id of another step; expected each once',
                f"{key}.repeat：重复时的编号“{name}”与另一步骤相同，不能重复",
            )


def _times(step: Step, stage: Stage) -> int:
    ends = [end for end in (stage.to_dpd, step.until) if end is not None]
    return (min(ends) - step.day) // step.repeat + 1


def _after(key: str, step: Step) -> Iterator[Fault]:
    if len(set(step.channels)) < len(step.channels):
        yield Fault(f"{key}.channels: expected each channel once", f"{key}.channels：同一渠道不能重复")
    if step.together and len(step.channels) < 2:
        yield Fault(
            f"{key}.together: expected two or more channels to go out at once",
            f"{key}.together：至少需要两个渠道",
        )
    if step.together and step.then:
        yield Fault(
            f"{key}.then: channels that go out together do not follow one another",
            f"{key}.then：together 的各渠道同时发送，不设后续",
        )
    for at, hop in enumerate(step.then):
        yield from _hop(f"{key}.then[{at}]", step, hop)


def _hour(key: str, step: Step, columns: Mapping[str, Kind]) -> Iterator[Fault]:
    if step.send_at is None:
        return
    if columns.get(step.send_at) != Kind.TEXT:
        yield Fault(
            f'{key}.send_at: expected the column with the hours to be declared: {step.send_at} = "text" under [columns]',
            f'{key}.send_at：请在 [columns] 中声明时段列：{step.send_at} = "text"',
        )
    if step.obligatory or step.together or step.recipient is not RecipientRole.BORROWER:
        yield Fault(
            f"{key}.send_at: only a step to the borrower, on one channel at a time and no duty, waits for an hour",
            f"{key}.send_at：仅用于发送给借款人、逐一渠道且非 obligatory 的步骤",
        )


def _hop(where: str, step: Step, hop: Hop) -> Iterator[Fault]:
    """Whatever a hop names is a later channel, so that no chain of hops ever comes round."""
    if not 0 <= hop.after_hours <= _LONGEST_WAIT:
        yield Fault(
            f"{where}.after_hours: expected 0 to {_LONGEST_WAIT}",
            f"{where}.after_hours：应在 0 至 {_LONGEST_WAIT} 之间",
        )
    later = step.channels[1:]
    if not later or (hop.channel is not None and hop.channel not in later):
        known = ", ".join(later) or "none"
        yield Fault(
            f"{where}.channel: expected a later one of its channels: {known}",
            f"{where}.channel：应为该步骤的后续渠道：{', '.join(later) or '无'}",
        )
    if hop.when is not Outcome.UNDELIVERED and hop.after_hours == 0:
        yield Fault(
            f"{where}.after_hours: how long nobody read or answered; expected 1 or more",
            f"{where}.after_hours：未读或未回复的等待时长，应不小于 1",
        )
    first = next(iter(step.channels), None)
    if hop.when is Outcome.UNREAD and first not in _READ:
        yield Fault(
            f"{where}.when: whether a {first} was read is never known; expected undelivered or no_reply",
            f"{where}.when：{first} 无法得知是否已读，应为 undelivered 或 no_reply",
        )
