"""The command as people use it, in processes and terminals of its own, with a stand-in engine.

The engine writes at once, or as slowly as the prompt says (`tests/pretend/slow_engine.py`), so that
what is tested is the command and not the painter.
"""

from __future__ import annotations

import json
import os
import pty
import re
import select
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
COMMAND = """
import os, sys
if os.isatty(0):  # the first terminal that the leader of a session opens is where Ctrl-C comes from
    os.close(os.open(os.ttyname(0), os.O_RDWR))
from filmgate.engines.all import ANIMATIC, ENGINES
ENGINES[ANIMATIC] = "tests.pretend.slow_engine:render"
from filmgate import assembly
from tests.pretend.house import PretendedMeasure
assembly.Embedded.open.__func__.__kwdefaults__["measure"] = PretendedMeasure()
from filmgate.entrypoints.cli.main import main
sys.exit(main(sys.argv[1:]))
"""
SLOW = "slow 60"


@pytest.fixture
def env(tmp_path: Path) -> dict[str, str]:
    home = tmp_path / "home"
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(home),
        "FILMGATE_HOME": str(home),
        "PYTHONPATH": f"{ROOT}:{ROOT / 'src'}",
        "TERM": "xterm-256color",
    }


@pytest.fixture
def work(tmp_path: Path) -> Path:
    folder = tmp_path / "work"
    folder.mkdir()
    return folder


class Terminal:
    """A command that believes to be in a terminal; what it writes there is collected."""

    def __init__(self, *words: str, folder: Path, env: dict[str, str]) -> None:
        self.text = ""
        self._screen, inner = pty.openpty()
        self._process = subprocess.Popen(
            [sys.executable, "-c", COMMAND, *words],
            cwd=folder,
            env=env,
            stdin=inner,
            stdout=inner,
            stderr=inner,
            start_new_session=True,
        )
        os.close(inner)

    def read_until(self, sign: str, timeout_s: float = 20) -> str:
        """Up to this sign, or to the end where it never comes."""
        deadline = time.monotonic() + timeout_s
        while sign not in self.text and time.monotonic() < deadline:
            if not select.select([self._screen], [], [], 0.2)[0]:
                continue
            try:
                self.text += os.read(self._screen, 65536).decode(errors="replace")
            except OSError:  # the other side is closed
                return self.text
        return self.text

    def terminate(self) -> None:
        self._process.send_signal(signal.SIGTERM)

    def press(self, keys: str) -> None:
        os.write(self._screen, keys.encode())

    def exit_code(self) -> int:
        self.read_until("\0")
        os.close(self._screen)
        return self._process.wait(timeout=30)

    @property
    def plain(self) -> str:
        """Without colours and cursor moves."""
        return re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", self.text).replace("\r\n", "\n")


def run(*words: str, folder: Path, env: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", COMMAND, *words],
        cwd=folder,
        env=env,
        capture_output=True,
        text=True,
        timeout=60,
        stdin=subprocess.DEVNULL,
        check=False,
    )


def files(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_s1_02_the_seed_s_lines_parse_and_print_the_file(work: Path, env: dict[str, str]) -> None:
    done = run("generate", "lake", "-o", "out.mp4", "-d", "10", "-r", "9:16", folder=work, env=env)
    assert (done.returncode, done.stdout) == (0, "out.mp4\n"), done
    assert "understood: place lake" in done.stderr
    done = run("generate", "lake at dawn", "-p", "local", "--ratio", "9:16", folder=work, env=env)
    assert (done.returncode, done.stdout) == (0, "lake-at-dawn.mp4\n"), done
    assert files(work) == ["lake-at-dawn.mp4", "out.mp4"]


def test_json_is_one_object_and_nothing_else(work: Path, env: dict[str, str]) -> None:
    done = run("generate", "lake", "--seed", "7", "--json", folder=work, env=env)
    assert (done.returncode, done.stderr) == (0, ""), done
    told = json.loads(done.stdout)
    assert told["file"] == str(work / "lake.mp4")
    assert told["state"] == "succeeded"
    assert (told["width"], told["height"], told["seed"], told["cost_usd"]) == (64, 36, 7, 0)
    assert told["understood"] == {"place": "lake"}
    shown = run("tasks", "show", told["task"][:20], "--json", folder=work, env=env)
    assert [step["state"] for step in json.loads(shown.stdout)["timeline"]][-1] == "succeeded"


def test_a_film_can_be_piped(work: Path, env: dict[str, str]) -> None:
    done = run("generate", "lake", "--seed", "7", "-o", "-", folder=work, env=env)
    assert (done.returncode, done.stdout.splitlines()[0]) == (0, "film of seed 7")
    assert files(work) == []


def test_a_terminal_shows_a_bar_and_then_the_result(work: Path, env: dict[str, str]) -> None:
    terminal = Terminal("generate", "slow 1", folder=work, env=env)
    assert terminal.exit_code() == 0
    assert re.search(r"rendering +━+.* +\d+ %", terminal.plain)
    assert terminal.plain.splitlines()[-1] == "slow-1.mp4"


@pytest.mark.parametrize("how", ["Ctrl-C", "SIGTERM"])
def test_an_interruption_keeps_the_task_and_no_half_file(
    how: str, work: Path, env: dict[str, str]
) -> None:
    terminal = Terminal("generate", SLOW, "-o", "my film.mp4", folder=work, env=env)
    assert "rendering" in terminal.read_until("rendering")
    if how == "Ctrl-C":
        terminal.press("\x03")
    else:
        terminal.terminate()
    assert terminal.exit_code() == 130
    told = re.search(
        r"interrupted; task (task_\w+) is kept; "
        r"go on with: filmgate tasks resume \1 -o 'my film.mp4'$",
        terminal.plain.rstrip(),
    )
    assert told, terminal.plain
    assert files(work) == []
    shown = run("tasks", "show", told[1], folder=work, env=env)
    assert "interrupted, go on with filmgate tasks resume" in shown.stdout
    if how == "Ctrl-C":
        done = run("tasks", "cancel", told[1], folder=work, env=env)
        assert (done.returncode, done.stdout) == (0, f"{told[1]} cancelled\n")


def test_an_interrupted_task_goes_on_to_its_film(work: Path, env: dict[str, str]) -> None:
    terminal = Terminal("generate", "slow 3", folder=work, env=env)
    assert "rendering" in terminal.read_until("rendering")
    terminal.press("\x03")
    assert terminal.exit_code() == 130
    [told] = re.findall(r"(task_\w+) is kept", terminal.plain)
    done = run("tasks", "resume", told, "-o", "late.mp4", folder=work, env=env)
    assert (done.returncode, done.stdout) == (0, "late.mp4\n"), done
    assert files(work) == ["late.mp4"]
    kept = run("tasks", "wait", told, folder=work, env=env)
    assert Path(kept.stdout.strip()).is_file()
    assert files(work) == ["late.mp4"]


def test_no_wait_prints_the_id_and_leaves_the_work_to_a_process_of_its_own(
    work: Path, env: dict[str, str]
) -> None:
    done = run("generate", "lake", "--no-wait", folder=work, env=env)
    assert (done.returncode, done.stderr) == (0, ""), done
    told = done.stdout.strip()
    # That process has the real engine, which would take its time.
    done = run("tasks", "cancel", told, folder=work, env=env)
    assert (done.returncode, done.stdout) == (0, f"{told} cancelled\n"), done
    assert files(work) == []


@pytest.mark.parametrize("mishap", ["boom", "crash", "refuse"])
def test_a_failure_is_one_line_with_its_reason(
    mishap: str, work: Path, env: dict[str, str]
) -> None:
    done = run("generate", mishap, "--json", folder=work, env=env)
    assert (done.returncode, done.stderr) == (1, ""), done
    error = json.loads(done.stdout)["error"]
    assert error["code"] == "failed"
    assert error["task"].startswith("task_")
    assert files(work) == []
    done = run("tasks", "list", "--state", "failed", folder=work, env=env)
    assert mishap in done.stdout


def test_two_at_once_do_not_disturb_each_other(work: Path, env: dict[str, str]) -> None:
    both = [
        subprocess.Popen(
            [sys.executable, "-c", COMMAND, "generate", "slow 1", "--seed", seed],
            cwd=work,
            env=env,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        for seed in ("1", "2")
    ]
    outs = sorted(each.communicate(timeout=60)[0] for each in both)
    assert outs == ["slow-1-2.mp4\n", "slow-1.mp4\n"]
    films = {(work / name).read_text().splitlines()[0] for name in files(work)}
    assert films == {"film of seed 1", "film of seed 2"}
