"""Receivers of webhooks: set up, changed, tried, and who is called for a new task."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace

from filmgate.domain.customer_ports import Mint, Secrets
from filmgate.domain.errors import NotFound
from filmgate.domain.ports import Clock
from filmgate.domain.receivers import Receiver, Receivers
from filmgate.domain.task import Callback, State

RECEIVERS_MAX = 20
"""Of one customer, in one protocol: each is called for every task."""
OVERLAP_S = 24 * 3600.0
"""How long an old secret goes on signing beside the new one, where that is asked for."""
HINT_CHARS = 4

Post = Callable[[str, Mapping[str, str], bytes], Awaitable[int]]
"""Sends once to a URL; the answer's status. Raises BadInput, Unreachable."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    name: str
    url: str
    events: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiverDesk:
    receivers: Receivers
    secrets: Secrets
    mint: Mint
    clock: Clock
    check_url: Callable[[str], None]
    """Whether a customer may be called there, as far as that shows. Raises BadInput."""
    post: Post

    async def set_up(self, customer: str, protocol: str, draft: Draft) -> tuple[Receiver, str]:
        """With its signing secret, which is shown now and never again. Raises BadInput, Conflict,
        SetUp."""
        self.check_url(draft.url)
        now, secret = self.clock.now(), self.mint.webhook_secret()
        receiver = Receiver(
            id=self.mint.receiver_id(),
            customer=customer,
            protocol=protocol,
            name=draft.name,
            url=draft.url,
            events=draft.events,
            secret_hint=secret[-HINT_CHARS:],
            created_at=now,
            updated_at=now,
        )
        # The secret first: a receiver without one could never be told anything.
        await self.secrets.keep(_box(receiver.id), customer, secret)
        await self.receivers.add(receiver, at_most=RECEIVERS_MAX)
        return receiver, secret

    async def find(self, customer: str, receiver_id: str) -> Receiver:
        """Raises NotFound."""
        found = await self.receivers.read(customer, receiver_id)
        if found is None:
            raise _unknown(receiver_id)
        return found

    async def all(self, customer: str, protocol: str) -> list[Receiver]:
        """Newest first."""
        return await self.receivers.all(customer, protocol)

    async def change(self, customer: str, receiver_id: str, draft: Draft) -> Receiver:
        """Raises NotFound, BadInput. What is on its way to the old URL still goes there."""
        self.check_url(draft.url)
        before = await self.find(customer, receiver_id)
        after = replace(before, name=draft.name, url=draft.url, events=draft.events)
        return before if after == before else await self._write(after)

    async def rotate(
        self, customer: str, receiver_id: str, *, overlap: bool
    ) -> tuple[Receiver, str]:
        """A new signing secret; with an overlap the old one signs beside it for a day. Raises
        NotFound, SetUp."""
        receiver, secret = await self.find(customer, receiver_id), self.mint.webhook_secret()
        told = secret
        if overlap:
            old = (await self.signing_secrets(receiver))[0]
            told = f"{secret} {old} {self.clock.now() + OVERLAP_S}"
        await self.secrets.keep(_box(receiver_id), customer, told)
        after = replace(receiver, secret_hint=secret[-HINT_CHARS:])
        return await self._write(after), secret

    async def remove(self, customer: str, receiver_id: str) -> None:
        """Raises NotFound."""
        if not await self.receivers.remove(customer, receiver_id):
            raise _unknown(receiver_id)
        await self.secrets.forget(_box(receiver_id))

    async def signing_secrets(self, receiver: Receiver) -> list[str]:
        """The newest first. Raises NotFound, SetUp."""
        secret, *before = (await self.secrets.reveal(_box(receiver.id), receiver.customer)).split()
        if not before:
            return [secret]
        old, until = before
        return [secret, old] if self.clock.now() < float(until) else [secret]

    async def secrets_for(self, customer: str, protocol: str, url: str) -> list[str]:
        """Of everybody who is called at this URL. Raises NotFound where nobody is any more."""
        there = [each for each in await self.all(customer, protocol) if each.url == url]
        if not there:
            raise NotFound("the receiver was removed")
        return [secret for each in there for secret in await self.signing_secrets(each)]

    async def callbacks(
        self, customer: str, protocol: str, states: Mapping[str, frozenset[State]]
    ) -> tuple[Callback, ...]:
        """Who is to be told of a new task; each URL once. ``states``: which ends each of the
        protocol's events tells of."""
        wanted: dict[str, frozenset[State]] = {}
        for each in await self.all(customer, protocol):
            told = frozenset[State]().union(*(states.get(event, ()) for event in each.events))
            wanted[each.url] = wanted.get(each.url, frozenset()) | told
        return tuple(
            Callback(url=url, protocol=protocol, states=told)
            for url, told in wanted.items()
            if told
        )

    async def _write(self, receiver: Receiver) -> Receiver:
        after = replace(receiver, updated_at=self.clock.now())
        if not await self.receivers.write(after):
            raise _unknown(receiver.id)
        return after


def _box(receiver_id: str) -> str:
    """Where its signing secret is kept, and after a change the one before with its end."""
    return f"receiver {receiver_id}"


def _unknown(receiver_id: str) -> NotFound:
    return NotFound(f"there is no receiver {receiver_id!r}", field="receiver")
