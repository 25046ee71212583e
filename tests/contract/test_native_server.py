"""The native protocol over HTTP, on a real server with an engine that only pretends to paint."""

from __future__ import annotations

import base64
import hashlib
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from urllib.parse import urlsplit

import pytest
from PIL import Image
from standardwebhooks import Webhook
from tests.pretend.served import Server, served

ROOT = "/api/filmgate/v1"
ENDED = {"succeeded", "failed", "cancelled"}
PROMPT = {"kind": "text-to-video", "prompt": "slow 0.2", "model": "kling-v1-6"}
"""By the local engine, as a stand-in, at the plan's price for that model."""


@pytest.fixture(scope="module")
def server(tmp_path_factory) -> Iterator[Server]:
    with served(tmp_path_factory.mktemp("native")) as running:
        yield running


def picture(side_px: int = 320) -> bytes:
    file = BytesIO()
    Image.new("RGB", (side_px, side_px), "teal").save(file, "PNG")
    return file.getvalue()


def create(server: Server, who: str = "rich", **said: object) -> dict:
    made = server.call("POST", f"{ROOT}/tasks", {**PROMPT, **said}, who=who)
    assert made.status == 201, made.body
    return made.json


def ended(server: Server, task_id: str) -> dict:
    until = time.monotonic() + 60
    while True:
        task = server.call("GET", f"{ROOT}/tasks/{task_id}").json
        if task["state"] in ENDED:
            return task
        assert time.monotonic() < until, task
        time.sleep(0.05)


def refused(answer, status: int, code: str, field: str | None = None) -> dict:
    assert answer.status == status, answer.body
    error = answer.json["error"]
    assert error["code"] == code
    assert error["field"] == field
    assert error["message"]
    assert error["request_id"] == answer.headers["x-request-id"]
    return error


def test_a_film_from_create_to_download(server):
    made = server.call("POST", f"{ROOT}/tasks", {**PROMPT, "seed": 5, "external_id": "mine-1"})
    assert made.status == 201
    task = made.json
    assert task["id"].startswith("task_")
    assert len(task["id"]) == 31
    assert made.headers["filmgate-provider"] == "local"
    assert made.headers["location"] == f"{ROOT}/tasks/{task['id']}"
    assert task["request"]["prompt"] == PROMPT["prompt"]
    assert task["output"] == {
        "width": 1280,
        "height": 720,
        "fps": 24,
        "duration_s": 5.0,
        "sound": False,
        "seed": 5,
    }
    assert task["film"] is None
    assert task["charged_credits"] is None
    assert task["held_credits"] == 50  # plan infinito: 50 a film (design part 10)

    task = ended(server, task["id"])
    assert task["state"] == "succeeded", task["timeline"]
    assert (task["percent"], task["charged_credits"]) == (100.0, 50)
    assert [step["state"] for step in task["timeline"]] == [
        "queued",
        "starting",
        "running",
        "fetching",
        "succeeded",
    ]
    assert task["understood"] == {"place": "lake"}
    film = server.call(
        "GET",
        urlsplit(task["film"]["url"]).path + "?" + urlsplit(task["film"]["url"]).query,
        who=None,
    )
    assert film.status == 200
    assert hashlib.sha256(film.body).hexdigest() == task["film"]["sha256"]
    assert len(film.body) == task["film"]["size_bytes"]

    sent_on = server.call("GET", f"{ROOT}/tasks/{task['id']}/film")
    assert sent_on.status == 303
    assert sent_on.headers["location"] == task["film"]["url"]
    none_made = server.call("GET", f"{ROOT}/tasks/{task['id']}/poster")
    refused(none_made, 404, "not_found", "task")  # the pretended measure makes no pictures


def test_nothing_opens_without_a_key(server):
    for headers in ({}, {"Authorization": "Bearer fg_wrong"}, {"Authorization": "Basic eDp5"}):
        answer = server.call("GET", f"{ROOT}/tasks", who=None, headers=headers)
        refused(answer, 401, "unauthenticated")
        assert answer.headers["www-authenticate"] == "Bearer"


def test_another_customers_key_sees_nothing_of_a_task(server):
    task = create(server, external_id="secret-1")
    name = f"{ROOT}/tasks/{task['id']}"
    for method, path in [
        ("GET", name),
        ("POST", f"{name}/cancel"),
        ("GET", f"{name}/events"),
        *(("GET", f"{name}/{what}") for what in ("film", "poster", "thumbnail", "preview")),
    ]:
        refused(server.call(method, path, who="other"), 404, "not_found", "task")
    listed = server.call("GET", f"{ROOT}/tasks?external_id=secret-1", who="other").json
    assert listed == {"tasks": [], "next_cursor": None}
    cursor = server.call("GET", f"{ROOT}/tasks?cursor={task['id']}", who="other").json
    assert cursor["tasks"] == []
    for path in ("account/transactions", "account/events", "account/webhooks"):
        assert task["id"].encode() not in server.call("GET", f"{ROOT}/{path}", who="other").body
    for said, field in [
        ({"source_task": task["id"]}, "source_task"),
        ({"video": {"task": task["id"]}}, "video.task"),
    ]:
        body = {"kind": "extend", **said}
        refused(server.call("POST", f"{ROOT}/tasks", body, who="other"), 404, "not_found", field)


def test_the_same_key_and_body_make_one_task(server):
    headers = {"Idempotency-Key": "once"}
    first, second = (
        server.call("POST", f"{ROOT}/tasks", PROMPT, headers=headers) for _ in range(2)
    )
    assert (first.status, second.status) == (201, 201)
    assert first.json["id"] == second.json["id"]
    other = {**PROMPT, "prompt": "slow 0.3"}
    answer = server.call("POST", f"{ROOT}/tasks", other, headers=headers)
    refused(answer, 409, "conflict", "idempotency_key")
    create(server, external_id="twice")
    again = server.call("POST", f"{ROOT}/tasks", {**PROMPT, "external_id": "twice"})
    refused(again, 409, "conflict", "external_id")


def test_money_is_held_refused_and_given_back(server):
    before = server.call("GET", f"{ROOT}/account", who="other").json["balance"]
    task = create(server, who="other", prompt="boom")
    during = server.call("GET", f"{ROOT}/account", who="other").json["balance"]
    assert during["held_credits"] in {before["held_credits"], before["held_credits"] + 50}
    until = time.monotonic() + 60
    while (told := server.call("GET", f"{ROOT}/tasks/{task['id']}", who="other").json)[
        "state"
    ] not in ENDED:
        assert time.monotonic() < until
        time.sleep(0.05)
    assert (told["state"], told["charged_credits"]) == ("failed", 0)
    assert told["reason"]
    assert told["fault"] == "house"  # the engine itself broke
    assert server.call("GET", f"{ROOT}/account", who="other").json["balance"] == before
    moves = server.call("GET", f"{ROOT}/account/transactions?limit=2", who="other").json
    assert [each["kind"] for each in moves["transactions"]] == ["release", "hold"]
    assert [each["available_credits"] for each in moves["transactions"]] == [50, -50]
    further = server.call(
        "GET", f"{ROOT}/account/transactions?cursor={moves['next_cursor']}", who="other"
    ).json
    assert further["transactions"][-1]["kind"] == "adjustment"

    poor = server.call("POST", f"{ROOT}/tasks", PROMPT, who="poor")
    error = refused(poor, 402, "not_enough_credits")
    assert (error["needed_credits"], error["available_credits"]) == (50, 10)
    ceiling = server.call("POST", f"{ROOT}/tasks", {**PROMPT, "max_credits": 49})
    refused(ceiling, 402, "over_ceiling", "max_credits")


def test_quotes_tell_credits_what_would_be_made_and_why_not(server):
    body = {**PROMPT, "duration_s": 10, "mode": "pro", "cfg_scale": 0.5}
    told = server.call("POST", f"{ROOT}/quotes", body).json
    offers = {each["provider"]: each for each in told["offers"]}
    assert set(offers) >= {"local", "kling", "kie", "piapi"}
    local = offers["local"]
    assert local["possible"]
    assert (local["credits"], local["price_usd_micros"]) == (50, 0)
    assert local["output"]["width"] == 1920
    assert local["output"]["duration_s"] == 10.0
    assert offers["kling"]["why_not"]  # retired there
    assert offers["kie"]["why_not"] == "kling-v1-6 is not offered by kie"
    new = server.call("POST", f"{ROOT}/quotes", {**PROMPT, "model": "kling-v2-6"}).json
    kling = next(each for each in new["offers"] if each["provider"] == "kling")
    assert (kling["possible"], kling["why_not"]) == (False, "this server has no account there")
    assert kling["price_usd_micros"] > 0
    long = server.call("POST", f"{ROOT}/quotes", {**body, "duration_s": 7, "model": "kling-v1-6"})
    assert "7" in {e["provider"]: e for e in long.json["offers"]}["local"]["why_not"]
    assert server.call("GET", f"{ROOT}/tasks?external_id=none").json["tasks"] == []


def test_lists_page_and_filter(server):
    made = [create(server, external_id=f"page-{n}")["id"] for n in range(3)]
    seen, cursor = [], ""
    while True:
        page = server.call("GET", f"{ROOT}/tasks?limit=2{cursor}").json
        seen += [task["id"] for task in page["tasks"]]
        if page["next_cursor"] is None:
            break
        cursor = f"&cursor={page['next_cursor']}"
    assert len(seen) == len(set(seen))
    assert [task for task in seen if task in made] == made[::-1]
    for task_id in made:
        ended(server, task_id)
    got = server.call("GET", f"{ROOT}/tasks?state=succeeded&kind=text-to-video&external_id=page-1")
    assert [task["id"] for task in got.json["tasks"]] == [made[1]]
    moment = got.json["tasks"][0]["created_at"].replace("+", "%2B")
    later = server.call("GET", f"{ROOT}/tasks?created_after={moment}").json["tasks"]
    assert made[0] not in {task["id"] for task in later}
    assert made[2] in {task["id"] for task in later}
    refused(
        server.call("GET", f"{ROOT}/tasks?created_after=soon"), 400, "bad_request", "created_after"
    )


def test_cancel_ends_a_task_and_gives_the_credits_back(server):
    task = create(server, prompt="slow 60")
    stopped = server.call("POST", f"{ROOT}/tasks/{task['id']}/cancel")
    assert stopped.status == 200
    assert (stopped.json["state"], stopped.json["charged_credits"]) == ("cancelled", 0)
    done = ended(server, create(server)["id"])
    answer = server.call("POST", f"{ROOT}/tasks/{done['id']}/cancel")
    refused(answer, 409, "conflict", answer.json["error"]["field"])


def test_uploads_are_checked_told_and_used(server):
    data = picture()
    for body, headers in [
        (data, {"Content-Type": "image/png"}),
        (
            b'--xx\r\nContent-Disposition: form-data; name="file"; filename="teal.png"\r\n\r\n'
            + data
            + b"\r\n--xx--\r\n",
            {"Content-Type": "multipart/form-data; boundary=xx"},
        ),
    ]:
        kept = server.call("POST", f"{ROOT}/assets?name=teal.png", body, headers=headers)
        assert kept.status == 201, kept.body
        assert kept.json == {
            "id": f"asset_{hashlib.sha256(data).hexdigest()}",
            "media_type": "image/png",
            "size_bytes": len(data),
            "name": "teal.png",
            "sha256": hashlib.sha256(data).hexdigest(),
            "width": 320,
            "height": 320,
            "duration_s": None,
            "fps": None,
            "sound": None,
        }
    asset = kept.json["id"]
    assert server.call("GET", f"{ROOT}/assets/{asset}").json["width"] == 320
    for given in ({"asset": asset}, {"base64": base64.b64encode(data).decode()}):
        body = {"kind": "image-to-video", "prompt": "slow 0", "image": given}
        made = server.call("POST", f"{ROOT}/tasks", body)
        assert made.status == 201, made.body
        assert made.json["request"]["image"]["asset"] == asset
        assert (made.json["output"]["width"], made.json["output"]["height"]) == (720, 720)
    missing = {"kind": "image-to-video", "image": {"asset": "asset_" + "0" * 64}}
    refused(server.call("POST", f"{ROOT}/tasks", missing), 404, "not_found", "image.asset")
    wrong = {"kind": "avatar", "image": {"asset": asset}, "audio": {"asset": asset}}
    refused(server.call("POST", f"{ROOT}/tasks", wrong), 400, "bad_input", "audio")
    torn = server.call("POST", f"{ROOT}/assets", data[: len(data) // 2])
    refused(torn, 400, "bad_input", "file")
    refused(server.call("GET", f"{ROOT}/assets/../../etc/passwd"), 404, "not_found")


def test_urls_that_can_not_be_used_are_refused_at_once(server):
    for given in ("ftp://a.example/x.png", "http://[fd00::1]/x.png", "not a url"):
        body = {"kind": "image-to-video", "image": {"url": given}}
        refused(server.call("POST", f"{ROOT}/tasks", body), 400, "bad_input", "image")
        hooked = {**PROMPT, "webhook": {"url": given}}
        refused(server.call("POST", f"{ROOT}/tasks", hooked), 400, "bad_input", "webhook.url")


def test_webhooks_are_signed_told_and_sent_again(server):
    with receiver() as (url, calls):
        task = create(server, webhook={"url": url})
        assert task["webhook"] == {"url": url}
        ended(server, task["id"])
        until = time.monotonic() + 30
        while len(calls) < 3:
            assert time.monotonic() < until, calls
            time.sleep(0.05)
        verify = Webhook(server.keys["rich webhook"]).verify
        kinds = [verify(body, headers)["type"] for headers, body in calls]
        assert sorted(kinds) == ["task.accepted", "task.started", "task.succeeded"]

        told = server.call("GET", f"{ROOT}/account/webhooks").json["deliveries"]
        told = [each for each in told if each["task"] == task["id"]]
        assert {each["state"] for each in told} == {"delivered"}
        assert {each["host"] for each in told} == {urlsplit(url).netloc}
        events = server.call("GET", f"{ROOT}/account/events").json["events"]
        assert {each["id"] for each in told} <= {each["id"] for each in events}
        path = f"{ROOT}/account/webhooks/{told[0]['id']}/replay"
        refused(server.call("POST", path, who="other"), 404, "not_found", "event")
        assert server.call("POST", path).json["state"] == "pending"
        while len(calls) < 4:
            assert time.monotonic() < until, calls
            time.sleep(0.05)
        assert calls[3][0]["webhook-id"] == told[0]["id"]


def test_receivers_are_called_for_every_task_with_a_secret_of_their_own(server):
    where = f"{ROOT}/account/receivers"
    with receiver() as (url, calls):
        body = {"url": url, "name": "desk", "events": ["task.succeeded"]}
        made = server.call("POST", where, body)
        assert made.status == 201, made.body
        told, secret = made.json["receiver"], made.json["secret"]
        assert secret.endswith(told["secret_hint"])
        assert server.call("GET", where).json["receivers"] == [told]
        tried = server.call("POST", f"{where}/{told['id']}/test")
        assert tried.json == {"status": 204}
        headers, sent = calls.pop()
        assert Webhook(secret).verify(sent, headers)["type"] == "test"

        task = ended(server, create(server)["id"])
        assert task["webhook"] is None
        until = time.monotonic() + 30
        while not calls:
            assert time.monotonic() < until
            time.sleep(0.05)
        headers, sent = calls.pop()
        event = Webhook(secret).verify(sent, headers)
        assert (event["type"], event["data"]["task"]) == ("task.succeeded", task["id"])

        again = server.call("POST", f"{where}/{told['id']}/rotate", {"overlap": True}).json
        server.call("POST", f"{where}/{told['id']}/test")
        headers, sent = calls.pop()
        for each in (secret, again["secret"]):
            Webhook(each).verify(sent, headers)
        for method, path in [("DELETE", ""), ("POST", "/test"), ("POST", "/rotate")]:
            body = {} if path == "/rotate" else None
            other = server.call(method, f"{where}/{told['id']}{path}", body, who="other")
            refused(other, 404, "not_found", "receiver")
        assert server.call("DELETE", f"{where}/{told['id']}").json["id"] == told["id"]
        assert server.call("GET", where).json == {"receivers": []}
        assert calls == []
    bad = server.call("POST", where, {"url": "http://[fd00::1]/x"})
    refused(bad, 400, "bad_input", "url")
    bad = server.call("POST", where, {"url": "https://a.example", "events": ["task.lost"]})
    refused(bad, 400, "bad_request", "events[0]")


def test_voices_and_elements_are_ones_own_or_everybodys(server):
    for what, kind in (("voices", "voice"), ("elements", "element")):
        told = server.call("GET", f"{ROOT}/{what}").json["items"]
        assert all(item["is_preset"] for item in told)
        for wrong in ("600000000001000000", "mine", "9" * 40):
            body = {"kind": "image-to-video", "prompt": "x", what: [wrong]}
            error = refused(
                server.call("POST", f"{ROOT}/tasks", body), 404, "not_found", f"{what}[0]"
            )
            assert error["message"].startswith(f"there is no {kind}")


def test_our_own_links_are_inputs_at_once(server):
    kept = ended(server, create(server)["id"])
    body = {"kind": "video-to-audio", "video": {"url": kept["film"]["url"]}}
    error = server.call("POST", f"{ROOT}/tasks", body).json["error"]
    assert error["field"] == "video"  # what the slow engine wrote is no clip: it was looked at
    forged = kept["film"]["url"][:-3] + "AAA"
    body = {"kind": "video-to-audio", "video": {"url": forged}}
    refused(server.call("POST", f"{ROOT}/tasks", body), 400, "bad_input", "video")


@contextmanager
def receiver() -> Iterator[tuple[str, list[tuple[dict[str, str], bytes]]]]:
    calls: list[tuple[dict[str, str], bytes]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            calls.append(({name.lower(): value for name, value in self.headers.items()}, body))
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as listening:
        threading.Thread(target=listening.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{listening.server_port}/hook", calls
        listening.shutdown()


def test_models_and_account_are_told(server):
    models = server.call("GET", f"{ROOT}/models").json["models"]
    names = [model["name"] for model in models]
    assert "kling-v2-6" in names
    one = server.call("GET", f"{ROOT}/models/kling/v2-1-pro").json
    assert one["name"] == "kling-v2-1"
    assert one["modes"]["pro"] == {"width": 1920, "height": 1080, "fps": 24}
    assert one["credits_for_5_s"]["pro"] == 50
    assert not one["providers"]["kling"]["usable"]
    assert server.call("GET", f"{ROOT}/models/kling%2Fv2-1-pro").json == one
    refused(server.call("GET", f"{ROOT}/models/sora"), 404, "not_found", "model")
    account = server.call("GET", f"{ROOT}/account").json
    assert account["name"] == "rich"
    assert account["plan"]["name"] == "infinito"
    assert account["key"].startswith("fg_")
    assert len(account["key"]) < 20


def test_unknown_paths_and_methods_speak_our_shape(server):
    refused(server.call("GET", f"{ROOT}/nothing"), 404, "not_found")
    refused(server.call("GET", "/api/filmgate/v9/tasks"), 404, "not_found")
    wrong = server.call("DELETE", f"{ROOT}/tasks")
    refused(wrong, 405, "wrong_method")
    assert set(wrong.headers["allow"].split(", ")) == {"GET", "POST"}
    refused(server.call("POST", f"{ROOT}/tasks", b"{"), 400, "bad_request")
    assert server.call("GET", f"/filmgate{ROOT}/account").status == 200


class Reader:
    """A program that follows a task."""

    def __init__(self, server: Server, task_id: str, **headers: str) -> None:
        self._connection = HTTPConnection(urlsplit(server.address).netloc, timeout=60)
        key = server.keys["rich api"]
        self._connection.request(
            "GET",
            f"{ROOT}/tasks/{task_id}/events",
            headers={"Authorization": f"Bearer {key}", **headers},
        )
        self.answer = self._connection.getresponse()

    def events(self) -> Iterator[tuple[str, dict]]:
        name = ""
        for line in self.answer:
            word, _, rest = line.decode().rstrip("\n").partition(": ")
            if word == "event":
                name = rest
            elif word == "data":
                yield name, json.loads(rest)
        self.leave()

    def leave(self) -> None:
        self.answer.close()
        self._connection.close()


def test_events_follow_a_task_to_its_end(server):
    task = create(server, prompt="slow 2")
    reader = Reader(server, task["id"], **{"Last-Event-ID": "3"})
    assert reader.answer.headers["content-type"].startswith("text/event-stream")
    events = list(reader.events())
    states = [told["state"] for name, told in events if name == "task"]
    assert states[-1] == "succeeded"
    assert states == sorted(
        set(states), key=["queued", "starting", "running", "fetching", "succeeded"].index
    )
    percents = [told["percent"] for name, told in events if name == "progress"]
    assert percents == sorted(percents)
    assert len(percents) >= 3
    assert events[-1][1]["film"]["url"]
    again = list(Reader(server, task["id"]).events())
    assert [(name, told["state"]) for name, told in again] == [("task", "succeeded")]


def test_readers_who_leave_give_their_place_back(server):
    task = create(server, prompt="slow 60")
    for _ in range(3):
        readers = [Reader(server, task["id"]) for _ in range(32)]
        assert {reader.answer.status for reader in readers} == {200}
        full = server.call("GET", f"{ROOT}/tasks/{task['id']}/events")
        refused(full, 429, "too_many_requests")
        assert int(full.headers["retry-after"]) >= 1
        for reader in readers:
            reader.leave()
        time.sleep(0.5)
    server.call("POST", f"{ROOT}/tasks/{task['id']}/cancel")


def test_a_server_that_stops_ends_its_streams_at_once(tmp_path):
    with served(tmp_path) as server:
        reader = Reader(server, create(server, prompt="slow 60")["id"])
        events = reader.events()
        assert next(events)[0] == "task"
        began = time.monotonic()
        server.stop()
        assert "error" not in [name for name, _ in events]
        assert time.monotonic() - began < 15
    assert "Traceback" not in server.log.read_text()


def test_no_secret_and_no_traceback_stands_in_the_log(server):
    log = server.log.read_text()
    assert "Traceback" not in log
    assert not [key for key in server.keys.values() if key in log]
