"""Kling's questions about money, answered from our own ledger in Kling's units."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

import msgspec
from starlette.datastructures import QueryParams

from filmgate.domain.customer import Caller
from filmgate.domain.errors import NotFound
from filmgate.domain.handles import digits_of
from filmgate.domain.ledger import Account, Transfer
from filmgate.domain.ledger import Kind as TransferKind
from filmgate.domain.ports import TransferQuery
from filmgate.domain.request import Generation, Kind, Mode
from filmgate.domain.task import Task
from filmgate.protocols.kling import translate_answers as answers
from filmgate.protocols.kling.errors import invalid
from filmgate.protocols.kling.server.views import FAMILIES, PACKAGES, UNIT_USD_MICROS, Views
from filmgate.protocols.kling.translate_queries import Filter, Search, costs_query
from filmgate.protocols.kling.view import DeductionView, PackView
from filmgate.usecases.front import Front

PACK_NAME = "Filmgate credits"
LIFETIME_MS = 100 * 365 * 24 * 3600 * 1000
"""Credits here don't lapse; Kling's clients want an end all the same."""
USD_MICROS = Decimal(1_000_000)
MOVES = frozenset(
    {TransferKind.CAPTURE, TransferKind.REFUND, TransferKind.TOP_UP, TransferKind.ADJUSTMENT}
)
"""What changes the sum of what a customer has; holds only move it about."""
MOVES_MAX = 100_000
RESOLUTIONS: dict[Mode | None, str] = {Mode.STD: "720p", Mode.PRO: "1080p", Mode.UHD: "4k"}


class Cursor(msgspec.Struct, frozen=True):
    """Where a bill goes on."""

    from_s: float
    before_s: float
    offset: int
    filters: tuple[tuple[str, tuple[str, ...]], ...]

    def text(self) -> str:
        return base64.urlsafe_b64encode(msgspec.json.encode(self)).decode().rstrip("=")


@dataclass(frozen=True, slots=True)
class Spent:
    transfer: Transfer
    left: int
    """Credits after it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bookkeeper:
    front: Front
    views: Views

    async def costs(self, caller: Caller, query: QueryParams, request_id: str) -> bytes:
        """The customer's credits as one pack."""
        asked = costs_query(
            query.get("start_time"), query.get("end_time"), query.get("resource_pack_name")
        )
        packs: list[PackView] = []
        if asked.pack in {None, PACK_NAME}:
            packs.append(await self._pack(caller))
        return answers.costs(packs, request_id)

    async def _pack(self, caller: Caller) -> PackView:
        customer = caller.customer
        service = self.front.service
        balance = await service.balance(customer.id)
        spent = await service.transfers(
            customer.id, TransferQuery(kinds=frozenset({TransferKind.CAPTURE}))
        )
        left = balance.available + balance.held
        total = left + sum(each.credits for each in spent)
        bought_ms = round(customer.created_at * 1000)
        return PackView(
            name=PACK_NAME,
            id=customer.id,
            total=float(await self.views.units(customer.id, total)),
            remaining=float(await self.views.units(customer.id, left)),
            purchased_ms=bought_ms,
            effective_ms=bought_ms,
            invalid_ms=bought_ms + LIFETIME_MS,
            status="online" if left else "runOut",
        )

    async def balance_bill(self, caller: Caller, search: Search, request_id: str) -> bytes:
        """What was paid from a money balance: nothing, for here are only packs."""
        del caller, search
        return answers.balance_bill((), None, request_id)

    async def package_bill(self, caller: Caller, search: Search, request_id: str) -> bytes:
        """What was taken from the pack, the newest first."""
        cursor = _begun(search) if search.cursor is None else _read(search.cursor)
        spent = await self._spent(caller.customer.id, cursor)
        page = spent[cursor.offset : cursor.offset + search.limit + 1]
        lines: list[DeductionView] = []
        for each in page[: search.limit]:
            line = await self._line(caller, each)
            if line is not None and _fits(line, cursor.filters):
                lines.append(line)
        following = None
        if len(page) > search.limit:
            further = cursor.offset + search.limit
            following = msgspec.structs.replace(cursor, offset=further).text()
        return answers.package_bill(lines, following, request_id)

    async def _spent(self, customer: str, cursor: Cursor) -> list[Spent]:
        """Every capture of the time, with what was left after it: counted back from today."""
        balance = await self.front.service.balance(customer)
        left = balance.available + balance.held
        moved = await self.front.service.transfers(
            customer, TransferQuery(kinds=MOVES, at_from=cursor.from_s, limit=MOVES_MAX)
        )
        spent: list[Spent] = []
        for each in moved:
            if each.kind is TransferKind.CAPTURE and each.at < cursor.before_s:
                spent.append(Spent(transfer=each, left=left))
            left -= each.change(Account.AVAILABLE) + each.change(Account.HELD)
        return spent

    async def _line(self, caller: Caller, spent: Spent) -> DeductionView | None:
        transfer, customer = spent.transfer, caller.customer.id
        assert transfer.task is not None, f"{transfer.id} was taken for nothing"
        try:
            task = await self.front.service.read(customer, transfer.task)
        except NotFound:
            return None  # the record has expired; the ledger keeps its row
        units = await self.views.units(customer, transfer.credits)
        after = await self.views.units(customer, spent.left)
        request = task.request
        return DeductionView(
            task_id=digits_of(task.id),
            api_key_name=caller.key.label or caller.key.shown,
            product=request.kind.value,
            model=task.model,
            resolution=_resolution(task),
            duration_s=task.output.duration_s,
            deducted_ms=round(transfer.at * 1000),
            before=after + units,
            amount=units,
            after=after,
            list_price=units * UNIT_USD_MICROS / USD_MICROS,
            has_video_input=getattr(request, "video", None) is not None,
            sound="native" if isinstance(request, Generation) and request.sound else "off",
            has_voice=bool(getattr(request, "voices", ())),
            package_id=customer,
            product_type=_product(request.kind),
        )


def _resolution(task: Task) -> str:
    request = task.request
    mode = request.mode if isinstance(request, Generation) else None
    return RESOLUTIONS.get(mode) or f"{min(task.output.width, task.output.height)}p"


def _product(kind: Kind) -> str:
    """Bills write try-on, tasks write try_on (billing and task pages)."""
    return "try-on" if kind is Kind.TRY_ON else PACKAGES.get(FAMILIES[kind], "video")


def _fits(line: DeductionView, filters: Sequence[tuple[str, tuple[str, ...]]]) -> bool:
    told = {
        "api_key_name": line.api_key_name,
        "product_type": line.product_type,
        "package_name": PACK_NAME,
        "package_id": line.package_id,
    }
    return all(told[key].replace("_", "-") in _alike(values) for key, values in filters)


def _alike(values: Sequence[str]) -> set[str]:
    return {value.replace("_", "-") for value in values}


def _begun(search: Search) -> Cursor:
    span = search.span
    assert span.start_ms is not None, "a bill without cursor has both times"
    assert span.end_ms is not None, "a bill without cursor has both times"
    return Cursor(
        from_s=span.start_ms / 1000,
        before_s=(span.end_ms + 1) / 1000,
        offset=0,
        filters=tuple(_pair(each) for each in search.filters if each.values),
    )


def _pair(each: Filter) -> tuple[str, tuple[str, ...]]:
    return each.key, each.values


def _read(text: str) -> Cursor:
    try:
        padded = text + "=" * (-len(text) % 4)
        return msgspec.json.decode(base64.urlsafe_b64decode(padded), type=Cursor)
    except (msgspec.MsgspecError, ValueError) as error:
        raise invalid("cursor", text) from error
