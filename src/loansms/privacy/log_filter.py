"""A belt for a host's own logs: telephone numbers and long runs of digits are masked in every record.

loansms writes none itself; this is for what a host, a driver or an HTTP client puts into a log beside it. Names and
texts it cannot know: they are kept out by `Secret`.
"""

from __future__ import annotations

import logging
import re
import traceback
from typing import Any, Final

# Six digits are a code; fewer are years, ports and counts. The digits of a fraction stay: 3.141592.
_RUN: Final = re.compile(r"(?<!\d)(?<!\d\.)\d{6,}")
# A number in groups, the last of four digits, with or without its country and its area in brackets. Dates end in two.
_GROUPED: Final = re.compile(
    r"(?<!\d)(?:\+\d{1,3}[ .\-])?(?:\(\d{2,4}\)[ ]?|\d{2,4}[ .\-])(?:\d{3,4}[ .\-])?\d{4}(?!\d)"
)
_SHORT: Final = 9  # digits; fewer in groups are two years, a range, a time
_DIGIT: Final = re.compile(r"\d")
# What logging itself puts on a record: times, process and thread ids among it.
_OWN: Final = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}


def mask_digits(told: str) -> str:
    """Return `told` with telephone numbers and runs of six digits or more as asterisks.

    >>> mask_digits("to +8613800138000, 138-0013-8000, (202) 555-0123: code 839201")
    'to +*************, ***-****-****, (***) ***-****: code ******'
    >>> mask_digits("2026-09-24 10:00:05 took 0.123456 s, port 8080, 1,256.30 CNY")
    '2026-09-24 10:00:05 took 0.123456 s, port 8080, 1,256.30 CNY'
    """
    return _GROUPED.sub(_grouped, _RUN.sub(lambda run: "*" * len(run[0]), told))


def _grouped(found: re.Match[str]) -> str:
    return _DIGIT.sub("*", found[0]) if len(_DIGIT.findall(found[0])) >= _SHORT else found[0]


class PersonalDataFilter(logging.Filter):
    """Masks numbers in the message, the arguments, the traceback and the extra fields of every record it sees.

    Put it on a handler, where records of every logger come by; on a logger it sees that logger's own alone. It drops no
    record. An exception is kept as masked text, so that no later handler reads it from the object.

    >>> record = logging.makeLogRecord({"msg": "sent to %s", "args": ("13800138000",)})
    >>> PersonalDataFilter().filter(record), record.getMessage()
    (True, 'sent to ***********')
    """

    def filter(self, record: logging.LogRecord) -> bool:
        """Mask `record` in place; always True."""
        try:
            told = record.getMessage()
        except (TypeError, ValueError, KeyError):
            # A record that cannot be written as it was asked for: its words without its arguments.
            told = str(record.msg)
        record.msg, record.args = mask_digits(told), ()
        if record.exc_info and not record.exc_text:
            record.exc_text = "".join(traceback.format_exception(*record.exc_info)).rstrip("\n")
        record.exc_info = None
        record.exc_text = mask_digits(record.exc_text) if record.exc_text else None
        record.stack_info = mask_digits(record.stack_info) if record.stack_info else None
        for name in vars(record).keys() - _OWN:
            setattr(record, name, _masked(getattr(record, name)))
        return True


def _masked(value: Any) -> Any:
    """Return an extra field masked: numbers and flags of ordinary size as they are, anything else as its text."""
    if isinstance(value, bool | float) or value is None or (isinstance(value, int) and abs(value) < 100_000):
        return value
    told = str(value)
    hidden = mask_digits(told)
    return hidden if hidden != told or isinstance(value, str) else value
