"""A sandbox's frame around the protocols: scripts in a header, answers that break off, a clock that
can be turned, and a record of what the client under test did."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, field

import msgspec
from prometheus_client import CollectorRegistry
from starlette.responses import JSONResponse, Response
from starlette.types import Receive, Scope, Send

from filmgate.domain.errors import FilmgateError, FixRequest, NotFound
from filmgate.domain.rehearsal import AT_CREATE, Cue, read_script
from filmgate.entrypoints.api.journal import Journal, Line
from filmgate.protocols.face import Call, Compose, Face, Trouble
from filmgate.usecases.rehearse import header_script, reply_is_lost

HEADER = "filmgate-sandbox"
ROOT = "/sandbox"
CALLS_MAX = 10_000
TURN_MAX_S = 400 * 24 * 3600.0


MakeJournal = Callable[[CollectorRegistry], Journal]


class BrokenOff(Response):
    """The head of an answer, and then nothing: as a line that breaks."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        del scope, receive
        head = {"type": "http.response.start", "status": 200, "headers": self.raw_headers}
        await send(head)
        raise ConnectionAbortedError("asked for by the sandbox's script")


@dataclass(frozen=True, slots=True)
class StagedFace:
    """A protocol's face, with the header read before it is asked."""

    face: Face

    @property
    def name(self) -> str:
        return self.face.name

    @property
    def callbacks(self) -> Mapping[str, Compose]:
        return self.face.callbacks

    def claims(self, method: str, path: str) -> bool:
        return self.face.claims(method, path)

    def refuse(self, call: Call, error: FilmgateError | Trouble) -> Response:
        return self.face.refuse(call, error)

    def describe(self) -> Mapping[str, object]:
        return self.face.describe()

    async def answer(self, call: Call) -> Response:
        script = read_script(call.request.headers.get(HEADER, ""))
        lost: list[str] = []
        was_script, was_lost = header_script.set(script), reply_is_lost.set(lost)
        try:
            response = await self.face.answer(call)
        finally:
            header_script.reset(was_script)
            reply_is_lost.reset(was_lost)
        if lost:
            call.told["lost"] = lost[0]
            return BrokenOff(response.body)
        return response


@dataclass(frozen=True, slots=True)
class Record:
    """What the client did, the newest last."""

    calls: deque[Line] = field(default_factory=lambda: deque[Line](maxlen=CALLS_MAX))

    def over(
        self, journal: Callable[[CollectorRegistry], Journal]
    ) -> Callable[[CollectorRegistry], Journal]:
        def make(registry: CollectorRegistry) -> Journal:
            return _Recorded(journal(registry), self)

        return make


@dataclass(frozen=True, slots=True)
class _Recorded:
    journal: Journal
    record: Record

    def write(self, line: Line) -> None:
        if not line.path.startswith(ROOT):
            self.record.calls.append(line)
        self.journal.write(line)

    def refused(self, call: Call, error: FilmgateError) -> None:
        self.journal.refused(call, error)

    def crash(self, request_id: str, error: Exception) -> None:
        self.journal.crash(request_id, error)


class _Turn(msgspec.Struct):
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class SandboxFace:
    """``/sandbox``: what a test asks of the sandbox itself. No key: it is a throw-away home."""

    record: Record
    turn: Callable[[float], None]
    now: Callable[[], float]
    name: str = "sandbox"

    @property
    def callbacks(self) -> Mapping[str, Compose]:
        return {}

    def claims(self, method: str, path: str) -> bool:
        del method
        return path == ROOT or path.startswith(f"{ROOT}/")

    def describe(self) -> Mapping[str, object]:
        return {}

    def refuse(self, call: Call, error: FilmgateError | Trouble) -> Response:
        message = error.message if isinstance(error, FilmgateError) else error.value
        status = 404 if isinstance(error, NotFound) else 400
        body = {"error": {"message": message, "request_id": call.request_id}}
        return Response(json.dumps(body), status, media_type="application/json")

    async def answer(self, call: Call) -> Response:
        match call.method, call.path.removeprefix(ROOT):
            case "GET", "" | "/":
                return JSONResponse(
                    {
                        "header": HEADER,
                        "cues": list(Cue),
                        "cues_at_create": sorted(AT_CREATE),
                        "now": self.now(),
                    }
                )
            case "GET", "/calls":
                return JSONResponse({"calls": [asdict(each) for each in self.record.calls]})
            case "DELETE", "/calls":
                self.record.calls.clear()
                return JSONResponse({"calls": []})
            case "POST", "/clock":
                return await self._turned(call)
            case _:
                raise NotFound(f"the sandbox has no {call.method} {call.path}")

    async def _turned(self, call: Call) -> Response:
        try:
            asked = msgspec.json.decode(await call.request.body(), type=_Turn)
        except (msgspec.MsgspecError, UnicodeDecodeError) as error:
            raise FixRequest('say {"seconds": 60}', field="seconds") from error
        if not 0 <= asked.seconds <= TURN_MAX_S:
            raise FixRequest("a clock is turned ahead, by 400 days at most", field="seconds")
        self.turn(asked.seconds)
        return JSONResponse({"now": self.now()})


def staged(faces: Iterable[Face], own: SandboxFace) -> list[Face]:
    return [*(StagedFace(each) for each in faces), own]
