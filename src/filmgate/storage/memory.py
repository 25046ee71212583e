"""Stores that end with the process, for tests and throw-away houses: the database's rules again,
with one thread for a transaction."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import chain

from filmgate.domain.change import (
    AlreadyPosted,
    Change,
    Event,
    ExternalIdTaken,
    IdempotencyConflict,
    Limit,
    NoSlot,
    NotEnough,
    QueueFull,
    Stale,
)
from filmgate.domain.files import is_expired
from filmgate.domain.handles import number_of
from filmgate.domain.ledger import (
    BY_HAND,
    ENDS_HOLD,
    Account,
    Audit,
    Balance,
    Kind,
    Transfer,
    transaction_id,
)
from filmgate.domain.line import Account as Seat
from filmgate.domain.line import Line, Unfetched, Waiting, tasks_at_once
from filmgate.domain.order import assets_of, is_unfetched
from filmgate.domain.ports import (
    InHand,
    Store,
    TaskQuery,
    TransferQuery,
)
from filmgate.domain.task import IN_SLOTS, State, Task
from filmgate.storage.memory_deliveries import MemoryDeliveries, write_event
from filmgate.storage.memory_library import MemoryLibrary
from filmgate.storage.memory_receivers import MemoryReceivers
from filmgate.storage.memory_rows import Rows
from filmgate.storage.news import Bulletin

BEGUN = frozenset({State.STARTING, State.IN_DOUBT, State.RUNNING, State.FETCHING})


class MemoryTasks:
    def __init__(self, rows: Rows, bulletin: Bulletin) -> None:
        self._rows = rows
        self._bulletin = bulletin

    async def commit(self, change: Change) -> Task:
        rows, task = self._rows, change.task
        if change.before is None and (first := self._replayed(task)):
            return first
        there = rows.tasks.get(task.id)
        version = change.before.version if change.before else 0
        if version != (there.version if there else 0):
            raise Stale(f"task {task.id} is no longer at version {version}")
        self._hold_to_limits(change)
        balance = _moved(rows, task.customer, change.transfers)
        # Everything that can be refused has been: from here on nothing fails halfway.
        written = replace(task, version=task.version + 1)
        rows.tasks[task.id] = written
        rows.transfers |= {transfer.id: transfer for transfer in change.transfers}
        if change.transfers:
            rows.balances[task.customer] = balance
        for event in change.events:
            write_event(rows, event)
        if there is not None and (there.state, task.state) == (State.QUEUED, State.STARTING):
            rows.turns += 1
            rows.served[task.account, task.customer] = rows.turns
        self._bulletin.tell(written)
        return written

    async def read(self, task_id: str) -> Task | None:
        return self._rows.tasks.get(task_id)

    async def select(self, wanted: TaskQuery) -> list[Task]:
        found = [task for task in self._rows.tasks.values() if _matches(task, wanted)]
        found.sort(key=_age, reverse=not wanted.oldest_first)
        if wanted.past_id is not None:
            edge = _age(self._rows.tasks[wanted.past_id])
            found = [
                task
                for task in found
                if (_age(task) > edge if wanted.oldest_first else _age(task) < edge)
            ]
        return found[wanted.offset : wanted.offset + wanted.limit]

    async def count(self, wanted: TaskQuery) -> int:
        return len(await self.select(replace(wanted, limit=len(self._rows.tasks), offset=0)))

    def _replayed(self, task: Task) -> Task | None:
        if task.idempotency_key is None:
            return None
        for first in self._rows.tasks.values():
            if first.customer != task.customer:
                continue
            if first.idempotency_key == task.idempotency_key:
                if first.body_digest != task.body_digest:
                    raise IdempotencyConflict(f"the key of task {first.id} came with another")
                return first
        return None

    def _hold_to_limits(self, change: Change) -> None:
        task = change.task
        rows = self._rows.tasks
        if change.before is None and task.external_id is not None:
            names = {(other.customer, other.external_id) for other in rows.values()}
            if (task.customer, task.external_id) in names:
                raise ExternalIdTaken(task.external_id)
        for limit in change.limits:
            others = sum(_counts(each, limit) for each in rows.values() if each.id != task.id)
            if others + _counts(task, limit) > limit.at_most:
                raise (QueueFull if change.before is None else NoSlot)(limit)


class MemoryLedger:
    def __init__(self, rows: Rows) -> None:
        self._rows = rows

    async def post(self, transfer: Transfer) -> Transfer:
        assert transfer.kind in BY_HAND, f"{transfer.kind} follows from a task alone"
        self._rows.balances[transfer.customer] = _moved(self._rows, transfer.customer, (transfer,))
        self._rows.transfers[transfer.id] = transfer
        return transfer

    async def balance(self, customer: str) -> Balance:
        return self._rows.balances.get(customer, Balance())

    async def transfers(self, wanted: TransferQuery) -> list[Transfer]:
        found = [each for each in self._rows.transfers.values() if _wanted(each, wanted)]
        found.reverse()
        return found[wanted.offset : wanted.offset + wanted.limit]

    async def check(self) -> Audit:
        rows = self._rows
        sums: dict[str, tuple[int, int]] = {}
        endings: dict[str, int] = {}
        holds = {each.task for each in rows.transfers.values() if each.kind is Kind.HOLD}
        for each in rows.transfers.values():
            available, held = sums.get(each.customer, (0, 0))
            sums[each.customer] = (
                available + each.change(Account.AVAILABLE),
                held + each.change(Account.HELD),
            )
            if each.kind in ENDS_HOLD and each.task is not None:
                endings[each.task] = endings.get(each.task, 0) + 1
        differences = (
            abs(available - balance.available) + abs(held - balance.held)
            for customer in sums.keys() | rows.balances.keys()
            for available, held in [sums.get(customer, (0, 0))]
            for balance in [rows.balances.get(customer, Balance())]
        )
        paid = [task for task in rows.tasks.values() if task.hold_credits]
        return Audit(
            difference=sum(differences),
            open_holds_of_ended_tasks=sum(
                task.state.ended and task.id not in endings for task in paid
            ),
            open_tasks_without_hold=sum(
                not task.state.ended and (task.id in endings or task.id not in holds)
                for task in paid
            ),
            holds_ended_twice=sum(times > 1 for times in endings.values()),
            transfers=len(rows.transfers),
        )


class MemoryWork:
    def __init__(self, rows: Rows) -> None:
        self._rows = rows

    async def line(self, account: Seat, *, besides_runners: frozenset[str]) -> Line:
        tasks = self._rows.tasks.values()
        at_work = [
            task
            for task in tasks
            if task.account == account.id
            and task.state in IN_SLOTS
            and task.runner not in besides_runners
        ]
        full = {
            model
            for model, most in account.slots_of_model.items()
            if sum(task.model == model for task in at_work) >= most
        }
        heads: dict[str, list[Task]] = {}
        for task in tasks:
            waits = (task.state, task.account) == (State.QUEUED, account.id)
            if waits and task.model not in full and not is_unfetched(task.request):
                heads.setdefault(task.customer, []).append(task)
        at_once = tasks_at_once(account.slots - len(at_work), len(heads))
        waiting = [
            Waiting(
                tasks=tuple(each.id for each in sorted(line, key=_rank)[:at_once]),
                customer=customer,
                served=self._rows.served.get((account.id, customer), 0),
                busy=sum(each.customer == customer and each.state in IN_SLOTS for each in tasks),
            )
            for customer, line in heads.items()
        ]
        waiting.sort(key=lambda each: (each.served, each.tasks))
        return Line(in_use=len(at_work), waiting=tuple(waiting))

    async def unfetched(self, account: Seat, *, each: int) -> list[Unfetched]:
        waiting: dict[str, list[Task]] = {}
        for task in self._rows.tasks.values():
            waits = (task.state, task.account) == (State.QUEUED, account.id)
            if waits and is_unfetched(task.request):
                waiting.setdefault(task.customer, []).append(task)
        return [
            Unfetched(
                customer=customer,
                tasks=tuple(task.id for task in sorted(theirs, key=_rank)[:each]),
            )
            for customer, theirs in sorted(waiting.items())
        ]

    async def owners(self) -> frozenset[str]:
        begun = (task for task in self._rows.tasks.values() if _begun(task))
        return frozenset(task.runner for task in begun if task.runner is not None)

    async def adopt(self, runner: str, gone: frozenset[str]) -> int:
        taken = [
            replace(task, runner=runner, version=task.version + 1)
            for task in self._rows.tasks.values()
            if _begun(task) and (task.runner is None or task.runner in gone)
        ]
        self._rows.tasks |= {task.id: task for task in taken}
        return len(taken)

    async def in_hand(self, runner: str, *, account: str | None = None) -> list[InHand]:
        return [
            InHand.of(task)
            for task in self._rows.tasks.values()
            if task.runner == runner and _begun(task) and account in {None, task.account}
        ]

    async def overdue(self, now: float) -> list[str]:
        return [
            task.id
            for task in self._rows.tasks.values()
            if task.state is State.QUEUED and task.give_up_at is not None and task.give_up_at <= now
        ]


class MemoryNews:
    def __init__(self, bulletin: Bulletin) -> None:
        self._bulletin = bulletin

    def listen(self, told: Callable[[Task], None]) -> Callable[[], None]:
        return self._bulletin.listen(told)

    async def mark(self) -> int:
        return 0  # nobody else can write here


class MemoryEvents:
    def __init__(self, rows: Rows) -> None:
        self._rows = rows

    async def of_customer(self, customer: str, limit: int) -> list[Event]:
        theirs = [each for each in self._rows.events.values() if each.customer == customer]
        return sorted(theirs, key=lambda event: (event.at, event.id), reverse=True)[:limit]


class MemoryRecords:
    def __init__(self, rows: Rows) -> None:
        self._rows = rows

    async def expired(self, before: float, limit: int) -> list[Task]:
        ended = [task for task in self._rows.tasks.values() if task.state.ended]
        found = [(task.expires_at, task.id) for task in ended if task.expires_at is not None]
        over = sorted((at, task_id) for at, task_id in found if at < before)
        return [self._rows.tasks[task_id] for _, task_id in over[:limit]]

    async def remove(self, task: Task) -> bool:
        there = self._rows.tasks.get(task.id)
        if there is None or there.version != task.version or not there.state.ended:
            return False
        del self._rows.tasks[task.id]
        told = [name for name, each in self._rows.events.items() if each.task == task.id]
        for name in told:
            del self._rows.events[name]
            self._rows.deliveries.pop(name, None)
            self._rows.attempts.pop(name, None)
        return True

    async def forget_told(self, before: float, limit: int) -> int:
        rows = self._rows
        waiting = {name for name, each in rows.deliveries.items() if each.due_at is not None}
        over = [each.id for each in rows.events.values() if each.at < before]
        gone = [name for name in over if name not in waiting][:limit]
        for name in gone:
            del rows.events[name]
            rows.deliveries.pop(name, None)
            rows.attempts.pop(name, None)
        return len(gone)

    async def claiming(self, task_ids: frozenset[str]) -> frozenset[str]:
        tasks = [self._rows.tasks[task_id] for task_id in task_ids & self._rows.tasks.keys()]
        return frozenset(
            task.id
            for task in tasks
            if _needed(task) or task.result is not None or task.rescued is not None
        )

    async def alive(self, task_ids: frozenset[str]) -> frozenset[str]:
        tasks = [self._rows.tasks[task_id] for task_id in task_ids & self._rows.tasks.keys()]
        return frozenset(task.id for task in tasks if _needed(task))

    async def uses(self, digest: str) -> bool:
        assets = (each for task in self._rows.tasks.values() for each in assets_of(task.request))
        kept = (
            each
            for item in self._rows.items.values()
            if item.deleted_at is None
            for each in item.assets
        )
        return any(asset.digest == digest for asset in chain(assets, kept))


def memory_store(deliveries_kind: type[MemoryDeliveries] = MemoryDeliveries) -> Store:
    rows, bulletin = Rows(), Bulletin()
    deliveries = deliveries_kind(rows)
    return Store(
        tasks=MemoryTasks(rows, bulletin),
        ledger=MemoryLedger(rows),
        work=MemoryWork(rows),
        news=MemoryNews(bulletin),
        events=MemoryEvents(rows),
        deliveries=deliveries,
        delivery_log=deliveries,
        records=MemoryRecords(rows),
        library=MemoryLibrary(rows),
        receivers=MemoryReceivers(rows),
    )


def _moved(rows: Rows, customer: str, transfers: tuple[Transfer, ...]) -> Balance:
    """The customer's balance after these. Raises AlreadyPosted, NotEnough; changes nothing."""
    balance = rows.balances.get(customer, Balance())
    for transfer in transfers:
        twin = transfer.id in rows.transfers
        if transfer.kind in ENDS_HOLD and transfer.task is not None:
            twin = any(transaction_id(transfer.task, kind) in rows.transfers for kind in ENDS_HOLD)
        if transfer.reference is not None:
            references = {each.reference for each in rows.transfers.values()}
            twin = twin or transfer.reference in references
        if twin:
            raise AlreadyPosted(transfer.id)
        available = balance.available + transfer.change(Account.AVAILABLE)
        held = balance.held + transfer.change(Account.HELD)
        if available < 0:
            raise NotEnough(needed=transfer.credits, available=balance.available)
        assert held >= 0, f"{transfer.id} takes more than is held"
        balance = Balance(available=available, held=held)
    return balance


def _age(task: Task) -> tuple[float, str]:
    return task.created_at, task.id


def _rank(task: Task) -> tuple[int, float, str]:
    return -task.priority, task.created_at, task.id


def _begun(task: Task) -> bool:
    return task.state in BEGUN or task.rescue_until is not None


def _needed(task: Task) -> bool:
    return not task.state.ended or task.rescue_until is not None


def _counts(task: Task, limit: Limit) -> bool:
    return (
        task.state in limit.states
        and limit.customer in {None, task.customer}
        and limit.account in {None, task.account}
        and limit.model in {None, task.model}
        and task.runner not in limit.besides_runners
    )


def _matches(task: Task, wanted: TaskQuery) -> bool:
    return (
        task.state in wanted.states
        and wanted.customer in {None, task.customer}
        and wanted.provider in {None, task.provider}
        and wanted.account in {None, task.account}
        and wanted.runner in {None, task.runner}
        and wanted.external_id in {None, task.external_id}
        and wanted.idempotency_key in {None, task.idempotency_key}
        and (wanted.number is None or wanted.number == number_of(task.id))
        and (not wanted.kinds or task.request.kind in wanted.kinds)
        and (wanted.created_from is None or task.created_at >= wanted.created_from)
        and (wanted.created_before is None or task.created_at < wanted.created_before)
        and (wanted.kept_at is None or not is_expired(task, wanted.kept_at))
        and task.id.startswith(wanted.id_prefix)
    )


def _wanted(transfer: Transfer, wanted: TransferQuery) -> bool:
    return (
        wanted.customer in {None, transfer.customer}
        and wanted.task in {None, transfer.task}
        and wanted.id in {None, transfer.id}
        and wanted.reference in {None, transfer.reference}
        and (not wanted.kinds or transfer.kind in wanted.kinds)
        and (wanted.at_from is None or transfer.at >= wanted.at_from)
        and (wanted.at_before is None or transfer.at < wanted.at_before)
    )
