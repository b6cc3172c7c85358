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
}
