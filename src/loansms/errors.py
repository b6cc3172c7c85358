"""The error tree: one root, split by whose fault it was.

An expected outcome (quiet hours, an opt-out, a wrong code) is a value, never one of these. Messages carry
ids, places and reasons; never a phone number, a name, a code, a message body or a provider's own text.

>>> issubclass(BadRow, CallerError), issubclass(CallerError, ValueError)
(True, True)
"""

from __future__ import annotations


class LoansmsError(Exception):
    """Root of every exception that loansms raises on purpose; `zh` says the same in Chinese."""

    def __init__(self, message: str, zh: str = "") -> None:
        super().__init__(message)
        self.zh = zh

    def told(self, lang: str = "en") -> str:
        """Return the message in `lang` (en or zh-CN), in English where there is no Chinese."""
        return (self.zh if lang.startswith("zh") else "") or str(self)


class CallerError(LoansmsError, ValueError):
    """The caller passed something unusable: the same call fails again until the argument is mended."""


class AccessDenied(CallerError):
    """Somebody asked for what only another role may do: who, and which role."""


class BadRow(CallerError):
    """One row or event is unusable: which column, and what was expected there.

    ``column`` names the place; ``reason`` (and ``reason_zh``) says what was expected, without the value.
    """

    def __init__(self, column: str, reason: str, reason_zh: str = "") -> None:
        super().__init__(f"{column}: {reason}", f"{column}：{reason_zh}" if reason_zh else "")
        self.column = column
        self.reason = reason
        self.reason_zh = reason_zh


class UnreadableBook(CallerError):
    """A loan book as a whole cannot be read: wrong header, wrong encoding, empty."""


class ConfigurationError(LoansmsError, ValueError):
    """Something the host configured cannot work: a file, a profile, a combination."""


class TemplateError(ConfigurationError):
    """A template cannot be loaded or rendered: which template, which slot, what was expected."""


class PolicyError(ConfigurationError):
    """A policy file is wrong: which file, which key, what was expected."""


class PackError(ConfigurationError):
    """A rule pack is wrong: which pack, which rule, what was expected."""


class MissingExtra(LoansmsError, ImportError):
    """An optional part is not installed; the message names the extra to install."""

    def __init__(self, extra: str, needed_for: str) -> None:
        command = f"pip install 'loansms[{extra}]'"
        super().__init__(
            f"{needed_for} needs the extra '{extra}': {command}", f"{needed_for} 需要扩展 {extra}：{command}"
        )
        self.extra = extra


class ProviderError(LoansmsError):
    """A provider adapter met something it cannot turn into an outcome."""


class UnsupportedByProvider(ProviderError):
    """The provider cannot do what was asked (a channel, a look-up); it never drops it silently."""


class StoreError(LoansmsError):
    """The store failed, or is too weak for the service that was given it."""


class CalendarStale(LoansmsError, LookupError):
    """The question needs a year's make-up workday plan that is not published in this data."""

    def __init__(self, country: str, year: int) -> None:
        super().__init__(
            f"{country} {year}: the plan of make-up workdays is not in the data",
            f"{country} {year} 年调休安排尚未公布",
        )
        self.country = country
        self.year = year
