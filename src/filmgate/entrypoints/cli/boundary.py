"""Where every command ends: errors become one line and an exit code, never a traceback.

``--help`` passes here too, so what only failures need is imported when there is one.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable

FAILED = 1


def guarded(command: Callable[[], int], *, as_json: bool) -> int:
    """Run a command and return its exit code, whatever happens in it."""
    try:
        code = command()
        sys.stdout.flush()
    except BrokenPipeError:
        code = FAILED  # the reader (`| head`) has seen enough
    except (Exception, KeyboardInterrupt) as error:  # noqa: BLE001 - nothing may pass this line
        code = _told(error, as_json=as_json)
    _let_go_of_stdout()
    return code


def _told(error: BaseException, *, as_json: bool) -> int:
    import json

    from filmgate.entrypoints.cli.failures import failure_of
    from filmgate.settings import debug_wanted

    if debug_wanted():
        import traceback

        traceback.print_exception(error)
    failure = failure_of(error)
    try:
        if as_json:
            sys.stdout.write(json.dumps(failure.as_json(), ensure_ascii=False) + "\n")
        else:
            sys.stderr.write(failure.sentence() + "\n")
    except OSError:
        pass  # nobody is there to be told; the exit code remains
    return failure.exit_code


def _let_go_of_stdout() -> None:
    """What could not be written now would fail again at exit, with a noise of its own."""
    try:
        sys.stdout.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
