"""Twilio: messages, spoken codes, look-ups, and callbacks that are signed."""

from loansms.providers.twilio.codec import TwilioCodec

__all__ = ["TwilioCodec"]
