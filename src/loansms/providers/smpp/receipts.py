"""What a receipt says, in its parameters or in the words of its text.

The standard leaves the text to each centre (appendix B is an example), so it is read whatever its case, order and
separators, with fields missing. What the parameters say wins over the text.

>>> said = words("id:0a1B sub:001 dlvrd:001 submit date:2609241000 done date:260924100130 stat:DELIVRD err:000 text:Your")
>>> said["id"], said["done"], said["stat"], said["err"]
('0a1B', '260924100130', 'DELIVRD', '000')
>>> words("ID:77,Sub:1,Dlvrd:0,Done_Date:2609241001,STAT:undeliv,Err:12")["stat"]
'undeliv'
>>> moment("2609241001", UTC).isoformat(), moment("991231235958", UTC).year, moment("2613010000", UTC)
('2026-09-24T10:01:00+00:00', 1999, None)
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Final, Literal, TypeAlias

from attrs import field, frozen
from attrs.validators import in_

from loansms.model import DeliveryStatus, OutcomeClass
from loansms.providers.carrier.layout import Misfit
from loansms.providers.carrier.stat import word
from loansms.providers.receipt_status import status_of
from loansms.providers.smpp.pdu import MESSAGE_STATE, NETWORK_ERROR_CODE, RECEIPTED_MESSAGE_ID
from loansms.providers.taxonomy import meaning

Digits: TypeAlias = Literal["text", "hex", "decimal"]

_TEXT: Final = re.compile(r"\btext\s*:", re.IGNORECASE)
_FIELD: Final = re.compile(
    r"\b(id|sub|dlvrd|(?:submit|done)[ _]?date|stat|err)\s*+[:=]\s*+([^\s,;:=]*+)(?![:=])", re.IGNORECASE
)
_ID: Final = re.compile(r"[!-~]{1,64}")
_NUMBERS: Final = {"hex": (re.compile(r"[0-9A-Fa-f]+"), 16), "decimal": (re.compile(r"[0-9]+"), 10)}
_DATE: Final = re.compile(r"\d{10}(?:\d\d)?", re.ASCII)
_ERROR: Final = re.compile(r"[0-9A-Za-z]{1,6}", re.ASCII)
# Section 5.2.28, and the words of appendix B.
_STATES: Final = {
    1: "ENROUTE", 2: "DELIVRD", 3: "EXPIRED", 4: "DELETED", 5: "UNDELIV", 6: "ACCEPTD", 7: "UNKNOWN", 8: "REJECTD",
}  # fmt: skip
# Centres are seen to write the words of appendix B in full.
_IN_FULL: Final = {
    "DELIVERED": "DELIVRD", "UNDELIVERED": "UNDELIV", "UNDELIVERABLE": "UNDELIV", "ACCEPTED": "ACCEPTD",
    "REJECTED": "REJECTD",
}  # fmt: skip
_STATUS: Final = {
    "EXPIRED": DeliveryStatus.EXPIRED, "DELETED": DeliveryStatus.REJECTED, "REJECTD": DeliveryStatus.REJECTED,
}  # fmt: skip
# A receipt may wait for days; nobody can have meant a time before that.
_OLDEST: Final = timedelta(days=31)
_AHEAD: Final = timedelta(days=1)


@frozen
class Said:
    """A receipt: which message, what became of it, when."""

    id: str
    code: str
    kind: OutcomeClass
    status: DeliveryStatus
    at: datetime


@frozen(kw_only=True)
class ReceiptReading:
    """The settings of a line.

    ``answer_ids`` and `text_ids`: in which digits the centre writes the id in its answers (and in receipted_message_id) and
    in the text of a receipt; "text" for ids that are the same in both. ``zone`` is that of the times in receipts, which name
    none. `codes` are the centre's own meanings, by ``UNDELIV/012`` (word and error) or by the word, and win over the table.
    """

    answer_ids: Digits = field(default="text", validator=in_(("text", "hex", "decimal")))
    text_ids: Digits = field(default="text", validator=in_(("text", "hex", "decimal")))
    zone: tzinfo = UTC
    codes: Mapping[str, OutcomeClass] = field(factory=dict[str, OutcomeClass])

    def answered(self, message_id: str) -> str | None:
        """Return the id of an answer as it is kept; None for one that is none."""
        return _id(message_id, self.answer_ids)

    def read(self, text: str, tlvs: Sequence[tuple[int, bytes]], now: datetime, *, final: bool) -> Said:
        """Return what a receipt says; `final` false for a note on the way. Raise Misfit for one that names no message."""
        told, values = words(text), dict(tlvs)
        named = self.answered(_plain(values.get(RECEIPTED_MESSAGE_ID))) or _id(
            told.get("id", ""), self.text_ids
        )
        if named is None:
            raise Misfit("receipt: names no message")
        stat = _state(values.get(MESSAGE_STATE)) or _stat(told.get("stat", ""))
        code = _code(stat, _network(values.get(NETWORK_ERROR_CODE)) or told.get("err", ""))
        by = code if code in self.codes else stat
        kind = meaning("smpp_stat", by, self.codes).kind
        status = _STATUS.get(stat, status_of(kind)) if by not in self.codes else status_of(kind)
        if not final:
            kind, status = OutcomeClass.ACCEPTED, DeliveryStatus.ACCEPTED
        at = moment(told.get("done", ""), self.zone)
        near = at is not None and now - _OLDEST <= at <= now + _AHEAD
        return Said(named, code, kind, status, at if at is not None and near else now)


def words(text: str) -> Mapping[str, str]:
    """Return the fields of a receipt's text by name: id, sub, dlvrd, submit, done, stat, err. The first of a name counts."""
    found = _TEXT.search(text)
    told: dict[str, str] = {}
    for name, value in _FIELD.findall(text[: found.start()] if found else text):
        told.setdefault(re.split(r"[ _]?date", name.lower())[0], value)
    return told


def moment(digits: str, zone: tzinfo) -> datetime | None:
    """Read YYMMDDhhmm or YYMMDDhhmmss in `zone`; None for anything else. 38 to 99 are years of the last century (7.1.1.1)."""
    if not _DATE.fullmatch(digits):
        return None
    year, month, day, hour, minute, second = (int(digits[at : at + 2] or 0) for at in range(0, 12, 2))
    try:
        return datetime(year + (1900 if year >= 38 else 2000), month, day, hour, minute, second, tzinfo=zone)
    except ValueError:
        return None


def is_told(tlvs: Sequence[tuple[int, bytes]]) -> bool:
    """Whether the parameters are those of a receipt, whatever esm_class says."""
    return {RECEIPTED_MESSAGE_ID, MESSAGE_STATE} <= {tag for tag, _ in tlvs}


def _id(text: str, digits: Digits) -> str | None:
    plain = text.strip()
    if not _ID.fullmatch(plain):
        return None
    pattern, base = _NUMBERS.get(digits, (None, 0))
    return str(int(plain, base)) if pattern and pattern.fullmatch(plain) else plain


def _plain(value: bytes | None) -> str:
    return (value or b"").partition(b"\0")[0].decode("latin-1")


def _state(value: bytes | None) -> str:
    return _STATES.get(value[0], f"state/{value[0]}") if value else ""


def _stat(text: str) -> str:
    plain = text.upper()
    return _IN_FULL.get(plain, plain)


def _network(value: bytes | None) -> str:
    # One octet names the network, two are its code.
    return f"{int.from_bytes(value[1:], 'big'):03d}" if value and len(value) == 3 else ""


def _code(stat: str, error: str) -> str:
    kept = word(stat or "no_state")
    if not _ERROR.fullmatch(error) or not error.strip("0"):
        return kept
    both = f"{kept}/{error}"
    return both if word(both) == both else kept
