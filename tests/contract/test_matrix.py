"""Every protocol in, every service out, every kind that it can carry: checked field by field at the
far end, by what a service in a process of its own was really sent, and not by success alone.

In: a body as a client of that protocol writes it, read by our server's own reader. Out: our client,
over HTTP. What arrived is read again, by the reader of the far end's protocol.
"""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import Callable, Iterator
from dataclasses import fields, replace
from decimal import Decimal
from pathlib import Path

import pytest
from tests.pretend.dialects import Asked
from tests.pretend.remote import CLIENTS, order_of_model
from tests.pretend.rooms import NoAssets
from tests.pretend.service import ServiceProcess

from filmgate.catalogue.load import Catalogue, load_catalogue
from filmgate.catalogue.own_server import with_own_server
from filmgate.domain.order import with_assets
from filmgate.domain.ports import Made
from filmgate.domain.request import Asset, Generation, Kind, Mode, Request
from filmgate.domain.routing import decide
from filmgate.protocols.filmgate.translate import request_of
from filmgate.protocols.filmgate.wire import decode
from filmgate.protocols.filmgate.wire_requests import AnyCreate
from filmgate.protocols.kie import translate_market, translate_seed
from filmgate.protocols.kling.endpoints import read_create as read_kling
from filmgate.protocols.kling.references import Wanted
from filmgate.protocols.openai_videos.translate_create import read_create as read_openai
from filmgate.protocols.piapi import translate_create as piapi
from filmgate.providers.remote import Ways, remote_provider
from filmgate.transport.policy import LOOPBACK_ONLY
from filmgate.transport.upstream import Upstream
from filmgate.usecases.name_work import speaker

PNG = b"\x89PNG\r\n\x1a\n" + bytes(24)
MP3 = b"ID3" + bytes(24)
BYTES = {"image/png": PNG, "video/mp4": b"", "audio/mpeg": MP3}
PICTURE = Asset("a" * 64, "image/png", 32, name="a.png")
TAIL = Asset("b" * 64, "image/png", 32, name="b.png")
CLIP = Asset("c" * 64, "video/mp4", 32, name="c.mp4")
SOUND = Asset("d" * 64, "audio/mpeg", 32, name="d.mp3")
URL, CLIP_URL, SOUND_URL = (f"https://example.com/a.{kind}" for kind in ("png", "mp4", "mp3"))
TAIL_URL = "https://example.com/b.png"
GIVEN: dict[str, tuple[Asset, ...]] = {
    "text": (),
    "image": (PICTURE,),
    "frames": (PICTURE, TAIL),
    "motion": (PICTURE, CLIP),
    "avatar": (PICTURE, SOUND),
    "omni": (PICTURE, TAIL),
}
"""What a request of that kind was given, in the order of its fields."""
Body = dict[str, object]


def catalogue() -> Catalogue:
    return with_own_server(load_catalogue(), model="wan2.2", usd_per_second=Decimal(0))


# --- in

CREATE = "/api/v1/jobs/createTask"


def kling(path: str, **body: object) -> Callable[[], Request]:
    def read() -> Request:
        wanted = read_kling(path, json.dumps(body).encode())
        assert isinstance(wanted, Wanted)
        return wanted.request

    return read


def market(model: str, **given: object) -> Callable[[], Request]:
    body = json.dumps({"model": model, "input": given}).encode()
    return lambda: translate_market.create_task(body).request


def seed(**body: object) -> Callable[[], Request]:
    return lambda: translate_seed.generate(json.dumps(body).encode()).request


def pi(task_type: str, **given: object) -> Callable[[], Request]:
    body = json.dumps({"model": "kling", "task_type": task_type, "input": given}).encode()
    return lambda: piapi.create(body).request


def native(**body: object) -> Callable[[], Request]:
    return lambda: request_of(decode(json.dumps(body).encode(), AnyCreate), {})


V = "/v1/videos"
IN: dict[str, dict[str, Callable[[], Request]]] = {
    "kling": {
        "text": kling(
            f"{V}/text2video",
            model_name="kling-v3",
            prompt="a fox",
            negative_prompt="a dog",
            mode="pro",
            duration="10",
            aspect_ratio="9:16",
            sound="on",
        ),
        "frames": kling(
            f"{V}/image2video",
            model_name="kling-v3",
            image=URL,
            image_tail=TAIL_URL,
            prompt="go",
            mode="std",
            duration="5",
        ),
        "motion": kling(
            f"{V}/motion-control",
            model_name="kling-v2-6",
            image_url=URL,
            video_url=CLIP_URL,
            character_orientation="image",
            mode="pro",
            prompt="dance",
        ),
        "avatar": kling(
            f"{V}/avatar/image2video", image=URL, sound_file=SOUND_URL, prompt="speak", mode="pro"
        ),
        "omni": kling(
            f"{V}/omni-video",
            model_name="kling-v3-omni",
            prompt="<<<image_1>>> and <<<image_2>>>",
            image_list=[{"image_url": URL}, {"image_url": TAIL_URL}],
            mode="pro",
            duration="5",
            aspect_ratio="1:1",
        ),
    },
    "kling-new": {
        "text": kling(
            "/text-to-video/kling-3.0",
            prompt="a fox",
            settings={
                "resolution": "1080p",
                "aspect_ratio": "1:1",
                "duration": 7,
                "audio": "native",
                "multi_shot": False,
            },
        ),
        "image": kling(
            "/image-to-video/kling-2.5-turbo",
            contents=[{"type": "prompt", "text": "go"}, {"type": "first_frame", "url": URL}],
            settings={"resolution": "1080p", "duration": 5},
        ),
    },
    "kie": {
        "text": market(
            "kling-2.6/text-to-video",
            prompt="a fox",
            sound=True,
            aspect_ratio="9:16",
            duration="10",
        ),
        "frames": market(
            "kling-3.0/video",
            prompt="go",
            image_urls=[URL, TAIL_URL],
            sound=True,
            duration="7",
            mode="std",
            multi_shots=False,
        ),
        "motion": market(
            "kling-2.6/motion-control",
            prompt="dance",
            input_urls=[URL],
            video_urls=[CLIP_URL],
            character_orientation="video",
            mode="720p",
        ),
        "avatar": market("kling/ai-avatar-pro", image_url=URL, audio_url=SOUND_URL, prompt="speak"),
    },
    "kie-seed": {
        "text": seed(
            prompt="a fox runs through snow",
            model="kling-2-5-turbo",
            duration="5",
            aspectRatio="16:9",
            resolution="1080p",
        ),
        "image": seed(
            prompt="the fox runs on",
            model="kling-2-1-pro",
            imageUrl=URL,
            duration="10",
            resolution="1080p",
        ),
    },
    "piapi": {
        "text": pi(
            "video_generation",
            prompt="a fox",
            negative_prompt="a dog",
            version="1.6",
            mode="std",
            duration=10,
            aspect_ratio="9:16",
            cfg_scale=0.5,
        ),
        "frames": pi(
            "video_generation",
            prompt="go",
            version="2.5",
            mode="pro",
            duration=5,
            image_url=URL,
            image_tail_url=TAIL_URL,
        ),
        "motion": pi(
            "motion_control",
            prompt="dance",
            image_url=URL,
            video_url=CLIP_URL,
            motion_direction="video",
            keep_original_sound=True,
            mode="pro",
            version="2.6",
        ),
    },
    "openai": {
        "text": lambda: (
            read_openai({"prompt": "a fox", "seconds": "10", "model": "kling-v2-5-turbo"}).request
        ),
    },
    "native": {
        "text": native(
            kind="text-to-video",
            model="kling-v3",
            prompt="a fox",
            negative_prompt="a dog",
            mode="pro",
            duration_s=5,
            ratio="1:1",
            sound=False,
        ),
    },
}
CASES = [(name, kind) for name, kinds in IN.items() for kind in kinds]
OUT = ("kling", "kling-key", "kie", "piapi", "openai")

# --- the far end


def read_again(out: str, asked: Asked) -> Request:
    raw = json.dumps(asked.body).encode()
    if out.startswith("kling"):
        wanted = read_kling(asked.path, raw)
        assert isinstance(wanted, Wanted)
        return wanted.request
    if out == "kie":
        return translate_market.create_task(raw).request
    if out == "piapi":
        return piapi.create(raw).request
    plain = {name: told for name, told in asked.body.items() if name != "input_reference"}
    return read_openai(plain).request


def link(asset: Asset) -> str:
    return f"https://films.example/{asset.name}"


@pytest.fixture(scope="module")
def services(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, ServiceProcess]]:
    folder = tmp_path_factory.mktemp("services")
    found = {
        name: ServiceProcess(folder / name, name) for name in ("kling", "kie", "piapi", "openai")
    }
    yield found
    for each in found.values():
        each.close()


def given_to(request: Request, kind: str) -> Request:
    """With inputs of ours in the place of what the client gave."""
    ours = iter(GIVEN[kind])
    return with_assets(request, lambda asset: next(ours))


def ordered(request: Request, provider: str) -> Request | None:
    """With a model that the provider has; None where the catalogue says that nobody there can."""
    found = catalogue()
    names = [request.model or found.providers[provider].recommended_model]
    names += [found.providers[provider].recommended_model, "kling-v3", "kling-v2-6", "kling-avatar"]
    for name in names:
        model = found.find(name)
        named = replace(request, model=model.name)
        if isinstance(named, Generation) and named.mode is None:
            named = replace(named, mode=_mode_of(found, name))
        decision = decide(found.models, model, named, provider=provider)
        if decision.refusal is None:
            return decision.request
    return None


def _mode_of(found: Catalogue, name: str) -> Mode | None:
    alias = found.alias(name)
    return next(iter(alias.modes)) if alias and len(alias.modes) == 1 else None


@pytest.mark.parametrize("out", OUT)
@pytest.mark.parametrize(("came_in", "kind"), CASES)
def test_what_was_asked_for_arrives(
    came_in: str, kind: str, out: str, services: dict[str, ServiceProcess], tmp_path: Path
) -> None:
    provider = out.partition("-")[0]
    request = ordered(given_to(IN[came_in][kind](), kind), provider)
    if request is None:
        assert (kind, provider) in NOBODY_THERE, "the catalogue refuses what it should offer"
        return
    service = services[provider]
    order = order_of_model(request, provider, catalogue())
    asked = asyncio.run(sent(out, service, order, tmp_path))
    found = read_again(out, asked)
    assert found.kind is (Kind.TEXT_TO_VIDEO if out == "openai" else request.kind)
    for field in fields(request):
        if not hasattr(found, field.name):  # of a file's part, that reader sees nothing
            continue
        wanted, arrived = getattr(request, field.name), getattr(found, field.name)
        if wanted is None or field.name in UNSAID or _is_input(wanted):
            continue
        if arrived in (None, "", ()) and field.name in SILENT:
            continue
        assert arrived == wanted, f"{field.name} at {out}: {asked.body}"
    check_inputs(out, kind, asked)


def _is_input(part: object) -> bool:
    return isinstance(part, Asset) or (isinstance(part, tuple) and any(map(_is_input, part)))


UNSAID = frozenset({"model", "seed", "creativity", "cfg_scale"})
"""Said in names of their own, or by no service at all; `test_upstream_clients.py` holds these."""
SILENT = frozenset(
    {"ratio", "mode", "sound", "negative_prompt", "fps", "size_px", "shots", "keep_original_sound"}
)
"""What a service may have no field for: its name settles it, or the catalogue's note tells so."""
NOBODY_THERE = frozenset(
    {
        *(("avatar", "piapi"), ("omni", "kie"), ("omni", "piapi")),
        *((kind, "openai") for kind in ("frames", "motion", "avatar", "omni")),
    }
)


class Stored(NoAssets):
    """Every input as bytes of its kind."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def locate(self, asset: Asset) -> str:
        path = self._folder / asset.name
        path.write_bytes(BYTES[asset.media_type])
        return str(path)


async def sent(out: str, service: ServiceProcess, order: object, folder: Path) -> Asked:
    picture = folder / "a.png"
    picture.write_bytes(PNG)
    client = CLIENTS[out]()
    ways = Ways(
        speak=speaker(catalogue, out.partition("-")[0], client.protocols),
        assets=Stored(folder),
        link=link,
    )
    provider = remote_provider(
        out, client, Upstream(service.url, LOOPBACK_ONLY), ways, check_interval_s=1.0
    )
    before = len(service.asked())
    made = await provider.start(order)
    await provider.close()
    assert isinstance(made, Made), made
    (asked,) = service.asked()[before:]
    return asked


def check_inputs(out: str, kind: str, asked: Asked) -> None:
    """Each input went in the form that the service takes."""
    told = json.dumps(asked.body)
    for asset in GIVEN[kind]:
        if out == "openai":
            assert asked.body["input_reference"] == f"file input.png image/png {len(PNG)}"
        elif out.startswith("kling") and asset is not CLIP:
            assert base64.b64encode(BYTES[asset.media_type]).decode() in told
        else:
            assert link(asset) in told


def test_the_matrix_is_full() -> None:
    assert {kind for _, kind in CASES} == set(GIVEN)
    assert {name for name, _ in CASES} == set(IN)
