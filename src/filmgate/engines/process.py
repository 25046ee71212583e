"""The process that renders one job: ``python -m filmgate.engines.process FOLDER``.

It is a process of its own so that a crash is one failed task, and cancelling is a signal.
"""

from __future__ import annotations

import contextlib
import ctypes
import importlib
import os
import signal
import sys
import threading
import time
import traceback
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Protocol, cast

from filmgate.domain.errors import BadInput, FilmgateError
from filmgate.domain.order import Order, Progress, Rendered
from filmgate.domain.task import Fault
from filmgate.engines.job import JobFolder, Outcome

PROGRESS_INTERVAL_S = 0.1
PR_SET_PDEATHSIG = 1  # linux/prctl.h

# The engines share out the cores themselves; numeric libraries with threads of their own on top
# only get in the way.
ONE_THREAD_EACH = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")


class Engine(Protocol):
    def __call__(
        self,
        order: Order,
        inputs: Mapping[str, Path],
        target: Path,
        report: Callable[[Progress], None],
    ) -> Rendered: ...


def main(folder: Path) -> None:
    die_with_parent()
    for name in ONE_THREAD_EACH:
        os.environ.setdefault(name, "1")
    job = JobFolder(folder)
    outcome = _outcome_of(job)
    if outcome.rendered is None:
        job.drop_partial()
    job.write_outcome(outcome)
    sys.stderr.flush()
    # Taking down the numeric libraries in good order takes longer than anybody wants to wait.
    os._exit(0)


def die_with_parent() -> None:
    """Nobody is left to look after the render when the runner is gone, however it went."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    threading.Thread(target=_wait_for_parent, name="filmgate-parent", daemon=True).start()


def _wait_for_parent() -> None:
    """The runner holds the other end of our input and never writes: its end is the runner's."""
    while os.read(0, 1):
        pass
    os._exit(1)


def load_engine(name: str) -> Engine:
    module, _, function = name.partition(":")
    return cast("Engine", getattr(importlib.import_module(module), function))


def _outcome_of(job: JobFolder) -> Outcome:
    """Every error becomes a sentence for the customer; what a developer needs goes to the log."""
    try:
        return Outcome(rendered=_render(job))
    except BadInput as error:
        return Outcome(failed=error.message, fault=Fault.INPUT)
    except FilmgateError as error:
        return Outcome(failed=error.message)
    except MemoryError:
        traceback.print_exc()
        return Outcome(failed="the renderer ran out of memory", fault=Fault.HOUSE)
    except OSError as error:
        traceback.print_exc()
        told = f"the renderer met trouble with a file: {error.strerror or error}"
        return Outcome(failed=told, fault=Fault.HOUSE)
    except Exception as error:  # noqa: BLE001 - an engine may fail in any way it likes
        traceback.print_exc()
        told = f"the renderer met an unexpected error ({type(error).__name__})"
        return Outcome(failed=told, fault=Fault.HOUSE)


def _render(job: JobFolder) -> Rendered:
    file = job.read_order()
    engine = load_engine(file.engine)
    inputs = {digest: Path(path) for digest, path in file.inputs.items()}
    rendered = engine(file.order(), inputs, job.partial, Reporter(job))
    with job.partial.open("rb") as film:
        os.fsync(film.fileno())
    job.partial.replace(job.result)
    return rendered


class Reporter:
    """Passes on how far the render is, not more often than anybody looks."""

    def __init__(self, job: JobFolder) -> None:
        self._job = job
        self._next_at = 0.0
        self._stage = ""

    def __call__(self, progress: Progress) -> None:
        now = time.monotonic()
        if now < self._next_at and progress.stage == self._stage:
            return
        self._next_at = now + PROGRESS_INTERVAL_S
        self._stage = progress.stage
        # A report that can't be written is no reason to lose the film.
        with contextlib.suppress(OSError):
            self._job.write_progress(progress)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
