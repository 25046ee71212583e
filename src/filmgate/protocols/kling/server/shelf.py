"""Voices and elements: made at once, kept for their customer, listed and deleted.

Kling makes them by tasks. Here nothing has to be trained, so the task has succeeded by the time
it is answered; there is no later change of status to call anybody about.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from starlette.datastructures import QueryParams

from filmgate.domain.errors import Conflict, NotFound
from filmgate.domain.handles import digits_of
from filmgate.domain.library import Fact, Item, ItemKind, ItemQuery
from filmgate.domain.request import Asset
from filmgate.domain.task import State
from filmgate.protocols.kling import translate_answers as answers
from filmgate.protocols.kling import translate_replies as replies
from filmgate.protocols.kling.endpoints import Endpoint
from filmgate.protocols.kling.errors import (
    KlingRefusal,
    element_already_deleted,
    external_id_taken,
    invalid,
    task_not_found,
    voice_not_found,
)
from filmgate.protocols.kling.references import CreateOptions, MediaRef
from filmgate.protocols.kling.server.media import MediaDesk
from filmgate.protocols.kling.translate_library import (
    DeleteElement,
    DeleteVoice,
    MakeElement,
    MakeVoice,
)
from filmgate.protocols.kling.translate_queries import VOICES_PAGE_SIZE_MAX, read_page
from filmgate.protocols.kling.view import ElementView, Family, TagView, TaskView, VoiceView
from filmgate.usecases.front import Front
from filmgate.usecases.library import Draft

FRONT, REFER, CLIP, SAMPLE = "frontal", "refer", "clip", "sample"
"""What each stored input of an item is, told by its name."""
LINK_S = 24 * 3600.0
TAGS: dict[str, str] = {"o_101": "Hottest", "o_108": "Others"}
"""Kling tells the names of the first and the last only (``reference/kling.md`` 8)."""
KINDS: dict[Family, ItemKind] = {
    Family.VOICE: ItemKind.VOICE,
    Family.ELEMENT: ItemKind.ELEMENT,
}
OLD = "/custom-elements"
Made = MakeVoice | MakeElement | DeleteVoice | DeleteElement


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelf:
    front: Front
    media: MediaDesk

    async def change(
        self, customer: str, endpoint: Endpoint, wanted: Made, request_id: str
    ) -> bytes:
        """Raises FilmgateError."""
        match wanted:
            case MakeVoice():
                item = await self._make_voice(customer, wanted)
            case MakeElement():
                item = await self._make_element(customer, wanted)
            case DeleteVoice():
                return await self._delete(customer, ItemKind.VOICE, wanted.voice_id, request_id)
            case DeleteElement():
                kind = ItemKind.ELEMENT
                return await self._delete(customer, kind, wanted.element_id, request_id)
        if isinstance(wanted, MakeElement) and wanted.is_immediate:
            return answers.element(await self._element(item), request_id)
        return replies.created(await self._view(endpoint.family, item), request_id)

    async def single(self, customer: str, endpoint: Endpoint, asked: str, request_id: str) -> bytes:
        item = await self._find(customer, KINDS[endpoint.family], asked, with_deleted=True)
        if endpoint.path.endswith(OLD):
            return answers.element(await self._element(item), request_id)
        return replies.single(await self._view(endpoint.family, item), request_id)

    async def listed(
        self, customer: str, endpoint: Endpoint, query: QueryParams, request_id: str
    ) -> bytes:
        page = read_page(query.get("pageNum"), query.get("pageSize"), size_max=VOICES_PAGE_SIZE_MAX)
        wanted = ItemQuery(
            customer=customer,
            kind=KINDS[endpoint.family],
            offset=page.offset,
            limit=page.size,
        )
        found = await self.front.library.all(wanted)
        return await self._told(endpoint, found, request_id)

    async def presets(self, endpoint: Endpoint, query: QueryParams, request_id: str) -> bytes:
        page = read_page(query.get("pageNum"), query.get("pageSize"), size_max=VOICES_PAGE_SIZE_MAX)
        found = self.front.library.presets_of(KINDS[endpoint.family])
        found = found[page.offset : page.offset + page.size]
        return await self._told(endpoint, found, request_id)

    async def check(self, customer: str, voices: Iterable[str], elements: Iterable[str]) -> None:
        """Whether a request's voices and elements are there. Raises KlingRefusal (1201)."""
        for voice in voices:
            try:
                await self._find(customer, ItemKind.VOICE, voice)
            except KlingRefusal:
                raise voice_not_found() from None
        for at, element in enumerate(elements):
            try:
                await self._find(customer, ItemKind.ELEMENT, element)
            except KlingRefusal:
                raise invalid(f"element_list[{at}].element_id", element) from None

    async def _make_voice(self, customer: str, wanted: MakeVoice) -> Item:
        facts = await self._named(customer, wanted.options)
        sample = await self._keep(customer, wanted.sample, SAMPLE)
        draft = Draft(kind=ItemKind.VOICE, name=wanted.name, facts=facts, assets=(sample,))
        return await self.front.library.make(customer, draft)

    async def _make_element(self, customer: str, wanted: MakeElement) -> Item:
        facts = {**await self._named(customer, wanted.options), "tags": wanted.tags}
        if wanted.voice_id is not None:
            await self.check(customer, (wanted.voice_id,), ())
            facts["voice"] = wanted.voice_id
        given = [(FRONT, wanted.front), *((REFER, each) for each in wanted.others)]
        given.append((CLIP, wanted.clip))
        assets = [await self._keep(customer, ref, role) for role, ref in given if ref is not None]
        return await self.front.library.make(
            customer,
            Draft(
                kind=ItemKind.ELEMENT,
                name=wanted.name,
                description=wanted.description,
                facts=facts,
                assets=tuple(assets),
            ),
        )

    async def _named(self, customer: str, options: CreateOptions) -> dict[str, Fact]:
        name = options.external_task_id
        if name is None:
            return {}
        if await self._by_name(customer, name) is not None:
            raise external_id_taken(name)
        return {"external_id": name}

    async def _by_name(self, customer: str, name: str) -> Item | None:
        kept = await self.front.library.all(ItemQuery(customer=customer, with_deleted=True))
        return next((each for each in kept if each.facts.get("external_id") == name), None)

    async def _keep(self, customer: str, ref: MediaRef, role: str) -> Asset:
        asset = await self.media.asset(customer, ref)
        if asset.fetch is not None:
            asset = await self.front.intake.fetch(asset.fetch)
        return replace(asset, name=role)

    async def _delete(self, customer: str, kind: ItemKind, asked: str, request_id: str) -> bytes:
        try:
            item = await self.front.library.delete(customer, _number(asked) or 0, kind)
        except NotFound:
            if kind is ItemKind.VOICE:
                raise voice_not_found() from None
            raise invalid("element_id", asked) from None
        except Conflict:
            raise element_already_deleted(asked) from None
        return answers.deleted(str(item.number), request_id)

    async def _find(
        self, customer: str, kind: ItemKind, asked: str, *, with_deleted: bool = False
    ) -> Item:
        """By its number, or by the customer's own name for it."""
        number = _number(asked)
        if number is not None:
            try:
                return await self.front.library.find(
                    customer, number, kind, with_deleted=with_deleted
                )
            except NotFound:
                pass
        found = await self._by_name(customer, asked)
        if found is None or found.kind is not kind:
            raise task_not_found(asked)
        return found

    async def _told(self, endpoint: Endpoint, found: Iterable[Item], request_id: str) -> bytes:
        if endpoint.path.endswith(OLD):
            elements = [await self._element(item) for item in found]
            return answers.elements(elements, request_id)
        views = [await self._view(endpoint.family, item) for item in found]
        return replies.listed(views, request_id)

    async def _view(self, family: Family, item: Item) -> TaskView:
        made_ms = round(item.created_at * 1000)
        is_voice = family is Family.VOICE
        return TaskView(
            id=str(item.number),
            family=family,
            state=State.SUCCEEDED,
            created_ms=made_ms,
            updated_ms=made_ms,
            external_id=_text(item.facts, "external_id"),
            voices=(self._voice(item),) if is_voice else (),
            elements=() if is_voice else (await self._element(item),),
        )

    def _voice(self, item: Item) -> VoiceView:
        return VoiceView(
            id=str(item.number),
            name=item.name,
            trial_url=next(iter(self._urls(item, SAMPLE)), ""),
            owned_by=_owner(item),
            is_deleted=item.deleted_at is not None,
        )

    async def _element(self, item: Item) -> ElementView:
        assert item.kind is ItemKind.ELEMENT, f"{item.number} is a {item.kind}"
        voice: VoiceView | None = None
        if (asked := _text(item.facts, "voice")) and item.customer is not None:
            found = await self._find(item.customer, ItemKind.VOICE, asked, with_deleted=True)
            voice = self._voice(found)
        tags = item.facts.get("tags", ())
        return ElementView(
            id=item.number,
            name=item.name,
            description=item.description,
            owned_by=_owner(item),
            front_url=next(iter(self._urls(item, FRONT)), ""),
            refer_urls=tuple(self._urls(item, REFER)),
            clip_urls=tuple(self._urls(item, CLIP)),
            voice=voice,
            tags=tuple(
                TagView(id=int(tag.removeprefix("o_")), name=TAGS.get(tag, "")) for tag in tags
            ),
            is_deleted=item.deleted_at is not None,
        )

    def _urls(self, item: Item, role: str) -> list[str]:
        return [
            self.front.links.asset(asset, lifetime_s=LINK_S)
            for asset in item.assets
            if asset.name == role
        ]


def _number(asked: str) -> int | None:
    """None for what is no number of 18 digits, which might be a name."""
    return int(asked) if len(asked) == 18 and asked.isascii() and asked.isdigit() else None


def _owner(item: Item) -> str:
    return "kling" if item.customer is None else digits_of(item.customer)


def _text(facts: Mapping[str, Fact], name: str) -> str:
    value = facts.get(name, "")
    return value if isinstance(value, str) else ""
