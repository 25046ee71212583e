"""The SDK for programs with a loop of their own.

async with AsyncFilmgate() as filmgate:
    film = await filmgate.generate("a lake at dawn", duration_s=5)
    await film.download("lake.mp4")
"""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, fields
from decimal import Decimal
from pathlib import Path
from types import TracebackType
from typing import Self, Unpack

from filmgate.domain.errors import Conflict, FixRequest, RenderFailed
from filmgate.domain.order import Offer, Sighting
from filmgate.domain.request import (
    Asset,
    ImageToVideo,
    Mode,
    Ratio,
    Request,
    TextToVideo,
)
from filmgate.domain.task import Result, State, Task
from filmgate.sdk.face import Filmgate as Face
from filmgate.sdk.wishes import Wishes

MICROS = 1_000_000
Watch = Callable[[Sighting], None]
"""Told of every change: the state, and while it is made, how far it is."""


class AsyncFilmgate:
    """Films made in this process, or at a server of Filmgate's."""

    def __init__(
        self,
        *,
        server: str | None = None,
        key: str | None = None,
        home: str | Path | None = None,
    ) -> None:
        """``server`` and its ``key``: where films are made; without one it is done here, with the
        settings of the working folder, and ``home`` is where tasks and films are kept.

        Raises FixRequest and SetUp.
        """
        if server is not None and home is not None:
            raise FixRequest("a server keeps its films itself", field="home")
        if (server is None) != (key is None):
            raise FixRequest("a server and its key come together", field="key")
        self._face = _open(server, key, None if home is None else Path(home))

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Whatever is not done stays resumable."""
        await self._face.close()

    async def generate(
        self,
        wanted: str | Request,
        *,
        on_change: Watch | None = None,
        **wishes: Unpack[Wishes],
    ) -> AsyncFilm:
        """Ask for a film and wait for it. Raises what ``submit`` and ``AsyncJob.wait`` do."""
        job = await self.submit(wanted, **wishes)
        return await job.wait(on_change)

    async def submit(self, wanted: str | Request, **wishes: Unpack[Wishes]) -> AsyncJob:
        """Accept a prompt, or a whole request, and go on without waiting.

        Nothing is spent unless ``max_cost_usd`` allows it. Raises FixRequest for what can't be
        done, TopUp for what costs more than allowed, Wait, SetUp.
        """
        request = await self._request(wanted, wishes)
        ceiling = wishes.get("max_cost_usd")
        task = await self._face.submit(
            request,
            provider=wishes.get("provider", "auto"),
            max_cost_usd_micros=_micros(0 if ceiling is None else ceiling),
            webhook=wishes.get("webhook"),
        )
        return AsyncJob(self._face, task)

    async def estimate(self, wanted: str | Request, **wishes: Unpack[Wishes]) -> list[Offer]:
        """One offer per provider: a price, or why it can't do this. Raises FixRequest."""
        return await self._face.estimate(await self._request(wanted, wishes))

    async def resume(self, task_id: str) -> AsyncJob:
        """A task of before, by its id or a beginning of it. Raises NotFound."""
        return AsyncJob(self._face, await self._face.task(task_id))

    async def tasks(self, *, state: State | None = None, limit: int = 50) -> list[Task]:
        """Newest first."""
        return await self._face.tasks(state=state, limit=limit)

    async def keep(self, path: str | Path) -> Asset:
        """Check a picture, clip or sound and keep it for requests. Raises BadInput."""
        return await self._face.store_asset(Path(path))

    async def _request(self, wanted: str | Request, wishes: Wishes) -> Request:
        if not isinstance(wanted, str):
            said = sorted(set(wishes) & _OF_REQUEST)
            if said:
                raise FixRequest(f"{said[0]} is the request's own to say", field=said[0])
            return wanted
        given: dict[str, object] = {
            name: value for name, value in wishes.items() if name in _OF_REQUEST
        }
        for word, kind in (("mode", Mode), ("ratio", Ratio)):
            if isinstance(value := given.get(word), str):
                given[word] = _word(kind, word, value)
        for word in ("image", "image_tail"):
            if isinstance(value := given.get(word), (str, Path)):
                given[word] = await self.keep(value)
        has_picture = bool({"image", "image_tail"} & set(given))
        shape = ImageToVideo if has_picture else TextToVideo
        names = {each.name for each in fields(shape)}
        if stray := sorted(set(given) - names):
            raise FixRequest(f"{stray[0]} needs an image", field=stray[0])
        return shape(prompt=wanted, **given)  # type: ignore[arg-type]  # Wishes has their types


@dataclass(slots=True)
class AsyncJob:
    """A task on its way."""

    _face: Face
    task: Task
    """As it was last seen."""

    @property
    def id(self) -> str:
        return self.task.id

    async def wait(self, on_change: Watch | None = None) -> AsyncFilm:
        """The film. Raises RenderFailed with the reason if none came, SetUp with the task kept."""
        async for sighting in self.watch():
            if on_change is not None:
                on_change(sighting)
        result = self.task.result
        if self.task.state is not State.SUCCEEDED or result is None:
            reason = self.task.reason or f"the task is {self.task.state.value}"
            raise RenderFailed(reason, remedy=f"Its id is {self.task.id}.")
        return AsyncFilm(self._face, self.task, result)

    async def watch(self) -> AsyncIterator[Sighting]:
        """Every change until its end."""
        async for sighting in self._face.watch(self.task.id):
            self.task = sighting.task
            yield sighting

    async def cancel(self) -> Task:
        """Raises Conflict when it has ended otherwise."""
        self.task = await self._face.cancel(self.task.id)
        return self.task


@dataclass(frozen=True, slots=True)
class AsyncFilm:
    """A film that is done."""

    _face: Face
    task: Task
    result: Result
    """As it was measured: size, rate, length, sound."""

    async def download(self, to: str | Path) -> Path:
        """Write the film there, whole or not at all. Raises Conflict where something is in the
        way, NotFound when the film is no longer kept."""
        target = Path(to)
        source = await self._face.fetch_result(self.task)
        await asyncio.to_thread(_copy, source, target)
        return target


def _copy(source: Path, target: Path) -> None:
    part = target.with_name(f".{target.name}.part")
    try:
        shutil.copyfile(source, part)
        part.replace(target)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise Conflict(f"{target} can't be written: {error.strerror or error}") from error


def _open(server: str | None, key: str | None, home: Path | None) -> Face:
    # Each on first use: the one takes the whole house, the other an HTTP client.
    if server is not None and key is not None:
        from filmgate.sdk.remote import Remote  # noqa: PLC0415

        return Remote(server, key)
    from filmgate.sdk.embedded import open_embedded  # noqa: PLC0415

    return open_embedded(home)


_OF_REQUEST = frozenset(Wishes.__annotations__) - {"provider", "max_cost_usd", "webhook"}


def _word(kind: type[Mode] | type[Ratio], field: str, text: str) -> Mode | Ratio:
    try:
        return kind(text)
    except ValueError:
        words = ", ".join(each.value for each in kind)
        raise FixRequest(
            f"{field} can't be {text!r}", field=field, remedy=f"Choose one of {words}."
        ) from None


def _micros(usd: float | Decimal) -> int:
    """Rounded down: a ceiling is not to be exceeded."""
    micros = Decimal(str(usd)) * MICROS
    if not micros.is_finite() or micros < 0:
        raise FixRequest(f"{usd} is no amount of dollars", field="max_cost")
    return int(micros)
