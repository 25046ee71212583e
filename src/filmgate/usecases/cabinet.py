"""Stored files, opened by whoever holds a signed link."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass

from filmgate.domain.errors import NotFound
from filmgate.domain.files import FileInfo, Files
from filmgate.domain.links import Verdict


class LinkExpired(NotFound):
    """The link was ours and is too old; the file may still be there under a new one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cabinet:
    files: Files
    verdict: Callable[[str, str, str], Verdict]
    """On a file's id, with expiry and signature as they stand in the link."""

    async def open(self, file: str, *, expires: str, signature: str) -> FileInfo:
        """Raises NotFound, alike for a forged link and for no file, and SetUp."""
        match self.verdict(file, expires, signature):
            case Verdict.EXPIRED:
                raise LinkExpired("this link has expired", remedy="Ask for the task again.")
            case Verdict.FORGED:
                raise NotFound("there is no such file")
            case Verdict.GOOD:
                found = await self.files.about(file)
                if found is None:
                    raise NotFound("there is no such file")
                return found

    def read(self, file: str, start: int, end: int) -> AsyncIterator[bytes]:
        return self.files.open_range(file, start, end)
