"""What a request was given by its address: taken from our storage, or promised to be fetched."""

from __future__ import annotations

from urllib.parse import parse_qs, unquote, urlsplit

from filmgate.domain.errors import BadInput, NotFound
from filmgate.domain.files import INPUTS, key_of
from filmgate.domain.links import Verdict
from filmgate.domain.media import broken_limit
from filmgate.domain.order import assets_of, with_assets
from filmgate.domain.request import Asset, Fetch, Request
from filmgate.domain.task import Task
from filmgate.usecases.front import Front

FILES = "/files/"


async def take_in(request: Request, front: Front) -> Request:
    """The request with every input looked at as far as its address shows; links of ours (uploads,
    films) become the stored inputs themselves. Raises BadInput, whose field is the one given."""
    wanted = {asset.fetch for asset in assets_of(request) if asset.fetch is not None}
    found = {each: await take_in_one(each, front) for each in wanted}
    return with_assets(request, lambda asset: found[asset.fetch] if asset.fetch else asset)


async def take_in_one(wanted: Fetch, front: Front) -> Asset:
    """Raises BadInput."""
    if not wanted.url.startswith(front.public_url + FILES):
        return front.intake.promise(wanted.url, field=wanted.field, limits=wanted.limits)
    try:
        asset = await _stored(wanted.url, front)
    except (NotFound, BadInput) as error:
        raise BadInput(
            f"{wanted.field} can't be used: {error.message}", field=wanted.field
        ) from error
    facts = await front.intake.facts(asset)
    if told := broken_limit(wanted.limits, facts, asset.size_bytes):
        raise BadInput(f"{wanted.field} {told}", field=wanted.field)
    return asset


def film_link(url: str, front: Front) -> str | None:
    """The task whose film a link of ours leads to, expired or not; None for anything else."""
    key, verdict = _read(url, front)
    if key is None or verdict is Verdict.FORGED or key.startswith(INPUTS):
        return None
    return key.rpartition("/")[2].partition(".")[0]


async def _stored(url: str, front: Front) -> Asset:
    """Raises NotFound. Whoever has the link may use what it opens."""
    key, verdict = _read(url, front)
    if verdict is Verdict.EXPIRED:
        raise NotFound("the link has expired")
    if key is None or verdict is Verdict.FORGED:
        raise NotFound("there is no such file")
    if key.startswith(INPUTS):
        return await front.intake.recall(key.rpartition("/")[2])
    task_id, _, ending = key.rpartition("/")[2].partition(".")
    task: Task | None = await front.service.store.tasks.read(task_id)
    if task is None or task.result is None or ending != "mp4":
        raise NotFound("there is no such film")
    return await front.intake.keep_film(task)


def _read(url: str, front: Front) -> tuple[str | None, Verdict]:
    """The key that a link stands for, and what is to be thought of the link."""
    parts = urlsplit(url)
    if not url.startswith(front.public_url + FILES):
        return None, Verdict.FORGED
    file, query = unquote(parts.path.rpartition("/")[2]), parse_qs(parts.query)
    expires, signature = query.get("e", [""])[0], query.get("s", [""])[0]
    return key_of(file), front.links.verdict(file, expires, signature)
