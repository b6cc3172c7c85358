"""What a thief finds: nothing readable in copies, dumps, crash reports and files."""

import copy
import json
import pickle
import traceback
from pathlib import Path

import pytest
from attrs import evolve
from tests.services.parts import NOW, book, event, service

from loansms.errors import ConfigurationError
from loansms.model import Message
from loansms.privacy import Secret
from loansms.providers import SandboxProvider, SpoolProvider
from loansms.stores import MemoryStore
from loansms.testing.examples import AT, message

CANARY = "canary-body-9917"


def test_a_secret_is_copied_but_never_pickled() -> None:
    """Values that hold one can be copied; a queue payload or a cache cannot take it along."""
    secret = Secret(CANARY)
    assert copy.copy(secret) is copy.deepcopy(secret) is secret
    twin = copy.deepcopy(message(text=secret))
    assert twin == message(text=secret)
    with pytest.raises(TypeError, match="not pickled") as told:
        pickle.dumps(twin)
    assert CANARY not in str(told.value)
    with pytest.raises(TypeError) as told:
        json.dumps(secret)
    assert CANARY not in str(told.value)
    assert CANARY not in json.dumps({"text": secret}, default=str)


@pytest.mark.parametrize("make", [SpoolProvider, lambda _: SandboxProvider(reply_rate=1)])
def test_a_crash_inside_a_provider_shows_no_text(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, make: object
) -> None:
    """A traceback with every local variable, and every argument of every exception in the chain."""
    provider = make(tmp_path)

    def broken(*_args: object, **_named: object) -> object:
        raise MemoryError

    monkeypatch.setattr("os.fsync", broken)
    monkeypatch.setattr("loansms.providers.fate.Fate.delivery", broken)
    sent: Message = message(text=Secret(CANARY))
    with pytest.raises(MemoryError) as caught:
        provider.submit(sent, AT)
    fault = caught.value
    told = traceback.TracebackException(MemoryError, fault, fault.__traceback__, capture_locals=True)
    shown = "".join(told.format())
    assert "submit" in shown
    assert CANARY not in shown
    assert sent.to.e164 not in shown


def test_a_text_that_is_no_valid_unicode_is_spooled_all_the_same(tmp_path: Path) -> None:
    """An encoding error would carry the whole text in its arguments."""
    spool = SpoolProvider(tmp_path)
    assert type(spool.submit(message(text=Secret(f"{CANARY}\ud83d")), AT)).__name__ == "Accepted"
    [line] = spool.outbox
    assert line["text"].startswith(CANARY)


def test_the_error_of_a_wrong_fact_source_names_no_value() -> None:
    """What came instead of accounts may be anything: only its type is told."""

    class Core:
        def current(self, loan_ids: object) -> object:
            return {"L-1": CANARY}

    with pytest.raises(ConfigurationError) as told:
        service(SandboxProvider(), MemoryStore(), facts=Core()).run(book({}), now=NOW)
    assert CANARY not in f"{told.value!r}{told.value.zh}{told.value.args}"


def test_a_value_cut_in_two_is_denied_and_holds_nobody_else_up() -> None:
    """JSON lets half a character in; its notice is denied by its slot, the others go out, no error carries it."""
    broken = event("E-1", template="notice.plan_declined")
    broken = evolve(broken, values={**broken.values, "reason_text": f"{CANARY}\ud83d"})
    [refused, fine] = service(SandboxProvider(reject_rate=0, unknown_rate=0)).notify_many(
        [broken, event("E-2")], now=NOW
    )
    assert (refused.outcome.value, refused.row.reason) == ("denied", "template_values")
    assert "reason_text" in refused.row.reasons[0].message
    assert fine.outcome.value == "submitted"
    assert CANARY not in f"{refused!r}"
