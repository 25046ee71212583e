"""Every row of Kling's error table that this server can come to, provoked over HTTP.

1101 (arrears), 1103 (no permission for a model) and 1304 (allow-list) are states of an account that
customers of this server can't be in; 1300 is Kling's catch-all for 1301.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import NoReturn

import jwt
import pytest
from tests.pretend.server import BY, Person, Reply, Served, served

from filmgate.domain.customer import KeyKind
from filmgate.domain.errors import SetUp, Unreachable
from filmgate.entrypoints.api import app as door
from filmgate.protocols.kling.errors import TABLE, Code
from filmgate.settings import Settings

T2V = "/v1/videos/text2video"
FILM = {"prompt": "a lake at dawn", "model_name": "kling-v2-5-turbo"}
seen: set[Code] = set()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """Nothing is ever started here, so that queues fill."""
    home = tmp_path_factory.mktemp("errors") / "home"
    settings = Settings(home=home, banned_words=("unspeakable",))
    with served(home, drives=False, settings=settings) as running:
        yield running


def call(server: Served, who: Person, body: object = FILM, path: str = T2V) -> Reply:
    method = "GET" if body is None else "POST"
    return server.call(method, path, body, {"Authorization": f"Bearer {who.token}"})


def is_told(reply: Reply, code: Code) -> str:
    told = reply.json
    assert (reply.status, told["code"]) == (TABLE[code].status, code.value), told
    assert set(told) == {"code", "message", "request_id"}
    seen.add(code)
    return told["message"]


def test_0_all_is_well(server: Served) -> None:
    reply = call(server, server.person("well"))
    assert (reply.status, reply.json["code"]) == (200, 0)
    seen.add(Code.OK)


def test_1000_to_1004_who_calls(server: Served) -> None:
    customer = server.person("signer").customer
    pair = server.run(server.house.office.keys.create(customer, kind=KeyKind.PAIR, by=BY))
    now = int(time.time())

    def ask(secret: str = pair.secret, **claims: int) -> Reply:
        whole = {"iss": pair.key.shown, "exp": now + 1800, "nbf": now - 5, **claims}
        token = jwt.encode(whole, secret)
        return server.call("GET", T2V, None, {"Authorization": f"Bearer {token}"})

    assert ask().json["code"] == 0
    is_told(ask("another secret, long enough for the library"), Code.AUTHENTICATION_FAILED)
    is_told(server.call("GET", T2V), Code.AUTHORIZATION_EMPTY)
    headers = {"Authorization": "Bearer nobody"}
    is_told(server.call("GET", T2V, None, headers), Code.AUTHORIZATION_INVALID)
    is_told(ask(nbf=now + 600), Code.TOKEN_TOO_EARLY)
    is_told(ask(exp=now - 600), Code.TOKEN_EXPIRED)


def test_1100_a_customer_who_is_locked_out(server: Served) -> None:
    who = server.person("locked out")
    server.run(server.house.office.customers.disable(who.customer.id, by=BY))
    is_told(call(server, who), Code.ACCOUNT_ABNORMAL)


def test_1102_an_empty_purse(server: Served) -> None:
    assert is_told(call(server, server.person("poor", credits=1)), Code.BALANCE_EMPTY) == (
        "Account balance not enough"
    )


def test_1200_to_1203_what_is_asked(server: Served) -> None:
    who = server.person("clumsy")
    is_told(call(server, who, b"{"), Code.BAD_REQUEST)
    is_told(call(server, who, {"prompt": ""}), Code.BAD_PARAMETER)
    is_told(call(server, who, FILM, "/v1/audio/tts/1"), Code.NO_SUCH_RESOURCE)
    is_told(call(server, who, None, "/v1/audio/tts"), Code.WRONG_METHOD)


def test_1301_what_is_not_allowed(server: Served) -> None:
    who = server.person("rude")
    before = server.run(server.front.service.balance(who.customer.id))
    is_told(
        call(server, who, {**FILM, "prompt": "Something UNSPEAKABLE, slow push in"}),
        Code.CONTENT_POLICY,
    )
    assert server.run(server.front.service.balance(who.customer.id)) == before


def test_1302_too_many_calls(server: Served) -> None:
    who = server.person("hasty", plan="kie", credits=100_000)
    replies = [call(server, who) for _ in range(40)]
    refused = next(each for each in replies if each.status != 200)
    is_told(refused, Code.TOO_MANY_REQUESTS)
    assert int(refused.headers["retry-after"]) >= 1


def test_1303_too_many_tasks(server: Served) -> None:
    who = server.person("busy", credits=100_000)
    replies = [call(server, who) for _ in range(60)]
    told = {is_told(each, Code.TOO_MANY_TASKS) for each in replies if each.status != 200}
    assert told == {"parallel task over resource pack limit"}
    assert sum(each.status == 200 for each in replies) >= 50


@pytest.mark.parametrize(
    ("trouble", "code"),
    [
        (RuntimeError("a defect with a secret in it"), Code.INTERNAL),
        (SetUp("the disk at /secret/place is full"), Code.INTERNAL),
        (Unreachable("kling.example takes no connection"), Code.UNAVAILABLE),
        (TimeoutError(), Code.TIMEOUT),
    ],
)
def test_5000_to_5002_what_goes_wrong_here(
    server: Served, monkeypatch: pytest.MonkeyPatch, trouble: Exception, code: Code
) -> None:
    async def fail(*given: object, **named: object) -> NoReturn:
        raise trouble

    assert door.ANSWER_S > 60
    monkeypatch.setattr(type(server.front.service), "tasks", fail)
    told = is_told(call(server, server.person("well"), None), code)
    assert "secret" not in told
    assert "example" not in told


def test_nothing_else_of_the_table_is_left(server: Served) -> None:
    never = {
        Code.ACCOUNT_IN_ARREARS,
        Code.NO_PERMISSION,
        Code.PLATFORM_POLICY,
        Code.ADDRESS_NOT_ALLOWED,
    }
    assert seen | never == set(Code)
