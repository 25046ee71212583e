"""The signed call of a payment system, and what operators post."""

from __future__ import annotations

import asyncio

import pytest
from tests.pretend.rooms import HandClock, accept, bring_to, give_credits, new_task, step

from filmgate.domain.errors import Conflict, FixRequest, TopUp
from filmgate.domain.ledger import Balance
from filmgate.domain.task import Result, State, move
from filmgate.execution.clock import RandomIds
from filmgate.storage.memory import memory_store
from filmgate.usecases.top_up import (
    post_adjustment,
    post_refund,
    post_top_up,
    signature,
    verify_call,
)

SECRET = b"a secret of the house"
BODY = b'{"customer":"ann","credits":500,"reference":"pay-1"}'
FILM = Result(path="r", digest="d", size_bytes=5, width=64, height=36, fps=10.0, duration_s=1.0)


def call(**changed: object) -> None:
    said = {
        "timestamp": "1000",
        "body": BODY,
        "signed": signature(SECRET, 1000, BODY),
        "now": 1000.0,
    }
    verify_call(SECRET, **{**said, **changed})


def test_the_signature_is_what_openssl_makes_of_it() -> None:
    # printf '1000.{}' | openssl dgst -sha256 -hmac key
    wanted = "c32de42341dece79a1511c9e7f74a2734112edcfcf48943c976faf07047065db"
    assert signature(b"key", 1000, b"{}") == wanted


def test_a_good_call_passes() -> None:
    call()
    call(now=1300.0)
    call(now=700.0)


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"now": 1300.1}, "timestamp"),
        ({"now": 699.9}, "timestamp"),
        ({"timestamp": "1001"}, "signature"),
        ({"timestamp": "-5"}, "timestamp"),
        ({"timestamp": "1e3"}, "timestamp"),
        ({"timestamp": ""}, "timestamp"),
        ({"timestamp": "9" * 400}, "timestamp"),
        ({"timestamp": "\u0661000"}, "timestamp"),
        ({"body": BODY + b" "}, "signature"),
        ({"signed": ""}, "signature"),
        ({"signed": "caf\u00e9"}, "signature"),
        ({"signed": signature(b"another", 1000, BODY)}, "signature"),
    ],
)
def test_every_other_call_is_refused(changed: dict[str, object], field: str) -> None:
    with pytest.raises(FixRequest) as caught:
        call(**changed)
    assert caught.value.field == field


def test_the_same_payment_counts_once() -> None:
    async def body() -> None:
        store = memory_store()

        async def pay(customer: str = "ann", bought: int = 500, reference: str = "pay-1"):
            return await post_top_up(
                customer,
                bought,
                reference=reference,
                ledger=store.ledger,
                clock=HandClock(),
                ids=RandomIds(),
            )

        first = await pay()
        assert await asyncio.gather(*(pay() for _ in range(5))) == [first] * 5
        assert first.id.startswith("txn_")
        for other in ({"customer": "bob"}, {"bought": 501}):
            with pytest.raises(Conflict):
                await pay(**other)
        for bad in ({"bought": 0}, {"bought": -5}, {"bought": 10**13}, {"reference": ""}):
            with pytest.raises(FixRequest):
                await pay(**bad)
        assert await store.ledger.balance("ann") == Balance(available=500)

    asyncio.run(body())


def test_refunds_and_adjustments_say_why() -> None:
    async def body() -> None:
        store, clock = memory_store(), HandClock()
        await give_credits(store, "ann", 50)
        task = await accept(store, new_task(customer="ann", credits=50))
        refund = {"by": "op", "tasks": store.tasks, "ledger": store.ledger, "clock": clock}
        with pytest.raises(Conflict):
            await post_refund(task.id, None, reason="dark", **refund)
        task = await bring_to(store, task, State.STARTING, State.RUNNING, State.FETCHING)
        await step(store, task, move(task, State.SUCCEEDED, 3.0, result=FILM))
        for wrong in (0, 51, -1):
            with pytest.raises(Conflict):
                await post_refund(task.id, wrong, reason="dark", **refund)
        posted = await post_refund(task.id, None, reason="dark", **refund)
        assert (posted.credits, posted.note, posted.by) == (50, "dark", "op")
        with pytest.raises(Conflict):
            await post_refund(task.id, 1, reason="again", **refund)
        adjust = {"by": "op", "ledger": store.ledger, "clock": clock, "ids": RandomIds()}
        with pytest.raises(FixRequest):
            await post_adjustment("ann", 5, note=" ", **adjust)
        with pytest.raises(TopUp) as caught:
            await post_adjustment("ann", -51, note="mistake", **adjust)
        assert (caught.value.needed_credits, caught.value.available_credits) == (51, 50)
        await post_adjustment("ann", -50, note="mistake", **adjust)
        assert await store.ledger.balance("ann") == Balance()
        assert (await store.ledger.check()).sound

    asyncio.run(body())
