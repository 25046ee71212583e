"""The description of all protocols together: valid, and true of what is answered."""

from __future__ import annotations

from collections.abc import Iterator
from typing import cast

import hypothesis
import jsonschema_rs
import pytest
import schemathesis
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from tests.pretend.served import Server, served

from filmgate.entrypoints.api.whole import describe
from filmgate.protocols.all import faces
from filmgate.usecases.front import Front

CHECKS = (
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
)


# A description needs no house.
DOCUMENT = dict(describe(faces(cast(Front, None)), "http://localhost"))
schema = schemathesis.openapi.from_dict(DOCUMENT)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with served(tmp_path_factory.mktemp("whole")) as running:
        yield running


# Filmgate's own protocol has a stricter test of its own; a synchronous film takes its time.
@schema.exclude(tag="filmgate").exclude(path="/v1/videos/sync").parametrize()
@hypothesis.settings(
    max_examples=5,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(hypothesis.HealthCheck),
    phases=[hypothesis.Phase.explicit, hypothesis.Phase.generate],
)
def test_whatever_is_described_is_answered_as_it_says(case, server):
    asked = str((case.path_parameters or {}).get("id", ""))
    if case.path.startswith("/v1/videos/{id}") and not asked.startswith("video_"):
        return  # then it is a word of Kling's
    key = server.keys["rich api"]
    case.headers = {**(case.headers or {}), "Authorization": f"Bearer {key}", "X-API-Key": key}
    case.call_and_validate(base_url=server.address, checks=CHECKS)


def test_the_description_is_served_and_its_schemas_are_schemas(server: Server) -> None:
    told = server.call("GET", "/openapi.json", who=None).json
    assert told["openapi"].startswith("3.1")
    assert {tag["name"] for tag in told["tags"]} >= {"Kling", "KIE", "PiAPI", "OpenAI", "filmgate"}
    for name in told["components"]["schemas"]:
        rooted = {"$ref": f"#/components/schemas/{name}", "components": told["components"]}
        jsonschema_rs.meta.validate(rooted)
        jsonschema_rs.validator_for(rooted)  # raises for a reference that leads nowhere
