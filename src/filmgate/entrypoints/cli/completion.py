"""``filmgate completion``: what makes TAB work."""

from __future__ import annotations

from typing import Annotated

from cyclopts import Parameter

from filmgate.domain.errors import FixRequest
from filmgate.entrypoints.cli import telling
from filmgate.entrypoints.cli.failures import DONE


def completion(shell: Annotated[str, Parameter(name="SHELL", help="bash, zsh or fish.")], /) -> int:
    """Print a completion script.

    bash: filmgate completion bash > ~/.local/share/bash-completion/completions/filmgate
    """
    from filmgate.entrypoints.cli.parsing import tree

    match shell:
        case "bash" | "zsh" | "fish":
            telling.say(tree().generate_completion(prog_name="filmgate", shell=shell))
        case _:
            raise FixRequest(
                f"no completion for {shell}", field="SHELL", remedy="choose bash, zsh or fish"
            )
    return DONE
