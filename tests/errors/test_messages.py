"""Every message the library can raise, read as one set: docs/explanation/error-messages.md says the form."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from attrs import frozen

import loansms
from loansms import errors
from loansms.files import structure

SOURCE = Path(loansms.__file__).parent
# The tree of errors, and those that stand beside what they tell of; these write both languages themselves.
TREE = {
    name
    for name, kind in vars(errors).items()
    if isinstance(kind, type) and issubclass(kind, errors.LoansmsError)
}
OWN_TWIN = {"MissingExtra", "CalendarStale", "CannotOpen"}
# Never leave their room: a store decides by them.
INTERNAL = {"TwinId", "NotPlain"}
# What only says that something is wrong helps nobody.
EMPTY = re.compile(r"\b(invalid|illegal|incorrect|malformed|oops|went wrong|failed)\b", re.IGNORECASE)
# What was expected, or what to do: one of the two is in every message.
DO = [
    "add", "ask", "bind", "call", "check", "choose", "convert", "create", "declare", "did", "format",
    "give", "have", "issue", "keep", "leave", "look", "lower", "make", "map", "mend", "name", "open",
    "pass", "pull", "put", "remove", "rename", "route", "run", "save", "say", "seal", "see", "send",
    "set", "take", "try", "upgrade", "use", "verify", "write",
]  # fmt: skip
DIRECTION = re.compile(
    rf"\b(expected|must|needs?|only|at most|too many|it takes|pip install)\b|[;:,.] (another|nothing|{'|'.join(DO)})\b",
    re.IGNORECASE,
)
# A place, and what is about it; what a reader of files raises has its place put before it there.
PLACE = re.compile(r"[^;]{1,60}: |\{\}|(a|the) |expected ")
# Values of a person or of a book, by the names they have here.
PERSONAL = {
    "phone",
    "e164",
    "body",
    "text",
    "cell",
    "cells",
    "content",
    "recipient_name",
    "borrower_name",
    "reveal",
}
TOLD = re.compile(
    r"(told|said|zh|en|english|chinese|expected|wrong|fault|message|reason|hint|do|at|misfit|where|place|state|options|kind|when|names|got)\w*$"
)


@frozen
class Raised:
    """One call of an error: where it stands, and its arguments."""

    place: str
    kind: str
    args: tuple[ast.expr, ...]

    @property
    def english(self) -> str:
        return literal(self.args[0])

    @property
    def chinese(self) -> str:
        return literal(self.args[1])


@frozen
class Reference:
    """What a file of the host may hold."""

    name: str


def literal(node: ast.expr) -> str:
    """Return the words of an expression, what is filled in as {}."""
    if isinstance(node, ast.Constant):
        return str(node.value)
    if isinstance(node, ast.JoinedStr):
        return "".join(str(part.value) if isinstance(part, ast.Constant) else "{}" for part in node.values)
    if isinstance(node, ast.BinOp):
        return literal(node.left) + literal(node.right)
    if isinstance(node, ast.IfExp):
        return literal(node.body)
    return "{}"


def raised() -> Iterator[Raised]:
    """Yield every error of the tree that the source makes; the generated face says what its model says."""
    for path in sorted(SOURCE.rglob("*.py")):
        if "_sync" in path.parts or path.name == "errors.py":
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Name)
                and node.func.id in TREE | OWN_TWIN
            ):
                yield Raised(f"{path.relative_to(SOURCE)}:{node.lineno}", node.func.id, tuple(node.args))


def filled(node: ast.expr) -> set[str]:
    """Return the variables that an f-string fills in; constants and functions are none."""
    inner = [part.value for part in ast.walk(node) if isinstance(part, ast.FormattedValue)]
    called = {id(call.func) for one in inner for call in ast.walk(one) if isinstance(call, ast.Call)}
    names = [
        name
        for one in inner
        for name in ast.walk(one)
        if isinstance(name, ast.Name) and id(name) not in called
    ]
    return {name.id for name in names if not name.id.isupper()}


ALL = [one for one in raised() if not any(isinstance(arg, ast.Starred) for arg in one.args)]
# A message that is put together from others is held where those are written.
WORDED = [
    one
    for one in ALL
    if one.kind not in OWN_TWIN | {"BadRow"}
    and len(one.args) > 1
    and len(re.findall(r"[A-Za-z]{2,}", one.english)) > 1
]


def test_there_are_hundreds_and_each_has_its_chinese_twin() -> None:
    assert len(ALL) > 450
    lacking = [
        one.place
        for one in ALL
        if one.kind not in OWN_TWIN and len(one.args) < (3 if one.kind == "BadRow" else 2)
    ]
    assert not lacking
    english = [
        one.place for one in WORDED if "{}" not in one.chinese and not re.search(r"[一-鿿]", one.chinese)
    ]
    assert not english


def test_each_names_its_place_first() -> None:
    nowhere = [f"{one.place} {one.english}" for one in WORDED if not PLACE.match(one.english)]
    assert not nowhere


def test_each_says_what_was_expected_or_what_to_do() -> None:
    silent = [
        f"{one.place} {one.english}"
        for one in WORDED
        if not DIRECTION.search(one.english) and not re.search(r"[:;] \{\}$|\w\{\}$|^\w+ \{\}$", one.english)
    ]
    assert not silent


def test_none_is_content_with_calling_it_wrong() -> None:
    assert not [f"{one.place} {one.english}" for one in WORDED if EMPTY.search(one.english)]
    assert not [
        f"{one.place} {one.chinese}"
        for one in WORDED
        if re.fullmatch(r"[^：]*：?(无效|错误|非法|失败)。?", one.chinese)
    ]


def test_none_shows_a_value_of_a_person_or_of_a_book() -> None:
    shown = [
        f"{one.place}: {sorted(filled(arg) & PERSONAL)}"
        for one in ALL
        for arg in one.args
        if filled(arg) & PERSONAL
    ]
    revealed = [one.place for one in ALL if "reveal" in "".join(ast.unparse(arg) for arg in one.args)]
    quoted = [
        one.place for one in ALL for arg in one.args for part in ast.walk(arg)
        if isinstance(part, ast.FormattedValue) and part.conversion == ord("r") and not ast.unparse(part.value).isupper()
    ]  # fmt: skip
    assert not shown + revealed + quoted


def test_the_chinese_twin_fills_in_what_the_english_does() -> None:
    poorer = {
        one.place: sorted(missing)
        for one in WORDED
        if (missing := {name for name in filled(one.args[0]) - filled(one.args[1]) if not TOLD.match(name)})
    }
    assert not poorer


def test_the_chinese_twin_is_written_as_chinese_is() -> None:
    english_marks = re.compile(r"[一-鿿][:;,] |[一-鿿]: ?[一-鿿]")
    addresses = re.compile(r"[a-z]+://\S+")
    assert not [one.place for one in WORDED if english_marks.search(addresses.sub("", one.chinese))]


def test_what_a_caller_passes_wrongly_is_told_in_both_languages() -> None:
    """Plain ValueErrors are left for what adapters read from outside, and never reach a caller as they
    are."""
    rooms = ("calendars", "compliance/checks", "insights", "model", "otp", "policy", "templates", "text")
    paths = [path for room in rooms for path in sorted((SOURCE / room).rglob("*.py"))]
    raises = [
        (path, node)
        for path in paths
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Raise)
    ]
    plain = [
        f"{path.relative_to(SOURCE)}:{node.lineno}"
        for path, node in raises
        if isinstance(node.exc, ast.Call) and ast.unparse(node.exc.func) == "ValueError"
    ]
    assert not plain


@pytest.mark.parametrize("lang", ["en", "zh-CN"])
def test_a_wrong_file_is_told_of_in_one_language(lang: str) -> None:
    with pytest.raises(errors.ConfigurationError) as told:
        structure({"name": 7, "shoe_size": "9"}, Reference, "some.toml")
    said = told.value.told(lang)
    assert (
        said
        == {
            "en": "some.toml: expected text in quotes at .name; unknown keys shoe_size",
            "zh-CN": "some.toml：name：应为带引号的文本；不应有 shoe_size",
        }[lang]
    )
