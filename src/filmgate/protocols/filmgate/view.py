"""Our values as this protocol shows them: tasks, offers, credits, events."""

from __future__ import annotations

from dataclasses import dataclass

from filmgate.domain.change import Event
from filmgate.domain.delivery import Delivery, host_of
from filmgate.domain.ledger import Account, Transfer
from filmgate.domain.library import Item
from filmgate.domain.media import Facts
from filmgate.domain.order import Offer, Progress
from filmgate.domain.receivers import Receiver
from filmgate.domain.request import Asset
from filmgate.domain.task import Output, Result, State, Task
from filmgate.protocols.filmgate.translate import told_request
from filmgate.protocols.filmgate.webhook import PROTOCOL
from filmgate.protocols.filmgate.wire import ASSET_HEAD, iso_time, maybe_time
from filmgate.protocols.filmgate.wire_replies import (
    AssetReply,
    ChosenReply,
    DeliveryReply,
    EventReply,
    FilmReply,
    ItemReply,
    NewReceiverReply,
    OfferReply,
    OutputReply,
    ProgressReply,
    ReceiverReply,
    StepReply,
    TaskReply,
    TransactionReply,
    WebhookReply,
)

PERCENT = {State.QUEUED: 0.0, State.STARTING: 0.0, State.SUCCEEDED: 100.0}
"""Where it is known without asking anybody; nothing is ever made up."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FilmUrls:
    """Signed addresses of a task's files; None for what there isn't."""

    film: str | None = None
    poster: str | None = None
    thumbnail: str | None = None
    preview: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A task with all that is known of it at this moment."""

    task: Task
    progress: Progress | None = None
    tasks_ahead: int = 0
    urls: FilmUrls = FilmUrls()


def task_reply(shown: Shown) -> TaskReply:
    task, how_far = shown.task, progress_reply(shown)
    return TaskReply(
        id=task.id,
        state=task.state,
        kind=task.request.kind,
        percent=how_far.percent,
        stage=how_far.stage,
        frames_per_second=how_far.frames_per_second,
        eta_s=how_far.eta_s,
        tasks_ahead=shown.tasks_ahead,
        model=task.model,
        provider=task.provider,
        chosen=_chosen(task),
        external_id=task.external_id,
        request=told_request(task.request),  # type: ignore[arg-type]  # one of the kinds' records
        output=output_reply(task.output),
        film=_film(task.result or task.rescued, shown.urls),
        rescued=task.rescued is not None,
        reason=task.reason,
        fault=task.fault.value if task.fault else None,
        notes=task.notes,
        understood=task.understood,
        price_usd_micros=task.quote_usd_micros,
        held_credits=task.hold_credits,
        charged_credits=task.charged_credits,
        priority=task.priority,
        webhook=_webhook(task),
        timeline=tuple(
            StepReply(at=iso_time(step.at), state=step.state, note=step.note)
            for step in task.timeline
        ),
        created_at=iso_time(task.created_at),
        updated_at=iso_time(task.updated_at),
        deadline_at=maybe_time(task.deadline_at),
        expires_at=maybe_time(task.expires_at),
    )


def progress_reply(shown: Shown) -> ProgressReply:
    state = shown.task.state
    seen = shown.progress if state is State.RUNNING else None
    return ProgressReply(
        state=state,
        percent=seen.percent if seen else PERCENT.get(state),
        stage=seen.stage if seen else None,
        frames_per_second=seen.frames_per_second if seen else None,
        eta_s=seen.eta_s if seen else None,
        tasks_ahead=shown.tasks_ahead,
    )


def output_reply(output: Output) -> OutputReply:
    return OutputReply(
        width=output.width,
        height=output.height,
        fps=output.fps,
        duration_s=output.duration_s,
        sound=output.sound,
        seed=output.seed,
    )


def offer_reply(offer: Offer) -> OfferReply:
    return OfferReply(
        provider=offer.provider,
        model=offer.model,
        possible=offer.why_not is None,
        why_not=offer.why_not,
        remedy=offer.remedy,
        credits=offer.credits,
        price_usd_micros=offer.price_usd_micros,
        output=output_reply(offer.output) if offer.output else None,
        notes=offer.notes,
    )


def asset_reply(asset: Asset, facts: Facts) -> AssetReply:
    """Zero is what a kind doesn't have: a picture lasts for no time."""
    is_clip = facts.media_type.startswith("video/")
    return AssetReply(
        id=ASSET_HEAD + asset.digest,
        media_type=asset.media_type,
        size_bytes=asset.size_bytes,
        name=asset.name,
        sha256=asset.digest,
        width=facts.width or None,
        height=facts.height or None,
        duration_s=facts.duration_s or None,
        fps=facts.fps or None,
        sound=facts.sound if is_clip else None,
    )


def transaction_reply(transfer: Transfer) -> TransactionReply:
    return TransactionReply(
        id=transfer.id,
        kind=transfer.kind,
        available_credits=transfer.change(Account.AVAILABLE),
        held_credits=transfer.change(Account.HELD),
        task=transfer.task,
        reference=transfer.reference,
        note=transfer.note,
        at=iso_time(transfer.at),
    )


def event_reply(event: Event) -> EventReply:
    return EventReply(
        id=event.id,
        type=f"task.{event.kind.value}",
        event=event.kind,
        task=event.task,
        webhook_host=host_of(event.url) if event.url else None,
        at=iso_time(event.at),
    )


def delivery_reply(delivery: Delivery) -> DeliveryReply:
    return DeliveryReply(
        id=delivery.id,
        type=f"task.{delivery.event.kind.value}",
        task=delivery.event.task,
        host=delivery.host,
        state=delivery.state,
        tries=delivery.tries,
        due_at=maybe_time(delivery.due_at),
    )


def _webhook(task: Task) -> WebhookReply | None:
    """What was asked for with the task; receivers that stand are told beside it."""
    callback = task.callback
    if callback is None or callback.protocol != PROTOCOL:
        return None
    return WebhookReply(url=callback.url)


def receiver_reply(receiver: Receiver) -> ReceiverReply:
    return ReceiverReply(
        id=receiver.id,
        name=receiver.name,
        url=receiver.url,
        events=receiver.events,
        secret_hint=receiver.secret_hint,
        created_at=iso_time(receiver.created_at),
        updated_at=iso_time(receiver.updated_at),
    )


def new_receiver_reply(receiver: Receiver, secret: str) -> NewReceiverReply:
    return NewReceiverReply(receiver=receiver_reply(receiver), secret=secret)


def item_reply(item: Item) -> ItemReply:
    return ItemReply(
        id=str(item.number),
        name=item.name,
        description=item.description,
        is_preset=item.is_preset,
        created_at=None if item.is_preset else iso_time(item.created_at),
    )


def _chosen(task: Task) -> ChosenReply | None:
    chosen = task.chosen
    if chosen is None:
        return None
    return ChosenReply(
        provider=chosen.provider, because=chosen.because, rejected=tuple(chosen.rejected)
    )


def _film(result: Result | None, urls: FilmUrls) -> FilmReply | None:
    if result is None:
        return None
    return FilmReply(
        url=urls.film,
        poster_url=urls.poster,
        thumbnail_url=urls.thumbnail,
        preview_url=urls.preview,
        width=result.width,
        height=result.height,
        fps=result.fps,
        duration_s=result.duration_s,
        sound=result.sound,
        size_bytes=result.size_bytes,
        sha256=result.digest,
    )
