"""The help texts of the operator's commands in Chinese, by their English."""

from __future__ import annotations

from collections.abc import Mapping

CHINESE: Mapping[str, str] = {
    "SQLite file of the runs; it has to be there already.": "历次运行所用的 SQLite 文件，须已存在。",
    "all, tenant, template, stage, step or route.": "all、tenant、template、stage、step 或 route。",
    "Which one: its id, such as collection.early. None for all.": (
        "具体对象的编号，例如 collection.early；all 不填。"
    ),
    "The reason, kept with the stop.": "暂停原因，随暂停一并留存。",
    "Stop all sending, or that of one tenant, template, stage, step or route; a run in progress obeys at once.": (
        "暂停全部发送，或某一机构组、模板、阶段、步骤、通道的发送；进行中的运行立即遵守。"
    ),
    "Take a stop back, naming it as it was put on; exit 1 when there is none of that name.": (
        "按原名称解除暂停；没有该暂停时退出码为 1。"
    ),
    "List whom a template reached, or may have reached: ids, loans, when, and what became of it.": (
        "列出某模板已送达或可能送达的对象：编号、借据、时间和结果。"
    ),
    "Such as collection.early.": "例如 collection.early。",
    "From this moment on, with its offset, by when it was sent.": "自该时刻起（须带时区偏移），按发送时间计。",
    "Only this version of its words. Default: all.": "仅限该文案版本。默认全部。",
    "All of them as .csv. Default: the first on the screen.": "全部写入 .csv。默认在屏幕上显示前若干条。",
    "Files for others, out of the store.": "从存储中导出供他方使用的文件。",
    "Write who paid, is held, disputes, withdrew or opted out: ids for agencies, no numbers, no amounts.": (
        "导出已还款、暂缓、有争议、撤回同意或退订的名单：仅含编号，不含号码和金额，供委外机构使用。"
    ),
    "The file, .csv.": "输出文件，.csv。",
    "What happened on this day.": "该日发生的事项。",
    "IANA zone of the day. Default: this machine's.": "该日所在的 IANA 时区。默认取本机时区。",
    "What happened from this moment on, with its offset.": "自该时刻起发生的事项，须带时区偏移。",
    "What was written after this entry, late news too; see `through`.": (
        "在该序号之后写入的记录，含迟到的消息；序号见 through。"
    ),
    "Take an agency's file of a day: contacts, payments, holds, consents; each row once, by its source id.": (
        "接收委外机构的每日文件：联系、还款、暂缓、同意等；每行按 source_id 只记一次。"
    ),
    "A file of an agency: .csv, .parquet or .xlsx; bad rows go to FILE.rejects.csv.": (
        "委外机构文件：.csv、.parquet 或 .xlsx；坏行写入 FILE.rejects.csv。"
    ),
    "Profile (TOML) of the lender whose borrowers these are.": "借款人所属机构的档案（TOML）。",
    "Which lender of the profile file it is.": "档案文件中的哪家机构。",
    "Id of the agency: two of them may then use the same source ids.": (
        "委外机构编号；不同机构可使用相同的 source_id。"
    ),
    "Staff id of who answers for releases; without it none is taken.": (
        "对解除暂缓负责的员工编号；未指定则不接受解除。"
    ),
    "The moment of taking it, with its offset. Default: the clock.": "接收的时间，须带时区偏移。默认取系统时钟。",
    "Exit 1 when the file has bad rows.": "文件有坏行时以退出码 1 结束。",
    "Sign a plan; two different people have to, and a changed file is signed by nobody.": (
        "签批计划；须由两个不同的人签批，文件有任何改动则签批失效。"
    ),
    "A plan that `loansms plan --out` wrote.": "由 loansms plan --out 生成的计划文件。",
    "Send only what stands in this plan, signed by two people (sign-plan); all else waits.": (
        "只发送此计划中的消息，计划须经两人签批（sign-plan）；其余等待。"
    ),
    "File of borrower ids, one a line: your own people in the book, written to first.": (
        "客户号文件，每行一个：账册中的自有人员，最先发送。"
    ),
    "How many of the seeds with a step due are written to first.": "最先发送的自有人员数量。",
    "Then this share of the borrowers, such as 10%; the rest follows in a later run.": (
        "其次发送该比例的借款人，例如 10%；其余在之后的运行中发送。"
    ),
    "At most this share of them may be undelivered or refuse before the rest is sent.": (
        "其中未送达或退订的比例不超过此值，才发送其余部分。"
    ),
    "How long their receipts and refusals are awaited, such as 30m.": "等待回执与退订的时间，例如 30m。",
    "Send nothing on figures older than this by their as_of, such as 36h.": (
        "按 as_of 计，数据超过此时限则不发送，例如 36h。"
    ),
    "List what is stopped: since when, by whom, and why.": "列出暂停项：起始时间、操作人和原因。",
    "Say how the store stands: unknowns, silent claims, waiting jobs, unsealed records, stops; exit 1 when a person is needed.": (
        "报告存储状况：未知结果、无响应的认领、排队任务、未封存记录、暂停项；需要人工处理时退出码为 1。"
    ),
    "List the messages of which nobody knows whether they were sent, silent claims among them; exit 1 when there are any.": (
        "列出无人知晓是否发出的消息，含持有者无响应的认领；有则退出码为 1。"
    ),
    "As `unknowns` lists it.": "即 unknowns 列出的步骤键。",
    "What the provider has said; not sent lets the step go out again.": "按通道的答复；未发送者可重新发送。",
    "Settle one unknown by what the provider has said, on record; exit 1 when it is none any more.": (
        "按通道的答复核定一条未知结果并留痕；已不是未知结果时退出码为 1。"
    ),
}
