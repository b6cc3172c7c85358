"""The help texts of the operator's commands in Chinese, by their English."""

from __future__ import annotations

from collections.abc import Mapping

CHINESE: Mapping[str, str] = {
    "SQLite file of the runs; it has to be there already.": "历次运行所用的 SQLite 文件，须已存在。",
    "all, tenant, template, stage or route.": "all、tenant、template、stage 或 route。",
    "Which one: its id, such as collection.early. None for all.": (
        "具体对象的编号，例如 collection.early；all 不填。"
    ),
    "The reason, kept with the stop.": "暂停原因，随暂停一并留存。",
    "Stop all sending, or that of one tenant, template, stage or route; a run in progress obeys at once.": (
        "暂停全部发送，或某一机构组、模板、阶段、通道的发送；进行中的运行立即遵守。"
    ),
    "Take a stop back, naming it as it was put on; exit 1 when there is none of that name.": (
        "按原名称解除暂停；没有该暂停时退出码为 1。"
    ),
    "List what is stopped: since when, by whom, and why.": "列出暂停项：起始时间、操作人和原因。",
}
