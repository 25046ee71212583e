"""What stands behind the question mark."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from filmgate.protocols.openai_videos.errors import invalid

LIMIT_MAX = 100
LIMIT = 20
_LIMIT = re.compile(r"[0-9]{1,4}")


class Variant(StrEnum):
    VIDEO = "video"
    THUMBNAIL = "thumbnail"
    SPRITESHEET = "spritesheet"


@dataclass(frozen=True, slots=True, kw_only=True)
class ListQuery:
    after: str | None = None
    limit: int = LIMIT
    oldest_first: bool = False


def list_query(query: Mapping[str, str]) -> ListQuery:
    """Raises OpenAIRefusal."""
    order = query.get("order") or "desc"
    if order not in {"asc", "desc"}:
        raise invalid("order", order, ("asc", "desc"))
    limit = query.get("limit") or str(LIMIT)
    if _LIMIT.fullmatch(limit) is None or not 0 < int(limit) <= LIMIT_MAX:
        raise invalid("limit", limit)
    return ListQuery(
        after=query.get("after") or None, limit=int(limit), oldest_first=order == "asc"
    )


def variant_of(query: Mapping[str, str]) -> Variant:
    """Raises OpenAIRefusal."""
    asked = query.get("variant") or Variant.VIDEO.value
    try:
        return Variant(asked)
    except ValueError:
        raise invalid("variant", asked, tuple(each.value for each in Variant)) from None
