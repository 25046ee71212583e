"""What can't be done: one clear line, exit code 2, no traceback, and nothing left behind."""

from __future__ import annotations

import json
import os
import struct
import subprocess
import sys
import time
import zlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

SECRET = "sk_never_to_be_seen_0123456789abcdef"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("home")


@pytest.fixture
def work(tmp_path: Path) -> Iterator[Path]:
    """The folder the command runs in; afterwards it must hold what it held before."""
    (tmp_path / "text.png").write_text("I am no picture\n")
    (tmp_path / "tiny.png").write_bytes(png(10, 10))
    (tmp_path / "huge.png").write_bytes(png(60_000, 60_000, rows=1))
    (tmp_path / "cut.jpg").write_bytes(b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01")
    frames = [Image.new("P", (320, 320), colour) for colour in (0, 1)]
    frames[0].save(tmp_path / "moving.gif", save_all=True, append_images=frames[1:])
    (tmp_path / "films").mkdir()
    before = sorted(path.name for path in tmp_path.rglob("*"))
    yield tmp_path
    assert sorted(path.name for path in tmp_path.rglob("*")) == before


def png(width: int, height: int, *, rows: int | None = None) -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    row = b"\x00" + bytes(3 * width)
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(row * (height if rows is None else rows)))
        + chunk(b"IEND", b"")
    )


def filmgate(*words: str, home: Path, folder: Path, **env: str) -> subprocess.CompletedProcess[str]:
    base = {"PATH": os.environ["PATH"], "HOME": str(home), "FILMGATE_HOME": str(home)}
    return subprocess.run(
        [sys.executable, "-m", "filmgate", *words],
        cwd=folder,
        env={**base, **env},
        capture_output=True,
        text=True,
        timeout=60,
        stdin=subprocess.DEVNULL,
        check=False,
    )


BAD = {
    "text named .png": (["x", "-i", "text.png"], "-i/--image: text.png"),
    "truncated jpeg": (["x", "-i", "cut.jpg"], "-i/--image: cut.jpg"),
    "10x10 picture": (["x", "-i", "tiny.png"], "-i/--image: "),
    "animated gif": (["x", "-i", "moving.gif"], "-i/--image: moving.gif"),
    "missing file": (["x", "-i", "gone.png"], "-i/--image: there is no file gone.png"),
    "empty prompt": ([""], "PROMPT: "),
    "blank prompt": (["  "], "PROMPT: "),
    "2,501 characters": (["a" * 2501], "PROMPT: "),
    "-d 7": (["x", "-d", "7"], "-d/--duration: "),
    "-r 7:3": (["x", "-r", "7:3"], "-r/--ratio: there is no ratio 7:3"),
    "-m ultra": (["x", "-m", "ultra"], "-m/--mode: there is no mode ultra"),
    "no such folder": (["x", "-o", "gone/a.mp4"], "-o/--out: the folder"),
    "a folder": (["x", "-o", "films"], "-o/--out: films is a folder"),
    "unwritable": (["x", "-o", "/proc/a.mp4"], "-o/--out: nothing can be written"),
    "no account": (["x", "-p", "kling"], "-p/--provider: there is no account at kling"),
    "no such model": (["x", "--model", "kling-v9"], "--model: there is no model"),
    "camera": (["x", "--camera", "zomo"], "--camera: zomo is no camera move"),
    "creativity": (["x", "--creativity", "2"], "--creativity: "),
    "unknown option": (["x", "--duraton", "5"], "there is no option --duraton; did you mean"),
    "no quotes": (["a", "red", "fox"], "don't know what to do with 'red fox'"),
    "no value": (["x", "-d"], "-d/--duration: needs a value"),
    "both -o and --no-wait": (["x", "--no-wait", "-o", "a.mp4"], "-o/--out: "),
    "dash and JSON": (["x", "--json", "-o", "-"], ""),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_input_is_one_clear_line(case: str, work: Path, home: Path) -> None:
    words, says = BAD[case]
    done = filmgate("generate", *words, home=home, folder=work)
    assert done.returncode == 2, done
    if "--json" in words:
        assert json.loads(done.stdout)["error"]["exit_code"] == 2
        return
    assert done.stdout == ""
    assert done.stderr.startswith(f"filmgate: {says}"), done.stderr
    assert done.stderr.count("\n") == 1, done.stderr
    assert "Traceback" not in done.stderr


def test_a_header_that_claims_a_huge_picture_is_refused_at_once(work: Path, home: Path) -> None:
    begun = time.monotonic()
    done = filmgate("generate", "x", "-i", "huge.png", home=home, folder=work)
    assert done.returncode == 2, done
    assert done.stderr.startswith("filmgate: -i/--image: huge.png"), done.stderr
    assert time.monotonic() - begun < 5  # with starting Python, on busy cores


def test_nothing_was_kept_of_what_was_refused(work: Path, home: Path) -> None:
    filmgate("generate", "x", "-d", "7", home=home, folder=work)
    done = filmgate("tasks", "list", "--json", home=home, folder=work)
    assert json.loads(done.stdout) == []


def test_errors_are_json_where_json_was_asked_for(work: Path, home: Path) -> None:
    done = filmgate("generate", "x", "-d", "7", "--json", home=home, folder=work)
    assert (done.returncode, done.stderr) == (2, "")
    error = json.loads(done.stdout)["error"]
    assert error["option"] == "-d/--duration"
    assert error["exit_code"] == 2
    assert error["remedy"]


def test_s0_02_token_says_what_is_not_set(work: Path, home: Path) -> None:
    done = filmgate("token", home=home, folder=work)
    assert done.returncode == 2
    assert "KLING_ACCESS_KEY and KLING_SECRET_KEY environment variables are not set" in done.stderr


@pytest.mark.parametrize("command", [["config"], ["config", "--json"], ["doctor"], ["token"]])
def test_s0_01_no_command_shows_a_secret(command: list[str], tmp_path: Path, home: Path) -> None:
    (tmp_path / ".env.local").write_text(
        f"KLING_ACCESS_KEY=ak_1\nKLING_SECRET_KEY={SECRET}\nKIE_API_KEY=kie_{SECRET}\n"
        f"FILMGATE_DATABASE_URL=postgresql://me:{SECRET}@db/films\n"
    )
    done = filmgate(*command, home=home, folder=tmp_path)
    # The doctor finds that there is no such database.
    assert done.returncode in ({0, 1} if command == ["doctor"] else {0}), done
    assert SECRET not in done.stdout + done.stderr


@pytest.mark.parametrize("debug", ["", "1"])
def test_s0_01_no_error_shows_a_secret(debug: str, tmp_path: Path, home: Path) -> None:
    (tmp_path / ".env.local").write_text(f"KLING_SECRET_KEY={SECRET} {SECRET}\n")
    done = filmgate("generate", "x", home=home, folder=tmp_path, FILMGATE_DEBUG=debug)
    assert done.returncode == 2
    assert "KLING_SECRET_KEY (.env.local)" in done.stderr
    assert SECRET not in done.stdout + done.stderr
    assert ("Traceback" in done.stderr) == bool(debug)


@pytest.mark.parametrize("words", [["--help"], ["models"], ["models", "nope", "--json"]])
@pytest.mark.parametrize("out", ["/dev/full", "closed"])
def test_output_that_can_not_be_written_is_no_traceback(
    words: list[str], out: str, work: Path, home: Path
) -> None:
    command = [sys.executable, "-m", "filmgate", *words]
    shell = ["/bin/sh", "-c", '"$@"' + (" >&-" if out == "closed" else f" >{out}"), "sh", *command]
    done = subprocess.run(
        shell,
        cwd=work,
        env={"PATH": os.environ["PATH"], "FILMGATE_HOME": str(home)},
        stderr=subprocess.PIPE,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode in {0, 1, 2}, done
    assert done.stderr.count("\n") <= 1, done.stderr
    assert "Traceback" not in done.stderr
