"""Where the film goes: checked before anything is rendered, written whole or not at all."""

from __future__ import annotations

import os
import re
import shutil
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from tempfile import TemporaryFile

from filmgate.domain.errors import FixRequest

STDOUT = "-"
_NAME_WORDS = 6
_NAME_CHARS = 48
_OTHER_FILMS = frozenset({".avi", ".gif", ".mkv", ".mov", ".mpg", ".webm", ".wmv"})


@dataclass(frozen=True, slots=True)
class Destination:
    """A file to write or replace; no file: a new one named after the prompt; or our stdout."""

    file: Path | None = None
    to_stdout: bool = False

    def deliver(self, film: Path, prompt: str) -> str:
        """Copy the film there and return its full name. Raises FixRequest when it can't."""
        if self.to_stdout:
            with film.open("rb") as stream:
                shutil.copyfileobj(stream, sys.stdout.buffer)
            return STDOUT
        folder = self.file.parent if self.file else Path.cwd()
        # Next to its place, so that the last step is a rename: nobody ever sees half a film.
        part = folder / f".filmgate-{os.getpid()}-{film.stem}.part"
        try:
            shutil.copyfile(film, part)
            if self.file:
                part.replace(self.file)
                return str(self.file)
            return str(_claim(part, folder, file_stem(prompt)))
        except OSError as error:
            raise FixRequest(
                f"{self.file or folder} can't be written ({error.strerror})", field="out"
            ) from error
        finally:
            part.unlink(missing_ok=True)


def check_destination(out: str | None, *, inputs: Iterable[Path] = ()) -> Destination:
    """Raises FixRequest where a film could not be written later."""
    if out is None:
        _check_folder(Path.cwd())
        return Destination()
    if out == STDOUT:
        if sys.stdout.isatty():
            raise _wrong("a film can't be shown in a terminal", "send it on: -o - | player")
        return Destination(to_stdout=True)
    if not out.strip() or out.startswith("-"):
        raise _wrong(f"{out!r} is no file name", "name a file, like -o sunset.mp4")
    file = Path(out).expanduser()
    if file.is_dir() or out.endswith("/"):
        raise _wrong(f"{out} is a folder", f"name a file in it, like {file / 'film.mp4'}")
    if file.suffix.lower() in _OTHER_FILMS:
        raise _wrong(
            f"films are MP4, and {file.name} would not be", f"name it {file.with_suffix('.mp4')}"
        )
    if any(file.exists() and path.exists() and file.samefile(path) for path in inputs):
        raise _wrong(f"{out} is a file to read from", "name another one")
    # A link stays one: what it points to is replaced.
    file = file.resolve()
    if file.exists() and not file.is_file():
        raise _wrong(f"{out} is no ordinary file", "name a file, like -o sunset.mp4")
    _check_folder(file.parent)
    return Destination(file)


def file_stem(prompt: str) -> str:
    """``Sunset over the ocean, 4k!`` -> ``sunset-over-the-ocean-4k``."""
    words = re.findall(r"\w+", prompt.lower().replace("'", ""))[:_NAME_WORDS]
    return "-".join(words)[:_NAME_CHARS].strip("-_") or "film"


def _check_folder(folder: Path) -> None:
    """By writing: permissions alone tell nothing of read-only disks, or to an administrator."""
    if not folder.is_dir():
        raise _wrong(f"the folder {folder} is not there", f"make it first: mkdir -p {folder}")
    try:
        TemporaryFile(dir=folder).close()
    except OSError as error:
        raise _wrong(
            f"nothing can be written to the folder {folder} ({error.strerror})",
            "name a file elsewhere",
        ) from error


def _claim(part: Path, folder: Path, stem: str) -> Path:
    """Give the copy the first name that nobody has; two commands at once get two names."""
    for name in _names(stem):
        file = folder / name
        try:
            file.touch(exist_ok=False)
        except FileExistsError:
            continue
        part.replace(file)
        return file
    raise AssertionError("names never end")


def _names(stem: str) -> Iterator[str]:
    yield f"{stem}.mp4"
    for number in count(2):
        yield f"{stem}-{number}.mp4"


def _wrong(message: str, remedy: str) -> FixRequest:
    return FixRequest(message, field="out", remedy=remedy)
