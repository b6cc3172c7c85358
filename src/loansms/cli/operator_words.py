"""The words of the operator's commands (brakes, corrections, agency files, signatures), in English and Chinese."""

from __future__ import annotations

from collections.abc import Mapping

# key: (English, Chinese)
WORDS: Mapping[str, tuple[str, str]] = {
    "stop.done": ("stopped: {what}", "已暂停：{what}"),
    "stop.same": ("was stopped already: {what}", "此前已暂停：{what}"),
    "resume.done": ("goes on: {what}", "已恢复：{what}"),
    "resume.same": ("nothing was stopped by this name: {what}", "没有此名称的暂停：{what}"),
    "scope.all": ("all", "全部发送"),
    "scope.tenant": ("tenant", "机构组"),
    "scope.template": ("template", "模板"),
    "scope.stage": ("stage", "阶段"),
    "scope.step": ("step", "步骤"),
    "scope.route": ("route", "通道"),
    "stops.none": ("nothing is stopped", "没有暂停项"),
    "stops.scope": ("What", "范围"),
    "stops.value": ("Which", "对象"),
    "stops.since": ("Since", "起始时间"),
    "stops.by": ("By", "操作人"),
    "stops.why": ("Why", "原因"),
    "reached.count": (
        "{template}: {count} messages reached, or may have reached, {people} borrowers",
        "{template}：{count} 条消息已送达或可能已送达 {people} 位借款人",
    ),
    "reached.borrower_id": ("Borrower", "客户号"),
    "reached.loan_id": ("Loan", "借据"),
    "reached.at": ("Sent at", "发送时间"),
    "reached.state": ("State", "状态"),
    "reached.delivery": ("Receipt", "回执"),
    "reached.accepted": ("accepted", "已受理"),
    "reached.unknown": ("unknown", "结果未知"),
    "reached.attempting": ("attempting", "发送中"),
    "reached.joined": ("joined", "并入他条"),
    "export.none": ("nothing new", "没有新内容"),
    "export.done": (
        "{path}: {told}; read through entry {through} (next time: --after {through})",
        "{path}：{told}；已读至第 {through} 条记录（下次可用 --after {through}）",
    ),
    "take.done": (
        "{path}: {new} new, {known} known before, {bad} bad rows",
        "{path}：新增 {new} 行，已有 {known} 行，坏行 {bad} 行",
    ),
    "signed.first": (
        "{plan} ({digest}...), {count} messages: signed by {by}; another person has to sign, too",
        "{plan}（{digest}...），{count} 条消息：{by} 已签批，还须另一人签批",
    ),
    "signed.done": (
        "{plan} ({digest}...), {count} messages: signed by {by}; it may be sent with run --plan",
        "{plan}（{digest}...），{count} 条消息：{by} 已签批，可用 run --plan 发送",
    ),
    "health.figure": ("Figure", "指标"),
    "health.value": ("Value", "数值"),
    "health.unknown": ("unknown outcomes", "结果未知"),
    "health.silent": ("claims whose holder is silent", "持有者无响应的认领"),
    "health.silent_for": ("the oldest of them for", "其中最久"),
    "health.jobs": ("jobs that wait or are in hand", "排队或处理中的任务"),
    "health.job_late": ("the job that waits longest, late by", "等待最久的任务已迟"),
    "health.unsealed": ("records without a seal (counted to 1000)", "未封存的记录（最多计 1000）"),
    "health.stops": ("stops", "暂停项"),
    "health.minutes": ("{count} min", "{count} 分钟"),
    "health.well": ("nothing waits for a person", "没有需要人工处理的事项"),
    "health.needed": ("a person is needed: see unknowns and stops", "需要人工处理：请查看 unknowns 与 stops"),
    "unknowns.step_key": ("Step key", "步骤键"),
    "unknowns.borrower_id": ("Borrower", "客户号"),
    "unknowns.loan_id": ("Loan", "借据"),
    "unknowns.step": ("Step", "步骤"),
    "unknowns.route": ("Provider", "通道"),
    "unknowns.at": ("Handed over at", "提交时间"),
    "unknowns.none": ("nothing is unknown", "没有结果未知的消息"),
    "unknowns.how": (
        "ask the provider, then: loansms settle STEP_KEY --sent (or --not-sent) --by YOU",
        "请先向通道核实，再执行：loansms settle 步骤键 --sent（或 --not-sent）--by 工号",
    ),
    "settle.sent": ("settled as sent: {step}", "已核定为已发送：{step}"),
    "settle.not_sent": (
        "settled as not sent, it may go out again: {step}",
        "已核定为未发送，可重新发送：{step}",
    ),
    "settle.same": ("no unknown of this key: {step}", "没有此步骤键的未知结果：{step}"),
}
