"""INFINITO's route for the OpenAPI document."""

from __future__ import annotations

from collections.abc import Mapping

from filmgate.protocols.describing import Described, Tag, described
from filmgate.protocols.infinito.wire import SPELLED, Created, Generate, Record

PATH = "/api/kling"
_TAG = Tag(name="INFINITO", description="One route for films.", security="bearer")
_CALLS = (
    Described(
        method="POST",
        path=PATH,
        summary="A film from words, or from a picture.",
        body=Generate,
        spelled=SPELLED,
        reply=Created,
    ),
    Described(method="GET", path=PATH, summary="One task.", query=("taskId",), reply=Record),
)


def describe() -> Mapping[str, object]:
    return described(_TAG, _CALLS)
