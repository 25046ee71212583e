"""Real time, and ids that nobody can guess or meet twice."""

from __future__ import annotations

import secrets
import time

CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
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
        return secrets.randbelow(SEED_MAX + 1)


def ulid() -> str:
    """48 bits of milliseconds and 80 random ones: in the order of time (ULID specification)."""
    number = (time.time_ns() // 1_000_000) << 80 | secrets.randbits(80)
    return "".join(CROCKFORD[number >> shift & 31] for shift in range(125, -1, -5))
