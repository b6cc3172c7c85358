"""One-time codes: asked for, sent, sent again, checked, and spent once on the act they were asked for."""

from __future__ import annotations

from loansms.services.codes._async.alert import AsyncAlerting
from loansms.services.codes._async.check import AsyncChecking
from loansms.services.codes._async.issue import AsyncIssuing
from loansms.services.codes._async.totp import AsyncTotp


class AsyncOtpService(AsyncIssuing, AsyncChecking, AsyncTotp, AsyncAlerting):
    """Issues and checks codes over one store and one provider, by one profile (docs/tutorials/first-code.md).

    ``clock``: lifetimes run by the store's clock unless one is given here. ``voice``: the provider of calls,
    where `provider` has none. ``autofill``: the last line that a browser or an Android app reads (never on the
    mainland). ``template``: the lender's own template for codes by SMS. ``audit`` takes every event. With a
    ``queue``, texts are sent by whoever calls `deliver` on its jobs. ``answer_after``: the least time every answer
    takes. Raise ConfigurationError or StoreError for a combination no code may be sent with.
    """
