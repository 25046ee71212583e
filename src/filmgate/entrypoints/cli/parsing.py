"""The one place that knows the parser's library: the tree of commands, and its complaints."""

from __future__ import annotations

from cyclopts import (
    App,
    CoercionError,
    CycloptsError,
    MissingArgumentError,
    Parameter,
    RepeatArgumentError,
    UnknownCommandError,
    UnknownOptionError,
    UnusedCliTokensError,
)

from filmgate.domain.errors import FixRequest
from filmgate.entrypoints.cli.main import COMMANDS


def group(name: str, summary: str) -> App:
    """A command that has commands under it."""
    return App(
        name=name,
        help=summary,
        version_flags=[],
        default_parameter=Parameter(negative=(), show_default=False),
        result_action="return_value",
    )


def tree() -> App:
    """All commands; each is imported when its name is called."""
    root = group("filmgate", "Films from words, pictures and voices.")
    for command in COMMANDS:
        root.command(command.target, name=command.name, help=command.help)
    return root


def call(words: list[str]) -> int:
    """Find the command, hand it its options, and return its exit code.

    Raises FixRequest for words that make no sense.
    """
    try:
        code: object = tree()(
            _stdin_last(words), exit_on_error=False, print_error=False, help_on_error=False
        )
    except CycloptsError as error:
        raise _complaint(error) from error
    return code if isinstance(code, int) else 0


def _stdin_last(words: list[str]) -> list[str]:
    """The parser takes a lone ``-`` for an option unless it stands behind ``--``."""
    for index, word in enumerate(words):
        if word == "--":
            break
        if word == "-" and words[index - 1] not in {"-o", "--out"}:
            return [*words[:index], *words[index + 1 :], "--", "-"]
    return words


def _complaint(error: CycloptsError) -> FixRequest:
    """What is wrong with the words, in one line that names the option."""
    command = " ".join(error.command_chain or ())
    see = f"see filmgate {command} --help" if command else "see filmgate --help"
    option = "/".join(sorted(error.argument.names, key=len)) if error.argument else None
    match error:
        case UnknownCommandError():
            told = _unknown_command(error, command)
        case UnknownOptionError():
            word = error.token.keyword or error.token.value
            near = _near(word, [n for a in error.argument_collection for n in a.names])
            told = FixRequest(f"there is no option {word}", remedy=near or see)
        case MissingArgumentError():
            missing = "needs a value" if option and option.startswith("-") else "is missing"
            told = FixRequest(missing, field=option, remedy=see)
        case CoercionError() if error.token is not None:
            told = FixRequest(f"{error.token.value!r} won't do", field=option, remedy=see)
        case RepeatArgumentError():
            told = FixRequest(f"{error.token.keyword} is given twice", remedy="give it once")
        case UnusedCliTokensError():
            extra = " ".join(error.unused_tokens or ())
            told = FixRequest(
                f"don't know what to do with {extra!r}", remedy='put a prompt in "quotes"'
            )
        case _:
            error.verbose = False
            told = FixRequest(" ".join(str(error).split()).rstrip("."), remedy=see)
    return told


def _unknown_command(error: UnknownCommandError, command: str) -> FixRequest:
    word = (error.unused_tokens or [""])[0]
    names = [name for name in (error.app or tree()) if not name.startswith("-")]
    title = f"filmgate {command}".strip()
    near = _near(word, names) or f"{title} --help lists them"
    return FixRequest(f"{title} has no command {word!r}", remedy=near)


def _near(word: str, names: list[str]) -> str | None:
    import difflib

    close = difflib.get_close_matches(word, names, n=1)
    return f"did you mean {close[0]}?" if close else None
