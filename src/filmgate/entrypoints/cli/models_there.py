"""``filmgate models --server``: the catalogue as a server has it, at the caller's plan."""

from __future__ import annotations

from typing import TYPE_CHECKING

from filmgate.entrypoints.cli import telling
from filmgate.entrypoints.cli.failures import DONE
from filmgate.entrypoints.cli.house import at_server
from filmgate.entrypoints.cli.models import kinds_told, lengths_told
from filmgate.sdk.remote import ModelReply, plain

if TYPE_CHECKING:
    from filmgate.sdk.remote import Remote


def models_there(name: str | None, server: str, *, as_json: bool) -> int:
    async def work(remote: Remote) -> int:
        if name is not None:
            model = await remote.model(name)
            telling.say_json(plain(model)) if as_json else _tell_card(model)
            return DONE
        models = (await remote.models()).models
        if as_json:
            telling.say_json([plain(model) for model in models])
        else:
            telling.say_table(
                ("MODEL", "SECONDS", "MODES", "5 S CREDITS", "DONE BY", "DOES"),
                [_row(model) for model in models],
            )
        return DONE

    return at_server(server, work)


def _row(model: ModelReply) -> tuple[str, ...]:
    prices = sorted(set(model.credits_for_5_s.values()))
    return (
        model.name,
        lengths_told(model.durations_s) or "-",
        ", ".join(model.modes) or "-",
        " to ".join(f"{price:,}" for price in dict.fromkeys((*prices[:1], *prices[-1:]))) or "-",
        _done_by(model) or "-",
        kinds_told(model.kinds),
    )


def _done_by(model: ModelReply) -> str:
    return ", ".join(
        name for name, listing in model.providers.items() if listing.usable and listing.kinds
    )


def _tell_card(model: ModelReply) -> None:
    telling.say(f"{model.name}: {model.title}. {model.summary}.")
    telling.say_facts(
        {
            "does": kinds_told(model.kinds),
            "done by": _done_by(model) or "nobody at this server",
            "seconds": lengths_told(model.durations_s),
            "ratios": ", ".join(model.ratios),
            "prompt": f"at most {model.prompt_chars:,} characters",
            **{
                f"5 s {mode}": f"{price:,} credits" for mode, price in model.credits_for_5_s.items()
            },
        }
    )
    telling.say(f"  facts from {model.source}")
