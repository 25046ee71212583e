"""Everything a customer can ask for, whatever protocol the question came in.

A task belongs to its customer: for everybody else it does not exist.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Protocol

from filmgate.catalogue.load import Catalogue
from filmgate.domain.change import Event
from filmgate.domain.delivery import Delivery, DeliveryQuery
from filmgate.domain.errors import NotFound
from filmgate.domain.files import is_expired
from filmgate.domain.ledger import Audit, Balance, Transfer
from filmgate.domain.line import Account, Terms
from filmgate.domain.order import Offer, Progress, Sighting
from filmgate.domain.ports import (
    Assets,
    Clock,
    Ids,
    Moderator,
    Plans,
    Provider,
    Results,
    Store,
    TaskQuery,
    TransferQuery,
)
from filmgate.domain.request import Request
from filmgate.domain.task import State, Task
from filmgate.usecases.cancel_task import cancel_task
from filmgate.usecases.choose_provider import cheapest, choose_account, choose_provider
from filmgate.usecases.give_up import resolve_in_doubt
from filmgate.usecases.quote import offers
from filmgate.usecases.rates import Rates
from filmgate.usecases.read_task import read_task
from filmgate.usecases.remove_task import Removal
from filmgate.usecases.settle_request import Settled
from filmgate.usecases.settlements import Settlements
from filmgate.usecases.submit_task import Options, submit_task
from filmgate.usecases.top_up import post_top_up, verify_call


class Driver(Protocol):
    """Who drives the tasks, as far as somebody can ask it for something."""

    def watch(self, task_id: str) -> AsyncIterator[Sighting]: ...

    def knock(self, task_id: str, job: str | None = None) -> None: ...

    def progress(self, task_id: str) -> Progress | None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    store: Store
    assets: Assets
    plans: Plans
    accounts: Mapping[str, Account]
    providers: Mapping[str, Provider]
    """By account."""
    driver: Driver
    catalogue: Callable[[], Catalogue]
    clock: Clock
    ids: Ids
    results: Results
    moderator: Moderator
    stand_in: bool = True
    """Whether films that are rendered here stand in for those of paid models."""
    settlements: Settlements = field(init=False)
    rates: Rates = field(init=False)

    def __post_init__(self) -> None:
        # Frozen, and yet these follow from others.
        object.__setattr__(self, "settlements", Settlements(self.catalogue))
        object.__setattr__(self, "rates", Rates(self.clock))

    # --- tasks

    async def submit(self, customer: str, request: Request, options: Options | None = None) -> Task:
        """Accept the request as a queued task, its credits held in the same write.

        Raises FixRequest (Conflict for a name or key used before), TopUp, Wait and SetUp.
        """
        options = options or Options()
        terms = await self.plans.terms(customer)
        self.rates.take(customer, terms.rates, what="requests")
        await self.moderator.check(request)
        usable = self.usable(customer)
        choice = choose_provider(
            options.provider,
            usable=usable,
            offered_by=self.catalogue().find(request.model).listings if request.model else (),
            stand_in=self.stand_in,
        )
        if choice is None:
            found = await offers(
                request, catalogue=self.catalogue(), assets=self.assets, accounts=usable
            )
            choice = cheapest(found, usable)
        able = [each for each in self._accounts_of(customer) if each.provider == choice.provider]
        load = {each.id: await self._load(each) for each in able} if len(able) > 1 else {}
        account, because = choose_account(able, customer=customer, load=load)
        return await submit_task(
            request,
            customer=customer,
            options=options,
            choice=replace(choice, account=account.id, because=f"{choice.because}; {because}"),
            plans=self.plans,
            terms=terms,
            settlements=self.settlements,
            tasks=self.store.tasks,
            assets=self.assets,
            clock=self.clock,
            ids=self.ids,
        )

    async def read(self, customer: str, task_id: str) -> Task:
        """By its whole id. Raises NotFound; and Wait for the plan's rate, as all that asks for
        tasks."""
        await self._count_question(customer)
        return await self._read(customer, task_id)

    async def _read(self, customer: str, task_id: str) -> Task:
        task = await self.store.tasks.read(task_id)
        if task is None or task.customer != customer or is_expired(task, self.clock.now()):
            raise NotFound(f"there is no task {task_id!r}", field="task")
        return task

    async def read_named(self, customer: str, external_id: str) -> Task:
        """By the customer's own name for it. Raises NotFound."""
        found = await self.tasks(customer, TaskQuery(external_id=external_id, limit=1))
        if not found:
            raise NotFound(f"there is no task {external_id!r}", field="task")
        return found[0]

    async def read_numbered(self, customer: str, number: int) -> Task:
        """By what an id of another protocol leads back to (``handles``); the newer one of two.
        Raises NotFound."""
        found = await self.tasks(customer, TaskQuery(number=number, limit=1))
        if not found:
            raise NotFound("there is no such task", field="task")
        return found[0]

    async def tasks(self, customer: str, wanted: TaskQuery | None = None) -> list[Task]:
        """What has expired is not among them, swept or not."""
        await self._count_question(customer)
        return await self.store.tasks.select(self._theirs(customer, wanted))

    async def count(self, customer: str, wanted: TaskQuery | None = None) -> int:
        return await self.store.tasks.count(self._theirs(customer, wanted))

    async def _count_question(self, customer: str) -> None:
        terms = await self.plans.terms(customer)
        if terms.query_rates:
            self.rates.take(f"? {customer}", terms.query_rates, what="questions")

    def _theirs(self, customer: str, wanted: TaskQuery | None) -> TaskQuery:
        return replace(wanted or TaskQuery(), customer=customer, kept_at=self.clock.now())

    async def cancel(self, customer: str, task_id: str) -> Task:
        """Raises NotFound, or Conflict when it has ended otherwise."""
        await self._read(customer, task_id)
        return await cancel_task(
            task_id,
            customer=customer,
            providers=self.providers,
            tasks=self.store.tasks,
            clock=self.clock,
        )

    async def remove(self, customer: str, task_id: str) -> None:
        """Cancel what is not done, and leave nothing of it. Raises NotFound, and Conflict while
        another task goes on from its film."""
        removal = Removal(
            store=self.store, results=self.results, providers=self.providers, clock=self.clock
        )
        await removal.remove(customer, task_id)

    async def watch(self, customer: str, task_id: str) -> AsyncIterator[Sighting]:
        """Every change until its end. Raises NotFound, and SetUp for trouble of our own house."""
        await self._read(customer, task_id)
        async for sighting in self.driver.watch(task_id):
            yield sighting

    def progress(self, task: Task) -> Progress | None:
        return self.driver.progress(task.id)

    async def tasks_ahead(self, task: Task) -> int:
        """How many in its line are older; a fair line may well take it sooner than that."""
        if task.state is not State.QUEUED:
            return 0
        older = TaskQuery(
            states=frozenset({State.QUEUED}),
            account=task.account,
            created_before=task.created_at,
        )
        return await self.store.tasks.count(older)

    async def quote(self, customer: str, request: Request) -> list[Offer]:
        """What it would cost at each provider, or why it can't be done there. Raises FixRequest."""
        usable = self.usable(customer)

        async def plan_credits(provider: str, settled: Settled) -> int:
            return await self.plans.price_credits(
                customer,
                provider=provider,
                model=settled.model.name,
                request=settled.request,
                output=settled.output,
            )

        found = await offers(
            request,
            catalogue=self.catalogue(),
            assets=self.assets,
            accounts=usable,
            plan_credits=plan_credits,
        )
        return [
            each
            if each.provider in usable or each.why_not is not None
            # How to set an account up is no business of a customer's.
            else replace(each, why_not="this server has no account there", remedy=None)
            for each in found
        ]

    def usable(self, customer: str) -> frozenset[str]:
        """The providers that the customer's tasks can go to."""
        return frozenset(account.provider for account in self._accounts_of(customer))

    # --- credits

    async def balance(self, customer: str) -> Balance:
        return await self.store.ledger.balance(customer)

    async def terms(self, customer: str) -> Terms:
        return await self.plans.terms(customer)

    async def transfers(self, customer: str, wanted: TransferQuery | None = None) -> list[Transfer]:
        return await self.store.ledger.transfers(
            replace(wanted or TransferQuery(), customer=customer)
        )

    async def transaction(self, customer: str, transaction_id: str) -> Transfer:
        """What a customer quotes to support. Raises NotFound."""
        found = await self.transfers(customer, TransferQuery(id=transaction_id))
        if not found:
            raise NotFound(f"there is no transaction {transaction_id!r}", field="transaction")
        return found[0]

    async def events(self, customer: str, limit: int = 100) -> list[Event]:
        return await self.store.events.of_customer(customer, limit)

    async def deliveries(
        self, customer: str, wanted: DeliveryQuery | None = None
    ) -> list[Delivery]:
        return await self.store.delivery_log.select(
            replace(wanted or DeliveryQuery(), customer=customer)
        )

    async def replay_delivery(self, customer: str, event_id: str) -> Delivery:
        """Call again, under the same id. Raises NotFound."""
        found = await self.deliveries(customer, DeliveryQuery(id_prefix=event_id, limit=2))
        if not any(each.id == event_id for each in found):
            raise NotFound(f"there is no webhook {event_id!r}", field="event")
        return await self.store.delivery_log.replay(event_id, self.clock.now())

    # --- payment systems, providers and operators

    async def top_up(
        self,
        customer: str,
        bought: int,
        *,
        reference: str,
        secret: bytes,
        timestamp: str,
        body: bytes,
        signed: str,
    ) -> Transfer:
        """A payment system's signed call; the body is as it came. Raises FixRequest, Conflict."""
        verify_call(secret, timestamp=timestamp, body=body, signed=signed, now=self.clock.now())
        return await post_top_up(
            customer,
            bought,
            reference=reference,
            ledger=self.store.ledger,
            clock=self.clock,
            ids=self.ids,
        )

    def knock(self, task_id: str, job: str | None = None) -> None:
        """A provider's callback: a doorbell, never a delivery."""
        self.driver.knock(task_id, job)

    async def resolve_in_doubt(self, task_id: str, *, job: str | None, by: str, note: str) -> Task:
        """Raises NotFound, Conflict."""
        return await resolve_in_doubt(
            task_id, job=job, by=by, note=note, tasks=self.store.tasks, clock=self.clock
        )

    async def audit(self) -> Audit:
        return await self.store.ledger.check()

    async def find_for_operator(self, wanted: str) -> Task:
        """Anybody's, by its id or the beginning of it. Raises NotFound, FixRequest."""
        return await read_task(wanted, tasks=self.store.tasks)

    def _accounts_of(self, customer: str) -> list[Account]:
        return [each for each in self.accounts.values() if each.customer in {None, customer}]

    async def _load(self, account: Account) -> float:
        """Unfinished tasks for each slot."""
        unfinished = TaskQuery(
            states=frozenset({State.QUEUED, State.STARTING, State.RUNNING}), account=account.id
        )
        return await self.store.tasks.count(unfinished) / max(1, account.slots)
