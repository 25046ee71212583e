"""What is seen while a film is made: on stderr, so that stdout stays free for the result."""

from __future__ import annotations

import sys
from types import TracebackType
from typing import TYPE_CHECKING, Protocol, Self

from filmgate.domain.order import Sighting
from filmgate.domain.task import State

if TYPE_CHECKING:
    from rich.progress import Progress as Bar
    from rich.progress import TaskID

_STAGES = {
    State.QUEUED: "waiting",
    State.STARTING: "starting",
    State.IN_DOUBT: "asking the provider",
    State.RUNNING: "working",
    State.FETCHING: "finishing",
}
_STEP_PERCENT = 25


class Display(Protocol):
    """Shows sightings between its opening and its closing."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None: ...

    def show(self, sighting: Sighting) -> None: ...


def display_for(*, quiet: bool) -> Display:
    """A bar in a terminal, short lines elsewhere, nothing where a program reads along."""
    if quiet:
        return Silence()
    return LiveBar() if sys.stderr.isatty() else Lines()


def stage_of(sighting: Sighting) -> str:
    """One word for what is being done now."""
    if sighting.progress is not None and sighting.task.state is State.RUNNING:
        return sighting.progress.stage
    return _STAGES.get(sighting.task.state, sighting.task.state.value)


class Silence:
    """Shows nothing."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        pass

    def show(self, sighting: Sighting) -> None:
        pass


class Lines(Silence):
    """A line for each new stage and each quarter of it, for logs."""

    def __init__(self) -> None:
        self._last = ""

    def show(self, sighting: Sighting) -> None:
        if sighting.task.state.ended:
            return
        line = stage_of(sighting)
        quarter = int(sighting.progress.percent // _STEP_PERCENT) if sighting.progress else 0
        if 0 < quarter < 100 // _STEP_PERCENT:
            line += f" {quarter * _STEP_PERCENT} %"
        if line != self._last:
            self._last = line
            sys.stderr.write(line + "\n")
            sys.stderr.flush()


class LiveBar(Silence):
    """Stage, bar, percent, frames a second and time left; gone when it is closed."""

    def __init__(self) -> None:
        self._bar: Bar | None = None
        self._row: TaskID | None = None

    def __enter__(self) -> Self:
        from rich.console import Console
        from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn

        self._bar = Progress(
            SpinnerColumn(),
            TextColumn("{task.description:<10}"),
            BarColumn(bar_width=28),
            TextColumn("{task.percentage:>3.0f} %"),
            TextColumn("{task.fields[speed]}"),
            TextColumn("{task.fields[left]}"),
            console=Console(stderr=True),
            transient=True,
        )
        self._row = self._bar.add_task("starting", total=100, speed="", left="")
        self._bar.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._bar is not None:
            self._bar.stop()

    def show(self, sighting: Sighting) -> None:
        if self._bar is None or self._row is None:
            return
        progress = sighting.progress
        speed = progress.frames_per_second if progress else None
        left = progress.eta_s if progress else None
        self._bar.update(
            self._row,
            description=stage_of(sighting),
            completed=progress.percent if progress else None,
            speed=f"{speed:.0f} fps" if speed else "",
            left=f"{left:.0f} s left" if left is not None else "",
        )
