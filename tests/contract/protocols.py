"""Every served protocol behind one adapter, for the one body of tests in ``test_protocols.py``.

A new protocol is one more ``Speaker`` in ``SPEAKERS``. What it can't express stands in ``cannot``,
each with its reason; everything else must succeed.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, ClassVar

from standardwebhooks import Webhook
from tests.pretend.server import Person, Reply

from filmgate.domain.handles import digits_of, hex_of, nine_of, uuid_of
from filmgate.domain.request import Kind
from filmgate.domain.task import State

Body = dict[str, Any]
FREE_TEXT = "a boat on a lake"


class Wrong(StrEnum):
    """What a client can do wrong, or bad luck can bring, over every protocol alike."""

    NO_KEY = "no key"
    FOREIGN_KEY = "unknown key"
    NOT_JSON = "not JSON"
    NO_OBJECT = "an array"
    EMPTY_PROMPT = "empty prompt"
    LONG_PROMPT = "long prompt"
    MODEL = "unknown model"
    RATIO = "impossible ratio"
    LENGTH = "impossible length"
    PICTURE = "no picture's address"
    INNER_PICTURE = "a picture inside our own network"
    POOR = "no credits"
    FULL = "too many tasks"
    OFTEN = "too many calls"
    BANNED = "a word that is not allowed"
    NO_TASK = "unknown task"
    NO_PATH = "unknown path"
    METHOD = "wrong method"


@dataclass(frozen=True)
class Media:
    """Addresses of good inputs, and an earlier task as the protocol calls it."""

    picture: str
    other: str
    clip: str
    voice: str
    task: str = ""


@dataclass(frozen=True)
class Called:
    """What a receiver got."""

    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


class Speaker(ABC):
    name: str
    path: str
    """Of the create call."""
    strange_path: str
    """One that this protocol must refuse as unknown."""
    words: ClassVar[Mapping[State, object]]
    """How it calls every state."""
    answers: ClassVar[Mapping[Wrong, tuple[int, object]]]
    """HTTP status and code."""
    cannot: ClassVar[Mapping[Kind, str]] = {}
    ratio, length, prompt = "aspect_ratio", "duration", "prompt"
    impossible_length: object = 7

    def headers(self, token: str) -> dict[str, str]:
        return {"Authorization": f"Bearer {token}"}

    @abstractmethod
    def text(self, **said: object) -> Body:
        """Text-to-video; ``said`` in this protocol's own words, ``model`` and ``image`` alike."""

    def path_of(self, body: Body) -> str:
        """Where this body goes."""
        del body
        return self.path

    def film_head(self, public_url: str, task_id: str) -> str:
        """How the address of a task's film begins."""
        return f"{public_url}/files/{task_id}.mp4?"

    @abstractmethod
    def kinds(self, media: Media) -> Mapping[Kind, Body]:
        """A create call of every kind that it can express."""

    @abstractmethod
    def id_in(self, reply: Reply) -> str: ...

    @abstractmethod
    def id_of(self, task_id: str) -> str:
        """What it calls a task that came over another protocol."""

    @abstractmethod
    def read_path(self, asked: str) -> str: ...

    @abstractmethod
    def word_in(self, record: Any) -> object: ...

    @abstractmethod
    def film_in(self, record: Any) -> str | None: ...

    @abstractmethod
    def reason_in(self, record: Any) -> str | None: ...

    @abstractmethod
    def check_error(self, reply: Reply) -> object:
        """The refusal's shape; returns its code."""

    def record_in(self, reply: Reply) -> Any:
        return reply.json["data"]

    # --- callbacks

    calls_back: bool = True
    calls: int = 1
    """How often in a task's life."""
    looks_at_callbacks: bool = False
    """Whether an address that may not be called refuses the task."""

    def with_callback(self, body: Body, url: str) -> Body:
        raise NotImplementedError

    def check_call(self, called: Called, person: Person) -> Any:
        """The signature or secret, and the body's shape; returns the record in it."""
        raise NotImplementedError


class At(dict[str, Any]):
    """A body for another path than the usual one."""

    def __init__(self, path: str, **said: object) -> None:
        super().__init__(said)
        self.path = path


ALL_NEW = frozenset(Kind)


def no_word(*kinds: Kind) -> dict[Kind, str]:
    return dict.fromkeys(kinds, "the protocol has no call for it")


class KieSeed(Speaker):
    name = "kie-seed"
    path = "/api/v1/kling/generate"
    strange_path = "/api/v1/kling/nothing"
    ratio = "aspectRatio"
    words: ClassVar[Mapping[State, object]] = {
        State.QUEUED: 0,
        State.STARTING: 0,
        State.IN_DOUBT: 0,
        State.RUNNING: 0,
        State.FETCHING: 0,
        State.SUCCEEDED: 1,
        State.FAILED: 2,
        State.CANCELLED: 2,
    }
    answers: ClassVar[Mapping[Wrong, tuple[int, object]]] = {
        Wrong.NO_KEY: (401, 401),
        Wrong.FOREIGN_KEY: (401, 401),
        Wrong.NOT_JSON: (400, 1004),
        Wrong.NO_OBJECT: (400, 1004),
        Wrong.EMPTY_PROMPT: (400, 1001),
        Wrong.LONG_PROMPT: (400, 1001),
        Wrong.MODEL: (400, 1004),
        Wrong.RATIO: (400, 1004),
        Wrong.LENGTH: (400, 1004),
        Wrong.PICTURE: (400, 1002),
        Wrong.INNER_PICTURE: (400, 1002),
        Wrong.POOR: (402, 1003),
        Wrong.FULL: (429, 1005),
        Wrong.OFTEN: (429, 1005),
        Wrong.BANNED: (400, 1001),
        Wrong.NO_TASK: (404, 404),
        Wrong.NO_PATH: (404, 404),
        Wrong.METHOD: (405, 405),
    }
    cannot = no_word(
        *ALL_NEW - {Kind.TEXT_TO_VIDEO, Kind.IMAGE_TO_VIDEO, Kind.AVATAR},
    )

    def text(self, **said: object) -> Body:
        if "image" in said:
            said["imageUrl"] = said.pop("image")
        return {"prompt": FREE_TEXT, "model": "kling-2-5-turbo", **said}

    def kinds(self, media: Media) -> Mapping[Kind, Body]:
        return {
            Kind.TEXT_TO_VIDEO: self.text(),
            Kind.IMAGE_TO_VIDEO: self.text(image=media.picture, model="kling-2-1-pro"),
            Kind.AVATAR: {
                "imageUrl": media.picture,
                "voiceUrl": media.voice,
                "model": "kling-avatar",
                "resolution": "1080p",
            },
        }

    def id_in(self, reply: Reply) -> str:
        assert reply.json["code"] == 0
        return reply.json["data"]["taskId"]

    def id_of(self, task_id: str) -> str:
        return f"kling_{nine_of(task_id)}"

    def read_path(self, asked: str) -> str:
        return f"/api/v1/kling/record-info?taskId={asked}"

    def word_in(self, record: Any) -> object:
        return record["status"]

    def film_in(self, record: Any) -> str | None:
        return record.get("videoUrl")

    def reason_in(self, record: Any) -> str | None:
        return record.get("errorMessage")

    def check_error(self, reply: Reply) -> object:
        assert set(reply.json) == {"code", "message", "data"}
        assert reply.json["data"] is None
        assert reply.json["message"]
        return reply.json["code"]

    def with_callback(self, body: Body, url: str) -> Body:
        return {**body, "callBackUrl": url}

    def check_call(self, called: Called, person: Person) -> Any:
        record = called.json
        wanted = {"taskId", "status", "duration", "completedAt"}
        wanted |= {"videoUrl"} if record["status"] == 1 else {"errorCode", "errorMessage"}
        assert set(record) == wanted
        return record


class Kie(Speaker):
    name = "kie"
    path = "/api/v1/jobs/createTask"
    strange_path = "/api/v1/jobs/nothing"
    words: ClassVar[Mapping[State, object]] = {
        State.QUEUED: "waiting",
        State.STARTING: "queuing",
        State.IN_DOUBT: "generating",
        State.RUNNING: "generating",
        State.FETCHING: "generating",
        State.SUCCEEDED: "success",
        State.FAILED: "fail",
        State.CANCELLED: "fail",
    }
    answers: ClassVar[Mapping[Wrong, tuple[int, object]]] = {
        Wrong.NO_KEY: (401, 401),
        Wrong.FOREIGN_KEY: (401, 401),
        Wrong.NOT_JSON: (400, 400),
        Wrong.NO_OBJECT: (400, 400),
        **dict.fromkeys(
            (
                Wrong.EMPTY_PROMPT,
                Wrong.LONG_PROMPT,
                Wrong.MODEL,
                Wrong.RATIO,
                Wrong.LENGTH,
                Wrong.PICTURE,
                Wrong.INNER_PICTURE,
            ),
            (422, 422),
        ),
        Wrong.POOR: (402, 402),
        Wrong.FULL: (429, 429),
        Wrong.OFTEN: (429, 429),
        Wrong.BANNED: (422, 422),
        Wrong.NO_TASK: (404, 404),
        Wrong.NO_PATH: (404, 404),
        Wrong.METHOD: (405, 405),
    }
    cannot = no_word(
        *ALL_NEW - {Kind.TEXT_TO_VIDEO, Kind.IMAGE_TO_VIDEO, Kind.AVATAR, Kind.MOTION_CONTROL},
    )

    def text(self, **said: object) -> Body:
        model = said.pop("model", "kling/v2-5-turbo-text-to-video-pro")
        if "image" in said:
            model = "kling/v2-5-turbo-image-to-video-pro"
            said["image_url"] = said.pop("image")
        return {"model": model, "input": {"prompt": FREE_TEXT, **said}}

    def kinds(self, media: Media) -> Mapping[Kind, Body]:
        return {
            Kind.TEXT_TO_VIDEO: self.text(),
            Kind.IMAGE_TO_VIDEO: self.text(image=media.picture, tail_image_url=media.other),
            Kind.AVATAR: {
                "model": "kling/v1-avatar-standard",
                "input": {
                    "prompt": "says it",
                    "image_url": media.picture,
                    "audio_url": media.voice,
                },
            },
            Kind.MOTION_CONTROL: {
                "model": "kling-3.0/motion-control",
                "input": {
                    "input_urls": [media.picture],
                    "video_urls": [media.clip],
                    "mode": "720p",
                    "character_orientation": "image",
                },
            },
        }

    def id_in(self, reply: Reply) -> str:
        assert reply.json["code"] == 200
        return reply.json["data"]["taskId"]

    def id_of(self, task_id: str) -> str:
        return f"task_kling_{digits_of(task_id)}"

    def read_path(self, asked: str) -> str:
        return f"/api/v1/jobs/recordInfo?taskId={asked}"

    def word_in(self, record: Any) -> object:
        return record["state"]

    def film_in(self, record: Any) -> str | None:
        text = record["resultJson"]
        return json.loads(text)["resultUrls"][0] if text else None

    def reason_in(self, record: Any) -> str | None:
        assert bool(record["failCode"]) == bool(record["failMsg"])
        return record["failMsg"] or None

    def check_error(self, reply: Reply) -> object:
        assert set(reply.json) == {"code", "msg", "data"}
        assert reply.json["data"] is None
        assert reply.json["msg"]
        return reply.json["code"]

    def with_callback(self, body: Body, url: str) -> Body:
        return {**body, "callBackUrl": url}

    def check_call(self, called: Called, person: Person) -> Any:
        """As KIE's own sample verifies: by the id of the body and the time of the header."""
        record = called.json["data"]
        assert called.json["code"] == (200 if record["state"] == "success" else 501)
        assert record["task_id"] == record["taskId"]
        message = f"{record['task_id']}.{called.headers['X-Webhook-Timestamp']}".encode()
        digest = hmac.new(person.secret.encode(), message, hashlib.sha256).digest()
        assert called.headers["X-Webhook-Signature"] == base64.b64encode(digest).decode()
        return record


class Piapi(Speaker):
    name = "piapi"
    path = "/api/v1/task"
    strange_path = "/api/v1/nothing"
    secret = "a word between us"
    words: ClassVar[Mapping[State, object]] = {
        State.QUEUED: "pending",
        State.STARTING: "pending",
        State.IN_DOUBT: "processing",
        State.RUNNING: "processing",
        State.FETCHING: "processing",
        State.SUCCEEDED: "completed",
        State.FAILED: "failed",
        State.CANCELLED: "failed",
    }
    answers: ClassVar[Mapping[Wrong, tuple[int, object]]] = {
        Wrong.NO_KEY: (401, 1200),
        Wrong.FOREIGN_KEY: (401, 1200),
        Wrong.NOT_JSON: (400, 1000),
        Wrong.NO_OBJECT: (400, 1000),
        Wrong.EMPTY_PROMPT: (400, 1100),
        Wrong.LONG_PROMPT: (400, 1100),
        Wrong.MODEL: (400, 1000),
        Wrong.RATIO: (400, 1700),
        Wrong.LENGTH: (400, 1000),
        Wrong.PICTURE: (400, 1600),
        Wrong.INNER_PICTURE: (400, 1600),
        Wrong.POOR: (402, 1300),
        Wrong.FULL: (429, 1400),
        Wrong.OFTEN: (429, 1400),
        Wrong.BANNED: (400, 1000),
        Wrong.NO_TASK: (404, 1000),
        Wrong.NO_PATH: (404, 1000),
        Wrong.METHOD: (405, 1000),
    }
    cannot = no_word(
        Kind.AVATAR,  # its page exists, its words could not be recovered
        Kind.EDIT_ELEMENTS,
        Kind.SPEECH,
        Kind.TEXT_TO_AUDIO,
        Kind.VIDEO_TO_AUDIO,
    )

    def headers(self, token: str) -> dict[str, str]:
        return {"X-API-Key": token}

    def text(self, **said: object) -> Body:
        if "image" in said:
            said["image_url"] = said.pop("image")
        if "model" in said:
            said["version"] = said.pop("model")
        return self.task("video_generation", {"prompt": FREE_TEXT, **said})

    def task(self, task_type: str, given: Body) -> Body:
        return {"model": "kling", "task_type": task_type, "input": given}

    def kinds(self, media: Media) -> Mapping[Kind, Body]:
        return {
            Kind.TEXT_TO_VIDEO: self.text(),
            Kind.IMAGE_TO_VIDEO: self.task("img2video", {"image_url": media.picture}),
            Kind.MULTI_IMAGE: self.task(
                "elements",
                {
                    "prompt": FREE_TEXT,
                    "elements": [{"image_url": media.picture}, {"image_url": media.other}],
                },
            ),
            Kind.OMNI: self.task(
                "omni_video_generation",
                {"prompt": FREE_TEXT, "version": "3.0", "image_urls": [media.picture]},
            ),
            Kind.MOTION_CONTROL: self.task(
                "motion_control",
                {"image_url": media.picture, "video_url": media.clip, "version": "2.6"},
            ),
            Kind.EXTEND: self.task("extend_video", {"origin_task_id": media.task}),
            Kind.LIP_SYNC: self.task(
                "lipsync", {"character_image": media.picture, "text": "Hello", "duration": "auto"}
            ),
            Kind.EFFECT: self.task("effects", {"image_url": media.picture, "effect": "squish"}),
            Kind.TRY_ON: self.task(
                "ai_try_on", {"model_input": media.picture, "dress_input": media.other}
            ),
        }

    def id_in(self, reply: Reply) -> str:
        assert reply.json["code"] == 200
        assert reply.json["message"] == "success"
        return reply.json["data"]["task_id"]

    def id_of(self, task_id: str) -> str:
        return uuid_of(task_id)

    def read_path(self, asked: str) -> str:
        return f"/api/v1/task/{asked}"

    def word_in(self, record: Any) -> object:
        return record["status"]

    def film_in(self, record: Any) -> str | None:
        output = record["output"]
        if output.get("works") is None:
            return None
        work = output["works"][0]["video"]
        assert output["video_url"] == output["video"] == work["resource_without_watermark"]
        return output["video_url"]

    def reason_in(self, record: Any) -> str | None:
        error = record["error"]
        assert set(error) == {"code", "raw_message", "message", "detail"}
        assert bool(error["code"]) == bool(error["message"])
        return error["message"] or None

    def check_error(self, reply: Reply) -> object:
        assert set(reply.json) == {"code", "data", "message"}
        assert reply.json["code"] == reply.status
        error = reply.json["data"]["error"]
        assert set(error) == {"code", "raw_message", "message", "detail"}
        assert error["message"]
        return error["code"]

    def with_callback(self, body: Body, url: str) -> Body:
        hook = {"endpoint": url, "secret": self.secret}
        return {**body, "config": {"service_mode": "public", "webhook_config": hook}}

    def check_call(self, called: Called, person: Person) -> Any:
        assert set(called.json) == {"timestamp", "data"}
        assert called.headers["X-Webhook-Secret"] == self.secret
        return called.json["data"]


class Infinito(Speaker):
    name = "infinito"
    path = "/api/kling"
    strange_path = "/api/kling/nothing"
    ratio = "aspectRatio"
    calls_back = False
    words: ClassVar[Mapping[State, object]] = {
        State.QUEUED: "submitted",
        State.STARTING: "submitted",
        State.IN_DOUBT: "processing",
        State.RUNNING: "processing",
        State.FETCHING: "processing",
        State.SUCCEEDED: "succeed",
        State.FAILED: "failed",
        State.CANCELLED: "failed",
    }
    answers: ClassVar[Mapping[Wrong, tuple[int, object]]] = {
        Wrong.NO_KEY: (401, 401),
        Wrong.FOREIGN_KEY: (401, 401),
        **dict.fromkeys(
            (
                Wrong.NOT_JSON,
                Wrong.NO_OBJECT,
                Wrong.EMPTY_PROMPT,
                Wrong.LONG_PROMPT,
                Wrong.MODEL,
                Wrong.RATIO,
                Wrong.LENGTH,
                Wrong.PICTURE,
                Wrong.INNER_PICTURE,
            ),
            (400, 400),
        ),
        Wrong.POOR: (402, 402),
        Wrong.FULL: (429, 429),
        Wrong.OFTEN: (429, 429),
        Wrong.BANNED: (400, 400),
        Wrong.NO_TASK: (404, 404),
        Wrong.NO_PATH: (404, 404),
        Wrong.METHOD: (405, 405),
    }
    cannot = no_word(*ALL_NEW - {Kind.TEXT_TO_VIDEO, Kind.IMAGE_TO_VIDEO})

    def text(self, **said: object) -> Body:
        return {"prompt": FREE_TEXT, **said}

    def kinds(self, media: Media) -> Mapping[Kind, Body]:
        return {
            Kind.TEXT_TO_VIDEO: self.text(),
            Kind.IMAGE_TO_VIDEO: self.text(image=media.picture, imageTail=media.other),
        }

    def id_in(self, reply: Reply) -> str:
        assert reply.json["success"] is True
        return reply.json["taskId"]

    def id_of(self, task_id: str) -> str:
        return task_id

    def read_path(self, asked: str) -> str:
        return f"/api/kling?taskId={asked}"

    def record_in(self, reply: Reply) -> Any:
        assert reply.json["success"] is True
        return reply.json

    def word_in(self, record: Any) -> object:
        return record["status"]

    def film_in(self, record: Any) -> str | None:
        return record.get("videoUrl")

    def reason_in(self, record: Any) -> str | None:
        assert record.get("refunded", False) == ("error" in record)
        return record.get("error")

    def check_error(self, reply: Reply) -> object:
        assert set(reply.json) == {"success", "error", "code"}
        assert reply.json["success"] is False
        assert reply.json["error"]
        return reply.json["code"]


class OpenAI(Speaker):
    name = "openai"
    path = "/v1/videos"
    strange_path = "/v1/webhook_endpoints/a/b"
    ratio, length = "size", "seconds"
    impossible_length = 2
    calls_back = False  # its endpoints are set up once and not with a call
    words: ClassVar[Mapping[State, object]] = {
        State.QUEUED: "queued",
        State.STARTING: "queued",
        State.IN_DOUBT: "in_progress",
        State.RUNNING: "in_progress",
        State.FETCHING: "in_progress",
        State.SUCCEEDED: "completed",
        State.FAILED: "failed",
        State.CANCELLED: "failed",
    }
    answers: ClassVar[Mapping[Wrong, tuple[int, object]]] = {
        Wrong.NO_KEY: (401, None),
        Wrong.FOREIGN_KEY: (401, "invalid_api_key"),
        Wrong.NOT_JSON: (400, None),
        Wrong.NO_OBJECT: (400, None),
        Wrong.EMPTY_PROMPT: (400, "missing_required_parameter"),
        Wrong.LONG_PROMPT: (400, "invalid_value"),
        Wrong.MODEL: (404, "model_not_found"),
        Wrong.RATIO: (400, "invalid_value"),
        Wrong.LENGTH: (400, "invalid_value"),
        Wrong.PICTURE: (400, "invalid_base64"),
        Wrong.INNER_PICTURE: (400, "invalid_value"),
        Wrong.POOR: (429, "insufficient_quota"),
        Wrong.FULL: (429, "rate_limit_exceeded"),
        Wrong.OFTEN: (429, "rate_limit_exceeded"),
        Wrong.BANNED: (400, "moderation_blocked"),
        Wrong.NO_TASK: (404, None),
        Wrong.NO_PATH: (404, None),
        Wrong.METHOD: (405, "method_not_supported"),
    }
    cannot = no_word(
        *ALL_NEW
        - {Kind.TEXT_TO_VIDEO, Kind.IMAGE_TO_VIDEO, Kind.MULTI_IMAGE, Kind.OMNI, Kind.EXTEND}
    )

    def text(self, **said: object) -> Body:
        if "image" in said:
            said["input_reference"] = said.pop("image")
        return {"prompt": FREE_TEXT, **said}

    def path_of(self, body: Body) -> str:
        if "video" not in body:
            return self.path
        return f"{self.path}/{'extensions' if 'seconds' in body else 'edits'}"

    def film_head(self, public_url: str, task_id: str) -> str:
        del public_url  # its videos hold no address
        return f"{self.read_path(self.id_of(task_id))}/content"

    def kinds(self, media: Media) -> Mapping[Kind, Body]:
        pictures = [media.picture, media.other]
        return {
            Kind.TEXT_TO_VIDEO: self.text(),
            Kind.IMAGE_TO_VIDEO: self.text(image={"image_url": media.picture}),
            Kind.MULTI_IMAGE: self.text(images=pictures, model="kling-v1-6", seconds="5"),
            Kind.OMNI: self.text(video=media.clip),
            Kind.EXTEND: self.text(video={"id": media.task}, seconds="4"),
        }

    def id_in(self, reply: Reply) -> str:
        assert reply.json["object"] == "video"
        return reply.json["id"]

    def id_of(self, task_id: str) -> str:
        return f"video_{hex_of(task_id)}"

    def read_path(self, asked: str) -> str:
        return f"{self.path}/{asked}"

    def record_in(self, reply: Reply) -> Any:
        return reply.json

    def word_in(self, record: Any) -> object:
        return record["status"]

    def film_in(self, record: Any) -> str | None:
        is_there = record["status"] == "completed"
        return f"{self.read_path(record['id'])}/content" if is_there else None

    def reason_in(self, record: Any) -> str | None:
        return record["error"] and record["error"]["message"]

    def check_error(self, reply: Reply) -> object:
        assert set(reply.json) == {"error"}
        assert set(reply.json["error"]) == {"message", "type", "param", "code"}
        assert reply.json["error"]["message"]
        return reply.json["error"]["code"]


class Kling(Speaker):
    """The legacy design, over an API key."""

    name = "kling"
    path = "/v1/videos/text2video"
    strange_path = "/v1/videos/nothing"
    calls = 3
    looks_at_callbacks = True
    impossible_length = 2
    words: ClassVar[Mapping[State, object]] = {
        State.QUEUED: "submitted",
        State.STARTING: "submitted",
        State.IN_DOUBT: "processing",
        State.RUNNING: "processing",
        State.FETCHING: "processing",
        State.SUCCEEDED: "succeed",
        State.FAILED: "failed",
        State.CANCELLED: "failed",
    }
    answers: ClassVar[Mapping[Wrong, tuple[int, object]]] = {
        Wrong.NO_KEY: (401, 1001),
        Wrong.FOREIGN_KEY: (401, 1002),
        Wrong.NOT_JSON: (400, 1200),
        Wrong.NO_OBJECT: (400, 1200),
        Wrong.MODEL: (404, 1203),
        **dict.fromkeys(
            (
                Wrong.EMPTY_PROMPT,
                Wrong.LONG_PROMPT,
                Wrong.RATIO,
                Wrong.LENGTH,
                Wrong.PICTURE,
                Wrong.INNER_PICTURE,
                Wrong.NO_TASK,
            ),
            (400, 1201),
        ),
        Wrong.POOR: (429, 1102),
        Wrong.FULL: (429, 1303),
        Wrong.OFTEN: (429, 1302),
        Wrong.BANNED: (400, 1301),
        Wrong.NO_PATH: (404, 1203),
        Wrong.METHOD: (404, 1202),
    }
    cannot: ClassVar[Mapping[Kind, str]] = {
        Kind.EDIT_ELEMENTS: "works on a selection session, which this server does not keep yet"
    }

    def text(self, **said: object) -> Body:
        if "model" in said:
            said["model_name"] = said.pop("model")
        if said.get("image"):
            return At("/v1/videos/image2video", **{"prompt": FREE_TEXT, **said})
        return {"prompt": FREE_TEXT, **said}

    def path_of(self, body: Body) -> str:
        return body.path if isinstance(body, At) else self.path

    def kinds(self, media: Media) -> Mapping[Kind, Body]:
        v = "/v1/videos"
        voice = {"voice_id": "oversea_male1", "voice_language": "en"}
        pictures = [{"image": media.picture}]
        return {
            Kind.TEXT_TO_VIDEO: self.text(),
            Kind.IMAGE_TO_VIDEO: self.text(image=media.picture),
            Kind.MULTI_IMAGE: At(f"{v}/multi-image2video", prompt=FREE_TEXT, image_list=pictures),
            Kind.OMNI: At(
                f"{v}/omni-video",
                prompt=FREE_TEXT,
                image_list=[{"image_url": media.picture}],
                aspect_ratio="16:9",
            ),
            Kind.MOTION_CONTROL: At(
                f"{v}/motion-control",
                image_url=media.picture,
                video_url=media.clip,
                character_orientation="video",
                mode="std",
            ),
            Kind.EXTEND: At(f"{v}/video-extend", video_id=media.task),
            Kind.LIP_SYNC: At(
                f"{v}/lip-sync",
                input={**voice, "video_id": media.task, "mode": "text2video", "text": "Hello"},
            ),
            Kind.AVATAR: At(f"{v}/avatar/image2video", image=media.picture, sound_file=media.voice),
            Kind.EFFECT: At(
                f"{v}/effects", effect_scene="zoom_out", input={"image": media.picture}
            ),
            Kind.TRY_ON: At(
                "/v1/images/kolors-virtual-try-on",
                human_image=media.picture,
                cloth_image=media.other,
            ),
            Kind.SPEECH: At("/v1/audio/tts", text="Hello", **voice),
            Kind.TEXT_TO_AUDIO: At("/v1/audio/text-to-audio", prompt="rain", duration=5),
            Kind.VIDEO_TO_AUDIO: At("/v1/audio/video-to-audio", video_url=media.clip),
        }

    def id_in(self, reply: Reply) -> str:
        assert reply.json["code"] == 0
        return reply.json["data"]["task_id"]

    def id_of(self, task_id: str) -> str:
        return digits_of(task_id)

    def read_path(self, asked: str) -> str:
        return f"{self.path}/{asked}"

    def word_in(self, record: Any) -> object:
        return record["task_status"]

    def film_in(self, record: Any) -> str | None:
        found = record.get("task_result", {})
        for name in ("videos", "images", "audios"):
            for item in found.get(name) or ():
                return item.get("url") or item["url_mp3"]
        return None

    def reason_in(self, record: Any) -> str | None:
        return record["task_status_msg"] or None

    def check_error(self, reply: Reply) -> object:
        assert set(reply.json) == {"code", "message", "request_id"}
        assert reply.json["message"]
        return reply.json["code"]

    def with_callback(self, body: Body, url: str) -> Body:
        return {**body, "callback_url": url}

    def check_call(self, called: Called, person: Person) -> Any:
        Webhook(person.secret).verify(called.body, dict(called.headers))
        return called.json


SPEAKERS: dict[str, Speaker] = {
    each.name: each for each in (KieSeed(), Kie(), Piapi(), Infinito(), OpenAI(), Kling())
}
