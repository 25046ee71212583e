"""Small stand-ins for the world, and tasks to try things on."""

from __future__ import annotations

from itertools import count
from pathlib import Path

from filmgate.domain.change import Change, Limit
from filmgate.domain.errors import BadInput
from filmgate.domain.ledger import top_up
from filmgate.domain.line import Terms
from filmgate.domain.order import Order, order_of
from filmgate.domain.ports import Measured, Store
from filmgate.domain.request import Asset, TextToVideo
from filmgate.domain.task import OWNER, Fault, Output, Result, State, Step, Task, move
from filmgate.usecases.gather_inputs import Gathered

_numbers = count(1)
FILM = b"film of seed "


class HandClock:
    """Moves only when told."""

    def __init__(self) -> None:
        self.time = 1000.0

    def now(self) -> float:
        return self.time


class NoAssets:
    async def put(self, path: str) -> Asset:
        raise AssertionError("nothing is stored in this test")

    async def locate(self, asset: Asset) -> str:
        raise AssertionError("nothing is stored in this test")

    async def picture_size(self, asset: Asset) -> tuple[int, int]:
        raise AssertionError("nothing is stored in this test")


class MemoryResults:
    """Keeps a film when `fetched` says that its bytes came in."""

    def __init__(self) -> None:
        self.partial: dict[str, bytes] = {}
        self.kept: dict[str, bytes] = {}

    async def make_room(self, task_id: str) -> str:
        self.partial.pop(task_id, None)
        return task_id

    async def keep(self, task_id: str) -> Result:
        film = self.partial.pop(task_id)
        if not film:
            raise BadInput("it holds no video")
        self.kept[task_id] = film
        return Result(
            path=task_id,
            digest="0" * 64,
            size_bytes=len(film),
            width=1,
            height=1,
            fps=1,
            duration_s=1.0,
        )

    async def discard(self, task_id: str) -> None:
        self.partial.pop(task_id, None)
        self.kept.pop(task_id, None)


async def nothing_to_fetch(task: Task) -> Gathered:
    raise AssertionError(f"nothing was to be fetched for {task.id}")


def new_task(
    prompt: str = "a lake",
    *,
    provider: str = "local",
    at: float = 1.0,
    customer: str = OWNER,
    credits: int = 0,  # noqa: A002
) -> Task:
    number = next(_numbers)
    return Task(
        id=f"task_{number:026d}",
        request=TextToVideo(prompt=prompt),
        model="animatic",
        provider=provider,
        account=provider,
        customer=customer,
        hold_credits=credits,
        output=Output(width=64, height=36, fps=10, duration_s=1.0, seed=number),
        quote_usd_micros=0,
        created_at=at,
        updated_at=at,
        timeline=(Step(at=at, state=State.QUEUED),),
    )


def new_order(prompt: str = "a lake") -> Order:
    return order_of(new_task(prompt))


def measure_pretended(path: Path) -> Measured:
    """What the slow engine writes is a film here, and nothing else is."""
    lines = path.read_bytes().splitlines()
    if len(set(lines)) != 1 or not lines[0].startswith(FILM):
        raise BadInput(f"{path.name} is no film")
    return Measured(width=64, height=36, fps=10.0, duration_s=len(lines) / 10)


async def accept(store: Store, task: Task, *limits: Limit) -> Task:
    return await store.tasks.commit(Change(before=None, task=task, limits=limits))


async def step(store: Store, before: Task, after: Task, *limits: Limit) -> Task:
    return await store.tasks.commit(Change(before=before, task=after, limits=limits))


async def bring_to(store: Store, task: Task, *states: State, at: float = 2.0) -> Task:
    """Through these states, one commit each."""
    for state in states:
        known = {"job": f"job-{task.id}"} if state is State.RUNNING else {}
        if state is State.FAILED:
            known = {"fault": Fault.PROVIDER}
        task = await step(store, task, move(task, state, at, **known))
    return task


async def give_credits(store: Store, customer: str, credits: int) -> None:  # noqa: A002
    number = next(_numbers)
    await store.ledger.post(
        top_up(f"txn_{number}", customer, credits, 1.0, reference=f"payment-{number}")
    )


class FixedPlans:
    """The same plan and price for everybody."""

    def __init__(self, price: int = 0, **terms: object) -> None:
        self.price = price
        self.of_customer: dict[str, Terms] = {}
        self.usual = Terms(plan="test", **terms)

    async def terms(self, customer: str) -> Terms:
        return self.of_customer.get(customer, self.usual)

    async def price_credits(self, customer: str, **asked: object) -> int:
        return self.price
