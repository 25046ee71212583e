"""Keys made, shown once, replaced and revoked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from filmgate.domain.customer import (
    ApiKey,
    Customer,
    Deed,
    Given,
    Issued,
    KeyKind,
    StoredKey,
    token_handle,
)
from filmgate.domain.customer_ports import Mint, Register, Rotation
from filmgate.domain.errors import Conflict, FixRequest, NotFound
from filmgate.domain.ports import Clock
from filmgate.usecases.admin_customers import one_line

SHOWN_CHARS = 11
"""``fg_`` and eight signs: enough to tell keys apart, and 208 bits stay unknown."""
OVERLAP_S = 24 * 3600.0
OVERLAP_MAX_S = 90 * 24 * 3600.0


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyOffice:
    register: Register
    clock: Clock
    mint: Mint

    async def create(
        self,
        customer: Customer,
        *,
        kind: KeyKind = KeyKind.API,
        label: str = "",
        given: Given | None = None,
        by: str,
    ) -> Issued:
        """The only moment at which the secret is known. Raises FixRequest, Conflict, SetUp."""
        stored, secret = self._new(customer.id, kind, one_line(label, field="label"), given)
        details = {"customer": customer.id, "kind": kind.value}
        if stored.key.label:
            details["label"] = stored.key.label
        await self.register.keys.add(
            stored, _kept(kind, secret), self._deed(by, "keys create", stored.key.id, details)
        )
        return Issued(key=stored.key, secret=secret)

    async def all(self, customer: str | None = None, kind: KeyKind | None = None) -> list[ApiKey]:
        return await self.register.keys.all(customer, kind)

    async def find(self, text: str) -> ApiKey:
        """By id, by what is shown of it, or by the whole token. Raises NotFound, which doesn't
        repeat the text: it may be a secret."""
        found = await self.register.keys.read(text)
        if found is not None:
            return found
        if stored := await self.register.keys.find(token_handle(text)):
            return stored.key
        shown = [each for each in await self.register.keys.all() if each.shown == text]
        if len(shown) != 1:
            raise NotFound(
                "there are several such keys" if shown else "there is no such key",
                field="key",
                remedy="name it by its id, like filmgate admin keys list shows it",
            )
        return shown[0]

    async def revoke(self, text: str, *, by: str) -> ApiKey:
        """At once, in every process. Raises NotFound, Conflict."""
        key = await self.find(text)
        now = self.clock.now()

        def become(each: ApiKey) -> ApiKey:
            if not each.works_at(now):
                raise Conflict(f"key {each.id} is revoked already", field="key")
            return replace(each, revoked_at=now)

        deed = self._deed(by, "keys revoke", key.id, {"customer": key.customer})
        return await self.register.keys.change(key.id, become, deed)

    async def rotate(
        self, text: str, *, overlap_s: float = OVERLAP_S, by: str
    ) -> tuple[ApiKey, Issued]:
        """A new key for the same customer; the old one works on for the overlap."""
        if not 0 <= overlap_s <= OVERLAP_MAX_S:
            raise FixRequest("an overlap is from 0 to 90 days", field="overlap")
        key = await self.find(text)
        now = self.clock.now()

        def become(each: ApiKey) -> ApiKey:
            if not each.works_at(now):
                raise Conflict(f"key {each.id} is revoked already", field="key")
            ends = now + overlap_s
            return replace(each, revoked_at=min(ends, each.revoked_at or ends))

        stored, secret = self._new(key.customer, key.kind, key.label, None)
        details = {"customer": key.customer, "new": stored.key.id, "overlap_s": f"{overlap_s:g}"}
        deed = self._deed(by, "keys rotate", key.id, details)
        old = await self.register.keys.replace(
            key.id, become, stored, _kept(key.kind, secret), deed
        )
        return old, Issued(key=stored.key, secret=secret)

    async def rotate_master(self, *, by: str) -> Rotation:
        """Encrypt every stored secret with a new master key. Raises SetUp."""
        done = await self.register.secrets.rotate()
        details = {"secrets": str(done.secrets)}
        await self.register.trail.add(
            self._deed(by, "keys rotate-master", f"master {done.master}", details)
        )
        return done

    def _new(
        self, customer: str, kind: KeyKind, label: str, given: Given | None
    ) -> tuple[StoredKey, str]:
        key_id = self.mint.key_id()
        match kind:
            case KeyKind.API:
                secret = given.secret if given else self.mint.token()
                shown, handle = _beginning(secret), token_handle(secret)
            case KeyKind.PAIR:
                secret = given.secret if given else self.mint.secret_key()
                shown = handle = given.access_key if given else self.mint.access_key()
            case KeyKind.WEBHOOK:
                secret = given.secret if given else self.mint.webhook_secret()
                shown, handle = _beginning(secret), key_id
        key = ApiKey(
            id=key_id,
            customer=customer,
            kind=kind,
            shown=shown,
            label=label,
            created_at=self.clock.now(),
        )
        return StoredKey(key=key, handle=handle), secret

    def _deed(self, by: str, action: str, subject: str, details: Mapping[str, str]) -> Deed:
        return Deed(at=self.clock.now(), by=by, action=action, subject=subject, details=details)


def _kept(kind: KeyKind, secret: str) -> str | None:
    """Of a token the hash will do; the others must be read again."""
    return None if kind is KeyKind.API else secret


def _beginning(secret: str) -> str:
    return secret[: min(SHOWN_CHARS, len(secret) // 3)]
