"""Whether a template may go out: its approval held against the words it has now.

>>> from attrs import evolve
>>> from loansms.templates.catalogue import Catalogue
>>> shipped = Catalogue.builtin().get("otp.code", "en")
>>> refusal(shipped, approved_only=True) is None
True
>>> changed = evolve(shipped, text=shipped.text + " Thanks.")
>>> changed.state.value, refusal(changed) is None, refusal(changed, approved_only=True) is None
('draft', True, False)
"""

from __future__ import annotations

from loansms.errors import TemplateError
from loansms.templates.approval import Approval, ApprovalState
from loansms.templates.template import Template

_AFTER = {ApprovalState.DRAFT: "reviewed", ApprovalState.REVIEWED: "approved"}


def refusal(template: Template, *, approved_only: bool = False) -> TemplateError | None:
    """Return the error that says why `template` may not be used, None when it may; it is not raised here.

    A retired text is never used. `approved_only` refuses every text that is not approved in the very words it
    has; without it drafts pass, for previews and tests.
    """
    state = template.state
    if state is ApprovalState.RETIRED:
        return _retired(template)
    if not approved_only or state is ApprovalState.APPROVED:
        return None
    todo = _AFTER[state]
    command = f"loansms approve DIR {template.id} --locale {template.locale} --to {todo} --by STAFF_ID"
    approval = template.approval
    if approval is not None and approval.version != template.version:
        return TemplateError(
            f"{template.place}: draft: its words are version {template.version}, the approval is for "
            f"{approval.version}; only approved words go out: have them reviewed and approved ({command})",
            f"{template.place}：草稿（draft）：当前文案版本为 {template.version}，批准的是 {approval.version}；"
            f"只有已批准的文案可以发送，请重新复核和批准（{command}）",
        )
    return TemplateError(
        f"{template.place}: {state.value}: only an approved template goes out; next step: {command}",
        f"{template.place}：{state.value}：只有已批准的模板可以发送；下一步：{command}",
    )


def standing(template: Template, drafted_by: str) -> Approval:
    """Return the approval that the next step starts from: the template's own, else a draft by `drafted_by`.

    An approval of other words is not carried on.
    """
    approval = template.approval
    if approval is not None and approval.version == template.version:
        return approval
    return Approval(
        template=template.id, locale=template.locale, version=template.version, drafted_by=drafted_by
    )


def _retired(template: Template) -> TemplateError:
    approval = template.approval
    when = f" on {approval.retired_on}" if approval is not None and approval.retired_on else ""
    when_zh = f"（{approval.retired_on}）" if approval is not None and approval.retired_on else ""
    return TemplateError(
        f"{template.place}: retired{when}: it is no longer sent; use another template, or change its words and "
        "have them approved",
        f"{template.place}：已停用{when_zh}（retired），不再发送；请改用其他模板，或修改文案后重新批准",
    )
