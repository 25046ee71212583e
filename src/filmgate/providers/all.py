"""Every service that can be driven, as a table; a seat at one becomes an account and a provider."""

from __future__ import annotations

import ipaddress
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from filmgate.domain.line import Account
from filmgate.domain.ports import Assets
from filmgate.domain.seat import Seat
from filmgate.domain.upstream import Client, Speak
from filmgate.protocols.kie.client import UPLOAD_URL, KieClient
from filmgate.protocols.kling.client import ApiKey, KeyPair, KlingClient
from filmgate.protocols.openai_videos.client import openai_videos_client
from filmgate.protocols.openai_videos.client_quirks import OPENAI, QUIRKS
from filmgate.protocols.piapi.client import PiApiClient
from filmgate.providers.remote import Link, RemoteProvider, Ways, remote_provider
from filmgate.transport.pacing import Rate
from filmgate.transport.policy import LOOPBACK_ONLY, OPERATORS_WORD, Policy
from filmgate.transport.upstream import Terms, Upstream

Now = Callable[[], float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Drive:
    """How a service is driven."""

    client: Callable[[Seat, Now], Client]
    check_interval_s: float
    slots: int
    """Jobs at once on a usual account; the service itself says when it is too much."""
    terms: Terms = field(default_factory=Terms)


def _kling(seat: Seat, now: Now) -> Client:
    keys = KeyPair(seat.key, seat.secret, now) if seat.secret else ApiKey(seat.key)
    return KlingClient(keys, hook_secret=seat.hook_secret, now=now)


def _kie(seat: Seat, now: Now) -> Client:
    # A stand-in for the service has its uploads on the same host.
    is_real = (urlsplit(seat.base_url).hostname or "").endswith("kie.ai")
    upload_url = UPLOAD_URL if is_real else None
    return KieClient(seat.key, upload_url, hook_key=seat.hook_secret, now=now)


def _piapi(seat: Seat, now: Now) -> Client:  # noqa: ARG001 - one shape for all
    return PiApiClient(seat.key, service_mode=seat.flavour, hook_secret=seat.hook_secret)


def _openai(seat: Seat, now: Now) -> Client:  # noqa: ARG001 - one shape for all
    return openai_videos_client(seat.key, QUIRKS[seat.flavour or OPENAI])


DRIVES: dict[str, Drive] = {
    # Seed S0 polls every 5 s. Of packs' slots Kling publishes no number.
    "kling": Drive(client=_kling, check_interval_s=5.0, slots=5),
    # 20 creates in 10 s, 10 queries in a second; typically more than 100 tasks run at once.
    "kie": Drive(
        client=_kie,
        check_interval_s=3.0,
        slots=50,
        terms=Terms(creates=Rate(calls=20, per_s=10.0), looks=Rate(calls=10, per_s=1.0)),
    ),
    # Seed S4: its classes look every 10 s; the plan Creator has 3 jobs at once, Pro 20.
    "piapi": Drive(client=_piapi, check_interval_s=10.0, slots=3),
    # One film at a time is what one GPU does.
    "openai": Drive(client=_openai, check_interval_s=2.0, slots=1),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What every seat's provider needs of the house."""

    speak: Callable[[str, tuple[str, ...]], Speak]
    """For a provider and the protocols whose names its client can send."""
    assets: Assets
    link: Link
    job_of: Callable[[str, str], Awaitable[str | None]]
    """The job of a task that was made with this account."""
    hook: Callable[[str], str] | None
    now: Now
    may_go_out: bool
    """False: no host but this computer is ever called, whatever the seats say."""
    allow_loopback: bool


def open_seat(seat: Seat, around: Surroundings) -> tuple[Account, RemoteProvider]:
    drive = DRIVES[seat.provider]
    client = drive.client(seat, around.now)

    async def job_of(task_id: str) -> str | None:
        return await around.job_of(task_id, seat.id)

    ways = Ways(
        speak=around.speak(seat.provider, client.protocols),
        assets=around.assets,
        link=around.link,
        job_of=job_of,
        hook=around.hook,
        films=_films_policy(seat, around),
    )
    policy = OPERATORS_WORD if around.may_go_out else LOOPBACK_ONLY
    line = Upstream(seat.base_url, policy, drive.terms)
    account = Account(id=seat.id, provider=seat.provider, slots=seat.slots or drive.slots)
    interval_s = drive.check_interval_s
    return account, remote_provider(seat.provider, client, line, ways, check_interval_s=interval_s)


def _films_policy(seat: Seat, around: Surroundings) -> Policy:
    """A film's address is a stranger's word, but from a service on this computer it may well lead
    to this computer."""
    return Policy(
        allow_public=around.may_go_out,
        allow_loopback=around.allow_loopback or _is_here(seat.base_url),
    )


def _is_here(base_url: str) -> bool:
    host = urlsplit(base_url).hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
