"""What the server writes down: a line a call, what crashed, and the figures for Prometheus."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol

import structlog
from prometheus_client import CollectorRegistry, Counter, Histogram

from filmgate.domain.errors import FilmgateError, SetUp
from filmgate.entrypoints.api.logs import Lines
from filmgate.protocols.face import Call

QUIET = frozenset({"/healthz", "/readyz", "/metrics"})
"""Asked for every few seconds by machines: in the figures, and not in the log."""
PATH_CHARS_MAX = 200
BUCKETS_S = (0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0, 60.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One answered call. No query and no header: they may hold secrets."""

    request_id: str
    protocol: str
    method: str
    path: str
    status: int
    took_s: float
    told: Mapping[str, str]


class Journal(Protocol):
    def write(self, line: Line) -> None: ...

    def refused(self, call: Call, error: FilmgateError) -> None: ...

    def crash(self, request_id: str, error: Exception) -> None: ...


class LoggedJournal:
    def __init__(self, registry: CollectorRegistry, lines: Lines) -> None:
        self._log: structlog.stdlib.BoundLogger = structlog.get_logger("filmgate.http")
        self._lines = lines
        self._calls = Counter(
            "filmgate_http_calls_total",
            "Calls answered, by protocol and status.",
            ("protocol", "method", "status"),
            registry=registry,
        )
        self._seconds = Histogram(
            "filmgate_http_seconds",
            "From the call's first byte to the answer's last one.",
            ("protocol", "method"),
            buckets=BUCKETS_S,
            registry=registry,
        )
        self._known: dict[tuple[str, str, int], tuple[Counter, Histogram]] = {}

    def write(self, line: Line) -> None:
        method = line.method if line.method in _METHODS else "other"
        calls, seconds = self._meters(line.protocol, method, line.status)
        calls.inc()
        seconds.observe(line.took_s)
        if line.path in QUIET:
            return
        self._lines.write(
            {
                "timestamp": datetime.now(UTC).isoformat(timespec="milliseconds"),
                "event": "call",
                "request_id": line.request_id,
                "protocol": line.protocol,
                "method": line.method,
                "path": line.path[:PATH_CHARS_MAX],
                "status": line.status,
                "ms": round(line.took_s * 1000, 1),
                **line.told,
            }
        )

    def _meters(self, protocol: str, method: str, status: int) -> tuple[Counter, Histogram]:
        found = self._known.get((protocol, method, status))
        if found is None:
            found = (
                self._calls.labels(protocol, method, status),
                self._seconds.labels(protocol, method),
            )
            self._known[protocol, method, status] = found
        return found

    def refused(self, call: Call, error: FilmgateError) -> None:
        call.told.setdefault("refused", type(error).__name__)
        if isinstance(error, SetUp):
            self._log.error("set-up", request_id=call.request_id, message=error.message)

    def crash(self, request_id: str, error: Exception) -> None:
        self._log.error("crash", request_id=request_id, exc_info=error)


# A made-up method would make a new line of figures with every call.
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
