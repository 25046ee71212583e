"""Tasks by the names that Kling's clients know them under."""

from __future__ import annotations

from filmgate.domain.errors import NotFound
from filmgate.domain.handles import number_in_digits, number_in_uuid
from filmgate.domain.task import Task
from filmgate.protocols.kling.errors import task_not_found
from filmgate.usecases.front import Front


async def find_task(front: Front, customer: str, asked: str) -> Task:
    """By our id or the customer's own name for it. Raises KlingRefusal (1201)."""
    number = number_in_digits(asked)
    if number is not None:
        try:
            return await front.service.read_numbered(customer, number)
        except NotFound:
            pass  # a customer may name tasks in 18 digits too
    try:
        return await front.service.read_named(customer, asked)
    except NotFound:
        raise task_not_found(asked) from None


async def find_film(front: Front, customer: str, video_id: str) -> Task | None:
    """The task whose film has this id; some clients send the task's id in its place."""
    for read in (number_in_uuid, number_in_digits):
        number = read(video_id)
        if number is not None:
            try:
                return await front.service.read_numbered(customer, number)
            except NotFound:
                return None
    return None
