"""The one error of sealed values: it says what does not fit and where, never what was sealed.

>>> wrong = CannotOpen(Fault.NOT_AUTHENTIC, "messages.body")
>>> str(wrong)
'messages.body: the sealed value was changed, or belongs to another row, field, subject or key: restore it from where it was written'
>>> wrong.told("zh-CN")
'messages.body：密文已被改动，或属于其他行、字段、主体或密钥，请从写入处恢复'
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from loansms.errors import LoansmsError


class Fault(StrEnum):
    """Why a sealed value or a wrapped key does not open."""

    TOO_SHORT = "too_short"
    UNKNOWN_VERSION = "unknown_version"
    UNKNOWN_SUITE = "unknown_suite"
    UNKNOWN_KEK = "unknown_kek"
    OTHER_KEY = "other_key"
    NOT_AUTHENTIC = "not_authentic"
    WRONG_SIZE = "wrong_size"


_SAID: Mapping[Fault, tuple[str, str]] = MappingProxyType(
    {
        Fault.TOO_SHORT: (
            "shorter than any sealed value: expected what seal_field or a key provider returned, whole",
            "长度不足，不是完整的密文，请传入封存时得到的全部字节",
        ),
        Fault.UNKNOWN_VERSION: (
            "sealed in a format this version does not know: read it with the version that wrote it, or a later one",
            "密文格式版本未知，请用写入时的版本或更新的版本读取",
        ),
        Fault.UNKNOWN_SUITE: (
            "expected one of the cipher suites intl and gm: read it with a version that knows its suite",
            "密码套件应为 intl 或 gm，请用支持该套件的版本读取",
        ),
        Fault.UNKNOWN_KEK: (
            "wrapped under a key that the provider does not hold: give it that key, or re-wrap before dropping one",
            "密钥提供方没有封装所用的主密钥，请补上该密钥；停用主密钥前须先重新封装",
        ),
        Fault.OTHER_KEY: (
            "sealed under another data key: take the key of its subject and tenant (a shredded one is gone for good)",
            "由另一数据密钥封存，请使用该主体与租户自己的密钥（已销毁的无法恢复）",
        ),
        Fault.NOT_AUTHENTIC: (
            "the sealed value was changed, or belongs to another row, field, subject or key: restore it from where it was written",
            "密文已被改动，或属于其他行、字段、主体或密钥，请从写入处恢复",
        ),
        Fault.WRONG_SIZE: (
            "the key provider returned a key of another size than its suite has: ask it for the bytes as they were wrapped",
            "密钥提供方返回的密钥长度与密码套件不符，应原样返回封装时的字节",
        ),
    }
)


class CannotOpen(LoansmsError, ValueError):
    """A sealed value or a wrapped key does not open: `fault` says why, `place` where (a table and field, or a key)."""

    def __init__(self, fault: Fault, place: str) -> None:
        said, zh = _SAID[fault]
        super().__init__(f"{place}: {said}", f"{place}：{zh}")
        self.fault = fault
        self.place = place

    def __reduce__(self) -> tuple[type[CannotOpen], tuple[Fault, str]]:
        return CannotOpen, (self.fault, self.place)
