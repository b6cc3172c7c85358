"""Gateways declared in a TOML file: `DeclaredCodec.load("gateway.toml")`, or a shipped name such as "yunpian".

A file says where requests go, how they are signed (a closed set of recipes), what stands in them (a closed set of
placeholders) and where answers and reports say what. No file can hold code, and none holds a secret.
"""

from loansms.providers.declared.codec import DeclaredCodec
from loansms.providers.declared.files import shipped

__all__ = ["DeclaredCodec", "shipped"]
