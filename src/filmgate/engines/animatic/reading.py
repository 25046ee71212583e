"""Walks through a prompt's tokens and takes down what they mean, the longest phrase first."""

from __future__ import annotations

from collections.abc import Callable, Collection, Container
from dataclasses import dataclass, field, replace

from filmgate.engines.animatic.cast_list import CastList
from filmgate.engines.animatic.lexicon import (
    PUNCTUATION,
    Lexicon,
    Meaning,
    Phrase,
    tokens_of,
)

PLURAL = 3
"""How many "dogs" are when nobody says."""
NEAR = 3
"""How many tokens a word like "slowly" may stand from its camera move."""
_MOVE_LONGEST = 6


@dataclass(frozen=True, slots=True)
class Noted:
    """A subject as one place of the text names it."""

    name: str
    count: int
    colour: str | None = None
    size: float = 1.0
    action: str | None = None


@dataclass(slots=True)
class Reading:
    """Notes taken while reading; weights add up over the prompt, order is kept."""

    places: dict[str, int] = field(default_factory=dict)
    times: dict[str, int] = field(default_factory=dict)
    weathers: dict[str, int] = field(default_factory=dict)
    features: list[str] = field(default_factory=list)
    styles: list[str] = field(default_factory=list)
    subjects: list[Noted] = field(default_factory=list)
    palette: list[str] = field(default_factory=list)
    said: dict[str, str] = field(default_factory=dict)
    """The customer's own word for each place."""
    camera: dict[str, float] = field(default_factory=dict)
    unknown: list[str] = field(default_factory=list)
    banned: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class _Hit:
    """Meanings found at a place in the text."""

    meanings: tuple[Meaning, ...]
    phrase: Phrase
    plural: bool = False


def read(prompt: str, words: Lexicon, cast: CastList) -> Reading:
    """Take down everything that a prompt says."""
    tokens = tokens_of(prompt)
    reading = Reading()
    tokens = _take_camera(tokens, reading, words)
    tokens, refused = _take_refusals(tokens, words)
    reading.banned = frozenset().union(*(_ban(part, words, cast) for part in refused))
    _take_scene(tokens, reading, words, cast)
    return reading


def read_banned(negative_prompt: str, words: Lexicon, cast: CastList) -> frozenset[str]:
    """Everything that a negative prompt sends away, by every name a painter may ask for."""
    return _ban(tokens_of(negative_prompt), words, cast)


# --- the camera -------------------------------------------------------------------------------


def _take_camera(tokens: list[str], reading: Reading, words: Lexicon) -> list[str]:
    """Note the camera moves, and give back the text without them."""
    spoken_of = any(_phrase_at(tokens, at, words.camera_context, 1) for at in range(len(tokens)))
    moves = words.moves | words.camera_moves if spoken_of else words.moves
    # "zooms slowly into": moves are looked for as if the strength words weren't there.
    paces: dict[int, float] = {}
    for at in range(len(tokens)):
        length = _phrase_at(tokens, at, words.strengths, 3)
        for inside in range(at, at + length):
            paces.setdefault(inside, words.strengths[tuple(tokens[at : at + length])])
    kept = [at for at in range(len(tokens)) if at not in paces]
    plain = [tokens[at] for at in kept]
    taken: set[int] = set()
    at = 0
    while at < len(plain):
        length = _phrase_at(plain, at, moves, _MOVE_LONGEST)
        if not length:
            at += 1
            continue
        move = moves[tuple(plain[at : at + length])]
        first, last = kept[at], kept[at + length - 1]
        reading.camera.setdefault(move, _pace(first, last, paces, tokens))
        taken.update(range(first, last + 1))
        at += length
    return [token for at, token in enumerate(tokens) if at not in taken]


def _pace(first: int, last: int, paces: dict[int, float], tokens: list[str]) -> float:
    """The strength word nearest to a move, in the same part of the sentence."""
    best, distance = 1.0, NEAR + 1
    for at, strength in paces.items():
        away = max(first - at, at - last, 0)
        between = tokens[min(at, first) : max(at, last)]
        if away < distance and PUNCTUATION.isdisjoint(between):
            best, distance = strength, away
    return best


def _phrase_at(tokens: list[str], at: int, phrases: Container[Phrase], longest: int) -> int:
    """Length of the longest of the phrases that begins here, 0 for none."""
    for length in range(min(longest, len(tokens) - at), 0, -1):
        if tuple(tokens[at : at + length]) in phrases:
            return length
    return 0


# --- what is not to be seen -------------------------------------------------------------------


def _take_refusals(tokens: list[str], words: Lexicon) -> tuple[list[str], list[list[str]]]:
    """Split "a sea without birds or boats, at night" into what is asked for and what is refused."""
    kept: list[str] = []
    refused: list[list[str]] = []
    at = 0
    while at < len(tokens):
        length = _phrase_at(tokens, at, words.negations, 2)
        if not length:
            kept.append(tokens[at])
            at += 1
            continue
        start = at = at + length
        while at < len(tokens) and tokens[at] not in words.ends_negation:
            at += 1
        refused.append(tokens[start:at])
    return kept, refused


def _ban(tokens: list[str], words: Lexicon, cast: CastList) -> frozenset[str]:
    banned: set[str] = set()

    def take(hit: _Hit) -> None:
        for meaning in hit.meanings:
            if meaning.kind == "category":
                banned.update(cast.categories[meaning.value].members)
            if meaning.kind not in ("place", "time", "style", "colour", "action", "size"):
                banned.add(meaning.value)

    _walk(tokens, words, take, banned.add)
    return frozenset(banned)


# --- the scene --------------------------------------------------------------------------------


def _walk(
    tokens: list[str],
    words: Lexicon,
    take: Callable[[_Hit], None],
    leave: Callable[[str], None],
    pass_over: Callable[[Phrase], None] = lambda _: None,
) -> None:
    """Go through the text by longest phrases: known, unknown, or of no account."""
    at = 0
    while at < len(tokens):
        hit = _hit_at(tokens, at, words)
        if hit is not None:
            take(hit)
            at += len(hit.phrase)
            continue
        length = max(
            _phrase_at(tokens, at, words.ignored, 4),
            1 if _of_no_account(tokens[at], words) else 0,
        )
        if length:
            pass_over(tuple(tokens[at : at + length]))
        else:
            leave(tokens[at])
        at += max(length, 1)


def _hit_at(tokens: list[str], at: int, words: Lexicon) -> _Hit | None:
    for length in range(min(words.longest.get(tokens[at], 1), len(tokens) - at), 0, -1):
        phrase = tuple(tokens[at : at + length])
        if length < 4 and phrase in words.ignored and phrase not in words.meanings:
            return None
        if phrase in words.meanings:
            plural = phrase[-1] in words.irregular
            return _Hit(words.meanings[phrase], phrase, plural)
        for singular in words.singulars(phrase[-1]):
            meanings = words.meanings.get((*phrase[:-1], singular))
            if meanings is not None:
                return _Hit(meanings, phrase, plural=True)
    return None


def _of_no_account(token: str, words: Lexicon) -> bool:
    """Adverbs, verb forms, numbers and single letters name nothing that could be seen."""
    if token in PUNCTUATION or (token,) in words.ignored or (token,) in words.strengths:
        return True
    if any((singular,) in words.ignored for singular in words.singulars(token)):
        return True
    if not token.isascii():
        return False
    if len(token) < 3 or token[0].isdigit():
        return True
    return len(token) > 5 and token.endswith(("ly", "ing", "ed", "ando", "endo"))


@dataclass(slots=True)
class _Scribe:
    """Takes down the scene; a colour and a number wait here for their noun."""

    reading: Reading
    words: Lexicon
    cast: CastList
    colour: str | None = None
    count: int | None = None
    size: float = 1.0
    action: str | None = None
    fresh: bool = False
    """Whether the token before was a subject."""
    acting: bool = False
    """Whether somebody was named since the last punctuation, who a verb may belong to."""

    def take(self, hit: _Hit) -> None:
        kinds = {meaning.kind for meaning in hit.meanings}
        if kinds == {"colour"}:
            self._take_colour(hit)
            return
        if kinds == {"action"}:
            self._take_action(hit.meanings[0].value)
            return
        if kinds == {"size"}:
            self.size = float(hit.meanings[0].value)
            return
        for meaning in hit.meanings:
            if meaning.kind == "place":
                self.reading.said.setdefault(meaning.value, " ".join(hit.phrase))
            self._note(meaning, kinds, plural=hit.plural)
        if "subject" in kinds or "category" in kinds:
            self.colour = self.count = self.action = None
            self.size = 1.0
            self.fresh = self.acting = True
        elif kinds != {"style"}:
            self.part()

    def _take_colour(self, hit: _Hit) -> None:
        colour = hit.meanings[0].value
        if self.fresh and hit.phrase in self.words.trailing_colours:
            self.reading.subjects[-1] = replace(self.reading.subjects[-1], colour=colour)
            self.fresh = False
            return
        self._let_colour_go()
        self.colour = colour

    def _take_action(self, action: str) -> None:
        """It belongs to who was named before it in this part of the sentence, else to who comes."""
        if self.acting and self.reading.subjects[-1].action is None:
            self.reading.subjects[-1] = replace(self.reading.subjects[-1], action=action)
        else:
            self.action = action

    def _note(self, meaning: Meaning, kinds: Collection[str], *, plural: bool) -> None:
        reading, value = self.reading, meaning.value
        match meaning.kind:
            case "place":
                reading.places[value] = reading.places.get(value, 0) + meaning.weight
            case "time":
                reading.times[value] = max(reading.times.get(value, 0), meaning.weight)
            case "weather":
                reading.weathers[value] = max(reading.weathers.get(value, 0), meaning.weight)
            case "feature":
                reading.features.append(value)
            case "style":
                reading.styles.append(value)
            case "subject":
                self._note_subject(value, plural=plural)
            case "category" if "subject" not in kinds:
                example = self.cast.categories[value].example
                if example:
                    self._note_subject(example, plural=plural)
            case _:
                pass

    def _note_subject(self, name: str, *, plural: bool) -> None:
        count = self.count or (PLURAL if plural else 1)
        self.reading.subjects.append(Noted(name, count, self.colour, self.size, self.action))

    def leave(self, token: str) -> None:
        self.fresh = False
        self.reading.unknown.append(token)

    def pass_over(self, phrase: Phrase) -> None:
        self.fresh = False
        if phrase[0] in self.words.separators:
            self.part()
        if phrase[0] in PUNCTUATION:
            self.acting, self.action = False, None

    def part(self) -> None:
        """What waits for its noun has waited too long."""
        self._let_colour_go()
        self.count = None
        self.size = 1.0

    def _let_colour_go(self) -> None:
        if self.colour is not None:
            self.reading.palette.append(self.colour)
            self.colour = None


def _take_scene(tokens: list[str], reading: Reading, words: Lexicon, cast: CastList) -> None:
    scribe = _Scribe(reading, words, cast)
    # Numbers are cut out first: each speaks to the stretch of text behind it.
    run: list[str] = []
    at = 0
    while at < len(tokens):
        length = _number_at(tokens, at, words)
        if not length:
            run.append(tokens[at])
            at += 1
            continue
        _walk(run, words, scribe.take, scribe.leave, scribe.pass_over)
        run = []
        scribe.count = words.numbers[tuple(tokens[at : at + length])]
        at += length
    _walk(run, words, scribe.take, scribe.leave, scribe.pass_over)
    scribe.part()
    reading.unknown = _joined(reading.unknown)


def _number_at(tokens: list[str], at: int, words: Lexicon) -> int:
    """Length of a number that begins here; "lone tree" is a word of its own and no number."""
    length = _phrase_at(tokens, at, words.numbers, 3)
    hit = _hit_at(tokens, at, words) if length else None
    return 0 if hit is not None and len(hit.phrase) > length else length


def _joined(tokens: list[str]) -> list[str]:
    """Chinese characters that were left over side by side are one word again."""
    joined: list[str] = []
    for token in tokens:
        if joined and not token.isascii() and not joined[-1].isascii():
            joined[-1] += token
        else:
            joined.append(token)
    return joined
