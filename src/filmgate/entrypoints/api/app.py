"""The HTTP server's front door: finds the protocol of a call and puts the same frame around all.

Plain ASGI, because whatever stands here is paid by every call.
"""

from __future__ import annotations

import asyncio
import random
import time
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from filmgate.domain.errors import FilmgateError, Wait
from filmgate.entrypoints.api.body import (
    BodyLimits,
    BodyTooLarge,
    BodyTooSlow,
    HouseFull,
    LimitedBody,
    Pantry,
    announced_bytes,
)
from filmgate.entrypoints.api.journal import Journal, Line
from filmgate.protocols.face import Call, Face, Trouble

ANSWER_S = 900.0
"""A call that waits for a film is the longest there is."""
FULL_RETRY_S = 2.0
CLIENT_LEFT = 499
"""What logs call an answer that nobody waited for (nginx has it so)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    body: BodyLimits = field(default_factory=BodyLimits)
    answer_s: float = ANSWER_S


class App:
    """``faces``: the protocols, in the order in which they are asked for a path. The last one
    answers whatever nobody claims."""

    def __init__(
        self,
        faces: Sequence[Face],
        *,
        journal: Journal,
        limits: Limits | None = None,
    ) -> None:
        self._faces = tuple(faces)
        self._by_prefix = {each.name: each for each in faces}
        self._journal = journal
        self._limits = limits or Limits()
        self._pantry = Pantry(self._limits.body.held_bytes_max)
        self.stopping = asyncio.Event()
        """To be set when no more calls will come."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            await self._http(scope, receive, send)
        else:
            await send({"type": "websocket.close"})  # nothing here speaks by sockets

    async def _http(self, scope: Scope, receive: Receive, send: Send) -> None:
        began = time.perf_counter()
        body = LimitedBody(receive, self._limits.body, self._pantry)
        face, path, is_prefixed = self.find(scope["method"], scope["path"])
        call = Call(
            request=Request(scope, body),
            method=scope["method"],
            path=path,
            request_id=_request_id(),
            is_prefixed=is_prefixed,
            stopping=self.stopping,
        )
        status = CLIENT_LEFT
        try:
            response = await self._answer(face, call)
            status = response.status_code
            response.raw_headers.append((b"x-request-id", call.request_id.encode()))
            await response(scope, body, send)
        except (ClientDisconnect, OSError):
            pass  # whoever asked is gone
        except Exception as error:  # noqa: BLE001 - the answer has begun, so nothing can be told
            self._journal.crash(call.request_id, error)
        finally:
            body.close()
            self._journal.write(
                Line(
                    request_id=call.request_id,
                    protocol=face.name,
                    method=call.method,
                    path=scope["path"],
                    status=status,
                    took_s=time.perf_counter() - began,
                    told=call.told,
                )
            )

    def find(self, method: str, path: str) -> tuple[Face, str, bool]:
        """The protocol of a path, the path as that protocol knows it, and whether it was called
        under the protocol's own prefix."""
        head, slash, rest = path[1:].partition("/")
        face = self._by_prefix.get(head)
        if face is not None and slash:
            return face, f"/{rest}", True
        for each in self._faces:
            if each.claims(method, path):
                return each, path, False
        return self._faces[-1], path, False

    async def _answer(self, face: Face, call: Call) -> Response:
        """Whatever happens is told in the protocol's own words."""
        try:
            self._limits.body.check(announced_bytes(call.request.scope))
            async with asyncio.timeout(self._limits.answer_s):
                return await face.answer(call)
        except FilmgateError as error:
            self._journal.refused(call, error)
            return face.refuse(call, error)
        except ClientDisconnect:
            raise
        except BodyTooLarge:
            return _and_hang_up(face.refuse(call, Trouble.TOO_LARGE))
        except (BodyTooSlow, TimeoutError):
            return _and_hang_up(face.refuse(call, Trouble.TOO_SLOW))
        except HouseFull:
            full = Wait("the server is full for the moment", retry_after_s=FULL_RETRY_S)
            return _and_hang_up(face.refuse(call, full))
        except Exception as error:  # noqa: BLE001 - told as what it is: a defect of ours
            self._journal.crash(call.request_id, error)
            return face.refuse(call, Trouble.CRASH)


_numbers = random.Random()  # noqa: S311 - request ids are names in a log, and no secrets


def _request_id() -> str:
    """A UUID of version 4, without a question to the operating system for every call."""
    return str(uuid.UUID(int=_numbers.getrandbits(128), version=4))


def _and_hang_up(response: Response) -> Response:
    """The rest of a body that nobody reads must not be taken for the next call."""
    response.headers["Connection"] = "close"
    return response
