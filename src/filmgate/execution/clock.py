"""Real time, and ids that nobody can guess or meet twice."""

from __future__ import annotations

import os
import threading
import time

CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
SEED_MAX = 2**31 - 1
"""What every provider and engine takes."""


class _Entropy:
    """The system's random bits, fetched by the page: each question to it costs a busy server a
    change of threads. What was handed out is never handed out again, in this process or its
    children."""

    PAGE_BYTES = 8192

    def __init__(self) -> None:
        self._forget()
        os.register_at_fork(after_in_child=self._forget)

    def _forget(self) -> None:
        self._lock = threading.Lock()
        self._page, self._at = b"", 0

    def bits(self, count: int) -> int:
        size = (count + 7) // 8
        with self._lock:
            if self._at + size > len(self._page):
                self._page, self._at = os.urandom(self.PAGE_BYTES), 0
            taken = self._page[self._at : self._at + size]
            self._at += size
        return int.from_bytes(taken) >> (8 * size - count)


class SystemClock:
    def now(self) -> float:
        return time.time()


class TurnedClock:
    """The real time and what it was turned by, for sandboxes."""

    def __init__(self) -> None:
        self.turned_s = 0.0

    def now(self) -> float:
        return time.time() + self.turned_s

    def turn(self, seconds: float) -> None:
        self.turned_s += seconds


class RandomIds:
    def task_id(self) -> str:
        return f"task_{ulid()}"

    def transaction_id(self) -> str:
        return f"txn_{ulid()}"

    def seed(self) -> int:
        return _entropy.bits(SEED_MAX.bit_length())


def ulid() -> str:
    """48 bits of milliseconds and 80 random ones: in the order of time (ULID specification)."""
    number = (time.time_ns() // 1_000_000) << 80 | _entropy.bits(80)
    return "".join([_PAIRS[number >> shift & 1023] for shift in range(120, -1, -10)])


_PAIRS = [one + two for one in CROCKFORD for two in CROCKFORD]
_entropy = _Entropy()
