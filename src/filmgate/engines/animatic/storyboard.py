"""What a prompt asks for, in words that the painters know."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace

from filmgate.engines.animatic.cast_list import CastList, cast_list
from filmgate.engines.animatic.lexicon import HINT, Lexicon, lexicon
from filmgate.engines.animatic.reading import Reading, read, read_banned

MOST_OF_ONE = 12
"""More than this many of one subject are a crowd that nobody counts."""
UNKNOWN_SHOWN = 12
MEETS, MEETING = "person", 3
"""Who is at a meeting, and how many."""
FRAMINGS = frozenset({"close-up", "wide", "shallow-focus", "silhouette", "blooming"})
"""Style words for how a subject is framed and lit."""
PACES = {"time-lapse": 6.0, "slow-motion": 0.35}
"""How much faster than life things move."""
SEASONS = ("spring", "summer", "autumn", "winter")


@dataclass(frozen=True, slots=True)
class Mention:
    """A subject that the prompt names: ``two white dogs`` is ``Mention("dog", 2, "white")``."""

    subject: str
    count: int = 1
    colour: str | None = None
    action: str | None = None
    """What it does when the prompt says so: "walk", "run", "rest", ..."""
    size: float = 1.0
    """How much larger than usual: "a giant dog"."""


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
    """False when the place was chosen for the subjects, the time or the weather."""
    time: str
    weather: str = "clear"
    features: tuple[str, ...] = ()
    """What the place is to show besides: "lake", "beach", "street", "clouds", "reflection", ..."""
    subjects: tuple[Mention, ...] = ()
    camera: tuple[CameraWord, ...] = ()
    style: tuple[str, ...] = ()
    palette: tuple[str, ...] = ()
    """Colours that belong to no subject: "abstract blue and gold waves"."""
    banned: frozenset[str] = frozenset()
    """Subjects, categories, features and other words that must not be seen."""
    unknown: tuple[str, ...] = ()

    @property
    def season(self) -> str | None:
        """One of SEASONS when the prompt names it; snow alone isn't winter."""
        return next((season for season in SEASONS if season in self.style), None)

    @property
    def pace(self) -> float:
        return next((PACES[style] for style in self.style if style in PACES), 1.0)

    def allows(self, *words: str) -> bool:
        """Whether none of these subjects, categories or features was sent away."""
        return self.banned.isdisjoint(words)


def read_prompt(
    prompt: str, negative_prompt: str = "", *, before: Storyboard | None = None
) -> Storyboard:
    """Read a prompt. Pure and deterministic. ``before`` is the shot that this one is cut to, which
    it goes on with where it says nothing itself."""
    words, cast = lexicon(), cast_list()
    reading = read(prompt, words, cast)
    banned = reading.banned | read_banned(negative_prompt, words, cast)
    mentions = _mentions(reading, banned)
    asked, named = _place(reading, mentions, words, cast)
    entry = words.places[asked]
    if reading.said.get(asked) in entry.gathers:
        mentions = _with_brought(mentions, {MEETS: MEETING}, banned)
    painted, unknown = asked, list(reading.unknown)
    if entry.stand_in is not None:
        painted = entry.stand_in
        if named:
            unknown.insert(0, reading.said[asked])
            mentions = _with_brought(mentions, entry.brings, banned)
    weather = _strongest(reading.weathers) or "clear"
    board = Storyboard(
        place=painted,
        place_named=named and painted == asked,
        time=_strongest(reading.times) or entry.time,
        weather="clear" if weather in banned else weather,
        features=tuple(f for f in dict.fromkeys(reading.features) if f not in banned),
        subjects=mentions,
        camera=tuple(CameraWord(move, strength) for move, strength in reading.camera.items()),
        style=tuple(s for s in dict.fromkeys(reading.styles) if s not in banned),
        palette=tuple(dict.fromkeys(reading.palette)),
        banned=banned,
        unknown=tuple(dict.fromkeys(unknown))[:UNKNOWN_SHOWN],
    )
    return board if before is None else _going_on(board, before, reading)


def _going_on(board: Storyboard, before: Storyboard, reading: Reading) -> Storyboard:
    """A shot with all that the one before it said and this one doesn't."""
    if not reading.places:
        same = replace(
            board,
            place=before.place,
            place_named=before.place_named,
            features=tuple(dict.fromkeys((*board.features, *before.features))),
            subjects=board.subjects or before.subjects,
        )
    else:
        same = board
    framing = FRAMINGS | PACES.keys()
    kept = [style for style in before.style if style not in framing]
    return replace(
        same,
        time=board.time if reading.times else before.time,
        weather=board.weather if reading.weathers else before.weather,
        style=tuple(dict.fromkeys((*board.style, *kept))),
        palette=board.palette or before.palette,
        banned=board.banned | before.banned,
    )


def _mentions(reading: Reading, banned: frozenset[str]) -> tuple[Mention, ...]:
    """One mention per subject and colour; "a dog ... the dog" is one dog."""
    found: dict[tuple[str, str | None], Mention] = {}
    for noted in reading.subjects:
        name, colour = noted.name, noted.colour
        if name in banned:
            continue
        before = found.get((name, colour), Mention(name, 0, colour))
        found[name, colour] = replace(
            before,
            count=min(MOST_OF_ONE, max(noted.count, before.count)),
            action=before.action or noted.action,
            size=noted.size if before.size == 1 else before.size,
        )
    return tuple(found.values())


def _with_brought(
    mentions: tuple[Mention, ...], brings: dict[str, int], banned: frozenset[str]
) -> tuple[Mention, ...]:
    """Add what makes a stand-in look like the place that was asked for."""
    there = {mention.subject for mention in mentions} | banned
    brought = (Mention(name, count) for name, count in brings.items() if name not in there)
    return (*mentions, *brought)


def _place(
    reading: Reading, mentions: tuple[Mention, ...], words: Lexicon, cast: CastList
) -> tuple[str, bool]:
    """Where the film plays, and whether the prompt says so."""
    if reading.places and max(reading.places.values()) > HINT:
        return _best(reading.places), True
    # Words that only lean somewhere decide before the subjects do, but the place isn't named.
    if reading.places:
        return _best(reading.places), False
    subjects = [cast.subjects[mention.subject] for mention in mentions]
    # People go anywhere: with a kite they are where kites are flown.
    for subject in sorted(subjects, key=lambda s: cast.categories[s.category].anywhere):
        return _home(subject.places, words), False
    for light in (_strongest(reading.weathers), _strongest(reading.times)):
        if light is not None:
            return words.light_places[light], False
    return "abstract", False


def _home(places: tuple[str, ...], words: Lexicon) -> str:
    """The first of a subject's places that can be painted, else the best, by its stand-in."""
    return next((p for p in places if words.places[p].stand_in is None), places[0])


def _best(weights: dict[str, int]) -> str:
    """The heaviest; the one that was named first where several are."""
    return max(weights, key=lambda name: weights[name])


def _strongest(weights: dict[str, int]) -> str | None:
    return _best(weights) if weights else None


def understood(storyboard: Storyboard, painted: Collection[str]) -> dict[str, str]:
    """Say in the customer's words what is shown, what was read but finds no picture, and what was
    not understood. ``painted`` are the features and styles that
    the place shows."""
    place = storyboard.place if storyboard.place_named else f"{storyboard.place} (not named)"
    shown = [feature for feature in storyboard.features if feature in painted]
    wanted = (*storyboard.features, *storyboard.style)
    missing = [word for word in wanted if word not in painted]
    told = {
        "place": ", ".join((place, *shown)),
        "time": storyboard.time,
        "weather": storyboard.weather,
        "subjects": ", ".join(_told(mention) for mention in storyboard.subjects),
        "camera": ", ".join(_told_move(word) for word in storyboard.camera),
        "style": ", ".join(
            [style for style in storyboard.style if style in painted]
            + [f"{colour} tones" for colour in storyboard.palette]
        ),
        "left out": ", ".join(_told_banned(storyboard.banned)),
        "read but not painted": ", ".join(missing),
        "not understood": ", ".join(storyboard.unknown),
    }
    return {part: words for part, words in told.items() if words}


def _told(mention: Mention) -> str:
    name = mention.subject.replace("_", " ")
    parts = [] if mention.count == 1 else [f"{mention.count} x"]
    if mention.size != 1:
        parts.append("large" if mention.size > 1 else "small")
    told = " ".join([*parts, *([mention.colour] if mention.colour else []), name])
    return f"{told} ({mention.action})" if mention.action else told


def _told_banned(banned: frozenset[str]) -> list[str]:
    """A category stands for its members."""
    categories = cast_list().categories
    hidden = {member for name in banned & categories.keys() for member in categories[name].members}
    shown = banned - hidden | (banned & categories.keys())
    return sorted(word.replace("_", " ") for word in shown)


def _told_move(word: CameraWord) -> str:
    move = word.move.replace("-", " ")
    if word.strength < 1:
        return f"{move}, gently"
    return f"{move}, strongly" if word.strength > 1 else move
