"""The command: a table of what there is, and the way in and out of it.

``filmgate --help`` is answered from this file alone. A command's own module, the parser and
everything behind it are imported when that command is called.
"""

from __future__ import annotations

import io
import os
import sys
from dataclasses import dataclass

from filmgate import __version__
from filmgate.entrypoints.cli.boundary import guarded


@dataclass(frozen=True, slots=True)
class Command:
    name: str
    target: str
    """Where its function or its group of commands is, for the parser to import when needed."""
    help: str


_HERE = "filmgate.entrypoints.cli"
COMMANDS: tuple[Command, ...] = (
    Command("generate", f"{_HERE}.generate:generate", "Make a film from words or from a picture."),
    Command("estimate", f"{_HERE}.estimate:estimate", "What the same would cost, and where."),
    Command("models", f"{_HERE}.models:models", "What each model can do, and its price."),
    Command("tasks", f"{_HERE}.tasks:app", "Everything ever asked for: look, wait, go on, cancel."),
    Command("serve", f"{_HERE}.serving:serve", "Serve Kling's API to other programs."),
    Command("sandbox", f"{_HERE}.serving:sandbox", "A server to test clients against, for free."),
    Command("token", f"{_HERE}.kling_token:token", "Print a token for Kling, from your keys."),
    Command("admin", f"{_HERE}.admin.admin:app", "Customers, keys, credits, and who did what."),
    Command("config", f"{_HERE}.config:app", "Show and change the settings."),
    Command("doctor", f"{_HERE}.doctor:doctor", "Check that everything works; say what doesn't."),
    Command("completion", f"{_HERE}.completion:completion", "Print a script for your shell's TAB."),
)

_EXAMPLES = (
    'filmgate generate "sunset over the ocean" -o sunset.mp4',
    'filmgate generate "animate this" -i photo.png -d 10 -r 9:16 --camera zoom-in',
    "filmgate tasks list",
)


def run() -> None:
    """The installed command."""
    # A stream that was closed by the caller (`>&-`) is None, which no library reckons with.
    sys.stdout = sys.stdout or _nowhere()
    sys.stderr = sys.stderr or _nowhere()
    sys.exit(main(sys.argv[1:]))


def main(words: list[str]) -> int:
    """Carry out one command line and return its exit code."""
    return guarded(lambda: _carry_out(words), as_json="--json" in words)


def _carry_out(words: list[str]) -> int:
    if not words or words[0] in {"-h", "--help", "help"}:
        return _print(_help())
    if words[0] in {"-V", "--version"}:
        return _print(f"filmgate {__version__}")
    from filmgate.entrypoints.cli.parsing import call

    return call(words)


def _help() -> str:
    width = max(len(command.name) for command in COMMANDS)
    return "\n".join(
        [
            "Usage: filmgate COMMAND [OPTIONS]",
            "",
            "Films from words and pictures, rendered on this computer with no account.",
            "",
            "Commands:",
            *(f"  {command.name:<{width}}  {command.help}" for command in COMMANDS),
            "",
            "Examples:",
            *(f"  {line}" for line in _EXAMPLES),
            "",
            "filmgate COMMAND --help tells more about one; filmgate --version its version.",
        ]
    )


def _nowhere() -> io.TextIOWrapper:
    return open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123 - kept open to the end


def _print(text: str) -> int:
    sys.stdout.write(text + "\n")
    return 0
