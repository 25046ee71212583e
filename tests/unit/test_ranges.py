"""Range headers, case by case from RFC 9110, and any others."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from filmgate.domain.ranges import Part, Span, Unsatisfiable, Whole, parse_range

N = 10_000
WHOLE, NONE = Whole(N), Unsatisfiable(N)


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        (None, WHOLE),
        # The examples of 14.1.2.
        ("bytes=0-499", Part(0, 500, N)),
        ("bytes=500-999", Part(500, 1000, N)),
        ("bytes=-500", Part(9500, N, N)),
        ("bytes=9500-", Part(9500, N, N)),
        ("bytes=0-0", Part(0, 1, N)),
        ("bytes=9999-9999", Part(9999, N, N)),
        # Beyond the end: as much as there is; nothing there: 416.
        ("bytes=9000-20000", Part(9000, N, N)),
        ("bytes=0-", Part(0, N, N)),
        ("bytes=10000-", NONE),
        ("bytes=10000-10001", NONE),
        ("bytes=-0", NONE),
        ("bytes=-20000", Part(0, N, N)),
        ("bytes=" + "9" * 5000 + "-", NONE),
        ("bytes=0-" + "9" * 5000, Part(0, N, N)),
        ("bytes=-" + "9" * 5000, Part(0, N, N)),
        ("bytes=" + "0" * 5000 + "-9", Part(0, 10, N)),
        # Several: all is sent.
        ("bytes=0-0,-1", WHOLE),
        ("bytes=0-499, 500-999", WHOLE),
        # Invalid or of another unit: ignored.
        ("bytes=500-499", WHOLE),
        ("bytes=20000-10000", WHOLE),
        ("bytes=-", WHOLE),
        ("bytes=", WHOLE),
        ("bytes=a-b", WHOLE),
        ("bytes=1-2-3", WHOLE),
        ("bytes=+1-2", WHOLE),
        ("bytes 0-499", WHOLE),
        ("lines=0-5", WHOLE),
        ("bytes=\u0660-\u0669", WHOLE),
        ("bytes=0 - 499", WHOLE),
        ("", WHOLE),
        ("bytes=0-499\n", WHOLE),
        # Names of units know no case; blanks may stand around a range.
        ("Bytes=0-499", Part(0, 500, N)),
        ("bytes= 0-499 ", Part(0, 500, N)),
    ],
)
def test_ranges(header: str | None, expected: Span) -> None:
    assert parse_range(header, N) == expected


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        (None, Whole(0)),
        ("bytes=0-", Unsatisfiable(0)),
        ("bytes=0-0", Unsatisfiable(0)),
        ("bytes=-5", Whole(0)),
        ("bytes=-0", Unsatisfiable(0)),
    ],
)
def test_an_empty_file(header: str | None, expected: Span) -> None:
    assert parse_range(header, 0) == expected


@pytest.mark.parametrize(
    ("if_range", "etag", "expected"),
    [
        (None, '"a"', Part(0, 5, N)),
        ('"a"', '"a"', Part(0, 5, N)),
        (' "a" ', '"a"', Part(0, 5, N)),
        ('"b"', '"a"', WHOLE),
        ('W/"a"', '"a"', WHOLE),
        ('W/"a"', 'W/"a"', WHOLE),
        ("Sat, 29 Oct 1994 19:43:31 GMT", '"a"', WHOLE),
        ('"a"', None, WHOLE),
    ],
)
def test_a_range_of_other_bytes_is_none(
    if_range: str | None, etag: str | None, expected: Span
) -> None:
    assert parse_range("bytes=0-4", N, if_range=if_range, etag=etag) == expected


def test_what_the_answer_says() -> None:
    part, none = parse_range("bytes=0-499", N), parse_range("bytes=10000-", N)
    assert isinstance(part, Part)
    assert isinstance(none, Unsatisfiable)
    assert part.content_range == "bytes 0-499/10000"
    assert none.content_range == "bytes */10000"


@given(header=st.text(max_size=40), size=st.integers(0, 10**13))
@example(header="bytes=0-", size=0)
@example(header="bytes=-1", size=1)
def test_any_text(header: str, size: int) -> None:
    found = parse_range(header, size)
    assert found.size == size
    if isinstance(found, Part):
        assert 0 <= found.start < found.end <= size


@given(
    size=st.integers(1, 500),
    first=st.none() | st.integers(0, 700),
    last=st.none() | st.integers(0, 700),
)
def test_against_counting(size: int, first: int | None, last: int | None) -> None:
    """What the words of the RFC mean, byte by byte."""
    header = f"bytes={'' if first is None else first}-{'' if last is None else last}"
    found = parse_range(header, size)
    if first is None:
        asked = [at for at in range(size) if last is not None and at >= size - last]
        is_range = last is not None
    else:
        asked = [at for at in range(size) if first <= at and (last is None or at <= last)]
        is_range = last is None or last >= first
    if not is_range:
        assert found == Whole(size)
    elif asked:
        assert found == Part(asked[0], asked[-1] + 1, size)
    else:
        assert found == Unsatisfiable(size)
