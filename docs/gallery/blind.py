# ruff: noqa: INP001 - a script beside the pictures it makes, not a package
"""Render a blind test: three stills of each prompt of a file, and an empty answer sheet.

usage: python docs/gallery/blind.py render PROMPTS.toml FOLDER [--seed N]
       python docs/gallery/blind.py score PROMPTS.toml FOLDER/answers.toml

Whoever writes the prompts must not be who paints, and whoever answers must see nothing but the
stills: files are numbered in an order that tells nothing, and the sheet has no word of the prompts.

A file of prompts holds one table each, with what a right answer is (several are split by "|"; an
empty one is not asked for):

    [[prompt]]
    text = "a white horse galloping over snow at dawn"
    place = "snowland|mountains"
    time = "dawn"
    weather = "clear|snow"
    subject = "horse"
"""

from __future__ import annotations

import argparse
import hashlib
import sys
import tomllib
from dataclasses import dataclass
from pathlib import Path

from make import Entry, draw_stills

ASKED = ("place", "time", "weather", "subject")
MOMENTS_S = (0.5, 2.5, 4.5)
WANTED = 0.8


@dataclass(frozen=True, slots=True)
class Prompt:
    """One film of the test, and what is to be named in it."""

    text: str
    place: str = ""
    time: str = ""
    weather: str = ""
    subject: str = ""

    @property
    def name(self) -> str:
        """The same for the same words, and no hint of them."""
        return hashlib.sha256(self.text.encode()).hexdigest()[:6]

    def right(self, what: str) -> set[str]:
        return {_plain(word) for word in getattr(self, what).split("|") if word.strip()}


def prompts_of(file: Path) -> list[Prompt]:
    found = [Prompt(**row) for row in tomllib.loads(file.read_text("utf-8"))["prompt"]]
    return sorted(found, key=lambda prompt: prompt.name)


def render(file: Path, folder: Path, seed: int) -> None:
    """Three stills of each prompt into ``folder``, and the sheet to fill in."""
    folder.mkdir(parents=True, exist_ok=True)
    lines = [
        "# Look at NAME-1.jpg, NAME-2.jpg and NAME-3.jpg and write what you see, one or two words",
        '# each; leave "" what can\'t be told. Nothing else may be looked at.',
    ]
    for prompt in prompts_of(file):
        draw_stills(Entry(prompt.name, prompt.text, seed), MOMENTS_S, folder)
        lines += ["", f'["{prompt.name}"]', *(f'{what} = ""' for what in ASKED)]
    (folder / "answers.toml").write_text("\n".join(lines) + "\n", encoding="utf-8")


def score(file: Path, answers: Path) -> bool:
    """Print every wrong answer and the share of right ones; whether it is enough."""
    sheet = tomllib.loads(answers.read_text("utf-8"))
    good = dict.fromkeys(ASKED, 0)
    asked = dict.fromkeys(ASKED, 0)
    for prompt in prompts_of(file):
        for what in ASKED:
            wanted = prompt.right(what)
            if not wanted:
                continue
            said = _plain(sheet.get(prompt.name, {}).get(what, ""))
            asked[what] += 1
            if said and any(word == said or word in said.split() for word in wanted):
                good[what] += 1
            else:
                told = f"{prompt.name} {what}: {said or 'nothing'}, not {' or '.join(wanted)}"
                say(f"{told} ({prompt.text})")
    for what in ASKED:
        if asked[what]:
            say(f"{what}: {good[what]} of {asked[what]}")
    share = sum(good.values()) / max(sum(asked.values()), 1)
    say(f"together {share:.0%}; {WANTED:.0%} wanted")
    return share >= WANTED


def say(line: str) -> None:
    sys.stdout.write(line + "\n")


def _plain(text: str) -> str:
    return text.strip().lower().replace("_", " ")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("work", choices=("render", "score"))
    parser.add_argument("prompts", type=Path)
    parser.add_argument("where", type=Path, help="a folder for the stills, or the filled-in sheet")
    parser.add_argument("--seed", type=int, default=7)
    asked = parser.parse_args()
    if asked.work == "render":
        render(asked.prompts, asked.where, asked.seed)
    elif not score(asked.prompts, asked.where):
        sys.exit(1)


if __name__ == "__main__":
    main()
