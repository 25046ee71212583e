"""Reading JSON that somebody else wrote: whatever is missing, or of another type, is simply absent.

A service that adds a word or leaves one out must not make a paid job look failed, so that nothing
here raises.
"""

from __future__ import annotations

import json
from decimal import Decimal, InvalidOperation


class Loose:
    """A value somewhere in a document, perhaps not there at all."""

    __slots__ = ("_value",)

    def __init__(self, value: object = None) -> None:
        self._value = value

    @classmethod
    def read(cls, body: bytes | str) -> Loose:
        """The whole document; absent where it is no JSON."""
        try:
            return cls(json.loads(body))
        except (ValueError, RecursionError):
            return cls()

    def at(self, *steps: str | int) -> Loose:
        """The value under these keys and indices."""
        value = self._value
        for step in steps:
            if isinstance(step, str) and isinstance(value, dict):
                value = value.get(step)
            elif isinstance(step, int) and isinstance(value, list) and step < len(value):
                value = value[step]
            else:
                return Loose()
        return Loose(value)

    def first(self, *names: str) -> Loose:
        """The first of these keys that has something in it: services have several words for one
        thing."""
        found = (self.at(name) for name in names)
        return next((each for each in found if each.is_given), Loose())

    @property
    def is_given(self) -> bool:
        """False for what is missing, null and empty text."""
        return self._value is not None and self._value != ""

    @property
    def is_object(self) -> bool:
        return isinstance(self._value, dict)

    def text(self) -> str:
        """Text, or a whole number as text; empty for everything else."""
        if isinstance(self._value, str):
            return self._value
        if isinstance(self._value, int) and not isinstance(self._value, bool):
            return str(self._value)
        return ""

    def word(self) -> str:
        """Text as services compare words: trimmed, in lower case."""
        return self.text().strip().lower()

    def whole(self) -> int | None:
        """A whole number, also one written as text."""
        if isinstance(self._value, bool):
            return None
        if isinstance(self._value, int):
            return self._value
        text = self.text().strip()
        is_number = text.removeprefix("-").isdecimal() and text.isascii() and len(text) < 20
        return int(text) if is_number else None

    def number(self) -> Decimal | None:
        """Any finite number, also one written as text."""
        if isinstance(self._value, bool) or not isinstance(self._value, (int, float, str)):
            return None
        try:
            found = Decimal(str(self._value).strip())
        except InvalidOperation:
            return None
        return found if found.is_finite() and abs(found) < Decimal(10) ** 15 else None

    def items(self) -> list[Loose]:
        return [Loose(each) for each in self._value] if isinstance(self._value, list) else []
