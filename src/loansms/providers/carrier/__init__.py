"""Lines of carriers: byte protocols without sockets, and the session that carries any of them."""

from loansms.providers.carrier.line import CarrierLine
from loansms.providers.carrier.session import AsyncCarrierLine, LineState
from loansms.providers.carrier.settings import LineSettings, Listening

__all__ = ["AsyncCarrierLine", "CarrierLine", "LineSettings", "LineState", "Listening"]
