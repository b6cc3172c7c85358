"""Stages that nobody speaks in, tones that soften, steps that are never heard."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from math import inf

from loansms.model import Purpose, RecipientRole
from loansms.policy.check_demand import Span
from loansms.policy.check_finding import Finding, Severity, finding
from loansms.policy.check_subject import Said, Subject
from loansms.policy.stages import Anchor, Stage, Step, in_order

# Whom an account can name; see `Account.has`.
_IN_A_BOOK = frozenset({RecipientRole.BORROWER, RecipientRole.GUARANTOR})


def ladder_findings(subject: Subject) -> Iterator[Finding]:
    """Yield what is wrong with the stages, then with each recipient's ladder."""
    yield from _tones(subject)
    yield from _stages(subject)
    for role in subject.recipients:
        ladder = subject.said(role)
        yield from _silenced(subject, ladder)
        yield from _words_go_back(subject, ladder)
    yield from _promises(subject)
    yield from _nobody(subject)
    yield from _not_in_the_book(subject)
    yield from _experiments(subject)
    yield from _late_reminders(subject)


def _tones(subject: Subject) -> Iterator[Finding]:
    for before, after in pairwise(in_order(subject.stages)):
        if after.tone.rank < before.tone.rank:
            yield finding(
                Severity.ERROR,
                "tone_goes_back",
                f"stage {after.name}",
                f'Stage "{after.name}" speaks {after.tone} after "{before.name}" spoke {before.tone}.',
                f"阶段“{after.name}”的语气（{after.tone}）比前一阶段“{before.name}”（{before.tone}）更轻。",
            )


def _stages(subject: Subject) -> Iterator[Finding]:
    order = in_order(subject.stages)
    ladder = subject.said(RecipientRole.BORROWER)
    spoken = {one.step.stage for one in ladder}
    for_all = {one.step.stage for one in ladder if not one.step.audience and subject.whole(one.step)}
    for stage in order:
        if (stage.to_dpd is not None and stage.to_dpd <= 0) or stage.name in for_all:
            continue
        if stage.name in spoken:
            yield _for_some(stage)
        else:
            yield finding(
                Severity.WARN,
                "stage_without_step",
                f"stage {stage.name}",
                f'Stage "{stage.name}" has no step: its borrowers hear nothing.',
                f"阶段“{stage.name}”没有任何步骤，处于该阶段的借款人收不到消息。",
            )
    end = order[-1].to_dpd
    if end is not None:
        yield finding(
            Severity.WARN,
            "days_after_last_stage",
            f"stage {order[-1].name}",
            f"Days from {end + 1} on belong to no stage: leave to_dpd of the last stage out.",
            f"第 {end + 1} 天起不属于任何阶段；请省略最后一个阶段的 to_dpd。",
        )


def _for_some(stage: Stage) -> Finding:
    return finding(
        Severity.NOTE,
        "stage_for_some",
        f"stage {stage.name}",
        f'In stage "{stage.name}" only the borrowers of an audience or an arm hear anything.',
        f"阶段“{stage.name}”仅对部分借款人（限定条件或实验组）发送消息。",
    )


def _silenced(subject: Subject, ladder: list[Said]) -> Iterator[Finding]:
    for at, one in enumerate(ladder):
        other = _over(subject, one, ladder[at + 1 :])
        if other is None:
            continue
        day = f"{other.day:+d}" if other.day else "0"
        because = f'"{other.order[2]}" of day {day} speaks to everybody it is for'
        because_zh = f"第 {other.day} 天的“{other.order[2]}”已覆盖其全部对象"
        if one.number == 1:
            yield _unreachable(one.step, because, because_zh)
        else:
            yield finding(
                Severity.WARN,
                "repeat_silenced",
                f"step {one.step.id}",
                f'Step "{one.step.id}" is not said again on day {one.day}: {because}.',
                f"步骤“{one.step.id}”在第 {one.day} 天的重复不会执行：{because_zh}。",
            )


def _over(subject: Subject, one: Said, later: list[Said]) -> Said | None:
    """Return the step that has taken the word from `one` before anybody could hear it."""
    for other in later:
        if other.day > one.heard.low:
            return None
        if other.step is not one.step and subject.wider(other.step, one.step):
            return other
    return None


def _promises(subject: Subject) -> Iterator[Finding]:
    promises = sorted(
        (step for step in subject.steps if step.anchor == Anchor.PROMISE and not subject.nobody(step)),
        key=lambda step: (step.priority, step.id),
    )
    for at, step in enumerate(promises):
        over = (one for one in promises[at + 1 :] if one.recipient is step.recipient)
        other = next((one for one in over if subject.wider(one, step)), None)
        if other is not None:
            yield _unreachable(
                step, f'"{other.id}" already answers a promise', f"“{other.id}”已用于承诺还款日"
            )


def _unreachable(step: Step, because: str, because_zh: str) -> Finding:
    return finding(
        Severity.ERROR,
        "unreachable_step",
        f"step {step.id}",
        f'Step "{step.id}" is never heard: {because}.',
        f"步骤“{step.id}”永远不会执行：{because_zh}。",
    )


def _nobody(subject: Subject) -> Iterator[Finding]:
    for step in subject.steps:
        if subject.heard(step).empty:
            days, days_zh = _told(subject.days(step))
            yield finding(
                Severity.ERROR,
                "empty_audience",
                f"step {step.id}",
                f'No account is ever in the audience of step "{step.id}"{days}.',
                f"步骤“{step.id}”的条件{days_zh}永远不成立。",
            )
        elif subject.arm_is_empty(step):
            yield finding(
                Severity.ERROR,
                "empty_arm",
                f"step {step.id}",
                f'No borrower is in arm "{step.arm}" of "{step.experiment}": its weight is 0.',
                f"实验“{step.experiment}”的“{step.arm}”组权重为 0，没有借款人。",
            )


def _not_in_the_book(subject: Subject) -> Iterator[Finding]:
    for step in subject.steps:
        if step.recipient not in _IN_A_BOOK:
            yield finding(
                Severity.ERROR,
                "recipient_unknown",
                f"step {step.id}",
                f'Step "{step.id}" speaks to the {step.recipient}, whom no account names.',
                f"步骤“{step.id}”发送给 {step.recipient}，但账户中没有该对象。",
            )


def _told(days: Span) -> tuple[str, str]:
    if days.low == -inf:
        return "", ""
    if days.high == inf:
        return f" from day {days.low} on", f"在第 {days.low} 天起"
    return f" on days {days.low} to {days.high}", f"在第 {days.low} 至 {days.high} 天"


def _experiments(subject: Subject) -> Iterator[Finding]:
    used = {step.experiment for step in subject.steps}
    for one in subject.experiments:
        if one.name not in used:
            yield finding(
                Severity.WARN,
                "experiment_unused",
                f"experiment {one.name}",
                f'No step belongs to experiment "{one.name}": it compares nothing.',
                f"没有步骤使用实验“{one.name}”，该实验无从比较。",
            )


def _words_go_back(subject: Subject, ladder: list[Said]) -> Iterator[Finding]:
    """A stage that takes up the words of an earlier one, after others were said in between."""
    names = [stage.name for stage in in_order(subject.stages)]
    last: dict[str, int] = {}
    for one in ladder:
        at = names.index(one.step.stage)
        before = last.get(one.step.template)
        between = any(
            before is not None and before < other < at and template != one.step.template
            for template, other in last.items()
        )
        if between and one.number == 1:
            yield finding(
                Severity.WARN,
                "words_go_back",
                f"step {one.step.id}",
                f'Step "{one.step.id}" goes back to "{one.step.template}", the words of stage "{names[before or 0]}".',
                f"步骤“{one.step.id}”又使用了阶段“{names[before or 0]}”的模板“{one.step.template}”。",
            )
        last[one.step.template] = at


def _late_reminders(subject: Subject) -> Iterator[Finding]:
    for step in subject.steps:
        late = step.day > 0 or (step.obligatory and step.day + step.deadline_days > 0)
        if step.anchor == Anchor.DUE_ON and late and step.purpose is Purpose.REPAYMENT_REMINDER:
            yield finding(
                Severity.ERROR,
                "reminder_after_due",
                f"step {step.id}",
                f'Step "{step.id}" speaks of an overdue debt as a reminder, past the rules on collection.',
                f"步骤“{step.id}”在逾期后仍以提醒名义发送，会绕过催收规则。",
            )
