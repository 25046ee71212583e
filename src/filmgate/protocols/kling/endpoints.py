"""Every path of Kling's API that we serve, as one table, and the way from a path to its row."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from filmgate.protocols.kling import translate_films as films
from filmgate.protocols.kling import translate_library as library
from filmgate.protocols.kling import translate_omni as omni
from filmgate.protocols.kling import translate_queries as queries
from filmgate.protocols.kling import translate_voices as voices
from filmgate.protocols.kling.auth import Design
from filmgate.protocols.kling.errors import unknown_path, wrong_method
from filmgate.protocols.kling.faces import PRODUCTS
from filmgate.protocols.kling.references import Wanted
from filmgate.protocols.kling.translate_new import read_new
from filmgate.protocols.kling.translate_solutions import read_solution_try_on
from filmgate.protocols.kling.view import Family

Call = (
    Wanted
    | library.IdentifyFace
    | library.InitSelection
    | library.ChangeSelection
    | library.ClearSelection
    | library.PreviewSelection
    | library.MakeVoice
    | library.MakeElement
    | library.DeleteVoice
    | library.DeleteElement
    | queries.Search
)
"""What a POST can ask for."""


class Action(StrEnum):
    """What a method and a path come to."""

    CALL = "call"
    """Read the body with ``read_create``."""
    SINGLE = "single"
    LIST = "list"
    GET = "get"
    """Something of its own: accounts, presets, tasks by ids."""


_LEGACY_WORDS = {
    "model": "model_name",
    "ratio": "aspect_ratio",
    "duration_s": "duration",
    "camera": "camera_control",
    "strokes": "dynamic_masks",
    "strokes.path": "dynamic_masks.trajectories",
    "shots": "multi_prompt",
    "voices": "voice_list",
    "elements": "element_list",
    "images": "image_list",
    "first_frame": "image_list",
    "last_frame": "image_list",
    "base_video": "video_list",
    "feature_video": "video_list",
    "speed": "voice_speed",
    "voice": "voice_id",
    "language": "voice_language",
    "person": "human_image",
    "garments": "cloth_image",
    "scene": "effect_scene",
}

_NEW_WORDS = {
    "mode": "settings.resolution",
    "ratio": "settings.aspect_ratio",
    "duration_s": "settings.duration",
    "sound": "settings.audio",
    "shots": "settings.multi_shot",
    **dict.fromkeys(
        (
            *("image", "image_tail", "images", "first_frame", "last_frame", "base_video"),
            *("feature_video", "elements", "voices", "video", "person", "garments"),
        ),
        "contents",
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """One path. ``read`` is None where it only answers GET."""

    path: str
    family: Family = Family.FILM
    read: Callable[[bytes], Call] | None = None
    has_tasks: bool = False
    """Its tasks are read with ``GET path/{id}`` and ``GET path``."""
    is_get: bool = False
    """``GET path`` answers with something that is no list of its tasks."""
    design: Design = Design.LEGACY
    default_model: str = ""
    """What a call that names no model means (Kling's pages, field ``model_name``)."""

    @property
    def words(self) -> Mapping[str, str]:
        """The path's names for the fields of our requests, for ``errors.answer_to``."""
        return _LEGACY_WORDS if self.design is Design.LEGACY else _NEW_WORDS


def _tasks(path: str, family: Family, read: Callable[[bytes], Call], model: str = "") -> Endpoint:
    return Endpoint(path=path, family=family, read=read, has_tasks=True, default_model=model)


def _at_once(
    path: str, read: Callable[[bytes], Call], family: Family = Family.FILM, model: str = ""
) -> Endpoint:
    return Endpoint(path=path, family=family, read=read, default_model=model)


_V, _A, _G = "/v1/videos", "/v1/audio", "/v1/general"
_ME = f"{_V}/multi-elements"

_TABLE: tuple[Endpoint, ...] = (
    _tasks(f"{_V}/text2video", Family.FILM, films.text2video, "kling-v1"),
    _tasks(f"{_V}/image2video", Family.FILM, films.image2video, "kling-v1"),
    _tasks(f"{_V}/omni-video", Family.FILM, omni.omni_video, "kling-video-o1"),
    _tasks(f"{_V}/motion-control", Family.FILM, omni.motion_control, "kling-v2-6"),
    _tasks(f"{_V}/multi-image2video", Family.FILM, films.multi_image2video, "kling-v1-6"),
    _tasks(f"{_V}/video-extend", Family.CONTINUATION, films.video_extend, "kling-v1-6"),
    _tasks(f"{_V}/effects", Family.EFFECT, films.effects, "kling-effects"),
    _tasks(f"{_V}/lip-sync", Family.CONTINUATION, voices.lip_sync, "kling-lip-sync"),
    _tasks(
        f"{_V}/advanced-lip-sync", Family.CONTINUATION, voices.advanced_lip_sync, "kling-lip-sync"
    ),
    _at_once(f"{_V}/identify-face", library.identify_face),
    _tasks(f"{_V}/avatar/image2video", Family.FILM, voices.avatar, "kling-avatar"),
    _tasks(_ME, Family.EDIT, voices.multi_elements, "kling-v1-6"),
    _at_once(f"{_ME}/init-selection", library.init_selection),
    _at_once(f"{_ME}/add-selection", library.add_selection),
    _at_once(f"{_ME}/delete-selection", library.delete_selection),
    _at_once(f"{_ME}/clear-selection", library.clear_selection),
    _at_once(f"{_ME}/preview-selection", library.preview_selection),
    _tasks(
        "/v1/images/kolors-virtual-try-on",
        Family.PICTURE,
        voices.try_on,
        "kolors-virtual-try-on-v1",
    ),
    _at_once(f"{_A}/tts", voices.speech, Family.SPEECH, "kling-tts"),
    _tasks(f"{_A}/text-to-audio", Family.SOUND, voices.text_to_audio, "kling-text-to-audio"),
    _tasks(f"{_A}/video-to-audio", Family.SCORE, voices.video_to_audio, "kling-video-to-audio"),
    _tasks(f"{_G}/custom-voices", Family.VOICE, library.make_voice),
    Endpoint(path=f"{_G}/presets-voices", family=Family.VOICE, is_get=True),
    _at_once(f"{_G}/delete-voices", library.delete_voice, Family.VOICE),
    _tasks(f"{_G}/advanced-custom-elements", Family.ELEMENT, library.make_element),
    Endpoint(path=f"{_G}/advanced-presets-elements", family=Family.ELEMENT, is_get=True),
    _at_once(f"{_G}/delete-advanced-elements", library.delete_element, Family.ELEMENT),
    _tasks(f"{_G}/custom-elements", Family.ELEMENT, library.make_old_element),
    Endpoint(path=f"{_G}/presets-elements", family=Family.ELEMENT, is_get=True),
    _at_once(f"{_G}/delete-elements", library.delete_element, Family.ELEMENT),
    Endpoint(path="/account/costs", is_get=True),
    _at_once("/account/billing/balance", queries.balance_bill),
    _at_once("/account/billing/package", queries.package_bill),
    Endpoint(path="/tasks", read=queries.task_search, is_get=True, design=Design.NEW),
    Endpoint(path="/solutions", read=queries.task_search, is_get=True, design=Design.NEW),
    Endpoint(
        path="/solutions/virtual_try_on",
        family=Family.PICTURE,
        read=read_solution_try_on,
        design=Design.NEW,
        default_model="virtual_try_on",
    ),
)

ENDPOINTS: dict[str, Endpoint] = {each.path: each for each in _TABLE}


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    action: Action
    endpoint: Endpoint
    task_id: str = ""
    """For a single: the id or external id that was asked for."""


_OWN = (
    *("/v1/videos/", "/v1/images/", "/v1/audio/", "/v1/general/"),
    *("/account/costs", "/account/billing/", "/solutions/"),
    *(f"/{product}/" for product in PRODUCTS),
)
_OWN_WHOLE = frozenset({"/tasks", "/solutions", *(f"/{product}" for product in PRODUCTS)})


def is_klings(path: str) -> bool:
    """Whether a path is Kling's to answer, be it with 1203 (design part 10, "unknown paths")."""
    return path.startswith(_OWN) or path in _OWN_WHOLE


def find_route(method: str, path: str) -> Route:
    """``path`` begins at Kling's root. Raises KlingRefusal: 1202 or 1203, both with 404."""
    endpoint = ENDPOINTS.get(path) or _model_path(path)
    if endpoint is not None:
        return Route(action=_action(method, endpoint), endpoint=endpoint)
    parent, _, task_id = path.rpartition("/")
    endpoint = ENDPOINTS.get(parent)
    if endpoint is None or not endpoint.has_tasks or not task_id:
        raise unknown_path(path)
    if method != "GET":
        raise wrong_method(method, path)
    return Route(action=Action.SINGLE, endpoint=endpoint, task_id=task_id)


def _action(method: str, endpoint: Endpoint) -> Action:
    if method == "POST" and endpoint.read is not None:
        return Action.CALL
    if method == "GET" and endpoint.is_get:
        return Action.GET
    if method == "GET" and endpoint.has_tasks:
        return Action.LIST
    raise wrong_method(method, endpoint.path)


def _model_path(path: str) -> Endpoint | None:
    """``/text-to-video/kling-3.0``: the new design has a path for every model."""
    parts = path.split("/")
    if len(parts) != 3 or parts[0] or parts[1] not in PRODUCTS or not parts[2]:
        return None
    product, model = parts[1], parts[2]
    return Endpoint(
        path=path,
        family=Family.FILM,
        read=lambda body: read_new(product, model, body),
        design=Design.NEW,
    )


def read_create(path: str, body: bytes) -> Call:
    """What a POST to this path wants. Raises KlingRefusal."""
    endpoint = find_route("POST", path).endpoint
    if endpoint.read is None:
        raise wrong_method("POST", path)
    return endpoint.read(body)
