"""What may not be asked for here: a list of words, where no other moderator is set up."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator

from filmgate.domain.errors import Disallowed
from filmgate.domain.request import (
    Generation,
    LipSync,
    Request,
    Speech,
    TextToAudio,
    VideoToAudio,
)


class WordList:
    """Whole words and phrases, however they are cased, spaced or composed. What a negative prompt
    names is not asked for."""

    def __init__(self, words: Iterable[str]) -> None:
        known = [r"\s+".join(map(re.escape, _plain(word).split())) for word in words]
        self._pattern = re.compile(rf"(?<!\w)(?:{'|'.join(known)})(?!\w)") if known else None

    async def check(self, request: Request) -> None:
        if self._pattern is None:
            return
        for field, text in _texts(request):
            if found := self._pattern.search(_plain(text)):
                raise Disallowed(
                    f"{field} has words in it that are not allowed here: {found.group()}",
                    field=field,
                    remedy="Say it otherwise.",
                )


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()


def _texts(request: Request) -> Iterator[tuple[str, str]]:
    if isinstance(request, Generation | TextToAudio):
        yield "prompt", request.prompt
    for shot in getattr(request, "shots", ()):
        yield "shots", shot.prompt
    if isinstance(request, Speech | LipSync) and request.text:
        yield "text", request.text
    if isinstance(request, VideoToAudio):
        yield "effect_prompt", request.effect_prompt
        yield "music_prompt", request.music_prompt
