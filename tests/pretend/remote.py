"""Real clients and a real way out, to a service in a process of its own."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from itertools import count
from pathlib import Path

from tests.pretend.rooms import NoAssets

from filmgate.catalogue.load import load_catalogue
from filmgate.domain.model import settle
from filmgate.domain.order import Order
from filmgate.domain.request import Asset, Request, TextToVideo
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


class FileAssets(NoAssets):
    """Every input is this one file."""

    def __init__(self, path: Path) -> None:
        self._path = path

    async def locate(self, asset: Asset) -> str:
        return str(self._path)


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
    model = load_catalogue().find(request.model or MODELS[provider])
    output = settle(model, request, seed=7, picture_size=(640, 480))
    task_id = f"task_{next(_numbers):026d}"
    request = replace(request, model=model.name)
    return Order(
        task_id=task_id, request=request, model=model.name, provider=provider, output=output
    )
