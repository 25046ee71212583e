"""Real clients and a real way out, to a service in a process of its own."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from itertools import count

from tests.pretend.rooms import NoAssets

from filmgate.catalogue.load import Catalogue, load_catalogue
from filmgate.domain.model import settle
from filmgate.domain.order import Order
from filmgate.domain.request import Request, TextToVideo
from filmgate.domain.upstream import Client
from filmgate.protocols.kie.client import KieClient
from filmgate.protocols.kling.client import ApiKey, KeyPair, KlingClient
from filmgate.protocols.openai_videos.client import openai_videos_client
from filmgate.protocols.openai_videos.client_quirks import QUIRKS
from filmgate.protocols.piapi.client import PiApiClient
from filmgate.providers.remote import Link, RemoteProvider, Ways, no_link, remote_provider
from filmgate.transport.policy import LOOPBACK_ONLY
from filmgate.transport.upstream import Terms, Upstream
from filmgate.usecases.name_work import speaker

SECRET = "sandbox-secret-key-0123456789abcdef0123456789"
QUICK = Terms(connect_s=2.0, answer_s=2.0)
CLIENTS: dict[str, Callable[[], Client]] = {
    "kling": lambda: KlingClient(KeyPair("sandbox-access-key", SECRET, time.time)),
    "kling-key": lambda: KlingClient(ApiKey("sandbox-api-key")),
    "kie": lambda: KieClient("sandbox-api-key", upload_url=None),
    "piapi": lambda: PiApiClient("sandbox-api-key", service_mode="public"),
    "openai": lambda: openai_videos_client("sandbox-api-key", QUIRKS["openai"]),
    "openai-sglang": lambda: openai_videos_client("sandbox-api-key", QUIRKS["sglang"]),
}
MODELS = {
    "kling": "kling-v2-5-turbo",
    "kie": "kling-v3",
    "piapi": "kling-v1-6",
    "openai": "kling-v2-5-turbo",
}
_numbers = count(1)


def open_remote(
    dialect: str,
    url: str,
    *,
    assets: NoAssets | None = None,
    link: Link = no_link,
    terms: Terms = QUICK,
    vanished_looks: int = 1,
    name: str | None = None,
    check_interval_s: float = 0.02,
    hook: Callable[[str], str] | None = None,
) -> RemoteProvider:
    client = CLIENTS[dialect]()
    provider = dialect.partition("-")[0]
    ways = Ways(
        speak=speaker(load_catalogue, provider, client.protocols),
        assets=assets or NoAssets(),
        link=link,
        films=LOOPBACK_ONLY,
        vanished_looks=vanished_looks,
        hook=hook,
    )
    line = Upstream(url, LOOPBACK_ONLY, terms)
    return remote_provider(name or provider, client, line, ways, check_interval_s=check_interval_s)


def order_for(request: Request | str, provider: str = "kling") -> Order:
    if isinstance(request, str):
        request = TextToVideo(prompt=request)
    named = replace(request, model=request.model or MODELS[provider])
    return order_of_model(named, provider, load_catalogue())


def order_of_model(request: Request, provider: str, catalogue: Catalogue) -> Order:
    assert request.model is not None
    model = catalogue.find(request.model)
    return Order(
        task_id=f"task_{next(_numbers):026d}",
        request=replace(request, model=model.name),
        model=model.name,
        provider=provider,
        output=settle(model, request, seed=7, picture_size=(640, 480)),
    )
