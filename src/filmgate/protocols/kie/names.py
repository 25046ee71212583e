"""KIE's ids of tasks: ``kling_`` and nine letters in the guide, ``task_kling_`` and digits now."""

from __future__ import annotations

from filmgate.domain.handles import digits_of, nine_of, number_in_digits, number_in_nine

_SEED_HEAD = "kling_"
_MARKET_HEAD = "task_kling_"


def seed_id(task_id: str) -> str:
    return _SEED_HEAD + nine_of(task_id)


def market_id(task_id: str) -> str:
    return _MARKET_HEAD + digits_of(task_id)


def number_in(text: str) -> int | None:
    """Either is read on every path; None for what is no id of KIE's."""
    if text.startswith(_MARKET_HEAD):
        return number_in_digits(text.removeprefix(_MARKET_HEAD))
    if text.startswith(_SEED_HEAD):
        return number_in_nine(text.removeprefix(_SEED_HEAD))
    return None
