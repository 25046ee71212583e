# ruff: noqa: INP001 - a script beside the pages it writes, not a package
"""Write the generated pages anew, so that they always say what the code says.

usage: python docs/generate.py [FOLDER]

FOLDER is where the pages go, in the same places as in the repository, which is the default.
"""

from __future__ import annotations

import contextlib
import io
import os
import sys
import tomllib
from collections.abc import Callable, Iterable, Iterator
from importlib.resources import files
from pathlib import Path

from cyclopts import App

from filmgate.catalogue.load import Catalogue, load_catalogue
from filmgate.domain.model import TIERS, Ability, Listing, Model, Price, Provider
from filmgate.domain.pricing import MICROS_PER_USD, usd
from filmgate.domain.request import Kind, Mode
from filmgate.domain.task import ENDED, MOVES, State
from filmgate.engines.animatic.cast_list import Category, Subject, cast_list
from filmgate.engines.animatic.lexicon import expanded
from filmgate.entrypoints.cli.main import COMMANDS, main
from filmgate.entrypoints.cli.parsing import tree

sys.path.insert(0, str(Path(__file__).parent))  # wherever this is run from
from protocol_pages import PAGES as PROTOCOL_PAGES

ROOT = Path(__file__).resolve().parents[1]
COLUMNS = 88
LOCAL = "local"
BEGIN, END = "<!-- generated: states -->", "<!-- end of generated -->"
MARK = "<!-- Written by docs/generate.py (make docs). Don't edit. -->"


def write(folder: Path) -> None:
    for name, page in PAGES.items():
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(page(), encoding="utf-8")


# --- words for all pages ----------------------------------------------------------------------


def table(heads: Iterable[str], rows: Iterable[Iterable[str]]) -> list[str]:
    heads = list(heads)
    lines = [_row(heads), _row(["---"] * len(heads))]
    return [*lines, *(_row(row) for row in rows)]


def _row(cells: Iterable[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") or "-" for cell in cells) + " |"


def _said(words: Iterable[str]) -> str:
    return ", ".join(word.replace("_", " ") for word in words)


def _kinds(kinds: Iterable[Kind]) -> str:
    asked = set(kinds)
    return _said(kind.value for kind in Kind if kind in asked)


def _lengths(seconds: tuple[int, ...]) -> str:
    if len(seconds) > 2 and seconds == tuple(range(seconds[0], seconds[-1] + 1)):
        return f"{seconds[0]} to {seconds[-1]}"
    return ", ".join(str(length) for length in seconds)


# --- docs/models.md ---------------------------------------------------------------------------


def models_page() -> str:
    known = load_catalogue()
    lines = [
        "# Models",
        "",
        MARK,
        "",
        "Every model in the catalogue: what it can do, what it costs and where. The numbers come",
        "from `src/filmgate/catalogue`. A price carries the day it was stamped or read.",
        "",
        "**Rendered here** is what Filmgate's own engine renders today when it is asked for that",
        "model. The film is then a stand-in, painted by a program on this computer. It is free,",
        "and it is not the work of that model. **Filmgate 0.1 can't send anything to the",
        "providers yet**: their prices are there for `filmgate estimate`.",
        "",
        "The tiers, in plain words:",
        "",
        *table(
            ("mode", "quality", "speed", "cost"),
            ((mode.value, tier.quality, tier.speed, tier.cost) for mode, tier in TIERS.items()),
        ),
        "",
        "## At a glance",
        "",
        *table(
            ("model", "does", "seconds", "modes", "rendered here", "retired"),
            (_glance(model) for model in known.models),
        ),
        "",
    ]
    for model in known.models:
        lines += _model(known, model)
    lines += _providers(known)
    return "\n".join(lines) + "\n"


def _glance(model: Model) -> tuple[str, ...]:
    retired = [
        f"{name} {listing.retired.date}"
        for name, listing in model.listings.items()
        if listing.retired
    ]
    return (
        f"[{model.name}](#{model.name.replace('.', '')})",
        _kinds(model.kinds),
        _lengths(model.durations_s),
        _said(mode.value for mode in model.modes),
        _kinds(_here(model)),
        _said(retired),
    )


def _here(model: Model) -> frozenset[Kind]:
    rows = model.listings[LOCAL].abilities if LOCAL in model.listings else ()
    return model.kinds & frozenset(kind for row in rows for kind in row.kinds)


def _model(known: Catalogue, model: Model) -> Iterator[str]:
    yield from (f"### {model.name}", "")
    yield from (f"{model.title}. {model.summary}. Facts from: {model.source}, {model.dated}.", "")
    if model.modes:
        sizes = "; ".join(_picture(model, mode) for mode in model.modes)
        yield from (f"Pictures: {sizes}. Ratios: {_said(model.ratios)}.", "")
    yield from table(
        ("kinds", "modes", "seconds", "features"), (_ability(row) for row in model.abilities)
    )
    yield ""
    yield from (f"Rendered here: {_rendered_here(model)}.", "")
    prices = [
        row
        for name, listing in model.listings.items()
        if name != LOCAL
        for row in _prices(known.providers[name], listing)
    ]
    if prices:
        yield from table(("provider", "for", "price", "in dollars", "date", "source"), prices)
        yield ""
    for name, listing in model.listings.items():
        if listing.retired:
            title = known.providers[name].title
            yield from (
                f"Retired at {title} since {listing.retired.date} ({listing.retired.source}).",
                "",
            )
    called = sorted({f"`{name.name}` ({name.protocol})" for name in model.names})
    if called:
        yield from (f"Called: {', '.join(called)}.", "")


def _picture(model: Model, mode: Mode) -> str:
    width, height = model.size(mode, model.default_ratio)
    frame = model.modes[mode]
    others = "".join(f", {fps} for {kind.value}" for kind, fps in frame.fps_by_kind.items())
    return f"{mode.value} {width} x {height}, {frame.fps} frames a second{others}"


def _ability(row: Ability) -> tuple[str, ...]:
    seconds = _lengths(row.durations_s)
    if row.range_s is not None:
        seconds = f"{row.range_s[0]:g} to {row.range_s[1]:g}"
    only = f" (only with {_said(sorted(row.only_with))})" if row.only_with else ""
    sound = "" if row.silent else " (always with sound)"
    return (
        _kinds(row.kinds),
        _said(mode.value for mode in Mode if mode in row.modes) or "any",
        seconds or "as given",
        (_said(sorted(row.features)) or "none") + only + sound,
    )


def _rendered_here(model: Model) -> str:
    listing = model.listings.get(LOCAL)
    kinds = _here(model)
    if listing is None or not kinds:
        return "no"
    rows = [row for row in listing.abilities if row.kinds & kinds]
    modes = [mode for mode in model.modes if any(row.in_mode(mode) for row in rows)]
    here = {feature for row in rows for feature in row.features}
    own = {feature for row in model.abilities if row.kinds & kinds for feature in row.features}
    features = _said(sorted(here & own))
    return f"{_kinds(kinds)}, modes {_said(modes)}" + (f", with {features}" if features else "")


def _prices(provider: Provider, listing: Listing) -> Iterator[tuple[str, ...]]:
    for price in listing.prices:
        yield (
            provider.title,
            _priced_for(price) or ("anything else" if listing.prices[1:] else "anything"),
            _amount(price, provider),
            usd(int(price.amount * provider.usd_per_unit * MICROS_PER_USD)) + _block(price),
            str(listing.priced or "unknown"),
            listing.price_source or "unknown",
        )
    if not listing.prices and not listing.retired:
        yield provider.title, "", "not known", "", "", ""


def _priced_for(price: Price) -> str:
    parts = [_kinds(price.kinds), _said(mode.value for mode in Mode if mode in price.modes)]
    if price.durations_s:
        parts.append(f"{_lengths(price.durations_s)} s")
    if price.with_features:
        parts.append(f"with {_said(sorted(price.with_features))}")
    return "; ".join(part for part in parts if part)


def _amount(price: Price, provider: Provider) -> str:
    if provider.unit == "USD":
        return f"${price.amount:f}{_block(price)}"
    unit = provider.unit.removesuffix("s") if price.amount == 1 else provider.unit
    return f"{price.amount:f} {unit}{_block(price)}"


def _block(price: Price) -> str:
    match price.block_s:
        case 0:
            return " each"
        case 1:
            return " a second"
        case seconds:
            return f" each begun {seconds} s"


def _providers(known: Catalogue) -> Iterator[str]:
    yield from ("## Providers", "")
    yield from table(
        ("provider", "unit", "dollars a unit", "date", "source", "chosen when no model is named"),
        (
            (
                provider.title,
                provider.unit,
                f"{provider.usd_per_unit:f}",
                str(provider.priced),
                provider.source,
                provider.recommended_model,
            )
            for provider in known.providers.values()
        ),
    )
    yield ""
    for provider in known.providers.values():
        for pack in provider.packs:
            sold = f"{pack.units:,} {provider.unit} for ${pack.usd:,}"
            yield f"- {provider.title} sells the pack {pack.name}: {sold}."
        for plan in provider.plans:
            more = " or more" if plan.is_more_on_request else ""
            tasks = f"{plan.tasks}{more} running tasks"
            if plan.hosted_tasks:
                tasks += f", {plan.hosted_tasks}{more} on accounts of your own"
            price = f"${plan.usd_per_month} a month"
            yield f"- {provider.title} sells the plan {plan.name}: {price}, {tasks}."


# --- docs/command.md --------------------------------------------------------------------------


def command_page() -> str:
    lines = ["# The command", "", MARK, "", "The help of every command, as it prints it.", ""]
    lines += ["## filmgate", "", "```text", *_help([]), "```", ""]
    for words in _commands():
        lines += [f"## filmgate {' '.join(words)}", "", "```text", *_help(words), "```", ""]
    return "\n".join(lines[:-1]) + "\n"


def _commands() -> Iterator[list[str]]:
    root = tree()
    for command in COMMANDS:
        yield from _commands_of(root[command.name], [command.name])


def _commands_of(app: App, words: list[str]) -> Iterator[list[str]]:
    yield words
    for name in app:
        if not name.startswith("-"):
            yield from _commands_of(app[name], [*words, name])


def _help(words: list[str]) -> list[str]:
    said = io.StringIO()
    kept = {name: os.environ.pop(name, None) for name in ("COLUMNS", "FORCE_COLOR", "TERM")}
    os.environ["COLUMNS"] = str(COLUMNS)
    try:
        with contextlib.redirect_stdout(said):
            main([*words, "--help"])
    finally:
        del os.environ["COLUMNS"]
        os.environ.update({name: text for name, text in kept.items() if text is not None})
    return [line.rstrip() for line in said.getvalue().strip("\n").splitlines()]


# --- docs/subjects.md -------------------------------------------------------------------------


def subjects_page() -> str:
    cast, words = cast_list(), {name: _words(name) for name in ("places", "light", "camera")}
    painted = {name: entry for name, entry in words["places"].items() if "stand_in" not in entry}
    standing_in = {
        name: entry
        for name, entry in words["places"].items()
        if "stand_in" in entry and entry.get("words")
    }
    look = _words("style")
    lines = [
        "# Words that the animatic engine paints",
        "",
        MARK,
        "",
        f"{len(cast.subjects)} subjects, {len(painted)} places. English, Spanish and Chinese are",
        "read. Plurals and accents don't matter. A word that finds no picture is told after the",
        "film is made (`not understood`) and stays in `filmgate tasks show`.",
        "",
        "## Places",
        "",
        *table(
            ("place", "time when none is named", "words", "leaning words"),
            (
                (name, e.get("time", "day"), _said(e.get("words", ())), _said(e.get("hints", ())))
                for name, e in painted.items()
            ),
        ),
        "",
        "What a place can be asked to show besides:",
        "",
        *table(
            ("place", "feature", "words"),
            (
                (name, feature, _said(said))
                for name, entry in painted.items()
                for feature, said in entry.get("features", {}).items()
            ),
        ),
        "",
        "These places can't be painted yet. Another place stands in for them, with a few things",
        "brought along, and the word is reported as not understood:",
        "",
        *table(
            ("asked for", "painted", "brings", "words"),
            (
                (
                    name,
                    entry["stand_in"],
                    _said(f"{count} x {what}" for what, count in entry.get("brings", {}).items()),
                    _said(entry["words"]),
                )
                for name, entry in standing_in.items()
            ),
        ),
        "",
        "## Times of day and weather",
        "",
        *table(
            ("", "is", "words", "leaning words"),
            (
                (kind, name, _said(entry["words"]), _said(entry.get("hints", ())))
                for kind, entries in words["light"].items()
                for name, entry in entries.items()
            ),
        ),
        "",
        "## Camera",
        "",
        "The first of the ways to say each move. `slowly` and its kin halve it, `fast` and its kin",
        "make it 1.7 times as strong.",
        "",
        *table(
            ("move", "for example"),
            ((move, _said(said)) for move, said in _moves(words["camera"]).items()),
        ),
        "",
        "## Style and other things to be seen",
        "",
        "Styles are painted in every place: as colours, contrast, grain, focus, pace, or with a",
        "brush. Colours that belong to no subject tone the picture: the first its shadows, the",
        "last its lights. Of the other things each place shows its own; what was read and is not",
        "shown is told as `read but not painted`.",
        "",
        *table(("style", "words"), ((name, _said(w)) for name, w in look["style"].items())),
        "",
        *table(("feature", "words"), ((name, _said(w)) for name, w in look["feature"].items())),
        "",
        "## Colours",
        "",
        _said(_words("colours")) + ".",
        "",
        "## Subjects",
        "",
        "A word for a whole category shows its example.",
        "",
    ]
    for category in cast.categories.values():
        lines += _category(category, cast.subjects)
    return "\n".join(lines[:-1]) + "\n"


def _words(name: str) -> dict[str, dict]:
    text = files("filmgate.engines.animatic.words").joinpath(f"{name}.toml").read_text("utf-8")
    return tomllib.loads(text)


def _moves(camera: dict) -> dict[str, list[str]]:
    """The first phrase of each pattern, by move."""
    said: dict[str, list[str]] = {}
    for entry in camera["moves"]:
        for pattern in entry["phrases"]:
            phrase = expanded([pattern])[0]
            joined = " ".join(phrase) if phrase[0].isascii() else "".join(phrase)
            if joined not in said.setdefault(entry["move"], []):
                said[entry["move"]].append(joined)
    return said


def _category(category: Category, subjects: dict[str, Subject]) -> Iterator[str]:
    members = [one for one in subjects.values() if one.category == category.name]
    also = f" Also: {_said(category.also)}." if category.also else ""
    example = f" Example: {category.example.replace('_', ' ')}." if category.example else ""
    yield from (f"### {category.name} ({len(members)})", "")
    if example or also:
        yield from (f"{example}{also}".strip(), "")
    yield from table(
        ("subject", "words", "Spanish", "Chinese", "metres high", "lives"),
        (
            (
                one.name.replace("_", " "),
                _said(one.words),
                _said(one.es),
                _said(one.zh),
                f"{one.height_m:g}",
                one.home,
            )
            for one in members
        ),
    )
    yield ""


# --- ARCHITECTURE.md --------------------------------------------------------------------------


def architecture_page() -> str:
    text = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    return before + "\n".join([BEGIN, *_states(), END]) + after


def _states() -> list[str]:
    return [
        "",
        *table(
            ("from", "to"),
            ((f"`{state}`", _targets(state)) for state in State if state not in ENDED),
        ),
        "",
        f"{', '.join(f'`{state}`' for state in State if state in ENDED)} are ends.",
        "",
        "```mermaid",
        "stateDiagram-v2",
        f"  [*] --> {State.QUEUED}",
        *(f"  {state} --> {to}" for state in State for to in State if to in MOVES[state]),
        *(f"  {state} --> [*]" for state in State if state in ENDED),
        "```",
        "",
    ]


def _targets(state: State) -> str:
    return ", ".join(f"`{to}`" for to in State if to in MOVES[state])


PAGES: dict[str, Callable[[], str]] = {
    "docs/models.md": models_page,
    "docs/command.md": command_page,
    "docs/subjects.md": subjects_page,
    "ARCHITECTURE.md": architecture_page,
    **PROTOCOL_PAGES,
}

if __name__ == "__main__":
    write(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT)
