from __future__ import annotations

from pathlib import Path

import pytest

from filmgate.domain.errors import SetUp
from filmgate.settings import SETTINGS, Secret, Settings, load

SECRET = "sk_0123456789abcdef"


@pytest.fixture
def work(tmp_path: Path) -> Path:
    folder = tmp_path / "work"
    folder.mkdir()
    return folder


def settings(work: Path, **env: str) -> Settings:
    """As ``load``, with a home of the test's own; no environment but the given one."""
    return load({"HOME": str(work.parent / "user"), **env}, work)


def put(folder: Path, name: str, text: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(text)


PLACES = ("environment", "work.toml", "home.toml", ".env.local", ".env")


@pytest.mark.parametrize("highest", range(len(PLACES)))
def test_each_place_gives_way_to_those_above_it(work: Path, highest: int) -> None:
    home = work.parent / "home"
    env = {"FILMGATE_HOME": str(home)}
    write = {
        "work.toml": lambda: put(work, "filmgate.toml", 'kie_api_key = "work.toml"'),
        "home.toml": lambda: put(home, "filmgate.toml", 'kie_api_key = "home.toml"'),
        ".env.local": lambda: put(work, ".env.local", "KIE_API_KEY=.env.local"),
        ".env": lambda: put(work, ".env", "KIE_API_KEY=.env"),
    }
    for place in PLACES[highest:]:
        if place == "environment":
            env["KIE_API_KEY"] = place
        else:
            write[place]()
    assert settings(work, **env).kie_api_key == Secret(PLACES[highest])


def test_a_value_remembers_where_it_came_from(work: Path) -> None:
    put(work, ".env.local", "KIE_API_KEY=abc\nKLING_BASE_URL=https://api.klingai.com/v1/\n")
    shown = settings(work, PIAPI_API_KEY="def").shown
    assert shown["KIE_API_KEY"].source == ".env.local"
    assert shown["PIAPI_API_KEY"].source == "environment"
    assert shown["KIE_BASE_URL"].source == "default"
    assert shown["KLING_BASE_URL"].text == "https://api.klingai.com"


def test_home_follows_xdg_and_takes_no_relative_one(work: Path) -> None:
    user = work.parent / "user"
    assert settings(work).home == (user / ".local/share/filmgate").resolve()
    assert settings(work, XDG_DATA_HOME="/data").home == Path("/data/filmgate")
    assert settings(work, XDG_DATA_HOME="data").home == (user / ".local/share/filmgate").resolve()


def test_home_may_stand_in_each_file_but_its_own(work: Path) -> None:
    put(work, ".env", "FILMGATE_HOME=films")
    assert settings(work).home == work / "films"
    put(work, "filmgate.toml", 'home = "~/reels"')
    assert settings(work).home == work.parent / "user/reels"
    put(work / "films", "filmgate.toml", 'home = "/elsewhere"')
    with pytest.raises(SetUp, match="being in it"):
        settings(work, FILMGATE_HOME="films")


def test_working_in_the_home_reads_its_file_once(work: Path) -> None:
    put(work, "filmgate.toml", 'kie_api_key = "abc"')
    assert settings(work, FILMGATE_HOME=str(work)).kie_api_key == Secret("abc")


def test_an_empty_value_is_none_and_does_not_hide_one_below(work: Path) -> None:
    put(work, ".env", 'KLING_ACCESS_KEY="ak_1"\nexport KLING_SECRET_KEY=sk_2 # mine\n')
    found = settings(work, KLING_ACCESS_KEY="")
    assert found.kling_keys == (Secret("ak_1"), Secret("sk_2"))


def test_a_dollar_sign_and_foreign_lines_in_a_dotenv_file_are_left_alone(work: Path) -> None:
    put(work, ".env", "what is this?\nDATABASE=x\nKIE_API_KEY='a$HOME'\r\n")
    assert settings(work).kie_api_key == Secret("a$HOME")


def test_a_folder_named_dotenv_is_no_file(work: Path) -> None:
    (work / ".env").mkdir()
    assert settings(work).accounts == frozenset()


@pytest.mark.parametrize("given", ["https://api.klingai.com/v1", "https://api.klingai.com"])
def test_kling_base_url_with_or_without_v1(work: Path, given: str) -> None:
    assert settings(work, KLING_BASE_URL=given).kling_base_url == "https://api.klingai.com"


def test_kling_default_host_is_singapore(work: Path) -> None:
    assert settings(work).kling_base_url == "https://api-singapore.klingai.com"


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        ("KLING_BASE_URL", "api.klingai.com", "no http or https URL"),
        ("KLING_BASE_URL", "ftp://api.klingai.com", "no http or https URL"),
        ("KLING_SECRET_KEY", "two words", "signs in it that no key has"),
        ("KLING_API_KEY", "access:", "no pair of keys"),
        ("KLING_API_KEY", "a:b:c", "no pair of keys"),
        ("FILMGATE_DATABASE_URL", "films.db", "no URL"),
    ],
)
def test_a_bad_value_names_file_and_key(work: Path, name: str, text: str, says: str) -> None:
    put(work, ".env.local", f"{name}={text}\n")
    with pytest.raises(SetUp, match=says) as caught:
        settings(work)
    assert caught.value.message.startswith(f"{name} (.env.local) ")
    assert caught.value.field == name
    assert caught.value.remedy


@pytest.mark.parametrize(
    ("text", "says", "remedy"),
    [
        ('hoem = "x"', "hoem is no setting", "did you mean home?"),
        ("kie_api_key = 5", "kie_api_key must be text", 'kie_api_key = "..."'),
        ("kie_api_key = ", "not right TOML", ""),
    ],
)
def test_a_bad_settings_file_says_what_is_wrong(
    work: Path, text: str, says: str, remedy: str
) -> None:
    put(work, "filmgate.toml", text)
    with pytest.raises(SetUp, match=says) as caught:
        settings(work)
    assert str(work / "filmgate.toml") in caught.value.message
    assert remedy in (caught.value.remedy or "")


def test_home_that_is_a_file_is_refused(work: Path) -> None:
    put(work, "film", "")
    with pytest.raises(SetUp, match="not a folder"):
        settings(work, FILMGATE_HOME="film")


def test_accounts_are_the_providers_with_credentials(work: Path) -> None:
    assert settings(work).accounts == frozenset()
    assert settings(work, KLING_ACCESS_KEY="ak").accounts == frozenset()
    assert settings(work, KLING_API_KEY="static").accounts == {"kling"}
    assert settings(work, OPENAI_API_KEY="k").accounts == frozenset()
    both = settings(work, OPENAI_API_KEY="k", OPENAI_BASE_URL="http://localhost:8000/v1")
    assert both.accounts == {"openai"}


def test_s0_01_keys_come_from_dotenv_local_and_are_never_shown(work: Path) -> None:
    put(
        work,
        ".env.local",
        f"# Kling AI Video Generation API Credentials\n"
        f"KLING_ACCESS_KEY=ak_xyz\nKLING_SECRET_KEY={SECRET}\n",
    )
    found = settings(work, FILMGATE_DATABASE_URL=f"postgresql://me:{SECRET}@db/films")
    assert found.kling_keys == (Secret("ak_xyz"), Secret(SECRET))
    for text in (repr(found), str(found), f"{found.kling_secret_key}", repr(found.shown)):
        assert SECRET not in text
        assert "ak_xyz" not in text


def test_s1_03_api_key_holds_access_and_secret(work: Path) -> None:
    keys = settings(work, KLING_API_KEY="access_key:secret_key").kling_keys
    assert keys == (Secret("access_key"), Secret("secret_key"))


def test_a_secret_is_equal_by_value_and_can_be_a_key() -> None:
    assert Secret("a") == Secret("a")
    assert Secret("a") != Secret("b")
    assert Secret("a") != "a"
    assert len({Secret("a"), Secret("a")}) == 1


def test_every_setting_of_the_table_has_a_field() -> None:
    assert {known.key for known in SETTINGS} == set(Settings.__dataclass_fields__) - {"shown"}
