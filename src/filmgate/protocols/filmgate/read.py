"""The server's replies as our own values, as far as a client can know them."""

from __future__ import annotations

from filmgate.domain.files import film_key
from filmgate.domain.order import Offer, Progress, Sighting
from filmgate.domain.task import (
    Callback,
    Chosen,
    Fault,
    Output,
    Result,
    Step,
    Task,
)
from filmgate.protocols.filmgate.translate import shown_request
from filmgate.protocols.filmgate.webhook import PROTOCOL
from filmgate.protocols.filmgate.wire import time_of
from filmgate.protocols.filmgate.wire_replies import (
    FilmReply,
    OfferReply,
    OutputReply,
    ProgressReply,
    TaskReply,
)


def task_of(reply: TaskReply) -> Task:
    """Whose it is and how it is driven there stays with the server."""
    film = _result(reply.film, reply.id)
    return Task(
        id=reply.id,
        customer="",
        request=shown_request(reply.request),
        model=reply.model,
        output=_output(reply.output),
        quote_usd_micros=reply.price_usd_micros,
        hold_credits=reply.held_credits,
        priority=reply.priority,
        external_id=reply.external_id,
        callback=Callback(url=reply.webhook.url, protocol=PROTOCOL) if reply.webhook else None,
        deadline_at=_time(reply.deadline_at),
        created_at=time_of(reply.created_at),
        provider=reply.provider,
        account="",
        state=reply.state,
        updated_at=time_of(reply.updated_at),
        chosen=_chosen(reply),
        reason=reply.reason,
        fault=_fault(reply.fault),
        result=None if reply.rescued else film,
        rescued=film if reply.rescued else None,
        charged_credits=reply.charged_credits,
        expires_at=_time(reply.expires_at),
        notes=reply.notes,
        understood=reply.understood,
        timeline=tuple(
            Step(at=time_of(step.at), state=step.state, note=step.note) for step in reply.timeline
        ),
    )


def sighting_of(task: Task, told: ProgressReply | TaskReply) -> Sighting:
    if told.stage is None or told.percent is None:
        return Sighting(task=task)
    progress = Progress(
        stage=told.stage,
        percent=told.percent,
        frames_per_second=told.frames_per_second,
        eta_s=told.eta_s,
    )
    return Sighting(task=task, progress=progress)


def offer_of(reply: OfferReply) -> Offer:
    return Offer(
        provider=reply.provider,
        model=reply.model,
        price_usd_micros=reply.price_usd_micros,
        credits=reply.credits,
        output=_output(reply.output) if reply.output else None,
        notes=reply.notes,
        why_not=None if reply.possible else reply.why_not or "not possible",
        remedy=reply.remedy,
    )


def _output(reply: OutputReply) -> Output:
    return Output(
        width=reply.width,
        height=reply.height,
        fps=reply.fps,
        duration_s=reply.duration_s,
        sound=reply.sound,
        seed=reply.seed,
    )


def _result(film: FilmReply | None, task_id: str) -> Result | None:
    if film is None:
        return None
    return Result(
        path=film_key(task_id),
        digest=film.sha256,
        size_bytes=film.size_bytes,
        width=film.width,
        height=film.height,
        fps=film.fps,
        duration_s=film.duration_s,
        sound=film.sound,
    )


def _chosen(reply: TaskReply) -> Chosen | None:
    chosen = reply.chosen
    if chosen is None:
        return None
    return Chosen(
        provider=chosen.provider, account="", because=chosen.because, rejected=chosen.rejected
    )


def _fault(word: str | None) -> Fault | None:
    """A later version's word is no reason to fail."""
    return Fault(word) if word in set(Fault) else None


def _time(text: str | None) -> float | None:
    return None if text is None else time_of(text)
