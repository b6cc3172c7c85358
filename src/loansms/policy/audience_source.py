"""The text of an audience to Python's own syntax tree, and every place in it that a message names.

The language is a part of Python's expressions, so Python's parser reads it. What that parser would take silently
and a lender would not mean is refused here: comments, backslashes, two texts with no comma between them.

>>> Source("days_past_due > 3", "audience").expression()  # doctest: +ELLIPSIS
<ast.Compare object at ...>
>>> Source("days_past_due ＞ 3", "audience").expression()
Traceback (most recent call last):
loansms.errors.PolicyError: audience: character 15: not a sign of the language; write > instead
"""

from __future__ import annotations

import ast
import tokenize
import unicodedata
from contextlib import suppress
from itertools import pairwise

from attrs import frozen

from loansms.errors import PolicyError

MOST_CHARACTERS = 1_000
DEEPEST = 50

# What Chinese keyboards and word processors write for quotes and commas.
_QUOTES = {"“": '"', "”": '"', "‘": "'", "’": "'", "、": ","}
_BREAKS = str.maketrans(dict.fromkeys("\r\n\t\f", " "))


@frozen
class Source:
    """The text of an audience and `where` it stands (a file and a key), for messages."""

    text: str
    where: str

    def expression(self) -> ast.expr:
        """Return the syntax tree; raise PolicyError for what is not one expression of decent size."""
        if len(self.text) > MOST_CHARACTERS:
            raise self.fault(
                MOST_CHARACTERS,
                f"the text is too long; expected at most {MOST_CHARACTERS} characters: declare a column in the book",
                f"文本过长，最多 {MOST_CHARACTERS} 个字符，可在账册中增加一列",
            )
        if "\\" in self.text:
            raise self.fault(
                self.text.index("\\"), "a backslash is not read here; leave it out", "不能使用反斜杠，请删除"
            )
        self._refuse_marks()
        try:
            body = ast.parse(self._line, mode="eval").body
        except SyntaxError as error:
            # No offset where the text ends too early.
            raise self._unreadable((error.offset or len(self._line)) - 1) from None
        except (ValueError, RecursionError, MemoryError):
            # A null, half of a surrogate pair, or more levels than the parser of this Python has room for.
            raise self._unreadable(0) from None
        self._refuse_depth(body)
        return body

    def fault(self, at: int, en: str, zh: str) -> PolicyError:
        """Return the error that names the character at `at` (from 0)."""
        return PolicyError(
            f"{self.where}: character {at + 1}: {en}", f"{self.where}：第 {at + 1} 个字符：{zh}"
        )

    def fault_at(self, node: ast.expr, en: str, zh: str) -> PolicyError:
        """Return the error that names where `node` begins."""
        # Python counts the bytes of UTF-8.
        before = self._line.encode()[: node.col_offset].decode()
        return self.fault(self._lead + len(before), en, zh)

    @property
    def _lead(self) -> int:
        return len(self.text) - len(self.text.translate(_BREAKS).lstrip(" "))

    @property
    def _line(self) -> str:
        """The text as one line, so that a condition may be broken over several."""
        return self.text.translate(_BREAKS).strip(" ")

    def _unreadable(self, offset: int) -> PolicyError:
        at = min(self._lead + max(offset, 0), max(len(self.text) - 1, 0))
        if not self._line:
            return self.fault(
                0,
                "no condition; expected one such as days_past_due > 3",
                "条件为空，应类似 days_past_due > 3",
            )
        sign = self.text[at]
        plain = _QUOTES.get(sign) or unicodedata.normalize("NFKC", sign)
        if plain != sign and plain.isascii() and not plain.isspace():
            return self.fault(
                at, f"not a sign of the language; write {plain} instead", f"符号有误，请改用半角 {plain}"
            )
        return self.fault(
            at,
            'cannot be read from here; expected a condition such as days_past_due > 3 and product == "consumer",'
            " with == for equal and half-width signs",
            '此处无法解析，应类似 days_past_due > 3 and product == "consumer"，相等写作 ==，并使用半角符号',
        )

    def _refuse_marks(self) -> None:
        tokens = self._tokens()
        for token in tokens:
            at = self._lead + token.start[1]
            if token.type == tokenize.COMMENT:
                raise self.fault(
                    at, "a comment would hide what follows; leave it out", "注释会使其后的内容失效，请删除"
                )
            if token.type == tokenize.STRING and not self.text.isprintable():
                whole = self.text[at : at + len(token.string)]
                if whole != token.string:
                    raise self.fault(
                        at,
                        "the text runs over a line; close its quotes on it",
                        "文本不能跨行，请在本行内闭合引号",
                    )
        for one, other in pairwise(tokens):
            at = self._lead + other.start[1]
            if one.type == other.type == tokenize.STRING:
                raise self.fault(
                    at, "two texts side by side; expected a comma between them", "两个文本之间缺少逗号"
                )
            if one.type == tokenize.NUMBER and one.end == other.start and other.string[:1].isalnum():
                raise self.fault(
                    at,
                    "a number runs into what follows; expected a sign or a space",
                    "数字之后应为运算符或空格",
                )

    def _tokens(self) -> list[tokenize.TokenInfo]:
        """The words of the text up to the first that is none, which the parser names."""
        found: list[tokenize.TokenInfo] = []
        with suppress(tokenize.TokenError, SyntaxError, ValueError):
            found.extend(tokenize.generate_tokens(iter(self._line.splitlines(keepends=True)).__next__))
        return found

    def _refuse_depth(self, body: ast.expr) -> None:
        level: list[ast.AST] = [body]
        for _ in range(DEEPEST):
            level = [child for node in level for child in ast.iter_child_nodes(node)]
        deep = next((node for node in level if isinstance(node, ast.expr)), None)
        if deep is not None:
            raise self.fault_at(
                deep,
                f"nested too deep; expected at most {DEEPEST} levels: split the condition",
                f"嵌套过深，最多 {DEEPEST} 层，请拆分条件",
            )
