"""A value that prints masked; the plain value needs an explicit call.

>>> body = Secret("Your code is 839201")
>>> body, f"{body}", str(body)
(Secret(***), '***', '***')
>>> body.reveal()
'Your code is 839201'
"""

from __future__ import annotations

from typing import Generic, Self, TypeVar, cast

T = TypeVar("T")


class Secret(Generic[T]):
    """Wrap a name, a message body or another value that must not reach a log, a repr or a traceback.

    Equality and hash follow the wrapped value, so secrets work as keys; pickling is refused, so one cannot
    slip into a queue payload. A copy is the secret itself, so values that hold one can be copied.
    """

    __slots__ = ("_value",)

    def __init__(self, value: T) -> None:
        self._value = value

    def reveal(self) -> T:
        """Return the plain value."""
        return self._value

    def __repr__(self) -> str:
        return "Secret(***)"

    def __str__(self) -> str:
        return "***"

    def __format__(self, spec: str) -> str:
        return "***"

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Secret):
            return NotImplemented
        return bool(self._value == cast("Secret[object]", other)._value)

    def __hash__(self) -> int:
        return hash(("Secret", self._value))

    def __copy__(self) -> Self:
        return self

    def __deepcopy__(self, _memo: object) -> Self:
        return self

    def __reduce__(self) -> tuple[object, ...]:
        raise TypeError("a Secret is not pickled: reveal() it where it is needed")
