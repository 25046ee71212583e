"""Who is heard, and how: by subject, by its category, by place, hour and weather."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """How a subject is heard."""

    voice: str = ""
    """Calls now and then: a name of VOICES."""
    every_s: float = 3.0
    tread: str = ""
    """Heard with each beat of its gait: a name of VOICES."""
    drone: str = ""
    """Heard all the while: a name of DRONES."""
    gain: float = 0.5


PARTS: dict[str, Part] = {
    "person": Part(tread="step", gain=0.45),
    "animal": Part(tread="step", gain=0.3),
    "bird": Part(voice="chirp", every_s=1.8, gain=0.3),
    "boat": Part(drone="water", gain=0.12),
    "fish": Part(voice="bubbles", every_s=2.0, gain=0.4),
    "insect": Part(drone="buzz", gain=0.05),
    "vehicle": Part(drone="car", gain=0.35),
    "aircraft": Part(drone="jet", gain=0.3),
    "spacecraft": Part(drone="rocket", gain=0.6),
    "dog": Part(voice="bark", every_s=2.4, tread="step", gain=0.4),
    "wolf": Part(voice="howl", every_s=4, tread="step", gain=0.4),
    "cat": Part(voice="meow", every_s=3.2, gain=0.4),
    "leopard": Part(voice="low_call", every_s=4, gain=0.4),
    "lion": Part(voice="low_call", every_s=3.5, gain=0.6),
    "tiger": Part(voice="low_call", every_s=3.5, gain=0.6),
    "bear": Part(voice="low_call", every_s=4, gain=0.5),
    "cow": Part(voice="low_call", every_s=3.5, tread="step", gain=0.5),
    "elephant": Part(voice="low_call", every_s=4, tread="heavy_step", gain=0.6),
    "mammoth": Part(voice="low_call", every_s=4, tread="heavy_step", gain=0.6),
    "sheep": Part(voice="bleat", every_s=2.6, gain=0.5),
    "goat": Part(voice="bleat", every_s=2.6, gain=0.5),
    "ram": Part(voice="bleat", every_s=3, gain=0.5),
    "horse": Part(tread="hoof", gain=0.55),
    "zebra": Part(tread="hoof", gain=0.5),
    "unicorn": Part(tread="hoof", gain=0.5),
    "rider": Part(tread="hoof", gain=0.55),
    "deer": Part(tread="step", gain=0.3),
    "camel": Part(tread="step", gain=0.4),
    "tyrannosaur": Part(voice="low_call", every_s=3, tread="heavy_step", gain=0.8),
    "sauropod": Part(voice="low_call", every_s=4, tread="heavy_step", gain=0.7),
    "dragon": Part(voice="low_call", every_s=3, tread="wingbeat", gain=0.8),
    "robot": Part(tread="heavy_step", gain=0.4),
    "gull": Part(voice="gull", every_s=2.6, gain=0.3),
    "crow": Part(voice="caw", every_s=2.0, gain=0.4),
    "owl": Part(voice="hoot", every_s=3.0, gain=0.4),
    "eagle": Part(voice="gull", every_s=3.4, gain=0.25),
    "duck": Part(voice="caw", every_s=1.8, gain=0.3),
    "goose": Part(voice="caw", every_s=1.6, gain=0.35),
    "bat": Part(voice="chirp", every_s=1.6, gain=0.15),
    "whale": Part(voice="whale", every_s=3.6, gain=0.6),
    "orca": Part(voice="whale", every_s=3.4, gain=0.5),
    "dolphin": Part(voice="chirp", every_s=1.6, gain=0.4),
    "surfer": Part(voice="splash", every_s=1.8, gain=0.5),
    "swimmer": Part(voice="splash", every_s=0.9, gain=0.5),
    "skier": Part(drone="water", gain=0.15),
    "cyclist": Part(voice="tick", every_s=0.15, gain=0.25),
    "bicycle": Part(voice="tick", every_s=0.15, gain=0.25),
    "astronaut": Part(),
    "meditating_person": Part(),
    "superhero": Part(),
    "fairy": Part(voice="bell", every_s=3, gain=0.1),
    "mermaid": Part(voice="splash", every_s=2.5, gain=0.4),
    "truck": Part(drone="truck", gain=0.45),
    "pickup_truck": Part(drone="truck", gain=0.4),
    "bus": Part(drone="truck", gain=0.4),
    "fire_engine": Part(drone="truck", voice="horn", every_s=1.4, gain=0.5),
    "police_car": Part(drone="car", voice="horn", every_s=1.2, gain=0.4),
    "ambulance": Part(drone="car", voice="horn", every_s=1.2, gain=0.4),
    "tractor": Part(drone="truck", gain=0.45),
    "motorcycle": Part(drone="motorcycle", gain=0.45),
    "scooter": Part(drone="motorcycle", gain=0.3),
    "train": Part(drone="train", gain=0.5),
    "tram": Part(drone="train", voice="bell", every_s=4, gain=0.4),
    "steam_train": Part(drone="train", voice="whistle", every_s=4, gain=0.6),
    "ship": Part(drone="boat", voice="ship_horn", every_s=5, gain=0.5),
    "ferry": Part(drone="boat", voice="ship_horn", every_s=5, gain=0.45),
    "speedboat": Part(drone="motorcycle", gain=0.4),
    "motor_boat": Part(drone="boat", gain=0.4),
    "rowing_boat": Part(voice="splash", every_s=1.5, gain=0.3),
    "canoe": Part(voice="splash", every_s=1.5, gain=0.3),
    "helicopter": Part(drone="helicopter", gain=0.5),
    "hot_air_balloon": Part(),
    "balloon": Part(),
    "kite": Part(),
    "paraglider": Part(),
    "ufo": Part(drone="ufo", gain=0.5),
    "satellite": Part(voice="tick", every_s=0.8, gain=0.2),
    "fire": Part(drone="fire", gain=0.5),
    "candle": Part(drone="fire", gain=0.08),
    "fountain": Part(drone="water", gain=0.5),
    "church": Part(voice="bell", every_s=2.2, gain=0.4),
    "bee": Part(drone="buzz", gain=0.25),
    "butterfly": Part(),
    "factory": Part(drone="truck", gain=0.3),
}
"""By subject, else by category."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """Somebody unseen who belongs to a place at some hours."""

    voice: str
    every_s: float
    gain: float
    times: frozenset[str] = frozenset()
    """Empty: at any hour."""


BRIGHT = frozenset({"dawn", "day", "golden hour"})
LATE = frozenset({"dusk", "night", "moonlight"})
BIRDS = Call(voice="chirp", every_s=0.9, gain=0.16, times=BRIGHT)
CRICKETS = Call(voice="cricket", every_s=0.42, gain=0.18, times=LATE)

CALLS: dict[str, tuple[Call, ...]] = {
    "forest": (
        BIRDS,
        CRICKETS,
        Call(voice="hoot", every_s=4, gain=0.16, times=LATE),
    ),
    "meadow": (BIRDS, CRICKETS),
    "garden": (BIRDS, CRICKETS),
    "lake": (BIRDS, CRICKETS),
    "river": (BIRDS, CRICKETS),
    "mountains": (
        Call(voice="chirp", every_s=2.4, gain=0.07, times=BRIGHT),
        Call(voice="cricket", every_s=0.5, gain=0.2, times=LATE),
    ),
    "desert": (Call(voice="cricket", every_s=0.8, gain=0.08, times=LATE),),
    "savanna": (BIRDS, CRICKETS),
    "city": (Call(voice="horn", every_s=3.2, gain=0.25),),
    "street": (Call(voice="horn", every_s=3.2, gain=0.2),),
    "room": (Call(voice="tick", every_s=1.0, gain=0.10),),
    "office": (Call(voice="keys", every_s=0.9, gain=0.14),),
    "underwater": (Call(voice="bubbles", every_s=0.9, gain=0.25),),
}
WEATHER_CALLS: dict[str, tuple[Call, ...]] = {
    "storm": (Call(voice="thunder", every_s=2.6, gain=0.9),),
}
FEATURE_CALLS: dict[str, tuple[Call, ...]] = {
    "fireworks": (Call(voice="boom", every_s=1.1, gain=0.6),),
}
SILENT_IN = {
    "rain": frozenset({"chirp", "cricket"}),
    "storm": frozenset({"chirp", "cricket", "gull"}),
}
"""Who does not call in which weather."""
DRONES_OF_PLACES = {"abstract": ("chord", 0.6), "space": ("chord", 0.25), "stage": ("chord", 0.15)}
