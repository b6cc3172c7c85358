"""A request written the one way that both sides hash: query, headers, lines.

The schemes share this form and differ in small things, which are arguments here: what a field is sorted by, and whether a
header's inner spaces count.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeAlias
from urllib.parse import quote

from attrs import field, frozen

from loansms.errors import CallerError
from loansms.providers.signing.digests import hex_sha256

# A field that is repeated has a list of its values.
Fields: TypeAlias = Mapping[str, str | Sequence[str]]
"""Query or form fields: a name has one value, or several in order."""


@frozen
class CanonicalHeaders:
    """Signed headers, ready to be hashed: their lines, and their names joined with ";"."""

    lines: str = field(repr=False)
    names: str


def values_of(value: str | Sequence[str]) -> Sequence[str]:
    """Return every value of a field, one or many.

    >>> values_of("delivered"), values_of(["1", "2"])
    (('delivered',), ['1', '2'])
    """
    return (value,) if isinstance(value, str) else value


def percent(text: str, safe: str = "") -> str:
    """Return `text` percent-encoded by RFC 3986: only letters, digits and ``-_.~`` stay, and what `safe` adds.

    >>> percent("a b*+~")
    'a%20b%2A%2B~'
    """
    return quote(text, safe=f"~{safe}", errors="surrogatepass")


def canonical_query(fields: Fields, *, by_encoded: bool = False) -> str:
    """Return the sorted, encoded query. Sorted by names as they are or, with `by_encoded`, as they are written.

    >>> canonical_query({"b": ["2", "1"], "a:": "", "a0": "x y"})
    'a0=x%20y&a%3A=&b=1&b=2'
    >>> canonical_query({"a:": "", "a0": ""}, by_encoded=True)
    'a%3A=&a0='
    """
    pairs = [(name, value) for name, values in fields.items() for value in values_of(values)]
    if by_encoded:
        encoded = sorted((percent(name), percent(value)) for name, value in pairs)
    else:
        encoded = [(percent(name), percent(value)) for name, value in sorted(pairs)]
    return "&".join(f"{name}={value}" for name, value in encoded)


def lowered(headers: Mapping[str, str], *, inner_spaces: bool = True) -> dict[str, str]:
    """Return `headers` by lower-case name, trimmed; two spellings of one name have their values sorted and joined.

    Without `inner_spaces` a run of them counts as one.

    Raises:
        CallerError: a line break in a name or a value, which would let a value pose as another header.
    """
    gathered: dict[str, list[str]] = {}
    for name, value in headers.items():
        if not one_line(name, value):
            raise CallerError(
                f"a header to be signed ({percent(name)[:40]}): expected one line; take the line break out",
                f"待签名的请求头（{percent(name)[:40]}）：须为单行，请去掉换行",
            )
        gathered.setdefault(name.lower(), []).append(
            value.strip() if inner_spaces else " ".join(value.split())
        )
    return {name: ",".join(sorted(values)) for name, values in gathered.items()}


def one_line(*texts: str) -> bool:
    """Return whether none of `texts` holds a line break."""
    return not any(mark in text for text in texts for mark in "\r\n")


def canonical_headers(lower: Mapping[str, str], names: Sequence[str] | None = None) -> CanonicalHeaders:
    """Return the headers of `names` (all of them by default) as they are hashed, sorted by name.

    Raises:
        CallerError: a name that `lower` does not hold.

    >>> canonical_headers({"x-date": "20240102T030405Z", "host": "sms.example"})
    CanonicalHeaders(names='host;x-date')
    """
    chosen = sorted(lower if names is None else {name.lower() for name in names})
    return CanonicalHeaders(
        "".join(f"{name}:{header(lower, name)}\n" for name in chosen),
        ";".join(chosen),
    )


def header(lower: Mapping[str, str], name: str) -> str:
    """Return one header that a scheme cannot do without.

    Raises:
        CallerError: it is not there.
    """
    if name not in lower:
        raise CallerError(
            f"the headers to be signed lack {name}: set it, then sign",
            f"待签名的请求头缺少 {name}：请先设置再签名",
        )
    return lower[name]


def hashed_request(method: str, path: str, query: str, headers: CanonicalHeaders, body_hash: str) -> str:
    """Return the hash of the canonical request, in lower-case hex.

    The header lines end in a line break of their own, so an empty line follows them.
    """
    return hex_sha256("\n".join((method.upper(), path, query, headers.lines, headers.names, body_hash)))
