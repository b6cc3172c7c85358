"""Requests nobody thought of, the same ones in every run: reserved characters, Chinese, emoji, empty values."""

from __future__ import annotations

from random import Random

from attrs import field, frozen

COUNT = 1000
_RESERVED = " !\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"
_LETTERS = "abcXYZ019"
_WIDE = "示例银行码，【】éß£€😀\u200b"


@frozen
class Stranger:
    """One request, in the parts that any of the schemes signs."""

    query: dict[str, str]
    # By word in Title-Case, so that each scheme can set its own prefix before it.
    extras: dict[str, str]
    body: bytes
    secret_id: str
    secret: str = field(repr=False)
    moment: int
    host: str
    method: str


def text(random: Random, alphabet: str, most: int, least: int = 0) -> str:
    return "".join(random.choices(alphabet, k=random.randint(least, most)))


def strangers() -> list[Stranger]:
    random = Random(20240102)
    return [stranger(random) for _ in range(COUNT)]


def stranger(random: Random) -> Stranger:
    names = [text(random, _LETTERS + _RESERVED, 8, 1) for _ in range(random.randint(0, 6))]
    return Stranger(
        query={name: text(random, _LETTERS + _RESERVED + _WIDE, 24) for name in names},
        extras={
            text(random, "abcxyz", 9, 1).title(): text(random, _LETTERS + _RESERVED, 24).strip()
            for _ in range(random.randint(0, 4))
        },
        body=text(random, _LETTERS + _RESERVED + _WIDE + "\r\n\t", 200).encode()
        if random.random() < 0.9
        else b"",
        secret_id=text(random, _LETTERS, 24, 1),
        secret=text(random, _LETTERS + "/+*~", 40, 1),
        moment=random.randrange(1_000_000_000, 4_000_000_000),
        host=f"{text(random, 'abcxyz', 12, 1)}.example{random.choice(['', ':443', ':80', ':8443'])}",
        method=random.choice(["GET", "POST", "PUT", "DELETE"]),
    )
