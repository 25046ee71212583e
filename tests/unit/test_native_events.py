"""Streams of events: readers who take nothing, readers who leave, and too many readers."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator

import pytest

from filmgate.domain.errors import Wait
from filmgate.protocols.filmgate.client import Happening, HappeningReader
from filmgate.protocols.filmgate.server import events
from filmgate.protocols.filmgate.server.events import STREAMS_OF_CUSTOMER_MAX, EventStream, Streams


def placed(streams: Streams) -> contextlib.ExitStack:
    with contextlib.ExitStack() as stack:
        stack.enter_context(streams.place("cus_1"))
        return stack.pop_all()


class Endless:
    """What is sent, as long as anybody takes it."""

    def __init__(self) -> None:
        self.made = 0
        self.ended = False

    async def chunks(self) -> AsyncIterator[bytes]:
        try:
            while True:
                self.made += 1
                yield b": x\n\n"
        finally:
            self.ended = True


async def stays() -> dict[str, object]:
    await asyncio.sleep(60)
    raise AssertionError("nobody waits so long")


async def leaves() -> dict[str, object]:
    return {"type": "http.disconnect"}


def test_a_reader_who_takes_nothing_loses_the_place_and_fills_no_memory(monkeypatch):
    monkeypatch.setattr(events, "PATIENCE_S", 0.05)
    streams, news, sent = Streams(), Endless(), []

    async def send(message) -> None:
        sent.append(message)
        if len(sent) > 3:
            await asyncio.sleep(60)

    stream = EventStream(news.chunks(), placed(streams))
    asyncio.run(stream({"type": "http"}, stays, send))
    assert len(sent) == 4
    assert news.made == 3
    assert streams._open.total() == 0


def test_a_reader_who_leaves_is_noticed_while_nothing_happens():
    streams = Streams()

    async def silence() -> AsyncIterator[bytes]:
        await asyncio.sleep(60)
        yield b""

    async def send(message) -> None:
        pass

    stream = EventStream(silence(), placed(streams))
    asyncio.run(stream({"type": "http"}, leaves, send))
    assert streams._open.total() == 0


def test_places_are_counted_by_customer():
    streams = Streams()
    with contextlib.ExitStack() as stack:
        for _ in range(STREAMS_OF_CUSTOMER_MAX):
            stack.enter_context(streams.place("cus_1"))
        with pytest.raises(Wait), streams.place("cus_1"):
            pass
        with streams.place("cus_2"):
            pass
    with streams.place("cus_1"):
        pass


# From the HTML standard, 9.2.6: comments, names, data over several lines, an event left unfinished.
STREAM = (
    b": test stream\n\n"
    b'event: task\ndata: {"a":1}\nid: 1\n\n'
    b"data:second\r\ndata: third\r\n\r\n"
    b"event: lost\n\n"
    b"data: unfinished\n"
)


@pytest.mark.parametrize("size", [1, 2, 3, 7, 1000])
def test_events_are_put_together_from_whatever_pieces(size):
    reader = HappeningReader()
    pieces = [STREAM[at : at + size] for at in range(0, len(STREAM), size)]
    assert [event for piece in pieces for event in reader.feed(piece)] == [
        Happening("task", b'{"a":1}'),
        Happening("message", b"second\nthird"),
    ]
