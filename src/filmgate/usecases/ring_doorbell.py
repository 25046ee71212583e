"""Providers' callbacks: a doorbell, never a delivery.

A callback only makes the next look at its task happen now. Each task has a bell of its own at an
address that nobody can guess, so that a lost create's answer can still be told which task it was
for; and whatever a callback says, the provider alone is believed.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from filmgate.domain.ports import Rings, Tasks
from filmgate.domain.standard_webhooks import NotGenuine

_SECRET = re.compile(r"(task_[0-9A-Za-z]{1,40})\.([0-9A-Za-z_-]{43})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Hooks:
    """The addresses of doorbells. ``secrets``: today's first. Raises SetUp."""

    public_url: str
    secrets: Callable[[], list[bytes]]

    def address(self, task_id: str) -> str:
        """Where the task's provider may ring."""
        return f"{self.public_url.rstrip('/')}/hooks/{task_id}.{_signed(task_id, self._today())}"

    def shared_secret(self, account: str) -> str:
        """For providers that send a secret back, word for word."""
        return _signed(f"account {account}", self._today())

    def task_of(self, secret: str) -> str | None:
        """The task that a doorbell belongs to; None for anything that we did not make."""
        found = _SECRET.fullmatch(secret)
        if found is None:
            return None
        task_id, given = found.groups()
        # All are compared, so that the time tells nothing of which one fits.
        right = [hmac.compare_digest(_signed(task_id, key), given) for key in self.secrets()]
        return task_id if any(right) else None

    def _today(self) -> bytes:
        return self.secrets()[0]


async def ring(
    secret: str,
    headers: Mapping[str, str],
    body: bytes,
    *,
    hooks: Hooks,
    tasks: Tasks,
    providers: Mapping[str, object],
    knock: Callable[[str, str | None], None],
) -> bool:
    """``secret`` is the last part of the address that was called, ``providers`` stand by account.
    False for what is no doorbell of ours, and for a callback whose own signature does not hold."""
    task_id = hooks.task_of(secret)
    task = None if task_id is None else await tasks.read(task_id)
    if task is None:
        return False
    provider = providers.get(task.account)
    job: str | None = None
    if isinstance(provider, Rings):
        try:
            job = provider.heard(headers, body)
        except NotGenuine:
            return False
    knock(task.id, job if task.job is None else None)
    return True


def _signed(word: str, key: bytes) -> str:
    # A key of its own, so that a doorbell opens no file and a link rings no bell.
    own = hmac.digest(key, b"filmgate doorbell 1", hashlib.sha256)
    digest = hmac.digest(own, word.encode(), hashlib.sha256)
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")
