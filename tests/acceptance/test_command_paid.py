"""The real command against services that take everything: what is spent, sent and brought home.

The services run on loopback; no other host can be called from here (see the last tests).
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.pretend.films import write_film
from tests.pretend.service import ServiceProcess

from filmgate.settings import Settings, load

ROOT = Path(__file__).parents[2]
# Only pauses are shortened: nothing is decided by them.
COMMAND = """
import sys
from dataclasses import replace
from filmgate.providers import all as every
every.DRIVES = {
    name: replace(drive, check_interval_s=0.1) for name, drive in every.DRIVES.items()
}
from filmgate.entrypoints.cli.main import main
sys.exit(main(sys.argv[1:]))
"""


pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def services(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, ServiceProcess]]:
    folder = tmp_path_factory.mktemp("services")
    film = write_film(folder / "film.mp4", size=(1280, 720), frames=120, fps=24)
    found = {
        dialect: ServiceProcess(folder / dialect, dialect, job_s=0.2, film=film)
        for dialect in ("kling", "kie", "piapi", "openai")
    }
    yield found
    for each in found.values():
        each.close()


@pytest.fixture
def env(tmp_path: Path) -> dict[str, str]:
    home = tmp_path / "home"
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(home),
        "FILMGATE_HOME": str(home),
        "FILMGATE_UPSTREAMS": "off",
        "PYTHONPATH": f"{ROOT}:{ROOT / 'src'}",
    }


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


def kling(services: dict[str, ServiceProcess]) -> dict[str, str]:
    # Seed S1's base URL ends in /v1.
    return {
        "KLING_ACCESS_KEY": "ak_x",
        "KLING_SECRET_KEY": "sk_0123456789abcdef0123456789abcdef",
        "KLING_BASE_URL": f"{services['kling'].url}/v1",
    }


KEYS = {
    "kie": lambda url: {"KIE_API_KEY": "k", "KIE_BASE_URL": url},
    "piapi": lambda url: {"PIAPI_API_KEY": "k", "PIAPI_BASE_URL": url},
    "openai": lambda url: {
        "OPENAI_API_KEY": "k",
        "OPENAI_BASE_URL": url,
        "OPENAI_MODEL": "wan2.2",
        "OPENAI_USD_PER_SECOND": "0.02",
    },
}


def test_s1_04_a_film_from_kling_is_paid_once_and_kept(
    services: dict[str, ServiceProcess], tmp_path: Path, env: dict[str, str]
) -> None:
    env |= kling(services)
    done = run(
        *("generate", "a fox in the snow", "-p", "kling", "-m", "pro", "-o", "fox.mp4"),
        *("--max-cost", "0.35", "--json"),
        folder=tmp_path,
        env=env,
    )
    assert done.returncode == 0, done
    told = json.loads(done.stdout)
    assert (tmp_path / "fox.mp4").stat().st_size > 1000
    assert services["kling"].creates()[told["task"]] == 1
    (asked,) = [
        each
        for each in services["kling"].asked()
        if each.body.get("external_task_id") == told["task"]
    ]
    assert asked.path == "/v1/videos/text2video"
    assert asked.headers["authorization"].count(".") == 2
    # Seed S0: pro, 5 s is 2.5 units ($0.35); the recommended model is its newest.
    assert (asked.body["model_name"], asked.body["mode"]) == ("kling-v2-5-turbo", "pro")
    shown = run("tasks", "show", told["task"], folder=tmp_path, env=env)
    assert "the provider took $0.35" in shown.stdout


def test_nothing_is_spent_unasked(
    services: dict[str, ServiceProcess], tmp_path: Path, env: dict[str, str]
) -> None:
    env |= kling(services)
    before = services["kling"].creates().total()
    for words in (["-p", "kling"], ["-p", "auto"], [], ["--max-cost", "0.01"]):
        done = run("generate", "a fox", *words, folder=tmp_path, env=env)
        assert done.returncode == 3, done
        assert "$0." in done.stderr
    assert services["kling"].creates().total() == before


@pytest.mark.parametrize("provider", KEYS)
def test_a_film_from_every_other_service(
    provider: str, services: dict[str, ServiceProcess], tmp_path: Path, env: dict[str, str]
) -> None:
    env |= KEYS[provider](services[provider].url)
    prompt = f"a fox for {provider}"
    done = run(
        *("generate", prompt, "-p", provider, "--yes", "-o", "fox.mp4"), folder=tmp_path, env=env
    )
    assert (done.returncode, done.stdout) == (0, "fox.mp4\n"), done
    assert services[provider].creates()[prompt] == 1


def test_auto_asks_the_cheapest_account_and_says_so(
    services: dict[str, ServiceProcess], tmp_path: Path, env: dict[str, str]
) -> None:
    env |= kling(services) | KEYS["kie"](services["kie"].url)
    done = run(
        *("generate", "a fox for auto", "--yes", "--json", "-o", "a.mp4", "-m", "pro"),
        folder=tmp_path,
        env=env,
    )
    assert done.returncode == 0, done
    task = json.loads(done.stdout)["task"]
    taken = services["kling"].creates()[task] + services["kie"].creates()["a fox for auto"]
    assert taken == 1
    # Seed S2 has 50 credits ($0.25) where Kling's own list has $0.35.
    assert services["kie"].creates()["a fox for auto"] == 1


def test_s0_11_12_an_empty_balance_and_missing_keys_are_told_in_infinito_s_words(
    tmp_path: Path, env: dict[str, str]
) -> None:
    done = run("generate", "a fox", "-p", "kling", "--yes", folder=tmp_path, env=env)
    assert done.returncode == 2
    missing = "KLING_ACCESS_KEY and KLING_SECRET_KEY environment variables are not set"
    assert missing in done.stderr
    empty = ServiceProcess(tmp_path / "empty", "kling", only="empty")
    try:
        env |= kling({"kling": empty})
        done = run("generate", "a fox", "-p", "kling", "--yes", folder=tmp_path, env=env)
    finally:
        empty.close()
    assert done.returncode == 1, done
    assert "Kling AI API error: 429 - Account balance not enough" in done.stderr
    assert "two separate credit systems" in done.stderr


# --- the guard


def test_settings_made_by_hand_reach_no_real_service() -> None:
    assert Settings(home=Path("nowhere")).upstreams is False
    assert load({"HOME": "nowhere"}, Path("nowhere")).upstreams is True
    assert (
        load({"HOME": "nowhere", "FILMGATE_UPSTREAMS": "off"}, Path("nowhere")).upstreams is False
    )


def test_the_switch_keeps_the_real_command_from_real_services(
    tmp_path: Path, env: dict[str, str]
) -> None:
    """With the services' own addresses and keys, and yet not a name is looked up."""
    watched = tmp_path / "watched.txt"
    spy = (
        "import sys\n"
        f"watched = open({str(watched)!r}, 'a', buffering=1)\n"
        "def hook(event, given):\n"
        "    if event in ('socket.connect', 'socket.getaddrinfo'):\n"
        "        watched.write(f'{event} {given[1:]}\\n')\n"
        "sys.addaudithook(hook)\n"
        "from filmgate.entrypoints.cli.main import main\n"
        "sys.exit(main(sys.argv[1:]))\n"
    )
    env |= {"KLING_API_KEY": "ak:sk-0123456789abcdef0123456789abcdef"}
    done = subprocess.run(
        [sys.executable, "-c", spy, "generate", "a fox", "-p", "kling", "--yes"],
        cwd=tmp_path,
        env=env,
        capture_output=True,
        text=True,
        timeout=60,
        stdin=subprocess.DEVNULL,
        check=False,
    )
    assert done.returncode != 0
    assert "can't be reached" in done.stderr, done
    assert watched.read_text() == ""
