"""Who asks for a code, for what, and what it is bound to.

>>> from loansms.model import Money, PhoneNumber
>>> Transaction(amount=Money("5100.00", "CNY"), payee="示例商户", reference="L-1").digest == Transaction(
...     amount=Money("5100", "CNY"), payee="示例商户", reference="L-1").digest
True
"""

from __future__ import annotations

import hashlib

from attrs import field, frozen

from loansms.errors import CallerError
from loansms.model import Money, PhoneNumber

_LONGEST = 200  # characters of an id or a payee: bounds what is hashed, sealed and rendered


def pack(*parts: str) -> bytes:
    """Return the parts, each after its length, so that no two lists of parts give the same bytes."""
    # Joined, not formatted: a member of a (str, Enum) is packed as the text it is.
    return "".join([f"{len(part)}:" + part for part in parts]).encode()


def is_plain(value: object) -> bool:
    """Return whether `value` is a text of 1 to 200 printable characters."""
    return isinstance(value, str) and 0 < len(value) <= _LONGEST and value.isprintable()


def plain_text(_instance: object, attribute: object, value: str) -> None:
    """Refuse what is not a text of 1 to 200 printable characters; the value is not told."""
    name = str(getattr(attribute, "name", "value"))
    if not is_plain(value):
        raise CallerError(
            f"{name}: expected 1 to {_LONGEST} printable characters",
            f"{name} 应为 1 至 {_LONGEST} 个可打印字符",
        )


def require_text(name: str, value: str) -> str:
    """Return `value` when it is 1 to 200 printable characters; raise CallerError naming only the field."""
    if not is_plain(value):
        raise CallerError(
            f"{name}: expected 1 to {_LONGEST} printable characters",
            f"{name} 应为 1 至 {_LONGEST} 个可打印字符",
        )
    return str.__str__(value)


def _is_payable(value: object) -> bool:
    return isinstance(value, Money) and value.amount > 0 and value.is_whole_cents


def _payable(_instance: object, _attribute: object, value: Money) -> None:
    if not _is_payable(value):
        raise CallerError(
            "amount: expected Money of more than nothing, in whole units of its currency",
            "amount 应为大于零的 Money，且不超过币种的小数位数",
        )


@frozen(kw_only=True)
class Transaction:
    """What is being agreed to: any change makes the code wrong (PSD2 RTS art. 5, dynamic linking).

    ``amount`` and ``payee`` are shown in the text; ``reference`` names the loan, contract or order.
    """

    amount: Money = field(validator=_payable)
    payee: str = field(validator=plain_text, repr=False)
    reference: str = field(validator=plain_text)

    @property
    def digest(self) -> str:
        """The canonical digest: SHA-256 over amount, currency, payee and reference."""
        amount = format(self.amount.amount.normalize(), "f")
        said = pack(amount, self.amount.currency, self.payee, self.reference)
        return hashlib.sha256(said).hexdigest()


def require_phone(phone: object) -> PhoneNumber:
    """Return `phone` when it is a PhoneNumber; raise CallerError for anything else."""
    if not isinstance(phone, PhoneNumber):
        raise CallerError(
            "phone: expected a PhoneNumber (PhoneNumber.parse(text, region=...))",
            "phone 应为 PhoneNumber（用 PhoneNumber.parse 解析）",
        )
    return phone


def require_transaction(transaction: object) -> None:
    """Raise CallerError for what is neither a Transaction nor None."""
    if transaction is not None and not isinstance(transaction, Transaction):
        raise CallerError(
            "transaction: expected a Transaction or None", "transaction 应为 Transaction 或 None"
        )


def digest_of(transaction: Transaction | None, binding: str = "") -> str:
    """Return the digest of what a code is bound to, "" for nothing.

    `binding` is any text that stands for something else the code agrees to: a contract's hash, a change asked for.
    """
    if not binding:
        return "" if transaction is None else transaction.digest
    payment = "" if transaction is None else transaction.digest
    return hashlib.sha256(pack("binding", payment, require_text("binding", binding))).hexdigest()


def require_client(client: object) -> None:
    """Raise CallerError for what is no Client."""
    if not isinstance(client, Client):
        raise CallerError("client: expected a Client or None", "client 应为 Client 或 None")


@frozen(kw_only=True)
class Client:
    """Where a request came from, as the host knows it: the address, and an id the host gave the device.

    ``device`` must be something the host issued and verified (a signed cookie, an attested app id), not what a
    stranger may choose.
    """

    ip: str | None = field(default=None, repr=False)
    device: str | None = field(default=None, repr=False)
