"""The router, awaited and not: see `loansms.providers.routing.route` for what it chooses among."""

from loansms.providers._async.router import AsyncRouter
from loansms.providers._sync.router import (
    BRAKES_UNREAD,
    NO_ROUTE,
    PACED_OUT,
    QUEUE_FULL,
    UNCARRIED,
    RouteAlert,
    Router,
)
from loansms.providers.routing.choice import PassedOver, RouteChoice

__all__ = [
    "BRAKES_UNREAD",
    "NO_ROUTE",
    "PACED_OUT",
    "QUEUE_FULL",
    "UNCARRIED",
    "AsyncRouter",
    "PassedOver",
    "RouteAlert",
    "RouteChoice",
    "Router",
]
