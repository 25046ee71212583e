"""What became of a task's webhooks, told after the film itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from filmgate.domain.delivery import Attempt, Delivery, DeliveryState
from filmgate.domain.task import Task
from filmgate.entrypoints.cli import telling

if TYPE_CHECKING:
    from filmgate.entrypoints.cli.house import House


async def tell_calls(house: House, task: Task) -> None:
    """Wait a little for the first attempts; those that failed go on by their timetable."""
    if task.callback is None:
        return
    for delivery, attempts in await house.calls_of(task):
        telling.remark(f"note: {line_of(delivery, attempts)}")


def line_of(delivery: Delivery, attempts: list[Attempt]) -> str:
    """The host alone: the rest of a webhook's URL may be a secret."""
    what = f"webhook task.{delivery.event.kind.value} to {delivery.host}"
    if not attempts:
        return f"{what}: not tried yet, for it has to wait ({_more(delivery)})"
    last = attempts[-1]
    match delivery.state:
        case DeliveryState.DELIVERED:
            return f"{what}: delivered (status {last.status}, {last.took_ms} ms)"
        case DeliveryState.PENDING:
            return f"{what}: {last.error}; tried again when due ({_more(delivery)})"
        case DeliveryState.GIVEN_UP | DeliveryState.SWITCHED_OFF:
            return f"{what}: {last.error} ({_more(delivery)})"


def _more(delivery: Delivery) -> str:
    return f"filmgate admin webhooks show {delivery.id}"
