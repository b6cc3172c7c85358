"""The words of a simulation's page and tables, in English and Chinese.

>>> tell("figure.cap_hits", "en"), tell("figure.cap_hits", "zh-CN")
('Held back by a cap', '受频次上限限制')
"""

from __future__ import annotations

from collections.abc import Mapping

from loansms.insights.wording import is_chinese

# key: (English, Chinese)
WORDS: Mapping[str, tuple[str, str]] = {
    "title": ("Policy simulation", "策略模拟"),
    "assumed": (
        "Simulated: how borrowers behave is assumed, not measured. Nothing was sent.",
        "模拟结果：借款人行为均为假设，并非实测；未发送任何消息。",
    ),
    "version": ("Version {name}", "版本 {name}"),
    "about.book": ("Book", "账册"),
    "about.rows": ("Loans, borrowers", "借据数、借款人数"),
    "about.rejects": ("Bad rows, not played", "坏行（未参与模拟）"),
    "about.as_of": ("Book counted on", "账册统计日"),
    "about.start": ("First run", "首次运行"),
    "about.days": ("Days", "天数"),
    "about.seed": ("Seed", "随机种子"),
    "about.behaviour": ("Behaviour", "行为假设"),
    "about.packs": ("Rule packs", "规则包"),
    "about.price": ("Price of a segment", "短信单价"),
    "short": ("In short", "概要"),
    "short.sent": (
        "Version {name} sent {messages} messages in {segments} billed segments, {a_day} a day, {most} on the busiest.",
        "版本 {name} 共发送 {messages} 条消息，计费 {segments} 条短信，日均 {a_day} 条，最多一日 {most} 条。",
    ),
    "short.cured": (
        "Of {owed} loans with an amount due by the last day, {cured} were paid in full ({share}).",
        "截至最后一日有应还款的 {owed} 笔借据中，{cured} 笔已还清当期（{share}）。",
    ),
    "short.changed": (
        "{count} of {all} borrowers end in another stage or hear another first message under B.",
        "{all} 位借款人中，有 {count} 位在版本 B 下的期末阶段或首条消息不同。",
    ),
    "short.same": (
        "Versions A and B made no difference to any borrower.",
        "版本 A 与 B 对每位借款人均无差别。",
    ),
    "assumptions": ("What is assumed", "假设条件"),
    "assumptions.note": (
        "Chances given to every borrower; both versions meet the same luck. Other figures would give other results.",
        "对所有借款人适用同一概率，两个版本的随机结果一致；假设不同，结果也会不同。",
    ),
    "assume.delivered": ("A message is delivered", "消息送达"),
    "assume.read": ("A delivered message is read", "送达后被阅读"),
    "assume.reply": ("A read message is answered", "阅读后回复"),
    "assume.opt_out": ("A delivered message makes its reader refuse further ones", "送达后退订"),
    "assume.promise": ("An answer is a promise to pay", "回复中承诺还款"),
    "assume.promise_days": ("A promise is for this many days later", "承诺还款的天数"),
    "assume.keeps": ("A promise is kept", "承诺得到履行"),
    "assume.lately_days": ("A reading counts for this many days", "阅读影响持续天数"),
    "assume.partial": ("A payment is only of a part", "仅部分还款"),
    "assume.part": ("That part of the amount due", "部分还款占应还金额的比例"),
    "assume.debit": ("A direct debit succeeds on its day", "当日自动扣款成功"),
    "assume.pay": (
        "Pays on a day, from {day} days past due on",
        "逾期第 {day} 天起的每日还款",
    ),
    "assume.pay_before": (
        "Pays on a day, from {day} days before the due date on",
        "到期前 {day} 天起的每日还款",
    ),
    "assume.pay_open": ("Pays on a day, before that", "此前的每日还款"),
    "head.assumption": ("Assumption", "假设"),
    "head.chance": ("Chance", "概率"),
    "head.after_reading": ("After reading a text", "近期阅读过短信"),
    "figures": ("All figures", "全部指标"),
    "figures.note": (
        "B less A; the mean of a borrower with its 95 % interval (normal, n = {n}) says how borrowers vary, no more.",
        "差值为全账册 B 减 A；区间为每位借款人平均差值的 95% 正态近似区间（共 {n} 位），反映借款人之间的差异，不代表假设的准确性。",
    ),
    "head.figure": ("Figure", "指标"),
    "head.difference": ("Difference", "差值"),
    "head.interval": ("By borrower, 95 %", "每位借款人，95%"),
    "told.no_difference": ("no difference", "无差别"),
    "told.cannot_be_computed": ("cannot be computed", "无法计算"),
    "told.rough": ("{interval}, rough: {differing} differ", "{interval}，仅供参考：{differing} 位不同"),
    "figure.messages": ("Messages", "消息"),
    "figure.joined": ("Loans told in another loan's message", "并入其他借据消息的借据"),
    "figure.messages_per_day": ("Messages a day", "日均消息"),
    "figure.busiest_day": ("Messages on the busiest day", "单日最多消息"),
    "figure.segments": ("Billed segments", "计费短信条数"),
    "figure.cost": ("Cost", "费用"),
    "figure.handovers": ("Handed to a person", "转人工"),
    "figure.deferrals": ("Held until later", "推迟"),
    "figure.denials": ("Not allowed", "不得发送"),
    "figure.cap_hits": ("Held back by a cap", "受频次上限限制"),
    "figure.delivered": ("Delivered", "送达"),
    "figure.read": ("Read", "阅读"),
    "figure.replies": ("Replies", "回复"),
    "figure.opt_outs": ("Opt-outs", "退订"),
    "figure.promises": ("Promises to pay", "承诺还款"),
    "figure.promises_kept": ("Promises kept", "履行承诺"),
    "figure.payments": ("Payments in full", "足额还款"),
    "figure.part_payments": ("Part payments", "部分还款"),
    "figure.paid": ("Amount paid", "还款金额"),
    "figure.cured": ("Loans paid in full", "还清当期的借据"),
    "figure.cured_share": ("Share of loans paid in full", "还清当期的占比"),
    "figure.overdue_end": ("Loans overdue at the end", "期末逾期借据"),
    "days": ("By day", "按日期"),
    "days.note": (
        "Messages of each day; the longest bar is the busiest day of both versions.",
        "每日消息数；最长的条为两个版本中最多的一日。",
    ),
    "head.day": ("Day", "日期"),
    "steps": ("By step", "按步骤"),
    "head.stage": ("Stage", "阶段"),
    "head.step": ("Step", "步骤"),
    "head.version": ("Version", "版本"),
    "held": ("Steps kept back", "未能即时发送的步骤"),
    "held.note": (
        "A step counts once for each reason, on the first day it is told.",
        "同一步骤的每个原因只计一次，计在首次出现之日。",
    ),
    "head.outcome": ("Outcome", "结果"),
    "head.reason": ("Reason", "原因"),
    "head.code": ("Code", "代码"),
    "head.loans": ("Loans", "借据数"),
    "head.count": ("Steps", "步骤数"),
    "outcome.deferred": ("held until later", "推迟"),
    "outcome.denied": ("not allowed", "不得发送"),
    "moved": ("Stages, first day and last", "首日与末日的阶段"),
    "head.first": ("First day", "首日"),
    "head.last": ("Last day", "末日"),
    "changed": ("Borrowers for whom A and B differ", "两个版本下不同的借款人"),
    "changed.note": (
        "Another stage at the end, or another first message. The first {shown} of {count}.",
        "期末阶段或首条消息不同。显示 {count} 位中的前 {shown} 位。",
    ),
    "head.borrower": ("Borrower", "客户号"),
    "head.stage_a": ("Stage at the end, A", "期末阶段 A"),
    "head.stage_b": ("Stage at the end, B", "期末阶段 B"),
    "head.first_a": ("First message, A", "首条消息 A"),
    "head.first_b": ("First message, B", "首条消息 B"),
    "nothing_owed": ("nothing owed", "无应还"),
    "none": ("None.", "无。"),
    "private": (
        "This page holds no phone number, name or message text. It reads offline.",
        "本页不含手机号、姓名和短信正文，可离线阅读。",
    ),
}


def tell(key: str, lang: str, **values: str) -> str:
    """Return the words for `key` in `lang`, filled with `values`."""
    return WORDS[key][is_chinese(lang)].format(**values)
