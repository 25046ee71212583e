"""Kling's API against a real server: what Kling's programs send, and what they must get."""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import jwt
import pytest
from PIL import Image
from tests.pretend.films import write_sound
from tests.pretend.hosts import Heard, host
from tests.pretend.served import Answer, Server, served
from tests.unit.kling_bodies import MINIMAL

from filmgate.domain.standard_webhooks import verify
from filmgate.protocols.kling.auth import token
from filmgate.protocols.kling.endpoints import ENDPOINTS

T2V, I2V = "/v1/videos/text2video", "/v1/videos/image2video"
PATIENCE_S = 30.0


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with served(tmp_path_factory.mktemp("kling")) as running:
        yield running


@pytest.fixture(scope="module")
def photo(tmp_path_factory: pytest.TempPathFactory) -> str:
    path = tmp_path_factory.mktemp("photo") / "photo.png"
    Image.linear_gradient("L").resize((640, 400)).convert("RGB").save(path)
    return base64.b64encode(path.read_bytes()).decode()


def ok(answer: Answer) -> dict:
    told = answer.json
    assert (answer.status, told["code"], told["message"]) == (200, 0, "SUCCEED"), told
    assert len(told["request_id"]) == 36
    return told["data"]


def refused(answer: Answer) -> tuple[int, int, str]:
    told = answer.json
    assert set(told) == {"code", "message", "request_id"}, told
    return answer.status, told["code"], told["message"]


def finished(server: Server, path: str, task_id: str, who: str = "rich") -> dict:
    until = time.monotonic() + PATIENCE_S
    while time.monotonic() < until:
        task = ok(server.call("GET", f"{path}/{task_id}", who=who))
        if task["task_status"] in {"succeed", "failed"}:
            return task
        time.sleep(0.05)
    raise AssertionError(f"{task_id} does not end: {task}")


def film_of(server: Server, task: dict) -> bytes:
    (video,) = task["task_result"]["videos"]
    assert video["url"].startswith(f"{server.address}/files/"), video
    answer = server.call("GET", video["url"].removeprefix(server.address), who=None)
    assert answer.status == 200
    return answer.body


def signed(server: Server, **changes: object) -> dict[str, str]:
    """The header of a token as Kling's samples make it, with changes to its claims."""
    access, secret = server.keys["rich pair shown"], server.keys["rich pair"]
    now = int(time.time())
    claims = {"iss": access, "exp": now + 1800, "nbf": now - 5, **changes}
    made = jwt.encode(claims, str(changes.get("key", secret)), headers={"typ": "JWT"})
    return {"Authorization": f"Bearer {made}"}


# --- from create to film


def test_s3_10_a_film_from_words(server: Server) -> None:
    made = ok(server.call("POST", T2V, {"prompt": "a lake", "external_task_id": "mine-1"}))
    assert made["task_id"].isdigit()
    assert len(made["task_id"]) == 18
    assert made["task_status"] == "submitted"
    assert made["task_info"] == {"external_task_id": "mine-1"}
    assert made["created_at"] == made["updated_at"]
    task = finished(server, T2V, made["task_id"])
    assert task["task_status"] == "succeed", task
    assert task["final_unit_deduction"] == "1.7857"
    assert float(task["task_result"]["videos"][0]["duration"]) > 0
    assert film_of(server, task).startswith(b"film of seed")


def test_s3_11_a_token_and_a_key_open_the_same(server: Server) -> None:
    access, secret = server.keys["rich pair shown"], server.keys["rich pair"]
    header = {"Authorization": f"Bearer {token(access, secret, int(time.time()))}"}
    made = ok(server.call("POST", T2V, {"prompt": "x"}, who=None, headers=header))
    assert ok(server.call("GET", f"{T2V}/{made['task_id']}"))["task_id"] == made["task_id"]


def test_s3_02_a_film_from_a_picture_raw_and_as_data(server: Server, photo: str) -> None:
    for image in (photo, f"data:image/png;base64,{photo}"):
        made = ok(server.call("POST", I2V, {"image": image, "prompt": "go on"}))
        assert finished(server, I2V, made["task_id"])["task_status"] == "succeed"


def test_a_picture_is_fetched_when_the_task_starts(server: Server, photo: str) -> None:
    pages = {
        "/photo.png": (200, "image/png", base64.b64decode(photo)),
        "/photo.gif": (200, "image/gif", b"GIF89a" + bytes(100)),
    }
    with host(pages) as address:
        made = ok(server.call("POST", I2V, {"image": f"{address}/photo.png"}))
        assert finished(server, I2V, made["task_id"])["task_status"] == "succeed"
        made = ok(server.call("POST", I2V, {"image": f"{address}/photo.gif"}))
        task = finished(server, I2V, made["task_id"])
    assert task["task_status"] == "failed"
    assert task["task_status_msg"].startswith("image ")
    assert task["final_unit_deduction"] == "0"


def test_any_task_is_read_under_any_word_and_by_either_name(server: Server) -> None:
    made = ok(server.call("POST", T2V, {"prompt": "x", "external_task_id": "name of mine"}))
    for path in (T2V, I2V, "/kling/v1/videos/omni-video"):
        for name in (made["task_id"], "name%20of%20mine"):
            assert ok(server.call("GET", f"{path}/{name}"))["task_id"] == made["task_id"]


def test_lists_show_their_kind_newest_first(server: Server, photo: str) -> None:
    first = ok(server.call("POST", T2V, {"prompt": "one"}))["task_id"]
    second = ok(server.call("POST", T2V, {"prompt": "two"}))["task_id"]
    other = ok(server.call("POST", I2V, {"image": photo}))["task_id"]
    listed = [task["task_id"] for task in ok(server.call("GET", T2V))]
    assert listed[:2] == [second, first]
    assert other not in listed
    page = ok(server.call("GET", f"{T2V}?pageNum=2&pageSize=1"))
    assert [task["task_id"] for task in page] == [first]


def test_the_newer_design_makes_finds_and_searches(server: Server) -> None:
    body = {
        "prompt": "a lake",
        "settings": {"resolution": "720p", "duration": 5},
        "options": {"external_task_id": "new-1"},
    }
    made = ok(server.call("POST", "/text-to-video/kling-2.5-turbo", body))
    assert (made["status"], made["external_id"]) == ("submitted", "new-1")
    finished(server, T2V, made["id"])
    legacy = ok(server.call("POST", T2V, {"prompt": "older"}))["task_id"]
    found = ok(server.call("GET", f"/tasks?task_ids={made['id']},1,{legacy}"))
    assert [task["id"] for task in found] == [made["id"], legacy]
    assert found[0]["status"] == "succeeded"
    assert found[0]["outputs"][0]["type"] == "video"
    assert found[0]["billing"][0]["charge_type"] == "unit"
    assert ok(server.call("GET", "/tasks?external_task_ids=new-1"))[0]["id"] == made["id"]
    seen: list[str] = []
    cursor = None
    while True:
        page = ok(server.call("POST", "/tasks", {"limit": 2, "cursor": cursor or ""}))
        seen += [task["id"] for task in page["result"]]
        assert page["count"] == len(page["result"])
        cursor = page["next_cursor"]
        if not page["has_more"]:
            break
    assert len(seen) == len(set(seen))
    assert {made["id"], legacy} <= set(seen)
    none = ok(
        server.call("POST", "/tasks", {"filters": [{"key": "product_type", "values": ["try_on"]}]})
    )
    assert (none["count"], none["has_more"]) == (0, False)


def test_the_ledger_is_told_as_packs_and_bills(server: Server) -> None:
    made = ok(server.call("POST", T2V, {"prompt": "counted"}, who="other"))
    finished(server, T2V, made["task_id"], "other")
    now = int(time.time() * 1000)
    span = f"start_time=0&end_time={now + 1000}"
    costs = ok(server.call("GET", f"/account/costs?{span}", who="other"))
    (pack,) = costs["resource_pack_subscribe_infos"]
    assert round(pack["total_quantity"] - pack["remaining_quantity"], 3) == 1.786
    bill = ok(
        server.call(
            "POST",
            "/account/billing/package",
            {"start_time": 0, "end_time": str(now + 1000)},
            who="other",
        )
    )
    (line,) = bill["result"]["detail"]
    assert line["task_id"] == made["task_id"]
    assert line["unit_before_deduction"] - line["unit_after_deduction"] == pytest.approx(
        line["deduction_amount"]
    )
    assert line["unit_after_deduction"] == pytest.approx(pack["remaining_quantity"])


def test_a_repeated_call_makes_no_second_task(server: Server) -> None:
    key = {"Idempotency-Key": "once"}
    first = ok(server.call("POST", T2V, {"prompt": "once"}, headers=key))["task_id"]
    assert ok(server.call("POST", T2V, {"prompt": "once"}, headers=key))["task_id"] == first
    status, code, _ = refused(server.call("POST", T2V, {"prompt": "twice"}, headers=key))
    assert (status, code) == (400, 1201)


# --- who calls

DENIED: list[tuple[str, Callable[[Server], dict[str, str]], int, str | None]] = [
    ("no header", lambda _: {}, 1001, None),
    ("another scheme", lambda _: {"Authorization": "Basic abc"}, 1002, None),
    (
        "nobody's key",
        lambda _: {"Authorization": "Bearer nobody"},
        1002,
        "The token was expected to have 3 parts, but got 0",
    ),
    ("a token of another secret", lambda s: signed(s, key="k" * 40), 1000, None),
    ("an unknown access key", lambda s: signed(s, iss="ak_nobody"), 1002, None),
    ("too early", lambda s: signed(s, nbf=int(time.time()) + 600), 1003, None),
    ("too late", lambda s: signed(s, exp=int(time.time()) - 600), 1004, None),
]


@pytest.mark.parametrize(("headers", "code", "message"), [row[1:] for row in DENIED])
def test_who_may_not_is_told_so(
    server: Server, headers: Callable[[Server], dict[str, str]], code: int, message: str | None
) -> None:
    answer = server.call("POST", T2V, {"prompt": "x"}, who=None, headers=headers(server))
    status, found, told = refused(answer)
    assert (status, found) == (401, code)
    assert message is None or told == message


def test_the_newer_design_takes_no_tokens(server: Server) -> None:
    for headers in (signed(server), {"Authorization": "Bearer nobody"}):
        answer = server.call("GET", "/tasks?task_ids=1", who=None, headers=headers)
        status, code, told = refused(answer)
        assert (status, code) == (401, 1002)
        assert told.startswith("Authentication error. The current API does not support AK/SK")


def test_another_customer_sees_nothing(server: Server) -> None:
    made = ok(server.call("POST", T2V, {"prompt": "mine", "external_task_id": "secret name"}))
    finished(server, T2V, made["task_id"])
    for name in (made["task_id"], "secret%20name"):
        status, code, told = refused(server.call("GET", f"{T2V}/{name}", who="other"))
        assert (status, code) == (400, 1201)
        assert told == f"Task not found by id/external id: {name.replace('%20', ' ')}"
    listed = [task["task_id"] for task in ok(server.call("GET", T2V, who="other"))]
    assert made["task_id"] not in listed
    ids = f"/tasks?task_ids={made['task_id']}"
    assert ok(server.call("GET", ids, who="other")) == []
    search = ok(server.call("POST", "/tasks", {}, who="other"))
    assert made["task_id"] not in [task["id"] for task in search["result"]]
    extend = {"video_id": made["task_id"]}
    status, code, _ = refused(server.call("POST", "/v1/videos/video-extend", extend, who="other"))
    assert (status, code) == (400, 1201)


# --- what is refused, and how

BROKEN: list[tuple[str, object, int, int, str]] = [
    (T2V, b"{", 400, 1200, "request body is not valid JSON"),
    (T2V, [], 400, 1200, "request body must be a JSON object"),
    (T2V, {}, 400, 1201, "prompt is required"),
    (T2V, {"prompt": "x" * 2501}, 400, 1201, "prompt must have at most 2500 characters"),
    (T2V, {"prompt": "x", "duration": "7s"}, 400, 1201, "duration value '7s' is invalid"),
    (T2V, {"prompt": "x", "mode": "standard"}, 400, 1201, "mode value 'standard' is invalid"),
    (T2V, {"prompt": "x", "model_name": "kling-v99"}, 404, 1203, ""),
    (
        I2V,
        {"image": "PHOTO", "image_tail": "PHOTO", "model_name": "kling-v2-5-turbo"},
        400,
        1201,
        "model/mode/duration(kling-v2-5-turbo/std/5) is not supported with image_tail",
    ),
    (I2V, {"image": "http://127.0.0.1:1/a b.png"}, 400, 1201, ""),
    (
        "/text-to-video/kling-2.6",
        {"prompt": "x", "settings": {"resolution": "9000p"}},
        400,
        1201,
        "settings.resolution value '9000p' is invalid",
    ),
    ("/account/billing/package", {"start_time": "", "end_time": 2}, 400, 1201, ""),
    ("/v1/videos/nothing", {}, 404, 1203, ""),
    ("/v1/images/generations", {"prompt": "x"}, 404, 1203, ""),
]


@pytest.mark.parametrize(("path", "body", "status", "code", "message"), BROKEN)
def test_a_bad_call_is_told_in_klings_words(
    server: Server, photo: str, path: str, body: object, status: int, code: int, message: str
) -> None:
    sent = body if isinstance(body, bytes) else json.dumps(body).replace("PHOTO", photo).encode()
    found = refused(server.call("POST", path, sent))
    assert found[:2] == (status, code), found
    assert not message or found[2] == message


def test_wrong_methods(server: Server) -> None:
    for method, path in (("DELETE", T2V), ("PUT", f"{T2V}/1"), ("GET", "/v1/audio/tts")):
        assert refused(server.call(method, path))[:2] == (404, 1202), path


def test_a_name_is_taken_once(server: Server) -> None:
    body = {"prompt": "x", "external_task_id": "taken"}
    ok(server.call("POST", T2V, body))
    assert refused(server.call("POST", T2V, body)) == (
        400,
        1201,
        "External_task_id taken already exists",
    )


def test_an_empty_purse_is_told_by_code(server: Server) -> None:
    answer = server.call("POST", T2V, {"prompt": "x"}, who="poor")
    assert refused(answer) == (429, 1102, "Account balance not enough")


def test_every_kind_is_made_or_refused_honestly(server: Server, photo: str) -> None:
    """Nothing is accepted here that can't be made here, and every refusal has Kling's shape."""
    for path, body in MINIMAL.items():
        answer = server.call("POST", path, body)
        told = answer.json
        if told["code"] == 0:
            continue
        status, code, message = refused(answer)
        assert (status, code) == (400, 1201), (path, told)
        assert message, path
    assert set(MINIMAL) <= set(ENDPOINTS) | {path for path in MINIMAL if path.count("/") == 2}


# --- voices and elements


def test_a_voice_is_made_listed_used_and_deleted(server: Server, tmp_path: Path) -> None:
    wav = write_sound(tmp_path / "voice.wav", seconds=6.0)
    voices = "/v1/general/custom-voices"
    with host({"/voice.wav": (200, "audio/wav", wav.read_bytes())}) as address:
        body = {"voice_name": "Ann", "voice_url": f"{address}/voice.wav", "external_task_id": "v"}
        made = ok(server.call("POST", voices, body))
        assert refused(server.call("POST", voices, body))[2] == "External_task_id v already exists"
        body = {"voice_name": "Bob", "voice_url": f"{address}/nothing.wav"}
        assert refused(server.call("POST", voices, body))[:2] == (400, 1201)
    for name in (made["task_id"], "v"):
        told = ok(server.call("GET", f"{voices}/{name}"))
        assert told["task_status"] == "succeed"
    (voice,) = told["task_result"]["voices"]
    assert (voice["voice_name"], voice["owned_by"].isdigit()) == ("Ann", True)
    trial = server.call("GET", voice["trial_url"].removeprefix(server.address), who=None)
    assert trial.body == wav.read_bytes()
    assert [each["task_id"] for each in ok(server.call("GET", voices))] == [made["task_id"]]
    assert ok(server.call("GET", voices, who="other")) == []
    gone = {"voice_id": voice["voice_id"]}
    delete = "/v1/general/delete-voices"
    assert refused(server.call("POST", delete, gone, who="other"))[2] == "Voice id not found"
    assert ok(server.call("POST", delete, gone))["task_status"] == "succeed"
    assert ok(server.call("GET", voices)) == []


def test_an_element_is_made_both_ways_and_deleted_once(server: Server, photo: str) -> None:
    new, old = "/v1/general/advanced-custom-elements", "/v1/general/custom-elements"
    pictures = {"frontal_image": photo, "refer_images": [{"image_url": photo}]}
    body = {
        "element_name": "Ann",
        "element_description": "a girl",
        "reference_type": "image_refer",
        "element_image_list": pictures,
        "tag_list": [{"tag_id": "o_101"}],
    }
    made = ok(server.call("POST", new, body))
    told = ok(server.call("GET", f"{new}/{made['task_id']}"))
    (element,) = told["task_result"]["elements"]
    assert isinstance(element["element_id"], int)
    assert element["tag_list"] == [{"id": "o_101", "name": "Hottest", "description": ""}]
    assert element["element_image_list"]["frontal_image"].startswith(server.address)
    body = {
        "element_name": "Bob",
        "element_description": "a boy",
        "element_frontal_image": photo,
        "element_refer_list": [{"image_url": photo}],
    }
    immediate = ok(server.call("POST", old, body))
    assert immediate["element_name"] == "Bob"
    delete = {"element_id": str(element["element_id"])}
    ok(server.call("POST", "/v1/general/delete-elements", delete))
    status, code, message = refused(
        server.call("POST", "/v1/general/delete-advanced-elements", delete)
    )
    assert (status, code, "already be deleted" in message) == (400, 1201, True)
    body = {"image": photo, "element_list": [{"element_id": element["element_id"]}]}
    told = refused(server.call("POST", I2V, {**body, "model_name": "kling-v3"}))
    assert told[2] == f"element_list[0].element_id value '{element['element_id']}' is invalid"


def test_presets_are_listed(server: Server) -> None:
    (first, *_) = ok(server.call("GET", "/v1/general/presets-voices"))
    assert first["task_result"]["voices"][0]["owned_by"] == "kling"


# --- callbacks


def last_of(heard: list[Heard], path: str, key: str, end: str) -> list[dict]:
    """Everything told there, in the order of its making, once the end has been told."""
    until = time.monotonic() + PATIENCE_S
    while time.monotonic() < until:
        told = [json.loads(each.body) for each in heard if each.path == path]
        if any(each[key] == end for each in told):
            return told
        time.sleep(0.05)
    raise AssertionError(f"{path} never heard of {end}: {heard}")


def test_every_change_is_told_in_the_body_of_its_design(server: Server) -> None:
    heard: list[Heard] = []
    with host({}, heard=heard) as address:
        body = {"prompt": "x", "callback_url": f"{address}/legacy"}
        made = ok(server.call("POST", T2V, body))
        body = {"prompt": "x", "options": {"callback_url": f"{address}/new"}}
        newer = ok(server.call("POST", "/text-to-video/kling-2.6", body))
        told = last_of(heard, "/legacy", "task_status", "succeed")
        told_new = last_of(heard, "/new", "status", "succeeded")
    assert {each["task_id"] for each in told} == {made["task_id"]}
    done = next(each for each in told if each["task_status"] == "succeed")
    assert done["task_result"]["videos"][0]["url"].startswith(server.address)
    assert {each["task_status"] for each in told} >= {"submitted", "succeed"}
    assert {each["id"] for each in told_new} == {newer["id"]}
    done = next(each for each in told_new if each["status"] == "succeeded")
    assert done["outputs"][0]["type"] == "video"
    for each in heard:
        verify([server.keys["rich webhook"]], each.headers, each.body, time.time())
