"""One body of tests for every protocol that is served, over real HTTP."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from typing import Any

import pytest
from PIL import Image
from tests.contract.protocols import SPEAKERS, Called, Media, Speaker, Wrong
from tests.pretend.able import able_houses
from tests.pretend.films import write_film, write_sound
from tests.pretend.hosts import Page, host
from tests.pretend.requests import ANY
from tests.pretend.rooms import accept, new_task
from tests.pretend.server import Person, Reply, Served, served

from filmgate.domain.change import Change
from filmgate.domain.request import Kind, TextToVideo
from filmgate.domain.task import Fault, Result, State, Task, move
from filmgate.settings import Settings
from filmgate.usecases.submit_task import Options

ENDS_S = 30.0
BANNED = "forbiddenthing"
WAY: dict[State, tuple[State, ...]] = {
    State.QUEUED: (),
    State.STARTING: (State.STARTING,),
    State.IN_DOUBT: (State.STARTING, State.IN_DOUBT),
    State.RUNNING: (State.STARTING, State.RUNNING),
    State.FETCHING: (State.STARTING, State.RUNNING, State.FETCHING),
    State.SUCCEEDED: (State.STARTING, State.RUNNING, State.FETCHING, State.SUCCEEDED),
    State.FAILED: (State.STARTING, State.FAILED),
    State.CANCELLED: (State.CANCELLED,),
}


@pytest.fixture(params=list(SPEAKERS))
def speaker(request: pytest.FixtureRequest) -> Speaker:
    return SPEAKERS[request.param]


@pytest.fixture(scope="module")
def still(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """Nothing moves here by itself."""
    folder = tmp_path_factory.mktemp("still")
    settings = Settings(home=folder, banned_words=(BANNED,))
    with served(folder, drives=False, settings=settings) as running:
        yield running


@pytest.fixture(scope="module")
def able(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """Tasks are carried out, of every kind there is."""
    with able_houses(), served(tmp_path_factory.mktemp("able")) as running:
        yield running


@pytest.fixture(scope="module")
def media(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Media]:
    folder = tmp_path_factory.mktemp("media")
    clip = write_film(folder / "clip.mp4", size=(480, 480), frames=84)
    voice = write_sound(folder / "voice.wav", seconds=3)
    pages: dict[str, Page] = {
        "/a.png": (200, "image/png", _png("teal")),
        "/b.png": (200, "image/png", _png("navy")),
        "/clip.mp4": (200, "video/mp4", clip.read_bytes()),
        "/voice.wav": (200, "audio/wav", voice.read_bytes()),
    }
    with host(pages) as url:
        yield Media(f"{url}/a.png", f"{url}/b.png", f"{url}/clip.mp4", f"{url}/voice.wav")


def _png(color: str) -> bytes:
    file = BytesIO()
    Image.new("RGB", (400, 400), color).save(file, "PNG")
    return file.getvalue()


def create(server: Served, speaker: Speaker, person: Person, body: object) -> Reply:
    return server.call("POST", speaker.path_of(body), body, speaker.headers(person.token))


def read(server: Served, speaker: Speaker, person: Person, asked: str) -> Any:
    reply = server.call("GET", speaker.read_path(asked), headers=speaker.headers(person.token))
    assert reply.status == 200, reply.body
    return speaker.record_in(reply)


def ended(server: Served, speaker: Speaker, person: Person, asked: str) -> Any:
    ends = {speaker.words[state] for state in State if state.ended}
    until = time.monotonic() + ENDS_S
    while speaker.word_in(record := read(server, speaker, person, asked)) not in ends:
        assert time.monotonic() < until, record
        time.sleep(0.05)
    return record


def put(server: Served, task: Task, state: State) -> Task:
    """A task that stands there, however it came."""

    async def work() -> Task:
        found = await accept(server.house.service.store, task)
        for at, step in enumerate(WAY[state], start=2):
            moved = move(
                found,
                step,
                float(at),
                job="job" if step is State.RUNNING else None,
                fault=Fault.PROVIDER if step is State.FAILED else None,
                reason="the paint ran out" if step in {State.FAILED, State.CANCELLED} else None,
                result=_film(found) if step is State.SUCCEEDED else None,
            )
            change = Change(before=found, task=moved)
            found = await server.house.service.store.tasks.commit(change)
        return found

    return server.run(work())


def _film(task: Task) -> Result:
    return Result(
        path=f"results/{task.id}.mp4",
        digest="0" * 64,
        size_bytes=10,
        width=64,
        height=36,
        fps=10.0,
        duration_s=5.0,
    )


# --- states and kinds


@pytest.mark.parametrize("state", list(State))
def test_every_state_has_its_word(still: Served, speaker: Speaker, state: State) -> None:
    ann = still.person("ann")
    task = put(still, new_task(customer=ann.customer.id), state)
    record = read(still, speaker, ann, speaker.id_of(task.id))
    assert speaker.word_in(record) == speaker.words[state]
    film = speaker.film_in(record)
    assert (film is not None) == (state is State.SUCCEEDED)
    if film is not None:
        assert film.startswith(speaker.film_head(still.public_url, task.id))
    told = speaker.reason_in(record)
    assert (told is not None) == (state in {State.FAILED, State.CANCELLED})
    if state is State.FAILED:
        assert told == "the paint ran out"


@pytest.mark.parametrize("kind", list(Kind))
def test_a_task_of_any_kind_can_be_read(still: Served, speaker: Speaker, kind: Kind) -> None:
    """Ids are views of one task: it may have come over any protocol."""
    ann = still.person("ann")
    request, model = ANY[kind]
    for state in (State.QUEUED, State.SUCCEEDED):
        task = replace(new_task(customer=ann.customer.id), request=request, model=model)
        ready = put(still, task, state)
        record = read(still, speaker, ann, speaker.id_of(ready.id))
        assert speaker.word_in(record) == speaker.words[state]


def test_every_kind_is_expressed_or_listed(speaker: Speaker) -> None:
    expressed = set(speaker.kinds(Media("", "", "", "")))
    assert expressed | set(speaker.cannot) == set(Kind)
    assert not expressed & set(speaker.cannot)


EXPRESSED = [
    pytest.param(name, kind, id=f"{name}-{kind.value}")
    for name, each in SPEAKERS.items()
    for kind in Kind
    if kind not in each.cannot
]


@pytest.mark.parametrize(("name", "kind"), EXPRESSED)
def test_what_is_expressed_succeeds(able: Served, media: Media, name: str, kind: Kind) -> None:
    """With an engine that renders all kinds; over a plan that has a price for all."""
    speaker = SPEAKERS[name]
    ann = able.person("ann")
    if kind in {Kind.EXTEND, Kind.LIP_SYNC}:
        first = create(able, speaker, ann, speaker.kinds(media)[Kind.TEXT_TO_VIDEO])
        media = replace(media, task=speaker.id_in(first))
        ended(able, speaker, ann, media.task)
    made = create(able, speaker, ann, speaker.kinds(media)[kind])
    assert made.status == 200, made.body
    assert made.headers["filmgate-provider"] == "local"
    record = ended(able, speaker, ann, speaker.id_in(made))
    assert speaker.word_in(record) == speaker.words[State.SUCCEEDED], record
    url = speaker.film_in(record)
    assert url is not None
    film = able.call("GET", url.removeprefix(able.url), headers=speaker.headers(ann.token))
    assert film.status == 200
    assert film.body.startswith(b"film of seed ")
    (task,) = able.run(able.house.service.tasks(ann.customer.id))[:1]
    assert task.request.kind is kind


# --- refusals


def path_of(speaker: Speaker, body: object) -> str:
    return speaker.path_of(body) if isinstance(body, dict) else speaker.path


def wrong_call(
    server: Served, speaker: Speaker, wrong: Wrong, ann: Person
) -> tuple[str, str, object, dict[str, str]]:
    """Method, path, body and headers."""
    said: dict[Wrong, object] = {
        Wrong.NOT_JSON: b"{",
        Wrong.NO_OBJECT: [1],
        Wrong.EMPTY_PROMPT: speaker.text(**{speaker.prompt: ""}),
        Wrong.LONG_PROMPT: speaker.text(**{speaker.prompt: "x" * 6000}),
        Wrong.BANNED: speaker.text(**{speaker.prompt: f"a lake of {BANNED}"}),
        Wrong.MODEL: speaker.text(model="nonsense"),
        Wrong.RATIO: speaker.text(**{speaker.ratio: "7:3"}),
        Wrong.LENGTH: speaker.text(**{speaker.length: speaker.impossible_length}),
        Wrong.PICTURE: speaker.text(image="no address"),
        Wrong.INNER_PICTURE: speaker.text(image="http://[fe80::1]/a.png"),
    }
    headers = speaker.headers(ann.token)
    good = speaker.text()
    match wrong:
        case Wrong.NO_KEY:
            return "POST", speaker.path, good, {}
        case Wrong.FOREIGN_KEY:
            return "POST", speaker.path, good, speaker.headers("fg_nobody")
        case Wrong.POOR:
            headers = speaker.headers(server.person("poor", credits=0).token)
            return "POST", speaker.path, good, headers
        case Wrong.FULL:
            headers = speaker.headers(full_customer(server).token)
            return "POST", speaker.path, good, headers
        case Wrong.OFTEN:
            headers = speaker.headers(hasty_customer(server, speaker).token)
            return "POST", speaker.path, good, headers
        case Wrong.NO_TASK:
            return "GET", speaker.read_path(speaker.id_of("task_none")), None, headers
        case Wrong.NO_PATH:
            return "GET", speaker.strange_path, None, headers
        case Wrong.METHOD:
            return "PUT", speaker.path, good, headers
        case _:
            return "POST", path_of(speaker, said[wrong]), said[wrong], headers


def full_customer(server: Served) -> Person:
    """Whose plan takes five tasks and refuses more; nobody carries them out."""
    if "full" not in server.people:
        person = server.person("full", plan="kling")
        for _ in range(5):
            request = TextToVideo(prompt="a lake", model="kling-v2-5-turbo")
            server.run(server.house.service.submit(person.customer.id, request, Options()))
    return server.people["full"]


def hasty_customer(server: Served, speaker: Speaker) -> Person:
    """Who has just called as often as KIE's plan allows: 20 times in 10 s."""
    person = server.person(f"hasty with {speaker.name}", plan="kie")
    for _ in range(20):
        request = TextToVideo(prompt="a lake", model="kling-v2-5-turbo")
        server.run(server.house.service.submit(person.customer.id, request, Options()))
    return person


@pytest.mark.parametrize("wrong", list(Wrong))
def test_every_refusal_in_its_own_shape(still: Served, speaker: Speaker, wrong: Wrong) -> None:
    ann = still.person(f"user of {speaker.name}")
    before = still.run(still.house.service.count(ann.customer.id))
    method, path, body, headers = wrong_call(still, speaker, wrong, ann)
    reply = still.call(method, path, body, headers)
    assert reply.headers["content-type"].startswith("application/json")
    assert (reply.status, speaker.check_error(reply)) == speaker.answers[wrong], reply.body
    assert reply.headers["x-request-id"]
    if wrong in {Wrong.FULL, Wrong.OFTEN}:
        assert int(reply.headers["retry-after"]) > 0
    assert b"Traceback" not in reply.body
    assert still.run(still.house.service.count(ann.customer.id)) == before


def test_nobody_sees_another_ones_tasks(still: Served, speaker: Speaker) -> None:
    ann, bob = still.person(f"user of {speaker.name}"), still.person("bob")
    made = create(still, speaker, ann, speaker.text())
    asked = speaker.id_in(made)
    path = speaker.read_path(asked)
    reply = still.call("GET", path, headers=speaker.headers(bob.token))
    unknown = still.call(
        "GET", speaker.read_path(speaker.id_of("task_none")), headers=speaker.headers(bob.token)
    )
    assert (reply.status, speaker.check_error(reply)) == speaker.answers[Wrong.NO_TASK]
    shown = [
        each.body.replace(name.encode(), b"ID").replace(each.headers["x-request-id"].encode(), b"")
        for each, name in ((reply, asked), (unknown, speaker.id_of("task_none")))
    ]
    assert shown[0] == shown[1]


def test_empty_texts_and_nulls_are_absent(still: Served, speaker: Speaker) -> None:
    ann = still.person(f"user of {speaker.name}")
    for empty in ("", None):
        body = speaker.text(**{speaker.ratio: empty, speaker.length: empty, "image": empty})
        if "input" in body and speaker.name == "kie":
            body["model"] = "kling/v2-5-turbo-text-to-video-pro"
        if speaker.calls_back and empty is not None:
            body = speaker.with_callback(body, empty)
        made = create(still, speaker, ann, body)
        assert made.status == 200, made.body


@pytest.mark.parametrize("length", ["5", 5, 5.0, "10", 10])
def test_lengths_as_text_and_as_number(still: Served, speaker: Speaker, length: object) -> None:
    ann = still.person(f"user of {speaker.name}")
    made = create(still, speaker, ann, speaker.text(**{speaker.length: length}))
    assert made.status == 200, made.body
    (task,) = still.run(still.house.service.tasks(ann.customer.id))[:1]
    assert task.output.duration_s == float(str(length))


def test_the_same_call_twice_makes_one_task(still: Served, speaker: Speaker) -> None:
    ann = still.person(f"user of {speaker.name}")
    headers = speaker.headers(ann.token) | {"Idempotency-Key": f"once over {speaker.name}"}
    first = still.call("POST", speaker.path, speaker.text(), headers)
    again = still.call("POST", speaker.path, speaker.text(), headers)
    other = still.call("POST", speaker.path, speaker.text(prompt="another one"), headers)
    assert first.status == again.status == 200
    assert speaker.id_in(first) == speaker.id_in(again)
    assert 400 <= other.status < 500
    speaker.check_error(other)


# --- callbacks


class Receiver:
    """A customer's own server; says what the script says, and writes down what it gets."""

    def __init__(self, script: list[int], pause_s: float = 0.0) -> None:
        self.script = script
        self.pause_s = pause_s
        self.calls: list[Called] = []
        self.elsewhere: list[Called] = []
        self.url = ""

    def answer(self) -> int:
        return self.script[min(len(self.calls), len(self.script)) - 1]

    def wait(self, count: int, within_s: float = ENDS_S) -> list[Called]:
        until = time.monotonic() + within_s
        while len(self.calls) < count and time.monotonic() < until:
            time.sleep(0.05)
        assert len(self.calls) >= count
        return self.calls


@contextmanager
def receiving(*script: int, pause_s: float = 0.0) -> Iterator[Receiver]:
    receiver = Receiver(list(script), pause_s)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            called = Called({name: self.headers[name] for name in self.headers}, body)
            if self.path != "/hook":
                receiver.elsewhere.append(called)
                status = 200
            else:
                receiver.calls.append(called)
                status = receiver.answer()
            time.sleep(receiver.pause_s)
            try:
                self.send_response(status)
                if status == 302:
                    self.send_header("Location", "/elsewhere")
                self.send_header("Content-Length", "0")
                self.end_headers()
            except ConnectionError:
                pass  # it was given up

        def log_message(self, *said: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        receiver.url = f"http://127.0.0.1:{server.server_port}/hook"
        try:
            yield receiver
        finally:
            server.shutdown()
            thread.join()


def called_back(
    server: Served, speaker: Speaker, receiver: Receiver, prompt: str = "a lake"
) -> tuple[Person, str]:
    ann = server.person("ann")
    body = speaker.with_callback(speaker.text(prompt=prompt), receiver.url)
    made = create(server, speaker, ann, body)
    assert made.status == 200, made.body
    asked = speaker.id_in(made)
    ended(server, speaker, ann, asked)
    return ann, asked


@pytest.fixture(params=[name for name, each in SPEAKERS.items() if each.calls_back])
def caller(request: pytest.FixtureRequest) -> Speaker:
    return SPEAKERS[request.param]


def test_a_receiver_is_told_once_of_success(able: Served, caller: Speaker) -> None:
    with receiving(200) as receiver:
        ann, _ = called_back(able, caller, receiver)
        receiver.wait(caller.calls)
        time.sleep(1.5)
        assert len(receiver.calls) == caller.calls
    record = caller.check_call(receiver.calls[-1], ann)
    assert caller.word_in(record) == caller.words[State.SUCCEEDED]
    url = caller.film_in(record)
    assert url is not None
    assert able.call("GET", url.removeprefix(able.url)).status == 200


def test_a_receiver_is_told_of_failure(able: Served, caller: Speaker) -> None:
    with receiving(200) as receiver:
        ann, _ = called_back(able, caller, receiver, "trash")
        receiver.wait(caller.calls)
    record = caller.check_call(receiver.calls[-1], ann)
    assert caller.word_in(record) == caller.words[State.FAILED]
    assert caller.reason_in(record)
    assert caller.film_in(record) is None


@pytest.mark.slow
def test_a_receiver_that_was_down_is_told_again_the_same(able: Served, caller: Speaker) -> None:
    with receiving(500, 200) as receiver:
        ann, _ = called_back(able, caller, receiver)
        first, *_, again = receiver.wait(caller.calls + 1)
    assert first.body == again.body
    assert caller.check_call(first, ann) == caller.check_call(again, ann)


def test_redirects_are_not_followed(able: Served, caller: Speaker) -> None:
    with receiving(302) as receiver:
        called_back(able, caller, receiver)
        receiver.wait(1)
        time.sleep(0.5)
        assert receiver.elsewhere == []


@pytest.mark.slow
def test_a_receiver_that_is_gone_is_called_no_more(able: Served, caller: Speaker) -> None:
    with receiving(410) as receiver:
        called_back(able, caller, receiver)
        receiver.wait(1)
        time.sleep(1.5)  # calls of the same task may be out together before the answer is known
        told = len(receiver.calls)
        called_back(able, caller, receiver)
        time.sleep(1.5)
        assert len(receiver.calls) == told


def test_a_slow_receiver_holds_up_nothing(able: Served, caller: Speaker) -> None:
    """Neither its own task, nor the calls to others."""
    with receiving(200, pause_s=3.0) as slow, receiving(200) as quick:
        began = time.monotonic()
        called_back(able, caller, slow)
        called_back(able, caller, quick)
        quick.wait(1)
        assert time.monotonic() - began < 3.0
        slow.wait(1)


def test_a_receiver_that_may_not_be_called_harms_no_task(able: Served, caller: Speaker) -> None:
    ann = able.person("ann")
    body = caller.with_callback(caller.text(), "http://[fd00::1]/hook")
    made = create(able, caller, ann, body)
    if caller.looks_at_callbacks:
        assert made.status == 400
        caller.check_error(made)
        return
    assert made.status == 200, made.body
    record = ended(able, caller, ann, caller.id_in(made))
    assert caller.word_in(record) == caller.words[State.SUCCEEDED]


def test_the_document_tells_of_every_path(still: Served, speaker: Speaker) -> None:
    document = json.loads(still.call("GET", "/openapi.json").body)
    assert speaker.path in document["paths"]


def test_each_is_served_under_its_own_prefix_too(still: Served, speaker: Speaker) -> None:
    ann = still.person(f"user of {speaker.name}")
    prefix = "kie" if speaker.name == "kie-seed" else speaker.name
    made = still.call(
        "POST", f"/{prefix}{speaker.path}", speaker.text(), speaker.headers(ann.token)
    )
    assert made.status == 200, made.body
