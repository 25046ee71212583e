"""A create call, read and found in order; nothing was looked up or fetched yet."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from filmgate.domain.errors import BadInput
from filmgate.domain.media import MediaLimits
from filmgate.domain.request import Asset, Fetch, Request
from filmgate.protocols.kie.errors import KieRefusal, bad_picture
from filmgate.protocols.kie.media_rules import PICTURE
from filmgate.protocols.kie.wire import url_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    request: Request
    """Its assets are still URLs, each with the field that it came in."""
    callback_url: str | None = None
    said: str
    """The whole call as JSON text; ``param`` shows it again."""
    words: Mapping[str, str]
    """The call's names for the fields of our requests, for ``errors.answer_to``."""


def given(field: str, text: str, limits: MediaLimits) -> Asset:
    """Something to be fetched. Raises KieRefusal, BadInput."""
    try:
        url = url_of(field, text)
    except KieRefusal as error:
        if limits is PICTURE:
            raise bad_picture(field, "must be an http or https URL") from error
        raise BadInput(error.message, field=field) from error
    return Asset("", "", 0, fetch=Fetch(url=url, field=field, limits=limits))
