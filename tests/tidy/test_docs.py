"""The pages are true where a machine can tell: fresh, whole, and as small as promised."""

from __future__ import annotations

import re
import runpy
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from filmgate.entrypoints.cli.failures import EXITS, INTERRUPTED
from filmgate.entrypoints.cli.main import COMMANDS
from filmgate.entrypoints.cli.parsing import tree
from filmgate.settings import BY_NAME

ROOT = Path(__file__).parents[2]
GALLERY = ROOT / "docs" / "gallery"
README = (ROOT / "README.md").read_text("utf-8")
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
NAMES = [str(page.relative_to(ROOT)) for page in PAGES]


def test_generated_pages_are_up_to_date(tmp_path: Path) -> None:
    script = runpy.run_path(str(ROOT / "docs" / "generate.py"))
    # In a process of its own: a group of commands keeps the width of the first help it printed.
    subprocess.run([sys.executable, ROOT / "docs" / "generate.py", tmp_path], check=True)
    written = sorted(path.relative_to(tmp_path) for path in tmp_path.rglob("*.md"))
    assert [str(path) for path in written] == sorted(script["PAGES"])
    stale = [
        str(path)
        for path in written
        if (ROOT / path).read_text("utf-8") != (tmp_path / path).read_text("utf-8")
    ]
    assert stale == [], "stale pages: run make docs and commit them"


def test_the_gallery_page_is_up_to_date() -> None:
    script = runpy.run_path(str(GALLERY / "make.py"))
    assert script["page"](script["entries"]()) == (GALLERY / "README.md").read_text("utf-8"), (
        "run .venv/bin/python docs/gallery/make.py and look at the pictures"
    )


@pytest.mark.parametrize("page", PAGES, ids=NAMES)
def test_links_lead_somewhere(page: Path) -> None:
    text = page.read_text("utf-8")
    targets = re.findall(r"\]\(([^)\s]+)\)", text)
    targets += re.findall(r'(?:src|href)="([^"]+)"', text)
    broken = []
    for target in targets:
        if target.startswith(("http://", "https://", "mailto:")):
            continue
        file, _, anchor = target.partition("#")
        found = page if not file else page.parent / file
        if not found.exists() or (anchor and anchor not in _anchors(found)):
            broken.append(target)
    assert broken == []


def _anchors(page: Path) -> set[str]:
    """What GitHub calls the headings."""
    heads = re.findall(r"^#+ (.+)$", page.read_text("utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads}


def test_pictures_are_small() -> None:
    sizes = {path: path.stat().st_size for path in GALLERY.glob("*.jpg")}
    shown = {ROOT / name for name in re.findall(r"docs/gallery/[\w-]+\.jpg", README)}
    assert len(shown) == 3
    assert max(sizes.values()) < 400_000
    assert max(sizes[path] for path in shown) < 150_000
    assert sum(sizes.values()) < 900_000
    used = README + (GALLERY / "README.md").read_text("utf-8")
    assert [path.name for path in sizes if path.name not in used] == []


def _examples() -> list[list[str]]:
    blocks = re.findall(r"```sh\n(.*?)```", README, re.DOTALL)
    lines = [line for block in blocks for line in block.replace("\\\n", " ").splitlines()]
    told = [shlex.split(line, comments=True) for line in lines]
    return [words[1:] for words in told if words[:1] == ["filmgate"]]


@pytest.mark.parametrize("words", _examples(), ids=" ".join)
def test_the_readme_s_examples_are_understood(words: list[str]) -> None:
    """Names, options and their order; what stands in files and networks is not looked at."""
    plain = [word.partition("=")[0] for word in words if not word.startswith("--camera=")]
    assert plain[0] in {command.name for command in COMMANDS} | {"--help", "--version"}
    if plain[0].startswith("-"):
        return
    tree().parse_args(words, exit_on_error=False, print_error=False)


def test_there_are_examples() -> None:
    assert len(_examples()) >= 12


def test_the_readme_tells_every_exit_code() -> None:
    told = {int(code) for code in re.findall(r"^\| (\d+) \|", README, re.MULTILINE)}
    assert told == {0, INTERRUPTED, *(code for *_, code in EXITS)}


def test_the_readme_s_settings_are_ours() -> None:
    told = set(re.findall(r"`((?:FILMGATE|KLING|KIE|PIAPI|OPENAI)_[A-Z_]+)", README))
    assert told - set(BY_NAME) - {"FILMGATE_DEBUG"} == set()
    assert set(BY_NAME) - told == set()
