"""The only file that sees every room: it wires the house by hand.

Nothing heavy is imported here: pictures and films are opened by libraries that load on first use,
and rendering happens in a process of its own.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import random
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from filmgate.assembly.detached import detach
from filmgate.assembly.places import keyring_of, make_home
from filmgate.assembly.seats import catalogue_of, open_upstreams
from filmgate.assembly.stage import Stage
from filmgate.catalogue.load import Catalogue
from filmgate.catalogue.load_library import load_presets
from filmgate.catalogue.load_plans import load_plans
from filmgate.domain.customer import Given, KeyKind, Welcome
from filmgate.domain.delivery import Attempt, Delivery, DeliveryQuery
from filmgate.domain.errors import BadInput, Conflict, FixRequest
from filmgate.domain.line import Account
from filmgate.domain.order import Offer, Sighting
from filmgate.domain.ports import Measured, TaskQuery
from filmgate.domain.request import Asset, Request
from filmgate.domain.task import OPEN, OWNER, Callback, State, Task
from filmgate.engines.all import ANIMATIC, ENGINES
from filmgate.execution.clock import RandomIds, ulid
from filmgate.execution.house import House
from filmgate.execution.locks import RunnerLocks
from filmgate.execution.mint import RandomMint
from filmgate.execution.runner import Runner
from filmgate.execution.sweeper import Sweeper
from filmgate.media.readers import Readers
from filmgate.protocols.filmgate import webhook as native
from filmgate.providers.local import LocalProvider
from filmgate.settings import Settings
from filmgate.storage.database.customers import register_on
from filmgate.storage.database.opening import open_house
from filmgate.storage.database.store import store_on
from filmgate.storage.files.shelves import Shelves
from filmgate.storage.remembered import remembered
from filmgate.transport.downloads import Downloads
from filmgate.transport.policy import Policy
from filmgate.usecases.callers import Door
from filmgate.usecases.cancel_task import cancel_task
from filmgate.usecases.choose_provider import AUTO
from filmgate.usecases.customer_plans import CustomerPlans
from filmgate.usecases.first_start import welcome
from filmgate.usecases.front import Front
from filmgate.usecases.gather_inputs import InputGathering
from filmgate.usecases.library import LibraryDesk
from filmgate.usecases.moderation import WordList
from filmgate.usecases.office import Office, open_office
from filmgate.usecases.quote import offers
from filmgate.usecases.read_task import read_task
from filmgate.usecases.receivers import ReceiverDesk
from filmgate.usecases.service import Service
from filmgate.usecases.signed_links import SignedLinks
from filmgate.usecases.submit_task import Options
from filmgate.usecases.sweep import Rooms as SweepRooms
from filmgate.usecases.sweep import Swept, note_sweep, sweep
from filmgate.usecases.vitals import VitalSigns
from filmgate.webhooks.deliver import Compose
from filmgate.webhooks.rounds import Rounds

if TYPE_CHECKING:
    from filmgate.assembly.serving import Listening

# A render keeps two cores busy, so more at once than that would only make all of them late.
LOCAL_ACCOUNT = Account(
    id="local", provider=LocalProvider.name, slots=max(1, (os.cpu_count() or 2) // 2)
)
DETACHED = "detached"
DEFAULT_ADDRESS = "http://127.0.0.1:8080"
"""Where links lead that are made by a process that serves nobody: where ``serve`` usually is."""
FIRST_CALL_S = 5.0
"""How long a command waits for the first attempt at a webhook."""


class Embedded:
    """The whole house in one process."""

    place: str | None = None
    """No server's address: it is here."""

    def __init__(
        self,
        settings: Settings,
        *,
        engine: str,
        measure: Callable[[Path], Measured] | None,
        stage: Stage,
    ) -> None:
        self._settings = settings
        self._stage = stage
        self._home = make_home(settings.home)
        self._clock, self._ids = stage.clock, RandomIds()
        url = settings.database_url
        self._database, shared_locks = open_house(url.reveal() if url else None, self._home)
        self._store = store_on(self._database)
        self._tasks = self._store.tasks
        self._keyring = keyring_of(settings)
        register = register_on(self._database, self._keyring)
        self._register = remembered(register, time.monotonic)
        self._load_catalogue = catalogue_of(settings)
        self._plans = CustomerPlans(
            self._register.customers, load_plans, self._load_catalogue, settings.stands_in
        )
        storage_url = settings.storage_url.reveal() if settings.storage_url else None
        self._policy = Policy(allow_loopback=settings.allow_loopback)
        self._readers, self._downloads = Readers(), Downloads(self._policy)
        self._shelves = Shelves.open(
            storage_url,
            self._home,
            check=self._readers.check,
            measure=measure or self._readers.measure,
            check_url=self._downloads.check,
            download=self._downloads.fetch,
        )
        self._assets, self._results = self._shelves.assets, self._shelves.results
        self.files = self._shelves.served
        """What signed links open, for servers."""
        self._local = LocalProvider(self._home, self._assets, engine)
        self._upstreams = open_upstreams(
            settings,
            catalogue=self._load_catalogue,
            assets=self._assets,
            tasks=self._tasks,
            link_secrets=self._keyring.link_secrets,
            clock=self._clock,
        )
        here = stage.account(LOCAL_ACCOUNT)
        self._accounts = {here.id: here, **self._upstreams.accounts}
        self._providers = self._upstreams.beside(here.id, stage.provider(self._local))
        self._locks = shared_locks or RunnerLocks(self._home)
        self._runner = Runner(f"runner_{ulid()}", self._house())
        self._address = DEFAULT_ADDRESS
        self._rounds = Rounds(
            self._store, self._policy, self._compose, clock=self._clock, chance=random.random
        )
        self._sweeping = SweepRooms(
            tasks=self._tasks,
            records=self._store.records,
            stock=self._shelves.stock,
            providers=[self._local],
            clock=self._clock,
        )
        self.service = stage.service(self._service())
        """What customers can ask for, for servers."""

    def _service(self) -> Service:
        return Service(
            store=self._store,
            assets=self._assets,
            plans=self._plans,
            accounts=self._accounts,
            providers=self._providers,
            driver=self._runner,
            catalogue=self._load_catalogue,
            clock=self._clock,
            ids=self._ids,
            results=self._results,
            moderator=WordList(self._settings.banned_words),
            stand_in=self._settings.stands_in,
        )

    @classmethod
    def open(
        cls,
        settings: Settings,
        *,
        engine: str = ENGINES[ANIMATIC],
        measure: Callable[[Path], Measured] | None = None,
        stage: Stage | None = None,
    ) -> Self:
        """Make the home where there is none, and open it. Raises SetUp."""
        return cls(settings, engine=engine, measure=measure, stage=stage or Stage())

    @property
    def catalogue(self) -> Catalogue:
        """Read on first use: looking at tasks needs none of it."""
        return self._load_catalogue()

    @property
    def door(self) -> Door:
        """Tells who calls."""
        return Door(register=self._register, plans=load_plans, clock=self._clock)

    def _house(self) -> House:
        gathering = InputGathering(
            fetcher=self._shelves.intake,
            assets=self._assets,
            catalogue=self._load_catalogue,
            tasks=self._tasks,
            clock=self._clock,
        )
        return House(
            store=self._store,
            results=self._results,
            accounts=self._accounts,
            providers=self._providers,
            plans=self._plans,
            clock=self._clock,
            locks=self._locks,
            gather=gathering.gather,
        )

    def front(self, public_url: str) -> Front:
        """What a protocol's server works with. ``public_url``: how clients reach the server, where
        the settings don't say it."""
        public_url = (self._settings.public_url or public_url).rstrip("/")
        return Front(
            service=self.service,
            door=self.door,
            intake=self._shelves.intake,
            files=self.files,
            links=SignedLinks(self._keyring.link_secrets, self._clock, public_url),
            library=LibraryDesk(
                library=self._store.library,
                presets=load_presets,
                clock=self._clock,
                ids=self._ids,
            ),
            receivers=ReceiverDesk(
                receivers=self._store.receivers,
                secrets=self._register.secrets,
                mint=RandomMint(),
                clock=self._clock,
                check_url=self._check_callback,
                post=self._rounds.post,
            ),
            clock=self._clock,
            check_callback=self._check_callback,
            public_url=public_url,
        )

    def _check_callback(self, url: str) -> None:
        from filmgate.transport.urls import check_url  # noqa: PLC0415 - servers alone

        check_url(url, self._policy)

    @property
    def signs(self) -> VitalSigns:
        """How the house is."""
        return VitalSigns(
            self._store,
            self._clock,
            progress=self._runner.progress,
            poll_lag_s=lambda: self._runner.poll_lag_s,
        )

    @property
    def office(self) -> Office:
        """Everything that only an operator may do."""
        return open_office(
            self._register,
            self._store,
            providers=self._providers,
            plans=load_plans,
            clock=self._clock,
            ids=self._ids,
            mint=RandomMint(),
        )

    async def welcome(
        self,
        *,
        name: str,
        credits_: int,
        given: Mapping[KeyKind, Given] | None = None,
        by: str,
    ) -> Welcome | None:
        """Make the first customer, with keys; None where there are customers. Raises SetUp."""
        return await welcome(self.office, name=name, credits_=credits_, given=given, by=by)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.close()

    async def store_asset(self, path: Path) -> Asset:
        """Check a picture and keep its bytes. Raises BadInput, or SetUp on disk trouble."""
        return await self._assets.put(str(path))

    async def estimate(self, request: Request) -> list[Offer]:
        """One offer per provider: a price, or why it can't do this. Raises FixRequest."""
        return await offers(
            request,
            catalogue=self.catalogue,
            assets=self._assets,
            accounts=self._settings.accounts,
        )

    async def submit(
        self,
        request: Request,
        *,
        provider: str = AUTO,
        max_cost_usd_micros: int | None = None,
        webhook: str | None = None,
    ) -> Task:
        """Accept the request as a queued task. Raises FixRequest, TopUp or SetUp."""
        options = Options(
            provider=provider,
            max_cost_usd_micros=max_cost_usd_micros,
            callback=None if webhook is None else Callback(url=webhook, protocol=native.PROTOCOL),
        )
        return await self.service.submit(OWNER, request, options)

    async def check_webhook(self, url: str) -> None:
        """Whether the owner can be called there, as far as that is known now. Raises FixRequest."""
        # Only here: most commands have no URL to read, and it takes a library.
        from filmgate.transport.urls import check_url  # noqa: PLC0415

        try:
            check_url(url, self._policy)
        except BadInput as error:
            error.field = "webhook"
            with contextlib.suppress(BadInput):
                check_url(url, Policy(allow_loopback=True))
                error.remedy = "For a receiver on this computer, set FILMGATE_ALLOW_LOOPBACK=on."
            raise
        keys = await self._register.keys.all(OWNER, KeyKind.WEBHOOK)
        if not any(key.works_at(self._clock.now()) for key in keys):
            raise FixRequest(
                "there is no secret to sign webhooks with",
                field="webhook",
                remedy="Make one: filmgate admin keys create owner --kind webhook",
            )

    async def watch(self, task_id: str) -> AsyncIterator[Sighting]:
        """Drive this one task, or look on where another runner does, until it has ended.

        Raises NotFound; and SetUp for trouble of our own house, with the task resumable.
        """
        task = await self.task(task_id)
        if task.callback is not None:
            await self._rounds.begin()
        async for sighting in self._runner.watch(task.id):
            yield sighting

    async def calls_of(self, task: Task) -> list[tuple[Delivery, list[Attempt]]]:
        """What became of a task's webhooks, oldest first, as for ``calls``."""
        log = self._store.delivery_log
        found = await self.calls(DeliveryQuery(task=task.id))
        return [(each, await log.attempts(each.id)) for each in found]

    async def calls(self, wanted: DeliveryQuery) -> list[Delivery]:
        """These webhooks, oldest first, after a short wait for the first attempt at each."""
        return await self._rounds.tried(wanted, FIRST_CALL_S)

    def _compose(self) -> dict[str, Compose]:
        # Only here: it takes every protocol, and most commands call nobody.
        from filmgate.assembly.telling import composers  # noqa: PLC0415

        return composers(self.front(self._address))

    async def cancel(self, task_id: str) -> Task:
        """Raises NotFound, or Conflict when it has ended otherwise."""
        return await cancel_task(
            task_id, providers=self._providers, tasks=self._tasks, clock=self._clock
        )

    async def task(self, task_id: str) -> Task:
        """By its id or a beginning of it that no other id shares. Raises NotFound."""
        return await read_task(task_id, tasks=self._tasks)

    async def tasks(self, *, state: State | None = None, limit: int = 50) -> list[Task]:
        """Newest first."""
        states = frozenset(State) if state is None else frozenset({state})
        return await self._tasks.select(TaskQuery(states=states, limit=limit))

    def film_place(self, task: Task) -> str | None:
        """Where the film lies, or its copy will once it is fetched."""
        return None if task.result is None else str(self._results.place_of(task.result))

    async def fetch_result(self, task: Task) -> Path:
        """A local file with the film, wherever it is kept. Raises Conflict, NotFound, SetUp."""
        if task.result is None:
            raise Conflict(f"task {task.id} is {task.state.value} and has no film")
        return Path(await self._results.locate(task.result))

    async def sweep(self, *, by: str | None = None) -> Swept:
        """Remove what has expired and what crashes left. ``by``: the operator who wants it, for
        the trail. Raises SetUp."""
        swept = await sweep(self._sweeping)
        if by is not None:
            await note_sweep(swept, by=by, trail=self._register.trail, clock=self._clock)
        return swept

    async def interrupted(self, tasks: Iterable[Task]) -> frozenset[str]:
        """Those that were begun and nobody alive is at, so that somebody must take them up."""
        begun = [task for task in tasks if task.state in OPEN - {State.QUEUED}]
        owners = frozenset(task.runner for task in begun if task.runner is not None)
        gone = await self._locks.free(owners)
        return frozenset(each.id for each in begun if each.runner is None or each.runner in gone)

    async def run_until_idle(self) -> None:
        """Drive every task that no living runner looks after, until there is none.

        Raises the first SetUp that was in the way, after everything else is done.
        """
        await self._locks.sweep()
        await self._runner.run_until_idle()

    async def run_forever(self) -> None:
        """Drive every task that no living runner looks after, and call whoever asked for it,
        until this is cancelled."""
        await self._locks.sweep()
        await self._rounds.begin()
        sweeping = asyncio.create_task(Sweeper(self._sweeping).run_forever())
        try:
            await self._runner.run_forever()
        finally:
            sweeping.cancel()
            await asyncio.gather(sweeping, return_exceptions=True)

    async def serve(
        self,
        listening: Listening,
        *,
        public_url: str | None,
        ready: Callable[[], Awaitable[None]],
        drain_s: float,
    ) -> None:
        """Answer calls and drive all tasks until SIGINT or SIGTERM; what is being rendered then
        gets ``drain_s`` to end, and else begins anew under the next runner."""
        from filmgate.assembly.serving import serve  # noqa: PLC0415 - servers alone

        self._address = public_url or listening.address
        try:
            await serve(
                self.front(self._address),
                self.files,
                self.signs,
                self.run_forever,
                listening,
                stage=self._stage,
                look_again=self._runner.look_again,
                ring=self._upstreams.ring_with(self.service.knock),
                ready=ready,
            )
        finally:
            await self._runner.drain(drain_s)

    async def run_detached(self) -> None:
        """Run until idle, unless another detached runner of this home is at it already."""
        await self._rounds.begin()
        while await self._locks.take(DETACHED):
            try:
                await self.run_until_idle()
            finally:
                await self._locks.release(DETACHED)
            # Whoever found the lock held just now relies on us to see the task.
            if not await self._runner.has_work():
                break
        await self._rounds.deliver_due()
        # Where there is never a server, this is who cleans up.
        await self.sweep()

    def detach(self) -> None:
        """Leave a process behind that runs until idle."""
        detach(self._home, self._settings)

    async def close(self) -> None:
        """Stop what runs here; its tasks stay resumable."""
        await self._runner.close()
        await self._rounds.close()
        await self._downloads.close()
        await self._local.close()
        await self._upstreams.close()
        await asyncio.to_thread(self._readers.close)
        self._shelves.close()
        # Only now: whoever takes a task over must not meet a render of ours still going on.
        await self._locks.release(self._runner.id)
        await asyncio.to_thread(self._locks.close)
        await asyncio.to_thread(self._database.close)
