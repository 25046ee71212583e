"""Accept a request: everything is checked first, and then task and hold are one write."""

from __future__ import annotations

from dataclasses import dataclass, replace
from hashlib import sha256

from filmgate.domain.change import (
    Change,
    ExternalIdTaken,
    IdempotencyConflict,
    NotEnough,
    QueueFull,
)
from filmgate.domain.errors import Conflict, TopUp, Wait
from filmgate.domain.line import Terms, queue_limits
from filmgate.domain.order import with_assets
from filmgate.domain.ports import Assets, Clock, Ids, Plans, TaskQuery, Tasks
from filmgate.domain.pricing import usd
from filmgate.domain.request import Asset, Request
from filmgate.domain.task import OWNER, Callback, Chosen, Origin, State, Step, Task
from filmgate.usecases.choose_provider import AUTO, Choice
from filmgate.usecases.settle_request import Settled
from filmgate.usecases.settlements import Settlements

QUEUE_RETRY_S = 30.0
"""When somebody whose queue is full may ask again: about the time of one short film."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What a customer may say beside the request itself."""

    provider: str = AUTO
    max_cost_usd_micros: int | None = None
    max_credits: int | None = None
    idempotency_key: str | None = None
    external_id: str | None = None
    callback: Callback | None = None
    receivers: tuple[Callback, ...] = ()
    """Who else hears of it, without being named in the call."""
    origin: Origin | None = None
    priority: int = 0
    deadline_at: float | None = None


async def submit_task(
    request: Request,
    *,
    customer: str = OWNER,
    options: Options,
    choice: Choice,
    plans: Plans,
    terms: Terms,
    settlements: Settlements,
    tasks: Tasks,
    assets: Assets,
    clock: Clock,
    ids: Ids,
) -> Task:
    """Raises FixRequest for what can't be done (Conflict for a key or name used before), TopUp
    where the money or the ceiling is too low, and Wait where the plan's queue is full."""
    digest = None
    if options.idempotency_key is not None:
        digest = _digest(request, options)
        if first := await _first_call(customer, options.idempotency_key, digest, tasks):
            return first
    settled = await settlements.settle(
        request, provider=choice.provider, assets=assets, seed=ids.seed()
    )
    price = _accepted_price(settled, choice.provider, options.max_cost_usd_micros)
    credits_asked = await plans.price_credits(
        customer,
        provider=choice.provider,
        model=settled.model.name,
        request=settled.request,
        output=settled.output,
    )
    _hold_to_ceiling(credits_asked, options.max_credits)
    now = clock.now()
    task = Task(
        id=ids.task_id(),
        customer=customer,
        request=settled.request,
        model=settled.model.name,
        output=settled.output,
        quote_usd_micros=price,
        hold_credits=credits_asked,
        priority=min(options.priority, terms.priority_max),
        external_id=options.external_id,
        idempotency_key=options.idempotency_key,
        body_digest=digest,
        callback=_callback(options),
        origin=options.origin,
        deadline_at=options.deadline_at,
        give_up_at=options.deadline_at,
        expires_at=None if terms.retention_s is None else now + terms.retention_s,
        provider=choice.provider,
        account=choice.account,
        chosen=Chosen(
            provider=choice.provider,
            account=choice.account,
            because=choice.because,
            rejected=choice.rejected,
        ),
        created_at=now,
        updated_at=now,
        notes=settled.notes,
        timeline=(Step(at=now, state=State.QUEUED),),
    )
    return await _accept(task, terms, tasks)


async def _accept(task: Task, terms: Terms, tasks: Tasks) -> Task:
    """What the store refuses, in words for the customer."""
    try:
        return await tasks.commit(Change(before=None, task=task, limits=queue_limits(task, terms)))
    except NotEnough as error:
        raise TopUp(
            f"this takes {error.needed} credits and {error.available} are available",
            needed_credits=error.needed,
            available_credits=error.available,
            remedy="Top up, or choose a shorter film or a cheaper mode.",
        ) from error
    except QueueFull as error:
        raise Wait(
            f"plan {terms.plan} takes {error.limit.at_most} unfinished tasks at once",
            retry_after_s=QUEUE_RETRY_S,
            remedy="Send it again when one has ended.",
        ) from error
    except ExternalIdTaken as error:
        raise Conflict(
            f"there is a task with the name {task.external_id!r} already", field="external_id"
        ) from error
    except IdempotencyConflict as error:
        raise _key_conflict() from error


async def _first_call(customer: str, key: str, digest: str, tasks: Tasks) -> Task | None:
    """The task of the same call made before. A look ahead only: the store decides for good."""
    found = await tasks.select(TaskQuery(customer=customer, idempotency_key=key, limit=1))
    if not found:
        return None
    if found[0].body_digest != digest:
        raise _key_conflict()
    return found[0]


def _key_conflict() -> Conflict:
    return Conflict(
        "this Idempotency-Key came before with another request",
        field="idempotency_key",
        remedy="Use a new key for a new request.",
    )


def _callback(options: Options) -> Callback | None:
    everybody = (*filter(None, (options.callback,)), *options.receivers)
    return replace(everybody[0], also=everybody[1:]) if everybody else None


def _digest(request: Request, options: Options) -> str:
    """Tells a replay from another request; what a request refers to stands in it by its bytes, or
    by its address while it has still to be fetched."""
    # A deadline is counted from the call, so that it is another one in every replay; and so is the
    # name that a secret is kept under. A set has another order in every process.
    callback = options.callback and replace(options.callback, secret=None, states=None)
    said = replace(options, idempotency_key=None, deadline_at=None, callback=callback, receivers=())
    return sha256(repr((with_assets(request, _named), said)).encode()).hexdigest()


def _named(asset: Asset) -> Asset:
    return Asset(asset.fetch.url if asset.fetch else asset.digest, "", 0)


def _accepted_price(settled: Settled, provider: str, ceiling: int | None) -> int:
    price = settled.price_usd_micros
    if price is None:
        raise TopUp(
            f"nobody knows what {settled.model.name} costs at {provider}, so nothing is spent",
            field="model",
            remedy="Choose a model with a known price (filmgate models).",
        )
    if ceiling is not None and price > ceiling:
        raise TopUp(
            f"this costs {usd(price)} at {provider}, above the ceiling of {usd(ceiling)}",
            field="max_cost",
            remedy="Raise the ceiling, or choose a shorter film, a cheaper mode or provider local.",
        )
    return price


def _hold_to_ceiling(price_credits: int, ceiling: int | None) -> None:
    assert price_credits >= 0, f"a price of {price_credits} credits"
    if ceiling is not None and price_credits > ceiling:
        raise TopUp(
            f"this takes {price_credits} credits, above the ceiling of {ceiling}",
            field="max_credits",
            needed_credits=price_credits,
            remedy="Raise the ceiling, or choose a shorter film or a cheaper mode.",
        )
