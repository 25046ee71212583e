"""Signed links: nobody who has one can make another."""

from __future__ import annotations

from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from filmgate.domain.files import file_of, film_key, input_key, key_of
from filmgate.domain.links import Purpose, Verdict, sign_link, verify_link

SECRET, OTHER = b"a" * 32, b"b" * 32
FILM = "task_01M7XWFKN6HJ1JG15Z7S1VRV7X.mp4"


def parts(link: str) -> tuple[str, str, str]:
    found = urlsplit(link)
    query = parse_qs(found.query)
    return unquote(found.path.rpartition("/")[2]), query["e"][0], query["s"][0]


def verdict(
    link: str, *, now: float = 1000.0, secret: bytes = SECRET, purpose: Purpose = Purpose.FILE
) -> Verdict:
    file, expires, signature = parts(link)
    return verify_link(file, expires, signature, secrets=[secret], now=now, purpose=purpose)


def test_a_link_opens_its_file_until_its_time() -> None:
    link = sign_link(FILM, 2000.7, SECRET)
    assert link.startswith(f"/files/{FILM}?e=2000&s=")
    assert len(link) < 120
    assert verdict(link, now=1999.9) is Verdict.GOOD
    assert verdict(link, now=2000) is Verdict.EXPIRED
    assert verdict(link, now=1e15) is Verdict.EXPIRED


def test_no_link_outlives_its_record() -> None:
    _, expires, _ = parts(sign_link(FILM, 2000, SECRET, record_expires_at=1500))
    assert expires == "1500"
    _, expires, _ = parts(sign_link(FILM, 2000, SECRET, record_expires_at=None))
    assert expires == "2000"


def test_secrets_and_purposes_are_apart() -> None:
    link = sign_link(FILM, 2000, SECRET)
    assert verdict(link, secret=OTHER) is Verdict.FORGED
    assert verdict(link, purpose=Purpose.UPLOAD) is Verdict.FORGED
    upload = sign_link(FILM, 2000, SECRET, purpose=Purpose.UPLOAD)
    assert upload.startswith("/uploads/")
    assert verdict(upload) is Verdict.FORGED
    assert verdict(upload, purpose=Purpose.UPLOAD) is Verdict.GOOD


def test_yesterdays_secret_still_opens() -> None:
    file, expires, signature = parts(sign_link(FILM, 2000, OTHER))
    good = verify_link(file, expires, signature, secrets=[SECRET, OTHER], now=1)
    assert good is Verdict.GOOD
    assert verify_link(file, expires, signature, secrets=[], now=1) is Verdict.FORGED


@pytest.mark.parametrize(
    ("file", "expires", "signature"),
    [
        ("task_X.mp4", None, None),
        (None, "2001", None),
        (None, "02000", None),
        (None, "+2000", None),
        (None, "2000.0", None),
        (None, "\u0662\u0660\u0660\u0660", None),
        (None, "", None),
        (None, "9" * 5000, None),
        (None, None, ""),
        (None, None, "A" * 43),
        (None, None, "é" * 43),
        (None, None, "\udcff"),
    ],
)
def test_nothing_may_be_changed(
    file: str | None, expires: str | None, signature: str | None
) -> None:
    real = parts(sign_link(FILM, 2000, SECRET))
    tried = [
        new if new is not None else old
        for new, old in zip((file, expires, signature), real, strict=True)
    ]
    assert verify_link(*tried, secrets=[SECRET], now=1) is Verdict.FORGED


@given(st.text(max_size=60), st.integers(0, 10**11), st.binary(min_size=16, max_size=64))
def test_any_name_comes_back(file: str, expires: int, secret: bytes) -> None:
    link = sign_link(file.encode("utf-8", "replace").decode(), expires, secret)
    if file.encode("utf-8", "replace").decode() == file and file:
        assert verdict(link, now=expires - 1, secret=secret) is Verdict.GOOD


@given(st.text(max_size=43), st.text(max_size=12))
def test_any_rubbish_is_forged(signature: str, expires: str) -> None:
    assert verify_link(FILM, expires, signature, secrets=[SECRET], now=1) is Verdict.FORGED


def test_ids_and_keys_mean_each_other() -> None:
    digest = "ab" * 32
    for key in (film_key("task_1"), "results/task_1.gif", input_key(digest)):
        assert key_of(file_of(key)) == key
    assert file_of(input_key(digest)) == f"asset_{digest}"


@pytest.mark.parametrize(
    "file",
    [
        "",
        "..",
        "task_1",
        "task_1.db",
        "task_1.mp4\n",
        "task_../../filmgate.db",
        "task_1.mp4/x",
        "/etc/passwd",
        "asset_" + "AB" * 32,
        "asset_ab",
        "filmgate.db",
        "task_\u0661.mp4",
        "task_.mp4",
    ],
)
def test_nothing_else_is_an_id(file: str) -> None:
    assert key_of(file) is None


@given(st.text(max_size=80))
def test_no_text_leads_out(file: str) -> None:
    key = key_of(file)
    assert key is None or (key.startswith(("results/", "assets/")) and ".." not in key)
