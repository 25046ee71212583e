"""Credits bought, given back and corrected: what people and payment systems post."""

from __future__ import annotations

import hmac
from hashlib import sha256

from filmgate.domain.change import AlreadyPosted, NotEnough
from filmgate.domain.errors import Conflict, FixRequest, TopUp
from filmgate.domain.ledger import Kind, Transfer, adjustment, refund, top_up
from filmgate.domain.ports import Clock, Ids, Ledger, Tasks, TransferQuery
from filmgate.usecases.read_task import read_task

TOLERANCE_S = 300.0
"""How old a signed call may be, and how far ahead (5 minutes: Standard Webhooks)."""
CREDITS_MAX = 10**12


def signature(secret: bytes, timestamp: int, body: bytes) -> str:
    """HMAC-SHA256 over ``timestamp.body``, in hexadecimal: the raw bytes, exactly as sent."""
    return hmac.new(secret, b"%d." % timestamp + body, sha256).hexdigest()


def verify_call(secret: bytes, *, timestamp: str, body: bytes, signed: str, now: float) -> None:
    """Raises FixRequest where the call is not from whoever has the secret, or too old."""
    if not (timestamp.isascii() and timestamp.isdigit()) or len(timestamp) > 12:
        raise FixRequest("the timestamp is not a number of seconds", field="timestamp")
    if not hmac.compare_digest(signature(secret, int(timestamp), body).encode(), signed.encode()):
        raise FixRequest("the signature does not fit the body", field="signature")
    if abs(now - int(timestamp)) > TOLERANCE_S:
        raise FixRequest("the call is too old or from the future", field="timestamp")


async def post_top_up(
    customer: str,
    bought: int,
    *,
    reference: str,
    by: str = "",
    ledger: Ledger,
    clock: Clock,
    ids: Ids,
) -> Transfer:
    """The same reference again is answered with the first transfer. Raises FixRequest, and
    Conflict where the reference came before with another amount or customer."""
    _check_amount(bought)
    if not reference:
        raise FixRequest("a top-up needs the payment's reference", field="reference")
    transfer = top_up(
        ids.transaction_id(), customer, bought, clock.now(), reference=reference, by=by
    )
    try:
        return await ledger.post(transfer)
    except AlreadyPosted:
        (first,) = await ledger.transfers(TransferQuery(reference=reference))
        if (first.customer, first.credits) != (customer, bought):
            raise Conflict(
                f"reference {reference!r} came before for another top-up", field="reference"
            ) from None
        return first


async def post_refund(
    task_id: str,
    credits_back: int | None,
    *,
    reason: str,
    by: str,
    tasks: Tasks,
    ledger: Ledger,
    clock: Clock,
) -> Transfer:
    """Give back what a succeeded task took, or part of it; once. Raises NotFound, Conflict."""
    task = await read_task(task_id, tasks=tasks)
    charged = task.charged_credits or 0
    back = charged if credits_back is None else credits_back
    if not 0 < back <= charged:
        raise Conflict(f"task {task.id} was charged {charged} credits; {back} can't be given back")
    transfer = refund(task, back, clock.now(), reason=reason, by=by)
    try:
        return await ledger.post(transfer)
    except AlreadyPosted:
        raise Conflict(f"task {task.id} was refunded before ({transfer.id})") from None


async def post_adjustment(
    customer: str, change: int, *, note: str, by: str, ledger: Ledger, clock: Clock, ids: Ids
) -> Transfer:
    """Raises FixRequest, and TopUp where more would be taken than is available."""
    _check_amount(abs(change))
    if not note.strip():
        raise FixRequest("an adjustment needs a note that says why", field="note")
    transfer = adjustment(ids.transaction_id(), customer, change, clock.now(), note=note, by=by)
    assert transfer.kind is Kind.ADJUSTMENT
    try:
        return await ledger.post(transfer)
    except NotEnough as error:
        raise TopUp(
            f"{error.needed} credits can't be taken: {error.available} are available",
            needed_credits=error.needed,
            available_credits=error.available,
        ) from error


def _check_amount(credits_moved: int) -> None:
    if not 0 < credits_moved <= CREDITS_MAX:
        raise FixRequest(f"{credits_moved} is no amount of credits", field="credits")
