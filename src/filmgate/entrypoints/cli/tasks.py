"""``filmgate tasks``: everything ever asked for."""

from __future__ import annotations

import time
from typing import Annotated

from cyclopts import Parameter

from filmgate.domain.errors import Conflict, FixRequest
from filmgate.domain.pricing import usd
from filmgate.domain.task import State, Task
from filmgate.entrypoints.cli import telling
from filmgate.entrypoints.cli.calling import tell_calls
from filmgate.entrypoints.cli.destination import check_destination
from filmgate.entrypoints.cli.failures import DONE, EndedBadly
from filmgate.entrypoints.cli.following import delivered, follow, go_on
from filmgate.entrypoints.cli.generate import tell_film
from filmgate.entrypoints.cli.house import House, Server, at
from filmgate.entrypoints.cli.parsing import group
from filmgate.entrypoints.cli.progress import display_for

app = group("tasks", "Everything ever asked for: nothing is lost by Ctrl-C.")

TaskId = Annotated[str, Parameter(name="TASK", help="A task's id, or an unmistakable part of it.")]
Json = Annotated[bool, Parameter(name="--json", help="Tell it as JSON.")]
Out = Annotated[
    str | None,
    Parameter(
        name=["-o", "--out"],
        metavar="FILE",
        allow_leading_hyphen=True,
        help="File to write the film to.",
    ),
]


@app.command(name="list")
def list_tasks(
    *,
    state: Annotated[
        str | None, Parameter(name="--state", help=f"Only those {', '.join(State)}.")
    ] = None,
    limit: Annotated[int, Parameter(name="--limit", help="At most so many.")] = 50,
    json: Json = False,
    server: Server = None,
) -> int:
    """The newest tasks."""
    wanted = state_named(state)
    if limit < 1:
        raise FixRequest(f"{limit} won't do", field="--limit", remedy="give 1 or more")

    async def work(house: House) -> int:
        tasks = await house.tasks(state=wanted, limit=limit)
        if json:
            stuck = await house.interrupted(tasks)
            telling.say_json([_facts(house, each, interrupted=each.id in stuck) for each in tasks])
        elif tasks:
            _tell_tasks(tasks, await house.interrupted(tasks))
        else:
            telling.remark("no tasks yet" if wanted is None else f"no task is {wanted}")
        return DONE

    return at(server, work)


@app.command
def show(task: TaskId, /, *, json: Json = False, server: Server = None) -> int:
    """One task with its whole story."""

    async def work(house: House) -> int:
        found = await house.task(task)
        interrupted = found.id in await house.interrupted([found])
        if json:
            timeline = [
                {"at": telling.iso_time(step.at), "state": step.state.value, "note": step.note}
                for step in found.timeline
            ]
            telling.say_json(
                {**_facts(house, found, interrupted=interrupted), "timeline": timeline}
            )
        else:
            _tell_task(house, found, interrupted=interrupted)
        return DONE

    return at(server, work)


@app.command
def wait(task: TaskId, /, *, out: Out = None, json: Json = False, server: Server = None) -> int:
    """Wait until the task has ended and print where its film is kept; -o copies the film."""
    return _follow(task, out=out, json=json, always_deliver=False, server=server)


@app.command
def resume(task: TaskId, /, *, out: Out = None, json: Json = False, server: Server = None) -> int:
    """Go on with an interrupted task and deliver its film, as generate would have."""
    return _follow(task, out=out, json=json, always_deliver=True, server=server)


@app.command
def cancel(task: TaskId, /, *, json: Json = False, server: Server = None) -> int:
    """Stop a task; its work is thrown away."""

    async def work(house: House) -> int:
        found = await house.task(task)
        if found.state.ended:
            raise Conflict(f"task {found.id} has ended already ({found.state})", field="task")
        ended = await house.cancel(found.id)
        if json:
            telling.say_json(telling.task_facts(ended, file=None))
        else:
            telling.say(f"{ended.id} {ended.state}")
        return DONE

    return at(server, work)


def _follow(
    task: str, *, out: str | None, json: bool, always_deliver: bool, server: str | None
) -> int:
    destination = check_destination(out) if always_deliver or out is not None else None

    async def work(house: House) -> int:
        found = await house.task(task)
        try:
            found = await follow(house, found, display_for(quiet=json), out=out)
        except EndedBadly:
            await tell_calls(house, found)
            raise
        if destination is None:
            file = house.film_place(found) or ""
        else:
            file = await delivered(house, found, destination)
        tell_film(found, file, as_json=json)
        await tell_calls(house, found)
        return DONE

    return at(server, work)


def state_named(text: str | None) -> State | None:
    if text is None:
        return None
    try:
        return State(text.lower().replace("-", "_"))
    except ValueError:
        raise FixRequest(
            f"there is no state {text}", field="--state", remedy=f"choose {', '.join(State)}"
        ) from None


def _film(house: House, task: Task) -> str | None:
    return house.film_place(task) if task.state is State.SUCCEEDED else None


def _facts(house: House, task: Task, *, interrupted: bool) -> dict[str, object]:
    facts = telling.task_facts(task, file=_film(house, task))
    return {**facts, "interrupted": interrupted}


def _tell_tasks(tasks: list[Task], interrupted: frozenset[str]) -> None:
    now = time.time()
    telling.say_table(
        ("TASK", "AGE", "STATE", "MODEL", "LENGTH", "PROMPT"),
        [
            (
                task.id,
                telling.age(task.created_at, now),
                "interrupted" if task.id in interrupted else task.state.value,
                task.model,
                f"{task.output.duration_s:g} s",
                telling.prompt_of(task),
            )
            for task in tasks
        ],
    )


def _tell_task(house: House, task: Task, *, interrupted: bool) -> None:
    output = task.result or task.output
    remedy = f"; interrupted, go on with {go_on(task.id, None, house.place)}"
    facts = {
        "state": f"{task.state}, asked for {telling.age(task.created_at, time.time())} ago"
        + (remedy if interrupted else ""),
        "reason": task.reason if task.state is not State.SUCCEEDED else None,
        "prompt": telling.prompt_of(task),
        "kind": task.request.kind.value,
        "model": f"{task.model} at {task.provider}",
        "picture": f"{output.width}x{output.height}, {output.fps:g} fps, {output.duration_s:g} s",
        "seed": str(task.output.seed),
        "price": usd(task.quote_usd_micros),
        "film": _film(house, task),
        **{word: said for word, said in task.understood.items() if word not in {"state", "film"}},
    }
    telling.say(task.id)
    telling.say_facts(facts)
    for note in task.notes:
        telling.say_facts({"note": note})
    telling.say("  timeline")
    for step in task.timeline:
        note = f"  {step.note}" if step.note else ""
        telling.say(f"    {telling.clock_time(step.at)}  {step.state.value}{note}")
