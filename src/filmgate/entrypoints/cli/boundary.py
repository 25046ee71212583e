"""Where every command ends: errors become one line and an exit code, never a traceback."""

from __future__ import annotations

import json
import os
import sys

from filmgate.entrypoints.cli.failures import FAILED, failure_of


def carry_out(words: list[str]) -> int:
    """Run one command line that is not a plain cry for help."""
    try:
        from filmgate.entrypoints.cli.parsing import call

        code = call(words)
        sys.stdout.flush()
    except BrokenPipeError:
        # The reader (`| head`) has seen enough. Nothing may be written at exit either.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FAILED
    except (Exception, KeyboardInterrupt) as error:  # noqa: BLE001 - nothing may pass this line
        return _tell(error, as_json="--json" in words)
    return code


def _tell(error: BaseException, *, as_json: bool) -> int:
    from filmgate.settings import debug_wanted

    if debug_wanted():
        import traceback

        traceback.print_exception(error)
    failure = failure_of(error)
    if as_json:
        sys.stdout.write(json.dumps(failure.as_json(), ensure_ascii=False) + "\n")
    else:
        sys.stderr.write(failure.sentence() + "\n")
    return failure.exit_code
