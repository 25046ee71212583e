"""LiteLLM's video calls, which most gateways are built on."""

from __future__ import annotations

import time
from typing import Any

import litellm
import pytest
from tests.clients.conftest import Sandbox


@pytest.fixture(scope="module")
def there(sandbox: Sandbox) -> dict[str, Any]:
    return {
        "api_key": sandbox.key,
        "api_base": f"{sandbox.address}/v1",
        "custom_llm_provider": "openai",
    }


def test_from_prompt_to_film(there: dict[str, Any], picture: bytes) -> None:
    made: Any = litellm.video_generation(
        prompt="A lake at dawn",
        model="openai/sora-2",
        seconds="4",
        size="160x90",
        api_key=there["api_key"],
        api_base=there["api_base"],
    )
    assert made.object == "video"
    end = time.monotonic() + 60
    while (now := litellm.video_status(video_id=made.id, **there)).status not in {
        "completed",
        "failed",
    }:
        assert time.monotonic() < end, now
        time.sleep(0.2)
    assert (now.status, now.progress, now.seconds) == ("completed", 100, "4")
    film: Any = litellm.video_content(video_id=made.id, **there)
    assert film[4:8] == b"ftyp"
    listed: Any = litellm.video_list(limit=5, **there)
    assert listed
    remixed: Any = litellm.video_remix(video_id=made.id, prompt="A lake at night", **there)
    assert remixed.remixed_from_video_id


def test_its_errors_are_the_caller_s(there: dict[str, Any]) -> None:
    with pytest.raises(litellm.BadRequestError):
        litellm.video_generation(
            prompt="x",
            model="openai/sora-2",
            seconds="1",
            api_key=there["api_key"],
            api_base=there["api_base"],
        )
