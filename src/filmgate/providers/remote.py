"""A paid service as a provider: a pure client, driven over the network, with one account.

The rule that everything here serves: of each order at most one create goes out. What comes back
without proof that nothing was made leaves the task in doubt, and is asked for, never sent again.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TypeVar

from filmgate.domain.errors import BadInput, FixRequest, RenderFailed, SetUp, Unreachable
from filmgate.domain.order import Order, Rendered, assets_of
from filmgate.domain.ports import (
    Assets,
    Done,
    Failed,
    Made,
    NotReached,
    Refused,
    Running,
    Seen,
    Started,
    Unclear,
    Vanished,
)
from filmgate.domain.request import Asset, Extend, LipSync
from filmgate.domain.upstream import (
    Call,
    CallsBack,
    Cancels,
    Client,
    Closed,
    Created,
    Exists,
    Finds,
    Form,
    Input,
    Ready,
    Reply,
    ServesFilms,
    Silent,
    Speak,
    TakesUploads,
    Trouble,
    Work,
    key_of,
)
from filmgate.transport.egress import Egress
from filmgate.transport.policy import Policy
from filmgate.transport.upstream import Broken, NotSent, Upstream

T = TypeVar("T")

READY_S = 45.0
"""For everything before the create: inputs that are read and uploaded."""
FILM_BYTES_MAX = 2 * 1024**3
FILM_S = 900.0
JOBS_REMEMBERED = 50_000
HISTORY_FRESH_S = 2.0
HISTORIES_KEPT = 16

Link = Callable[[Asset], str | None]
"""A signed address of a stored input that the world can reach; None where there is none."""
JobOf = Callable[[str], Awaitable[str | None]]
"""The job of an earlier task that was made with the same account."""


def no_link(asset: Asset) -> str | None:  # noqa: ARG001 - the shape of Link
    return None


async def no_job(task_id: str) -> str | None:  # noqa: ARG001 - the shape of JobOf
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Ways:
    """What of our house a service's work needs."""

    speak: Speak
    assets: Assets
    link: Link = no_link
    job_of: JobOf = no_job
    hook: Callable[[str], str] | None = None
    """A task's doorbell, where the world can reach this house."""
    films: Policy = field(default_factory=Policy)
    """Which hosts a finished film may be fetched from."""
    vanished_looks: int = 3
    """So often in a row a job must be unknown: a service that is behind with its own records knows
    a new job only after a while."""


class RemoteProvider:
    start_finds_job = False
    work_ends_with_runner = False

    def __init__(
        self, name: str, client: Client, line: Upstream, ways: Ways, *, check_interval_s: float
    ) -> None:
        self.name = name
        self.check_interval_s = check_interval_s
        self.trouble: Trouble | None = None
        """Why the account could not be used when it was last tried."""
        self._client = client
        self._line = line
        self._ways = ways
        self._task_of: OrderedDict[str, str] = OrderedDict()
        self._film_at: OrderedDict[str, str] = OrderedDict()
        self._unknown: OrderedDict[str, int] = OrderedDict()
        self._histories: OrderedDict[str, tuple[float, asyncio.Future[Reply]]] = OrderedDict()

    async def close(self) -> None:
        await self._line.close()

    # --- starting

    async def start(self, order: Order) -> Started:
        call = await self._ready(order)
        if not isinstance(call, Call):
            return call
        try:
            reply = await self._line.send_once(call)
        except NotSent as error:
            return NotReached(str(error))
        except Broken as error:
            return Unclear(str(error))
        return await self._taken(order.task_id, self._client.read_create(call, reply))

    async def _taken(self, task_id: str, created: Created) -> Started:
        self.trouble = created.trouble if isinstance(created, Closed) else None
        match created:
            case Made(job):
                return self._made(task_id, job)
            case Closed(_, reason):
                return Refused(reason)
            case Exists():
                return await self._existing(task_id)
        return created

    async def _ready(self, order: Order) -> Call | Refused | NotReached:
        """Everything before the create; nothing of it costs."""
        try:
            async with asyncio.timeout(READY_S):
                return self._client.create(await self._work(order))
        except FixRequest as error:
            return Refused(_sentence(error))
        except TimeoutError:
            return NotReached("its inputs could not be brought to the provider in time")
        except Unreachable as error:
            return NotReached(error.message)

    def _made(self, task_id: str, job: str) -> Started:
        if self._task_of.get(job, task_id) != task_id:
            return Unclear(f"{self._client.service} gave the job {job!r} to two orders")
        _remember(self._task_of, job, task_id)
        return Made(job)

    async def _existing(self, task_id: str) -> Started:
        """An earlier create of ours arrived after all."""
        if isinstance(self._client, Finds):
            try:
                found = await self._find(self._client, task_id)
            except Unreachable as error:
                return Unclear(error.message)
            if isinstance(found, Made):
                return found
        return Unclear(f"{self._client.service} has this order already and does not show it")

    async def _work(self, order: Order) -> Work:
        work = self._ways.speak(order)
        inputs = {key_of(asset): await self._input(asset) for asset in assets_of(order.request)}
        request, source_job = order.request, None
        if isinstance(request, (Extend, LipSync)) and request.source_task is not None:
            source_job = await self._ways.job_of(request.source_task)
            if source_job is None:
                raise FixRequest(
                    f"task {request.source_task} was not made with this account",
                    remedy="Go on from a film that was.",
                )
        hook = self._ways.hook
        return replace(
            work,
            inputs=inputs,
            source_job=source_job,
            callback_url=hook(order.task_id) if hook else None,
        )

    async def _input(self, asset: Asset) -> Input:
        """In the first form that the service takes and that we have. Raises FixRequest, SetUp."""
        given = Input(media_type=asset.media_type, name=asset.name)
        url = asset.fetch.url if asset.fetch and not asset.digest else self._ways.link(asset)
        for form in self._client.forms(asset):
            if form is Form.URL and url is not None:
                return replace(given, url=url)
            if form is Form.INLINE and asset.digest:
                return replace(given, content=await self._content(asset))
            if form is Form.UPLOAD and asset.digest and isinstance(self._client, TakesUploads):
                whole = replace(given, content=await self._content(asset))
                return replace(given, url=await self._upload(self._client, whole))
        raise SetUp(
            f"{self._client.service} takes this input by its URL alone, and this house has none",
            field="FILMGATE_PUBLIC_URL",
            remedy="Set FILMGATE_PUBLIC_URL to how the world reaches this server.",
        )

    async def _content(self, asset: Asset) -> bytes:
        path = await self._ways.assets.locate(asset)
        return await asyncio.to_thread(Path(path).read_bytes)

    async def _upload(self, client: TakesUploads, given: Input) -> str:
        try:
            reply = await self._line.send(client.upload(given))
        except (NotSent, Broken) as error:
            raise Unreachable(str(error)) from error
        url = client.read_upload(reply)
        if url is None:
            raise Unreachable(f"{self._client.service} did not take the upload of an input")
        return url

    # --- looking

    async def check(self, job: str) -> Seen:
        try:
            reply = await self._line.send(self._client.look(job))
        except (NotSent, Broken) as error:
            raise Unreachable(str(error)) from error
        looked = self._client.read_look(job, reply)
        if not isinstance(looked, Vanished):
            self._unknown.pop(job, None)
        match looked:
            case Ready(url=url, cost_usd_micros=cost):
                if url is not None:
                    _remember(self._film_at, job, url)
                return Done(Rendered(frames=0), cost_usd_micros=cost)
            case Silent(reason):
                raise Unreachable(reason)
            case Vanished():
                return self._vanished(job)
            case Running() | Failed():
                return looked

    def _vanished(self, job: str) -> Vanished:
        """Raises Unreachable for the first times."""
        times = self._unknown.get(job, 0) + 1
        if times < self._ways.vanished_looks:
            _remember(self._unknown, job, times)
            raise Unreachable(f"{self._client.service} does not know the job, for now")
        return Vanished()

    async def fetch(self, job: str, target: str) -> None:
        if isinstance(self._client, ServesFilms):
            await self._download(self._client, job, Path(target))
            return
        url = self._film_at.pop(job, None) or await self._address(job)
        async with Egress(self._ways.films) as egress:
            try:
                await egress.fetch(
                    url, into=Path(target), max_bytes=FILM_BYTES_MAX, deadline_s=FILM_S
                )
            except BadInput as error:
                # The address may be worn out; the next attempt asks for a fresh one.
                raise Unreachable(error.message) from error

    async def _download(self, client: ServesFilms, job: str, target: Path) -> None:
        status = await self._line.download(
            client.film(job), target, max_bytes=FILM_BYTES_MAX, deadline_s=FILM_S
        )
        if status == 200:
            return
        if isinstance(await self.check(job), (Failed, Vanished)):
            raise RenderFailed("the provider no longer has the film")
        raise Unreachable(f"{self._client.service} answered with {status} instead of the film")

    async def _address(self, job: str) -> str:
        seen = await self.check(job)
        if isinstance(seen, (Failed, Vanished)):
            raise RenderFailed("the provider no longer has the film")
        url = self._film_at.pop(job, None)
        if url is None:
            raise Unreachable("the provider does not show the film at the moment")
        return url

    async def cancel(self, job: str) -> bool:
        if not isinstance(self._client, Cancels):
            return False
        try:
            reply = await self._line.send(self._client.cancel(job))
        except (NotSent, Broken) as error:
            raise Unreachable(str(error)) from error
        return self._client.read_cancel(reply)

    async def forget(self, job: str) -> None:
        for known in (self._film_at, self._unknown):
            known.pop(job, None)

    def heard(self, headers: Mapping[str, str], body: bytes) -> str | None:
        """A callback (``domain.ports.Rings``). Raises NotGenuine."""
        return self._client.hear(headers, body) if isinstance(self._client, CallsBack) else None

    async def _asked(self, call: Call) -> Reply:
        """A history is the same whoever looks for their task in it: asked once, and read by all who
        come within a moment. Raises NotSent, Broken."""
        now = asyncio.get_running_loop().time()
        at, asking = self._histories.get(call.path, (float("-inf"), None))
        if asking is None or now - at > HISTORY_FRESH_S:
            asking = asyncio.ensure_future(self._line.send(call))
            # Whoever began it may be cancelled; then nobody else must be told of its failure.
            asking.add_done_callback(lambda done: done.cancelled() or done.exception())
            self._histories[call.path] = (now, asking)
            while len(self._histories) > HISTORIES_KEPT:
                self._histories.popitem(last=False)
        return await asyncio.shield(asking)

    async def _find(self, client: Finds, task_id: str) -> Made | Vanished:
        silence: str | None = None
        for call in client.find(task_id):
            try:
                found = client.read_find(task_id, call, await self._asked(call))
            except (NotSent, Broken) as error:
                raise Unreachable(str(error)) from error
            if isinstance(found, Made):
                return found
            if isinstance(found, Silent):
                silence = found.reason
        if silence is not None:
            raise Unreachable(silence)
        return Vanished()


class FindingProvider(RemoteProvider):
    """The same at a service that keeps our own id (``domain.ports.FindsJobs``)."""

    async def find(self, task_id: str) -> Made | Vanished:
        assert isinstance(self._client, Finds)
        return await self._find(self._client, task_id)


def remote_provider(
    name: str, client: Client, line: Upstream, ways: Ways, *, check_interval_s: float
) -> RemoteProvider:
    kind = FindingProvider if isinstance(client, Finds) else RemoteProvider
    return kind(name, client, line, ways, check_interval_s=check_interval_s)


def _sentence(error: FixRequest) -> str:
    return f"{error.message}. {error.remedy}" if error.remedy else error.message


def _remember(known: OrderedDict[str, T], job: str, value: T) -> None:
    known[job] = value
    known.move_to_end(job)
    while len(known) > JOBS_REMEMBERED:
        known.popitem(last=False)
