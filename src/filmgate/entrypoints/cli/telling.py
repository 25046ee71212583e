"""How things are told: money, ages, tasks; as text for people and as JSON for programs."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from shutil import get_terminal_size

from filmgate.domain.task import State, Task

_GAP = "  "
_LEAST = 12
"""Columns below which a cut text would say nothing."""


def say(text: str) -> None:
    """A result, on stdout."""
    sys.stdout.write(text + "\n")


def remark(text: str) -> None:
    """Anything that is not the result, on stderr."""
    sys.stderr.write(text + "\n")


def hint(text: str) -> None:
    """What helps a reader and would only disturb a program."""
    if sys.stdout.isatty():
        remark(text)


def say_json(facts: object) -> None:
    """One object or list on one line, so that programs can read a stream of them."""
    say(json.dumps(facts, ensure_ascii=False))


def say_table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Columns; in a terminal the last one is cut to fit, the others never are."""
    lines = [heads, *rows]
    widths = [max(len(line[column]) for line in lines) for column in range(len(heads) - 1)]
    room = _room() - sum(widths) - len(_GAP) * len(widths)
    for line in lines:
        cells = [cell.ljust(width) for cell, width in zip(line, widths, strict=False)]
        say(_GAP.join([*cells, _cut(line[-1], room)]).rstrip())


def _room() -> int:
    return get_terminal_size().columns if sys.stdout.isatty() else sys.maxsize


def _cut(text: str, room: int) -> str:
    """Too little room would tell nothing: then the terminal may break the line."""
    return text[: room - 1] + "\N{HORIZONTAL ELLIPSIS}" if _LEAST <= room < len(text) else text


def say_facts(facts: Mapping[str, str | None]) -> None:
    """A word and what is known about it on each line; what is not known has none."""
    for word, said in facts.items():
        if said:
            say(f"  {word:<10}  {said}")


def short_path(file: str) -> str:
    """As one would name it from the working folder, if it is in there."""
    path, here = Path(file), Path.cwd()
    return str(path.relative_to(here)) if path.is_relative_to(here) else file


def prompt_of(task: Task) -> str:
    return " ".join(str(getattr(task.request, "prompt", "") or "").split())


def age(since: float, now: float) -> str:
    """``12 s``, ``5 min``, ``3 h``, ``2 d``."""
    seconds = max(0, int(now - since))
    for unit, length in (("d", 86400), ("h", 3600), ("min", 60)):
        if seconds >= length:
            return f"{seconds // length} {unit}"
    return f"{seconds} s"


def clock_time(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).astimezone().strftime("%Y-%m-%d %H:%M:%S")


def dollars(micros: int) -> float:
    return micros / 1_000_000


def task_facts(task: Task, *, file: str | None) -> dict[str, object]:
    """A task as programs get it; the same keys whatever its state."""
    film = task.result or task.output
    done = task.state is State.SUCCEEDED
    return {
        "task": task.id,
        "state": task.state.value,
        "kind": task.request.kind.value,
        "prompt": prompt_of(task),
        "file": file,
        "width": film.width,
        "height": film.height,
        "fps": film.fps,
        "duration_s": film.duration_s,
        "seed": task.output.seed,
        "provider": task.provider,
        "model": task.model,
        "quote_usd": dollars(task.quote_usd_micros),
        "cost_usd": dollars(task.quote_usd_micros) if done else 0.0,
        "understood": task.understood,
        "notes": list(task.notes),
        "reason": task.reason,
        "created_at": iso_time(task.created_at),
        "updated_at": iso_time(task.updated_at),
    }


def iso_time(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds")


def understood_line(task: Task) -> str | None:
    """What was read out of the prompt, and what found no picture, in one line."""
    if not task.understood:
        return None
    return "understood: " + "; ".join(f"{word} {said}" for word, said in task.understood.items())
