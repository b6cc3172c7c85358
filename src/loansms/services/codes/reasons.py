"""Why a code was not sent, as reasons: one row a cause.

>>> bucket_full("carrier").code, why("expired").told("zh-CN")
('full_carrier', '该验证码已过期，请重新获取。')
"""

from __future__ import annotations

from loansms.model import Reason
from loansms.otp.challenge import Closed

_CAUSES = {
    "locked": (
        "house, after PSD2 RTS art. 4(3)(b)",
        "Too many wrong codes for this action.",
        "该操作的验证码错误次数过多。",
    ),
    "unknown": ("house", "There is no such code.", "没有该验证码。"),
    "used": ("NIST SP 800-63B-4 3.1.3", "This code has been used or withdrawn.", "该验证码已使用或已作废。"),
    "superseded": ("house", "A newer code is out.", "已有更新的验证码。"),
    "expired": ("house", "This code has expired; ask for a new one.", "该验证码已过期，请重新获取。"),
    "ending": ("house", "This code is about to expire; ask for a new one.", "该验证码即将过期，请重新获取。"),
    "exists": ("house", "This code is out already.", "该验证码已发出。"),
    "key_retired": ("house", "The key of this code is no longer in the ring.", "该验证码的密钥已停用。"),
    "not_sent": ("provider", "The provider did not take the message.", "通道未接收该短信。"),
    "cannot_text": ("house", "This number receives no text messages.", "该号码无法接收短信。"),
    "stronger_factor": (
        "NIST SP 800-63B-4",
        "A text does not vouch for the number it goes to; use a stronger factor.",
        "短信验证码不能为其所发往的号码作保，请使用更强的验证方式。",
    ),
    "transaction_needed": (
        "PSD2 RTS art. 5",
        "This action needs the amount and payee it confirms.",
        "该操作必须绑定金额与收款方。",
    ),
}  # fmt: skip

_BUCKETS = {
    "phone": ("a number", "同一号码"),
    "phone_unconfirmed": ("a number that is not confirmed", "未验证的号码"),
    "phone_action": ("a number and action", "同一号码的同一操作"),
    "carrier": ("a number in a day, over every kind of message", "同一号码的每日通道配额"),
    "ip": ("an address", "同一 IP"),
    "device": ("a device", "同一设备"),
    "prefix": ("a range of numbers", "同一号段"),
    "country": ("a country", "同一国家或地区"),
    "tenant": ("the lender", "本机构"),
    "alerts": ("a number of one kind of alert", "同一号码的同类提醒"),
}


def why(cause: str) -> Reason:
    """Return the reason of a cause."""
    citation, english, chinese = _CAUSES[cause]
    return Reason(cause, citation, english, severity="block", message_zh=chinese)


def closed_because(closed: Closed) -> Reason:
    """Return why a challenge is closed."""
    return why(closed.value)


def bucket_full(name: str) -> Reason:
    """Return the reason of a full bucket; a guard says that its range looks pumped."""
    base = name.removesuffix("_guard")
    if base != name:
        return Reason(
            f"full_{name}",
            "house",
            f"Codes to {_BUCKETS[base][0]} are sent and not verified: it looks like pumping.",
            severity="block",
            message_zh=f"{_BUCKETS[base][1]}发送后长期未验证，疑似盗刷。",
        )
    english, chinese = _BUCKETS.get(name, (name, name))
    return Reason(
        f"full_{name}",
        "house",
        f"The limit of codes to {english} is reached.",
        severity="block",
        message_zh=f"{chinese}的验证码发送次数已达上限。",
    )
