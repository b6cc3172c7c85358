"""The alerts that go with a code: what happened, when, and what to do, or a reason and no text."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from tests.planning.code_text_parts import CATALOGUE, CN, US

from loansms.errors import TemplateError
from loansms.model import Reason
from loansms.planning import CODE_LOCKED, NUMBER_CHANGE_REQUESTED, NUMBER_CHANGED, CodeText, plan_alert_text

ON = date(2026, 9, 24)


@pytest.mark.parametrize(
    ("template", "locale", "text"),
    [
        (
            NUMBER_CHANGE_REQUESTED,
            "zh-CN",
            "我们于9月24日收到更换您登记手机号的申请，完成前会再次核实。如非本人操作，请立即致电400-000-0000。",
        ),
        (
            NUMBER_CHANGED,
            "zh-CN",
            "您的登记手机号已于9月24日更换。为安全起见，借款、提款等需3天后方可办理。非本人操作请立即致电400-000-0000。",
        ),
        (
            CODE_LOCKED,
            "zh-HK",
            "因多次輸錯，您一項業務的驗證碼已於9月24日暫時鎖定，稍後恢復。非本人操作請致電400-000-0000，勿將驗證碼告知他人。",
        ),
        (
            NUMBER_CHANGED,
            "en",
            (
                "Anxin Example Consumer Finance: The phone number on your account was changed on Sep 24. For your safety, "
                "borrowing and drawing funds wait 3 days. If this was not you, call 400-000-0000."
            ),
        ),
    ],
)
def test_an_alert_says_what_happened_when_and_what_to_do(template: str, locale: str, text: str) -> None:
    done = plan_alert_text(
        template, on=ON, catalogue=CATALOGUE, lender=CN, locale=locale, waits_for=timedelta(days=3)
    )
    assert isinstance(done, CodeText)
    assert (done.text.reveal(), done.signature, done.template) == (text, "安信示例", template)


def test_the_alert_of_an_event_tells_it_in_the_lenders_language() -> None:
    done = plan_alert_text("alert.security", on=ON, catalogue=CATALOGUE, lender=US, event="new_login")
    assert isinstance(done, CodeText)
    assert "On Sep 24 your account was opened on a new device." in done.text.reveal()


@pytest.mark.parametrize(
    ("template", "more"),
    [
        (NUMBER_CHANGED, {}),
        (NUMBER_CHANGED, {"waits_for": timedelta(minutes=90)}),
        ("alert.security", {"event": "no_such_event"}),
        ("otp.code", {}),
    ],
)
def test_an_alert_without_what_it_tells_is_refused(template: str, more: dict[str, object]) -> None:
    why = plan_alert_text(template, on=ON, catalogue=CATALOGUE, lender=CN, **more)
    assert isinstance(why, Reason)
    assert (why.code, bool(why.message_zh)) == ("text_refused", True)


def test_an_alert_nobody_knows_is_the_hosts_mistake() -> None:
    with pytest.raises(TemplateError, match=r"alert\.nothing: no such template"):
        plan_alert_text("alert.nothing", on=ON, catalogue=CATALOGUE, lender=CN)
