"""``filmgate admin tasks``: everybody's tasks, and the hand that settles what is in doubt."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from filmgate.domain.errors import FixRequest
from filmgate.domain.ports import TaskQuery
from filmgate.domain.task import State, Task
from filmgate.entrypoints.cli import telling
from filmgate.entrypoints.cli.admin.asking import Json, Limit, Yes, at_least_one, at_work, confirm
from filmgate.entrypoints.cli.admin.asking import operator as me
from filmgate.entrypoints.cli.failures import DONE
from filmgate.entrypoints.cli.parsing import group
from filmgate.entrypoints.cli.tasks import TaskId, state_named

if TYPE_CHECKING:
    from filmgate.assembly import Embedded

app = group("tasks", "Everybody's tasks: look, settle, cancel.")


@app.command(name="list")
def list_tasks(
    *,
    state: Annotated[
        str | None, Parameter(name="--state", help=f"Only those {', '.join(State)}.")
    ] = None,
    customer: Annotated[
        str | None, Parameter(name="--customer", help="Only this customer's.")
    ] = None,
    limit: Limit = 50,
    json: Json = False,
) -> int:
    """The newest tasks of all customers."""
    wanted = state_named(state)
    at_least_one(limit)

    async def work(house: Embedded) -> int:
        office = house.office
        found = await office.tasks.select(
            TaskQuery(
                states=frozenset(State) if wanted is None else frozenset({wanted}),
                customer=None if customer is None else (await office.customers.find(customer)).id,
                limit=limit,
            )
        )
        if json:
            telling.say_json([facts(task) for task in found])
        elif found:
            _tell_tasks(found)
        else:
            telling.remark("no such tasks")
        return DONE

    return at_work(work)


@app.command
def show(task: TaskId, /, *, json: Json = False) -> int:
    """One task as the house sees it: account, job, credits, decision, timeline."""

    async def work(house: Embedded) -> int:
        found = await house.office.tasks.find(task)
        if json:
            timeline = [
                {"at": telling.iso_time(step.at), "state": step.state.value, "note": step.note}
                for step in found.timeline
            ]
            telling.say_json({**facts(found), "timeline": timeline})
        else:
            _tell_task(found)
        return DONE

    return at_work(work)


@app.command
def resolve(
    task: TaskId,
    /,
    *,
    job: Annotated[
        str | None, Parameter(name="--job", help="The provider has it, under this id.")
    ] = None,
    none: Annotated[
        bool,
        Parameter(name="--none", help="The provider has no such job: fail it, charge nothing."),
    ] = False,
    note: Annotated[str, Parameter(name="--note", help="How you know.")],
    yes: Yes = False,
    json: Json = False,
) -> int:
    """Settle a task in doubt, after a look at the provider's own list."""
    if none is (job is not None):
        raise FixRequest("say what you found", field="--job", remedy="give --job ID, or --none")
    outcome = f"goes on as job {job}" if job else "fails and is not charged"
    confirm(f"{task} {outcome}, which can't be undone.", yes=yes)

    async def work(house: Embedded) -> int:
        settled = await house.office.tasks.resolve(task, job=job, note=note, by=me())
        return _told(settled, as_json=json)

    return at_work(work)


@app.command
def cancel(task: TaskId, /, *, yes: Yes = False, json: Json = False) -> int:
    """Stop a customer's task; its credits are given back."""
    confirm(f"{task} is stopped and its work thrown away.", yes=yes)

    async def work(house: Embedded) -> int:
        ended = await house.office.tasks.cancel(task, by=me())
        return _told(ended, as_json=json)

    return at_work(work)


def facts(task: Task) -> dict[str, object]:
    """What a customer gets to see, and what only the house knows."""
    chosen = task.chosen
    return {
        **telling.task_facts(task, file=task.result.path if task.result else None),
        "customer": task.customer,
        "account": task.account,
        "job": task.job,
        "runner": task.runner,
        "external_id": task.external_id,
        "hold_credits": task.hold_credits,
        "charged_credits": task.charged_credits,
        "because": chosen.because if chosen else None,
        "rejected": list(chosen.rejected) if chosen else [],
        "give_up_at": None if task.give_up_at is None else telling.iso_time(task.give_up_at),
        "expires_at": None if task.expires_at is None else telling.iso_time(task.expires_at),
    }


def _told(task: Task, *, as_json: bool) -> int:
    if as_json:
        telling.say_json(facts(task))
    else:
        telling.say(f"{task.id} {task.state}")
    return DONE


def _tell_tasks(tasks: list[Task]) -> None:
    now = time.time()
    telling.say_table(
        ("TASK", "AGE", "STATE", "CUSTOMER", "MODEL", "ACCOUNT", "CREDITS", "PROMPT"),
        [
            (
                task.id,
                telling.age(task.created_at, now),
                task.state.value,
                task.customer,
                task.model,
                task.account,
                _credits(task),
                telling.prompt_of(task),
            )
            for task in tasks
        ],
    )


def _tell_task(task: Task) -> None:
    chosen = task.chosen
    telling.say(task.id)
    telling.say_facts(
        {
            "state": f"{task.state}, asked for {telling.age(task.created_at, time.time())} ago",
            "customer": task.customer,
            "reason": task.reason if task.state is not State.SUCCEEDED else None,
            "prompt": telling.prompt_of(task),
            "model": f"{task.model} at {task.provider}, account {task.account}",
            "because": chosen.because if chosen else None,
            "job": task.job,
            "runner": task.runner,
            "credits": _credits(task),
            "gives up": None if task.give_up_at is None else telling.clock_time(task.give_up_at),
            "expires": None if task.expires_at is None else telling.clock_time(task.expires_at),
        }
    )
    for rejected in chosen.rejected if chosen else ():
        telling.say_facts({"rejected": rejected})
    telling.say("  timeline")
    for step in task.timeline:
        note = f"  {step.note}" if step.note else ""
        telling.say(f"    {telling.clock_time(step.at)}  {step.state.value}{note}")


def _credits(task: Task) -> str:
    if task.charged_credits is None:
        return f"{task.hold_credits} held"
    return f"{task.charged_credits} taken"
