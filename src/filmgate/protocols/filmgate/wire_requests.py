"""What clients send: a record for each kind of request, and the small bodies beside them."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

from msgspec import Meta, Struct

from filmgate.domain.customer import PRIORITY_MAX
from filmgate.domain.request import Kind
from filmgate.domain.task import State
from filmgate.protocols.filmgate.shapes import Pattern, request_shapes
from filmgate.protocols.filmgate.wire import TASK_ID

SEED_MAX = 2**31 - 1
TEXT_CHARS_MAX = 20_000
"""Against flooding alone: what a model takes is the catalogue's business."""
ITEMS_MAX = 100
URL_CHARS_MAX = 8192
NAME_CHARS_MAX = 200
BASE64_CHARS_MAX = 70_000_000
"""50 MB in base64."""

PRINTABLE = r"^[^\x00-\x1f\x7f-\x9f]*$"
"""No control characters: no database takes them all."""

_ONE_OF = ("asset", "url", "base64", "task")


class Input(Struct, kw_only=True, forbid_unknown_fields=True):
    """A picture, a clip or a sound: exactly one of the four."""

    asset: (
        Annotated[str, Meta(max_length=100, description="The id that POST /assets gave.")] | None
    ) = None
    url: (
        Annotated[
            str,
            Meta(max_length=URL_CHARS_MAX, description="Fetched when the task starts."),
        ]
        | None
    ) = None
    base64: (
        Annotated[
            str,
            Meta(max_length=BASE64_CHARS_MAX, description="The bytes; checked at once."),
        ]
        | None
    ) = None
    task: (
        Annotated[str, Meta(max_length=100, description="The film of an earlier task of yours.")]
        | None
    ) = None


GivenInput = Annotated[
    Input, Meta(extra_json_schema={"oneOf": [{"required": [name]} for name in _ONE_OF]})
]


class Webhook(Struct, kw_only=True, forbid_unknown_fields=True):
    """Called, signed as Standard Webhooks has it, whenever the task moves on."""

    url: Annotated[str, Meta(min_length=1, max_length=URL_CHARS_MAX)]


class Wishes(Struct, kw_only=True, forbid_unknown_fields=True):
    """What every request may say beside what is wanted."""

    provider: Annotated[
        str,
        Meta(max_length=NAME_CHARS_MAX, description="auto takes the cheapest that is able."),
    ] = "auto"
    max_credits: (
        Annotated[int, Meta(ge=0, le=10**12, description="Refused above this many credits.")] | None
    ) = None
    max_cost_usd_micros: (
        Annotated[int, Meta(ge=0, le=10**15, description="Refused above this provider price.")]
        | None
    ) = None
    external_id: (
        Annotated[
            str,
            Meta(
                min_length=1,
                max_length=NAME_CHARS_MAX,
                pattern=PRINTABLE,
                description="Your own name for the task; no two of yours share one.",
            ),
        ]
        | None
    ) = None
    webhook: Webhook | None = None
    priority: Annotated[
        int, Meta(ge=0, le=PRIORITY_MAX, description="Higher goes first among your own tasks.")
    ] = 0
    deadline_s: (
        Annotated[
            float,
            Meta(gt=0, le=30 * 86400, description="Given up, free of charge, after this."),
        ]
        | None
    ) = None


def _text(told: str) -> Meta:
    return Meta(max_length=TEXT_CHARS_MAX, description=told)


def _list(told: str) -> Meta:
    return Meta(max_length=ITEMS_MAX, description=told)


def _axis(told: str) -> Meta:
    return Meta(ge=-10.0, le=10.0, description=told)


FIELDS: dict[str, Meta] = {
    "prompt": _text("What is to be seen, or heard."),
    "negative_prompt": _text("What must not be there."),
    "effect_prompt": _text("The sounds."),
    "music_prompt": _text("The music."),
    "edit": Meta(max_length=NAME_CHARS_MAX, description="addition, swap or removal."),
    "scene": Meta(max_length=NAME_CHARS_MAX, description="The effect's name."),
    "face": Meta(max_length=NAME_CHARS_MAX),
    "speed": Meta(ge=0.5, le=2.0, description="Of the voice."),
    "volume": Meta(ge=0.0, le=2.0),
    "original_volume": Meta(ge=0.0, le=2.0, description="Of the clip's own sound."),
    "sound_start_ms": Meta(ge=0, le=3_600_000),
    "sound_end_ms": Meta(ge=0, le=3_600_000),
    "insert_ms": Meta(ge=0, le=3_600_000, description="When in the clip it begins to speak."),
    "frame": Meta(ge=0, le=1_000_000),
    "x": Meta(ge=-100_000.0, le=100_000.0),
    "y": Meta(ge=-100_000.0, le=100_000.0),
    "horizontal": _axis("- left, + right."),
    "vertical": _axis("- down, + up."),
    "pan": _axis("- looks down, + up."),
    "tilt": _axis("- looks left, + right."),
    "roll": _axis("- counter-clockwise, + clockwise."),
    "zoom": _axis("- narrower, + wider."),
    "path": _list("Points in pixels of the picture, from the bottom left."),
    "strokes": _list("Marked things and their paths."),
    "shots": _list("Several shots in one film."),
    "images": _list("Pictures."),
    "garments": _list("Pictures of what is to be worn."),
    "marks": _list("Things pointed at."),
    "elements": _list("Ids of elements."),
    "voices": _list("Ids of voices."),
    "model": Meta(max_length=NAME_CHARS_MAX, description="Any name that GET /models tells."),
    "duration_s": Meta(gt=0, le=3600),
    "size_px": Meta(ge=64, le=4096, multiple_of=2, description="Exactly this size."),
    "fps": Meta(ge=1, le=60, description="Exactly this rate."),
    "cfg_scale": Meta(ge=0.0, le=1.0, description="How closely to follow the prompt."),
    "creativity": Meta(ge=0.0, le=1.0),
    "intensity": Meta(ge=0.0, le=1.0),
    "seed": Meta(ge=0, le=SEED_MAX, description="The same seed gives the same film."),
    "voice": Meta(max_length=NAME_CHARS_MAX),
    "language": Meta(max_length=NAME_CHARS_MAX),
    "timing": Meta(max_length=NAME_CHARS_MAX),
    "text": _text("What is to be said."),
    "source_task": Meta(max_length=100, description="The task whose film is gone on with."),
}
"""Limits and words; a field is called the same, and means the same, wherever it stands."""

CREATE = request_shapes(
    Pattern(asset=GivenInput, suffix="Request", base=Wishes, meta=FIELDS, is_strict=True)
)
if TYPE_CHECKING:
    AnyCreate = Wishes
else:
    AnyCreate = CREATE.union()
"""A request of any kind, told apart by ``kind``, with the wishes beside it."""


class TaskListQuery(Struct, kw_only=True, forbid_unknown_fields=True):
    """Newest first; a condition left out holds for all."""

    state: tuple[State, ...] = ()
    kind: tuple[Kind, ...] = ()
    external_id: Annotated[str, Meta(max_length=NAME_CHARS_MAX, pattern=PRINTABLE)] | None = None
    created_after: Annotated[str, Meta(max_length=40)] | None = None
    created_before: Annotated[str, Meta(max_length=40)] | None = None
    cursor: Annotated[str, Meta(pattern=TASK_ID)] | None = None
    limit: Annotated[int, Meta(ge=1, le=200)] = 50


class PageQuery(Struct, kw_only=True, forbid_unknown_fields=True):
    cursor: Annotated[str, Meta(max_length=9, pattern="^[0-9]+$")] | None = None
    limit: Annotated[int, Meta(ge=1, le=200)] = 50


class LimitQuery(Struct, kw_only=True, forbid_unknown_fields=True):
    limit: Annotated[int, Meta(ge=1, le=200)] = 50


class UploadQuery(Struct, kw_only=True, forbid_unknown_fields=True):
    name: Annotated[str, Meta(max_length=NAME_CHARS_MAX)] | None = None


class NoQuery(Struct, kw_only=True, forbid_unknown_fields=True):
    """Endpoints that take none."""


class ReceiverEvent(StrEnum):
    ACCEPTED = "task.accepted"
    STARTED = "task.started"
    SUCCEEDED = "task.succeeded"
    FAILED = "task.failed"
    CANCELLED = "task.cancelled"


class ReceiverBody(Struct, kw_only=True, forbid_unknown_fields=True):
    url: Annotated[str, Meta(min_length=1, max_length=URL_CHARS_MAX)]
    name: Annotated[str, Meta(max_length=NAME_CHARS_MAX, pattern=PRINTABLE)] = ""
    events: Annotated[
        tuple[ReceiverEvent, ...],
        Meta(min_length=1, max_length=ITEMS_MAX, description="What it wants to hear of."),
    ] = tuple(ReceiverEvent)


class RotateBody(Struct, kw_only=True, forbid_unknown_fields=True):
    overlap: Annotated[
        bool, Meta(description="Whether the old secret goes on signing beside it for a day.")
    ] = False
