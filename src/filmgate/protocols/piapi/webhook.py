"""PiAPI's callbacks: the task as it is answered, and the secret as it was given, in a header.

Nothing is signed there (``reference/kie-piapi-openai.md`` 2.7)."""

from __future__ import annotations

from filmgate.domain.change import Event
from filmgate.domain.delivery import as_told
from filmgate.domain.task import Task
from filmgate.protocols.piapi.translate_replies import PROTOCOL, callback
from filmgate.protocols.piapi.view import Shown

PROTOCOLS = (PROTOCOL,)


def body(event: Event, task: Task, shown: Shown) -> bytes:
    """The same for every attempt, however much has happened to the task since."""
    return callback(as_told(event, task), shown, event.at)


def headers(shown: Shown) -> dict[str, str]:
    told = {"Content-Type": "application/json"}
    return told | {"X-Webhook-Secret": shown.secret} if shown.secret else told
