"""``filmgate models``: the catalogue for people; each fact comes from its data."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from filmgate.domain.model import Ability, Model
from filmgate.domain.pricing import usd
from filmgate.domain.request import Kind, Mode
from filmgate.domain.sample import kinds_at, sample_quote
from filmgate.entrypoints.cli import telling
from filmgate.entrypoints.cli.failures import DONE
from filmgate.entrypoints.cli.house import Server

if TYPE_CHECKING:
    from filmgate.catalogue.load import Catalogue

LOCAL = "local"
_UPSTREAM = ("kling", "kie", "piapi")
"""Whose price the table shows: the first of these that has one."""
_SHORT = {Kind.TEXT_TO_VIDEO: "text", Kind.IMAGE_TO_VIDEO: "image"}


def models(
    name: Annotated[str | None, Parameter(name="NAME", help="One model, in full.")] = None,
    /,
    *,
    json: Annotated[bool, Parameter(name="--json", help="Tell it as JSON.")] = False,
    server: Server = None,
) -> int:
    """What each model can do, what five seconds cost, and what this computer renders itself.

    A name may be any that Kling, KIE, PiAPI or OpenAI's clients use.
    """
    if server is not None:
        from filmgate.entrypoints.cli.models_there import models_there

        return models_there(name, server, as_json=json)
    from filmgate.assembly import catalogue

    known = catalogue()
    chosen = [known.find(name)] if name is not None else list(known.models)
    if json:
        facts = [_facts(known, model) for model in chosen]
        telling.say_json(facts if name is None else facts[0])
    elif name is not None:
        _tell_card(known, chosen[0])
    else:
        telling.say_table(
            ("MODEL", "SECONDS", "MODES", "5 S COST", "RENDERED HERE", "DOES"),
            [_row(known, model) for model in chosen],
        )
        telling.hint(
            "RENDERED HERE is done by this computer's own engine, at no cost; "
            "filmgate models NAME tells all about one."
        )
    return DONE


def _row(known: Catalogue, model: Model) -> tuple[str, ...]:
    return (
        model.name,
        lengths_told(model.durations_s) or "-",
        ", ".join(model.modes) or "-",
        _price_words(known, model),
        kinds_told(kinds_at(model, LOCAL)) or "-",
        kinds_told(model.kinds),
    )


def _price_words(known: Catalogue, model: Model) -> str:
    retired = [name for name, listing in model.listings.items() if listing.retired is not None]
    gone = f"retired at {', '.join(retired)}" if retired else ""
    if model.kinds & {Kind.TEXT_TO_VIDEO, Kind.IMAGE_TO_VIDEO}:
        for name in _UPSTREAM:
            if name not in model.listings or name in retired:
                continue
            quoted = sample_quote(known.providers[name], model, model.default_mode)
            if quoted is not None and quoted.usd_micros is not None:
                price = f"{usd(quoted.usd_micros)} {name}"
                return f"{price}, {gone}" if gone else price
    return gone or ("free" if set(model.listings) == {LOCAL} else "-")


def _tell_card(known: Catalogue, model: Model) -> None:
    telling.say(f"{model.name}: {model.title}. {model.summary}.")
    here = kinds_at(model, LOCAL)
    own = "" if set(model.listings) == {LOCAL} else "our own engine stands in for "
    telling.say_facts(
        {
            "here": f"{own}{kinds_told(here)}, free"
            if here
            else "not rendered on this computer yet",
            "picture": "; ".join(_picture(model, mode) for mode in model.modes),
            "ratios": ", ".join(model.ratios),
            "prompt": f"at most {model.limits.prompt_chars:,} characters",
        }
    )
    telling.say("  can")
    for row in model.abilities:
        telling.say(f"    {_ability(row)}")
    for name, listing in model.listings.items():
        if name == LOCAL:
            continue
        telling.say(f"  at {known.providers[name].title}")
        if listing.retired is not None:
            telling.say(f"    retired since {listing.retired.date} ({listing.retired.source})")
        for mode, words in _mode_prices(known, model, name):
            telling.say(f"    {mode}, 5 s: {words}")
        if listing.price_source:
            telling.say(f"    prices: {listing.price_source}")
        if called := sorted({n.name for n in model.names if n.protocol.startswith(name)}):
            telling.say(f"    called {', '.join(called)}")
    telling.say(f"  facts from {model.source}, {model.dated}")


def _mode_prices(known: Catalogue, model: Model, provider: str) -> Iterable[tuple[Mode, str]]:
    for mode in model.modes:
        quoted = sample_quote(known.providers[provider], model, mode)
        if quoted is not None:
            price = usd(quoted.usd_micros)
            yield mode, f"{price} ({quoted.explanation})" if quoted.usd_micros else price


def _picture(model: Model, mode: Mode) -> str:
    width, height = model.size(mode, model.default_ratio)
    return f"{mode} {width}x{height}, {model.modes[mode].fps} fps"


def _ability(row: Ability) -> str:
    parts = [kinds_told(row.kinds)]
    if row.modes:
        parts.append(f"in {' and '.join(sorted(row.modes))}")
    if row.durations_s:
        parts.append(f"of {lengths_told(row.durations_s)} s")
    elif row.range_s:
        parts.append(f"of {row.range_s[0]:g} to {row.range_s[1]:g} s")
    if row.features:
        parts.append(f"with {', '.join(sorted(f.replace('_', ' ') for f in row.features))}")
    return " ".join(parts)


def kinds_told(kinds: Iterable[Kind]) -> str:
    """In the order of their definition, the two that everybody asks for first and short."""
    asked = set(kinds)
    return ", ".join(_SHORT.get(kind, kind.value) for kind in Kind if kind in asked)


def lengths_told(seconds: tuple[int, ...]) -> str:
    if len(seconds) > 2 and seconds == tuple(range(seconds[0], seconds[-1] + 1)):
        return f"{seconds[0]}-{seconds[-1]}"
    return ", ".join(str(length) for length in seconds)


def _facts(known: Catalogue, model: Model) -> dict[str, object]:
    return {
        "name": model.name,
        "title": model.title,
        "summary": model.summary,
        "kinds": [kind.value for kind in Kind if kind in model.kinds],
        "rendered_here": [kind.value for kind in Kind if kind in kinds_at(model, LOCAL)],
        "modes": {
            mode.value: {"size": list(model.size(mode, model.default_ratio)), "fps": frame.fps}
            for mode, frame in model.modes.items()
        },
        "default_mode": model.default_mode.value if model.modes else None,
        "durations_s": list(model.durations_s),
        "ratios": [ratio.value for ratio in model.ratios],
        "features": sorted({feature.value for row in model.abilities for feature in row.features}),
        "prompt_chars": model.limits.prompt_chars,
        "names": sorted({name.name for name in model.names}),
        "providers": {
            name: {
                "retired": str(listing.retired.date) if listing.retired else None,
                "usd_for_5_s": {
                    mode.value: telling.dollars(quoted.usd_micros)
                    for mode in model.modes
                    if (quoted := sample_quote(known.providers[name], model, mode)) is not None
                    and quoted.usd_micros is not None
                },
                "priced": str(listing.priced) if listing.priced else None,
                "source": listing.price_source,
            }
            for name, listing in model.listings.items()
        },
    }
