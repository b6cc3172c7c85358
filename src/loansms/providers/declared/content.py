"""What a declaration holds: the parts of its TOML file as values, read strictly.

Keys are described on the page docs/reference/declared-providers.md, which a test holds against these classes.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any, TypeAlias

from attrs import field, frozen

from loansms.model import Channel, DeliveryStatus, OutcomeClass
from loansms.providers.declared.content_auth import Auth, NoAuth
from loansms.providers.declared.content_guard import Guard
from loansms.providers.declared.moments import TimeFormat
from loansms.providers.declared.paths import Path, Paths
from loansms.providers.declared.placeholders import Tree, Words
from loansms.providers.wire.kept_templates import KeptTemplates

Setting: TypeAlias = str | int | bool


class Method(StrEnum):
    """How a request is made."""

    GET = "GET"
    POST = "POST"
    PUT = "PUT"


class Body(StrEnum):
    """How `fields` are written."""

    JSON = "json"
    FORM = "form"
    BASE64_JSON = "base64_json"
    QUERY = "query"


class Charset(StrEnum):
    """The encodings of bodies and answers."""

    UTF_8 = "utf-8"
    GB18030 = "gb18030"


class AnswerFormat(StrEnum):
    """How an answer is written; `text` is split at `separator` into a list."""

    JSON = "json"
    FORM = "form"
    TEXT = "text"


class Each(StrEnum):
    """What the items of an answer are."""

    RECIPIENT = "recipient"
    SEGMENT = "segment"


class Kind(StrEnum):
    """What a report is."""

    RECEIPT = "receipt"
    REPLY = "reply"


class Shape(StrEnum):
    """Where a callback's fields stand; `form_json` is one form field that holds JSON."""

    JSON = "json"
    FORM = "form"
    QUERY = "query"
    FORM_JSON = "form_json"


class Mark(StrEnum):
    """How the facts of a declaration were found: read at the source, or only likely."""

    READ = "read"
    LIKELY = "likely"


@frozen(kw_only=True)
class Ask:
    """One request."""

    url: Words
    method: Method = Method.POST
    query: Mapping[str, Words] = field(factory=dict[str, Words])
    headers: Mapping[str, Words] = field(factory=dict[str, Words])
    body: Body = Body.JSON
    fields: Tree = field(factory=lambda: Tree({}))
    drop_empty: bool = False


@frozen(kw_only=True)
class Answer:
    """Where an answer says what: success, code, id, items."""

    format: AnswerFormat = AnswerFormat.JSON
    separator: str = ","
    success: Paths = field(factory=Paths)
    accepted: tuple[str, ...] = ()
    silence_is_success: bool = False
    code: Paths = field(factory=Paths)
    code_after: str = ""
    code_with: Paths = field(factory=Paths)
    items: Path | None = None
    each: Each = Each.RECIPIENT
    item_success: Paths = field(factory=Paths)
    item_accepted: tuple[str, ...] = ()
    item_code: Paths = field(factory=Paths)
    message_id: Paths = field(factory=Paths)
    segments: Paths = field(factory=Paths)
    phone: Paths = field(factory=Paths)


@frozen(kw_only=True)
class Report:
    """One kind of report and where its fields stand."""

    kind: Kind
    shape: Shape = Shape.JSON
    form_field: str = ""
    items: Path = field(factory=Path)
    has: Paths = field(factory=Paths)
    message_id: Paths = field(factory=Paths)
    step_key: Paths = field(factory=Paths)
    phone: Paths = field(factory=Paths)
    status: Paths = field(factory=Paths)
    words: Mapping[str, DeliveryStatus] = field(factory=dict[str, DeliveryStatus])
    otherwise: DeliveryStatus = DeliveryStatus.UNKNOWN
    code: Paths = field(factory=Paths)
    tables: tuple[str, ...] = ()
    segments: Paths = field(factory=Paths)
    text: Paths = field(factory=Paths)
    access_code: Paths = field(factory=Paths)
    id: Paths = field(factory=Paths)
    at: Paths = field(factory=Paths)
    at_format: str = "iso8601"
    zone: str = "UTC"

    @property
    def time(self) -> TimeFormat:
        """The format of `at`."""
        return TimeFormat.parse(self.at_format, self.zone)


@frozen(kw_only=True)
class Reply:
    """What a callback is answered."""

    status: int = 200
    body: str = ""
    content_type: str = "text/plain"


@frozen(kw_only=True)
class Send(Ask):
    """The request that submits one message."""

    answer: Answer


@frozen(kw_only=True)
class Batch(Ask):
    """The request that submits several: `fields` is what they share, `each` stands once for every message in `into`."""

    most: int
    into: str
    each: Tree
    joined: str = ""
    answer: Answer


@frozen(kw_only=True)
class Callbacks:
    """What the gateway pushes, how it is believed, and what it is answered."""

    guards: tuple[Guard, ...]
    reports: tuple[Report, ...]
    answer: Reply = field(factory=Reply)
    again: Reply = field(factory=lambda: Reply(status=503))


@frozen(kw_only=True)
class Pulls:
    """The requests that fetch reports, and how their answers are read."""

    asks: tuple[Ask, ...]
    answer: Answer
    reports: tuple[Report, ...]


@frozen(kw_only=True)
class Lookup(Ask):
    """The request that asks about one message."""

    answer: Answer
    report: Report


@frozen(kw_only=True)
class Balance(Ask):
    """The request that asks what is left: money in `currency`, or messages without one."""

    answer: Answer
    amount: Paths
    currency: str = ""


@frozen(kw_only=True)
class Declaration:
    """A whole file."""

    name: str
    channels: frozenset[Channel]
    source: str = ""
    mark: Mark = Mark.LIKELY
    region: str = "CN"
    charset: Charset = Charset.UTF_8
    private_line: bool = False
    table: str = ""
    codes: Mapping[OutcomeClass, tuple[str, ...]] = field(factory=dict[OutcomeClass, tuple[str, ...]])
    per_number: tuple[str, ...] = ()
    settings: Mapping[str, Any] = field(factory=dict[str, Any])
    secrets: Mapping[str, str] = field(factory=dict[str, str])
    templates: KeptTemplates = field(factory=KeptTemplates)
    auth: Auth = field(factory=NoAuth)
    send: Send
    batch: Batch | None = None
    callback: Callbacks | None = None
    pulls: Pulls | None = None
    lookup: Lookup | None = None
    balance: Balance | None = None
