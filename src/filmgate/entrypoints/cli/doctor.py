"""``filmgate doctor``: checks what a film needs, and says in plain words what is wrong."""

from __future__ import annotations

import asyncio
import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from filmgate.domain.errors import FilmgateError
from filmgate.entrypoints.cli import telling
from filmgate.entrypoints.cli.failures import DONE, FAILED, joined
from filmgate.settings import SETTINGS, Secret, Settings, load

ROOM_MB = 500
"""A 10 s film at 1080p takes up to 50 MB, some of it twice while it is made."""
_TEMPLATE_WORDS = ("your_", "xxxx", "changeme", "<")


@dataclass(frozen=True, slots=True)
class Finding:
    """``good`` None: worth knowing, and nothing is wrong."""

    about: str
    good: bool | None
    words: str


def doctor(
    *, json: Annotated[bool, Parameter(name="--json", help="Tell it as JSON.")] = False
) -> int:
    """Check settings, keys, home, database and engine. Exit code 1 when something is wrong."""
    findings = list(_findings())
    if json:
        telling.say_json([{"about": f.about, "good": f.good, "words": f.words} for f in findings])
    else:
        marks = {True: "ok", None: "--", False: "!!"}
        for finding in findings:
            telling.say(f"{marks[finding.good]}  {finding.about:<9} {finding.words}")
    return FAILED if any(finding.good is False for finding in findings) else DONE


def _findings() -> Iterator[Finding]:
    try:
        settings = load()
    except FilmgateError as error:
        yield _bad("settings", error)
        return
    yield Finding("settings", good=True, words=_places(settings))
    yield from _keys(settings)
    if settings.allow_loopback:
        words = "FILMGATE_ALLOW_LOOPBACK is on: given URLs may reach this computer"
        yield Finding("egress", good=None, words=words)
    home = _home(settings.home)
    yield home
    if home.good:
        opens = "PostgreSQL opens" if settings.database_url else "opens"
        yield _checked("database", opens, lambda: asyncio.run(_open(settings)))
    yield _checked("engine", "animatic is ready to render", _engine)


def _places(settings: Settings) -> str:
    places = {shown.source for shown in settings.shown.values()} - {"default"}
    return f"from {', '.join(sorted(places))}" if places else "all at their defaults"


def _keys(settings: Settings) -> Iterator[Finding]:
    """Whether keys are there and look like keys; they are never shown and never sent."""
    pair = (settings.kling_access_key, settings.kling_secret_key)
    if any(pair) and not all(pair):
        missing = "KLING_SECRET_KEY" if pair[0] else "KLING_ACCESS_KEY"
        words = f"{missing} is missing: Kling needs both its keys"
        yield Finding("kling", good=False, words=words)
    for known in SETTINGS:
        key: Secret | None = getattr(settings, known.key, None)
        if isinstance(key, Secret) and _is_template(key):
            words = f"{known.name} still holds the template's text"
            yield Finding("keys", good=False, words=words)
    if settings.accounts:
        words = f"for {', '.join(sorted(settings.accounts))}; -p auto asks the cheapest of them"
        yield Finding("keys", good=None, words=words)
        if not settings.upstreams:
            words = "FILMGATE_UPSTREAMS is off: no account is called, whatever is asked of it"
            yield Finding("keys", good=None, words=words)
    else:
        yield Finding("keys", good=None, words="none; films are made on this computer")


def _is_template(key: Secret) -> bool:
    return any(word in key.reveal().lower() for word in _TEMPLATE_WORDS)


def _home(home: Path) -> Finding:
    try:
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
        free_mb = shutil.disk_usage(home).free // 1_000_000
    except OSError as error:
        words = f"{home} can't be made ({error.strerror}); set FILMGATE_HOME to another folder"
        return Finding("home", good=False, words=words)
    if not os.access(home, os.W_OK | os.X_OK):
        words = f"{home} can't be written to; set FILMGATE_HOME to another folder"
        return Finding("home", good=False, words=words)
    if free_mb < ROOM_MB:
        words = f"{home} has only {free_mb} MB free; {ROOM_MB} MB are wanted"
        return Finding("home", good=False, words=words)
    return Finding("home", good=True, words=f"{home}, {free_mb / 1000:,.0f} GB free")


async def _open(settings: Settings) -> None:
    from filmgate.assembly import Embedded

    async with Embedded.open(settings) as house:
        await house.tasks(limit=1)


def _engine() -> None:
    from filmgate.assembly import check_engine

    check_engine()


def _checked(about: str, good: str, check: Callable[[], None]) -> Finding:
    try:
        check()
    except FilmgateError as error:
        return _bad(about, error)
    return Finding(about, good=True, words=good)


def _bad(about: str, error: FilmgateError) -> Finding:
    return Finding(about, good=False, words=joined(error.message, error.remedy))
