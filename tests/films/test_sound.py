"""A film's sound, decoded from the file and measured: as long as the film, as loud as it should be,
without clicks, the same for the same seed, and another one in every place."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

import av
import numpy as np
import pytest
from numpy.typing import NDArray
from tests.films.seeing import PLACES, order_of

from filmgate.domain.request import ShotPrompt, TextToVideo
from filmgate.domain.task import Output
from filmgate.engines.animatic.engine import production_of, render
from filmgate.engines.animatic.sound.casting import PARTS, Part
from filmgate.engines.animatic.sound.drones import DRONES
from filmgate.engines.animatic.sound.loudness import Stereo, loudness_lufs
from filmgate.engines.animatic.sound.score import score
from filmgate.engines.animatic.sound.synth import RATE
from filmgate.engines.animatic.sound.voices import VOICES
from filmgate.media.probe import probe, read_frames

SECONDS = 3.0


def output_of(*, seed: int = 7, seconds: float = SECONDS, sound: bool = True) -> Output:
    return Output(width=128, height=72, fps=8, duration_s=seconds, seed=seed, sound=sound)


@cache
def heard(prompt: str, *, seed: int = 7, seconds: float = SECONDS) -> Stereo:
    """The sound before it is encoded."""
    output = output_of(seed=seed, seconds=seconds)
    made = production_of(order_of(TextToVideo(prompt=prompt), output), {}, lambda _: None)
    return score(made.scenes, output.duration_s)


def decoded(path: Path) -> Stereo:
    with av.open(str(path)) as container:
        planes = [frame.to_ndarray() for frame in container.decode(audio=0)]
    return np.concatenate(planes, axis=1).T


def filmed(path: Path, request: TextToVideo, output: Output) -> Path:
    render(order_of(request, output), {}, path, lambda _: None)
    return path


def bands(sound: Stereo) -> NDArray[np.float64]:
    """Share of the power in each octave from 31 Hz up, in dB."""
    power = np.abs(np.fft.rfft(sound.mean(axis=1))) ** 2
    hertz = np.fft.rfftfreq(len(sound), 1 / RATE)
    edges = 31.25 * 2.0 ** np.arange(10)
    shares = [power[(hertz >= low) & (hertz < 2 * low)].sum() for low in edges]
    return 10 * np.log10(np.array(shares) / power.sum() + 1e-9)


# --- the file ----------------------------------------------------------------------------------


@pytest.mark.parametrize("seconds", [1.0, 2.125, 5.0])
def test_sound_is_as_long_as_the_film(seconds: float, tmp_path: Path) -> None:
    output = output_of(seconds=seconds)
    path = filmed(tmp_path / "film.mp4", TextToVideo(prompt="the sea"), output)
    found = probe(path)
    assert found.sound
    assert found.frames == round(seconds * output.fps)
    with av.open(str(path)) as container:
        (track,) = container.streams.audio
        assert track.codec_context.name == "aac"
        assert (track.rate, track.channels) == (RATE, 2)
        first = next(iter(container.decode(track)))
        assert float(first.pts * first.time_base) == pytest.approx(0, abs=0.001)
    assert found.duration_s == pytest.approx(seconds, abs=0.001)
    assert len(decoded(path)) == pytest.approx(seconds * RATE, abs=1024)


def test_sound_of_the_file_is_the_sound_that_was_made_and_in_time(tmp_path: Path) -> None:
    path = filmed(tmp_path / "film.mp4", TextToVideo(prompt="a horse by the sea"), output_of())
    there, here = decoded(path).mean(axis=1), heard("a horse by the sea").mean(axis=1)
    # Envelopes in 5 ms steps agree best without a shift.
    step = RATE // 200
    count = min(len(there), len(here)) // step
    envelopes = [np.abs(x[: count * step]).reshape(count, step).mean(axis=1) for x in (there, here)]
    one, other = (x - x.mean() for x in envelopes)
    matches = [float((np.roll(one, shift) * other).sum()) for shift in range(-20, 21)]
    assert int(np.argmax(matches)) == 20
    assert np.corrcoef(*envelopes)[0, 1] > 0.9


def test_film_without_sound_has_no_track_and_the_same_pictures(tmp_path: Path) -> None:
    request = TextToVideo(prompt="a dog by the sea")
    quiet = filmed(tmp_path / "quiet.mp4", request, output_of(seconds=1, sound=False))
    loud = filmed(tmp_path / "loud.mp4", request, output_of(seconds=1))
    assert not probe(quiet).sound
    assert probe(loud).sound
    for one, other in zip(read_frames(quiet), read_frames(loud), strict=True):
        assert np.array_equal(one, other)


def test_same_seed_makes_the_same_sound(tmp_path: Path) -> None:
    files = [
        filmed(tmp_path / f"{number}.mp4", TextToVideo(prompt="a storm at sea"), output_of())
        for number in (1, 2)
    ]
    assert len({hashlib.sha256(path.read_bytes()).hexdigest() for path in files}) == 1
    assert not np.array_equal(heard("the sea"), heard("the sea", seed=8))


# --- level -------------------------------------------------------------------------------------


@pytest.mark.parametrize("place", PLACES)
def test_place_is_heard_at_a_sensible_level(place: str) -> None:
    sound = heard(place)
    assert sound.shape == (round(SECONDS * RATE), 2)
    assert -22 < loudness_lufs(sound) < -18
    assert np.abs(sound).max() < 0.9
    # The channels are not one.
    assert np.corrcoef(sound.T)[0, 1] < 0.95


def test_loudness_is_that_of_the_standard() -> None:
    """ITU-R BS.1770-5, annex 1: a sine of 997 Hz at full scale in one channel reads -3.01 LKFS."""
    tone = np.sin(2 * np.pi * 997 * np.arange(5 * RATE) / RATE).astype(np.float32)
    left = np.column_stack([tone, np.zeros_like(tone)])
    assert loudness_lufs(left) == pytest.approx(-3.01, abs=0.05)


@pytest.mark.parametrize("prompt", ["the sea", "a city in the rain", "a horse in the mountains"])
def test_no_click_at_the_ends(prompt: str) -> None:
    sound = heard(prompt)
    ends = np.concatenate([sound[:48], sound[-48:]])
    assert np.abs(ends).max() < 0.01


def test_no_click_at_a_cut() -> None:
    shots = (ShotPrompt(prompt="the sea", duration_s=2), ShotPrompt(prompt="a room", duration_s=2))
    output = output_of(seconds=4)
    request = TextToVideo(prompt="", shots=shots)
    made = production_of(order_of(request, output), {}, lambda _: None)
    sound = score(made.scenes, 4).mean(axis=1)
    steps = np.abs(np.diff(sound))
    around = steps[int(1.9 * RATE) : int(2.1 * RATE)].max()
    assert around <= 1.5 * np.percentile(steps[: int(1.9 * RATE)], 99.99)


# --- what is heard -----------------------------------------------------------------------------


def test_places_sound_different_from_each_other() -> None:
    """Octaves apart by 6 dB somewhere, pair by pair."""
    spectra = {place: bands(heard(place)) for place in ("sea", "mountains", "city", "abstract")}
    names = list(spectra)
    for number, one in enumerate(names):
        for other in names[number + 1 :]:
            assert np.abs(spectra[one] - spectra[other]).max() > 6, (one, other)


def test_rain_hisses_and_a_city_hums() -> None:
    city, rain = bands(heard("a city at noon")), bands(heard("a city at noon in the rain"))
    assert rain[7:].max() > city[7:].max() + 6  # above 4 kHz
    assert city[:3].max() > city[7:].max()  # below 250 Hz


def test_crickets_at_night_and_birds_by_day() -> None:
    day, night = (heard(f"mountains at {hour}") for hour in ("noon", "night"))
    hertz = np.fft.rfftfreq(len(day), 1 / RATE)
    tune = (hertz > 3900) & (hertz < 5000)
    power = [float((np.abs(np.fft.rfft(x.mean(axis=1)))[tune] ** 2).sum()) for x in (day, night)]
    assert power[1] > 2 * power[0]


def test_hooves_are_in_step_with_the_gallop() -> None:
    """Where the horse touches the ground in the picture, it is heard."""
    prompt = "a horse in the mountains at noon"
    output = output_of()
    made = production_of(order_of(TextToVideo(prompt=prompt), output), {}, lambda _: None)
    (horse,) = [played for played in made.scenes[0].played if played.subject == "horse"]
    assert len(horse.beats_s) > 5
    sound = heard(prompt).mean(axis=1)
    high = np.abs(np.diff(sound, 2))
    beats = [int(beat * RATE) for beat in horse.beats_s if 0.1 < beat < SECONDS - 0.2]
    onset = np.mean([high[beat : beat + 600].max() for beat in beats])
    between = np.mean([high[beat - 1800 : beat - 600].max() for beat in beats])
    assert onset > 1.5 * between


def test_a_subject_is_heard_on_its_side() -> None:
    """Louder on the right where it stands on the right, against the same place without it."""
    output = output_of(seed=7)
    request = TextToVideo(prompt="a motorcycle in the mountains at noon")
    made = production_of(order_of(request, output), {}, lambda _: None)
    (ride,) = [played for played in made.scenes[0].played if played.asked]
    sound = score(made.scenes, SECONDS)
    left, right = (float(np.square(sound[:, side]).sum()) for side in (0, 1))
    assert (right > left) == (ride.across > 0)


def test_every_voice_and_drone_can_be_heard() -> None:
    random = np.random.Generator(np.random.PCG64(1))
    for voice in VOICES.values():
        sound = voice(random)
        assert sound.dtype == np.float32
        assert 0.02 < np.abs(sound).max() < 6
        assert np.abs(sound[-24:]).max() < 0.2 * np.abs(sound).max()
    for drone in DRONES.values():
        sound = drone(random, RATE)
        assert sound.shape == (RATE,)
        assert np.sqrt(np.square(sound).mean()) > 0.02


def test_every_part_names_what_there_is() -> None:
    for name, part in PARTS.items():
        assert not part.voice or part.voice in VOICES, name
        assert not part.tread or part.tread in VOICES, name
        assert not part.drone or part.drone in DRONES, name
    assert Part() == Part(voice="", tread="", drone="")
