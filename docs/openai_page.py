# ruff: noqa: INP001 - a script beside the pages it writes, not a package
"""The generated page about OpenAI Videos: what is served today, path by path."""

from __future__ import annotations

from collections.abc import Iterator

from filmgate.catalogue.load import load_catalogue
from filmgate.domain.request import Kind
from filmgate.protocols.openai_videos.describe import SUMMARIES
from filmgate.protocols.openai_videos.errors import CASES
from filmgate.protocols.openai_videos.routes import TABLE, VERSION, Action
from filmgate.protocols.openai_videos.sizes import DEFAULT_MODEL, DEFAULT_SECONDS, DEFAULT_SIZE
from filmgate.protocols.openai_videos.translate_replies import CANCELLED, FAULTS

MARK = "<!-- Written by docs/generate.py (make docs). Don't edit. -->"
LOCAL = "local"
NEEDS: dict[Action, Kind] = {Action.EDIT: Kind.OMNI, Action.EXTEND: Kind.EXTEND}
"""Work that needs more than words and a picture."""
FIELDS = (
    ("`prompt`", "needed"),
    ("`model`", f"any name of [models.md](models.md); `{DEFAULT_MODEL}` if left out"),
    ("`seconds`", f"text or number; {DEFAULT_SECONDS} if left out; what the model can do"),
    (
        "`size`",
        f"`WIDTHxHEIGHT`, both even; `{DEFAULT_SIZE}` if left out; local films have it exactly",
    ),
    ("`input_reference`", "a file, `{image_url}` with a URL or data URL, or either as plain text"),
    ("`width` + `height`, `resolution`", "in place of `size`"),
    ("`num_frames`, `duration`", "in place of `seconds`; frames count at `fps`, or 24 a second"),
    ("`fps`", "1 to 60; local films have it exactly"),
    ("`negative_prompt`, `seed`", "as everywhere"),
    ("`guidance_scale`", "0 to 20"),
    ("`generate_sound`, `mode`", "sound; `std`, `pro` or `4k`"),
    ("`image_reference`, `reference_url`, `image`, `images`", "in place of `input_reference`"),
    ("`characters`", "ids of characters"),
    ("`video_params`, `extra_params`, `extra_body`", "objects, or JSON text, with any of these"),
)


def openai_page() -> str:
    lines = [
        "# OpenAI Videos, as Filmgate serves it",
        "",
        MARK,
        "",
        "Point an OpenAI client at `http://HOST:PORT/v1` with a Filmgate key. The paths also stand",
        "under `/openai`, with or without `/v1`. Bodies are forms (with brackets, as the SDKs send",
        "them) or JSON. What this server can't make today is refused when it is asked for, and",
        "costs nothing. `Idempotency-Key` makes a repeated call answer with the first one's video.",
        "",
        "| call | what it does | today, without any account |",
        "| --- | --- | --- |",
        *_calls(),
        "",
        "Under `/v1/videos/` ids begin with `video_`; all words but those above are Kling's.",
        "Files of the Files API can't be named.",
        "",
        "## A create's fields",
        "",
        "OpenAI's own, and those of vLLM-Omni, SGLang, LiteLLM and new-api that have a meaning",
        "here. Others are passed over: they steer samplers that this server doesn't have.",
        "",
        "| field | |",
        "| --- | --- |",
        *(f"| {name} | {told} |" for name, told in FIELDS),
        "",
        "Answers carry `filmgate-provider` (who renders: `local` is a stand-in for the named",
        "model) and, while a video is not done, `openai-poll-after-ms`.",
        "",
        "## Errors",
        "",
        "| status | `type` | `code` |",
        "| --- | --- | --- |",
        *_errors(),
        "",
        f"A failed video has one of these codes: {_codes()}.",
        "",
        "## Webhooks",
        "",
        "Endpoints are set up once and told of every video that is made by these paths afterwards:",
        "`video.completed` and `video.failed`, signed by Standard Webhooks with the endpoint's own",
        "secret. A secret is shown when the endpoint is made and when it is changed.",
    ]
    return "\n".join(lines) + "\n"


def _calls() -> Iterator[str]:
    here = {
        kind
        for model in load_catalogue().models
        if LOCAL in model.listings
        for row in model.listings[LOCAL].abilities
        for kind in row.kinds
    }
    for pattern, actions in TABLE:
        path = VERSION + pattern.replace("([^/]+)", "{id}").replace("(.+)", "{id}")
        for method, action in actions.items():
            is_made = action not in NEEDS or NEEDS[action] in here
            yield f"| `{method} {path}` | {SUMMARIES[action]} | {'yes' if is_made else 'refused'} |"


def _codes() -> str:
    return ", ".join(f"`{code}`" for code in (*FAULTS.values(), CANCELLED))


def _errors() -> Iterator[str]:
    yield "| 401 | `invalid_request_error` | `invalid_api_key`, `account_deactivated` or null |"
    rows = dict.fromkeys((case.status, case.type, case.code) for case in CASES)
    for status, kind, code in sorted(rows, key=lambda row: (row[0], row[2] or "")):
        yield f"| {status} | `{kind}` | {f'`{code}`' if code else 'null'} |"
