"""What the keys of a record mean, for the page: a reader in court does not know our names.

>>> field_name("borrower_id", "en"), field_name("versions.policy", "zh-CN"), field_name("x_of_the_host", "en")
('borrower', '版本 policy', 'x_of_the_host')
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

# key: (English, Chinese)
FIELDS: Final[Mapping[str, tuple[str, str]]] = {
    "amount": ("amount", "金额"), "answer_by": ("answer by", "答复期限"), "attachments": ("files sent", "附件"),
    "borrower_id": ("borrower", "借款人编号"), "by": ("by", "操作人"), "case": ("case", "工单"), "channel": ("channel", "渠道"),
    "code": ("code", "代码"), "currency": ("currency", "币种"), "delivery": ("delivery", "送达状态"),
    "digest": ("digest of the message", "消息摘要"), "due_on": ("due date", "还款日"), "evidence": ("proof of it", "凭证"),
    "expires_at": ("ends", "失效时间"), "findings": ("findings of the rules", "规则提示"), "given_to": ("given to", "授予对象"),
    "hold": ("hold", "暂停类别"), "id": ("id", "编号"), "intent": ("meaning of the reply", "回复含义"), "kind": ("kind", "类别"),
    "leg": ("arrived as", "送达形式"), "loan_id": ("loan", "借据号"), "locale": ("language", "语言"), "outcome": ("outcome", "结果"),
    "owner": ("owner", "负责人"), "part": ("segment", "分段"), "provider": ("provider", "通道商"), "provider_message_id": ("provider's message id", "通道消息编号"),
    "purpose": ("purpose", "用途"), "purposes": ("purposes", "用途"), "reasons": ("reasons", "原因"),
    "recipient": ("recipient", "接收人"), "route": ("provider", "通道"), "scope": ("scope", "范围"), "segments": ("segments", "短信条数"),
    "send_at": ("planned time", "计划时间"), "source": ("source", "来源"), "source_id": ("id at the source", "来源编号"),
    "stage": ("stage", "阶段"), "state": ("state", "状态"), "step": ("step", "步骤"), "template": ("template", "模板"),
    "template_version": ("version of the template", "模板版本"), "text_version": ("version of the words", "文本版本"),
    "tries": ("attempt number", "第几次尝试"), "until": ("until", "截止"), "value": ("value", "值"), "versions": ("version of", "版本"),
    "why": ("why", "原因"), "words": ("words, values masked", "正文（数值已遮蔽）"),
}  # fmt: skip


def field_name(path: str, lang: str) -> str:
    """Return the name of a value by the path of its key; what follows a known key, and an unknown key, stay as they are."""
    key, dot, rest = path.partition(".")
    known = FIELDS.get(key)
    if known is None:
        return path
    name = known[lang.casefold().startswith("zh")]
    return f"{name} {rest}" if dot else name
