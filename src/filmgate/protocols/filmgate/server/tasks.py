"""Tasks looked at, listed, stopped, and their files."""

from __future__ import annotations

from collections.abc import Callable

from starlette.responses import RedirectResponse, Response

from filmgate.domain.errors import Conflict, FixRequest, NotFound
from filmgate.domain.ports import TaskQuery
from filmgate.domain.task import State, Task
from filmgate.protocols.filmgate.server.asking import Ask, Handler, answer, task_answer
from filmgate.protocols.filmgate.view import task_reply
from filmgate.protocols.filmgate.wire import time_of
from filmgate.protocols.filmgate.wire_replies import TaskList
from filmgate.protocols.filmgate.wire_requests import NoQuery, TaskListQuery
from filmgate.usecases.front import Links


async def read_task(ask: Ask) -> Response:
    ask.query(NoQuery)
    return await task_answer(ask, await ask.task())


async def cancel_task(ask: Ask) -> Response:
    ask.query(NoQuery)
    task = await ask.task()
    ended = await ask.front.service.cancel(ask.customer, task.id)
    return await task_answer(ask, ended)


async def list_tasks(ask: Ask) -> Response:
    wanted = ask.query(TaskListQuery)
    found = await ask.front.service.tasks(
        ask.customer,
        TaskQuery(
            states=frozenset(wanted.state or State),
            kinds=frozenset(wanted.kind),
            external_id=wanted.external_id,
            created_from=_time(wanted.created_after, "created_after"),
            created_before=_time(wanted.created_before, "created_before"),
            past_id=wanted.cursor,
            limit=wanted.limit + 1,
        ),
    )
    page = found[: wanted.limit]
    return answer(
        TaskList(
            tasks=tuple([task_reply(await ask.shown(task)) for task in page]),
            next_cursor=page[-1].id if len(found) > len(page) else None,
        )
    )


def sends(what: str, link: Callable[[Links, Task], str | None]) -> Handler:
    """Sends the client on to a signed link."""

    async def handler(ask: Ask) -> Response:
        ask.query(NoQuery)
        task = await ask.task()
        url = link(ask.front.links, task)
        if url is None and (task.result or task.rescued) is not None:
            raise NotFound(f"task {task.id} has no {what}, or none any more", field="task")
        if url is None:
            raise Conflict(f"task {task.id} is {task.state.value} and has no {what}", field="task")
        return RedirectResponse(url, 303, {"Cache-Control": "no-store"})

    return handler


def _time(text: str | None, field: str) -> float | None:
    if text is None:
        return None
    try:
        # In a query a plus sign is a blank.
        return time_of(text.replace(" ", "+") if "T" in text else text)
    except (ValueError, OverflowError) as error:
        raise FixRequest(
            f"{field} is no time", field=field, remedy="Write it like 2026-11-21T04:16:15Z."
        ) from error
