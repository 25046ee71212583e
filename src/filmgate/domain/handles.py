"""The names that each protocol gives to one and the same task.

A task has one id of ours, ``task_`` and a ULID. Of it follows its number, and of the number follow
the ids that other protocols want in other shapes. Each of them leads back to the number, by which
the store finds the task, so nothing beyond the number has to be kept. Numbers are spread evenly
by a hash: none says anything of another, or of how many there are.
"""

from __future__ import annotations

import re
import uuid
from hashlib import sha256

NINE = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
NUMBERS = len(NINE) ** 9
"""As many as nine letters and digits can tell apart: 1.35e16. Two tasks of one customer share a
number about once in 1e16 pairs; the store then answers with the newer one."""
KLING_FIRST = 8 * 10**17
"""Added to a number it makes 18 digits, as Kling's ids have (``reference/kling.md`` 2.3)."""
_TAIL_BITS = 122
_NUMBER_BITS = 54

_DIGITS = re.compile(r"8[0-9]{17}", re.ASCII)
_NINE = re.compile(r"[0-9A-Za-z]{9}", re.ASCII)
_HEX = re.compile(r"[0-9a-f]{32}", re.ASCII)
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.ASCII)


def number_of(task_id: str) -> int:
    """In [0, NUMBERS). The store keeps it beside the task."""
    return int.from_bytes(sha256(f"filmgate handle {task_id}".encode()).digest()[:16]) % NUMBERS


def digits_of(task_id: str) -> str:
    """Kling: 18 digits."""
    return str(KLING_FIRST + number_of(task_id))


def number_in_digits(text: str) -> int | None:
    """None for anything that is no such id; the same for the others."""
    found = _DIGITS.fullmatch(text)
    number = int(text) - KLING_FIRST if found else NUMBERS
    return number if number < NUMBERS else None


def nine_of(task_id: str) -> str:
    """KIE's seed: nine letters and digits."""
    number, letters = number_of(task_id), ""
    for _ in range(9):
        number, digit = divmod(number, len(NINE))
        letters = NINE[digit] + letters
    return letters


def number_in_nine(text: str) -> int | None:
    if _NINE.fullmatch(text) is None:
        return None
    number = 0
    for letter in text:
        number = number * len(NINE) + NINE.index(letter)
    return number


def hex_of(task_id: str) -> str:
    """OpenAI: 32 hexadecimal digits, the first of which are the number."""
    return f"{number_of(task_id):014x}{_tail(task_id, 72):018x}"


def number_in_hex(text: str) -> int | None:
    if _HEX.fullmatch(text) is None:
        return None
    number = int(text[:14], 16)
    return number if number < NUMBERS else None


def uuid_of(task_id: str) -> str:
    """PiAPI: a UUID of version 4."""
    free = number_of(task_id) << (_TAIL_BITS - _NUMBER_BITS)
    free |= _tail(task_id, _TAIL_BITS - _NUMBER_BITS)
    high, middle, low = free >> 74, (free >> 62) & 0xFFF, free & (1 << 62) - 1
    return str(uuid.UUID(int=high << 80 | 4 << 76 | middle << 64 | 0b10 << 62 | low))


def number_in_uuid(text: str) -> int | None:
    if _UUID.fullmatch(text.lower()) is None:
        return None
    whole = uuid.UUID(text).int
    free = (whole >> 80) << 74 | ((whole >> 64) & 0xFFF) << 62 | whole & (1 << 62) - 1
    number = free >> (_TAIL_BITS - _NUMBER_BITS)
    return number if number < NUMBERS else None


def _tail(task_id: str, bits: int) -> int:
    """What fills an id up to its length."""
    return int.from_bytes(sha256(f"filmgate tail {task_id}".encode()).digest()) & (1 << bits) - 1
