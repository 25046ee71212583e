"""Reads a prompt: which place, time, weather, subjects and camera it asks for."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Mention:
    """A subject that the prompt names: ``two white dogs`` is ``Mention("dog", 2, "white")``."""

    subject: str
    count: int = 1
    colour: str | None = None


@dataclass(frozen=True, slots=True)
class CameraWord:
    """One camera move; a strength of 1 is the move as a plain word asks for it."""

    move: str
    strength: float = 1.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Storyboard:
    """What a prompt asks for, in words that the painters know."""

    place: str
    place_named: bool
    time: str
    weather: str = "clear"
    subjects: tuple[Mention, ...] = ()
    camera: tuple[CameraWord, ...] = ()
    style: tuple[str, ...] = ()
    banned: frozenset[str] = frozenset()
    unknown: tuple[str, ...] = ()


def read_prompt(prompt: str, negative_prompt: str = "") -> Storyboard:
    """Read a prompt. Pure and deterministic."""
    raise NotImplementedError


def understood(storyboard: Storyboard) -> dict[str, str]:
    """Say in the customer's words what was understood, and what was not."""
    raise NotImplementedError
