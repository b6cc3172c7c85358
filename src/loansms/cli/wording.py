"""The words of the command line in English and Chinese, one table.

>>> tell("missing", "en", name="--policy", help="loansms run --help")
'missing --policy (see: loansms run --help)'
"""

from __future__ import annotations

from collections.abc import Mapping

from loansms.cli.operator_words import WORDS as OPERATOR_WORDS
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
    "unusable_value": ("{name}: unusable value (see: {help})", "{name} 的值无法使用（参见 {help}）"),
    "unusable_arguments": ("unusable arguments (see: {help})", "参数有误（参见 {help}）"),
    "title.run": ("{lender}: {book} at {now}", "{lender}：{book}，基准时间 {now}"),
    "title.plan": (
        "Plan, nothing sent. {lender}: {book} at {now}",
        "仅规划，未发送。{lender}：{book}，基准时间 {now}",
    ),
    "title.notify": (
        "{lender}: event notices of {book} at {now}",
        "{lender}：{book} 的事件通知，基准时间 {now}",
    ),
    "title.simulate": (
        "{book}: {days} days from {start}, seed {seed}",
        "{book}：自 {start} 起 {days} 天，种子 {seed}",
    ),
    "simulate.example": (
        "--behaviour was not given: the chances are invented",
        "未指定 --behaviour：采用虚构的概率",
    ),
    "simulate.rejects": ("{count} bad rows were not played", "{count} 行坏行未参与模拟"),
    "wrote.json": ("Figures: {path}", "指标：{path}"),
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
    "text.verdict": ("{verdict}, {cost}", "{verdict}，{cost}"),
    "text.doubt": ("{told} ({refer})", "{told}（{refer}）"),
    "severity.error": ("error", "错误"),
    "severity.warning": ("warning", "提醒"),
    "between": (", ", "、"),
    "text.cost": ("{segments} segments ({encoding})", "计费 {segments} 条（{encoding}）"),
    "head.where": ("Where", "位置"),
    "head.family": ("Kind", "类别"),
    "head.message": ("What is wrong", "问题"),
    "head.source": ("Source", "依据"),
    "head.severity": ("Severity", "级别"),
    "chars": ("characters {start}-{end}", "第 {start}-{end} 字"),
    "clean": ("{what}: nothing found", "{what}：未发现问题"),
    "found": ("{what}: {count} findings", "{what}：发现 {count} 项"),
    "text.refer": ("a person must read it before it may go", "须经人工阅读后方可发送"),
    "text.lawful": ("Instead: {text}", "可改为：{text}"),
    "text.words": ("Words", "原文"),
    "text.hits": (
        "Asked of {packs} at {at}: {jurisdiction}, {party}, {channel}, provider {provider}",
        "依据 {packs}，时间 {at}：{jurisdiction}，{party}，{channel}，通道 {provider}",
    ),
    "text.party_unknown": (
        "--party was not given: read as a collector for another (third party)",
        "未指定 --party：按受托催收方（第三方）处理",
    ),
    "text.provider_unknown": (
        "--provider was not given: rules of a provider were not asked",
        "未指定 --provider：未适用通道规则",
    ),
    "decision.allow": ("The rules let it go now.", "规则允许此刻发送。"),
    "decision.defer": ("The rules let it go from {until} on.", "规则允许自 {until} 起发送。"),
    "decision.deny": ("The rules do not let it go.", "规则不允许发送。"),
    "decision.retry": (
        "The rules do not let it go; the cap frees at {retry}.",
        "规则不允许发送；频次于 {retry} 恢复。",
    ),
    "duty.counts": (
        "Duties: {missed} missed, {unknown} unknown, {open} open, {done} done",
        "法定或约定义务：超期未完成 {missed} 项，结果未知 {unknown} 项，待完成 {open} 项，已完成 {done} 项",
    ),
    "duty.rejected": (
        "rows of the book that cannot be read: {count}; their duties are not in this list",
        "账册中有 {count} 行无法读取，其义务未列入本清单",
    ),
    "duty.due_on": ("From", "起始日"),
    "duty.deadline": ("Deadline", "期限"),
    "duty.state": ("State", "状态"),
    "duty.is_missed": ("missed", "超期未完成"),
    "duty.is_unknown": (
        "unknown: handed over, and nobody knows whether it went out",
        "结果未知：已提交通道，无法确认是否发出",
    ),
    "duty.is_open": ("open", "待完成"),
    "duty.is_done": ("done", "已完成"),
    "duty.failed": ("tried, and certainly did not arrive", "已尝试，确认未送达"),
    "duty.unknown_late": ("its deadline is over", "期限已过"),
    "yes": ("yes", "是"),
    "no": ("no", "否"),
    "rule.rule": ("Rule", "规则"),
    "rule.authority": ("Authority", "效力层级"),
    "rule.severity": ("Effect", "效果"),
    "rule.binds": ("Binds debts of", "适用辖区"),
    "rule.anywhere": ("every jurisdiction", "所有辖区"),
    "rule.applies": ("Looks at", "适用范围"),
    "rule.check": ("Asks", "检查"),
    "rule.clock": ("Clock", "时区"),
    "rule.days_off": ("Calendar", "日历"),
    "rule.dates": ("In force", "生效"),
    "rule.supersedes": ("Supersedes", "取代"),
    "rule.lifted": ("May be lifted by", "可豁免人"),
    "rule.lifted_reason": ("{by}, with the reason recorded", "{by}，须记录理由"),
    "rule.citation": ("Source", "依据"),
    "rule.mark": ("Mark", "核实"),
    "rule.confirmed": ("Confirmed by", "确认人"),
    "rule.english": ("In English", "英文"),
    "rule.chinese": ("In Chinese", "中文"),
    "rule.every": ("every message", "所有消息"),
    "rule.all_but": ("all but {some}", "除{some}外"),
    "rule.to": ("to {roles}", "发给{roles}"),
    "rule.hours": ("{days} {start} to {end}", "{days} {start} 至 {end}"),
    "rule.hours_before": ("{days} {start} to before {end}", "{days} {start} 至 {end}（不含）"),
    "rule.rolling": ("in any {stretch}", "任意 {stretch}内"),
    "rule.daily": ("per local day", "当地每日"),
    "rule.calendar": ("in {count} local days", "当地 {count} 天内"),
    "rule.limit": ("{count} {period}", "{period}最多 {count} 次"),
    "rule.field": ("What", "项目"),
    "rule.says": ("In words", "内容"),
    "rule.since": ("from {start}", "自 {start}"),
    "rule.until": ("{start} to {end}", "{start} 至 {end}"),
    "rule.title": ("{rule} of {version}, in force on {on}", "{rule}（{version}），{on} 有效"),
    "rule.title_not": ("{rule} of {version}, NOT in force on {on}", "{rule}（{version}），{on} 无效"),
    "layer.law": ("Law and regulation: {count}", "法律法规：{count} 条"),
    "layer.rec_standard": (
        "Recommended standards, which bind nobody by themselves: {count}",
        "推荐性标准（本身不具强制力）：{count} 条",
    ),
    "layer.self_reg": ("Self-regulation of the trade: {count}", "行业自律：{count} 条"),
    "layer.carrier": ("Rules of the carriers: {count}", "运营商规则：{count} 条"),
    "layer.provider": ("What providers take: {count}", "通道准入规则：{count} 条"),
    "layer.house": (
        "The lender's own choice, not law; each may be tuned: {count}",
        "机构自定，并非法律，均可调整：{count} 条",
    ),
    "pack.title": (
        "{version}: debts of {countries}; {count} rules in force on {on}",
        "{version}：适用 {countries} 的债务；{on} 有效规则 {count} 条",
    ),
    "pack.unreviewed": (
        "Unreviewed: no lawyer of {jurisdiction} has read this pack",
        "未审阅：尚无 {jurisdiction} 律师审阅本规则包",
    ),
    "pack.recalled": (
        "Recalled, checked against no text (R): {count}",
        "凭记忆、未核对原文（R）：{count} 条",
    ),
    "pack.unconfirmed": (
        "Recalled and confirmed by nobody, {count}: {rules}",
        "凭记忆且无人确认，{count} 条：{rules}",
    ),
    "pack.confirmed": ("Confirmed by the lender's counsel: {rules}", "经机构律师确认：{rules}"),
    "pack.pending": (
        "Announced, not yet in force, only warn, {count}: {rules}",
        "已公布尚未生效，仅提醒，{count} 条：{rules}",
    ),
    "pack.starting": ("Starts within 90 days: {rules}", "90 天内生效：{rules}"),
    "pack.expiring": ("Ends within 90 days: {rules}", "90 天内失效：{rules}"),
    "pack.superseded": ("Superseded by 90 days from now: {rules}", "90 天内被取代或已被取代：{rules}"),
    "pack.by": ("{rule} by {by} {on}", "{rule} 由 {by} 取代，{on}"),
    "approve.done": (
        "{place} {version}: {before} -> {after} by {by} on {on}",
        "{place} {version}：{before} -> {after}，操作人 {by}，{on}",
    ),
    "approve.other_words": (
        "{place}: the approval that stood there is of other words ({version}); these start as a draft",
        "{place}：原有批准针对另一版本文案（{version}）；当前文案从草稿开始",
    ),
    "diff.same": ("{after} holds the same rules as {before}", "{after} 与 {before} 规则相同"),
    "diff.title": ("What {after} changes in {before}", "{after} 相对 {before} 的变化"),
    "diff.added": ("Added, {count}: {rules}", "新增 {count} 条：{rules}"),
    "diff.removed": ("Removed, {count}: {rules}", "删除 {count} 条：{rules}"),
    "diff.rule": ("Rule", "规则"),
    "diff.field": ("Field", "字段"),
    "diff.before": ("Before", "原为"),
    "diff.after": ("After", "改为"),
    **OPERATOR_WORDS,
}


def tell(key: str, lang: str, **values: str) -> str:
    """Return the words for `key` in `lang`, filled with `values`."""
    return WORDS[key][is_chinese(lang)].format(**values)
