"""Signed addresses of stored files, for whoever asks for a task."""

from __future__ import annotations

from collections.abc import Callable
from math import ceil

from filmgate.domain.files import file_of, input_key, is_expired
from filmgate.domain.links import Verdict, sign_link, verify_link
from filmgate.domain.ports import Clock
from filmgate.domain.request import Asset
from filmgate.domain.task import Result, Task

LIFETIME_S = 24 * 3600.0
ROUND_S = 3600.0
"""Links end at full hours, so that whoever asks again and again is given the same one."""
SECRETS_S = 60.0
"""How long a change of the master key may go unnoticed here."""
FORGED_S = 1.0
"""A link that does not fit may be signed with a newer key; that is looked up no more often."""


class SignedLinks:
    """``secrets``: what links are signed with, today's first. Raises SetUp."""

    def __init__(self, secrets: Callable[[], list[bytes]], clock: Clock, public_url: str) -> None:
        self._read = secrets
        self._clock = clock
        self._public_url = public_url
        self._known: list[bytes] = []
        self._read_at = float("-inf")

    def film(self, task: Task) -> str | None:
        return self._of_task(task, lambda result: result.path)

    def poster(self, task: Task) -> str | None:
        return self._of_task(task, lambda result: result.poster)

    def thumbnail(self, task: Task) -> str | None:
        return self._of_task(task, lambda result: result.thumbnail)

    def preview(self, task: Task) -> str | None:
        return self._of_task(task, lambda result: result.preview)

    def asset(self, asset: Asset, *, lifetime_s: float) -> str:
        return self._link(input_key(asset.digest), lifetime_s, None)

    def verdict(self, file: str, expires: str, signature: str) -> Verdict:
        """On a link that came back."""
        found = self._verify(file, expires, signature, SECRETS_S)
        if found is Verdict.FORGED:
            found = self._verify(file, expires, signature, FORGED_S)
        return found

    def _of_task(self, task: Task, key_in: Callable[[Result], str | None]) -> str | None:
        result = task.result or task.rescued
        key = None if result is None else key_in(result)
        if key is None or is_expired(task, self._clock.now()):
            return None
        return self._link(key, LIFETIME_S, task.expires_at)

    def _link(self, key: str, lifetime_s: float, record_expires_at: float | None) -> str:
        ends = ceil((self._clock.now() + lifetime_s) / ROUND_S) * ROUND_S
        if lifetime_s < LIFETIME_S:
            ends = self._clock.now() + lifetime_s
        (today, *_) = self._secrets(SECRETS_S)
        path = sign_link(file_of(key), ends, today, record_expires_at=record_expires_at)
        return self._public_url + path

    def _verify(self, file: str, expires: str, signature: str, age_s: float) -> Verdict:
        secrets = self._secrets(age_s)
        return verify_link(file, expires, signature, secrets=secrets, now=self._clock.now())

    def _secrets(self, age_s: float) -> list[bytes]:
        """Those that were good a moment ago stay good here: a link is not broken by a new key."""
        now = self._clock.now()
        if not 0 <= now - self._read_at < age_s:
            fresh = self._read()
            self._known = fresh + [each for each in self._known if each not in fresh]
            self._read_at = now
        return self._known
