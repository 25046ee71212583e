"""``filmgate config``: which settings hold, where they come from, and how to change one."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from filmgate.domain.errors import FixRequest, SetUp
from filmgate.entrypoints.cli import telling
from filmgate.entrypoints.cli.failures import DONE
from filmgate.entrypoints.cli.parsing import group
from filmgate.settings import BY_KEY, BY_NAME, FILE_NAME, SETTINGS, Known, Sort, checked, load

if TYPE_CHECKING:
    from tomlkit import TOMLDocument

app = group("config", "Show and change the settings; secrets are never shown.")

Key = Annotated[str, Parameter(name="KEY", help="A setting's name, like KIE_API_KEY.")]


@app.default
def show(
    *, json: Annotated[bool, Parameter(name="--json", help="Tell it as JSON.")] = False
) -> int:
    """Every setting and where it comes from. Secrets are not shown."""
    shown = load().shown
    if json:
        telling.say_json(
            {
                known.name: {"value": shown[known.name].text, "source": shown[known.name].source}
                for known in SETTINGS
                if known.name in shown
            }
        )
        return DONE
    rows = []
    for known in SETTINGS:
        value = shown.get(known.name)
        rows.append(
            (
                known.name,
                value.text if value else "-",
                value.source if value else "-",
                known.meaning,
            )
        )
    telling.say_table(("SETTING", "VALUE", "FROM", "MEANING"), rows)
    return DONE


@app.command
def path() -> int:
    """Print the file that `config set` writes to."""
    telling.say(str(load().home / FILE_NAME))
    return DONE


@app.command(name="set")
def set_value(
    key: Key,
    value: Annotated[
        str | None,
        Parameter(
            name="VALUE",
            allow_leading_hyphen=True,
            help="Left out, it is asked for unseen, and stays out of the shell's history.",
        ),
    ] = None,
    /,
) -> int:
    """Write a setting to filmgate.toml of the home, readable by you alone."""
    known = _known(key)
    text = checked(known, value if value is not None else _asked(known), "given")
    if not text:
        raise FixRequest("an empty value is none", remedy=f"filmgate config unset {known.name}")
    file, document = _document()
    document[known.key] = text
    _write(file, document)
    telling.remark(f"{known.name} is set in {file}")
    return DONE


@app.command(name="unset")
def unset(key: Key, /) -> int:
    """Take a setting out of filmgate.toml of the home."""
    known = _known(key)
    file, document = _document()
    if known.key not in document:
        raise FixRequest(f"{known.name} is not set in {file}", remedy="filmgate config tells where")
    document.remove(known.key)
    _write(file, document)
    telling.remark(f"{known.name} is no longer set in {file}")
    return DONE


def _known(key: str) -> Known:
    known = BY_NAME.get(key.upper()) or BY_KEY.get(key.lower())
    if known is None:
        import difflib

        near = difflib.get_close_matches(key.upper(), BY_NAME, n=1)
        hint = f"did you mean {near[0]}?" if near else "filmgate config lists them"
        raise FixRequest(f"there is no setting {key}", remedy=hint)
    if known.sort is Sort.FOLDER:
        raise FixRequest(
            f"{known.name} can't be set in the file of the home itself",
            remedy="set it in the environment, or in filmgate.toml of the working folder",
        )
    return known


def _asked(known: Known) -> str:
    if not sys.stdin.isatty():
        return sys.stdin.read().strip()
    from getpass import getpass

    return getpass(f"{known.name}: ")


def _document() -> tuple[Path, TOMLDocument]:
    import tomlkit
    from tomlkit.exceptions import TOMLKitError

    file = load().home / FILE_NAME
    try:
        return file, tomlkit.parse(file.read_text()) if file.exists() else tomlkit.document()
    except (OSError, ValueError, TOMLKitError) as error:
        raise SetUp(f"{file} can't be read ({error})") from error


def _write(file: Path, document: TOMLDocument) -> None:
    """Whole or not at all, and never readable by others: it may hold keys."""
    import tomlkit

    part = file.with_suffix(f".{os.getpid()}.part")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w") as stream:
            stream.write(tomlkit.dumps(document))
        part.replace(file)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise SetUp(f"{file} can't be written ({error.strerror})") from error
