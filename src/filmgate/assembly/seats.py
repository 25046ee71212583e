"""The operator's accounts out of the settings, and how each is driven."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

from filmgate.catalogue.load import Catalogue, load_catalogue
from filmgate.catalogue.own_server import with_own_server
from filmgate.domain.line import Account
from filmgate.domain.ports import Assets, Clock, Tasks
from filmgate.domain.seat import Seat
from filmgate.settings import Secret, Settings
from filmgate.usecases.front import Links
from filmgate.usecases.name_work import speaker
from filmgate.usecases.ring_doorbell import Hooks

if TYPE_CHECKING:
    from filmgate.providers.remote import RemoteProvider

INPUT_LINK_S = 24 * 3600.0
"""How long a service may fetch an input: jobs wait in its line for hours at peak."""


def seats_of(settings: Settings) -> list[Seat]:
    """An account for every provider that there are credentials for."""
    pair, static = settings.kling_keys, settings.kling_api_key
    known = {
        "kling": Seat(
            id="kling",
            provider="kling",
            base_url=settings.kling_base_url,
            key=_revealed(pair[0] if pair else static),
            secret=_revealed(pair[1] if pair else None),
            hook_secret=_revealed(settings.kling_webhook_secret),
        ),
        "kie": Seat(
            id="kie",
            provider="kie",
            base_url=settings.kie_base_url,
            key=_revealed(settings.kie_api_key),
            hook_secret=_revealed(settings.kie_webhook_key),
        ),
        "piapi": Seat(
            id="piapi",
            provider="piapi",
            base_url=settings.piapi_base_url,
            key=_revealed(settings.piapi_api_key),
            flavour=settings.piapi_service_mode or "",
        ),
        "openai": Seat(
            id="openai",
            provider="openai",
            base_url=settings.openai_base_url or "",
            key=_revealed(settings.openai_api_key),
            flavour=settings.openai_server,
        ),
    }
    return [known[name] for name in sorted(settings.accounts)]


def _revealed(secret: Secret | None) -> str:
    return secret.reveal() if secret else ""


def catalogue_of(settings: Settings) -> Callable[[], Catalogue]:
    """What the settings say of a server of the operator's own stands in it."""

    @cache
    def load() -> Catalogue:
        return with_own_server(
            load_catalogue(),
            model=settings.openai_model,
            usd_per_second=settings.openai_usd_per_second,
        )

    return load if settings.openai_base_url else load_catalogue


def open_upstreams(
    settings: Settings,
    *,
    catalogue: Callable[[], Catalogue],
    assets: Assets,
    tasks: Tasks,
    links: Links,
    hooks: Hooks,
    clock: Clock,
) -> list[tuple[Account, RemoteProvider]]:
    """An account and a provider for every seat that the settings have credentials for."""
    seats = seats_of(settings)
    if not seats:
        return []
    # Only with accounts: the HTTP client is heavy, and most houses call nobody.
    from filmgate.providers.all import Surroundings, open_seat  # noqa: PLC0415

    async def job_of(task_id: str, account: str) -> str | None:
        task = await tasks.read(task_id)
        return task.job if task is not None and task.account == account else None

    is_public = settings.public_url is not None
    around = Surroundings(
        speak=lambda provider, protocols: speaker(catalogue, provider, protocols),
        assets=assets,
        link=lambda asset: links.asset(asset, lifetime_s=INPUT_LINK_S) if is_public else None,
        job_of=job_of,
        hook=hooks.address if is_public else None,
        now=clock.now,
        may_go_out=settings.upstreams,
        allow_loopback=settings.allow_loopback,
    )
    return [open_seat(_with_bell(seat, hooks, is_public), around) for seat in seats]


def _with_bell(seat: Seat, hooks: Hooks, is_public: bool) -> Seat:  # noqa: FBT001 - two are plain
    """PiAPI sends a secret of our choice back."""
    if seat.provider != "piapi" or not is_public:
        return seat
    return replace(seat, hook_secret=hooks.shared_secret(seat.id))
