"""One body for every store of voices and elements, and what customers may do with them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Iterator
from pathlib import Path

import pytest
from tests.contract.stores import STORES
from tests.pretend.rooms import HandClock, new_task

from filmgate.catalogue.load import BadCatalogue
from filmgate.catalogue.load_library import load_presets, read_presets
from filmgate.domain.errors import Conflict, NotFound
from filmgate.domain.handles import number_in_digits
from filmgate.domain.library import ItemKind, ItemQuery
from filmgate.domain.ports import Store
from filmgate.domain.request import Asset
from filmgate.execution.clock import RandomIds
from filmgate.usecases.library import Draft, LibraryDesk

CAT = Asset("ab" * 32, "image/png", 12, "front")
DOG = Asset("cd" * 32, "image/png", 12, "other")
ELEMENT = Draft(
    kind=ItemKind.ELEMENT,
    name="Küste; 'cat'",
    description="a cat",
    facts={"tags": ("o_101", "o_108"), "voice": "600000000000000001"},
    assets=(CAT, DOG),
)
VOICE = Draft(kind=ItemKind.VOICE, name="ann")

Body = Callable[[LibraryDesk, Store], Coroutine[None, None, None]]
Run = Callable[[Body], None]


@pytest.fixture(params=STORES)
def run(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Run]:
    with STORES[request.param](tmp_path) as store:
        desk = LibraryDesk(
            library=store.library, presets=load_presets, clock=HandClock(), ids=RandomIds()
        )
        yield lambda body: asyncio.run(body(desk, store))


def test_what_is_made_is_found_unchanged(run: Run) -> None:
    async def body(desk: LibraryDesk, store: Store) -> None:
        made = await desk.make("ann", ELEMENT)
        assert (made.name, made.facts, made.assets) == (
            ELEMENT.name,
            ELEMENT.facts,
            ELEMENT.assets,
        )
        assert len(str(made.number)) == 18
        assert number_in_digits(str(made.number)) is None  # no task's
        assert await desk.find("ann", made.number, ItemKind.ELEMENT) == made
        other = await desk.make("ann", ELEMENT)
        assert other.number != made.number
        voice = await desk.make("ann", VOICE)
        listed = await desk.all(ItemQuery(customer="ann", kind=ItemKind.ELEMENT))
        assert {each.number for each in listed} == {made.number, other.number}
        assert len(await desk.all(ItemQuery(customer="ann"))) == 3
        assert len(await desk.all(ItemQuery(customer="ann", offset=1, limit=1))) == 1
        assert voice.kind is ItemKind.VOICE

    run(body)


def test_a_task_makes_one_item_however_often_it_is_finished(run: Run) -> None:
    async def body(desk: LibraryDesk, store: Store) -> None:
        task = new_task().id
        made = await asyncio.gather(*(desk.make("ann", VOICE, task=task) for _ in range(5)))
        assert len({each.number for each in made}) == 1
        assert made[0].task == task
        assert len(await desk.all(ItemQuery(customer="ann"))) == 1

    run(body)


def test_others_items_do_not_exist(run: Run) -> None:
    async def body(desk: LibraryDesk, store: Store) -> None:
        made = await desk.make("ann", ELEMENT)
        for ask in (
            desk.find("bob", made.number, ItemKind.ELEMENT),
            desk.find("ann", made.number, ItemKind.VOICE),
            desk.find("ann", made.number + 1, ItemKind.ELEMENT),
            desk.delete("bob", made.number, ItemKind.ELEMENT),
        ):
            with pytest.raises(NotFound):
                await ask
        assert await desk.all(ItemQuery(customer="bob")) == []
        assert not await store.library.delete(made.number, "bob", 1.0)

    run(body)


def test_what_is_deleted_is_gone_and_not_twice(run: Run) -> None:
    async def body(desk: LibraryDesk, store: Store) -> None:
        made = await desk.make("ann", ELEMENT)
        deleted = await desk.delete("ann", made.number, ItemKind.ELEMENT)
        assert deleted.deleted_at == desk.clock.now()
        with pytest.raises(Conflict, match="deleted already"):
            await desk.delete("ann", made.number, ItemKind.ELEMENT)
        with pytest.raises(NotFound):
            await desk.find("ann", made.number, ItemKind.ELEMENT)
        again = await desk.find("ann", made.number, ItemKind.ELEMENT, with_deleted=True)
        assert again == deleted
        assert await desk.all(ItemQuery(customer="ann")) == []
        assert await desk.all(ItemQuery(customer="ann", with_deleted=True)) == [deleted]

    run(body)


def test_presets_are_everybody_s_and_stay(run: Run) -> None:
    async def body(desk: LibraryDesk, store: Store) -> None:
        (preset, *_) = desk.presets_of(ItemKind.VOICE)
        assert await desk.find("ann", preset.number, ItemKind.VOICE) == preset
        assert preset.is_preset
        with pytest.raises(Conflict, match="everybody's"):
            await desk.delete("ann", preset.number, ItemKind.VOICE)

    run(body)


def test_the_sweep_spares_what_an_item_is_made_of(run: Run) -> None:
    async def body(desk: LibraryDesk, store: Store) -> None:
        assert not await store.records.uses(DOG.digest)
        made = await desk.make("ann", ELEMENT)
        assert await store.records.uses(DOG.digest)
        assert not await store.records.uses("ef" * 32)
        await desk.delete("ann", made.number, ItemKind.ELEMENT)
        assert not await store.records.uses(DOG.digest)

    run(body)


@pytest.mark.parametrize(
    ("numbers", "told"), [((600000000000000001,) * 2, "share"), ((700000000000000001,), "could be")]
)
def test_presets_that_could_be_mixed_up_are_refused(
    tmp_path: Path, numbers: tuple[int, ...], told: str
) -> None:
    item = '[[items]]\nnumber = {}\nkind = "voice"\nname = "x"\ndescription = "y"\n'
    (tmp_path / "presets.toml").write_text("".join(item.format(each) for each in numbers))
    with pytest.raises(BadCatalogue, match=told):
        read_presets(tmp_path)
