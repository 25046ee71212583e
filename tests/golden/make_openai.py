"""Writes the samples in ``tests/golden/openai`` from the document that they are taken from.

    python tests/golden/make_openai.py FOLDER

FOLDER holds ``reference/kie-piapi-openai.md``. Its part 3 tells OpenAI's design in tables and in
lists of keys, so these are what is taken. The samples are never edited by hand.
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

OUT = Path(__file__).parent / "openai"
DOCUMENT = "reference/kie-piapi-openai.md"
PART = re.compile(r"^### (3\.\d) .*?$(.*?)(?=^###? )", re.MULTILINE | re.DOTALL)
ROW = re.compile(r"^\| (.+?) \| (.+?) \|", re.MULTILINE)
WORD = re.compile(r"`([^`]+)`")
CALL = re.compile(r"(GET|POST|DELETE) `([^`?]+)")
SIZE = re.compile(r'"(\d+x\d+)"')
SECONDS = re.compile(r'\*\*string\*\* ("\d+"(?:/"\d+")*)')
STATUS = re.compile(r"\b([45]\d\d)\b")
KIND = re.compile(r"`([a-z_]+_(?:error|quota))`")
EXTRA = re.compile(r"[a-z_0-9]+")


def rows(text: str) -> list[list[str]]:
    """A table's first two cells, without head and rule."""
    return [list(row) for row in ROW.findall(text) if not row[0].startswith("---")][1:]


def keys(text: str) -> list[str]:
    """The keys of an object that is written in the reference's short way, outermost ones only."""
    flat = re.sub(r"\{[^{}]*\}", "", text[1:-1]) if text.count("{") > 1 else text[1:-1]
    flat = re.sub(r"\([^)]*\)", "", flat)
    found = (part.split(":")[0].strip(' "?[]') for part in flat.split(","))
    return [re.match(r"[a-z_]*", each)[0] for each in found if each]


def video_fields(text: str) -> dict[str, str]:
    return {
        name: kind.replace("*", "") for names, kind in rows(text) for name in WORD.findall(names)
    }


def engines(text: str) -> dict[str, list[str]]:
    """What each other server takes beyond OpenAI's fields (third column)."""
    found = {}
    for line in text.splitlines():
        cells = [cell.strip() for cell in line.split("|")]
        if len(cells) > 5 and "[SRC]" in cells[1]:
            # Names stand alone between the marks, or several in a row.
            named = (span.split(", ") for span in WORD.findall(cells[3]))
            words = (word.removesuffix("[]").split(" ")[0] for span in named for word in span)
            found[cells[1].split()[0]] = sorted({w for w in words if EXTRA.fullmatch(w)})
    return found


def objects(text: str) -> list[list[str]]:
    return [keys(each) for each in WORD.findall(text) if each.startswith("{") and "," in each]


def main(folder: Path) -> None:
    text = (folder / DOCUMENT).read_text(encoding="utf-8")
    parts = dict(PART.findall(text))
    calls = []
    for cell, _ in rows(parts["3.1"]):
        calls += CALL.findall(f"{cell.split(' ')[0]} {cell.split(' ', 1)[1]}")
    OUT.mkdir(exist_ok=True)
    samples = {
        "calls": calls,
        "answers": objects(parts["3.1"]),
        "sizes": list(dict.fromkeys(SIZE.findall(parts["3.2"]))),
        "seconds": re.findall(r"\d+", SECONDS.findall(parts["3.2"])[0]),
        "video": video_fields(parts["3.3"]),
        "page": objects(parts["3.3"])[-1],
        "statuses": sorted({int(each) for each in STATUS.findall(parts["3.4"])}),
        "types": list(dict.fromkeys(KIND.findall(parts["3.4"]))),
        "webhooks": objects(parts["3.5"]),
        "engines": engines(parts["3.6"]),
    }
    for name, value in samples.items():
        path = OUT / f"{name}.json"
        path.write_text(json.dumps(value, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
