"""The words of summaries and reports, and what rows of one reason have in common, in English and Chinese.

>>> say("outcome.deferred", "zh-CN"), say("outcome.deferred", "en")
('已推迟', 'held until later')
>>> say("line.total", "en", rows="12")
'The book has 12 rows.'
"""

from __future__ import annotations

from collections.abc import Mapping

# key: (English, Chinese)
WORDS: Mapping[str, tuple[str, str]] = {
    "outcome.submitted": ("submitted", "已提交"),
    "outcome.already_done": ("done before", "此前已办"),
    "outcome.deferred": ("held until later", "已推迟"),
    "outcome.denied": ("not allowed", "不得发送"),
    "outcome.none": ("nothing due", "无需联系"),
    "outcome.rejected": ("bad row", "坏行"),
    "outcome.refused": ("refused by the provider", "通道拒收"),
    "outcome.unknown": ("outcome unknown", "结果未知"),
    "outcome.planned": ("to be sent", "待发送"),
    "meaning.submitted": (
        "the provider took the message; delivery is told later by a receipt",
        "通道已接收，是否送达以后续回执为准",
    ),
    "meaning.already_done": (
        "the same step was claimed in an earlier run, so it was not sent again",
        "同一步骤在此前的运行中已办理，本次不再发送",
    ),
    "meaning.deferred": (
        "due, but not at this hour or behind another loan of the same person",
        "已到期，但此刻不宜发送，或同一借款人另有一笔优先",
    ),
    "meaning.denied": (
        "a rule, a cap or the person's own refusal forbids it",
        "规则、频次上限或本人意愿不允许",
    ),
    "meaning.none": ("the policy has nothing to say to this person today", "按策略今天无话可说"),
    "meaning.rejected": (
        "the row could not be used; the rejects file says why",
        "该行无法使用，原因见坏行文件",
    ),
    "meaning.refused": ("the provider said no; it was certainly not sent", "通道明确拒收，确定未发出"),
    "meaning.unknown": (
        "nobody can say yet whether it was sent; it is never sent again by itself",
        "尚不能确定是否发出，系统绝不自行重发",
    ),
    "meaning.planned": (
        "lawful now; the claim decides at the moment of sending",
        "此刻可发，以发送时的占位校验为准",
    ),
    "line.total": ("The book has {rows} rows.", "账册共 {rows} 行。"),
    "line.submitted": (
        "Submitted: {count} messages, {segments} billed segments.",
        "已提交 {count} 条消息，计费 {segments} 条短信。",
    ),
    "line.planned": (
        "To be sent: {count} messages, {segments} billed segments.",
        "待发送 {count} 条消息，计费 {segments} 条短信。",
    ),
    "line.already_done": (
        "Done in an earlier run and not sent again: {count}.",
        "此前已办、本次未重发：{count} 条。",
    ),
    "line.deferred": ("Held until later: {count}{why}.", "已推迟：{count} 条{why}。"),
    "line.next": ("The earliest of them may go out at {at}.", "其中最早可发送的时间是 {at}。"),
    "line.denied": ("Not allowed: {count}{why}.", "不得发送：{count} 条{why}。"),
    "line.none": ("Nothing due: {count}{why}.", "无需联系：{count} 行{why}。"),
    "line.rejected": (
        "Bad rows, kept in the rejects file: {count}.",
        "坏行：{count} 行，已写入坏行文件。",
    ),
    "line.refused": ("Refused by the provider: {count}{why}.", "通道拒收：{count} 条{why}。"),
    "line.unknown": (
        "Outcome unknown: {count}; they are not sent again until a receipt or a person settles them.",
        "结果未知：{count} 条；在回执或人工确认之前不会重发。",
    ),
    "line.warnings": ("Warnings: {count}.", "提醒：{count} 条。"),
    "why.open": (" (", "（"),
    "why.one": ("{count} × {reason}", "{reason}：{count}"),
    "why.join": ("; ", "；"),
    "why.more": ("{count} for other reasons", "其他原因 {count}"),
    "why.close": (")", "）"),
    "page.title": ("Outreach report of {day}", "{day} 触达报告"),
    "page.example": (
        "Made-up example lender: nothing left this machine.",
        "虚构的示例机构：没有任何消息离开本机。",
    ),
    "page.short": ("In short", "概要"),
    "page.outcomes": ("What became of each row", "每一行的结果"),
    "page.stages": ("By stage", "按阶段"),
    "page.stages.note": (
        "Rows that had a step due; rows with nothing due and bad rows are not counted here.",
        "只计当日有步骤到期的行，不含无需联系的行和坏行。",
    ),
    "page.days": ("By day", "按日期"),
    "page.days.note": ("The day of sending where the recipient lives.", "按接收人所在地的日期。"),
    "page.reasons": ("By reason", "按原因"),
    "page.rejects": ("Bad rows", "坏行"),
    "page.unknown": ("Outcomes nobody knows yet", "结果未知的步骤"),
    "page.warnings": ("Warnings", "提醒"),
    "page.cards": ("What a person called sees", "来电显示的名称"),
    "page.cards.note": (
        "At best: whether a name is shown is for each handset to say.",
        "仅为最佳情况：是否显示名称由各手机决定。",
    ),
    "card.number": ("the number alone", "仅号码"),
    "head.seen": ("Seen", "显示"),
    "head.shown_on": ("Shown on", "展示终端"),
    "head.marks": ("Marked as", "标记"),
    "page.words": ("What the words mean", "用词说明"),
    "page.none": ("None.", "无。"),
    "page.more": ("{count} more are not shown here.", "另有 {count} 条未在此列出。"),
    "page.private": (
        "This page holds no phone number, name or message text. It reads offline.",
        "本页不含手机号、姓名和短信正文，可离线阅读。",
    ),
    "about.book": ("Book", "账册"),
    "about.now": ("As of", "基准时间"),
    "about.policy": ("Policy", "策略"),
    "about.pack": ("Rule pack", "规则包"),
    "about.catalogue": ("Templates", "模板库"),
    "about.versions": ("Versions", "版本"),
    "about.calendar": ("Calendar", "日历"),
    "about.provider": ("Provider", "通道"),
    "about.mode": ("Kind", "类型"),
    "mode.run": ("run", "执行"),
    "mode.plan": ("plan only, nothing sent", "仅规划，未发送"),
    "head.outcome": ("Outcome", "结果"),
    "head.count": ("Rows", "行数"),
    "head.share": ("Share", "占比"),
    "head.stage": ("Stage", "阶段"),
    "head.day": ("Day", "日期"),
    "head.total": ("Total", "合计"),
    "head.code": ("Code", "代码"),
    "head.reason": ("Reason", "原因"),
    "head.source": ("Source", "依据"),
    "head.authority": ("Authority", "效力"),
    "head.line": ("Line", "行号"),
    "head.column": ("Column", "列"),
    "head.expected": ("What was expected", "应为"),
    "head.loan": ("Loan", "借据"),
    "head.step": ("Step", "步骤"),
    "head.template": ("Template", "模板"),
    "stage.": ("(no stage)", "（无阶段）"),
    "authority.law": ("law", "法律"),
    "authority.regulation": ("regulation", "监管规定"),
    "authority.rec_standard": ("recommended standard", "推荐性标准"),
    "authority.self_reg": ("self-regulation", "行业自律"),
    "authority.carrier": ("carrier rule", "运营商规则"),
    "authority.provider": ("provider rule", "服务商规则"),
    "authority.house": ("house rule", "机构自定"),
}

# What is said of many rows whose sentences differ by a day, a date or a loan; a trailing _ is a prefix.
GENERAL: Mapping[str, tuple[str, str]] = {
    "bad_row": ("The row cannot be used.", "该行无法使用。"),
    "overdue_": ("The payment is past due (stage: {rest}).", "已逾期（阶段：{rest}）。"),
    "between_steps": ("No step of the policy falls on this day.", "当天没有策略步骤。"),
    "already_done": ("The step was already carried out for this due date.", "本期该步骤此前已执行。"),
    "in_grace": ("The grace days still run.", "仍在宽限期内。"),
    "held_dispute": ("On hold: the debt is disputed.", "债务存在异议，暂停联系。"),
    "held_hardship": ("On hold: a hardship arrangement is open.", "正在办理困难帮扶，暂停联系。"),
    "held_promise": ("On hold: a promise to pay is open.", "借款人已承诺还款，暂停联系。"),
    "held_plan": ("On hold: a repayment plan is being kept.", "正在履行还款计划，暂停联系。"),
    "held_cured": ("On hold: the arrears were paid.", "欠款已结清，暂停联系。"),
    "held_operator": ("On hold: a member of staff has paused it.", "工作人员已暂停联系。"),
    "yields_to_other_loan": (
        "One message a debtor and day: another of the person's loans speaks first.",
        "同一债务人每日一条：先发送该人的另一笔借据。",
    ),
    "refused_by_provider": ("The provider refused it with a code of its own.", "通道以自有代码拒绝。"),
    "template_not_approved": ("The template is not approved, or retired.", "模板未经批准或已停用。"),
    "template_values": ("A value does not fit the template.", "有填充值不符合模板要求。"),
    "claim_needs_fact": ("The text makes a claim whose fact is not given.", "文案中的表述缺少事实依据。"),
    "event": ("An event is told.", "通知已发生的事件。"),
}


def general(code: str, lang: str, stages: Mapping[str, tuple[str, str]] | None = None) -> str:
    """Return what all reasons of this code have in common, "" where nothing is known.

    `stages` maps a policy's stages to their labels (English, Chinese).

    >>> general("overdue_early", "en"), general("quiet_hours", "en")
    ('The payment is past due (stage: early).', '')
    """
    known = next(
        (key for key in GENERAL if code == key or (key.endswith("_") and code.startswith(key))), None
    )
    if known is None:
        return ""
    chinese, rest = is_chinese(lang), code.removeprefix(known)
    label = (stages or {}).get(rest, ("", ""))[chinese] or rest
    return GENERAL[known][chinese].format(rest=label)


def is_chinese(lang: str) -> bool:
    """Return whether `lang` is answered in Chinese."""
    return lang.casefold().startswith("zh")


def say(key: str, lang: str, **values: str) -> str:
    """Return the words for `key` in `lang`, filled with `values`; a key without words is shown as it is."""
    if key not in WORDS:
        return key.rpartition(".")[2]
    return WORDS[key][is_chinese(lang)].format(**values)
