"""Our bodies against the examples of the documents, as ``make_kling.py`` took them from there.

Names, types, nesting and codes must agree; message text, ids and times may differ (design.md 10).
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
from dataclasses import replace
from pathlib import Path
from typing import cast

import jwt
import pytest
from tests.golden.make_kling import samples
from tests.unit.kling_bodies import PNG, Body, told
from tests.unit.test_kling_replies import DONE, RID

from filmgate.catalogue.load import load_catalogue
from filmgate.domain.request import Asset
from filmgate.domain.rules import refusal
from filmgate.domain.task import State
from filmgate.protocols.kling.auth import Design, token, unknown_key
from filmgate.protocols.kling.effects import CURRENT, PICTURES
from filmgate.protocols.kling.endpoints import read_create
from filmgate.protocols.kling.errors import (
    TABLE,
    Code,
    KlingRefusal,
    answer_to,
    external_id_taken,
    plain_answer,
    task_not_found,
    voice_not_found,
)
from filmgate.protocols.kling.references import Wanted, with_assets
from filmgate.protocols.kling.translate_outputs import new_callback
from filmgate.protocols.kling.translate_queries import task_ids
from filmgate.protocols.kling.translate_replies import created, error_body, single

FOLDER = Path(__file__).parent / "kling"


def read(name: str) -> list[object]:
    value = json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    assert isinstance(value, list)
    return value


def under(name: str, section: str) -> list[Body]:
    rows = cast(list[dict[str, Body]], read(name))
    return [row["sample"] for row in rows if section in str(row["section"])]


def agrees(sample: object, ours: object, at: str = "$", *, exact: bool = True) -> None:
    """``exact``: the same keys; else ours may have more (the seeds' examples are older)."""
    assert type(sample) is type(ours), at
    if isinstance(sample, dict) and isinstance(ours, dict):
        assert set(sample) <= set(ours), f"{at} lacks {set(sample) - set(ours)}"
        assert not exact or set(sample) == set(ours), f"{at} adds {set(ours) - set(sample)}"
        for key, value in sample.items():
            agrees(value, ours[key], f"{at}.{key}", exact=exact)
            if key in {"code", "task_status", "status"}:
                assert value == ours[key], f"{at}.{key}"
    elif isinstance(sample, list) and isinstance(ours, list) and sample:
        agrees(sample[0], ours[0], f"{at}[0]", exact=exact)


FRESH = replace(DONE, state=State.QUEUED)


def test_create_as_seen_live() -> None:
    (sample,) = under("reference", "Hosts, auth, envelope")
    agrees(sample, json.loads(created(FRESH, RID)))
    ours = json.loads(created(FRESH, RID))
    assert list(ours) == list(sample)
    assert list(ours["data"]) == list(cast(Body, sample["data"]))


def test_single_of_the_video_family() -> None:
    (sample,) = under("reference", "Task conventions")
    agrees(sample, json.loads(single(DONE, RID))["data"])


def test_inline_samples_of_the_reference() -> None:
    header, throttled, event = under("reference", "inline")
    assert jwt.get_unverified_header(token("ak", "sk", 1)) == header
    ours = json.loads(error_body(plain_answer(Code.TOO_MANY_TASKS), RID))
    agrees(throttled, ours)
    assert throttled["message"] == ours["message"]
    agrees(event, json.loads(new_callback(DONE)), exact=False)


def test_the_signature_vector_is_over_the_bare_body() -> None:
    """Webhook Signature (``reference/kling.md`` 5.3): the body is compact and in this order."""
    event = under("reference", "inline")[2]
    body = json.dumps(event, separators=(",", ":"))
    key = base64.b64decode("dGVzdHNlY3JldHRlc3RzZWNyZXR0ZXN0c2VjcmV0MTI=")
    digest = hmac.new(key, f"9876543210.1781080794.{body}".encode(), hashlib.sha256).digest()
    assert base64.b64encode(digest).decode() == "UsKlJP00XoQyOn410NM9xv34sP+Gl0jnOO9Lcpr7NJ4="
    ours = list(json.loads(new_callback(DONE)))
    assert ours[: len(event) - 2] == ["id", "status", "message"]


def test_s1_09_the_skill_seeds_replies() -> None:
    (first,) = under("skill", "Initial Response")
    (status,) = under("skill", "Status Response")
    agrees(first, json.loads(created(FRESH, RID)), exact=False)
    agrees(status, json.loads(single(DONE, RID)), exact=False)


def test_s3_10_the_parameter_references_replies() -> None:
    (success,) = under("parameters", "Success Response")
    (failure,) = under("parameters", "Error Response")
    agrees(success, json.loads(created(FRESH, RID)), exact=False)
    agrees(failure, json.loads(error_body(plain_answer(Code.BAD_PARAMETER), RID)))


def complete(value: object) -> object:
    """The documents shorten their base64 to three dots."""
    if isinstance(value, dict):
        return {key: complete(each) for key, each in value.items()}
    if isinstance(value, str) and value.endswith("...") and not value.startswith("http"):
        return PNG
    return value


BODIES = [
    *(("/v1/videos/text2video", body) for body in under("skill", "Text-to-Video")),
    *(("/v1/videos/image2video", body) for body in under("skill", "Image-to-Video")),
    *(
        ("/v1/videos/text2video", {"prompt": "x", **body})
        for body in under("skill", "Camera Control")
    ),
    *(("/v1/videos/image2video", body) for body in under("parameters", "Input Methods")),
    *(("/v1/videos/image2video", body) for body in under("parameters", "Frame Mode")),
    *(("/v1/videos/image2video", body) for body in under("parameters", "Single Image Mode")),
    ("/text-to-video/kling-3.0", under("reference", "12.1")[0]),
    ("/image-to-video/kling-3.0", under("reference", "12.1")[1]),
]


@pytest.mark.parametrize(("path", "body"), BODIES)
def test_s1_06_every_example_of_a_body_is_read(path: str, body: Body) -> None:
    call = read_create(path, json.dumps(complete(body)).encode())
    assert isinstance(call, Wanted)


def test_the_error_table() -> None:
    assert read("errors") == [[TABLE[code].status, code.value] for code in Code]


def capability(path: str, provider: str, body: Body) -> KlingRefusal | tuple[int, int, str]:
    """A body on its way through the catalogue's rules."""
    call = read_create(path, json.dumps(body).encode())
    assert isinstance(call, Wanted)
    picture = Asset("0" * 64, "image/png", 1000)
    request = with_assets(call, {ref.field: picture for ref in call.media})
    model = load_catalogue().find(str(body["model_name"]))
    found = refusal(model, request, provider=provider)
    assert found is not None
    answer = answer_to(found.error())
    return answer.status, answer.code.value, answer.message


ENDS: Body = {"image": PNG, "image_tail": PNG, "duration": "5"}
ZOOM: Body = {"prompt": "x", "camera_control": {"type": "simple", "config": {"zoom": 1}}}


def sentence_of(answer: object) -> tuple[int, int, str]:
    if isinstance(answer, KlingRefusal):
        made = answer_to(answer)
        return made.status, made.code.value, made.message
    return cast(tuple[int, int, str], answer)


def ids(count: int) -> KlingRefusal:
    with pytest.raises(KlingRefusal) as caught:
        task_ids(",".join(["1"] * count), None)
    return caught.value


def setting(**given: str) -> tuple[int, int, str]:
    return 400, 1201, told("/text-to-video/kling-3.0", {"prompt": "x", "settings": given})


def plain(code: Code) -> tuple[int, int, str]:
    answer = plain_answer(code)
    return answer.status, answer.code.value, answer.message


def test_s3_05_and_all_other_sentences_seen_live() -> None:
    """Each literal message of ``reference/kling.md`` 2.2 that has an HTTP status there."""
    image2video, text2video = "/v1/videos/image2video", "/v1/videos/text2video"
    ours = [
        unknown_key("a.b.c", Design.NEW),
        unknown_key("garbage", Design.LEGACY),
        plain(Code.BALANCE_EMPTY),
        plain(Code.TOO_MANY_TASKS),
        task_not_found("<value>"),
        external_id_taken("<value>"),
        ids(21),
        ids(0),
        setting(resolution="9000p"),
        setting(audio="bogus"),
        setting(aspect_ratio="7:3"),
        capability(image2video, "local", {**ENDS, "model_name": "kling-v2-5-turbo"}),
        capability(image2video, "local", {**ENDS, "model_name": "kling-3.0-turbo"}),
        # Kling retired kling-v1 and says that first; PiAPI has it with the same map.
        capability(text2video, "piapi", {**ZOOM, "model_name": "kling-v1", "mode": "pro"}),
        voice_not_found(),
    ]
    assert [list(sentence_of(each)) for each in ours] == read("sentences")


def test_the_effects_of_the_reference() -> None:
    listed = json.loads((FOLDER / "effects.json").read_text(encoding="utf-8"))
    assert {*listed["Dual"], *listed["Single"]} == CURRENT
    assert {PICTURES[scene] for scene in listed["Dual"]} == {2}
    assert {PICTURES[scene] for scene in listed["Single"]} == {1}


def test_the_script_takes_every_object_with_its_heading() -> None:
    text = '# A\n```json\n{"a":1}\n{"b":2}\n```\n## B\n```bash\ncurl -d \'{"c":3}\'\n```\n`{"d":4}`'
    found = [(str(each["section"]), each["sample"]) for each in samples(text)]
    assert found == [("A", {"a": 1}), ("A", {"b": 2}), ("B", {"c": 3}), ("inline", {"d": 4})]
    assert re.fullmatch(r"[0-9a-f-]{36}", RID)
