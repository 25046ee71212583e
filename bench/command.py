"""How long the command takes from Enter to the prompt, and how much memory a film needs.

usage: python bench/command.py [--rounds N] [--quick]
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from filmgate.domain.order import Order
from filmgate.domain.request import TextToVideo
from filmgate.domain.task import Output
from filmgate.engines.all import ANIMATIC, ENGINES
from filmgate.engines.job import JobFolder, OrderFile
from measure import table

COMMAND = [str(Path(sys.executable).with_name("filmgate"))]
PROMPTS = {
    "sea": "A sailboat on a calm sea at sunset, gulls in the sky, slow push in",
    "mountains": "a deer and an eagle in the mountains at dawn",
    "city": "a car driving through neon city streets at night",
    "abstract": "abstract geometric shapes flowing in space",
}
# design.md, part 8: at most, and what we are after.
HELP_S, GENERATE_S, MEMORY_MB = (0.2, 0.1), (8.0, 5.0), 1000

# The render process's work, step by step, in a process as fresh as it is.
STEPS = """
import json, sys, time
from pathlib import Path
began = time.perf_counter()
from filmgate.engines.animatic.engine import film_of
from filmgate.engines.animatic.render import render_frames
from filmgate.engines.job import JobFolder
imported = time.perf_counter()
order = JobFolder(Path(sys.argv[1])).read_order().order()
film, _ = film_of(order, {}, lambda _: None)
ready = time.perf_counter()
render_frames(film, order.output, Path(sys.argv[1]) / "steps.mp4", {}, lambda _: None)
done = time.perf_counter()
print(json.dumps([imported - began, ready - imported, done - ready]))
"""


def wall_s(command: list[str], **env: str) -> float:
    began = time.perf_counter()
    subprocess.run(
        command, check=True, env={**os.environ, **env}, stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL,
    )  # fmt: skip
    return time.perf_counter() - began


def bench_help(rounds: int) -> None:
    contenders = {
        "filmgate --help": [*COMMAND, "--help"],
        "python -c pass": [sys.executable, "-c", "pass"],
        'python -c "import cyclopts"': [sys.executable, "-c", "import cyclopts"],
    }
    spent: dict[str, list[float]] = {name: [] for name in contenders}
    for _ in range(rounds):
        for name, command in contenders.items():
            spent[name].append(wall_s(command))
    rows = []
    for name, times in spent.items():
        ours = name.startswith("filmgate")
        rows.append(
            [name, f"{statistics.median(times):.3f}", *(_limits(HELP_S) if ours else _NONE)]
        )
    table(f"Starting, median of {rounds}", ["", "s", "at most", "wanted"], rows)


_NONE = ["", ""]


def _limits(limits: tuple[float, float]) -> list[str]:
    return [f"{limit:g}" for limit in limits]


def job_of(folder: Path, prompt: str, output: Output) -> JobFolder:
    """A job as the local provider writes it."""
    order = Order(
        task_id="bench",
        request=TextToVideo(prompt=prompt),
        model="animatic",
        provider="local",
        output=output,
    )
    job = JobFolder(folder)
    job.write_order(OrderFile.of(order, engine=ENGINES[ANIMATIC], inputs={}))
    return job


def bench_generate(folder: Path, prompts: dict[str, str], rounds: int) -> None:
    """``generate`` as typed, and what the render process does in that time."""
    output = Output(width=1280, height=720, fps=24, duration_s=5, seed=7)
    rows = []
    for name, prompt in prompts.items():
        film = folder / "film.mp4"
        typed = [*COMMAND, "generate", prompt, "--seed", "7", "-o", str(film)]
        home = {"FILMGATE_HOME": str(folder / "home")}
        wall_s(typed, **home)  # the first run compiles
        job = job_of(folder / "steps", prompt, output)
        # In turns, so that whatever else the machine does falls on both.
        both = [(wall_s(typed, **home), _steps(job)) for _ in range(rounds)]
        walls, parts = [wall for wall, _ in both], min((steps for _, steps in both), key=sum)
        around = min(walls) - sum(parts)
        rows.append(
            [name, *(f"{part:.2f}" for part in (min(walls), *parts, around)), *_limits(GENERATE_S)]
        )
    head = ["second run", "wall s", "import", "set-up", "render", "all else", "at most", "wanted"]
    table("generate, 5 s, 1280 x 720, end to end", head, rows)


def _steps(job: JobFolder) -> list[float]:
    command = [sys.executable, "-P", "-c", STEPS, str(job.path)]
    told: list[float] = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
    return told


def bench_memory(folder: Path, prompts: dict[str, str]) -> None:
    """Of the render process, the way the local provider starts it."""
    rows = []
    for name, prompt in prompts.items():
        output = Output(width=1920, height=1080, fps=24, duration_s=10, seed=7)
        job = job_of(folder / f"memory-{name}", prompt, output)
        command = [sys.executable, "-P", "-m", "filmgate.engines.process", str(job.path)]
        began = time.perf_counter()
        # Its input stays open: the process ends when whoever started it does.
        with subprocess.Popen(command, stdin=subprocess.PIPE) as child:
            _, status, usage = os.wait4(child.pid, 0)
            child.returncode = os.waitstatus_to_exitcode(status)
        outcome = job.read_outcome()
        if outcome is None or outcome.rendered is None:
            raise SystemExit(f"the render failed: {outcome}")
        seconds = time.perf_counter() - began
        rows.append([name, f"{usage.ru_maxrss / 1024:.0f}", str(MEMORY_MB), f"{seconds:.1f}"])
    head = ["render process", "peak MB", "at most", "wall s"]
    table("10 s, 1920 x 1080: memory", head, rows)


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument("--quick", action="store_true", help="one scene")
    chosen = options.parse_args()
    # A second run finds Python's compiled files, wherever this one was told not to write them.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    prompts = dict([next(iter(PROMPTS.items()))]) if chosen.quick else PROMPTS
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        bench_help(15)
        bench_generate(folder, prompts, chosen.rounds)
        bench_memory(folder, prompts)


if __name__ == "__main__":
    main()
