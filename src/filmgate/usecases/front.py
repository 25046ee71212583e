"""What a protocol's server works with: everything a customer may ask for, and nothing else."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import Protocol

from filmgate.domain.files import Files
from filmgate.domain.links import Verdict
from filmgate.domain.media import Facts, MediaLimits
from filmgate.domain.ports import Clock
from filmgate.domain.request import Asset, Fetch
from filmgate.domain.task import Task
from filmgate.usecases.callers import Door
from filmgate.usecases.library import LibraryDesk
from filmgate.usecases.receivers import ReceiverDesk
from filmgate.usecases.service import Service


class Intake(Protocol):
    """Where given media come in. Everything here raises BadInput for what can't be used; its
    ``field`` is the one that was handed in."""

    async def keep(self, data: bytes, *, field: str, limits: MediaLimits) -> Asset:
        """Bytes that came in the call itself: checked now, by a few bounded workers."""

    async def keep_stream(
        self, chunks: AsyncIterator[bytes], *, field: str, limits: MediaLimits, name: str = ""
    ) -> Asset:
        """The same for an upload of any length; no more than the limit is read."""

    def promise(self, url: str, *, field: str, limits: MediaLimits) -> Asset:
        """Something to be fetched when the task starts; looked at as far as a URL shows."""

    async def fetch(self, wanted: Fetch) -> Asset:
        """What was promised, at once and not when a task starts. Raises Unreachable and SetUp."""

    async def recall(self, digest: str, *, name: str = "") -> Asset:
        """What was kept before. Raises NotFound."""

    async def facts(self, asset: Asset) -> Facts:
        """What was found when it was checked. Raises NotFound."""

    async def keep_film(self, task: Task) -> Asset:
        """The film of a succeeded task as an input of another. Raises Conflict, NotFound."""


class Links(Protocol):
    """Signed addresses of stored files, whole and absolute."""

    def film(self, task: Task) -> str | None:
        """None where the task has no film to show. The same for the pictures of it."""

    def poster(self, task: Task) -> str | None: ...

    def thumbnail(self, task: Task) -> str | None: ...

    def preview(self, task: Task) -> str | None:
        """An animated GIF."""

    def asset(self, asset: Asset, *, lifetime_s: float) -> str: ...

    def verdict(self, file: str, expires: str, signature: str) -> Verdict:
        """On a link that came back: the file's id, expiry and signature as they stand in it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Front:
    service: Service
    door: Door
    intake: Intake
    files: Files
    links: Links
    library: LibraryDesk
    receivers: ReceiverDesk
    clock: Clock
    check_callback: Callable[[str], None]
    """Whether a customer may be called at this URL, as far as that shows. Raises BadInput."""
    public_url: str
    """How clients reach this server, without a slash at the end."""
