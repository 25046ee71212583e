"""The commands that make no film, called in this process."""

from __future__ import annotations

import asyncio
import io
import json
import stat
from pathlib import Path

import jwt
import pytest

from filmgate.domain.errors import TopUp
from filmgate.domain.request import TextToVideo
from filmgate.domain.task import Task
from filmgate.entrypoints.cli.generate import Payment
from filmgate.entrypoints.cli.main import COMMANDS, main
from filmgate.entrypoints.cli.telling import age, say_table
from filmgate.settings import BY_NAME

SECRET = "sandbox-secret-key-0123456789abcdef0123456789"


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in BY_NAME:
        monkeypatch.delenv(name, raising=False)
    work = tmp_path / "work"
    work.mkdir()
    monkeypatch.chdir(work)
    monkeypatch.setenv("FILMGATE_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


Capture = pytest.CaptureFixture[str]


def test_help_names_every_command(capsys: Capture) -> None:
    assert main([]) == 0
    text = capsys.readouterr().out
    assert all(f"\n  {command.name} " in text for command in COMMANDS)
    assert main(["--help"]) == 0
    assert capsys.readouterr().out == text


def test_version(capsys: Capture) -> None:
    assert main(["--version"]) == 0
    assert capsys.readouterr().out.startswith("filmgate 0.")


@pytest.mark.parametrize("command", [command.name for command in COMMANDS])
def test_every_command_has_help(command: str, capsys: Capture) -> None:
    assert main([command, "--help"]) == 0
    assert f"filmgate {command}" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["genrate"], "filmgate has no command 'genrate'; did you mean generate?"),
        (["tasks", "lst"], "filmgate tasks has no command 'lst'; did you mean list?"),
        (["tasks", "show"], "TASK: is missing"),
        (["tasks", "show", "nope"], "there is no task 'nope'"),
        (["tasks", "list", "--state", "ready"], "--state: there is no state ready"),
        (["tasks", "list", "--limit", "many"], "--limit: 'many' won't do"),
        (["tasks", "list", "--limit", "0"], "--limit: 0 won't do"),
        (["models", "kling-v9"], "--model: there is no model 'kling-v9'"),
        (["completion", "tcsh"], "SHELL: no completion for tcsh"),
        (["config", "set", "KLING_SECRET", "x"], "did you mean KLING_SECRET_KEY?"),
        (["config", "set", "FILMGATE_HOME", "/x"], "FILMGATE_HOME can't be set in the file"),
        (["config", "set", "KIE_BASE_URL", "kie.ai"], "KIE_BASE_URL (given) is no http"),
        (["config", "unset", "KIE_API_KEY"], "KIE_API_KEY is not set in"),
        (["generate", "x", "-d", "5", "-d", "10"], "-d is given twice"),
    ],
)
def test_a_mistake_is_one_line(words: list[str], says: str, capsys: Capture) -> None:
    assert main(words) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert says in told.err
    assert told.err.startswith("filmgate: ")
    assert told.err.count("\n") == 1


@pytest.mark.parametrize(
    "env",
    [
        {"KLING_ACCESS_KEY": "ak_1", "KLING_SECRET_KEY": SECRET},
        {"KLING_API_KEY": f"ak_1:{SECRET}"},
    ],
    ids=["two keys", "a pair"],
)
def test_s0_02_s1_03_token_is_valid_now(
    env: dict[str, str], monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    for name, value in env.items():
        monkeypatch.setenv(name, value)
    assert main(["token"]) == 0
    made = capsys.readouterr().out.strip()
    claims = jwt.decode(made, SECRET, algorithms=["HS256"])
    assert claims["iss"] == "ak_1"
    assert claims["exp"] - claims["nbf"] == 1805
    assert set(claims) == {"iss", "exp", "nbf"}


def test_a_static_key_needs_no_token(monkeypatch: pytest.MonkeyPatch, capsys: Capture) -> None:
    monkeypatch.setenv("KLING_API_KEY", "static")
    assert main(["token"]) == 2
    assert "send it as it is" in capsys.readouterr().err


def test_s0_01_config_set_keeps_a_key_for_the_owner_alone(home: Path, capsys: Capture) -> None:
    assert main(["config", "set", "KLING_SECRET_KEY", SECRET]) == 0
    file = home / "filmgate.toml"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    file.write_text("# mine\n" + file.read_text())
    assert main(["config", "set", "kie_base_url", "https://kie.example/v1"]) == 0
    assert main(["config", "--json"]) == 0
    told = capsys.readouterr()
    assert SECRET not in told.out + told.err
    shown = json.loads(told.out)
    assert shown["KLING_SECRET_KEY"] == {"value": "set", "source": str(file)}
    assert shown["KIE_BASE_URL"]["value"] == "https://kie.example"
    assert main(["config", "unset", "KLING_SECRET_KEY"]) == 0
    assert file.read_text() == '# mine\nkie_base_url = "https://kie.example"\n'
    assert [path.name for path in home.iterdir()] == ["filmgate.toml"]


def test_config_set_reads_a_value_from_stdin(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("abc\n"))
    assert main(["config", "set", "KIE_API_KEY"]) == 0
    assert main(["config", "path"]) == 0
    assert capsys.readouterr().out == f"{home / 'filmgate.toml'}\n"
    assert (home / "filmgate.toml").read_text() == 'kie_api_key = "abc"\n'


def test_models_tell_what_is_rendered_here(capsys: Capture) -> None:
    assert main(["models", "--json"]) == 0
    told = {model["name"]: model for model in json.loads(capsys.readouterr().out)}
    assert told["animatic"]["rendered_here"] == ["text-to-video", "image-to-video"]
    assert told["kling-tts"]["rendered_here"] == []
    assert told["kling-v1"]["providers"]["kling"]["retired"]
    assert told["kling-v2-5-turbo"]["providers"]["kling"]["usd_for_5_s"]["pro"] == 0.35


def test_models_is_a_table_and_a_card(capsys: Capture) -> None:
    assert main(["models"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split()[:3] == ["MODEL", "SECONDS", "MODES"]
    assert any(line.startswith("kling-v2-5-turbo ") and "$0.21 kling" in line for line in lines)
    assert main(["models", "KLING/v2-5-turbo-text-to-video-pro"]) == 0
    assert "pro, 5 s: $0.35 (5 s x 0.5 units" in capsys.readouterr().out


def test_every_model_has_a_card(capsys: Capture) -> None:
    assert main(["models", "--json"]) == 0
    for model in json.loads(capsys.readouterr().out):
        assert main(["models", model["name"]]) == 0
        assert capsys.readouterr().out.startswith(model["name"])


def test_estimate_names_price_or_reason(capsys: Capture) -> None:
    assert main(["estimate", "a fox", "-m", "pro", "--json"]) == 0
    offers = {offer["provider"]: offer for offer in json.loads(capsys.readouterr().out)}
    assert offers["local"]["price_usd"] == 0
    assert offers["kling"]["price_usd"] == 0.35
    assert "KLING_ACCESS_KEY" in offers["kling"]["remedy"]
    assert main(["estimate", "a fox", "--model", "kling-v1", "-p", "kling"]) == 0
    assert "discontinued" in capsys.readouterr().out


def test_doctor_finds_what_is_wrong(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    monkeypatch.setenv("KLING_ACCESS_KEY", "your_access_key_here")
    monkeypatch.setenv("KIE_API_KEY", "0123456789abcdef")
    monkeypatch.setenv("FILMGATE_UPSTREAMS", "off")
    assert main(["doctor"]) == 1
    text = capsys.readouterr().out
    assert "!!  kling     KLING_SECRET_KEY is missing" in text
    assert "!!  keys      KLING_ACCESS_KEY still holds the template's text" in text
    assert "--  keys      FILMGATE_UPSTREAMS is off: no account is called" in text
    assert "ok  database  opens" in text
    assert "ok  engine    animatic is ready to render" in text
    monkeypatch.setenv("FILMGATE_HOME", "/proc/films")
    assert main(["doctor", "--json"]) == 1
    found = {f["about"]: f for f in json.loads(capsys.readouterr().out)}
    assert found["home"]["good"] is False
    assert "FILMGATE_HOME" in found["home"]["words"]


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_knows_commands_and_options(shell: str, capsys: Capture) -> None:
    assert main(["completion", shell]) == 0
    text = capsys.readouterr().out
    assert "generate" in text
    assert "negative-prompt" in text


@pytest.mark.parametrize(
    ("columns", "line"),
    [
        ("40", "task_1  a fox in the deep snow at dawn"),
        ("24", "task_1  a fox in the de…"),
        ("12", ""),
    ],
)
def test_a_terminal_s_width_cuts_the_last_column_or_nothing(
    columns: str, line: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    monkeypatch.setenv("COLUMNS", columns)
    monkeypatch.setattr("sys.stdout", screen := Terminal())
    say_table(("TASK", "PROMPT"), [("task_1", "a fox in the deep snow at dawn")])
    whole = "task_1  a fox in the deep snow at dawn"
    assert screen.getvalue().splitlines() == ["TASK    PROMPT", line or whole]


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(-5, "0 s"), (59, "59 s"), (60, "1 min"), (7200, "2 h"), (200_000, "2 d")],
)
def test_age(seconds: float, words: str) -> None:
    assert age(1000, 1000 + seconds) == words


class PaidHouse:
    """Every film costs 35 cents."""

    def __init__(self, task: Task) -> None:
        self.task = task
        self.ceilings: list[int | None] = []

    async def submit(
        self,
        request: object,
        *,
        provider: str,
        max_cost_usd_micros: int | None = None,
        webhook: str | None = None,
    ) -> Task:
        self.ceilings.append(max_cost_usd_micros)
        if max_cost_usd_micros is not None and max_cost_usd_micros < 350_000:
            raise TopUp("this costs $0.35 at kling", field="max_cost", remedy="raise it")
        return self.task


@pytest.mark.parametrize(
    ("ceiling", "yes", "ceilings"),
    [(None, True, [None]), (350_000, False, [350_000]), (400_000, True, [400_000])],
)
def test_money_is_spent_on_a_yes_or_under_a_ceiling(
    ceiling: int | None, yes: bool, ceilings: list[int | None]
) -> None:
    house = PaidHouse(task=object())  # type: ignore[arg-type]
    payment = Payment(provider="kling", ceiling=ceiling, yes=yes)
    asyncio.run(payment.submit(house, TextToVideo(prompt="x")))  # type: ignore[arg-type]
    assert house.ceilings == ceilings


@pytest.mark.parametrize(
    ("ceiling", "remedy"), [(None, "say --yes, or set a ceiling"), (100_000, "raise it")]
)
def test_nothing_is_spent_unasked_or_above_the_ceiling(
    ceiling: int | None, remedy: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("yes\n"))  # no terminal: nobody answered
    house = PaidHouse(task=object())  # type: ignore[arg-type]
    payment = Payment(provider="kling", ceiling=ceiling, yes=False)
    with pytest.raises(TopUp) as caught:
        asyncio.run(payment.submit(house, TextToVideo(prompt="x")))  # type: ignore[arg-type]
    assert remedy in (caught.value.remedy or "")
    assert house.ceilings == [ceiling or 0]


@pytest.mark.parametrize(("answer", "spent"), [("y\n", True), ("\n", False), ("no\n", False)])
def test_an_answered_question_decides(
    answer: str, spent: bool, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    class Typed(io.StringIO):
        def isatty(self) -> bool:
            return True

    monkeypatch.setattr("sys.stdin", Typed(answer))
    monkeypatch.setattr("sys.stderr", screen := Typed())
    house = PaidHouse(task=object())  # type: ignore[arg-type]
    payment = Payment(provider="kling", ceiling=None, yes=False)
    run = payment.submit(house, TextToVideo(prompt="x"))  # type: ignore[arg-type]
    if spent:
        asyncio.run(run)
        assert house.ceilings == [0, None]
    else:
        with pytest.raises(TopUp):
            asyncio.run(run)
    assert "This costs $0.35 at kling. Spend it? [y/N]" in screen.getvalue()
