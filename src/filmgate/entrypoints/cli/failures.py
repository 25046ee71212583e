"""How a failure is told: one line, or one JSON object, and the exit code."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from filmgate.domain.errors import (
    BadInput,
    Conflict,
    FilmgateError,
    FixRequest,
    NotFound,
    RenderFailed,
    SetUp,
    TopUp,
    Unreachable,
    Unsupported,
    Wait,
)

DONE, FAILED, USAGE, MONEY, UNREACHABLE, INTERRUPTED = 0, 1, 2, 3, 4, 130

EXITS: tuple[tuple[type[FilmgateError], str, int], ...] = (
    (BadInput, "bad_input", USAGE),
    (Unsupported, "unsupported", USAGE),
    (NotFound, "not_found", USAGE),
    (Conflict, "conflict", USAGE),
    (FixRequest, "bad_usage", USAGE),
    (SetUp, "set_up", USAGE),
    (TopUp, "money", MONEY),
    (Wait, "wait", UNREACHABLE),
    (Unreachable, "unreachable", UNREACHABLE),
    (RenderFailed, "failed", FAILED),
    (FilmgateError, "failed", FAILED),
)
"""The first line that fits counts: the word for JSON, and the exit code."""

OPTIONS = {
    "prompt": "PROMPT",
    "negative_prompt": "--negative-prompt",
    "image": "-i/--image",
    "image_tail": "--image-tail",
    "duration_s": "-d/--duration",
    "ratio": "-r/--ratio",
    "mode": "-m/--mode",
    "provider": "-p/--provider",
    "model": "--model",
    "cfg_scale": "--cfg-scale",
    "creativity": "--creativity",
    "seed": "--seed",
    "camera": "--camera",
    "static_mask": "--static-mask",
    "strokes": "--motion",
    "sound": "--sound",
    "max_cost": "--max-cost",
    "out": "-o/--out",
    "webhook": "--webhook",
    "delivery": "EVENT",
    "task": "TASK",
    "server": "--server",
    "customer": "CUSTOMER",
    "name": "NAME",
    "plan": "PLAN",
    "role": "--role",
    "priority": "--priority",
    "max_task_credits": "--max-task-credits",
    "key": "KEY",
    "label": "--label",
    "overlap": "--overlap",
    "credits": "CREDITS",
    "reference": "--reference",
    "reason": "--reason",
    "note": "--note",
}
"""The words of the command line for the fields of a request."""


class Interrupted(Exception):
    """Somebody pressed Ctrl-C or sent SIGTERM; what is kept, and how to go on."""

    def __init__(self, task_id: str | None = None, go_on: str | None = None) -> None:
        super().__init__("interrupted")
        self.task_id = task_id
        self.go_on = go_on


class EndedBadly(RenderFailed):
    """A task that ended without a film."""

    def __init__(self, task_id: str, message: str, *, place: str | None = None) -> None:
        there = f" --server {place}" if place else ""
        super().__init__(message, remedy=f"see filmgate tasks show {task_id}{there}")
        self.task_id = task_id


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """A failure ready to be told."""

    code: str
    message: str
    exit_code: int
    option: str | None = None
    remedy: str | None = None
    task: str | None = None
    """The task that failed, or goes on being there."""

    def sentence(self) -> str:
        """``filmgate: -d/--duration: 7 is not possible ...; use 5 or 10.``"""
        where = f"{self.option}: " if self.option else ""
        text = " ".join(f"filmgate: {where}{joined(self.message, self.remedy)}".split())
        # A full stop behind a command would be copied with it.
        return text if text.endswith("?") or "filmgate " in (self.remedy or "") else text + "."

    def as_json(self) -> dict[str, object]:
        return {"error": {key: value for key, value in asdict(self).items() if value is not None}}


def joined(message: str | None, remedy: str | None) -> str:
    """``message; remedy`` as one clause after the other, whichever there is."""
    remedy = remedy or ""
    if remedy[1:2].islower():
        remedy = remedy[0].lower() + remedy[1:]
    parts = [text.strip().rstrip(".") for text in (message or "", remedy)]
    return "; ".join(part for part in parts if part)


def failure_of(error: BaseException) -> Failure:
    """Any error as a failure; what we did not foresee is a defect of ours and says so."""
    if isinstance(error, Interrupted):
        return _interrupted(error)
    if isinstance(error, KeyboardInterrupt):
        return _interrupted(Interrupted())
    for kind, code, exit_code in EXITS:
        if isinstance(error, kind):
            return Failure(
                code=code,
                message=error.message,
                option=option_of(error.field),
                remedy=error.remedy,
                task=error.task_id if isinstance(error, EndedBadly) else None,
                exit_code=exit_code,
            )
    if isinstance(error, OSError):
        about = f" ({error.filename})" if error.filename else ""
        return Failure(
            code="system",
            message=f"the system refuses: {error.strerror or error}{about}",
            exit_code=FAILED,
        )
    return Failure(
        code="defect",
        message=f"something unforeseen went wrong ({type(error).__name__}: {error})",
        remedy="set FILMGATE_DEBUG=1 to see where, and please report it",
        exit_code=FAILED,
    )


def option_of(field: str | None) -> str | None:
    """What the command line calls a request's field; None for what it has no word for."""
    if field is None or field in OPTIONS:
        return OPTIONS.get(field or "")
    return field if field.startswith("-") or (field.isupper() and "_" not in field) else None


def _interrupted(error: Interrupted) -> Failure:
    if error.task_id is None:
        return Failure(
            code="interrupted", message="interrupted; nothing was started", exit_code=INTERRUPTED
        )
    return Failure(
        code="interrupted",
        message=f"interrupted; task {error.task_id} is kept",
        remedy=f"go on with: {error.go_on}",
        task=error.task_id,
        exit_code=INTERRUPTED,
    )
