"""OpenAI's webhook endpoints: signed events to a receiver that verifies them."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator

import pytest
from standardwebhooks.webhooks import Webhook
from tests.pretend.calls import Client
from tests.pretend.receiver import Received, Receiver, receiving
from tests.pretend.served import Server, served

BOTH = ["video.completed", "video.failed"]
ENDPOINT = {"id", "object", "name", "url", "event_types", "created_at", "updated_at"}
ENDPOINT |= {"signing_secret_hint"}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with served(tmp_path_factory.mktemp("home")) as server:
        yield server


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as found:
        yield found


@pytest.fixture
def client(server: Server) -> Iterator[Client]:
    client = Client(server.address, server.keys["rich api"])
    yield client
    for each in client("GET", "/v1/webhook_endpoints?limit=100").json["data"]:
        client("DELETE", f"/v1/webhook_endpoints/{each['id']}")


def endpoint(client: Client, url: str, events: list[str] = BOTH, name: str = "mine") -> dict:
    body = {"url": url, "event_types": events, "name": name}
    reply = client("POST", "/v1/webhook_endpoints", body)
    assert reply.status == 200, reply
    return reply.json


def verified(call: Received, secret: str) -> dict:
    return Webhook(secret).verify(call.body, call.headers)


def test_ends_are_told_and_nothing_else(client: Client, receiver: Receiver) -> None:
    made = endpoint(client, f"{receiver.url}/a")
    assert set(made) == ENDPOINT | {"signing_secret"}
    assert made["object"] == "webhook_endpoint"
    for prompt, kind in (("a lake", "video.completed"), ("refuse", "video.failed")):
        before = len(receiver.calls)
        video = client("POST", "/v1/videos", {"prompt": prompt}).json["id"]
        call = receiver.wait(before + 1)[-1]
        event = verified(call, made["signing_secret"])
        assert set(event) == {"id", "object", "created_at", "type", "data"}
        assert (event["object"], event["type"]) == ("event", kind)
        assert event["data"] == {"id": video}
        assert event["id"].startswith("evt_")
        assert call.headers["webhook-id"] == event["id"]
        assert client("GET", f"/v1/videos/{video}").json["status"] == kind.removeprefix("video.")
    time.sleep(0.3)
    assert len(receiver.calls) == 2


def test_each_endpoint_hears_what_it_asked_for_with_its_own_secret(
    client: Client, receiver: Receiver
) -> None:
    secrets = {
        path: endpoint(client, receiver.url + path, events)["signing_secret"]
        for path, events in (("/done", BOTH[:1]), ("/failed", BOTH[1:]), ("/both", BOTH))
    }
    client("POST", "/v1/videos", {"prompt": "a lake"})
    receiver.wait(2)
    client("POST", "/v1/videos", {"prompt": "refuse"})
    receiver.wait(4)
    told = sorted((call.path, json.loads(call.body)["type"]) for call in receiver.calls)
    assert told == [
        ("/both", BOTH[0]),
        ("/both", BOTH[1]),
        ("/done", BOTH[0]),
        ("/failed", BOTH[1]),
    ]
    for call in receiver.calls:
        verified(call, secrets[call.path])


def test_a_new_secret_with_and_without_the_old_one(client: Client, receiver: Receiver) -> None:
    made = endpoint(client, f"{receiver.url}/a")
    path = f"/v1/webhook_endpoints/{made['id']}"
    rotated = client("POST", f"{path}/rotate_secret", {"keep_old_secret_active_for_24_hours": True})
    test = {"event_type": "video.completed"}
    told = client("POST", f"{path}/test", test).json
    assert told == {
        "object": "webhook_endpoint.test",
        "webhook_endpoint_id": made["id"],
        "event_type": "video.completed",
        "status_code": 200,
        "success": True,
    }
    call = receiver.wait(1)[0]
    for secret in (made["signing_secret"], rotated.json["signing_secret"]):
        assert verified(call, secret)["type"] == "video.completed"
    last = client("POST", f"{path}/rotate_secret").json["signing_secret"]
    client("POST", f"{path}/test", test)
    call = receiver.wait(2)[1]
    verified(call, last)
    with pytest.raises(Exception, match="signature"):
        verified(call, rotated.json["signing_secret"])
    receiver.statuses["/a"] = 503
    assert client("POST", f"{path}/test", test).json["status_code"] == 503


def test_endpoints_are_listed_changed_and_deleted(client: Client, server: Server) -> None:
    ids = [endpoint(client, f"https://example.org/{n}", name=f"n{n}")["id"] for n in range(3)]
    page = client("GET", "/v1/webhook_endpoints?limit=2").json
    assert ([each["id"] for each in page["data"]], page["has_more"]) == (ids[:0:-1], True)
    assert all(set(each) == ENDPOINT for each in page["data"])
    rest = client("GET", f"/v1/webhook_endpoints?after={page['last_id']}").json
    assert ([each["id"] for each in rest["data"]], rest["has_more"]) == (ids[:1], False)
    path = f"/v1/webhook_endpoints/{ids[0]}"
    changed = client("POST", path, {"name": "new", "event_types": ["video.failed"]}).json
    assert (changed["name"], changed["event_types"]) == ("new", ["video.failed"])
    assert client("GET", path).json == changed
    other = Client(server.address, server.keys["other api"])
    for method, where in (("GET", path), ("POST", path), ("DELETE", path)):
        assert other(method, where, {}).status == 404
    assert client("DELETE", path).json == {
        "id": ids[0],
        "object": "webhook_endpoint.deleted",
        "deleted": True,
    }
    assert client("GET", path).status == 404
    assert client("GET", "/v1/webhook_event_types").json == {"object": "list", "data": BOTH}


@pytest.mark.parametrize(
    ("body", "param"),
    [
        ({"url": "http://printer.local/a"}, "url"),
        ({"url": "ftp://example.org"}, "url"),
        ({"url": "nothing"}, "url"),
        ({"event_types": ["batch.completed"]}, "event_types"),
        ({"event_types": []}, "event_types"),
        ({"name": 7}, "name"),
    ],
)
def test_endpoints_that_can_t_be(client: Client, body: dict, param: str) -> None:
    good = {"url": "https://example.org/a", "event_types": BOTH, "name": "mine"}
    reply = client("POST", "/v1/webhook_endpoints", {**good, **body})
    assert reply.status == 400
    assert reply.json["error"]["param"] == param


def test_nobody_there_is_told_and_holds_up_nothing(client: Client, receiver: Receiver) -> None:
    with receiving() as short:
        gone = endpoint(client, f"{short.url}/nobody")
    reply = client(
        "POST", f"/v1/webhook_endpoints/{gone['id']}/test", {"event_type": "video.failed"}
    )
    assert (reply.status, reply.json["error"]["code"]) == (400, "webhook_unreachable")
    made = endpoint(client, f"{receiver.url}/a")
    client("POST", "/v1/videos", {"prompt": "a lake"})
    verified(receiver.wait(1)[0], made["signing_secret"])
