"""Whether a body of ours is like a document's sample: names, types and nesting; values only where
a code or status stands there (message text, ids and times may differ, design.md part 10)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent


def read(folder: str, name: str) -> Any:
    return json.loads((HERE / folder / f"{name}.json").read_text(encoding="utf-8"))


def under(folder: str, section: str) -> list[Any]:
    """The seed's samples under the headings that hold these words."""
    found = [row["sample"] for row in read(folder, "seed") if section in row["section"]]
    assert found, section
    return found


def agrees(sample: object, ours: object, at: str = "$", *, exact: bool = True) -> None:
    """``exact``: the same keys in the same order; else ours may have more."""
    if isinstance(sample, float | int) and not isinstance(sample, bool):
        assert isinstance(ours, float | int), at
    else:
        assert type(sample) is type(ours), at
    if isinstance(sample, dict) and isinstance(ours, dict):
        assert set(sample) <= set(ours), f"{at} lacks {set(sample) - set(ours)}"
        if exact:
            assert list(sample) == list(ours), at
        for key, value in sample.items():
            agrees(value, ours[key], f"{at}.{key}", exact=exact)
            if key in {"code", "status"}:
                assert value == ours[key], f"{at}.{key}"
    elif isinstance(sample, list) and isinstance(ours, list) and sample:
        agrees(sample[0], ours[0], f"{at}[0]", exact=exact)
