"""The operator's hand on tasks and credits, called in this process."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest
from tests.pretend.rooms import accept, bring_to, give_credits, new_task

from filmgate.domain.ledger import Balance
from filmgate.domain.ports import Store
from filmgate.domain.task import State, Task
from filmgate.entrypoints.cli.admin.asking import operator
from filmgate.entrypoints.cli.main import main
from filmgate.settings import BY_NAME, load
from filmgate.storage.database.store import open_store

Capture = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in BY_NAME:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("FILMGATE_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


def admin(capsys: Capture, *words: str, code: int = 0) -> object:
    assert main(["admin", *words, "--json"]) == code
    return json.loads(capsys.readouterr().out)


def of_alice(capsys: Capture, *states: State, credits_held: int = 50) -> tuple[Task, Balance]:
    """A task of alice's with this past, and what it left of her 80 credits."""
    alice = admin(capsys, "customers", "create", "alice")
    assert isinstance(alice, dict)
    store, database = open_store(load().home / "filmgate.db")

    async def work(store: Store) -> tuple[Task, Balance]:
        await give_credits(store, alice["customer"], 80)
        task = new_task(customer=alice["customer"], credits=credits_held)
        task = await accept(store, task)
        task = await bring_to(store, task, *states)
        return task, await store.ledger.balance(alice["customer"])

    try:
        return asyncio.run(work(store))
    finally:
        database.close()


def balance(capsys: Capture) -> tuple[int, int]:
    told = admin(capsys, "credits", "show", "alice")
    assert isinstance(told, dict)
    return told["available_credits"], told["held_credits"]


IN_DOUBT = (State.STARTING, State.IN_DOUBT)


def test_resolving_with_a_job_lets_the_task_go_on(capsys: Capture) -> None:
    task, left = of_alice(capsys, *IN_DOUBT)
    assert left == Balance(available=30, held=50)
    told = admin(
        capsys, "tasks", "resolve", task.id, "--job", "j7", "--note", "seen there", "--yes"
    )
    assert isinstance(told, dict)
    assert (told["state"], told["job"], told["hold_credits"]) == ("running", "j7", 50)
    assert balance(capsys) == (30, 50)
    shown = admin(capsys, "tasks", "show", task.id)
    assert isinstance(shown, dict)
    assert "seen there" in shown["timeline"][-1]["note"]


def test_resolving_without_one_fails_it_and_gives_the_credits_back(capsys: Capture) -> None:
    task, _ = of_alice(capsys, *IN_DOUBT)
    words = ("tasks", "resolve", task.id, "--none", "--note", "not in their list", "--yes")
    told = admin(capsys, *words)
    assert isinstance(told, dict)
    assert (told["state"], told["charged_credits"]) == ("failed", 0)
    assert balance(capsys) == (80, 0)
    admin(capsys, *words, code=2)  # it is settled: there is nothing to settle any more
    deeds = admin(capsys, "audit", "--of", task.id)
    assert isinstance(deeds, list)
    (deed,) = deeds
    assert deed["action"] == "tasks resolve"
    assert deed["details"]["note"] == "not in their list"
    assert deed["details"]["job"] == "none"


def test_only_what_is_in_doubt_is_resolved(capsys: Capture) -> None:
    task, _ = of_alice(capsys, State.STARTING, State.RUNNING)
    words = ("tasks", "resolve", task.id, "--none", "--note", "n", "--yes")
    told = admin(capsys, *words, code=2)
    assert isinstance(told, dict)
    assert told["error"]["code"] == "conflict"
    assert balance(capsys) == (30, 50)


def test_a_top_up_says_who_posted_it(capsys: Capture) -> None:
    admin(capsys, "customers", "create", "alice")
    admin(capsys, "credits", "top-up", "alice", "5", "--reference", "r-1")
    shown = admin(capsys, "credits", "show", "alice")
    assert isinstance(shown, dict)
    assert [each["by"] for each in shown["transfers"]] == [operator()]


def test_the_sweep_tells_what_it_removed_and_who_wanted_it(capsys: Capture) -> None:
    swept = admin(capsys, "sweep")
    assert isinstance(swept, dict)
    assert set(swept.values()) == {0}
    assert main(["admin", "sweep"]) == 0
    assert "nothing was there" in capsys.readouterr().err
    deeds = admin(capsys, "audit")
    assert isinstance(deeds, list)
    assert [(deed["action"], deed["by"]) for deed in deeds] == [("sweep", operator())] * 2


def test_cancelling_gives_the_credits_back(capsys: Capture) -> None:
    task, _ = of_alice(capsys)
    assert main(["admin", "tasks", "cancel", task.id]) == 2
    assert "say --yes" in capsys.readouterr().err
    assert balance(capsys) == (30, 50)
    told = admin(capsys, "tasks", "cancel", task.id, "--yes")
    assert isinstance(told, dict)
    assert told["state"] == "cancelled"
    assert told["reason"] == "cancelled by the operator"
    assert balance(capsys) == (80, 0)
    store, database = open_store(load().home / "filmgate.db")
    row = asyncio.run(store.tasks.read(task.id))
    database.close()
    assert row is not None
    assert row.timeline[-1].note == f"{operator()}: cancelled"
    assert admin(capsys, "credits", "check") == {
        "sound": True,
        "difference": 0,
        "open_holds_of_ended_tasks": 0,
        "open_tasks_without_hold": 0,
        "holds_ended_twice": 0,
        "transfers": 3,
    }


def test_a_refund_comes_once_with_its_reason(capsys: Capture) -> None:
    task, _ = of_alice(capsys, State.STARTING, State.RUNNING, State.FETCHING, State.SUCCEEDED)
    assert balance(capsys) == (30, 0)
    words = ("credits", "refund", task.id, "--reason", "green sky", "--yes")
    told = admin(capsys, *words, "--credits", "20")
    assert isinstance(told, dict)
    assert (told["kind"], told["credits"], told["note"]) == ("refund", 20, "green sky")
    assert told["available_credits"] == 50
    refused = admin(capsys, *words, code=2)
    assert isinstance(refused, dict)
    assert "refunded before" in refused["error"]["message"]
    assert balance(capsys) == (50, 0)


def test_a_refund_is_never_more_than_was_taken(capsys: Capture) -> None:
    task, _ = of_alice(capsys, State.STARTING, State.RUNNING, State.FETCHING, State.SUCCEEDED)
    for credits_back in ("51", "0", "-1"):
        words = ("--credits", credits_back, "--reason", "r", "--yes")
        admin(capsys, "credits", "refund", task.id, *words, code=2)
    assert balance(capsys) == (30, 0)


def test_a_note_is_asked_for_and_may_hold_no_control_signs(capsys: Capture) -> None:
    of_alice(capsys)
    for note in ("", "   ", "red \x1b[31m", "two\nlines"):
        admin(capsys, "credits", "adjust", "alice", "5", "--note", note, "--yes", code=2)
    assert balance(capsys) == (30, 50)


def test_lists_of_tasks_by_customer_and_state(capsys: Capture) -> None:
    task, _ = of_alice(capsys)
    for words in ((), ("--customer", "alice"), ("--state", "queued")):
        told = admin(capsys, "tasks", "list", *words)
        assert isinstance(told, list)
        assert [each["task"] for each in told] == [task.id]
    for words in (("--customer", "owner"), ("--state", "failed")):
        assert admin(capsys, "tasks", "list", *words) == []


def test_tables_are_told_for_people(capsys: Capture) -> None:
    task, _ = of_alice(capsys, *IN_DOUBT)
    for words, heads in (
        (["tasks", "list"], "TASK"),
        (["customers", "list"], "CUSTOMER"),
        (["plans"], "PLAN"),
        (["audit"], "WHEN"),
        (["tasks", "show", task.id], task.id),
        (["credits", "show", "alice"], "alice: 30 credits ($0.15)"),
        (["customers", "show", "alice"], "cus_"),
    ):
        assert main(["admin", *words]) == 0
        assert capsys.readouterr().out.startswith(heads)


@pytest.mark.parametrize("group", ["customers", "keys", "credits", "tasks"])
def test_every_group_has_help(group: str, capsys: Capture) -> None:
    assert main(["admin", group, "--help"]) == 0
    assert f"filmgate admin {group}" in capsys.readouterr().out


def test_plans_tell_their_price_lists(capsys: Capture) -> None:
    told = admin(capsys, "plans")
    assert isinstance(told, list)
    found = {plan["plan"]: plan for plan in told}
    assert found["kie"]["retention_days"] == 14
    assert found["piapi-creator"]["hosted_concurrency"] == 5
    flat = found["infinito"]["prices"][-1]
    assert (flat["credits"], flat["block_s"], flat["models"]) == (50, 0, [])


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("customers", "disable", "alice"), "say --yes"),
        (("customers", "create", "alice"), "NAME: there is a customer named alice already"),
        (("customers", "create", "bob", "--plan", "pro"), "PLAN: there is no plan 'pro'"),
        (("customers", "create", "bob", "--role", "boss"), "--role: there is no role 'boss'"),
        (("customers", "set-plan", "alice", "kei"), "did you mean kie?"),
        (("keys", "create", "nobody"), "CUSTOMER: there is no customer 'nobody'"),
        (("keys", "revoke", "fg_not-repeated", "--yes"), "KEY: there is no such key"),
        (("keys", "create", "alice", "--kind", "x"), "--kind: there is no kind 'x'"),
        (("keys", "rotate-master"), "say --yes"),
        (("credits", "top-up", "alice", "5"), "--reference: needs a value"),
        (("credits", "top-up", "alice", "0", "--reference", "r"), "CREDITS: 0 is no amount"),
        (("credits", "adjust", "alice", "0", "--note", "n", "--yes"), "CREDITS: 0 is no amount"),
        (("tasks", "resolve", "task_1", "--note", "n"), "give --job ID, or --none"),
        (("audit", "--limit", "0"), "--limit: 0 won't do"),
    ],
)
def test_dangerous_work_wants_a_yes_and_bad_words_are_told_in_one_line(
    words: tuple[str, ...], told: str, capsys: Capture
) -> None:
    admin(capsys, "customers", "create", "alice")
    assert main(["admin", *words]) == 2
    said = capsys.readouterr()
    assert told in said.err
    assert said.err.count("\n") == 1
    assert said.out == ""
    assert "not-repeated" not in said.err
    trail = admin(capsys, "audit")
    assert isinstance(trail, list)
    assert len(trail) == 1  # nothing was done, so nothing is told


def test_more_than_is_there_cant_be_taken(capsys: Capture) -> None:
    admin(capsys, "customers", "create", "alice")
    told = admin(capsys, "credits", "adjust", "alice", "-5", "--note", "n", "--yes", code=3)
    assert isinstance(told, dict)
    assert "0 are available" in told["error"]["message"]


def test_a_given_master_key_and_its_change(
    capsys: Capture, monkeypatch: pytest.MonkeyPatch, home: Path
) -> None:
    old, new = "old-" * 8, "new-" * 8
    monkeypatch.setenv("FILMGATE_SECRET_KEY", old)
    admin(capsys, "customers", "create", "alice")
    admin(capsys, "keys", "create", "alice", "--kind", "pair")
    assert not (home / "master.keys").exists()
    refused = admin(capsys, "keys", "rotate-master", "--yes", code=2)
    monkeypatch.setenv("FILMGATE_SECRET_KEY", f"{new},{old}")
    told = admin(capsys, "keys", "rotate-master", "--yes")
    assert isinstance(told, dict)
    assert told["secrets"] == 1
    assert "take the old key out" in told["left_to_do"]
    monkeypatch.setenv("FILMGATE_SECRET_KEY", old)
    wrong = admin(capsys, "keys", "create", "alice", "--kind", "pair", code=2)
    monkeypatch.setenv("FILMGATE_SECRET_KEY", "too-short")
    short = admin(capsys, "keys", "list", code=2)
    for error in (refused, wrong, short):
        assert "FILMGATE_SECRET_KEY" in str(error)
        assert not [key for key in (old, new, "too-short") if key in str(error)]
    monkeypatch.setenv("FILMGATE_SECRET_KEY", new)
    admin(capsys, "keys", "create", "alice", "--kind", "pair")
