"""Who may tell a lender that a message arrived, or that a borrower asked to stop; and that nothing told is lost."""

from __future__ import annotations

import asyncio
import io
import json
from base64 import b64encode
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from attrs import evolve, frozen
from hypothesis import given, settings
from hypothesis import strategies as st

from loansms.clock import FrozenClock
from loansms.errors import ConfigurationError, StoreError
from loansms.model import DeliveryReceipt, DeliveryStatus, PhoneNumber
from loansms.privacy import Secret
from loansms.providers.callback_apps import CallbackApp, CallbackWsgi
from loansms.providers.callbacks import Guard, Guarded, agrees, receive, stale
from loansms.providers.codec import Callback, CallbackAnswer, CallbackRefused, Report
from loansms.testing.examples import AT

OLD, NEW = Secret("0123456789abcdef-old"), Secret("0123456789abcdef-new")
BODY = json.dumps([{"id": "gw-1", "phone": "13800138000"}]).encode()


@frozen
class PushCodec:
    """A gateway that signs nothing and pushes a list of ids and numbers."""

    def authenticate(self, callback: Callback, *, now: datetime) -> CallbackRefused | None:
        return None

    def parse_callback(self, callback: Callback) -> Sequence[Report] | CallbackRefused:
        try:
            return [
                DeliveryReceipt(
                    provider_message_id=one["id"],
                    step_key=None,
                    status=DeliveryStatus.DELIVERED,
                    at=AT,
                    phone=PhoneNumber.parse(one["phone"], region="CN"),
                )
                for one in json.loads(callback.body)
            ]
        except (ValueError, LookupError, TypeError, RecursionError):
            return CallbackRefused("unreadable")

    def callback_answer(self, taken: bool) -> CallbackAnswer:
        return CallbackAnswer(200, b"0") if taken else CallbackAnswer(503, b"again")


def push(path: str = f"/in/{NEW.reveal()}", **changes: Any) -> Callback:
    pushed = Callback(method="POST", url=f"https://sms.example{path}", body=BODY, remote="203.0.113.9")
    return evolve(pushed, **changes)


def basic(words: str) -> dict[str, str]:
    return {"Authorization": "Basic " + b64encode(words.encode()).decode()}


GUARDED = Guarded(PushCodec(), Guard(path_tokens=[OLD, NEW]))


@pytest.mark.parametrize("token", [OLD, NEW])
def test_both_secrets_open_the_door_while_one_is_being_changed(token: Secret[str]) -> None:
    reports, answer = receive(GUARDED, push(f"/in/{token.reveal()}"), AT)
    assert len(reports) == 1
    assert answer == CallbackAnswer(200, b"0")


@pytest.mark.parametrize("path", ["/in/", "/in", "/in/guess", f"/in/{NEW.reveal()}x", f"/{NEW.reveal()}/in"])
def test_a_stranger_reports_nothing(path: str) -> None:
    assert receive(GUARDED, push(path), AT) == ((), CallbackAnswer(403))


@pytest.mark.parametrize(
    ("remote", "believed"),
    [
        ("203.0.113.9", True),
        ("::ffff:203.0.113.9", True),
        ("2001:db8::7", True),
        ("198.51.100.1", False),
        ("unknown", False),
        ("", False),
        (None, False),
    ],
)
def test_only_the_gateways_addresses_are_believed(remote: str | None, believed: bool) -> None:
    guard = Guard(addresses=["203.0.113.0/24", "2001:db8::/32"])
    assert guard.refused(push(remote=remote)) == (None if believed else CallbackRefused("address"))


@pytest.mark.parametrize(
    ("headers", "believed"),
    [
        (basic("gateway:correct-horse"), True),
        (basic("gateway:wrong-horse!!"), False),
        (basic(""), False),
        ({"authorization": "Basic %%%"}, False),
        ({"authorization": "Basic /w=="}, False),
        ({"authorization": "Bearer gateway:correct-horse"}, False),
        ({}, False),
    ],
)
def test_a_password_is_asked_for(headers: dict[str, str], believed: bool) -> None:
    guard = Guard(passwords=[Secret("gateway:correct-horse")])
    assert guard.refused(push(headers=headers)) == (None if believed else CallbackRefused("password"))


def test_every_kind_that_is_set_must_hold() -> None:
    guard = Guard(path_tokens=[NEW], addresses=["203.0.113.9"])
    assert guard.refused(push()) is None
    assert guard.refused(push(remote="203.0.113.8")) == CallbackRefused("address")
    assert guard.refused(push("/in/guess")) == CallbackRefused("path")


@pytest.mark.parametrize(
    "settings_",
    [
        {},
        {"path_tokens": [Secret("short")]},
        {"path_tokens": [OLD, NEW, NEW]},
        {"addresses": ["203.0.113.0/33"]},
    ],
)
def test_a_guard_that_guards_nothing_cannot_be_built(settings_: dict[str, Any]) -> None:
    with pytest.raises(ConfigurationError, match="Guard"):
        Guard(**settings_)


def test_a_guard_shows_no_secret() -> None:
    assert "0123456789abcdef" not in repr(GUARDED)


def test_what_cannot_be_read_is_asked_for_again() -> None:
    assert receive(GUARDED, push(body=b"{"), AT) == ((), CallbackAnswer(503, b"again"))


@settings(max_examples=60)
@given(url=st.text(max_size=40), body=st.binary(max_size=60), remote=st.text(max_size=20))
def test_no_callback_makes_the_door_fall(url: str, body: bytes, remote: str) -> None:
    guard = Guard(path_tokens=[OLD], addresses=["203.0.113.0/24"], passwords=[NEW])
    callback = Callback(method="POST", url=url, headers={"authorization": url}, body=body, remote=remote)
    assert isinstance(guard.refused(callback), CallbackRefused)
    only_path = Guarded(PushCodec(), Guard(path_tokens=[OLD]))
    assert receive(only_path, callback, AT) == ((), CallbackAnswer(403))


def test_a_receipt_that_nobody_signed_must_name_the_messages_number() -> None:
    told = PushCodec().parse_callback(push())
    assert not isinstance(told, CallbackRefused)
    [receipt] = told
    assert isinstance(receipt, DeliveryReceipt)
    assert agrees(receipt, PhoneNumber.parse("+8613800138000"))
    assert not agrees(receipt, PhoneNumber.parse("+8613800138001"))
    assert not agrees(receipt, None)
    assert not agrees(evolve(receipt, phone=None), PhoneNumber.parse("+8613800138000"))


@pytest.mark.parametrize(("minutes", "fresh"), [(0, True), (5, True), (-5, True), (6, False), (-6, False)])
def test_a_signed_time_is_good_for_a_while_only(minutes: int, fresh: bool) -> None:
    found = stale(AT + timedelta(minutes=minutes), AT)
    assert found == (None if fresh else CallbackRefused("stale"))


class Store:
    """A sink, sync and awaited, that keeps, refuses, or fails."""

    def __init__(self, fault: BaseException | None = None, says: bool | None = None) -> None:
        self.kept: list[Report] = []
        self.fault = fault
        self.says = says

    def __call__(self, reports: Sequence[Report]) -> bool | None:
        if self.fault:
            raise self.fault
        self.kept += reports
        return self.says

    async def awaited(self, reports: Sequence[Report]) -> bool | None:
        return self(reports)


def asgi(
    store: Store, parts: Sequence[bytes] = (BODY,), gone: bool = False, **scope: Any
) -> tuple[int, bytes]:
    """Push through the ASGI endpoint, the body in parts; return status and body of the answer."""
    app = CallbackApp(GUARDED, store.awaited, clock=FrozenClock(AT), body_limit=200)
    events = [
        {"type": "http.request", "body": part, "more_body": gone or number < len(parts) - 1}
        for number, part in enumerate(parts)
    ]
    coming = iter([*events, {"type": "http.disconnect"}])
    sent: list[Any] = []

    async def receive_event() -> Any:
        return next(coming)

    async def send(event: Any) -> None:
        sent.append(event)

    full = {
        "type": "http",
        "method": "POST",
        "path": f"/in/{NEW.reveal()}",
        "headers": [(b"host", b"sms.example")],
        "client": ("203.0.113.9", 1234),
        **scope,
    }
    asyncio.run(app(full, receive_event, send))
    return sent[0]["status"], sent[1]["body"]


def wsgi(
    store: Store, parts: Sequence[bytes] = (BODY,), gone: bool = False, **environ: Any
) -> tuple[int, bytes]:
    """The same through the WSGI endpoint."""
    body = b"".join(parts)
    app = CallbackWsgi(GUARDED, store, clock=FrozenClock(AT), body_limit=200)
    told: list[str] = []
    full = {
        "REQUEST_METHOD": environ.pop("method", "POST"),
        "SCRIPT_NAME": "/in",
        "PATH_INFO": f"/{NEW.reveal()}",
        "CONTENT_LENGTH": str(len(body) + gone),
        "wsgi.input": io.BytesIO(body),
        "wsgi.url_scheme": "https",
        "HTTP_HOST": "sms.example",
        "REMOTE_ADDR": "203.0.113.9",
        **environ,
    }
    answer = b"".join(app(full, lambda status, _: told.append(status)))
    return int(told[0].split()[0]), answer


@pytest.mark.parametrize("through", [asgi, wsgi])
class TestEndpoints:
    def test_reports_reach_the_intake_and_the_gateway_stops(self, through: Any) -> None:
        store = Store()
        assert through(store, (BODY[:9], BODY[9:])) == (200, b"0")
        assert len(store.kept) == 1

    @pytest.mark.parametrize("store", [Store(StoreError("full")), Store(OSError()), Store(says=False)])
    def test_reports_that_could_not_be_kept_come_again(self, through: Any, store: Store) -> None:
        assert through(store) == (503, b"again")

    def test_a_fault_of_the_house_reaches_its_server(self, through: Any) -> None:
        with pytest.raises(ZeroDivisionError):
            through(Store(ZeroDivisionError()))

    def test_a_body_without_end_is_not_read(self, through: Any) -> None:
        store = Store()
        assert through(store, (b"x" * 150, b"x" * 150))[0] == 413
        assert not store.kept

    def test_a_body_that_breaks_off_is_not_believed(self, through: Any) -> None:
        store = Store()
        assert through(store, gone=True) == (503, b"again")
        assert not store.kept

    def test_other_methods_are_refused(self, through: Any) -> None:
        assert through(Store(), method="DELETE")[0] == 405


def test_a_socket_is_no_callback() -> None:
    with pytest.raises(ValueError, match="http"):
        asgi(Store(), type="websocket")


def test_the_endpoints_tell_the_address_as_the_gateway_called_it() -> None:
    """A signature over the address must see the public one, percent signs and query and all."""
    seen: list[Callback] = []

    class Looking(PushCodec):
        def authenticate(self, callback: Callback, *, now: datetime) -> CallbackRefused | None:
            seen.append(callback)
            return CallbackRefused("signature")

    async def nothing() -> Any:
        return {"type": "http.request", "body": b""}

    async def ignore(event: Any) -> None:
        assert event

    async def none(reports: Sequence[Report]) -> None:
        raise AssertionError(reports)

    scope = {
        "type": "http",
        "method": "GET",
        "scheme": "http",
        "path": "/a b/\u72b6",
        "raw_path": b"/a%20b/%E7%8A%B6",
        "query_string": b"x=1%2B1",
        "headers": [(b"Host", b"inside:8000")],
    }
    asyncio.run(CallbackApp(Looking(), none, public_url="https://sms.example/")(scope, nothing, ignore))
    asyncio.run(CallbackApp(Looking(), none)(scope, nothing, ignore))
    environ = {
        "REQUEST_METHOD": "GET",
        "PATH_INFO": "/a b/\u72b6".encode().decode("latin-1"),
        "QUERY_STRING": "x=1%2B1",
        "wsgi.input": io.BytesIO(),
        "wsgi.url_scheme": "http",
        "HTTP_HOST": "inside:8000",
    }
    for public in ("https://sms.example", ""):
        app = CallbackWsgi(Looking(), lambda _: None, public_url=public)
        app(environ, lambda *_: None)
    path = "/a%20b/%E7%8A%B6?x=1%2B1"
    assert [one.url for one in seen] == [
        f"https://sms.example{path}",
        f"http://inside:8000{path}",
        f"https://sms.example{path}",
        f"http://inside:8000{path}",
    ]
    assert all(one.headers["host"] == "inside:8000" for one in seen)


def test_a_clock_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        receive(GUARDED, push(), datetime(2026, 9, 24, tzinfo=UTC).replace(tzinfo=None))
