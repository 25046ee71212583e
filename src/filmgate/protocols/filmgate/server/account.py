"""The caller's own account, and the catalogue as the caller's plan has it."""

from __future__ import annotations

from starlette.responses import Response

from filmgate.domain.delivery import DeliveryQuery
from filmgate.domain.errors import NotFound, UnknownModel
from filmgate.domain.model import Model
from filmgate.domain.ports import TaskQuery, TransferQuery
from filmgate.domain.task import OPEN
from filmgate.protocols.filmgate.server.asking import Ask, answer, no_such
from filmgate.protocols.filmgate.view import delivery_reply, event_reply, transaction_reply
from filmgate.protocols.filmgate.view_catalogue import account_reply, model_reply
from filmgate.protocols.filmgate.wire_replies import (
    DeliveryList,
    EventList,
    ModelList,
    ModelReply,
    TransactionList,
)
from filmgate.protocols.filmgate.wire_requests import LimitQuery, NoQuery, PageQuery


async def read_account(ask: Ask) -> Response:
    ask.query(NoQuery)
    service = ask.front.service
    balance = await service.balance(ask.customer)
    unfinished = await service.count(ask.customer, TaskQuery(states=OPEN))
    return answer(account_reply(ask.caller, balance, unfinished))


async def list_transactions(ask: Ask) -> Response:
    wanted = ask.query(PageQuery)
    offset = int(wanted.cursor or 0)
    found = await ask.front.service.transfers(
        ask.customer, TransferQuery(offset=offset, limit=wanted.limit + 1)
    )
    page = found[: wanted.limit]
    return answer(
        TransactionList(
            transactions=tuple(map(transaction_reply, page)),
            next_cursor=str(offset + len(page)) if len(found) > len(page) else None,
        )
    )


async def list_events(ask: Ask) -> Response:
    limit = ask.query(LimitQuery).limit
    found = await ask.front.service.events(ask.customer, limit)
    return answer(EventList(events=tuple(map(event_reply, found))))


async def list_deliveries(ask: Ask) -> Response:
    limit = ask.query(LimitQuery).limit
    found = await ask.front.service.deliveries(ask.customer, DeliveryQuery(limit=limit))
    return answer(DeliveryList(deliveries=tuple(map(delivery_reply, found))))


async def replay_delivery(ask: Ask) -> Response:
    ask.query(NoQuery)
    event_id = ask.name("event")
    if not event_id.isprintable():
        raise no_such("webhook", event_id, "event")
    again = await ask.front.service.replay_delivery(ask.customer, event_id)
    return answer(delivery_reply(again))


async def list_models(ask: Ask) -> Response:
    ask.query(NoQuery)
    models = ask.front.service.catalogue().models
    return answer(ModelList(models=tuple(_model(ask, each) for each in models)))


async def read_model(ask: Ask) -> Response:
    ask.query(NoQuery)
    try:
        model = ask.front.service.catalogue().find(ask.name("model"))
    except UnknownModel as error:
        raise NotFound(error.message, field="model", remedy=error.remedy) from error
    return answer(_model(ask, model))


def _model(ask: Ask, model: Model) -> ModelReply:
    service = ask.front.service
    return model_reply(
        model,
        providers=service.catalogue().providers,
        usable=service.usable(ask.customer),
        plan=ask.caller.plan,
    )
