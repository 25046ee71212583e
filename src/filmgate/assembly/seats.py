"""The operator's accounts out of the settings, and how each is driven."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

from filmgate.catalogue.load import Catalogue, load_catalogue
from filmgate.catalogue.own_server import with_own_server
from filmgate.domain.line import Account
from filmgate.domain.ports import Assets, Clock, Provider, Tasks
from filmgate.domain.seat import Seat
from filmgate.settings import Secret, Settings
from filmgate.usecases.name_work import speaker
from filmgate.usecases.ring_doorbell import Hooks, ring
from filmgate.usecases.signed_links import SignedLinks

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


class Upstreams:
    """Every account at a service, with its provider, and the doorbells of their tasks."""

    def __init__(self, tasks: Tasks, hooks: Hooks) -> None:
        self.accounts: dict[str, Account] = {}
        self.providers: dict[str, RemoteProvider] = {}
        self._tasks = tasks
        self._hooks = hooks

    def beside(self, account: str, provider: Provider) -> dict[str, Provider]:
        """All of them and this one, by account."""
        return {account: provider, **self.providers}

    def ring_with(
        self, knock: Callable[[str, str | None], None]
    ) -> Callable[[str, Mapping[str, str], bytes], Awaitable[bool]]:
        """What a server calls with the last part of the address, the headers and the body of a
        provider's callback; False is for what is no doorbell of ours."""

        async def rung(secret: str, headers: Mapping[str, str], body: bytes) -> bool:
            return await ring(
                secret,
                headers,
                body,
                hooks=self._hooks,
                tasks=self._tasks,
                providers=self.providers,
                knock=knock,
            )

        return rung

    async def close(self) -> None:
        for provider in self.providers.values():
            await provider.close()


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
    link_secrets: Callable[[], list[bytes]],
    clock: Clock,
) -> Upstreams:
    """An account and a provider for every seat that the settings have credentials for."""
    public_url = settings.public_url or ""
    hooks = Hooks(public_url, link_secrets)
    links = SignedLinks(link_secrets, clock, public_url)
    found = Upstreams(tasks, hooks)
    seats = seats_of(settings)
    if not seats:
        return found
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
    for seat in seats:
        account, provider = open_seat(_with_bell(seat, hooks, is_public), around)
        found.accounts[seat.id], found.providers[seat.id] = account, provider
    return found


def _with_bell(seat: Seat, hooks: Hooks, is_public: bool) -> Seat:  # noqa: FBT001 - two are plain
    """PiAPI sends a secret of our choice back."""
    if seat.provider != "piapi" or not is_public:
        return seat
    return replace(seat, hook_secret=hooks.shared_secret(seat.id))
