"""KIE's paths for the OpenAPI document."""

from __future__ import annotations

from collections.abc import Mapping

from filmgate.protocols.describing import Described, Tag, described
from filmgate.protocols.kie import translate_upload as upload
from filmgate.protocols.kie.translate_market import Create
from filmgate.protocols.kie.translate_seed import SPELLED, Generate
from filmgate.protocols.kie.wire import MarketReply, SeedReply, UploadReply

_TAG = Tag(
    name="KIE", description="KIE.ai: its guide, today's Market API, uploads.", security="bearer"
)
_JOBS = "/api/v1/jobs"
_CREATE = {"call_back_url": "callBackUrl", "callback_url": "callbackUrl"}
_CALLS = (
    Described(
        method="POST",
        path="/api/v1/kling/generate",
        summary="A film from words, from a picture, or a talking portrait.",
        body=Generate,
        spelled=SPELLED,
        reply=SeedReply,
    ),
    Described(
        method="GET",
        path="/api/v1/kling/record-info",
        summary="One task.",
        query=("taskId",),
        reply=SeedReply,
    ),
    Described(
        method="POST",
        path=f"{_JOBS}/createTask",
        summary="A task of any of KIE's Kling models.",
        body=Create,
        spelled=_CREATE,
        reply=MarketReply,
    ),
    Described(
        method="GET",
        path=f"{_JOBS}/recordInfo",
        summary="One task.",
        query=("taskId",),
        reply=MarketReply,
    ),
    Described(
        method="GET", path="/api/v1/chat/credit", summary="Remaining credits.", reply=MarketReply
    ),
    Described(
        method="POST",
        path="/api/v1/common/download-url",
        summary="A fresh link to a film.",
        body=upload.DownloadUrl,
        reply=MarketReply,
    ),
    Described(
        method="POST",
        path="/api/file-base64-upload",
        summary="Keep a file given as base64.",
        body=upload.Base64Upload,
        spelled=upload.SPELLED,
        reply=UploadReply,
    ),
    Described(
        method="POST",
        path="/api/file-stream-upload",
        summary="Keep a file of a form (``file``, ``uploadPath``, ``fileName``).",
        reply=UploadReply,
    ),
    Described(
        method="POST",
        path="/api/file-url-upload",
        summary="Fetch a file and keep it.",
        body=upload.UrlUpload,
        spelled=upload.SPELLED,
        reply=UploadReply,
    ),
)


def describe() -> Mapping[str, object]:
    return described(_TAG, _CALLS)
