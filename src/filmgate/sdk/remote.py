"""Filmgate at a server, over its native protocol."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import secrets
import tempfile
from collections.abc import AsyncIterator, Iterable
from pathlib import Path
from types import TracebackType
from typing import Self, TypeVar
from urllib.parse import urlsplit

import msgspec

from filmgate.domain.delivery import Attempt, Delivery
from filmgate.domain.errors import (
    BadInput,
    Conflict,
    FilmgateError,
    FixRequest,
    NotFound,
    TopUp,
    Unreachable,
    Wait,
)
from filmgate.domain.order import Offer, Sighting
from filmgate.domain.request import Asset, Request
from filmgate.domain.task import State, Task
from filmgate.domain.upstream import Call, Reply
from filmgate.protocols.filmgate.client import HappeningReader, NativeClient, Wish
from filmgate.protocols.filmgate.read import offer_of, sighting_of, task_of
from filmgate.protocols.filmgate.wire import ROOT
from filmgate.protocols.filmgate.wire_replies import (
    AccountReply,
    AssetReply,
    ModelList,
    ModelReply,
    ProgressReply,
    QuoteReply,
    TaskList,
    TaskReply,
)
from filmgate.transport.policy import OPERATORS_WORD
from filmgate.transport.upstream import Broken, NotSent, Terms, Upstream

__all__ = ["ModelReply", "Remote", "plain"]

T = TypeVar("T")
TRIES = 4
PAUSE_S = 0.5
PAUSE_MAX_S = 8.0
SILENCE_S = 45.0
"""The server sends a sign of life every ten seconds."""
FILM_BYTES_MAX = 8 * 1024**3
FILM_S = 3600.0
TERMS = Terms(answer_s=300.0, answer_bytes_max=64 * 1024 * 1024)
"""An upload may take its time, and a list of tasks may be long."""
PAGE = 200


class Remote:
    """``async with Remote("https://films.example", key) as films: ...``"""

    def __init__(self, server: str, key: str) -> None:
        """``server``: its address, with or without the path of the protocol. Raises FixRequest."""
        self.place = _address(server)
        self._host = urlsplit(self.place).netloc
        self._client = NativeClient(key)
        self._line = Upstream(self.place, OPERATORS_WORD, TERMS)
        self._films = contextlib.ExitStack()
        self._folder: Path | None = None
        self._urls: dict[str, str] = {}

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
        """The films that were fetched are removed with it."""
        await self._line.close()
        await asyncio.to_thread(self._films.close)

    async def store_asset(self, path: Path) -> Asset:
        """Upload a file. Raises BadInput."""
        try:
            data = await asyncio.to_thread(path.read_bytes)
        except OSError as error:
            raise BadInput(f"{path} can't be read ({error.strerror})") from error
        kept = await self._ask(self._client.upload(data, name=path.name), AssetReply)
        return Asset(kept.sha256, kept.media_type, kept.size_bytes, kept.name)

    async def check_webhook(self, url: str) -> None:
        """The server looks at it with the request."""

    async def estimate(self, request: Request) -> list[Offer]:
        quoted = await self._ask(self._client.quote(request), QuoteReply)
        return [offer_of(each) for each in quoted.offers]

    async def submit(
        self,
        request: Request,
        *,
        provider: str = "auto",
        max_cost_usd_micros: int | None = None,
        webhook: str | None = None,
    ) -> Task:
        """Once, however often it has to be sent: the server knows a repetition by its key."""
        most = None
        if max_cost_usd_micros is not None:
            plan = (await self.account()).plan
            most = max_cost_usd_micros // max(1, plan.credit_usd_micros)
        wish = Wish(provider=provider, max_credits=most, webhook=webhook)
        call = self._client.create(request, wish, idempotency_key=secrets.token_hex(16))
        try:
            return self._seen(await self._ask(call, TaskReply))
        except TopUp as error:
            if error.field == "max_credits":
                error.field = "max_cost"
            raise

    async def watch(self, task_id: str) -> AsyncIterator[Sighting]:
        """Connects again when the connection breaks off; the task goes on meanwhile."""
        failures = 0
        while True:
            try:
                async for sighting in self._follow(task_id):
                    failures = 0
                    yield sighting
                    if sighting.task.state.ended:
                        return
                failures += 1  # the server stops, and another one will go on
            except (Broken, NotSent) as error:
                failures += 1
                if failures >= TRIES:
                    raise self._unreachable(error) from error
            except Wait as error:  # the server has no place for one more who follows
                yield Sighting(task=await self.task(task_id))
                await asyncio.sleep(error.retry_after_s)
            await asyncio.sleep(_pause_s(failures))

    async def task(self, task_id: str) -> Task:
        try:
            return self._seen(await self._ask(self._client.task(task_id), TaskReply))
        except NotFound:
            begun = [each for each in await self.tasks(limit=PAGE) if _is_part(task_id, each.id)]
            if len(begun) > 1:
                raise FixRequest(
                    f"several tasks begin with {task_id!r}", field="task", remedy="Give more of it."
                ) from None
            if not begun:
                raise
            return begun[0]

    async def tasks(self, *, state: State | None = None, limit: int = 50) -> list[Task]:
        found: list[Task] = []
        cursor: str | None = None
        while len(found) < limit:
            size = min(PAGE, limit - len(found))
            call = self._client.tasks(state=state, limit=size, cursor=cursor)
            page = await self._ask(call, TaskList)
            found += map(self._seen, page.tasks)
            cursor = page.next_cursor
            if cursor is None:
                break
        return found

    async def cancel(self, task_id: str) -> Task:
        return self._seen(await self._ask(self._client.cancel(task_id), TaskReply))

    async def fetch_result(self, task: Task) -> Path:
        """The film is compared with the hash that the server told. Raises Unreachable."""
        result = task.result or task.rescued
        if result is None:
            raise Conflict(f"task {task.id} is {task.state.value} and has no film")
        await self.task(task.id)  # for a link that has just begun
        url = self._urls.get(task.id)
        if url is None:
            raise NotFound(f"the film of task {task.id} is no longer there", field="task")
        target = self._room() / f"{task.id}.mp4"
        parts = urlsplit(url)
        call = Call(
            method="GET",
            path=parts._replace(scheme="", netloc="").geturl(),
            base_url=f"{parts.scheme}://{parts.netloc}",
        )
        status = await self._line.download(
            call, target, max_bytes=FILM_BYTES_MAX, deadline_s=FILM_S
        )
        if status != 200:
            raise Unreachable(f"{parts.netloc} answers with status {status} instead of the film")
        if await asyncio.to_thread(_digest, target) != result.digest:
            raise Unreachable("the film came in other than it was sent", remedy="Fetch it again.")
        return target

    async def models(self) -> ModelList:
        return await self._ask(self._client.models(), ModelList)

    async def model(self, name: str) -> ModelReply:
        return await self._ask(self._client.model(name), ModelReply)

    async def account(self) -> AccountReply:
        return await self._ask(self._client.account(), AccountReply)

    # What a house of one's own has, too, and a server sees to by itself.

    def film_place(self, task: Task) -> str | None:
        """Where the film can be had for a while."""
        return self._urls.get(task.id)

    def detach(self) -> None:
        """The server goes on by itself."""

    async def interrupted(self, tasks: Iterable[Task]) -> frozenset[str]:
        """None: the server takes up its own."""
        del tasks
        return frozenset()

    async def calls_of(self, task: Task) -> list[tuple[Delivery, list[Attempt]]]:
        """None that this side makes."""
        del task
        return []

    async def _follow(self, task_id: str) -> AsyncIterator[Sighting]:
        reader = HappeningReader()
        task: Task | None = None
        call = self._client.follow(task_id)
        async with self._line.listen(call, silence_s=SILENCE_S) as (status, pieces):
            if status != 200:
                body = b"".join([piece async for piece in pieces])
                raise self._client.refusal(Reply(status=status, body=body))
            async for piece in pieces:
                for event in reader.feed(piece):
                    if event.name == "task":
                        told = self._client.read(Reply(status=200, body=event.data), TaskReply)
                        task = self._seen(told)
                        yield sighting_of(task, told)
                    elif event.name == "progress" and task is not None:
                        how_far = Reply(status=200, body=event.data)
                        yield sighting_of(task, self._client.read(how_far, ProgressReply))
                    elif event.name == "error":
                        raise self._client.refusal(Reply(status=500, body=event.data))

    async def _ask(self, call: Call, kind: type[T]) -> T:
        """All that we send may be sent again: creates carry a key, the rest changes nothing twice.

        Raises what the server tells, and Unreachable.
        """
        for failures in range(1, TRIES + 1):
            try:
                return self._client.read(await self._line.send(call), kind)
            except (Broken, NotSent) as error:
                if failures == TRIES:
                    raise self._unreachable(error) from error
            await asyncio.sleep(_pause_s(failures))
        raise AssertionError("the last try returns or raises")

    def _seen(self, reply: TaskReply) -> Task:
        if reply.film is not None and reply.film.url is not None:
            self._urls[reply.id] = reply.film.url
        return task_of(reply)

    def _unreachable(self, error: Exception) -> FilmgateError:
        told = str(error) or f"{self._host} says nothing any more"
        return Unreachable(f"the server can't be reached ({told})")

    def _room(self) -> Path:
        if self._folder is None:
            folder = self._films.enter_context(tempfile.TemporaryDirectory(prefix="filmgate-"))
            self._folder = Path(folder)
        return self._folder


def plain(reply: object) -> object:
    """A reply as JSON has it."""
    return msgspec.to_builtins(reply)


def _address(server: str) -> str:
    parts = urlsplit(server.strip())
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.query or parts.fragment:
        raise FixRequest(
            f"{server!r} is no server's address",
            field="server",
            remedy="write https://host.example",
        )
    return server.strip().rstrip("/").removesuffix(ROOT).rstrip("/")


def _is_part(text: str, task_id: str) -> bool:
    head = "task_" + text.strip().upper().removeprefix("TASK_")
    return len(head) > len("task_") and task_id.startswith(head)


def _pause_s(failures: int) -> float:
    return 0.0 if failures == 0 else min(PAUSE_MAX_S, PAUSE_S * 2 ** (failures - 1))


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
