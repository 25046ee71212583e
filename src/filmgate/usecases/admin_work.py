"""What an operator does with credits and tasks.

Transfers and timelines say themselves who moved them and why, in the same write; the trail's line
comes right after, so that one list shows everything that was done by hand.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from filmgate.domain.customer import Customer, Deed
from filmgate.domain.customer_ports import Trail
from filmgate.domain.errors import FixRequest
from filmgate.domain.ledger import Audit, Balance, Transfer
from filmgate.domain.ports import Clock, Ids, Provider, Store, TaskQuery, TransferQuery
from filmgate.domain.task import Task
from filmgate.usecases.admin_customers import one_line
from filmgate.usecases.cancel_task import cancel_task
from filmgate.usecases.give_up import resolve_in_doubt
from filmgate.usecases.read_task import read_task
from filmgate.usecases.top_up import post_adjustment, post_refund, post_top_up


@dataclass(frozen=True, slots=True, kw_only=True)
class CreditOffice:
    store: Store
    trail: Trail
    clock: Clock
    ids: Ids

    async def balance(self, customer: Customer) -> Balance:
        return await self.store.ledger.balance(customer.id)

    async def transfers(self, customer: Customer, limit: int) -> list[Transfer]:
        """Newest first."""
        return await self.store.ledger.transfers(TransferQuery(customer=customer.id, limit=limit))

    async def top_up(self, customer: Customer, bought: int, *, reference: str, by: str) -> Transfer:
        """The same reference again moves nothing and answers the same. Raises FixRequest,
        Conflict."""
        reference = one_line(reference, field="reference")
        details = {"reference": reference}
        if await self.store.ledger.transfers(TransferQuery(reference=reference)):
            details["repeated"] = "nothing moved"
        posted = await post_top_up(
            customer.id,
            bought,
            reference=reference,
            by=by,
            ledger=self.store.ledger,
            clock=self.clock,
            ids=self.ids,
        )
        await self._note(by, "credits top-up", customer.id, posted, details)
        return posted

    async def adjust(self, customer: Customer, change: int, *, note: str, by: str) -> Transfer:
        """Raises FixRequest, TopUp."""
        note = one_line(note, field="note")
        posted = await post_adjustment(
            customer.id,
            change,
            note=note,
            by=by,
            ledger=self.store.ledger,
            clock=self.clock,
            ids=self.ids,
        )
        details = {"note": note, "change": f"{change:+d}"}
        await self._note(by, "credits adjust", customer.id, posted, details)
        return posted

    async def refund(
        self, task_id: str, credits_back: int | None, *, reason: str, by: str
    ) -> Transfer:
        """Raises NotFound, Conflict, FixRequest."""
        reason = _needed(reason, field="reason")
        posted = await post_refund(
            task_id,
            credits_back,
            reason=reason,
            by=by,
            tasks=self.store.tasks,
            ledger=self.store.ledger,
            clock=self.clock,
        )
        details = {"reason": reason, "customer": posted.customer}
        await self._note(by, "credits refund", posted.task or task_id, posted, details)
        return posted

    async def check(self) -> Audit:
        return await self.store.ledger.check()

    async def _note(
        self, by: str, action: str, subject: str, posted: Transfer, details: Mapping[str, str]
    ) -> None:
        told = {**details, "credits": str(posted.credits), "transaction": posted.id}
        await self.trail.add(
            Deed(at=self.clock.now(), by=by, action=action, subject=subject, details=told)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskOffice:
    store: Store
    trail: Trail
    clock: Clock
    providers: Mapping[str, Provider]
    """By account."""

    async def select(self, wanted: TaskQuery) -> list[Task]:
        return await self.store.tasks.select(wanted)

    async def find(self, text: str) -> Task:
        """Whoever's it is, by its id or an unmistakable beginning. Raises NotFound."""
        return await read_task(text, tasks=self.store.tasks)

    async def resolve(self, text: str, *, job: str | None, note: str, by: str) -> Task:
        """Settle a task in doubt: this is its job, or (None) there is none. Raises NotFound,
        Conflict, FixRequest."""
        note = _needed(note, field="note")
        settled = await resolve_in_doubt(
            text, job=job, by=by, note=note, tasks=self.store.tasks, clock=self.clock
        )
        await self._note(by, "tasks resolve", settled, {"note": note, "job": job or "none"})
        return settled

    async def cancel(self, text: str, *, by: str) -> Task:
        """Raises NotFound, Conflict."""
        ended = await cancel_task(
            text, by=by, providers=self.providers, tasks=self.store.tasks, clock=self.clock
        )
        await self._note(by, "tasks cancel", ended, {})
        return ended

    async def _note(self, by: str, action: str, task: Task, details: Mapping[str, str]) -> None:
        told = {**details, "customer": task.customer}
        await self.trail.add(
            Deed(at=self.clock.now(), by=by, action=action, subject=task.id, details=told)
        )


def _needed(text: str, *, field: str) -> str:
    text = one_line(text, field=field)
    if not text:
        raise FixRequest("somebody will ask why: say it", field=field)
    return text
