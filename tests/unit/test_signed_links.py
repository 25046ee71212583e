"""Signed addresses: what they open, how long, and what becomes of them when keys change."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from tests.pretend.rooms import HandClock, new_task

from filmgate.domain.files import film_key
from filmgate.domain.links import Verdict
from filmgate.domain.request import Asset
from filmgate.domain.task import Fault, Result, State, Task, move, rescue
from filmgate.storage.vault import Keyring, new_key
from filmgate.usecases.signed_links import LIFETIME_S, ROUND_S, SECRETS_S, SignedLinks

ASSET = Asset("ab" * 32, "image/png", 12)


def done(**said: object) -> Task:
    task = new_task()
    result = Result(
        path=film_key(task.id),
        digest="d",
        size_bytes=1,
        width=2,
        height=2,
        fps=1,
        duration_s=1.0,
        poster=f"results/{task.id}.jpg",
    )
    return replace(task, state=State.SUCCEEDED, result=result, **said)


def links(clock: HandClock, *secrets: bytes) -> SignedLinks:
    return SignedLinks(lambda: list(secrets or (b"s",)), clock, "https://films.example")


def parts(url: str | None) -> tuple[str, str, str]:
    assert url is not None
    split = urlsplit(url)
    assert (split.scheme, split.netloc) == ("https", "films.example")
    query = parse_qs(split.query)
    return split.path.rpartition("/")[2], query["e"][0], query["s"][0]


def test_a_link_opens_its_file_for_a_day() -> None:
    clock, task = HandClock(), done()
    signed = links(clock)
    file, expires, signature = parts(signed.film(task))
    assert file == f"{task.id}.mp4"
    assert signed.verdict(file, expires, signature) is Verdict.GOOD
    assert signed.verdict(f"{task.id}.jpg", expires, signature) is Verdict.FORGED
    clock.time += LIFETIME_S - 1
    assert signed.verdict(file, expires, signature) is Verdict.GOOD
    clock.time += ROUND_S
    assert signed.verdict(file, expires, signature) is Verdict.EXPIRED


def test_asking_again_soon_gives_the_same_address() -> None:
    clock, task = HandClock(), done()
    clock.time = 10 * ROUND_S + 1
    first = links(clock).film(task)
    clock.time += 60
    assert links(clock).film(task) == first


def test_no_link_outlives_its_record_and_an_expired_task_has_none() -> None:
    clock = HandClock()
    task = done(expires_at=clock.time + 100)
    signed = links(clock)
    assert int(parts(signed.film(task))[1]) == task.expires_at
    assert signed.poster(task) is not None
    assert signed.preview(task) is None
    clock.time += 100
    assert (signed.film(task), signed.poster(task)) == (None, None)


def test_what_has_no_film_has_no_link_and_a_rescued_one_has() -> None:
    signed, task = links(HandClock()), new_task()
    assert signed.film(task) is None
    failed = move(task, State.FAILED, 2.0, fault=Fault.TIMEOUT)
    saved = rescue(failed, done().result, 3.0)  # type: ignore[arg-type] - it has one
    assert signed.film(saved) is not None


def test_an_input_s_link_lasts_as_long_as_was_asked() -> None:
    clock = HandClock()
    file, expires, _ = parts(links(clock).asset(ASSET, lifetime_s=20))
    assert (file, int(expires)) == (f"asset_{ASSET.digest}", int(clock.time) + 20)


def test_a_new_master_key_breaks_no_link_here_and_is_noticed(tmp_path: Path) -> None:
    clock, task, keys = HandClock(), done(), [b"old"]
    here = SignedLinks(lambda: list(keys), clock, "https://films.example")
    before = parts(here.film(task))
    keys[:] = [b"new"]
    clock.time += SECRETS_S
    after = parts(here.film(task))
    assert after[2] != before[2]
    assert here.verdict(*before) is Verdict.GOOD
    # Another process that has signed with a key that this one has not seen yet.
    keys[:] = [b"newest"]
    clock.time += 2
    elsewhere = parts(links(clock, b"newest").film(task))
    assert here.verdict(*elsewhere) is Verdict.GOOD
    assert links(clock, b"stranger").verdict(*elsewhere) is Verdict.FORGED


@pytest.mark.parametrize("given", [None, "x" * 40])
def test_links_are_signed_with_keys_of_their_own(tmp_path: Path, given: str | None) -> None:
    keyring = Keyring(tmp_path, given)
    (secret,) = set(keyring.link_secrets())
    assert set(Keyring(tmp_path, given).link_secrets()) == {secret}
    assert secret not in keyring.first().text.encode()
    other = new_key()
    assert Keyring(tmp_path, f"{other.text},{'x' * 40}").link_secrets()[0] == other.link_secret
