"""The settings, and the only reader of the environment.

Each value comes from the first of these that has it: the environment, ``filmgate.toml`` of the
working folder, ``filmgate.toml`` of the home, ``.env.local``, ``.env``, the default. Every value
remembers where it came from, so that ``config`` and ``doctor`` can tell.
"""

from __future__ import annotations

import difflib
import hmac
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from enum import Enum, auto
from pathlib import Path
from urllib.parse import urlsplit

from filmgate.domain.errors import SetUp

FILE_NAME = "filmgate.toml"
DEFAULT = "default"
ENVIRONMENT = "environment"
ON, OFF = "on", "off"
SWITCH_WORDS = {
    **dict.fromkeys(("on", "1", "true", "yes"), ON),
    **dict.fromkeys(("off", "0", "false", "no"), OFF),
}
MASTER_SIGNS_MIN = 32
"""32 hexadecimal digits, the shortest that anybody makes, have 128 bits."""


class Secret:
    """A value that no log, error or listing shows; only ``reveal`` gives it out."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        return self._value

    def __repr__(self) -> str:
        return "Secret(***)"

    __str__ = __repr__

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Secret):
            return NotImplemented
        return hmac.compare_digest(self._value.encode(), other._value.encode())

    def __hash__(self) -> int:
        return hash((Secret, self._value))


class Sort(Enum):
    """What sort of value a setting takes, and so how it is checked and shown."""

    FOLDER = auto()
    SECRET = auto()
    ADDRESS = auto()
    """Any URL; it may carry a password, so it is shown without."""
    HTTP = auto()
    SWITCH = auto()
    """On or off."""
    WORDS = auto()
    """With commas between them; ``none`` for none at all."""
    WORD = auto()
    """One of a few."""
    TEXT = auto()
    AMOUNT = auto()
    """A decimal number, not negative."""


@dataclass(frozen=True, slots=True)
class Known:
    """One setting; ``name`` is its name in the environment and in .env files."""

    name: str
    sort: Sort
    meaning: str
    default: str = ""
    words: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """Its name in ``filmgate.toml``."""
        return self.name.removeprefix("FILMGATE_").lower()


SETTINGS: tuple[Known, ...] = (
    Known("FILMGATE_HOME", Sort.FOLDER, "where tasks and films are kept"),
    Known("KLING_ACCESS_KEY", Sort.SECRET, "Kling's access key"),
    Known("KLING_SECRET_KEY", Sort.SECRET, "Kling's secret key"),
    Known("KLING_API_KEY", Sort.SECRET, "Kling's keys as access:secret, or a static key"),
    Known("KIE_API_KEY", Sort.SECRET, "key for KIE.ai"),
    Known("PIAPI_API_KEY", Sort.SECRET, "key for PiAPI"),
    Known("OPENAI_API_KEY", Sort.SECRET, "key for the server at OPENAI_BASE_URL"),
    Known(
        "KLING_BASE_URL",
        Sort.HTTP,
        "Kling's host, with or without /v1",
        default="https://api-singapore.klingai.com",
    ),
    Known("KLING_WEBHOOK_SECRET", Sort.SECRET, "what Kling signs its callbacks with (whsec_...)"),
    Known("KIE_BASE_URL", Sort.HTTP, "KIE's host", "https://api.kie.ai"),
    Known("KIE_WEBHOOK_KEY", Sort.SECRET, "what KIE signs its callbacks with"),
    Known("PIAPI_BASE_URL", Sort.HTTP, "PiAPI's host", "https://api.piapi.ai"),
    Known(
        "PIAPI_SERVICE_MODE",
        Sort.WORD,
        "PiAPI's own accounts, or hosted ones",
        words=("public", "private"),
    ),
    Known("OPENAI_BASE_URL", Sort.HTTP, "a server that speaks /v1/videos"),
    Known(
        "OPENAI_SERVER",
        Sort.WORD,
        "which of them it is",
        default="openai",
        words=("openai", "vllm-omni", "sglang", "litellm", "new-api"),
    ),
    Known("OPENAI_MODEL", Sort.TEXT, "the model it is asked for"),
    Known("OPENAI_USD_PER_SECOND", Sort.AMOUNT, "what a second of its film costs; 0 if it's yours"),
    Known("FILMGATE_UPSTREAMS", Sort.SWITCH, "accounts at services may be called", "on"),
    Known("FILMGATE_DATABASE_URL", Sort.ADDRESS, "tasks in PostgreSQL, not in the home"),
    Known("FILMGATE_STORAGE_URL", Sort.ADDRESS, "films elsewhere than in the home"),
    Known("FILMGATE_PUBLIC_URL", Sort.HTTP, "how the world reaches this server"),
    Known("FILMGATE_API_KEY", Sort.SECRET, "your key at the server that --server names"),
    Known("FILMGATE_SECRET_KEY", Sort.SECRET, "encrypts stored secrets; several: new,old"),
    Known("FILMGATE_STAND_IN", Sort.SWITCH, "local films stand in for paid models' own"),
    Known(
        "FILMGATE_BANNED_WORDS",
        Sort.WORDS,
        "what no prompt may say, with commas; none for no such list",
        default="porn, pornography, hentai, bestiality, incest, child abuse, beheading",
    ),
    Known("FILMGATE_ALLOW_LOOPBACK", Sort.SWITCH, "given URLs may lead to this computer", "off"),
)
BY_NAME = {known.name: known for known in SETTINGS}
BY_KEY = {known.key: known for known in SETTINGS}


@dataclass(frozen=True, slots=True)
class Shown:
    """A value fit for anybody's eyes, and where it came from."""

    text: str
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """All settings, checked; ``load`` makes it."""

    home: Path
    kling_access_key: Secret | None = None
    kling_secret_key: Secret | None = None
    kling_api_key: Secret | None = None
    kie_api_key: Secret | None = None
    piapi_api_key: Secret | None = None
    openai_api_key: Secret | None = None
    kling_base_url: str = BY_NAME["KLING_BASE_URL"].default
    kie_base_url: str = BY_NAME["KIE_BASE_URL"].default
    piapi_base_url: str = BY_NAME["PIAPI_BASE_URL"].default
    openai_base_url: str | None = None
    openai_server: str = BY_NAME["OPENAI_SERVER"].default
    openai_model: str | None = None
    openai_usd_per_second: Decimal | None = None
    """None: nobody knows, and nothing is spent there."""
    kling_webhook_secret: Secret | None = None
    kie_webhook_key: Secret | None = None
    piapi_service_mode: str | None = None
    upstreams: bool = False
    """Whether any host but this computer may be asked for films: ``load`` alone says yes, so that
    whoever makes settings by hand, as tests do, can't reach a paid service."""
    database_url: Secret | None = None
    storage_url: Secret | None = None
    public_url: str | None = None
    api_key: Secret | None = None
    secret_key: Secret | None = None
    allow_loopback: bool = False
    """For development: whoever may give URLs then reaches this computer's own servers."""
    stand_in: bool | None = None
    banned_words: tuple[str, ...] = ()
    shown: Mapping[str, Shown] = field(default_factory=dict[str, Shown])
    """Every setting that has a value, by its name; without secrets."""

    @property
    def kling_keys(self) -> tuple[Secret, Secret] | None:
        """Kling's access key and secret key, whether given apart or as one pair."""
        if self.kling_access_key and self.kling_secret_key:
            return self.kling_access_key, self.kling_secret_key
        if self.kling_api_key and ":" in self.kling_api_key.reveal():
            access, secret = self.kling_api_key.reveal().split(":")
            return Secret(access), Secret(secret)
        return None

    @property
    def stands_in(self) -> bool:
        """Never while there is an account: whoever has one wants what it makes."""
        return self.stand_in is not False and not self.accounts

    @property
    def accounts(self) -> frozenset[str]:
        """The providers that these settings hold credentials for."""
        held = {
            "kling": self.kling_keys or self.kling_api_key,
            "kie": self.kie_api_key,
            "piapi": self.piapi_api_key,
            "openai": self.openai_api_key and self.openai_base_url,
        }
        return frozenset(name for name, key in held.items() if key)


@dataclass(frozen=True, slots=True)
class Layer:
    """The values of one place, by the settings' names."""

    source: str
    values: Mapping[str, str]
    folder: Path
    """What a relative path in this place is relative to."""


def load(env: Mapping[str, str] | None = None, folder: Path | None = None) -> Settings:
    """The settings of a command run in ``folder``. Raises SetUp for a value that can't be."""
    env = os.environ if env is None else env
    folder = Path.cwd() if folder is None else folder
    above = [Layer(ENVIRONMENT, _known_of(env), folder), _toml_layer(folder)]
    below = [_dotenv_layer(folder / name) for name in (".env.local", ".env")]
    home, home_source = _home(env, [*above, *below])
    layers = above + _home_layer(home, folder) + below
    given = {
        name: (text, layer.source)
        for layer in reversed(layers)
        for name, text in layer.values.items()
    }
    found = {
        name: (checked(BY_NAME[name], text, source), source)
        for name, (text, source) in given.items()
    }
    found["FILMGATE_HOME"] = (str(home), home_source)
    for known in SETTINGS:
        if known.default:
            found.setdefault(known.name, (known.default, DEFAULT))
    return _settings(home, found)


def debug_wanted() -> bool:
    """Whether errors are to come with their traceback."""
    return os.environ.get("FILMGATE_DEBUG", "") not in {"", "0"}


def _settings(home: Path, found: Mapping[str, tuple[str, str]]) -> Settings:
    def secret(name: str) -> Secret | None:
        return Secret(found[name][0]) if name in found else None

    def url(name: str) -> str | None:
        return found[name][0] if name in found else None

    return Settings(
        home=home,
        kling_access_key=secret("KLING_ACCESS_KEY"),
        kling_secret_key=secret("KLING_SECRET_KEY"),
        kling_api_key=secret("KLING_API_KEY"),
        kie_api_key=secret("KIE_API_KEY"),
        piapi_api_key=secret("PIAPI_API_KEY"),
        openai_api_key=secret("OPENAI_API_KEY"),
        kling_base_url=found["KLING_BASE_URL"][0],
        kie_base_url=found["KIE_BASE_URL"][0],
        piapi_base_url=found["PIAPI_BASE_URL"][0],
        openai_base_url=url("OPENAI_BASE_URL"),
        openai_server=found["OPENAI_SERVER"][0],
        openai_model=url("OPENAI_MODEL"),
        openai_usd_per_second=(
            Decimal(found["OPENAI_USD_PER_SECOND"][0]) if "OPENAI_USD_PER_SECOND" in found else None
        ),
        kling_webhook_secret=secret("KLING_WEBHOOK_SECRET"),
        kie_webhook_key=secret("KIE_WEBHOOK_KEY"),
        piapi_service_mode=url("PIAPI_SERVICE_MODE"),
        upstreams=found["FILMGATE_UPSTREAMS"][0] == ON,
        database_url=secret("FILMGATE_DATABASE_URL"),
        storage_url=secret("FILMGATE_STORAGE_URL"),
        public_url=url("FILMGATE_PUBLIC_URL"),
        api_key=secret("FILMGATE_API_KEY"),
        secret_key=secret("FILMGATE_SECRET_KEY"),
        allow_loopback=found["FILMGATE_ALLOW_LOOPBACK"][0] == ON,
        stand_in=found["FILMGATE_STAND_IN"][0] == ON if "FILMGATE_STAND_IN" in found else None,
        banned_words=_words(found["FILMGATE_BANNED_WORDS"][0]),
        shown={
            known.name: Shown(_fit_for_eyes(known, found[known.name][0]), found[known.name][1])
            for known in SETTINGS
            if known.name in found
        },
    )


def _words(text: str) -> tuple[str, ...]:
    return () if text.lower() == "none" else tuple(text.split(", "))


# --- the places -------------------------------------------------------------------------------


def _known_of(values: Mapping[str, str]) -> dict[str, str]:
    """An empty value counts as none: that is how a shell or a .env template unsets one."""
    return {name: text for name in BY_NAME if (text := values.get(name, "").strip())}


def _text_of(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        cause = error.strerror if isinstance(error, OSError) else "not UTF-8 text"
        raise SetUp(f"{path} can't be read ({cause})") from error


def _dotenv_layer(path: Path) -> Layer:
    if not path.is_file():
        return Layer(path.name, {}, path.parent)
    import io

    from dotenv.parser import parse_stream

    # A .env file serves other programs too: what is not ours, or not even readable, is not our
    # business, and nothing in it is expanded, since a "$" in a key means a dollar sign.
    bindings = parse_stream(io.StringIO(_text_of(path)))
    values = {binding.key: binding.value or "" for binding in bindings if binding.key}
    return Layer(path.name, _known_of(values), path.parent)


def _toml_layer(folder: Path) -> Layer:
    path = folder / FILE_NAME
    if not path.is_file():
        return Layer(str(path), {}, folder)
    import tomllib

    try:
        table = tomllib.loads(_text_of(path))
    except tomllib.TOMLDecodeError as error:
        raise SetUp(f"{path} is not right TOML: {error}") from error
    values = {}
    for key, value in table.items():
        if key not in BY_KEY:
            raise SetUp(f"{path}: {key} is no setting", field=key, remedy=_nearest_key(key))
        if not isinstance(value, str):
            raise SetUp(
                f"{path}: {key} must be text", field=key, remedy=f'write {key} = "..." in quotes'
            )
        values[BY_KEY[key].name] = value
    return Layer(str(path), _known_of(values), folder)


def _home_layer(home: Path, folder: Path) -> list[Layer]:
    if home == folder.resolve():
        return []  # the same file, read already
    layer = _toml_layer(home)
    if "FILMGATE_HOME" in layer.values:
        raise SetUp(
            f"{layer.source} can't say where the home is, being in it",
            field="FILMGATE_HOME",
            remedy="take that line out and set FILMGATE_HOME in the environment",
        )
    return [layer]


def _home(env: Mapping[str, str], layers: Sequence[Layer]) -> tuple[Path, str]:
    for layer in layers:
        if text := layer.values.get("FILMGATE_HOME"):
            home = layer.folder / _at_home(text, env)
            if home.exists() and not home.is_dir():
                raise SetUp(
                    f"FILMGATE_HOME ({layer.source}) is not a folder: {home}",
                    field="FILMGATE_HOME",
                    remedy="name a folder; it is made if it isn't there",
                )
            return home.resolve(), layer.source
    data = env.get("XDG_DATA_HOME", "")
    # A relative XDG_DATA_HOME is void by that standard.
    base = Path(data) if data.startswith("/") else _at_home("~/.local/share", env)
    return (base / "filmgate").resolve(), DEFAULT


def _at_home(text: str, env: Mapping[str, str]) -> Path:
    if text != "~" and not text.startswith("~/"):
        return Path(text)
    user = env.get("HOME", "")
    return (Path(user) if user else Path.home()) / text[2:]


def _nearest_key(key: str) -> str:
    lowered = key.lower().removeprefix("filmgate_")
    if near := difflib.get_close_matches(lowered, BY_KEY, n=1):
        return f"did you mean {near[0]}?"
    return f"the settings are {', '.join(BY_KEY)}"


# --- the values -------------------------------------------------------------------------------


Wrong = Callable[[str, str], SetUp]
"""From what is wrong and what helps to the error."""


def checked(known: Known, text: str, source: str) -> str:
    """The value as it is kept. Raises SetUp, naming ``source``, for one that can't be."""

    def wrong(what: str, remedy: str) -> SetUp:
        return SetUp(f"{known.name} ({source}) {what}", field=known.name, remedy=remedy)

    return _CHECKS[known.sort](known, text.strip(), wrong)


def _free(known: Known, text: str, wrong: Wrong) -> str:  # noqa: ARG001 - one shape for all
    return text


def _address(known: Known, text: str, wrong: Wrong) -> str:  # noqa: ARG001
    if not urlsplit(text).scheme:
        raise wrong("is no URL", "write it with its scheme, like postgresql://... or s3://...")
    return text


def _http(known: Known, text: str, wrong: Wrong) -> str:  # noqa: ARG001
    parts = urlsplit(text)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise wrong("is no http or https URL", "write it like https://host.example")
    return text.rstrip("/").removesuffix("/v1").rstrip("/")


def _switch(known: Known, text: str, wrong: Wrong) -> str:  # noqa: ARG001
    if text.lower() not in SWITCH_WORDS:
        raise wrong("is neither on nor off", "write on or off")
    return SWITCH_WORDS[text.lower()]


def _word(known: Known, text: str, wrong: Wrong) -> str:
    if text.lower() not in known.words:
        raise wrong("is no word that it knows", f"write {' or '.join(known.words)}")
    return text.lower()


def _secret(known: Known, text: str, wrong: Wrong) -> str:
    if not text.isascii() or any(sign.isspace() or not sign.isprintable() for sign in text):
        raise wrong("has signs in it that no key has", "copy the key again, alone")
    if known.name == "KLING_API_KEY" and ":" in text:
        halves = text.split(":")
        if len(halves) != 2 or not all(halves):
            raise wrong("is no pair of keys", "write it as access:secret")
    if known.name == "FILMGATE_SECRET_KEY":
        shortest = min(len(key) for key in text.split(","))
        if shortest < MASTER_SIGNS_MIN:
            raise wrong(
                f"has fewer than {MASTER_SIGNS_MIN} signs",
                "give what openssl rand -base64 32 makes; two are written new,old",
            )
    return text


def _amount(known: Known, text: str, wrong: Wrong) -> str:  # noqa: ARG001
    try:
        amount = Decimal(text)
    except InvalidOperation:
        amount = Decimal(-1)
    if not (amount.is_finite() and 0 <= amount < 1000):
        raise wrong("is no amount of dollars", "write it like 0.05")
    return text


def _listed(known: Known, text: str, wrong: Wrong) -> str:  # noqa: ARG001
    return ", ".join(filter(None, (word.strip() for word in text.split(","))))


_CHECKS: dict[Sort, Callable[[Known, str, Wrong], str]] = {
    Sort.FOLDER: _free,
    Sort.TEXT: _free,
    Sort.SECRET: _secret,
    Sort.ADDRESS: _address,
    Sort.HTTP: _http,
    Sort.SWITCH: _switch,
    Sort.WORD: _word,
    Sort.AMOUNT: _amount,
    Sort.WORDS: _listed,
}


def _fit_for_eyes(known: Known, text: str) -> str:
    if known.sort is Sort.SECRET:
        return "set"
    parts = urlsplit(text)
    if known.sort in {Sort.FOLDER, Sort.WORDS} or not (
        parts.username or parts.password or parts.query
    ):
        return text
    host = parts.netloc.rpartition("@")[2]
    return parts._replace(netloc=f"***@{host}", query="***" if parts.query else "").geturl()
