"""Why a step is due, or why none is: stable codes with one sentence in English and in Chinese.

``citation`` is the policy's version: the lender's own choice is the source of every answer here.

>>> due("cn-consumer@1", dpd=-1, stage="upcoming", label="", label_zh="").told("zh-CN")
'距还款日还有 1 天。'
"""

from __future__ import annotations

from datetime import date
from functools import lru_cache

from loansms.model import HoldKind, Reason

_HELD: dict[HoldKind, tuple[str, str]] = {
    HoldKind.DISPUTE: ("the debt is disputed", "债务存在异议"),
    HoldKind.HARDSHIP: ("a hardship arrangement is open", "正在办理困难帮扶"),
    HoldKind.PROMISE: ("a promise to pay is open", "借款人已承诺还款"),
    HoldKind.PLAN: ("a repayment plan is being kept", "正在履行还款计划"),
    HoldKind.CURED: ("the arrears were paid", "欠款已结清"),
    HoldKind.OPERATOR: ("a member of staff has paused it", "工作人员已暂停"),
    HoldKind.SETTLEMENT: ("a settlement is being paid", "正在履行和解方案"),
    HoldKind.DECEASED: ("the borrower has died", "借款人已去世"),
    HoldKind.BANKRUPTCY: ("the borrower is in bankruptcy", "借款人处于破产程序"),
    HoldKind.LEGAL: ("the case is with the lawyers", "案件已进入法律程序"),
}


# A book asks the same few sentences millions of times over.
_KEPT = 4096


@lru_cache(_KEPT)
def due(version: str, *, dpd: int, stage: str, label: str, label_zh: str) -> Reason:
    """Say why a step counted from the due date is due on the day `dpd`."""
    if dpd < 0:
        days = "1 day" if dpd == -1 else f"{-dpd} days"
        return _reason(f"due_in_{-dpd}", version, f"Payment is due in {days}.", f"距还款日还有 {-dpd} 天。")
    if dpd == 0:
        return _reason("due_today", version, "Payment is due today.", "今天是还款日。")
    days = "1 day" if dpd == 1 else f"{dpd} days"
    return _reason(
        f"overdue_{stage}",
        version,
        f"Payment is {days} past due (stage: {label or stage}).",
        f"已逾期 {dpd} 天（阶段：{label_zh or stage}）。",
    )


@lru_cache(_KEPT)
def promise_day(version: str) -> Reason:
    """Say that today is the day the borrower promised."""
    return _reason(
        "promise_day", version, "Today is the day the borrower promised to pay.", "今天是借款人承诺的还款日。"
    )


@lru_cache(_KEPT)
def nothing_due(version: str) -> Reason:
    """Say that no amount is asked."""
    return _reason("nothing_due", version, "No amount is due.", "当前没有应还金额。")


@lru_cache(_KEPT)
def held(version: str, kind: HoldKind, until: date | None) -> Reason:
    """Say what stops the ladder, and how long."""
    told, told_zh = _HELD[kind]
    end, end_zh = (
        ("until it is released", "直至解除") if until is None else (f"through {until}", f"至 {until}（含）")
    )
    return _reason(f"held_{kind.value}", version, f"On hold {end}: {told}.", f"{told_zh}，暂停{end_zh}。")


@lru_cache(_KEPT)
def in_grace(version: str, dpd: int, grace_days: int) -> Reason:
    """Say that the grace days still run."""
    return _reason(
        "in_grace",
        version,
        f"Day {dpd} of {grace_days} grace days after the due date.",
        f"宽限期共 {grace_days} 天，今天是第 {dpd} 天。",
    )


@lru_cache(_KEPT)
def outdated(version: str, as_of: date) -> Reason:
    """Say that the book cannot know whether the payment came."""
    return _reason(
        "book_outdated",
        version,
        f"The book is of {as_of}, before the due date: it cannot tell whether the payment came.",
        f"账册数据日期为 {as_of}，早于还款日，无法判断是否已还款。",
    )


@lru_cache(_KEPT)
def debit_pending(version: str, on: date) -> Reason:
    """Say that the direct debit decides first whether anything is overdue."""
    return _reason(
        "debit_pending",
        version,
        f"The direct debit of {on} is not known to have failed.",
        f"{on} 的自动扣款结果未知，暂不提示逾期。",
    )


@lru_cache(_KEPT)
def on_its_date(version: str, step: str, on: date) -> Reason:
    """Say that a step stands on a date of its own."""
    return _reason(f"dated_{step}", version, f'Step "{step}" stands on {on}.', f"步骤“{step}”安排在 {on}。")


@lru_cache(_KEPT)
def obligatory(version: str, step: str, deadline: date) -> Reason:
    """Say that a notice is a duty, and by when it must have arrived."""
    return _reason(
        f"obligatory_{step}",
        version,
        f'Step "{step}" must have reached its reader by {deadline}.',
        f"步骤“{step}”须在 {deadline} 前送达。",
    )


@lru_cache(_KEPT)
def not_for_it(version: str) -> Reason:
    """Say that the policy has steps, but none for such an account."""
    return _reason("no_audience", version, "No step is for such an account.", "没有适用于该账户的步骤。")


@lru_cache(_KEPT)
def already_done(version: str, step: str) -> Reason:
    """Say that this step was claimed before."""
    return _reason(
        "already_done",
        version,
        f'Step "{step}" was already carried out for this due date.',
        f"本期步骤“{step}”此前已执行。",
    )


@lru_cache(_KEPT)
def between_steps(version: str, step: str, on: date) -> Reason:
    """Say which step comes next, and when."""
    return _reason(
        "between_steps",
        version,
        f'No step falls on this day; the next is "{step}" on {on}.',
        f"今天没有步骤，下一步“{step}”在 {on}。",
    )


@lru_cache(_KEPT)
def ladder_ended(version: str) -> Reason:
    """Say that the policy has nothing more to say."""
    return _reason("ladder_ended", version, "The policy has no further step.", "本策略已无后续步骤。")


def _reason(code: str, version: str, message: str, message_zh: str) -> Reason:
    return Reason(code, citation=version, message=message, message_zh=message_zh)
