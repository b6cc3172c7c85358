"""What a provider may answer: one of three values, whose words are codes and never a text.

A host's provider is outside this library, so its answer is looked at before it reaches the ledger and the
report: an answer that is none leaves the attempt unknown and stops the run, and a "code" that is in truth the
provider's sentence (it may quote the number) is not kept.

>>> checked_answer(Rejected("MK:0001"), "gateway")
Rejected(code='MK:0001', retryable=False)
>>> checked_answer(Rejected("no such user: 17400000001"), "gateway")
Rejected(code='unreadable_code', retryable=False)
>>> checked_answer(Rejected("0x00000058"), "centre")
Rejected(code='0x00000058', retryable=False)
>>> checked_answer(None, "gateway")
Traceback (most recent call last):
loansms.errors.ProviderError: provider gateway: submit must return Accepted, Rejected or Unknown with words \
that are text, got NoneType
"""

from __future__ import annotations

from attrs import evolve

from loansms.errors import ProviderError
from loansms.model import Accepted, Rejected, SubmitResult, Unknown
from loansms.model.kept_code import kept_code


def checked_answer(answer: object, provider: str) -> SubmitResult:
    """Return `answer` with words that may be kept; raise ProviderError when it is no answer at all."""
    match answer:
        case Accepted(provider_message_id=str()):
            return answer
        case Rejected(code=str(code)):
            return evolve(answer, code=kept_code(code))
        case Unknown(cause=str(cause)):
            return evolve(answer, cause=kept_code(cause))
        case _:
            kind = type(answer).__name__
            raise ProviderError(
                f"provider {provider}: submit must return Accepted, Rejected or Unknown with words that are "
                f"text, got {kind}",
                f"通道 {provider}：submit 应返回 Accepted、Rejected 或 Unknown，且代码为文本，实际为 {kind}",
            )
