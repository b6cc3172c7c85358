"""A router has what its providers have: receipts, replies, look-ups; and loses none of them."""

from __future__ import annotations

from datetime import datetime
from typing import Any, cast

import pytest
from attrs import evolve
from tests.providers.routing.test_router import Road, router

from loansms.errors import ProviderError
from loansms.model import Accepted
from loansms.providers import SandboxProvider, SupportsInbound, SupportsReceipts
from loansms.providers.base import SupportsLookup
from loansms.providers.router import Router
from loansms.testing.examples import AT


class Asked(Road):
    """A road that can be asked for its receipts, its replies and what became of a message."""

    def __init__(self, name: str, *told: object) -> None:
        super().__init__(name)
        self.told = list(told)

    def receipts(self, now: datetime) -> list[Any]:
        return self._next()

    def inbound(self, now: datetime) -> list[Any]:
        return self._next()

    def look_up(self, enquiry: object, deadline: datetime) -> object:
        return Accepted(self.name)

    def _next(self) -> list[Any]:
        one = self.told.pop(0) if self.told else []
        if isinstance(one, Exception):
            raise one
        return cast("list[Any]", one)


def test_a_router_can_do_what_one_of_its_providers_can_and_no_more() -> None:
    """What it cannot do it has not: a host that asks for receipts is not told that there are none."""
    kinds = (SupportsReceipts, SupportsInbound, SupportsLookup)
    assert [isinstance(router(Road("a")), kind) for kind in kinds] == [False] * 3
    able = router(Road("a"), Asked("b"))
    assert [isinstance(able, kind) for kind in kinds] == [True] * 3
    sandbox: Any = SandboxProvider()
    only = router(sandbox)
    assert [isinstance(only, kind) for kind in kinds] == [True, True, False]
    assert repr(able).startswith("Router(")
    assert isinstance(able, Router)
    assert type(evolve(able, name="second")) is type(able)


def test_the_fault_of_one_provider_loses_no_report_of_another() -> None:
    """A gateway tells each report once."""
    heard: list[Any] = []
    fault = ProviderError("no answer", "无应答")
    made: Any = router(Asked("a", ["r-1"], ["r-2"]), Asked("b", fault, ["r-3"]), alert=heard.append)
    assert made.receipts(AT) == ["r-1"]
    assert [(one.provider, one.why) for one in heard] == [("b", "receipts")]
    assert made.inbound(AT) == ["r-2", "r-3"]
    alone: Any = router(Road("c"), Asked("d", fault, fault))
    for ask in (alone.receipts, alone.inbound):
        with pytest.raises(ProviderError):
            ask(AT)
