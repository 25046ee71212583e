"""Every path of the native protocol, as one table: the server, the description and the clients
read it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from msgspec import Struct

from filmgate.domain.errors import NotFound
from filmgate.protocols.filmgate import wire_replies as replies
from filmgate.protocols.filmgate import wire_requests as requests
from filmgate.protocols.filmgate.errors import WrongMethod
from filmgate.protocols.filmgate.wire import ROOT


class Sort(StrEnum):
    """What an endpoint's answer is."""

    JSON = "application/json"
    EVENTS = "text/event-stream"
    REDIRECT = "redirect"
    """303 to a signed link of the file."""


class Takes(StrEnum):
    """What the body of a POST is."""

    NOTHING = "nothing"
    JSON = "application/json"
    FILE = "file"
    """The bytes themselves, or a form with one file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    name: str
    """Also the operation's id, and what the server's code is found by."""
    method: str
    path: str
    """Below the root; ``{task}`` stands for one segment, ``{model*}`` for all that follow."""
    told: str
    """One sentence."""
    answer: type[Struct] | None = None
    sort: Sort = Sort.JSON
    status: int = 200
    takes: Takes = Takes.NOTHING
    body: object = None
    """The type of a JSON body."""
    query: type[Struct] = requests.NoQuery
    refusals: tuple[int, ...] = ()
    """Statuses besides those that every endpoint may answer."""
    idempotent: bool = False
    """Whether an Idempotency-Key is heeded."""
    example: object = None
    """Of the body."""

    @property
    def parts(self) -> Sequence[str]:
        return self.path.strip("/").split("/")

    @property
    def template(self) -> str:
        """The path as OpenAPI writes it."""
        return ROOT + self.path.replace("*}", "}")


_TASK = "/tasks/{task}"
_PROMPT = "a sailboat at sunset, slow push in"
_EXAMPLE: Mapping[str, object] = {
    "kind": "text-to-video",
    "prompt": _PROMPT,
    "duration_s": 5,
    "ratio": "16:9",
}

_TABLE: tuple[Endpoint, ...] = (
    Endpoint(
        name="create_task",
        method="POST",
        path="/tasks",
        told="Ask for a film; its credits are held at once.",
        answer=replies.TaskReply,
        status=201,
        takes=Takes.JSON,
        body=requests.AnyCreate,
        refusals=(402, 404, 409, 413, 429),
        idempotent=True,
        example=_EXAMPLE,
    ),
    Endpoint(
        name="list_tasks",
        method="GET",
        path="/tasks",
        told="Your tasks, newest first.",
        answer=replies.TaskList,
        query=requests.TaskListQuery,
    ),
    Endpoint(
        name="read_task",
        method="GET",
        path=_TASK,
        told="One task with all that is known of it.",
        answer=replies.TaskReply,
        refusals=(404,),
    ),
    Endpoint(
        name="cancel_task",
        method="POST",
        path=f"{_TASK}/cancel",
        told="Stop a task; its credits come back.",
        answer=replies.TaskReply,
        refusals=(404, 409),
    ),
    Endpoint(
        name="follow_task",
        method="GET",
        path=f"{_TASK}/events",
        told="A task as it goes on, up to its end.",
        sort=Sort.EVENTS,
        refusals=(404, 429),
    ),
    *(
        Endpoint(
            name=f"get_{what}",
            method="GET",
            path=f"{_TASK}/{what}",
            told=told,
            sort=Sort.REDIRECT,
            status=303,
            refusals=(404, 409),
        )
        for what, told in (
            ("film", "The film itself, as MP4."),
            ("poster", "A still of the film in full size."),
            ("thumbnail", "A small still of the film."),
            ("preview", "The film as a small animated GIF."),
        )
    ),
    Endpoint(
        name="quote",
        method="POST",
        path="/quotes",
        told="What a request would cost at each provider, or why it can't be done there.",
        answer=replies.QuoteReply,
        takes=Takes.JSON,
        body=requests.AnyCreate,
        refusals=(402, 404, 409, 413),
        example=_EXAMPLE,
    ),
    Endpoint(
        name="keep_asset",
        method="POST",
        path="/assets",
        told="Upload a picture, a clip or a sound, to be used in requests.",
        answer=replies.AssetReply,
        status=201,
        takes=Takes.FILE,
        query=requests.UploadQuery,
        refusals=(413, 429),
    ),
    Endpoint(
        name="read_asset",
        method="GET",
        path="/assets/{asset}",
        told="What is known of an upload.",
        answer=replies.AssetReply,
        refusals=(404,),
    ),
    Endpoint(
        name="list_models",
        method="GET",
        path="/models",
        told="Every model: what it can do, its limits and prices.",
        answer=replies.ModelList,
    ),
    Endpoint(
        name="read_model",
        method="GET",
        path="/models/{model*}",
        told="One model, by any name that a protocol knows it under.",
        answer=replies.ModelReply,
        refusals=(404,),
    ),
    Endpoint(
        name="read_account",
        method="GET",
        path="/account",
        told="Who you are here: plan, balance and limits.",
        answer=replies.AccountReply,
    ),
    Endpoint(
        name="list_transactions",
        method="GET",
        path="/account/transactions",
        told="What became of your credits, newest first.",
        answer=replies.TransactionList,
        query=requests.PageQuery,
    ),
    Endpoint(
        name="list_events",
        method="GET",
        path="/account/events",
        told="What webhooks announced, newest first.",
        answer=replies.EventList,
        query=requests.LimitQuery,
    ),
    Endpoint(
        name="list_deliveries",
        method="GET",
        path="/account/webhooks",
        told="How far each webhook has come, newest first.",
        answer=replies.DeliveryList,
        query=requests.LimitQuery,
    ),
    Endpoint(
        name="replay_delivery",
        method="POST",
        path="/account/webhooks/{event}/replay",
        told="Send a webhook again, under the same id.",
        answer=replies.DeliveryReply,
        refusals=(404,),
    ),
    Endpoint(
        name="list_receivers",
        method="GET",
        path="/account/receivers",
        told="Who is called for every task of yours, newest first.",
        answer=replies.ReceiverList,
    ),
    Endpoint(
        name="add_receiver",
        method="POST",
        path="/account/receivers",
        told="Have a URL called for every task, signed with a secret of its own.",
        answer=replies.NewReceiverReply,
        status=201,
        takes=Takes.JSON,
        body=requests.ReceiverBody,
        refusals=(409,),
        example={"url": "https://example.com/hook", "events": ["task.succeeded", "task.failed"]},
    ),
    Endpoint(
        name="remove_receiver",
        method="DELETE",
        path="/account/receivers/{receiver}",
        told="Call it no more.",
        answer=replies.ReceiverReply,
        refusals=(404,),
    ),
    Endpoint(
        name="rotate_receiver",
        method="POST",
        path="/account/receivers/{receiver}/rotate",
        told="Give it another signing secret.",
        answer=replies.NewReceiverReply,
        takes=Takes.JSON,
        body=requests.RotateBody,
        refusals=(404,),
        example={"overlap": True},
    ),
    Endpoint(
        name="try_receiver",
        method="POST",
        path="/account/receivers/{receiver}/test",
        told="Call it now, once, with an event of type `test`.",
        answer=replies.TrialReply,
        refusals=(404, 429, 502),
    ),
    *(
        Endpoint(
            name=f"list_{what}",
            method="GET",
            path=f"/{what}",
            told=f"The {what} that requests can name: yours, and those that everybody has.",
            answer=replies.ItemList,
        )
        for what in ("voices", "elements")
    ),
)

ENDPOINTS: dict[str, Endpoint] = {each.name: each for each in _TABLE}


@dataclass(frozen=True, slots=True)
class Route:
    endpoint: Endpoint
    names: Mapping[str, str] = field(default_factory=dict[str, str])
    """What stands in the path for ``{task}`` and its like."""


def find_route(method: str, path: str) -> Route:
    """``path`` begins at the server's root. Raises NotFound, WrongMethod."""
    wanted = path.removeprefix(ROOT).strip("/").split("/")
    others: list[str] = []
    for endpoint in _BY_WORD.get(wanted[0], ()):
        names = _matched(endpoint.parts, wanted)
        if names is None:
            continue
        if endpoint.method == method:
            return Route(endpoint, names)
        others.append(endpoint.method)
    if others:
        raise WrongMethod(f"{method} is not possible here", allowed=tuple(others))
    raise NotFound("there is nothing at this address", remedy=f"{ROOT} is described in /docs.")


_BY_WORD: dict[str, list[Endpoint]] = {}
for _each in _TABLE:
    _BY_WORD.setdefault(_each.parts[0], []).append(_each)


def _matched(parts: Sequence[str], wanted: Sequence[str]) -> dict[str, str] | None:
    names = {}
    if parts[-1].endswith("*}") and len(wanted) >= len(parts):
        rest = "/".join(wanted[len(parts) - 1 :])
        wanted = [*wanted[: len(parts) - 1], rest]
    if len(parts) != len(wanted):
        return None
    for part, given in zip(parts, wanted, strict=True):
        if part.startswith("{") and given:
            names[part.strip("{*}")] = given
        elif part != given:
            return None
    return names


def path_of(name: str, **names: str) -> str:
    """The address to call; names are percent-encoded already."""
    return ENDPOINTS[name].template.format(**names)
