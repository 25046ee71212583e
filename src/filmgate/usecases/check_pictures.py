"""What can be told of given pictures only once they are here and their sizes known."""

from __future__ import annotations

from filmgate.domain.limits import sizes_refusal
from filmgate.domain.model import Model
from filmgate.domain.order import assets_of
from filmgate.domain.ports import Assets
from filmgate.domain.request import Request


async def check_pictures(request: Request, model: Model, assets: Assets) -> tuple[int, int] | None:
    """The size of the picture that gives the film its shape, if one is here.

    Pictures that have still to be fetched are passed by. Raises FixRequest.
    """
    # What has still to be fetched says no type yet.
    pictures = [each for each in assets_of(request) if each.media_type.startswith("image/")]
    if not pictures:
        return None
    sizes = {each.digest: await assets.picture_size(each) for each in pictures}
    if refused := sizes_refusal(model, request, sizes):
        raise refused.error()
    return sizes[pictures[0].digest]
