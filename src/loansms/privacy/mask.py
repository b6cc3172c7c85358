"""How a number or a name is shown: the few characters a person needs to recognise it.

Phone numbers keep the first three and last four digits of the national number, names their first
character (house practice after JR/T 0171-2020 and GB/T 35273-2020, both recalled, not re-read).

>>> mask_phone("13800138000"), mask_phone("2025550123"), mask_phone("12345")
('138****8000', '202***0123', '*****')
>>> mask_name("张三"), mask_name("D. R."), mask_name("")
('张*', 'D***', '')
"""

from __future__ import annotations


def mask_phone(national: str) -> str:
    """Mask a national number: 3 + 4 digits stay when at least three more are hidden, else none."""
    if len(national) < 10:
        return "*" * len(national)
    return f"{national[:3]}{'*' * (len(national) - 7)}{national[-4:]}"


def mask_name(name: str) -> str:
    """Mask a name: its first character stays; Chinese names keep their length, others do not."""
    if not name:
        return ""
    if "\u4e00" <= name[0] <= "\u9fff":
        return name[0] + "*" * (len(name) - 1)
    return f"{name[0]}***"
