"""The peers of one-time codes, each doing the work nearest to ours: pyotp, django-otp, limits."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import Any

import pyotp
from limits import RateLimitItemPerHour
from limits.storage import storage_from_string
from limits.strategies import MovingWindowRateLimiter

FIVE = ("phone", "phone_action", "carrier", "ip", "device")
"""What a request for a code is counted under, here and there."""


class Stacked:
    """`limits` as a service would stack it: five moving windows, one after another (Redis or memory)."""

    def __init__(self, uri: str) -> None:
        self._limiter = MovingWindowRateLimiter(storage_from_string(uri))
        self._per_hour = RateLimitItemPerHour(100)

    def hit(self, asked: tuple[str, ...]) -> None:
        for name, key in zip(FIVE, asked, strict=True):
            if not self._limiter.hit(self._per_hour, name, key):
                raise AssertionError("the benchmark measures hits that are admitted")


class Authenticator:
    """pyotp: derivation and comparison alone, with nothing remembered, counted or used up."""

    def __init__(self) -> None:
        secret = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
        self._counted, self._timed = pyotp.HOTP(secret), pyotp.TOTP(secret)
        self._code = self._counted.at(7)

    def hotp(self, _: object) -> None:
        if not self._counted.verify(self._code, 7):
            raise AssertionError("a right code")

    def totp(self, _: object) -> None:
        self._timed.verify("0000000", valid_window=1)  # never right: looks at all three steps


class Devices:
    """django-otp over SQLite in memory: an e-mail device a borrower, the nearest it has to a code by SMS."""

    def __init__(self, count: int) -> None:
        settings: Any = importlib.import_module("django.conf").settings
        settings.configure(
            INSTALLED_APPS=[
                "django.contrib.contenttypes",
                "django.contrib.auth",
                "django_otp",
                "django_otp.plugins.otp_email",
            ],
            DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
            DEFAULT_AUTO_FIELD="django.db.models.AutoField",
            USE_TZ=True,
        )
        importlib.import_module("django").setup()
        importlib.import_module("django.core.management").call_command("migrate", verbosity=0)
        user: Any = importlib.import_module("django.contrib.auth.models").User
        device: Any = importlib.import_module("django_otp.plugins.otp_email.models").EmailDevice
        self._match: Callable[..., Any] = importlib.import_module("django_otp").verify_token
        self._users = [user.objects.create(username=f"B-{one}") for one in range(count)]
        self._devices = [device.objects.create(user=one, name="d") for one in self._users]

    def issue(self, place: int) -> None:
        self._devices[place].generate_token()

    def verify(self, place: int) -> None:
        device = self._devices[place]
        if self._match(self._users[place], device.persistent_id, device.token) is None:
            raise AssertionError("a right code")
