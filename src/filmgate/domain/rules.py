"""Whether a model can do a request at a provider, and if not, why.

The answer is read from the rows of the capability maps alone. A request is possible where one row
covers all of it; where none does, the narrowest reason is looked for: the kind, the mode, the
length, a feature, and last two features that exclude each other.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import combinations

from filmgate.domain.limits import Refusal, limit_refusal, picture_refusal
from filmgate.domain.model import Ability, Asked, Feature, Model, asked
from filmgate.domain.request import Kind, Mode, Request

__all__ = ["Refusal", "covers", "notes", "picture_refusal", "refusal"]


def refusal(model: Model, request: Request, *, provider: str) -> Refusal | None:
    """None where the model can do the request at this provider; else the first thing in the way.

    ``provider`` is ``local`` (everything our server allows, as far as the local engine renders
    it), or an upstream: ``kling``, ``kie``, ``piapi`` (their dated map, retirement included).
    """
    if told := limit_refusal(model, request):
        return told
    want = asked(model, request)
    listing = model.listings.get(provider)
    if listing is None:
        return Refusal(
            message=f"{model.name} is not offered by {provider}",
            field="model",
            remedy=f"it is offered by {', '.join(model.listings) or 'nobody'}",
        )
    if told := _Diagnosis(model, model.abilities).first(want):
        return told
    if listing.retired is not None:
        return Refusal(
            # Kling's own words, seen live on 2026-09-20 for kling-v1.
            message=f"The model '{model.name}' has been discontinued and is no longer available.",
            field="model",
            remedy=f"retired at {provider} since {listing.retired.date.isoformat()}",
        )
    return _Diagnosis(model, listing.abilities, provider, listing.renderer).first(want)


def covers(rows: Iterable[Ability], want: Asked) -> bool:
    """Whether one single row allows everything at once."""
    return any(
        want.kind in row.kinds
        and row.in_mode(want.mode)
        and row.lasts(want.duration_s)
        and row.has(want.features)
        and (row.silent or want.sound)
        for row in rows
    )


def notes(model: Model, request: Request, *, provider: str) -> tuple[str, ...]:
    """What was taken and will have no effect, in words for the customer."""
    want = asked(model, request)
    listing = model.listings.get(provider)
    if listing is None:
        return ()
    parties = (
        (model.name, model.abilities),
        (listing.renderer or f"{model.name} at {provider}", listing.abilities),
    )
    told: list[str] = []
    for wish in sorted(want.wishes):
        for who, rows in parties:
            if not any(want.kind in row.kinds and wish in row.features for row in rows):
                told.append(f"{wish.value} was taken and left out: {who} has no such control")
                break
    return tuple(told)


WORDS: dict[Feature, tuple[str, str]] = {
    Feature.FIRST_FRAME: ("first_frame", "first_frame"),
    Feature.IMAGE_TAIL: ("image_tail", "image_tail"),
    Feature.TAIL_ONLY: ("image_tail", "image_tail without image"),
    Feature.CAMERA_PRESET: ("camera", "camera_control"),
    Feature.CAMERA_AXES: ("camera", "camera_control"),
    Feature.CAMERA_MIXED: ("camera", "camera_control with several axes"),
    Feature.BRUSH: ("strokes", "dynamic_masks/static_mask"),
    Feature.SOUND: ("sound", "sound"),
    Feature.VOICES: ("voices", "voice_list"),
    Feature.ELEMENTS: ("elements", "element_list"),
    Feature.MULTI_SHOT: ("shots", "multi_shot"),
    Feature.IMAGE_REFERENCES: ("images", "image_list"),
    Feature.VIDEO_REFERENCE: ("base_video", "video_list"),
    Feature.TWO_PICTURES: ("images", "two images"),
}
"""For each feature: the field of our request, and the word in Kling's sentences."""

CAMERA = frozenset({Feature.CAMERA_PRESET, Feature.CAMERA_AXES, Feature.CAMERA_MIXED})


@dataclass(frozen=True, slots=True)
class _Diagnosis:
    """Finds the sentence for a request that these rows don't cover."""

    model: Model
    rows: tuple[Ability, ...]
    provider: str = ""
    renderer: str = ""

    def first(self, want: Asked) -> Refusal | None:
        if covers(self.rows, want):
            return None
        rows = [row for row in self.rows if want.kind in row.kinds]
        return (
            self._kind(rows, want)
            or self._mode(rows, want)
            or self._duration(rows, want)
            or self._features(rows, want)
            or self._silence(rows, want)
            or self._together(rows, want)
        )

    def _kind(self, rows: list[Ability], want: Asked) -> Refusal | None:
        if rows:
            return None
        known = sorted({kind.value for row in self.rows for kind in row.kinds})
        return self._told(
            missing=want.kind.value,
            message=f"{want.kind.value} is not supported by {self._who()}",
            field="model",
            remedy=f"{self._who()} does {_listed(known)}" if known else "choose another model",
        )

    def _mode(self, rows: list[Ability], want: Asked) -> Refusal | None:
        if any(row.in_mode(want.mode) for row in rows):
            return None
        modes = [mode.value for mode in Mode if any(mode in row.modes for row in rows)]
        return self._told(
            missing=f"mode {want.mode.value}",
            message=f"mode value '{want.mode.value}' is invalid: "
            f"{want.kind.value} by {self._who()} has {_listed(modes)}",
            field="mode",
            remedy=f"use mode {_listed(modes)}",
        )

    def _duration(self, rows: list[Ability], want: Asked) -> Refusal | None:
        in_mode = [row for row in rows if row.in_mode(want.mode)]
        if any(row.lasts(want.duration_s) for row in in_mode):
            return None
        lengths = _lengths(in_mode)
        return self._told(
            missing=f"{want.duration_s:g} seconds",
            message=f"duration value '{want.duration_s:g}' is invalid: "
            f"{self._who()} makes {lengths}",
            field="duration_s",
            remedy=f"ask for {lengths}",
        )

    def _features(self, rows: list[Ability], want: Asked) -> Refusal | None:
        for feature in sorted(want.features, key=list(Feature).index):
            having = [row for row in rows if feature in row.features]
            if self._cell(having, want):
                continue
            field, word = _field(feature, want.kind), WORDS[feature][1]
            if not having:
                return self._told(
                    missing=word,
                    message=_capital(f"{_spoken(word)} is not supported by the current model"),
                    field=field,
                    remedy=f"leave it out; {self._who()} does not have it for {want.kind.value}",
                )
            return self._told(
                missing=word,
                message=self._cell_message(feature, word, having, want),
                field=field,
                remedy=f"{self._who()} does this in {_cells(having)}",
            )
        return None

    def _cell_message(self, feature: Feature, word: str, having: list[Ability], want: Asked) -> str:
        # Both sentences are Kling's to the letter (seen live in 2025-03 and 2025-12).
        if feature in CAMERA:
            modes = {mode for row in having for mode in row.modes}
            spans = sorted({seconds for row in having for seconds in row.durations_s})
            return (
                f"{word} is only supported in {_listed(m.value for m in Mode if m in modes)} mode "
                f"with {_listed(f'{s}s' for s in spans)} duration and {self.model.name}"
            )
        cell = f"{self.model.name}/{want.mode.value}/{want.duration_s:g}"
        return f"model/mode/duration({cell}) is not supported with {word}"

    def _silence(self, rows: list[Ability], want: Asked) -> Refusal | None:
        loud = [row for row in self._cell(rows, want) if row.has(want.features)]
        if want.sound or not loud:
            return None
        is_voiced = Feature.VOICES in want.features
        return self._told(
            missing="silent films",
            message="voice_list needs sound on"
            if is_voiced
            else f"{self._who()} always makes sound",
            field="sound",
            remedy="ask for sound",
        )

    def _cell(self, rows: list[Ability], want: Asked) -> list[Ability]:
        return [row for row in rows if row.in_mode(want.mode) and row.lasts(want.duration_s)]

    def _together(self, rows: list[Ability], want: Asked) -> Refusal:
        cell = self._cell(rows, want)
        for one, other in combinations(sorted(want.features, key=list(Feature).index), 2):
            if not any({one, other} <= row.features for row in cell):
                return self._told(
                    missing=f"{WORDS[one][1]} together with {WORDS[other][1]}",
                    message=f"{WORDS[one][1]} and {WORDS[other][1]} can't be used together",
                    field=_field(other, want.kind),
                    remedy=f"leave one of them out; {self._who()} does each by itself",
                )
        words = _listed(WORDS[feature][1] for feature in want.features) or "a prompt alone"
        cell_name = f"{self.model.name}/{want.mode.value}/{want.duration_s:g}"
        return self._told(
            missing=words,
            message=f"model/mode/duration({cell_name}) is not supported with {words}",
            field="duration_s",
            remedy=f"{self._who()} does this in "
            f"{_cells([row for row in rows if row.has(want.features)] or rows)}",
        )

    def _who(self) -> str:
        return f"{self.model.name} at {self.provider}" if self.provider else self.model.name

    def _told(self, *, missing: str, message: str, field: str, remedy: str) -> Refusal:
        if self.renderer:
            return Refusal(
                message=f"{self.renderer} does not render {missing} yet",
                field=field,
                remedy="leave it out, or use a provider that has it",
            )
        return Refusal(message=message, field=field, remedy=remedy)


def _field(feature: Feature, kind: Kind) -> str:
    if feature is Feature.IMAGE_TAIL and kind is Kind.OMNI:
        return "last_frame"
    return WORDS[feature][0]


def _spoken(word: str) -> str:
    return word.replace("_", " ") if word.startswith("image_tail") else word


def _capital(sentence: str) -> str:
    """Kling's sentence about the end frame begins in words, the others with the parameter."""
    return sentence[0].upper() + sentence[1:] if sentence.startswith("image tail") else sentence


def _lengths(rows: Iterable[Ability]) -> str:
    """``5 or 10 seconds``, ``3 to 15 seconds``; ``any length`` where a row leaves it open."""
    seconds: set[int] = set()
    for row in rows:
        if row.range_s is not None:
            return f"{row.range_s[0]:g} to {row.range_s[1]:g} seconds"
        if not row.durations_s:
            return "any length"
        seconds.update(row.durations_s)
    least, most = min(seconds, default=0), max(seconds, default=0)
    if len(seconds) > 2 and len(seconds) == most - least + 1:
        return f"{least} to {most} seconds"
    return f"{_listed(str(s) for s in sorted(seconds))} seconds"


def _cells(rows: Iterable[Ability]) -> str:
    """``std with 5 seconds, or pro with 5 or 10 seconds``: the cells of all rows together."""
    rows = list(rows)
    modes_by_lengths: dict[str, list[str]] = {}
    for mode in Mode:
        if in_mode := [row for row in rows if row.in_mode(mode)]:
            modes_by_lengths.setdefault(_lengths(in_mode), []).append(mode.value)
    return ", or ".join(
        f"{_listed(modes)} with {lengths}" for lengths, modes in modes_by_lengths.items()
    )


def _listed(words: Iterable[str]) -> str:
    """``a``, ``a or b``, ``a, b or c``."""
    *most, last = list(words) or [""]
    return f"{', '.join(most)} or {last}" if most else last
