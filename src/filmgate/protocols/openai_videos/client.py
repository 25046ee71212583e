"""A client of any server that speaks ``/v1/videos``; where they differ says ``client_quirks``.

Sources: OpenAI's SDKs and the servers' own code (``reference/kie-piapi-openai.md`` 3).
"""

from __future__ import annotations

import base64
import json
from urllib.parse import quote

from filmgate.domain.errors import Unsupported
from filmgate.domain.loose import Loose
from filmgate.domain.model import Feature
from filmgate.domain.order import Progress
from filmgate.domain.ports import Failed, Made, Refused, Running, Throttled, Unclear, Vanished
from filmgate.domain.request import Asset, Generation, ImageToVideo, TextToVideo
from filmgate.domain.task import Fault
from filmgate.domain.upstream import (
    Call,
    Closed,
    Created,
    Form,
    Looked,
    Part,
    Ready,
    Reply,
    Silent,
    Trouble,
    Work,
)
from filmgate.protocols.openai_videos.client_quirks import (
    CONTENT_CODES,
    DONE,
    EMPTY_CODES,
    FAILED,
    GONE,
    GUIDANCE_MAX,
    REFUSED_CODES,
    REJECTED_CODES,
    RUNNING,
    THROTTLED_CODES,
    WORD_OF,
    Quirks,
)

RATE_REST_S = 10.0
REASON_CHARS_MAX = 300
DETAIL_STATUSES = {400: "400", 401: "401", 403: "403", 404: "404", 422: "422", 429: "429"}
"""FastAPI servers answer ``{"detail": ...}``, whose only code is the status beside it."""
CLOSED_WORDS = {
    Trouble.EMPTY: "Top the account up",
    Trouble.REJECTED: "Check OPENAI_API_KEY",
}
Value = str | int | float | bool


class OpenAiVideosClient:
    service = "the server at OPENAI_BASE_URL"
    protocols = ("openai",)

    def __init__(self, key: str, quirks: Quirks) -> None:
        self._headers = {"Authorization": f"Bearer {key}"}
        self._quirks = quirks

    def forms(self, asset: Asset) -> tuple[Form, ...]:  # noqa: ARG002 - the same for all
        return (Form.INLINE,)

    def create(self, work: Work) -> Call:
        fields, picture = self._fields(work), _picture(work)
        quirks = self._quirks
        if picture is not None and quirks.picture_inline:
            given = work.input(picture)
            data = base64.b64encode(given.content).decode()
            fields[quirks.picture_inline] = f"data:{given.media_type};base64,{data}"
            picture = None
        if picture is None and quirks.is_json_without_file:
            return Call(
                method="POST",
                path="/v1/videos",
                headers=self._headers | {"Content-Type": "application/json"},
                body=json.dumps(fields, ensure_ascii=False).encode(),
            )
        parts = [Part(name=name, content=_in_form(value)) for name, value in fields.items()]
        if picture is not None:
            given = work.input(picture)
            extension = given.media_type.rpartition("/")[2]
            parts.append(
                Part(
                    name="input_reference",
                    content=given.content,
                    file_name=f"input.{extension}",
                    media_type=given.media_type,
                )
            )
        return Call(method="POST", path="/v1/videos", headers=self._headers, parts=tuple(parts))

    def _fields(self, work: Work) -> dict[str, Value]:
        request = work.order.request
        if not isinstance(request, (TextToVideo, ImageToVideo)):
            raise Unsupported(f"{request.kind.value} can't be ordered at a /v1/videos server")
        quirks, output = self._quirks, work.order.output
        seconds: Value = round(work.duration_s)
        fields: dict[str, Value] = {
            "prompt": request.prompt,
            "seconds": seconds if quirks.seconds_as_number else str(seconds),
            "size": f"{output.width}x{output.height}",
        }
        if work.name.name:
            fields["model"] = work.name.name
        if quirks.fps:
            fields["fps"] = output.fps
        if quirks.sound_word and work.sound:
            fields[quirks.sound_word] = True
        return fields | _wishes(work, request, quirks)

    def read_create(self, call: Call, reply: Reply) -> Created:  # noqa: ARG002
        answer = Loose.read(reply.body)
        job = answer.first("id", "task_id").text()
        if job and answer.at("status").is_given:
            return Made(job)
        code, said = _code(answer, reply), _said(answer, reply)
        if code & EMPTY_CODES:
            return _closed(Trouble.EMPTY, said)
        if code & REJECTED_CODES:
            return _closed(Trouble.REJECTED, said)
        if code & THROTTLED_CODES:
            return Throttled(said, retry_after_s=_rest_s(reply))
        fault = Fault.CONTENT if code & CONTENT_CODES else Fault.PROVIDER
        return Refused(said, fault) if code & REFUSED_CODES else Unclear(said)

    def look(self, job: str) -> Call:
        return self._call("GET", f"/v1/videos/{quote(job, safe='')}")

    def read_look(self, job: str, reply: Reply) -> Looked:
        answer = Loose.read(reply.body)
        word = answer.at("status").word()
        if not word:
            said = _said(answer, reply)
            is_unknown = "404" in _code(answer, reply) or reply.status == 404
            gone = is_unknown and answer.is_object and "not found" in said.lower()
            return Vanished() if gone else Silent(said)
        if answer.first("id", "task_id").text() not in {job, ""}:
            return Silent("the server told of another job than the one asked for")
        if word in FAILED:
            return _failed(answer, word)
        known: dict[str, Looked] = {
            **dict.fromkeys(RUNNING, Running(_progress(answer))),
            **dict.fromkeys(DONE, Ready()),
            **dict.fromkeys(GONE, Vanished()),
        }
        return known.get(word, Silent(f"the server says {word[:40]!r} of the job"))

    def film(self, job: str) -> Call:
        return self._call("GET", f"/v1/videos/{quote(job, safe='')}/content")

    def _call(self, method: str, path: str) -> Call:
        return Call(method=method, path=path, headers=self._headers)


class StoppableClient(OpenAiVideosClient):
    """The same where deleting a job stops it."""

    def cancel(self, job: str) -> Call:
        return self._call("DELETE", f"/v1/videos/{quote(job, safe='')}")

    def read_cancel(self, reply: Reply) -> bool:
        answer = Loose.read(reply.body)
        told = answer.at("object").word() == "video.deleted" or answer.at("status").word() in GONE
        return told and 200 <= reply.status < 300


def openai_videos_client(key: str, quirks: Quirks) -> OpenAiVideosClient:
    return (StoppableClient if quirks.can_delete else OpenAiVideosClient)(key, quirks)


def _picture(work: Work) -> Asset | None:
    request = work.order.request
    if not isinstance(request, ImageToVideo):
        return None
    if request.image is None or request.image_tail is not None or request.strokes:
        raise Unsupported("a /v1/videos server takes a first frame and no other", field="image")
    return request.image


def _wishes(work: Work, request: Generation, quirks: Quirks) -> dict[str, Value]:
    found: dict[str, Value] = {}
    if Feature.NEGATIVE_PROMPT in quirks.wishes and request.negative_prompt:
        found[WORD_OF[Feature.NEGATIVE_PROMPT]] = request.negative_prompt
    if Feature.SEED in quirks.wishes:
        found[WORD_OF[Feature.SEED]] = work.order.output.seed
    if Feature.CFG_SCALE in quirks.wishes and request.cfg_scale is not None:
        found[WORD_OF[Feature.CFG_SCALE]] = request.cfg_scale * GUIDANCE_MAX
    return found


def _in_form(value: Value) -> bytes:
    text = str(value).lower() if isinstance(value, bool) else str(value)
    return text.encode()


def _progress(answer: Loose) -> Progress | None:
    percent = answer.at("progress").number()
    if percent is None or not 0 < percent <= 100:
        return None
    return Progress(stage="rendering", percent=float(percent))


def _failed(answer: Loose, word: str) -> Failed:
    error = answer.at("error")
    told = error.first("message", "code").text() or error.text() or f"the job is {word}"
    return Failed(told[:REASON_CHARS_MAX])


def _code(answer: Loose, reply: Reply) -> frozenset[str]:
    """Every word that says what is wrong: code and type, wherever a server puts them."""
    error = answer.at("error")
    words = (error.at("code"), error.at("type"), answer.at("code"), answer.at("type"))
    found = {each.word() for each in words if each.word()}
    if answer.at("detail").is_given and not found:
        found = {DETAIL_STATUSES.get(reply.status, "")}
    return frozenset(found)


def _said(answer: Loose, reply: Reply) -> str:
    error = answer.at("error")
    words = (
        error.at("message"),
        error,
        answer.at("message"),
        answer.at("detail"),
        answer.at("detail", 0, "msg"),
    )
    told = next((each.text() for each in words if each.text()), "no reason")
    return f"the server at OPENAI_BASE_URL: {reply.status} - {told[:REASON_CHARS_MAX]}"


def _rest_s(reply: Reply) -> float:
    for header, unit_s in (("retry-after-ms", 0.001), ("retry-after", 1.0)):
        told = Loose(reply.headers.get(header)).number()
        if told is not None and told > 0:
            return min(float(told) * unit_s, 600.0)
    return RATE_REST_S


def _closed(trouble: Trouble, said: str) -> Closed:
    return Closed(trouble, f"{said}. {CLOSED_WORDS[trouble]}")
