"""The words of the command line in English and Chinese, one table.

>>> tell("missing", "en", name="--policy", help="loansms run --help")
'missing --policy (see: loansms run --help)'
"""

from __future__ import annotations

from collections.abc import Mapping

from loansms.insights.wording import is_chinese

# key: (English, Chinese)
WORDS: Mapping[str, tuple[str, str]] = {
    "interrupted": (
        "interrupted; what was done is kept in the store, and the same command carries on from there",
        "已中断；已完成的部分保存在存储中，重新执行同一命令即可继续",
    ),
    "internal": (
        "internal error: {kind} at {place}; what was sent is kept in the store",
        "内部错误：{kind}，位置 {place}；已发送的记录保存在存储中",
    ),
    "did_you_mean": ("; did you mean {near}", "；是否想用 {near}"),
    "no_such_option": ("no such option: {name}{hint} (see: {help})", "没有选项 {name}{hint}（参见 {help}）"),
    "no_such_command": (
        "no such command; expected one of {known} (see: {help})",
        "没有该命令，应为 {known} 之一（参见 {help}）",
    ),
    "missing": ("missing {name} (see: {help})", "缺少 {name}（参见 {help}）"),
    "needs_value": ("{name} needs a value (see: {help})", "{name} 需要一个值（参见 {help}）"),
    "unusable_value": ("{name}: unusable value (see: {help})", "{name}：值不可用（参见 {help}）"),
    "unusable_arguments": ("unusable arguments (see: {help})", "参数不可用（参见 {help}）"),
    "title.run": ("{lender}: {book} at {now}", "{lender}：{book}，基准时间 {now}"),
    "title.plan": (
        "Plan, nothing sent. {lender}: {book} at {now}",
        "仅规划，未发送。{lender}：{book}，基准时间 {now}",
    ),
    "title.notify": (
        "{lender}: event notices of {book} at {now}",
        "{lender}：{book} 的事件通知，基准时间 {now}",
    ),
    "one_event": ("one event", "单个事件"),
    "example": (
        "made-up example lender: nothing leaves this machine (give your own with --lender)",
        "虚构的示例机构：不会有消息离开本机（用 --lender 指定自己的机构档案）",
    ),
    "head.outcome": ("Outcome", "结果"),
    "head.rows": ("Rows", "行数"),
    "head.why": ("Mostly because", "主要原因"),
    "head.total": ("Total", "合计"),
    "segments": ("Billed segments: {count}", "计费短信条数：{count}"),
    "next": ("The earliest held message may go out at {at}", "最早可发送的推迟消息：{at}"),
    "wrote.rows": ("Rows: {path}", "逐行结果：{path}"),
    "wrote.rejects": ("Bad rows: {path} ({count})", "坏行文件：{path}（{count} 行）"),
    "wrote.report": ("Report: {path}", "报告：{path}"),
    "warning": ("warning: {text}", "提醒：{text}"),
    "working": ("sending", "发送中"),
    "shown": (
        "The first {shown} of {total} rows with a step due",
        "有步骤到期的 {total} 行中的前 {shown} 行",
    ),
    "col.loan_id": ("Loan", "借据"),
    "col.stage": ("Stage", "阶段"),
    "col.step": ("Step", "步骤"),
    "col.outcome": ("Outcome", "结果"),
    "col.send_at": ("Send at", "发送时间"),
    "col.reason": ("Reason", "原因"),
    "text.allowed": ("allowed", "可以使用"),
    "text.refused": ("not allowed", "不得使用"),
    "text.cost": ("{segments} segments ({encoding})", "计费 {segments} 条（{encoding}）"),
    "head.where": ("Where", "位置"),
    "head.family": ("Kind", "类别"),
    "head.message": ("What is wrong", "问题"),
    "head.source": ("Source", "依据"),
    "head.severity": ("Severity", "级别"),
    "chars": ("characters {start}-{end}", "第 {start}-{end} 字"),
    "clean": ("{what}: nothing found", "{what}：未发现问题"),
    "found": ("{what}: {count} findings", "{what}：发现 {count} 项"),
}


def tell(key: str, lang: str, **values: str) -> str:
    """Return the words for `key` in `lang`, filled with `values`."""
    return WORDS[key][is_chinese(lang)].format(**values)
