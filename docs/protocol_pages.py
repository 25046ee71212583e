# ruff: noqa: INP001 - a script beside the pages it writes, not a package
"""The generated pages about protocols: what is served today, path by path."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from openai_page import openai_page

from filmgate.catalogue.load import load_catalogue
from filmgate.domain.request import Kind
from filmgate.protocols.kling.auth import Design
from filmgate.protocols.kling.endpoints import ENDPOINTS, Endpoint
from filmgate.protocols.kling.errors import TABLE, Code
from filmgate.protocols.kling.faces import FACES
from filmgate.protocols.kling.server.reading import KINDS
from filmgate.protocols.kling.view import Family

LOCAL = "local"
MARK = "<!-- Written by docs/generate.py (make docs). Don't edit. -->"
PRODUCT_KINDS = {
    "text-to-video": Kind.TEXT_TO_VIDEO,
    "image-to-video": Kind.IMAGE_TO_VIDEO,
    "omni-video": Kind.OMNI,
    "motion-control": Kind.MOTION_CONTROL,
}
OTHER_KINDS = {"/v1/audio/tts": Kind.SPEECH, "/solutions/virtual_try_on": Kind.TRY_ON}
SHELVED = {Family.VOICE: "voices", Family.ELEMENT: "elements"}


def kling_page() -> str:
    here = {
        kind
        for model in load_catalogue().models
        if LOCAL in model.listings
        for row in model.listings[LOCAL].abilities
        for kind in row.kinds
    }
    lines = [
        "# Kling's API, as Filmgate serves it",
        "",
        MARK,
        "",
        "Every path stands at the root and under `/kling`. What this server can't make today is",
        "refused when it is created, with Kling's 1201 and a sentence that says so; it costs",
        "nothing. With an account at a provider that can, the same call is sent there.",
        "",
        "Keys: a token signed with access key and secret key (HS256), or an API key; the newer",
        "design takes API keys alone, as Kling does. `Idempotency-Key` makes a repeated call",
        "answer with the first one's task.",
        "",
        "| path | calls | today, without any account |",
        "| --- | --- | --- |",
        *_rows(here),
        "",
        "Image generation, image recognition and the e-commerce solutions are not video and are",
        "not served: they answer Kling's 1203.",
        "",
        "## Errors",
        "",
        "Decide by `code`, never by the HTTP status.",
        "",
        "| HTTP | code | meaning |",
        "| --- | --- | --- |",
        *(
            f"| {row.status} | {code.value} | {row.meaning} |"
            for code, row in TABLE.items()
            if code is not Code.OK
        ),
    ]
    return "\n".join(lines) + "\n"


def _rows(here: Iterable[Kind]) -> Iterator[str]:
    made = frozenset(here)
    for endpoint in ENDPOINTS.values():
        yield _row(endpoint.path, _calls(endpoint), _today(endpoint, made))
    for product, model in sorted(FACES):
        kind = PRODUCT_KINDS[product]
        yield _row(f"/{product}/{model}", "POST", _said(kind, made))


def _row(path: str, calls: str, today: str) -> str:
    return f"| `{path}` | {calls} | {today} |"


def _calls(endpoint: Endpoint) -> str:
    calls = ["POST"] if endpoint.read is not None else []
    if endpoint.is_get:
        calls.append("GET")
    if endpoint.has_tasks:
        calls.append("GET, GET `/{id}`")
    return ", ".join(calls)


def _today(endpoint: Endpoint, made: frozenset[Kind]) -> str:
    if endpoint.family in SHELVED:
        return f"{SHELVED[endpoint.family]}: kept and listed"
    if endpoint.path in OTHER_KINDS:
        return _said(OTHER_KINDS[endpoint.path], made)
    if endpoint.path in KINDS:
        return " and ".join(_said(kind, made) for kind in sorted(KINDS[endpoint.path]))
    if endpoint.path.startswith("/account") or endpoint.design is Design.NEW:
        return "answered"
    return "refused (1201)"


def _said(kind: Kind, made: frozenset[Kind]) -> str:
    return "rendered here" if kind in made else "refused (1201)"


PAGES = {"docs/kling.md": kling_page, "docs/openai.md": openai_page}
