"""What was settled before for a request of the same shape, so that it need not be settled again.

Most requests of a day ask for the same thing with other words in the prompt. What they come to
hangs on the prompt's length alone, as far as it is above a limit, and on nothing of the seed.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass, field, fields, replace
from operator import attrgetter

from filmgate.catalogue.load import Catalogue
from filmgate.domain.errors import FixRequest
from filmgate.domain.ports import Assets
from filmgate.domain.request import Mode, Request, TextToVideo
from filmgate.usecases.settle_request import Settled, settle_request

KNOWN_MAX = 4096
LENGTHS = 64
"""Texts count as long as the next multiple of this; a limit is never below its text's class."""
_OWN = frozenset({"prompt", "negative_prompt", "seed"})
_CELLS: Callable[[TextToVideo], tuple[Hashable, ...]] = attrgetter(
    *(each.name for each in fields(TextToVideo) if each.name not in _OWN)
)


@dataclass(frozen=True, slots=True)
class Settlements:
    """For requests without inputs; a picture has a size of its own."""

    catalogue: Callable[[], Catalogue]
    _known: dict[tuple[Hashable, ...], Settled] = field(
        default_factory=dict[tuple[Hashable, ...], Settled]
    )

    async def settle(
        self, request: Request, *, provider: str, assets: Assets, seed: int
    ) -> Settled:
        """As ``settle_request`` does."""
        shape = _shape_of(request) if isinstance(request, TextToVideo) else None
        if shape is None or not isinstance(request, TextToVideo):
            return await self._settle(request, provider, assets, seed)
        key = (provider, *shape)
        known = self._known.get(key)
        if known is None:
            return await self._learn(key, request, provider, assets, seed)
        return _for_this_one(known, request, seed)

    async def _learn(
        self,
        key: tuple[Hashable, ...],
        request: TextToVideo,
        provider: str,
        assets: Assets,
        seed: int,
    ) -> Settled:
        settled = await self._settle(request, provider, assets, seed)
        longest = replace(
            request,
            prompt=_longest(request.prompt),
            negative_prompt=_longest(request.negative_prompt),
        )
        try:
            worst = await self._settle(longest, provider, assets, seed)
        except FixRequest:
            return settled  # a limit lies within the class: the next one is looked at by itself
        if len(self._known) >= KNOWN_MAX:
            self._known.clear()
        self._known[key] = worst
        return settled

    async def _settle(self, request: Request, provider: str, assets: Assets, seed: int) -> Settled:
        return await settle_request(
            request, provider=provider, catalogue=self.catalogue(), assets=assets, seed=seed
        )


def _shape_of(request: TextToVideo) -> tuple[Hashable, ...] | None:
    """All that counts; None where the seed is out of range and will be refused."""
    seed = request.seed
    if seed is not None and not 0 <= seed < 2**32:
        return None
    texts = _class_of(request.prompt), _class_of(request.negative_prompt)
    return (*texts, seed is None, _CELLS(request))


def _class_of(text: str) -> int:
    """-1 for what is blank and not empty."""
    return -1 if text.isspace() else -(-len(text) // LENGTHS)


def _longest(text: str) -> str:
    length = _class_of(text)
    return text if length < 0 else "x" * (length * LENGTHS)


def _for_this_one(known: Settled, request: TextToVideo, seed: int) -> Settled:
    """Of the request itself, settling fills in the mode and nothing else."""
    mode: Mode | None = getattr(known.request, "mode", None)
    return replace(
        known,
        request=request if request.mode is mode else replace(request, mode=mode),
        output=replace(known.output, seed=seed if request.seed is None else request.seed),
    )
