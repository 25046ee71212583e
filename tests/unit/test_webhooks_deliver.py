"""Deliveries to real receivers on loopback, each with a temper of its own."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field

import pytest
from aiohttp import web
from standardwebhooks import Webhook
from tests.unit.loopback import Script, saying, serving, speaking
from tests.unit.webhooks import HandClock, announce, event_id

from filmgate.domain.delivery import Attempt, Delivery, DeliveryQuery, DeliveryState, Quota
from filmgate.domain.errors import Wait
from filmgate.domain.ports import Store
from filmgate.domain.standard_webhooks import sign, verify
from filmgate.execution.mint import RandomMint
from filmgate.storage.memory import memory_store
from filmgate.storage.memory_deliveries import MemoryDeliveries
from filmgate.transport.egress import Answer, Egress
from filmgate.transport.policy import LOOPBACK_ONLY
from filmgate.webhooks.deliver import Compose, Courier, Message, Terms

KEY = RandomMint().webhook_secret()
BODY = b'{"type":"task.succeeded"}'


async def standard(found: Delivery, at: float) -> Message:
    headers = sign([KEY], found.id, at, BODY)
    return Message(headers={"Content-Type": "application/json", **headers}, body=BODY)


@dataclass
class House:
    """All that a courier needs, with a clock that stands still until it is moved."""

    egress: Egress
    store: Store = field(default_factory=memory_store)
    clock: HandClock = field(default_factory=lambda: HandClock(time.time()))
    compose: Mapping[str, Compose] = field(default_factory=lambda: {"standard": standard})
    terms: Terms = field(default_factory=lambda: Terms(deadline_s=5.0, pause_s=0.05))

    def courier(self) -> Courier:
        return Courier(
            self.store.deliveries,
            self.egress.post,
            self.compose,
            clock=self.clock,
            chance=lambda: 0.5,
            terms=self.terms,
        )

    async def add(self, name: str, url: str, **more: str) -> None:
        await announce(self.store, name, url=url, at=self.clock.at, **more)

    async def send(self) -> tuple[Delivery, list[Attempt]]:
        """Everything that is due; then how the first delivery stands."""
        await self.courier().deliver_due()
        found = (await self.all())[0]
        return found, await self.store.delivery_log.attempts(found.id)

    async def all(self) -> list[Delivery]:
        """Oldest first."""
        return (await self.store.delivery_log.select(DeliveryQuery()))[::-1]


@contextlib.asynccontextmanager
async def house(**more: object) -> AsyncIterator[House]:
    async with Egress(LOOPBACK_ONLY) as egress:
        yield House(egress, **more)  # type: ignore[arg-type]


def url(port: int, host: str = "127.0.0.1") -> str:
    return f"http://{host}:{port}/hook"


@dataclass
class Receiver:
    """Answers with each status in turn, the last one for good, and keeps what it was sent."""

    statuses: list[int]
    headers: Mapping[str, str] = field(default_factory=dict)
    text: str = "thanks"
    seen: list[tuple[dict[str, str], bytes]] = field(default_factory=list)

    async def __call__(self, request: web.BaseRequest) -> web.Response:
        headers = {name.lower(): value for name, value in request.headers.items()}
        self.seen.append((headers, await request.read()))
        status = self.statuses.pop(0) if len(self.statuses) > 1 else self.statuses[0]
        return web.Response(status=status, headers=dict(self.headers), text=self.text)


def test_an_event_arrives_signed_and_is_logged() -> None:
    receiver = Receiver([200])

    async def main() -> None:
        async with serving(receiver) as port, house() as home:
            await home.add("a", url(port))
            found, attempts = await home.send()
        assert (found.state, found.tries) == (DeliveryState.DELIVERED, 1)
        [only] = attempts
        assert (only.status, only.error, only.snippet) == (200, "", "thanks")
        assert only.at == home.clock.at

    asyncio.run(main())
    [(headers, body)] = receiver.seen
    assert body == BODY
    assert headers["webhook-id"] == event_id("a")
    assert Webhook(KEY).verify(body, headers) == {"type": "task.succeeded"}
    verify([KEY], headers, body, time.time())


def test_each_attempt_has_the_same_id_and_a_signature_of_its_own() -> None:
    receiver = Receiver([500, 502, 200])

    async def main() -> None:
        async with serving(receiver) as port, house() as home:
            await home.add("a", url(port))
            for later_s in (5, 300):
                found, _ = await home.send()
                assert found.due_at == home.clock.at + later_s
                home.clock.at += later_s - 1
                assert (await home.send())[0] == found  # not a second too early
                home.clock.at += 1
            found, attempts = await home.send()
        assert found.state is DeliveryState.DELIVERED
        assert [each.error for each in attempts] == [
            "answered with status 500",
            "answered with status 502",
            "",
        ]

    asyncio.run(main())
    assert {headers["webhook-id"] for headers, _ in receiver.seen} == {event_id("a")}
    for name in ("webhook-timestamp", "webhook-signature"):
        assert len({headers[name] for headers, _ in receiver.seen}) == 3
    for headers, body in receiver.seen:
        verify([KEY], headers, body, int(headers["webhook-timestamp"]))


def test_after_ten_attempts_it_is_given_up_until_replayed() -> None:
    receiver = Receiver([500] * 10 + [200])

    async def main() -> None:
        async with serving(receiver) as port, house() as home:
            await home.add("a", url(port))
            began = home.clock.at
            found, _ = await home.send()
            while found.due_at is not None:
                home.clock.at = found.due_at
                found, _ = await home.send()
            assert (found.state, len(receiver.seen)) == (DeliveryState.GIVEN_UP, 10)
            assert (home.clock.at - began) // 60 == 75 * 60 + 35
            await home.store.delivery_log.replay(event_id("a"), home.clock.at)
            found, attempts = await home.send()
        assert (found.state, len(attempts)) == (DeliveryState.DELIVERED, 11)

    asyncio.run(main())
    assert len({headers["webhook-id"] for headers, _ in receiver.seen}) == 1


def test_a_redirect_is_a_failure_that_can_be_seen() -> None:
    elsewhere = Receiver([200])

    async def main() -> None:
        async with serving(elsewhere) as port:
            receiver = Receiver([301], {"Location": url(port)})
            async with serving(receiver) as moved, house() as home:
                await home.add("a", url(moved))
                found, [only] = await home.send()
        assert (found.state, only.status) == (DeliveryState.PENDING, 301)
        assert only.error == (
            "redirected with status 301, which webhooks never follow: give the final URL"
        )

    asyncio.run(main())
    assert elsewhere.seen == []


def test_a_receiver_that_is_gone_is_asked_no_more() -> None:
    receiver = Receiver([410])

    async def main() -> None:
        async with serving(receiver) as port, house() as home:
            home.terms = Terms(quota=Quota(in_all=1))
            for name in "abc":
                await home.add(name, url(port))
            found, [only] = await home.send()
            await home.add("d", url(port))
            home.clock.at += 1e6
            await home.send()
            states = {each.state for each in await home.all()}
        assert found.state is DeliveryState.SWITCHED_OFF
        assert only.error == "the receiver says that it is gone (status 410); it gets no more"
        assert states == {DeliveryState.SWITCHED_OFF}

    asyncio.run(main())
    assert len(receiver.seen) == 1


@pytest.mark.parametrize("status", [429, 503])
def test_a_busy_receiver_gets_the_time_that_it_asks_for(status: int) -> None:
    receiver = Receiver([status, 200], {"Retry-After": "120"})

    async def main() -> None:
        async with serving(receiver) as port, house() as home:
            await home.add("a", url(port))
            found, [only] = await home.send()
            assert (only.retry_after_s, found.due_at) == (120, home.clock.at + 120)
            home.clock.at += 120
            assert (await home.send())[0].state is DeliveryState.DELIVERED

    asyncio.run(main())


TROUBLES: dict[str, tuple[Script, str]] = {
    "down": (saying(), "the connection to 127.0.0.1 broke off"),
    "silent": (saying(b"", every_s=9), "127.0.0.1 took too long"),
    "dripping": (
        saying(b"HTTP/1.1 200 OK\r\n", forever=b"a: b\r\n", every_s=0.02),
        "127.0.0.1 took too long",
    ),
    "no HTTP": (saying(b"hello\r\n\r\n"), "what 127.0.0.1 answers is no proper HTTP"),
}


@pytest.mark.parametrize("case", TROUBLES)
def test_a_receiver_in_trouble_is_tried_again_and_the_log_says_why(case: str) -> None:
    script, error = TROUBLES[case]

    async def main() -> None:
        async with speaking(script) as port, house() as home:
            home.terms = Terms(deadline_s=0.3)
            await home.add("a", url(port))
            found, [only] = await home.send()
            assert found.due_at == home.clock.at + 5
            assert (only.status, only.error, only.snippet) == (None, error, "")

    asyncio.run(main())


@pytest.mark.parametrize(
    ("address", "error"),
    [
        ("http://169.254.169.254/hook", "the URL's host is a link-local address"),
        ("file:///etc/passwd", "the URL must begin with https:// or http://"),
        (
            "https://example.com/hook",
            "the URL's host is not this machine, and no other may be called",
        ),
    ],
)
def test_what_may_not_be_called_is_not_called_and_the_log_says_why(
    address: str, error: str
) -> None:
    async def main() -> None:
        async with house() as home:
            await home.add("a", address)
            found, [only] = await home.send()
            assert (found.state, only.error) == (DeliveryState.PENDING, error)

    asyncio.run(main())


def test_no_secret_of_an_answer_gets_into_the_log() -> None:
    receiver = Receiver([500], text='{"token": "Tr0ub4dor3"}\r\n\x1b[31mAuthorization: Tr0ub4dor3')

    async def main() -> None:
        async with serving(receiver) as port, house() as home:
            await home.add("a", url(port))
            _, [only] = await home.send()
        assert only.snippet == '{"token": "***"}   [31mAuthorization: ***'

    asyncio.run(main())


def test_a_long_answer_is_cut() -> None:
    async def main() -> None:
        async with serving(Receiver([500], text="sorry " * 9999)) as port, house() as home:
            await home.add("a", url(port))
            _, [only] = await home.send()
        assert only.snippet == ("sorry " * 9999)[:500]

    asyncio.run(main())


def test_a_defect_of_ours_is_a_failed_attempt_and_tells_no_secret(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def broken(found: Delivery, at: float) -> Message:
        raise RuntimeError(f"can't use {KEY}")

    async def main() -> None:
        async with house(compose={"standard": broken}) as home:
            await home.add("a", "http://127.0.0.1:9999/")
            found, [only] = await home.send()
        assert (found.state, only.error) == (DeliveryState.PENDING, "an error of our own")

    asyncio.run(main())
    assert "RuntimeError" in caplog.text
    assert KEY not in caplog.text


@contextlib.asynccontextmanager
async def running(courier: Courier) -> AsyncIterator[None]:
    task = asyncio.create_task(courier.run())
    try:
        yield
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


async def until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(5):
        while not true():  # noqa: ASYNC110 - it is the server's state that is waited for
            await asyncio.sleep(0.01)


def test_a_slow_receiver_delays_no_other() -> None:
    fast = Receiver([200])
    over = asyncio.Event()
    waiting = most = 0

    async def slow(request: web.BaseRequest) -> web.Response:
        nonlocal waiting, most
        waiting += 1
        most = max(most, waiting)
        await over.wait()
        waiting -= 1
        return web.Response()

    async def main() -> None:
        async with serving(slow) as slow_port, serving(fast) as fast_port, house() as home:
            home.terms = Terms(quota=Quota(in_all=8, per_host=3, per_customer=6), pause_s=0.05)
            for number in range(50):
                await home.add(f"s{number:02}", url(slow_port))
            for number in range(20):
                await home.add(f"t{number:02}", url(fast_port))
            async with running(home.courier()):
                await until(lambda: waiting == 3 and len(fast.seen) == 20)
            over.set()
        assert most == 3

    asyncio.run(main())


def test_a_customer_with_many_slow_receivers_delays_no_other() -> None:
    fast = Receiver([200])

    async def main() -> None:
        async with contextlib.AsyncExitStack() as stack:
            home = await stack.enter_async_context(house())
            home.terms = Terms(quota=Quota(in_all=6, per_host=2, per_customer=4), pause_s=0.05)
            for number in range(8):
                port = await stack.enter_async_context(speaking(saying(b"", every_s=60)))
                await home.add(f"e{number}", url(port), customer="evil")
            port = await stack.enter_async_context(serving(fast))
            await home.add("good", url(port), customer="good")
            async with running(home.courier()):
                await until(lambda: len(fast.seen) == 1)

    asyncio.run(main())


def test_what_is_added_is_sent_at_once_when_woken() -> None:
    receiver = Receiver([200])

    async def main() -> None:
        async with serving(receiver) as port, house() as home:
            home.terms = Terms(pause_s=60)
            courier = home.courier()
            async with running(courier):
                await asyncio.sleep(0.05)
                await home.add("a", url(port))
                courier.wake()
                await until(lambda: len(receiver.seen) == 1)

    asyncio.run(main())


def test_a_store_in_trouble_is_asked_again(caplog: pytest.LogCaptureFixture) -> None:
    receiver = Receiver([200])

    class Busy(MemoryDeliveries):
        troubles = 2

        async def due(
            self, now: float, *, lease_s: float, out: list[Delivery], quota: Quota
        ) -> list[Delivery]:
            if self.troubles:
                self.troubles -= 1
                raise Wait("the database is busy", retry_after_s=1)
            return await super().due(now, lease_s=lease_s, out=out, quota=quota)

    async def main() -> None:
        async with serving(receiver) as port, house(store=memory_store(Busy)) as home:
            await home.add("a", url(port))
            async with running(home.courier()):
                await until(lambda: len(receiver.seen) == 1)

    asyncio.run(main())
    assert "webhooks wait: the database is busy" in caplog.text


def test_an_attempt_that_can_not_be_recorded_is_made_again(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """At least once, never not at all."""
    receiver = Receiver([200])

    class Full(MemoryDeliveries):
        full = True

        async def record(self, found: Delivery, attempt: Attempt) -> bool:
            if self.full:
                raise Wait("the disk is full", retry_after_s=1)
            return await super().record(found, attempt)

    async def main() -> None:
        store = memory_store(Full)
        full = store.deliveries
        assert isinstance(full, Full)
        async with serving(receiver) as port, house(store=store) as home:
            await home.add("a", url(port))
            await home.courier().deliver_due()
            full.full = False
            home.clock.at += home.terms.lease_s
            found, _ = await home.send()
        assert found.state is DeliveryState.DELIVERED

    asyncio.run(main())
    assert len(receiver.seen) == 2
    assert "could not be recorded" in caplog.text


def test_the_protocol_settles_body_and_signature() -> None:
    async def shared(found: Delivery, at: float) -> Message:
        return Message(headers={"x-webhook-secret": "word"}, body=b"its own")

    class Post:
        def __init__(self) -> None:
            self.sent: list[tuple[dict[str, str], bytes]] = []

        async def __call__(
            self, url: str, *, headers: Mapping[str, str], body: bytes, deadline_s: float
        ) -> Answer:
            self.sent.append((dict(headers), body))
            return Answer(status=204, headers={}, body=b"")

    async def main() -> None:
        store, post, clock = memory_store(), Post(), HandClock()
        courier = Courier(
            store.deliveries,
            post,
            {"standard": shared},
            clock=clock,
            chance=lambda: 0.5,
            terms=Terms(),
        )
        await announce(store, "a")
        await courier.deliver_due()
        assert post.sent == [({"x-webhook-secret": "word"}, b"its own")]

    asyncio.run(main())
