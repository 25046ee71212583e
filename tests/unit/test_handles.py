"""One task under the names of every protocol."""

from __future__ import annotations

import re
import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from filmgate.domain import handles

TASK_IDS = st.text("0123456789ABCDEFGHJKMNPQRSTVWXYZ", min_size=26, max_size=26).map(
    lambda ulid: f"task_{ulid}"
)
SHAPES = {
    handles.digits_of: (handles.number_in_digits, r"[0-9]{18}"),
    handles.nine_of: (handles.number_in_nine, r"[0-9A-Za-z]{9}"),
    handles.hex_of: (handles.number_in_hex, r"[0-9a-f]{32}"),
    handles.uuid_of: (handles.number_in_uuid, r"[0-9a-f-]{36}"),
}


@given(TASK_IDS)
def test_every_name_leads_back_to_the_number(task_id: str) -> None:
    number = handles.number_of(task_id)
    assert 0 <= number < handles.NUMBERS
    for told, (read, shape) in SHAPES.items():
        assert re.fullmatch(shape, told(task_id))
        assert read(told(task_id)) == number


@given(TASK_IDS)
def test_the_uuid_is_one_of_version_4(task_id: str) -> None:
    read = uuid.UUID(handles.uuid_of(task_id))
    assert (read.version, read.variant) == (4, uuid.RFC_4122)


@given(TASK_IDS, TASK_IDS)
def test_two_tasks_have_two_names(one: str, other: str) -> None:
    if one != other:
        for told in SHAPES:
            assert told(one) != told(other)


@pytest.mark.parametrize(
    "text",
    [
        *("", "task_1", "8" * 17, "9" * 18, "8" + "9" * 17, "f" * 32, "z" * 32, "a" * 10),
        *("\uff10" * 9, "ffffffff-ffff-4fff-bfff-ffffffffffff", "not-a-uuid", "../../etc/passwd"),
    ],
)
def test_anything_else_leads_nowhere(text: str) -> None:
    assert [read(text) for read, _ in SHAPES.values()] == [None] * 4


@given(st.text())
def test_no_text_breaks_a_reader(text: str) -> None:
    for read, _ in SHAPES.values():
        number = read(text)
        assert number is None or 0 <= number < handles.NUMBERS
