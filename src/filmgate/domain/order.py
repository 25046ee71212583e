"""What is handed to a provider, and what comes back from an engine."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, fields, is_dataclass, replace
from typing import cast

from filmgate.domain.request import Asset, Mode, Ratio, Request
from filmgate.domain.task import Output, Task


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """A request with everything settled: the model, the provider, the exact output."""

    task_id: str
    request: Request
    model: str
    provider: str
    output: Output


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far a job is. ``percent`` is real work done, never an invented number."""

    stage: str
    """One word: ``reading``, ``painting``, ``rendering``, ``finishing``."""
    percent: float
    frames_per_second: float | None = None
    eta_s: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendered:
    """What an engine tells about a film it has written."""

    frames: int
    understood: dict[str, str] = field(default_factory=dict[str, str])
    """What was read out of the prompt, in words for the customer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """A task as somebody who watches it sees it; progress is known while a job runs."""

    task: Task
    progress: Progress | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """What a provider would take for a request, or why it can't do it."""

    provider: str
    model: str
    price_usd_micros: int | None = None
    credits: int | None = None
    """What the customer's plan takes; None where no customer asked."""
    output: Output | None = None
    """What exactly would be made."""
    notes: tuple[str, ...] = ()
    why_not: str | None = None
    remedy: str | None = None


def order_of(task: Task) -> Order:
    return Order(
        task_id=task.id,
        request=task.request,
        model=task.model,
        provider=task.provider,
        output=task.output,
    )


def with_assets(request: Request, become: Callable[[Asset], Asset]) -> Request:
    """The same request with every input replaced, however deep it lies."""
    return cast("Request", _replaced(request, become))


def _replaced(part: object, become: Callable[[Asset], Asset]) -> object:
    if isinstance(part, Asset):
        return become(part)
    if isinstance(part, tuple):
        items = cast("tuple[object, ...]", part)
        return tuple(_replaced(item, become) for item in items)
    if not is_dataclass(part) or isinstance(part, type):
        return part
    found = {each.name: getattr(part, each.name) for each in fields(part)}
    anew = {name: _replaced(value, become) for name, value in found.items()}
    changed = {name: value for name, value in anew.items() if value is not found[name]}
    return replace(part, **changed) if changed else part


def is_unfetched(request: Request) -> bool:
    """Whether something that it was given has still to be fetched."""
    return any(asset.fetch is not None for asset in assets_of(request))


def assets_of(part: object) -> Iterator[Asset]:
    """Every input that a request refers to, however deep it lies."""
    if isinstance(part, Asset):
        yield part
    elif isinstance(part, tuple):
        for item in part:
            yield from assets_of(item)
    elif names := _fields_of(type(part)):
        for name in names:
            value = getattr(part, name)
            if value is not None and type(value) not in _PLAIN:
                yield from assets_of(value)


_PLAIN = frozenset({str, int, float, bool, Mode, Ratio})
"""What most fields hold, and no asset lies in."""


_FIELDS: dict[type, tuple[str, ...]] = {}


def _fields_of(kind: type) -> tuple[str, ...]:
    known = _FIELDS.get(kind)
    if known is None:
        known = tuple(each.name for each in fields(kind)) if is_dataclass(kind) else ()
        _FIELDS[kind] = known
    return known
