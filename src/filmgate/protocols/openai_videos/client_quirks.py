"""How servers of ``/v1/videos`` differ, as data (``reference/kie-piapi-openai.md`` 3.6).

The protocol lost its owner on 2026-09-24; each of these speaks it a little otherwise.
"""

from __future__ import annotations

from dataclasses import dataclass

from filmgate.domain.model import Feature

WORD_OF = {
    Feature.NEGATIVE_PROMPT: "negative_prompt",
    Feature.SEED: "seed",
    Feature.CFG_SCALE: "guidance_scale",
}
GUIDANCE_MAX = 20.0
"""``guidance_scale`` goes from 0 to 20 (vLLM-Omni); ours from 0 to 1."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Quirks:
    is_json_without_file: bool = False
    """JSON where there is no file to send; else always a form, as the SDKs do."""
    seconds_as_number: bool = False
    wishes: frozenset[Feature] = frozenset()
    """Controls beyond the protocol that it knows, under the words of ``WORD_OF``."""
    fps: bool = False
    sound_word: str = ""
    picture_inline: str = ""
    """A field that takes the first frame as a data URL; empty: the file ``input_reference``."""
    can_delete: bool = True
    """Whether deleting a job is known to stop it."""


OPENAI = "openai"
QUIRKS: dict[str, Quirks] = {
    # What every server reads that calls itself compatible: the SDKs' own form and no extras.
    OPENAI: Quirks(),
    "vllm-omni": Quirks(
        wishes=frozenset({Feature.NEGATIVE_PROMPT, Feature.SEED, Feature.CFG_SCALE}),
        fps=True,
        sound_word="generate_sound",
    ),
    # An older version demands a file in every form.
    "sglang": Quirks(
        is_json_without_file=True,
        seconds_as_number=True,
        wishes=frozenset({Feature.NEGATIVE_PROMPT, Feature.SEED, Feature.CFG_SCALE}),
        fps=True,
    ),
    # Forwards what it knows, and has no DELETE.
    "litellm": Quirks(can_delete=False),
    "new-api": Quirks(is_json_without_file=True, picture_inline="image", can_delete=False),
}

RUNNING = frozenset(
    {
        *("queued", "pending", "submitted", "waiting", "in_queue", "not_start"),
        *("in_progress", "processing", "running", "generating"),
    }
)
DONE = frozenset({"completed", "succeeded", "success", "succeed"})
FAILED = frozenset({"failed", "failure", "error", "cancelled", "canceled"})
GONE = frozenset({"deleted"})

REFUSED_CODES = frozenset(
    {
        *("invalid_request_error", "invalid_request", "moderation_blocked", "invalid_value"),
        *("model_not_found", "content_policy_violation", "unsupported_parameter", "bad_request"),
        *("not_found_error", "400", "404", "422"),
    }
)
CONTENT_CODES = frozenset({"moderation_blocked", "content_policy_violation"})
"""Refused for what was asked for, not for how."""
EMPTY_CODES = frozenset({"insufficient_quota", "insufficient_user_quota", "billing_not_active"})
REJECTED_CODES = frozenset(
    {
        *("invalid_api_key", "authentication_error", "permission_error", "unauthorized"),
        *("auth_error", "401", "403"),
    }
)
THROTTLED_CODES = frozenset(
    {"rate_limit_error", "rate_limit_exceeded", "throttling_error", "429", "too_many_requests"}
)
"""Error words of all of them; LiteLLM writes the status as a code."""
