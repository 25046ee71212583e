"""KIE, PiAPI and INFINITO over real HTTP: what each has beyond the others."""

from __future__ import annotations

import base64
import json
import sqlite3
import time
from collections.abc import Iterator
from io import BytesIO

import pytest
from PIL import Image
from tests.pretend.hosts import host
from tests.pretend.server import Person, Reply, Served, served

from filmgate.domain.customer import Role
from filmgate.domain.request import ImageToVideo


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with served(tmp_path_factory.mktemp("home")) as running:
        yield running


@pytest.fixture
def ann(server: Served) -> Person:
    return server.person("ann")


def bearer(person: Person) -> dict[str, str]:
    return {"Authorization": f"Bearer {person.token}"}


def own(person: Person) -> dict[str, str]:
    return {"X-API-Key": person.token}


def picture(side_px: int = 400) -> bytes:
    file = BytesIO()
    Image.new("RGB", (side_px, side_px), "teal").save(file, "PNG")
    return file.getvalue()


def form(fields: dict[str, str], file: bytes | None, name: str = "a.png") -> tuple[bytes, str]:
    """A multipart body and its type."""
    edge = b"frontier"
    parts = [
        b'--%s\r\nContent-Disposition: form-data; name="%s"\r\n\r\n%s\r\n'
        % (edge, key.encode(), value.encode())
        for key, value in fields.items()
    ]
    if file is not None:
        head = f'Content-Disposition: form-data; name="file"; filename="{name}"'.encode()
        parts.append(b"--%s\r\n%s\r\nContent-Type: image/png\r\n\r\n%s\r\n" % (edge, head, file))
    return b"".join(parts) + b"--" + edge + b"--\r\n", "multipart/form-data; boundary=frontier"


def until(server: Served, person: Person, path: str, ends: set[object], key: str) -> dict:
    for _ in range(400):
        record = server.call("GET", path, headers=bearer(person) | own(person)).json["data"]
        if record[key] in ends:
            return record
        time.sleep(0.05)
    raise AssertionError(record)


# --- KIE's uploads


def upload(server: Served, person: Person, way: str) -> Reply:
    if way == "stream":
        body, kind = form({"uploadPath": "mine", "fileName": "../x.png"}, picture())
        headers = bearer(person) | {"Content-Type": kind}
        return server.call("POST", "/api/file-stream-upload", body, headers)
    if way == "base64":
        text = "data:image/png;base64," + base64.b64encode(picture()).decode()
        said = {"base64Data": text, "uploadPath": "mine", "fileName": "x.png"}
        return server.call("POST", "/api/file-base64-upload", said, bearer(person))
    with host({"/x.png": (200, "image/png", picture())}) as url:
        said = {"fileUrl": f"{url}/x.png", "uploadPath": "mine", "fileName": "x.png"}
        return server.call("POST", "/api/file-url-upload", said, bearer(person))


@pytest.mark.parametrize("way", ["base64", "stream", "url"])
def test_an_upload_becomes_an_input(server: Served, ann: Person, way: str) -> None:
    reply = upload(server, ann, way)
    assert reply.status == 200, reply.body
    assert reply.json["success"] is True
    told = reply.json["data"]
    assert (told["fileName"], told["filePath"]) == ("x.png", "mine/x.png")
    assert (told["fileSize"], told["mimeType"]) == (len(picture()), "image/png")
    stored = server.call("GET", told["downloadUrl"].removeprefix(server.url))
    assert stored.body == picture()
    made = server.call(
        "POST",
        "/api/v1/kling/generate",
        {"prompt": "it moves", "imageUrl": told["downloadUrl"]},
        bearer(ann),
    )
    assert made.status == 200, made.body
    (task,) = server.run(server.house.service.tasks(ann.customer.id))[:1]
    assert isinstance(task.request, ImageToVideo)
    assert task.request.image is not None
    assert task.request.image.fetch is None, "it was here already"
    path = f"/api/v1/kling/record-info?taskId={made.json['data']['taskId']}"
    assert until(server, ann, path, {1, 2}, "status")["status"] == 1


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("base64", {"base64Data": "!!", "uploadPath": "a"}),
        ("base64", {"base64Data": "aGVsbG8=", "uploadPath": "a"}),
        ("base64", {"base64Data": "aGVsbG8="}),
        ("url", {"fileUrl": "http://[::ffff:7f00:1]:1/x", "uploadPath": "a"}),
        ("url", {"uploadPath": "a"}),
        ("stream", {}),
        ("stream", b"no form"),
    ],
)
def test_what_can_not_be_uploaded(server: Served, ann: Person, path: str, body: object) -> None:
    reply = server.call("POST", f"/api/file-{path}-upload", body, bearer(ann))
    assert reply.status == 400, reply.body
    assert set(reply.json) == {"success", "code", "msg"}
    assert (reply.json["success"], reply.json["code"]) == (False, 400)


def test_a_form_without_its_edge(server: Served, ann: Person) -> None:
    for kind in ("multipart/form-data", "multipart/form-data; boundary=other"):
        body, _ = form({"uploadPath": "a"}, picture())
        headers = bearer(ann) | {"Content-Type": kind}
        reply = server.call("POST", "/api/file-stream-upload", body, headers)
        assert reply.status == 400, reply.body
        assert reply.json["code"] == 400


def test_an_address_that_does_not_answer_is_no_fault_of_ours(server: Served, ann: Person) -> None:
    with host({}) as url:
        said = {"fileUrl": f"{url}/none.png", "uploadPath": "a"}
        reply = server.call("POST", "/api/file-url-upload", said, bearer(ann))
    assert reply.status == 400, reply.body
    assert set(reply.json) == {"success", "code", "msg"}


# --- KIE's other calls


def made_film(server: Served, person: Person) -> dict:
    body = {"prompt": "a lake", "model": "kling-2-5-turbo"}
    made = server.call("POST", "/api/v1/kling/generate", body, bearer(person))
    path = f"/api/v1/kling/record-info?taskId={made.json['data']['taskId']}"
    return until(server, person, path, {1, 2}, "status")


def test_a_new_link_to_ones_own_film_alone(server: Served, ann: Person) -> None:
    url = made_film(server, ann)["videoUrl"]

    def ask(person: Person, asked: str) -> Reply:
        path = "/api/v1/common/download-url"
        return server.call("POST", path, {"url": asked}, bearer(person))

    again = ask(ann, url)
    assert again.status == 200
    assert server.call("GET", again.json["data"].removeprefix(server.url)).status == 200
    assert ask(server.person("bob"), url).status == 404
    for foreign in ("https://x.example/a.mp4", url.replace("&s=", "&s=A"), "nonsense", ""):
        assert ask(ann, foreign).status == 422


def test_a_film_of_ours_is_an_input_by_its_link(server: Served, ann: Person) -> None:
    url = made_film(server, ann)["videoUrl"]
    body = {"prompt": "a lake", "imageUrl": url}
    refused = server.call("POST", "/api/v1/kling/generate", body, bearer(ann))
    assert (refused.status, refused.json["code"]) == (400, 1002), "it is a film and no picture"
    forged = {"prompt": "a lake", "imageUrl": url.replace("&s=", "&s=A")}
    refused = server.call("POST", "/api/v1/kling/generate", forged, bearer(ann))
    assert (refused.status, refused.json["code"]) == (400, 1002)
    assert "no such file" in refused.json["message"]


def test_credit_is_a_bare_number(server: Served) -> None:
    person = server.person("saver", credits=123)
    for path in ("/api/v1/chat/credit", "/api/v1/user/credits"):
        reply = server.call("GET", path, headers=bearer(person))
        assert reply.json == {"code": 200, "msg": "success", "data": 123}


def test_both_faces_show_the_same_task(server: Served, ann: Person) -> None:
    record = made_film(server, ann)
    other = server.call(
        "GET", f"/api/v1/jobs/recordInfo?taskId={record['taskId']}", headers=bearer(ann)
    ).json["data"]
    assert other["state"] == "success"
    assert json.loads(other["resultJson"])["resultUrls"] == [record["videoUrl"]]
    assert json.loads(other["param"]) == {"prompt": "a lake", "model": "kling-2-5-turbo"}
    assert other["creditsConsumed"] == 50


@pytest.mark.parametrize(
    "path",
    [
        "/api/v1/jobs",
        "/api/v1/kling/x",
        "/api/v1/common/y",
        "/api/file-x",
        "/api/v1/veo/record-info",
    ],
)
def test_s2_unknown_paths_are_told_as_json(server: Served, path: str) -> None:
    reply = server.call("GET", path)
    assert reply.status == 404
    assert reply.json["code"] == 404


def test_a_picture_that_can_not_be_fetched_fails_the_task_in_kies_words(
    server: Served, ann: Person
) -> None:
    with host({"/a.png": (200, "image/png", b"no picture")}) as url:
        body = {"prompt": "a lake", "imageUrl": f"{url}/a.png"}
        made = server.call("POST", "/api/v1/kling/generate", body, bearer(ann))
        before = server.run(server.house.service.balance(ann.customer.id))
        path = f"/api/v1/kling/record-info?taskId={made.json['data']['taskId']}"
        record = until(server, ann, path, {1, 2}, "status")
    assert (record["status"], record["errorCode"]) == (2, 1002)
    assert record["errorMessage"].startswith("imageUrl ")
    after = server.run(server.house.service.balance(ann.customer.id))
    assert after.available > before.available, "the hold was given back"


# --- PiAPI


def piapi(server: Served, person: Person, prompt: str, **config: object) -> dict:
    body = {"model": "kling", "task_type": "txt2video", "input": {"prompt": prompt}}
    reply = server.call("POST", "/api/v1/task", {**body, "config": config}, own(person))
    assert reply.status == 200, reply.body
    return reply.json["data"]


def test_only_pending_tasks_are_cancelled(server: Served) -> None:
    person = server.person("hasty")
    running = piapi(server, person, "slow 30")
    until(server, person, f"/api/v1/task/{running['task_id']}", {"processing"}, "status")
    late = server.call("DELETE", f"/api/v1/task/{running['task_id']}", headers=own(person))
    assert late.status == 400
    assert late.json["data"]["error"]["code"] == 1000
    waiting = [piapi(server, person, "slow 30") for _ in range(3)]
    path = f"/api/v1/task/{waiting[0]['task_id']}"
    for _ in range(2):
        gone = server.call("DELETE", path, headers=own(person))
        told = f"task {waiting[0]['task_id']} canceled"
        assert gone.json == {"code": 200, "message": told}
    record = server.call("GET", path, headers=own(person)).json["data"]
    assert (record["status"], record["error"]["message"]) == ("failed", "task canceled")
    assert record["meta"]["usage"]["consume"] == 0
    stranger = server.call("DELETE", path, headers=own(server.person("bob")))
    assert stranger.status == 404
    older = f"/api/v1/tasks?created_before={int(time.time()) + 10}&model=kling"
    none = f"/api/v1/tasks?created_before={int(time.time()) - 1000}"
    other = f"/api/v1/tasks?created_before={int(time.time()) + 10}&model=luma"
    told = [
        server.call("DELETE", each, headers=own(person)).json["message"]
        for each in (none, other, older, older)
    ]
    assert [text.partition(" ")[0] for text in told] == ["0", "0", "2", "0"]
    server.run(server.house.service.cancel(person.customer.id, newest(server, person, -1)))


def newest(server: Served, person: Person, at: int) -> str:
    return server.run(server.house.service.tasks(person.customer.id))[at].id


def test_histories_are_paged_and_private(server: Served) -> None:
    person = server.person("chronicler")
    ids = [piapi(server, person, f"lake {at}")["task_id"] for at in range(5)][::-1]
    seen = []
    for page in (1, 2, 3):
        path = f"/api/open/tasks/histories?page={page}&page_size=2&model=kling"
        told = server.call("GET", path, headers=own(person)).json["data"]
        assert (told["total"], told["page"], told["page_size"]) == (5, page, 2)
        seen += [each["task_id"] for each in told["tasks"]]
    assert seen == ids
    stranger = server.call("GET", "/api/open/tasks/histories", headers=own(server.person("new")))
    assert stranger.json["data"]["tasks"] == []
    past = "/api/open/tasks/histories?end_time=1000"
    assert server.call("GET", past, headers=own(person)).json["data"]["total"] == 0


def test_s4_20_the_account_shows_credits_and_dollars(server: Served) -> None:
    person = server.person("owner of 100", credits=100, plan="piapi-creator")
    told = server.call("GET", "/account/info", headers=own(person)).json["data"]
    assert told["account_name"] == "owner of 100"
    assert told["plan"] == "piapi-creator"
    assert (told["credits"], told["equivalent_in_usd"]) == (100, 0.5)


def test_s4_13_points_are_the_plans_prices(server: Served) -> None:
    person = server.person("payer", plan="piapi-creator")
    usage = piapi(server, person, "a lake")["meta"]["usage"]
    assert usage == {"type": "point", "frozen": 1_600_000, "consume": 1_600_000}


def test_the_secret_is_shown_to_its_owner_and_kept_encrypted(server: Served) -> None:
    person = server.person("keeper")
    hook = {"endpoint": "https://x.example/hook", "secret": "plainly visible"}
    made = piapi(server, person, "slow 5", webhook_config=hook)
    assert made["config"]["webhook_config"] == hook
    path = f"/api/v1/task/{made['task_id']}"
    shown = server.call("GET", path, headers=own(person)).json["data"]
    assert shown["config"]["webhook_config"] == hook
    rows = sqlite3.connect(server.house._home / "filmgate.db").iterdump()
    assert not any("plainly visible" in row for row in rows)
    server.call("DELETE", path, headers=own(person))


def test_a_refused_create_keeps_no_secret(server: Served) -> None:
    person = server.person("broke", credits=0)
    hook = {"endpoint": "https://x.example/hook", "secret": "left over"}
    body = {"model": "kling", "task_type": "txt2video", "input": {"prompt": "a"}}
    config = {"webhook_config": hook}
    reply = server.call("POST", "/api/v1/task", {**body, "config": config}, own(person))
    assert reply.status == 402
    database = sqlite3.connect(server.house._home / "filmgate.db")
    owners = [
        row[0] for row in database.execute("select owner from secret where name like 'call%'")
    ]
    assert person.customer.id not in owners


def test_s4_14_a_private_account_is_refused_while_there_is_none(
    server: Served, ann: Person
) -> None:
    body = {"model": "kling", "task_type": "txt2video", "input": {"prompt": "a"}}
    reply = server.call(
        "POST", "/api/v1/task", {**body, "config": {"service_mode": "private"}}, own(ann)
    )
    assert reply.status == 400
    assert "none is connected" in reply.json["data"]["error"]["detail"]


# --- INFINITO


def test_s0_07_credits_are_told_taken_and_given_back(server: Served) -> None:
    person = server.person("careful", credits=60)
    path = "/api/kling"
    made = server.call("POST", path, {"prompt": "trash"}, bearer(person)).json
    assert (made["creditsCharged"], made["balance"]) == (50, 10)
    for _ in range(200):
        record = server.call("GET", f"{path}?taskId={made['taskId']}", headers=bearer(person)).json
        if record["status"] == "failed":
            break
        time.sleep(0.05)
    assert record["refunded"] is True
    assert record["transactionId"] == made["transactionId"]
    assert server.run(server.house.service.balance(person.customer.id)).available == 60
    quoted = server.house.service.transaction(person.customer.id, made["transactionId"])
    assert server.run(quoted).credits == 50


def test_s0_13_admins_alone_see_details(server: Served) -> None:
    admin = server.person("boss", role=Role.ADMIN, credits=0)
    user = server.person("user", credits=0)
    told = [
        server.call("POST", "/api/kling", {"prompt": "a lake"}, bearer(person)).json
        for person in (admin, user)
    ]
    assert told[0]["details"].startswith("TopUp: ")
    assert "details" not in told[1]
    assert told[0]["error"] == told[1]["error"]
    assert told[1]["error"].startswith("Insufficient credits")


@pytest.mark.parametrize("prefix", ["", "data:image/png;base64,"])
def test_s0_10_a_picture_in_base64_selects_image_to_video(
    server: Served, ann: Person, prefix: str
) -> None:
    body = {"prompt": "it moves", "image": prefix + base64.b64encode(picture()).decode()}
    made = server.call("POST", "/api/kling", body, bearer(ann))
    assert made.status == 200, made.body
    (task,) = server.run(server.house.service.tasks(ann.customer.id))[:1]
    assert isinstance(task.request, ImageToVideo)
    assert (task.request.mode, task.model) == ("pro", "kling-v2-5-turbo")
    small = {"image": base64.b64encode(picture(100)).decode()}
    refused = server.call("POST", "/api/kling", small, bearer(ann))
    assert refused.status == 400
    assert "300 px" in refused.json["error"]
