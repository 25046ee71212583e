"""The description of the native protocol is true: whatever it allows is answered as it says."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator

import hypothesis
import jsonschema_rs
import pytest
import schemathesis
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_schema_conformance,
    status_code_conformance,
)
from tests.pretend.served import Server, served

from filmgate.entrypoints.api.whole import SECURITY
from filmgate.protocols.filmgate.endpoints import ENDPOINTS
from filmgate.protocols.filmgate.openapi import describe

TOLD = describe()
DOCUMENT = {
    "openapi": "3.1.0",
    "info": {"title": "Filmgate", "version": "0"},
    "paths": TOLD["paths"],
    "components": {**TOLD["components"], "securitySchemes": SECURITY},
}
CHECKS = (
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
    negative_data_rejection,
)
schema = schemathesis.openapi.from_dict(DOCUMENT)


@pytest.fixture(scope="module")
def server(tmp_path_factory) -> Iterator[Server]:
    with served(tmp_path_factory.mktemp("native")) as running:
        yield running


SETTINGS = hypothesis.settings(
    max_examples=12,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(hypothesis.HealthCheck),
    phases=[hypothesis.Phase.explicit, hypothesis.Phase.generate],
)


# Streams are followed in test_native_server; receivers would have strangers called.
@schema.exclude(path_regex="(events|quotes|receivers)$").parametrize()
@SETTINGS
def test_whatever_the_description_allows_is_answered_as_it_says(case, server):
    check(case, server)


# A quote's body is a create's, whose thousands of borders need not be walked along twice.
@schema.include(path_regex="quotes$").parametrize()
@hypothesis.settings(SETTINGS, phases=[hypothesis.Phase.generate])
def test_so_are_quotes(case, server):
    check(case, server)


def check(case: schemathesis.Case, server: Server) -> None:
    case.headers = {**(case.headers or {}), "Authorization": f"Bearer {server.keys['rich api']}"}
    answer = case.call(base_url=server.address, allow_redirects=False)
    case.validate_response(answer, checks=CHECKS)
    request_id = answer.headers["x-request-id"][0]
    if answer.status_code >= 400:
        assert answer.json()["error"]["request_id"] == request_id


def test_bytes_of_any_sort_are_refused_in_our_shape(server):
    chance = random.Random(20261121)
    sound = json.dumps(ENDPOINTS["create_task"].example).encode()
    for _ in range(300):
        name = chance.choice(["create_task", "quote", "keep_asset"])
        answer = server.call("POST", ENDPOINTS[name].template, torn(sound, chance))
        assert answer.status < 500, answer.body
        if answer.status >= 400:
            assert set(answer.json) == {"error"}
            assert answer.json["error"]["message"]


def torn(body: bytes, chance: random.Random) -> bytes:
    """A right body with some bytes lost, doubled or changed; or none that was ever right."""
    made = bytearray(body if chance.random() < 0.8 else chance.randbytes(chance.randrange(200)))
    for _ in range(chance.randrange(1, 6)):
        at = chance.randrange(len(made) + 1)
        match chance.randrange(3):
            case 0:
                del made[at : at + chance.randrange(1, 9)]
            case 1:
                made[at:at] = made[:at][-chance.randrange(1, 30) :]
            case _:
                made[at : at + 1] = chance.randbytes(1)
    return bytes(made)


def test_every_schema_is_one_and_every_reference_leads_somewhere():
    schemas = DOCUMENT["components"]["schemas"]
    for name in schemas:
        rooted = {"$ref": f"#/components/schemas/{name}", "components": DOCUMENT["components"]}
        jsonschema_rs.meta.validate(rooted)
        jsonschema_rs.validator_for(rooted)  # raises for a reference that leads nowhere


def test_examples_fit_their_schemas():
    looked = 0
    for each in ENDPOINTS.values():
        if each.example is None:
            continue
        operation = DOCUMENT["paths"][each.template][each.method.lower()]
        content = operation["requestBody"]["content"]["application/json"]
        rooted = {**content["schema"], "components": DOCUMENT["components"]}
        jsonschema_rs.validate(rooted, content["example"])
        looked += 1
    assert looked >= 2


def test_every_endpoint_is_described_once():
    told = [(method, path) for path, methods in DOCUMENT["paths"].items() for method in methods]
    assert len(told) == len(ENDPOINTS)
