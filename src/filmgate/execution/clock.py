"""Real time, and ids that nobody can guess or meet twice."""

from __future__ import annotations

import os
import threading
import time

CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
POOL_BYTES = 4096
SEED_MAX = 2**31 - 1
"""What every provider and engine takes."""


class SystemClock:
    def now(self) -> float:
        return time.time()


class RandomIds:
    def task_id(self) -> str:
        return f"task_{ulid()}"

    def transaction_id(self) -> str:
        return f"txn_{ulid()}"

    def seed(self) -> int:
        return _random_bits(4) % (SEED_MAX + 1)


class _Pool:
    """Random bytes from the system, many at a time: every call of it lets another thread have the
    interpreter, and under load it is long before it comes back."""

    def __init__(self) -> None:
        self._bytes = b""
        self._at = 0
        self._lock = threading.Lock()

    def take(self, number: int) -> bytes:
        with self._lock:
            if self._at + number > len(self._bytes):
                self._bytes, self._at = os.urandom(POOL_BYTES), 0
            taken = self._bytes[self._at : self._at + number]
            self._at += number
            return taken

    def drop(self) -> None:
        self._bytes, self._at, self._lock = b"", 0, threading.Lock()


_POOL = _Pool()
os.register_at_fork(after_in_child=_POOL.drop)  # two processes must never take the same


def _random_bits(number_of_bytes: int) -> int:
    return int.from_bytes(_POOL.take(number_of_bytes))


def ulid() -> str:
    """48 bits of milliseconds and 80 random ones: in the order of time (ULID specification)."""
    number = (time.time_ns() // 1_000_000) << 80 | _random_bits(10)
    return "".join([_PAIRS[number >> shift & 1023] for shift in range(120, -1, -10)])


_PAIRS = [one + two for one in CROCKFORD for two in CROCKFORD]
