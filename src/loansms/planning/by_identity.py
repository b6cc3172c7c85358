"""What was worked out of some objects, found again by which objects they are.

Templates and lenders hold maps, so they cannot be hashed, and comparing them costs more than most answers. The objects
are kept beside the answer: no id of theirs is used again while it is known.

>>> told = ByIdentity[str]()
>>> words = ["due"]
>>> told.keep("due today", words), told.get(words), told.get(["due"])
('due today', 'due today', None)
"""

from __future__ import annotations

from typing import Generic, TypeVar

from attrs import define, field

V = TypeVar("V")
_Known = dict[tuple[int, ...], tuple[V, tuple[object, ...]]]


@define(repr=False, eq=False)
class ByIdentity(Generic[V]):
    """Answers by the objects they are about; at `most` so many, then all are forgotten and worked out again."""

    most: int = 4096
    _known: _Known[V] = field(factory=dict, init=False)

    def get(self, *objects: object) -> V | None:
        """Return the answer about these very objects, if there is one."""
        found = self._known.get(tuple(map(id, objects)))
        return None if found is None else found[0]

    def keep(self, answer: V, *objects: object) -> V:
        """Keep and return an answer about these objects."""
        if len(self._known) >= self.most:
            self._known.clear()
        self._known[tuple(map(id, objects))] = (answer, objects)
        return answer
