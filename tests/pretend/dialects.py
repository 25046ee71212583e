"""How four services answer, as their documents have it (``reference/kling.md``,
``reference/kie-piapi-openai.md``): replies built by hand, and nothing of ours in them."""

from __future__ import annotations

import json
import re
import uuid
from dataclasses import dataclass, field
from urllib.parse import parse_qs


@dataclass
class Job:
    id: str
    name: str
    """The task's own name where the service keeps one, else its prompt."""
    body: dict[str, object]
    path: str
    state: str = "running"
    """``running``, ``done``, ``failed`` or ``lost``."""
    reason: str = "the moon was in the way"
    done_at: float = 0.0


@dataclass
class Asked:
    method: str
    path: str
    query: str
    headers: dict[str, str]
    body: dict[str, object]
    """JSON, or the fields of a form; a file is told by its name, type and size."""


@dataclass
class Dialect:
    """What all services have in common: jobs are made, looked at and perhaps stopped."""

    jobs: dict[str, Job] = field(default_factory=dict)
    made: int = 0

    def is_create(self, asked: Asked) -> bool:
        raise NotImplementedError

    def name_of(self, asked: Asked) -> str:
        raise NotImplementedError

    def answer(self, asked: Asked, root: str) -> tuple[int, object]:
        raise NotImplementedError

    def fault(self, code: str) -> tuple[int, object]:
        """One of the service's own errors: ``throttled``, ``empty``, ``refused``, ``internal``."""
        raise NotImplementedError

    def new_id(self) -> str:
        raise NotImplementedError

    def make(self, asked: Asked) -> Job:
        self.made += 1
        job = Job(self.new_id(), self.name_of(asked), asked.body, asked.path)
        self.jobs[job.id] = job
        return job

    def created(self, job: Job) -> tuple[int, object]:
        raise NotImplementedError

    def known(self, job_id: str) -> Job | None:
        job = self.jobs.get(job_id)
        return None if job is None or job.state == "lost" else job


def film(root: str, job: Job) -> str:
    return f"{root}/films/{job.id}.mp4"


class Kling(Dialect):
    NEW = re.compile(r"/(text-to-video|image-to-video|omni-video|motion-control)/[^/]+")

    def new_id(self) -> str:
        return str(867283741759000000 + self.made)

    def is_create(self, asked: Asked) -> bool:
        is_path = asked.path.startswith("/v1/videos/") or self.NEW.fullmatch(asked.path)
        return asked.method == "POST" and bool(is_path)

    def name_of(self, asked: Asked) -> str:
        options = asked.body.get("options")
        given = options if isinstance(options, dict) else asked.body
        return str(given["external_task_id"])

    def created(self, job: Job) -> tuple[int, object]:
        if job.path.startswith("/v1/"):
            data: object = {
                "task_id": job.id,
                "task_status": "submitted",
                "task_info": {"external_task_id": job.name},
                "created_at": 1774805076166,
                "updated_at": 1774805076166,
            }
        else:
            data = {
                "id": job.id,
                "status": "submitted",
                "create_time": 1774805076166,
                "update_time": 1774805076166,
                "external_id": job.name,
            }
        return self._ok(data)

    def answer(self, asked: Asked, root: str) -> tuple[int, object]:
        query = {key: values[0] for key, values in parse_qs(asked.query).items()}
        if asked.path == "/tasks":
            wanted = query.get("task_ids", query.get("external_task_ids"))
            found = [job for job in self._living() if wanted in {job.id, job.name}]
            return self._ok([self._new(job, root) for job in found])
        wanted = asked.path.rpartition("/")[2]
        word = asked.path.removeprefix("/v1/videos/").rpartition("/")[0]
        for job in self._living():
            if wanted in {job.id, job.name} and job.path == f"/v1/videos/{word}":
                return self._ok(self._legacy(job, root))
        told = f"Task not found by id/external id: {wanted}"
        return 400, {"code": 1201, "message": told, "request_id": "r"}

    def fault(self, code: str) -> tuple[int, object]:
        status, number, message = {
            "throttled": (429, 1303, "parallel task over resource pack limit"),
            "empty": (429, 1102, "Account balance not enough"),
            "refused": (400, 1201, "settings.aspect_ratio value '7:3' is invalid"),
            "policy": (400, 1301, "Trigger the platform's content security policy"),
            "internal": (500, 5000, "Server internal error"),
            "unavailable": (503, 5001, "Server temporarily unavailable"),
            "auth": (401, 1002, "The token was expected to have 3 parts, but got 0"),
            "unknown": (418, 7777, "a word that nobody knows"),
        }[code]
        return status, {"code": number, "message": message, "request_id": "r"}

    def exists(self, name: str) -> tuple[int, object]:
        told = f"External_task_id {name} already exists"
        return 400, {"code": 1201, "message": told, "request_id": "r"}

    def _living(self) -> list[Job]:
        return [job for job in self.jobs.values() if job.state != "lost"]

    def _ok(self, data: object) -> tuple[int, object]:
        return 200, {"code": 0, "message": "SUCCEED", "request_id": "r", "data": data}

    def _legacy(self, job: Job, root: str) -> dict[str, object]:
        words = {"running": "processing", "done": "succeed", "failed": "failed"}
        shown: dict[str, object] = {
            "task_id": job.id,
            "task_status": words[job.state],
            "task_status_msg": job.reason if job.state == "failed" else "",
            "task_info": {"external_task_id": job.name},
            "created_at": 1774805076166,
            "updated_at": 1774805076166,
        }
        if job.state == "done":
            video = {"id": f"v{job.id}", "url": film(root, job), "duration": "5.1"}
            shown["task_result"] = {"videos": [video]}
            shown["final_unit_deduction"] = "2.5"
        return shown

    def _new(self, job: Job, root: str) -> dict[str, object]:
        words = {"running": "processing", "done": "succeeded", "failed": "failed"}
        outputs = [{"type": "video", "id": "v", "url": film(root, job), "duration": "5.1"}]
        return {
            "id": job.id,
            "status": words[job.state],
            "message": job.reason if job.state == "failed" else "",
            "external_id": job.name,
            "outputs": outputs if job.state == "done" else [],
            "billing": [{"charge_type": "unit", "amount": "2.4", "package_type": "video"}],
        }


class Kie(Dialect):
    def new_id(self) -> str:
        return f"task_kling_{1765184398475 + self.made}"

    def is_create(self, asked: Asked) -> bool:
        return asked.method == "POST" and asked.path == "/api/v1/jobs/createTask"

    def name_of(self, asked: Asked) -> str:
        given = asked.body["input"]
        assert isinstance(given, dict)
        return str(given.get("prompt", ""))

    def created(self, job: Job) -> tuple[int, object]:
        return 200, {"code": 200, "msg": "success", "data": {"taskId": job.id}}

    def answer(self, asked: Asked, root: str) -> tuple[int, object]:
        if asked.path.startswith("/api/file-"):
            name = str(asked.body.get("fileName", "file"))
            data = {"fileName": name, "downloadUrl": f"{root}/uploads/{name}", "fileSize": 1}
            return 200, {"success": True, "code": 200, "msg": "ok", "data": data}
        wanted = parse_qs(asked.query).get("taskId", [""])[0]
        job = self.known(wanted)
        if job is None:
            return 200, {"code": 422, "msg": "recordInfo is null", "data": None}
        words = {"running": "generating", "done": "success", "failed": "fail"}
        urls = json.dumps({"resultUrls": [film(root, job)]})
        data = {
            "taskId": job.id,
            "model": job.body.get("model"),
            "state": words[job.state],
            "param": json.dumps(job.body),
            "resultJson": urls if job.state == "done" else "",
            "failCode": "501" if job.state == "failed" else "",
            "failMsg": job.reason if job.state == "failed" else "",
            "costTime": None,
            "createTime": 1765184398475,
            "updateTime": 1765184398475,
            "creditsConsumed": 70,
        }
        return 200, {"code": 200, "msg": "success", "data": data}

    def fault(self, code: str) -> tuple[int, object]:
        number, message = {
            "throttled": (429, "rate limited"),
            "empty": (402, "Credits insufficient"),
            "refused": (422, "aspect_ratio is not within the range of allowed options"),
            "policy": (400, "prompt is not allowed"),
            "internal": (500, "server exception"),
            "unavailable": (455, "maintenance"),
            "auth": (401, "You do not have access permissions"),
            "unknown": (777, "a word that nobody knows"),
        }[code]
        # Clients that were read test the code in the body and not the status.
        return 200, {"code": number, "msg": message, "data": None}


class PiApi(Dialect):
    def new_id(self) -> str:
        return str(uuid.UUID(int=self.made, version=4))

    def is_create(self, asked: Asked) -> bool:
        return asked.method == "POST" and asked.path == "/api/v1/task"

    def name_of(self, asked: Asked) -> str:
        given = asked.body["input"]
        assert isinstance(given, dict)
        return str(given.get("prompt", ""))

    def created(self, job: Job) -> tuple[int, object]:
        return 200, {"code": 200, "data": self._task(job, "", "pending"), "message": "success"}

    def answer(self, asked: Asked, root: str) -> tuple[int, object]:
        if asked.path == "/api/open/tasks/histories":
            query = parse_qs(asked.query)
            page, size = int(query["page"][0]), int(query["page_size"][0])
            newest = list(reversed(self.jobs.values()))[(page - 1) * size : page * size]
            shown = [self._task(job, root, self._word(job)) for job in newest]
            return 200, {"code": 200, "data": {"tasks": shown, "total": len(self.jobs)}}
        job = self.known(asked.path.rpartition("/")[2])
        if job is None:
            return 404, {"code": 404, "data": None, "message": "task not found"}
        if asked.method == "DELETE":
            return 400, {"code": 400, "data": None, "message": "task is processing"}
        return 200, {
            "code": 200,
            "data": self._task(job, root, self._word(job)),
            "message": "success",
        }

    def _word(self, job: Job) -> str:
        return {"running": "processing", "done": "completed", "failed": "failed"}.get(
            job.state, "processing"
        )

    def _task(self, job: Job, root: str, word: str) -> dict[str, object]:
        error: dict[str, object] = {"code": 0, "raw_message": "", "message": "", "detail": None}
        if word == "failed":
            error |= {"code": 10000, "message": job.reason, "raw_message": "raw"}
        video = {"resource": film(root, job), "resource_without_watermark": film(root, job)}
        works = [{"status": 99, "type": "video", "video": {**video, "duration": 5100}}]
        empty: dict[str, object] = {"type": "", "status": 0, "works": None}
        return {
            "task_id": job.id,
            "model": "kling",
            "task_type": job.body.get("task_type"),
            "status": word,
            "config": job.body.get("config"),
            "input": job.body.get("input"),
            "output": {"status": 99, "works": works} if word == "completed" else empty,
            "meta": {"usage": {"type": "point", "frozen": 1600000, "consume": 1600000}},
            "detail": None,
            "logs": [],
            "error": error,
        }

    def fault(self, code: str) -> tuple[int, object]:
        status, number, message = {
            "throttled": (429, 1400, "Rate limit exceeded"),
            "empty": (402, 1300, "Insufficient credits"),
            "refused": (400, 1700, "Unsupported aspect ratio"),
            "policy": (400, 1100, "Invalid prompt length"),
            "internal": (500, 0, "internal error"),
            "unavailable": (503, 1500, "Service temporarily unavailable"),
            "auth": (401, 1200, "Authentication failed"),
            "unknown": (418, 7777, "a word that nobody knows"),
        }[code]
        error = {"code": number, "message": message, "raw_message": "", "detail": None}
        return status, {"code": status, "data": {"error": error}, "message": "failed"}


class OpenAi(Dialect):
    def new_id(self) -> str:
        return f"video_{self.made:032x}"

    def is_create(self, asked: Asked) -> bool:
        return asked.method == "POST" and asked.path == "/v1/videos"

    def name_of(self, asked: Asked) -> str:
        return str(asked.body["prompt"])

    def created(self, job: Job) -> tuple[int, object]:
        return 200, self._video(job, "queued")

    def answer(self, asked: Asked, root: str) -> tuple[int, object]:
        parts = asked.path.strip("/").split("/")
        job = self.known(parts[2]) if len(parts) > 2 else None
        if job is None:
            error = {"message": "not found", "type": "invalid_request_error", "code": None}
            return 404, {"error": error}
        if asked.method == "DELETE":
            job.state = "lost"
            return 200, {"id": job.id, "object": "video.deleted", "deleted": True}
        words = {"running": "in_progress", "done": "completed", "failed": "failed"}
        return 200, self._video(job, words[job.state])

    def _video(self, job: Job, word: str) -> dict[str, object]:
        error = {"code": "moderation_blocked", "message": job.reason}
        return {
            "id": job.id,
            "object": "video",
            "created_at": 1765184398,
            "status": word,
            "progress": 40 if word == "in_progress" else 0,
            "model": job.body.get("model"),
            "seconds": job.body.get("seconds"),
            "size": job.body.get("size"),
            "error": error if word == "failed" else None,
        }

    def fault(self, code: str) -> tuple[int, object]:
        status, kind, word, message = {
            "throttled": (429, "rate_limit_error", "rate_limit_exceeded", "Slow down"),
            "empty": (429, "insufficient_quota", "insufficient_quota", "Check your plan"),
            "refused": (400, "invalid_request_error", None, "size is not supported"),
            "policy": (400, "invalid_request_error", "moderation_blocked", "not allowed"),
            "internal": (500, "server_error", None, "something went wrong"),
            "unavailable": (503, "server_error", None, "overloaded"),
            "auth": (401, "invalid_request_error", "invalid_api_key", "Incorrect API key"),
            "unknown": (418, "tea", "pot", "a word that nobody knows"),
        }[code]
        return status, {"error": {"message": message, "type": kind, "param": None, "code": word}}


DIALECTS: dict[str, type[Dialect]] = {
    "kling": Kling,
    "kie": Kie,
    "piapi": PiApi,
    "openai": OpenAi,
}
