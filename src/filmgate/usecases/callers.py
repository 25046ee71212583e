"""Who calls: a key turned into its customer and plan. What a stranger is told is the protocol's."""

from __future__ import annotations

import hmac
from collections.abc import Callable
from dataclasses import dataclass, field

from filmgate.catalogue.load_plans import Plans
from filmgate.domain.customer import ApiKey, Caller, Denial, KeyKind, StoredKey, token_handle
from filmgate.domain.customer_ports import Register
from filmgate.domain.errors import NotFound
from filmgate.domain.ports import Clock

TOUCH_S = 60.0
"""How old the note of a key's last use may get: a write for every call would cost more than the
call."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Signer:
    """A pair's owner, who is proved only once the signature fits."""

    caller: Caller
    secret_key: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Door:
    register: Register
    plans: Callable[[], Plans]
    clock: Clock

    async def caller_of(self, token: str) -> Caller | Denial:
        """Of a key that is sent as it is."""
        handle = token_handle(token)
        stored = await self.register.keys.find(handle)
        # The index has found it by its hash; what an attacker can learn from its timing is the
        # beginning of a hash, of which no token follows. The comparison says so once more.
        if (
            stored is None
            or stored.key.kind is not KeyKind.API
            or not hmac.compare_digest(stored.handle.encode(), handle.encode())
        ):
            return Denial.UNKNOWN
        caller = await self._caller(stored)
        if isinstance(caller, Caller):
            await self.used(caller.key)
        return caller

    async def signer_of(self, access_key: str) -> Signer | Denial:
        """Of a token that the client signed; ``used`` is for once the signature fits."""
        stored = await self.register.keys.find(access_key)
        if stored is None or stored.key.kind is not KeyKind.PAIR:
            return Denial.UNKNOWN
        caller = await self._caller(stored)
        if isinstance(caller, Denial):
            return caller
        try:
            return Signer(caller=caller, secret_key=await self.register.keys.secret(stored.key))
        except NotFound:
            return Denial.REVOKED  # it was revoked between the two reads

    async def used(self, key: ApiKey) -> None:
        now = self.clock.now()
        if key.last_used_at is None or now - key.last_used_at >= TOUCH_S:
            await self.register.keys.touch(key.id, now)

    async def signing_secrets(self, customer: str) -> list[str]:
        """What calls to this customer are signed with, the newest first; two while one takes over
        from the other."""
        keys = await self.register.keys.all(customer, KeyKind.WEBHOOK)
        now = self.clock.now()
        return [await self.register.keys.secret(key) for key in reversed(keys) if key.works_at(now)]

    async def _caller(self, stored: StoredKey) -> Caller | Denial:
        if not stored.key.works_at(self.clock.now()):
            return Denial.REVOKED
        customer = await self.register.customers.read(stored.key.customer)
        if customer is None:
            return Denial.UNKNOWN
        if customer.disabled_at is not None:
            return Denial.DISABLED
        return Caller(customer=customer, plan=self.plans().find(customer.plan), key=stored.key)
