"""The help texts in Chinese, by their English: what `--help --lang zh-CN` shows.

>>> CHINESE["Exit 1 when the input has bad rows."]
'输入有坏行时以退出码 1 结束。'
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from loansms.cli.operator_help_zh import CHINESE as OPERATOR_CHINESE

CHINESE: Mapping[str, str] = {
    "Messages between lenders and borrowers: the right words at a lawful hour, once, with proof.": (
        "放贷机构与借款人之间的消息：措辞得当、时间合法、只发一次、有据可查。"
    ),
    "Send what today's loan book calls for, each step once; run again, it sends nothing twice.": (
        "按今天的借据账册发送应发的消息，每一步只发一次；重复运行不会重复发送。"
    ),
    "Say what a run would do, and why, without sending anything.": "只规划、不发送：说明今天会发什么、不发什么，以及原因。",
    "List the duties of a policy (obligatory steps) that are open, missed or unknown.": (
        "列出策略中尚未完成、超期或结果未知的义务（obligatory 步骤）。"
    ),
    "SQLite file of the runs: what it knows to be sent is done.": "历次运行的 SQLite 文件：其中确认已发送的即为已完成。",
    "List those that are done, too.": "同时列出已完成的义务。",
    "Exit 1 when a duty is late or a row of the book cannot be read.": (
        "有义务超期或账册有无法读取的行时以退出码 1 结束。"
    ),
    "The moment to look at, with its offset. Default: the clock.": "查询的基准时间，须带时区偏移。默认取系统时钟。",
    "Play a policy, or two, against a book with an assumed behaviour of its borrowers; nothing is sent.": (
        "按假设的借款人行为，用账册模拟一个或两个策略；不发送任何消息。"
    ),
    "The first run: a day (then 10:00 there), or a time with its offset.": (
        "首次运行：日期（当地 10:00），或带时区偏移的时间。"
    ),
    "Version B to lay beside it: a preset or a policy TOML file.": "对照的版本 B：预置策略或策略 TOML 文件。",
    "Optional steps of version B; alone, the same policy with them.": (
        "版本 B 的可选步骤；单独使用时为同一策略加上这些步骤。"
    ),
    "How many days are played, 1 to 366.": "模拟天数，1 至 366。",
    "The luck of the borrowers; the same seed, the same luck.": "随机种子；种子相同，借款人的随机结果相同。",
    "TOML file of what you assume of borrowers. Default: invented chances.": (
        "借款人行为假设的 TOML 文件。默认使用虚构的概率。"
    ),
    "Price of one billed segment, such as 0.045.": "每条计费短信的单价，例如 0.045。",
    "A JSON file of all figures, for programs.": "含全部指标的 JSON 文件，供程序读取。",
    "Tell borrowers of events (disbursed, debit failed, paid ...), each event once.": (
        "向借款人通知事件（放款、扣款失败、还款等），每个事件只通知一次。"
    ),
    "Review the wording of one text; exit 1 when it is not allowed.": (
        "审查一段文字的措辞；不得使用时退出码为 1。"
    ),
    "Find what would go wrong with a policy; exit 1 when something grave is found.": (
        "检查策略，指出照此运行会出的问题；发现严重问题时退出码为 1。"
    ),
    "Hold templates against the rules of a provider; exit 1 when something grave is found.": (
        "按通道规则检查模板；发现严重问题时退出码为 1。"
    ),
    "Read a rule pack as a lawyer would: its rules, their sources, and what is open.": (
        "通读一个规则包，供律师审阅：有哪些规则、依据何在、哪些尚待核实。"
    ),
    "Review, approve or retire one text; whoever approves has neither written nor reviewed it.": (
        "复核、批准或停用一条文案；批准人不得是撰写人或复核人。"
    ),
    "Folder of your own templates.": "自有模板的文件夹。",
    "Such as reminder.due_in_3, or reminder.* for several.": (
        "例如 reminder.due_in_3；多条可用 reminder.*。"
    ),
    "reviewed, approved or retired: one step at a time.": "reviewed、approved 或 retired，每次一步。",
    "Staff id of who does it.": "操作人的员工编号。",
    "Staff id of who wrote the text. Default: --by.": "撰写人的员工编号。默认同 --by。",
    "The day of it. Default: today.": "操作日期。默认今天。",
    "One line to keep with it.": "一行备注。",
    "Show the version.": "显示版本。",
    "Loan book: .csv, .parquet or .xlsx.": "借据账册：.csv、.parquet 或 .xlsx。",
    "A preset (cn-consumer, us-first-party) or a policy TOML file.": (
        "预置策略（cn-consumer、us-first-party）或策略 TOML 文件。"
    ),
    "Optional steps of the policy, such as 3-2-1; repeatable.": "策略的可选步骤，例如 3-2-1；可重复。",
    "Lender profile (TOML). Without it: a made-up example, sandbox and spool only.": (
        "机构档案（TOML）。不指定时用虚构的示例机构，仅限 sandbox 与 spool。"
    ),
    "The moment of the run with its offset, such as 2026-09-24T10:00:00+08:00. Default: the clock.": (
        "运行的基准时间，须带时区偏移，例如 2026-09-24T10:00:00+08:00。默认取系统时钟。"
    ),
    "SQLite file of what was sent; the same file on every run prevents repeats.": (
        "记录已发送内容的 SQLite 文件；每次运行用同一个文件即可避免重复发送。"
    ),
    "SQLite file of earlier runs, read for history and caps.": "以往运行的 SQLite 文件，用于读取历史与频次。",
    "sandbox, sandbox:SEED, spool:DIR (writes messages to DIR/submitted.jsonl), or FILE.toml (a declared gateway).": (
        "sandbox、sandbox:种子、spool:文件夹（消息写入 文件夹/submitted.jsonl），或 文件.toml（声明的通道）。"
    ),
    "Rule packs, such as CN or US; repeatable. Default: the lender's jurisdiction.": (
        "规则包，例如 CN 或 US；可重复。默认取机构所在法域。"
    ),
    "Folder of your own templates. Default: the built-in ones.": "自有模板的文件夹。默认使用内置模板。",
    "Go live with this share of the borrowers, such as 1%; the system before keeps the others.": (
        "先对这一比例的借款人上线，例如 1%；其余仍由旧系统发送。"
    ),
    "What the system before sent (borrower_id, sent_at, ...); --out and --report then hold the differences.": (
        "旧系统已发消息的文件（borrower_id、sent_at 等）；此时 --out 与 --report 写出差异。"
    ),
    "TOML file of working days you add or correct, such as a new year's plan.": (
        "补充或更正工作日的 TOML 文件，例如新一年的调休安排。"
    ),
    "Which lender of the profile file speaks.": "由档案文件中的哪家机构发出。",
    "TOML map from your headers to ours, or zh for the shipped one.": (
        "从您的表头到标准列名的 TOML 映射，或 zh（自带的中文表头映射）。"
    ),
    "Encoding of a CSV that is not UTF-8, such as gb18030.": "非 UTF-8 的 CSV 的编码，例如 gb18030。",
    "Rows out: .jsonl, .csv or .parquet; bad rows go to OUT.rejects.csv.": (
        "逐行结果：.jsonl、.csv 或 .parquet；坏行写入 OUT.rejects.csv。"
    ),
    "Rows out: .jsonl, .csv or .parquet. Default: the first rows on the screen.": (
        "逐行结果：.jsonl、.csv 或 .parquet。默认在屏幕上显示前若干行。"
    ),
    "Rows out: .jsonl, .csv or .parquet; bad rows go to OUT.rejects.csv. Required with a file of events.": (
        "逐行结果：.jsonl、.csv 或 .parquet；坏行写入 OUT.rejects.csv。处理事件文件时必填。"
    ),
    "An HTML report that reads offline.": "可离线阅读的 HTML 报告。",
    "Exit 1 when the input has bad rows.": "输入有坏行时以退出码 1 结束。",
    "No progress bar and no summary.": "不显示进度条和汇总。",
    "Language of what is printed. Default: LOANSMS_LANG, then LANG.": (
        "输出的语言。默认依次取 LOANSMS_LANG、LANG。"
    ),
    "Language of the text, such as zh or en.": "文字的语言，例如 zh 或 en。",
    "KEY=VALUE, repeatable: what is true and may be claimed.": "键=值，可重复：属实且可以声称的事实。",
    "Show the texts on the screen; they name amounts and people.": "在屏幕上显示短信内容；其中含金额和人名。",
    "Events: .csv, .jsonl, .parquet or .xlsx.": "事件文件：.csv、.jsonl、.parquet 或 .xlsx。",
    "The id of a single event.": "单个事件的编号。",
    "Such as notice.disbursed.": "例如 notice.disbursed。",
    "Borrower id.": "客户号。",
    "Their number; kept out of all output.": "其手机号；不会出现在任何输出中。",
    "Country of the number, such as CN.": "号码所属国家，例如 CN。",
    "IANA zone of the borrower.": "借款人所在的 IANA 时区。",
    "Such as zh-CN or en.": "例如 zh-CN 或 en。",
    "Loan id, where there is one.": "借据号（如有）。",
    "Currency of amounts, such as CNY.": "金额的币种，例如 CNY。",
    "SLOT=VALUE, repeatable: what the template needs.": "填充项=值，可重复：模板所需的内容。",
    "The text, or - to read it from stdin.": "要审查的文字；- 表示从标准输入读取。",
    "Why it is sent.": "发送目的。",
    "Who reads it: borrower, guarantor ...": "收件人身份：borrower、guarantor 等。",
    "A preset or a policy TOML file.": "预置策略或策略 TOML 文件。",
    "A language the book needs; repeatable.": "账册需要的语言；可重复。",
    "Folder of templates. Default: the built-in ones.": "模板文件夹。默认检查内置模板。",
    "Whose rules: none, direct, aliyun ...": "采用谁的规则：none、direct、aliyun 等。",
    "Profile (TOML) of who sends them. Default: an example of the packs.": (
        "发送机构的档案（TOML）。默认采用规则包所在法域的示例机构。"
    ),
    "One JSON object on stdout and nothing else, for programs.": "标准输出仅含一个 JSON 对象，供程序读取。",
    "Ask these rule packs too, such as CN or your own file; repeatable.": (
        "同时适用这些规则包，例如 CN 或自有文件；可重复。"
    ),
    "Of the debt, such as US-MA. Default: the pack's.": "债务所在法域，例如 US-MA。默认取规则包的法域。",
    "first (the lender) or third. Default: third, the strict way.": (
        "first（机构本身）或 third（受托方）。默认按较严的 third。"
    ),
    "Who carries it, such as aliyun_cn, for the rules it has.": "发送通道，例如 aliyun_cn，以适用其规则。",
    "The road it takes: sms, voice ...": "发送渠道：sms、voice 等。",
    "IANA zone of the reader. Default: all the country has.": "收件人的 IANA 时区。默认取该国所有时区。",
    "The moment it would go, with its offset. Default: the clock.": (
        "拟发送时间，须带时区偏移。默认取系统时钟。"
    ),
    "Hold a provider's bill against what was sent; exit 1 when anything differs or cannot be read.": (
        "将服务商账单与发送记录逐条核对；有差异或无法读取时以退出码 1 结束。"
    ),
    "The provider's bill: .csv, .parquet or .xlsx.": "服务商账单：.csv、.parquet 或 .xlsx。",
    "The month billed, such as 2026-09.": "账单月份，例如 2026-09。",
    "TOML file of the provider's columns and the prices agreed.": "TOML 文件：账单的列与约定单价。",
    "Differences out: .jsonl, .csv or .parquet; bad rows go to OUT.rejects.csv.": (
        "差异输出：.jsonl、.csv 或 .parquet；坏行写入 OUT.rejects.csv。"
    ),
    "A shipped pack (CN, US, DE) or your own TOML file.": "随附的规则包（CN、US、DE）或自有 TOML 文件。",
    "The day its rules are read for. Default: today.": "按哪一天有效的规则。默认今天。",
    "Exit 1 when the pack is not fit for production.": "规则包不宜用于生产时以退出码 1 结束。",
    "Another pack: show what this one changes in it.": "另一规则包：显示本规则包相对它的变化。",
    "Show the rule of this id in full, such as CN-TIME-01.": "完整显示该编号的规则，例如 CN-TIME-01。",
    "What proves that messages went out as they did.": "消息发送的证据：封存、查看、导出、核验。",
    "Check an export of evidence, or a whole ledger; exit 1 when anything in it does not hold.": "核验证据导出文件或整个账本；有任何不符时退出码为 1。",
    "An export of evidence (.jsonl), or a ledger.": "证据导出文件（.jsonl）或账本文件。",
    "A document that was sent, such as a notice; repeatable.": "所发送的文件（如通知书）；可重复。",
    "A checkpoint.txt had earlier, from outside; repeatable.": "此前取得的外部检查点 checkpoint.txt；可重复。",
    "A public key as the lender published it, or its file; repeatable. Default: the export's own.": "机构公布的公钥或其文件；可重复。默认用导出文件自带的公钥。",
    "Make a key that signs seals, and say its public line: publish that one.": "生成用于签署封印的密钥，并给出应公布的公钥行。",
    "Where the private key is written (PEM).": "私钥写入的文件（PEM）。",
    "The journal's name, such as bank.example/evidence.": "日志名称，例如 bank.example/evidence。",
    "Seal what is new in the journal; run it every few minutes.": "封存日志中的新记录；宜每几分钟运行一次。",
    "SQLite file of the runs.": "历次运行的 SQLite 文件。",
    "The private key (PEM) that signs.": "用于签名的私钥（PEM）。",
    "A folder that leaves this machine: takes every checkpoint.": "接收每个检查点的目录，其内容须离开本机。",
    "Show what happened with a loan, every value masked; exit 1 when nothing is on record.": "显示一笔借据的全部经过，数值均已遮蔽；没有记录时退出码为 1。",
    "The loan id.": "借据号。",
    "Write a page instead.": "改为写出网页。",
    "The zone times are shown in.": "时间显示所用的时区。",
    "Take a loan's evidence out: a file that anybody checks without us.": "导出一笔借据的证据：任何人无需本库即可核验。",
    "The public line of a key that sealed, or its file; repeatable.": "签署封印的公钥行或其文件；可重复。",
    "The export, .jsonl.": "导出文件（.jsonl）。",
    "And the page of it.": "同时写出网页。",
    **OPERATOR_CHINESE,
}


# The help is broken into lines at spaces alone, and what does not fit a line is cut off: breathe after each mark.
_MARK = re.compile(r"(?<=[，；。：、）])(?=[^\s，；。：、）])")


def speak_chinese(command: Any) -> None:
    """Put Chinese in the place of the help of `command`, its options and its sub-commands."""
    for one in (command, *command.params):
        told = CHINESE.get(" ".join((getattr(one, "help", None) or "").split()))
        if told:
            one.help = _MARK.sub(" ", told)
    for one in getattr(command, "commands", {}).values():
        speak_chinese(one)
