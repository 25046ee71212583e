"""OpenAI's webhook endpoints: who is told of a customer's videos, and the telling."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import floor

import msgspec

from filmgate.domain.delivery import Delivery
from filmgate.domain.errors import BadInput, Conflict, NotFound, Unreachable
from filmgate.domain.receivers import Receiver
from filmgate.protocols.openai_videos import webhook, wire
from filmgate.protocols.openai_videos.errors import (
    OpenAIRefusal,
    invalid,
    refused,
    unknown_thing,
)
from filmgate.protocols.openai_videos.forms import Fields
from filmgate.protocols.openai_videos.queries import list_query
from filmgate.protocols.openai_videos.translate_replies import PROTOCOL
from filmgate.usecases.front import Front
from filmgate.usecases.receivers import Draft


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoints:
    front: Front

    async def make(self, customer: str, fields: Fields) -> bytes:
        """Raises OpenAIRefusal."""
        body = wire.take(fields, wire.EndpointBody)
        draft = Draft(name=body.name, url=body.url, events=_events(body.event_types))
        try:
            made, secret = await self.front.receivers.set_up(customer, PROTOCOL, draft)
        except BadInput as error:
            raise refused("url", error.message) from error
        except Conflict as error:
            raise OpenAIRefusal(f"{error.message}.".capitalize(), param="url") from error
        return _with_secret(made, secret)

    async def get(self, customer: str, endpoint_id: str) -> bytes:
        """Raises OpenAIRefusal; the others too."""
        return msgspec.json.encode(_shown(await self._find(customer, endpoint_id)))

    async def listed(self, customer: str, query: Mapping[str, str]) -> bytes:
        asked = list_query(query)
        known = await self.front.receivers.all(customer, PROTOCOL)
        if asked.oldest_first:
            known.reverse()
        start = 0
        if asked.after is not None:
            start = known.index(await self._find(customer, asked.after)) + 1
        shown = known[start : start + asked.limit]
        return msgspec.json.encode(
            wire.EndpointPage(
                data=[_shown(each) for each in shown],
                first_id=shown[0].id if shown else None,
                last_id=shown[-1].id if shown else None,
                has_more=start + asked.limit < len(known),
            )
        )

    async def change(self, customer: str, endpoint_id: str, fields: Fields) -> bytes:
        body = wire.take(fields, wire.EndpointChanges)
        before = await self._find(customer, endpoint_id)
        draft = Draft(
            name=body.name or before.name,
            url=body.url or before.url,
            events=before.events if body.event_types is None else _events(body.event_types),
        )
        try:
            after = await self.front.receivers.change(customer, before.id, draft)
        except BadInput as error:
            raise refused("url", error.message) from error
        return msgspec.json.encode(_shown(after))

    async def rotate(self, customer: str, endpoint_id: str, fields: Fields) -> bytes:
        body = wire.take(fields, wire.RotateBody)
        found = await self._find(customer, endpoint_id)
        after, secret = await self.front.receivers.rotate(
            customer, found.id, overlap=body.keep_old_secret_active_for_24_hours
        )
        return _with_secret(after, secret)

    async def delete(self, customer: str, endpoint_id: str) -> bytes:
        found = await self._find(customer, endpoint_id)
        await self.front.receivers.remove(customer, found.id)
        return msgspec.json.encode(wire.EndpointDeleted(id=found.id))

    async def test(self, customer: str, endpoint_id: str, fields: Fields, request_id: str) -> bytes:
        """Sends an event of a video that is nobody's, signed as real ones are."""
        (kind,) = _events([wire.take(fields, wire.TestBody).event_type])
        found = await self._find(customer, endpoint_id)
        now = self.front.clock.now()
        event_id = f"evt_test_{request_id.replace('-', '')}"
        sent = webhook.body(event_id, kind, webhook.NOBODYS, now)
        secrets = await self.front.receivers.signing_secrets(found)
        headers = webhook.headers(event_id, secrets, now, sent)
        try:
            status = await self.front.receivers.post(found.url, headers, sent)
        except (BadInput, Unreachable) as error:
            raise OpenAIRefusal(
                f"The endpoint could not be called: {error.message}.", code="webhook_unreachable"
            ) from error
        told = wire.EndpointTest(webhook_endpoint_id=found.id, event_type=kind, status_code=status)
        return msgspec.json.encode(told)

    async def compose(self, delivery: Delivery, at: float) -> tuple[Mapping[str, str], bytes]:
        """Headers and body of an attempt. Raises NotFound where the endpoint was deleted."""
        event = delivery.event
        secrets = await self.front.receivers.secrets_for(event.customer, PROTOCOL, delivery.url)
        sent = webhook.body_of(event)
        return webhook.headers(event.id, secrets, at, sent), sent

    async def _find(self, customer: str, endpoint_id: str) -> Receiver:
        try:
            return await self.front.receivers.find(customer, endpoint_id)
        except NotFound:
            raise unknown_thing("webhook endpoint", endpoint_id) from None


def event_types() -> bytes:
    return msgspec.json.encode(wire.EventTypes(data=list(webhook.EVENT_TYPES)))


def _events(given: list[str]) -> tuple[str, ...]:
    for each in given:
        if each not in webhook.EVENT_TYPES:
            raise invalid("event_types", each, webhook.EVENT_TYPES)
    return tuple(dict.fromkeys(given))


def _shown(receiver: Receiver) -> wire.Endpoint:
    return wire.Endpoint(
        id=receiver.id,
        name=receiver.name,
        url=receiver.url,
        event_types=list(receiver.events),
        created_at=floor(receiver.created_at),
        updated_at=floor(receiver.updated_at),
        signing_secret_hint=f"whsec_...{receiver.secret_hint}",
    )


def _with_secret(receiver: Receiver, secret: str) -> bytes:
    shown = msgspec.structs.asdict(_shown(receiver))
    return msgspec.json.encode(wire.EndpointWithSecret(**shown, signing_secret=secret))
