"""Writes the samples in ``tests/golden/kie`` and ``tests/golden/piapi`` from their documents.

    python tests/golden/make_aggregators.py FOLDER

FOLDER holds ``reference/kie-piapi-openai.md`` and ``seeds/``, as for ``make_kling.py``. The samples
are never edited by hand.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from tests.golden.make_kling import samples

HERE = Path(__file__).parent
SEEDS = {"kie": "seeds/kie-kling-api.md", "piapi": "seeds/piapi-kling-sop.md"}
REFERENCE = "reference/kie-piapi-openai.md"
ROW = re.compile(r"^\|(.+)\|$", re.MULTILINE)
CODE = re.compile(r"`([^`]+)`")


def rows(text: str) -> Iterator[list[str]]:
    """The cells of every line of every table."""
    for match in ROW.finditer(text):
        yield [cell.strip() for cell in match[1].split("|")]


def part(text: str, heading: str) -> str:
    """What stands under the headings that begin so, up to the next of their level or above."""
    found = re.search(
        rf"^(#+) {re.escape(heading)}.*?\n(.*?)(?=^#{{1,2}} |^#{{3}} [\d.]+|\Z)",
        text,
        re.MULTILINE | re.DOTALL,
    )
    assert found, heading
    return found[2]


def first_codes(text: str, *, has: str = "") -> list[list[str]]:
    """Of every row that begins with names in code: these names."""
    return [CODE.findall(cells[0]) for cells in rows(text) if cells[0].startswith("`" + has)]


def write(folder: str, name: str, value: object) -> None:
    (HERE / folder).mkdir(exist_ok=True)
    text = json.dumps(value, indent=1, ensure_ascii=False)
    (HERE / folder / f"{name}.json").write_text(text + "\n", encoding="utf-8")


def main(folder: Path) -> None:
    reference = (folder / REFERENCE).read_text(encoding="utf-8")
    for name, path in SEEDS.items():
        text = (folder / path).read_text(encoding="utf-8")
        write(name, "seed", list(samples(text)))
        codes = [cells[:2] for cells in rows(text) if re.fullmatch(r"1\d{3}", cells[0])]
        write(name, "codes", [[int(code), meaning] for code, meaning in codes])
        write(name, "parameters", first_codes(text) or names(text))
    models = part(reference, "1.3 Models")
    write("kie", "models", [model for found in first_codes(models) for model in found])
    record = part(reference, "1.4 recordInfo")
    write("kie", "record", [field for found in first_codes(record) for field in found])
    envelope = CODE.findall(part(reference, "1.2 Endpoints"))
    write("kie", "upload", next(text for text in envelope if text.startswith("{success:true")))
    types = part(reference, "2.4 task_type")
    write("piapi", "task_types", [found[0] for found in first_codes(types)])
    write("piapi", "outputs", CODE.findall(part(reference, "2.5 `output`")))
    block = re.search(r"```\n(task_id.*?)```", reference, re.DOTALL)
    assert block
    write("piapi", "record", re.findall(r"^(\w+)", block[1], re.MULTILINE))


def names(text: str) -> list[list[str]]:
    """Of the one table of parameters whose names stand bare."""
    table = part(text, "Parameters")
    return [[cells[0]] for cells in rows(table) if re.fullmatch(r"[a-z]\w+", cells[0], re.ASCII)]


if __name__ == "__main__":
    main(Path(sys.argv[1]))
