"""The server's log: one line an event, as JSON or for a reader, to standard error.

Whatever libraries tell through ``logging`` comes out in the same form.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import sys
from collections.abc import Mapping
from typing import TextIO

import msgspec
import structlog
from structlog.types import Processor

FLUSH_S = 0.05
"""How long a call's line may wait for others to be written with. A crash loses no more of them;
whatever is an error is written at once, by the other way."""


class Lines:
    """The lines of answered calls: the one part of the log that must cost next to nothing."""

    def __init__(self, stream: TextIO, *, as_json: bool) -> None:
        self._stream = stream
        self._as_json = as_json
        self._waiting: list[str] = []

    def write(self, facts: Mapping[str, object]) -> None:
        if not self._waiting:
            asyncio.get_running_loop().call_later(FLUSH_S, self.flush)
        self._waiting.append(_json(facts) if self._as_json else _plain(facts))

    def flush(self) -> None:
        lines, self._waiting = self._waiting, []
        with contextlib.suppress(OSError, ValueError):  # nobody reads the log any more
            self._stream.write("".join(f"{line}\n" for line in lines))
            self._stream.flush()


def _json(facts: Mapping[str, object]) -> str:
    return msgspec.json.encode(facts).decode()


def _plain(facts: Mapping[str, object]) -> str:
    return " ".join(
        f"{name}={value}" if name not in _BARE else str(value)
        for name, value in facts.items()
        if name not in _LEFT_OUT
    )


_BARE = frozenset({"timestamp", "method", "path", "status", "protocol"})
_LEFT_OUT = frozenset({"event", "request_id"})


def configure(*, as_json: bool) -> Lines:
    """Once in a process."""
    stamps: list[Processor] = [
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.StackInfoRenderer(),
    ]
    last: Processor = (
        structlog.processors.JSONRenderer()
        if as_json
        # The usual traceback shows every local value, keys and secrets among them.
        else structlog.dev.ConsoleRenderer(
            colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback
        )
    )
    faults: list[Processor] = [structlog.processors.format_exc_info] if as_json else []
    structlog.configure(
        processors=[*stamps, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=stamps,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                *faults,
                last,
            ],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(logging.WARNING)
    logging.getLogger("filmgate").setLevel(logging.INFO)
    return Lines(sys.stderr, as_json=as_json)
