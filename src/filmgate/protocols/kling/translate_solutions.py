"""Try-On 3.0: a new design of its own (``reference/kling.md`` 11)."""

from __future__ import annotations

from filmgate.domain.request import Asset, TryOn
from filmgate.protocols.kling.errors import refused, required
from filmgate.protocols.kling.media_rules import Sort
from filmgate.protocols.kling.references import Collector, Wanted
from filmgate.protocols.kling.translate_fields import create_options
from filmgate.protocols.kling.wire import decode
from filmgate.protocols.kling.wire_new import TryOnCreateBody


def read_solution_try_on(body: bytes) -> Wanted:
    """``POST /solutions/virtual_try_on``: one garment, one person, both by URL."""
    wire = decode(body, TryOnCreateBody)
    media, settings, options = Collector(), wire.settings, wire.options
    found: dict[str, Asset] = {}
    for at, item in enumerate(wire.contents or ()):
        if item.type in found:
            raise refused("contents", f"must have exactly 1 item of type {item.type}")
        found[item.type] = media.need(f"contents[{at}].url", item.url, Sort.TRY_ON_PICTURE)
    for kind in ("product_image", "person_image"):
        if kind not in found:
            raise required(f"contents {kind}")
    request = TryOn(
        model="virtual_try_on",
        person=found["person_image"],
        garments=(found["product_image"],),
        keep_face=settings is None or settings.keep_face is not False,
        keep_pose=settings is None or settings.keep_pose is not False,
        keep_background=settings is None or settings.keep_background is not False,
    )
    return Wanted(
        request=request,
        media=media.refs,
        options=create_options(
            "options.",
            options.callback_url if options else None,
            options.external_task_id if options else None,
            watermark=options.watermark if options else None,
        ),
    )
