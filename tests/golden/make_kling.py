"""Writes the samples in ``tests/golden/kling`` from the documents that they are taken from.

    python tests/golden/make_kling.py FOLDER

FOLDER holds ``reference/kling.md`` and ``seeds/``. The samples are never edited by hand: what a
document says is changed there, and the script is run again.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path

OUT = Path(__file__).parent / "kling"
DOCUMENTS = {
    "reference": "reference/kling.md",
    "parameters": "seeds/kling-parameter-reference.md",
    "skill": "seeds/kling-video-skill.md",
}
FENCE = re.compile(r"^```(\w*)\n(.*?)^```", re.MULTILINE | re.DOTALL)
HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
INLINE = re.compile(r"`(\{.*?\})`")
CURL_BODY = re.compile(r"-d '(\{.*?\})'", re.DOTALL)
ERROR_ROW = re.compile(r"^\| (\d{3}) \| (\d{1,4}) \|", re.MULTILINE)
LIVE_ROW = re.compile(r"^\| (\d{3})/(\d{4}) \| (.+) \| .+ \|$", re.MULTILINE)
EFFECTS = re.compile(r"^\*\*(Dual|Single) image \((\d+)\):\*\* (.+)$", re.MULTILINE)


def samples(text: str) -> Iterator[dict[str, object]]:
    """Every JSON object of a document, with the heading it stands under."""
    for match in FENCE.finditer(text):
        bodies = CURL_BODY.findall(match[2]) if match[1] == "bash" else [match[2]]
        for body in bodies:
            for value in objects(body):
                yield {"section": heading(text, match.start()), "sample": value}
    for match in INLINE.finditer(FENCE.sub("", text)):
        for value in objects(match[1]):
            yield {"section": "inline", "sample": value}


def objects(text: str) -> Iterator[object]:
    """The JSON objects that stand one after the other; what is no JSON is passed over."""
    decoder, at = json.JSONDecoder(), text.find("{")
    while at >= 0:
        try:
            value, end = decoder.raw_decode(text, at)
        except json.JSONDecodeError:
            return
        yield value
        at = text.find("{", end)


def heading(text: str, at: int) -> str:
    return [match[1] for match in HEADING.finditer(text, 0, at)][-1]


def write(name: str, value: object) -> None:
    text = json.dumps(value, indent=1, ensure_ascii=False)
    (OUT / f"{name}.json").write_text(text + "\n", encoding="utf-8")


def main(folder: Path) -> None:
    OUT.mkdir(exist_ok=True)
    for name, path in DOCUMENTS.items():
        write(name, list(samples((folder / path).read_text(encoding="utf-8"))))
    text = (folder / DOCUMENTS["reference"]).read_text(encoding="utf-8")
    write("errors", [[int(status), int(code)] for status, code in ERROR_ROW.findall(text)])
    write(
        "sentences",
        [
            [int(status), int(code), sentence]
            for status, code, cell in LIVE_ROW.findall(text)
            for sentence in re.findall(r"`([^`]+)`", cell)
        ],
    )
    write("effects", {kind: names.split(", ") for kind, _, names in EFFECTS.findall(text)})


if __name__ == "__main__":
    main(Path(sys.argv[1]))
