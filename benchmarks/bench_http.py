"""What a codec costs a message: building its request and reading its answer, beside httpx building a request of its own.

httpx is what an adapter stands on either way, so the ratio says what loansms adds to it. The last rows carry whole messages
to a fake gateway on loopback, beside httpx's own client with the same settings: what the exactness about "was it sent" costs.
Printed beside the ratios: the median in microseconds on this machine.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from datetime import timedelta
from statistics import median

import httpx

from loansms.clock import FrozenClock
from loansms.model import PhoneNumber
from loansms.privacy import Secret
from loansms.providers.codec import HttpResponse
from loansms.providers.http import HttpSettings, http_provider
from loansms.providers.twilio import TwilioCodec
from loansms.testing.examples import AT, message
from loansms.testing.fake_twilio import FakeTwilio

ROUNDS = 3000
SENT = 300
ANSWER = HttpResponse(
    201, {}, json.dumps({"sid": f"SM{7:032x}", "status": "queued", "num_segments": "1"}).encode()
)


def timed(work: Callable[[], object], rounds: int = ROUNDS) -> float:
    """Return the median of one call, in seconds."""
    taken: list[float] = []
    for _ in range(rounds):
        began = time.perf_counter()
        work()
        taken.append(time.perf_counter() - began)
    return median(taken)


def codec(url: str = "https://api.twilio.com") -> TwilioCodec:
    return TwilioCodec(
        account_sid=FakeTwilio.account_sid,
        auth_token=Secret(FakeTwilio.token),
        sender="+12025550100",
        status_callback="https://sms.example/twilio",
        url=url,
    )


def run() -> list[tuple[str, float, str]]:
    """Return the codec's time, and that of a whole submit, as ratios."""
    twilio = codec()
    one = message(to=PhoneNumber.parse("+12025550147"))
    made = twilio.build_request(one, now=AT, nonce="n")

    def floor() -> httpx.Request:
        return httpx.Request(made.method, made.url, headers=dict(made.headers), content=made.body)

    def both() -> object:
        twilio.build_request(one, now=AT, nonce="n")
        return twilio.parse_response(one, ANSWER)

    base = timed(floor)
    built = timed(lambda: twilio.build_request(one, now=AT, nonce="n"))
    read = timed(lambda: twilio.parse_response(one, ANSWER))
    told = "httpx.Request of the same bytes"
    rows = [
        (f"twilio, build: median {built * 1e6:.0f} us", built / base, told),
        (f"twilio, read: median {read * 1e6:.0f} us", read / base, told),
        (f"twilio, both: median {timed(both) * 1e6:.0f} us", timed(both) / base, told),
    ]
    return rows + [_submitted(reuse) for reuse in (False, True)]


def _submitted(reuse: bool) -> tuple[str, float, str]:
    settings = HttpSettings(private_line=True, reuse=reuse)
    limits = httpx.Limits(max_keepalive_connections=None if reuse else 0)
    with FakeTwilio() as gateway:
        one = message(to=PhoneNumber.parse("+12025550147"))
        twilio = codec(gateway.url)
        made = twilio.build_request(one, now=AT, nonce="n")
        deadline = AT + timedelta(seconds=30)
        with (
            httpx.Client(limits=limits, trust_env=False) as client,
            http_provider(twilio, settings, clock=FrozenClock(AT)) as provider,
        ):
            # Turn by turn: both meet the same moments of a shared machine.
            floors: list[float] = []
            ours: list[float] = []
            for _ in range(SENT):
                floors.append(
                    timed(
                        lambda: client.request(
                            made.method, made.url, headers=dict(made.headers), content=made.body
                        ),
                        1,
                    )
                )
                ours.append(timed(lambda: provider.submit(one, deadline), 1))
    floor, taken = median(floors), median(ours)
    kept = "kept connections" if reuse else "a connection each"
    return f"submit, {kept}: median {taken * 1e6:.0f} us", taken / floor, "httpx.Client over the same socket"


if __name__ == "__main__":
    for name, ratio, floor_name in run():
        print(f"{name:50} {ratio:8.2f} x  {floor_name}")
