"""``filmgate serve`` and ``filmgate sandbox``: the server, and one to try clients against."""

from __future__ import annotations

import sys
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from filmgate.domain.customer import Given, KeyKind, Welcome
from filmgate.domain.errors import FixRequest
from filmgate.entrypoints.cli import telling
from filmgate.entrypoints.cli.admin.asking import operator
from filmgate.entrypoints.cli.failures import DONE
from filmgate.entrypoints.cli.following import in_house

if TYPE_CHECKING:
    from filmgate.assembly import Embedded
    from filmgate.settings import Settings

HOST, PORT = "127.0.0.1", 8080
SANDBOX_KEYS = {  # public on purpose: they open nothing but a throw-away home
    KeyKind.API: Given(secret="sandbox-api-key"),  # noqa: S106
    KeyKind.PAIR: Given(
        access_key="sandbox-access-key",
        secret="sandbox-secret-key-0123456789abcdef0123456789",  # noqa: S106
    ),
    KeyKind.WEBHOOK: Given(
        secret="whsec_c2FuZGJveC13ZWJob29rLXNlY3JldC0wMTIzNDU2Nzg5YWI=",  # noqa: S106
    ),
}
SANDBOX_CREDITS = 100_000_000
FIRST_CREDITS = 10_000
"""200 films at the flat 50 credits of the default plan."""

PLACES = (
    ("Kling", "  (also /kling)"),
    ("KIE.ai", "  (also /kie)"),
    ("PiAPI", "  (also /piapi)"),
    ("OpenAI Videos", "/v1"),
    ("INFINITO", "/api/kling"),
    ("Filmgate", "/api/filmgate/v1"),
    ("what there is", "/docs"),
)
SANDBOX_PLACES = (("sandbox", "/sandbox  (scripts, clock, calls)"),)

Host = Annotated[str, Parameter(name="--host", help="0.0.0.0 lets other computers in.")]
Port = Annotated[int, Parameter(name="--port", help="0 takes any free one.")]
PublicUrl = Annotated[
    str | None,
    Parameter(name="--public-url", help="How clients reach it, where that isn't host and port."),
]
Log = Annotated[str, Parameter(name="--log", help="json or plain; plain in a terminal.")]


def serve(
    *,
    host: Host = HOST,
    port: Port = PORT,
    public_url: PublicUrl = None,
    log: Log = "",
    drain: Annotated[
        float, Parameter(name="--drain", help="Seconds that renders may take to end at a stop.")
    ] = 30.0,
) -> int:
    """Serve every protocol on one port, until Ctrl-C. The first start makes a customer and keys,
    and shows them once."""
    from filmgate.settings import load

    return _run(load(), host, port, public_url, log, drain_s=drain, is_sandbox=False)


def sandbox(*, host: Host = HOST, port: Port = PORT, log: Log = "") -> int:
    """A server on a throw-away home with known keys, to test clients against for free. Nothing is
    kept when it ends."""
    from filmgate.settings import load

    with tempfile.TemporaryDirectory(prefix="filmgate-sandbox-") as home:
        # No account of whoever runs it may be spent by a test.
        settings = replace(
            load(env={"FILMGATE_HOME": home, "FILMGATE_UPSTREAMS": "off"}, folder=Path(home)),
            home=Path(home) / "home",
            allow_loopback=True,
        )
        return _run(settings, host, port, None, log, drain_s=0.0, is_sandbox=True)


def _run(
    settings: Settings,
    host: str,
    port: int,
    public_url: str | None,
    log: str,
    *,
    drain_s: float,
    is_sandbox: bool,
) -> int:
    if log not in {"", "json", "plain"}:
        raise FixRequest(f"{log!r} is no form of a log", field="--log", remedy="Say json or plain.")
    import uvloop

    from filmgate.assembly.serving import listen
    from filmgate.assembly.stage import SandboxStage

    listening = listen(host, port, json_log=log == "json" or (not log and not _in_terminal()))

    async def work(house: Embedded) -> int:
        welcome = await _welcome(house, is_sandbox=is_sandbox)

        async def ready() -> None:
            _tell(listening.address, welcome, is_sandbox=is_sandbox)

        await house.serve(listening, public_url=public_url, ready=ready, drain_s=drain_s)
        return DONE

    stage = SandboxStage() if is_sandbox else None
    return in_house(settings, work, loop_factory=uvloop.new_event_loop, stage=stage)


def _in_terminal() -> bool:
    return sys.stderr.isatty()


async def _welcome(house: Embedded, *, is_sandbox: bool) -> Welcome | None:
    return await house.welcome(
        name="sandbox" if is_sandbox else "first",
        credits_=SANDBOX_CREDITS if is_sandbox else FIRST_CREDITS,
        given=SANDBOX_KEYS if is_sandbox else None,
        by=operator(),
    )


def _tell(address: str, welcome: Welcome | None, *, is_sandbox: bool) -> None:
    lines = [f"Filmgate {'sandbox ' if is_sandbox else ''}listens at {address}", ""]
    more = SANDBOX_PLACES if is_sandbox else ()
    lines += [f"  {name:<16} {address}{path}" for name, path in (*PLACES, *more)]
    if welcome is not None:
        token, pair = welcome.keys[KeyKind.API], welcome.keys[KeyKind.PAIR]
        hook = welcome.keys[KeyKind.WEBHOOK]
        once = "known keys" if is_sandbox else "keys, shown this once"
        lines += [
            "",
            f"Customer {welcome.customer.name} with {welcome.credits:,} credits; {once}:",
            f"  API key          {token.secret}",
            f"  access key       {pair.key.shown}",
            f"  secret key       {pair.secret}",
            f"  webhook secret   {hook.secret}",
            "",
            "Try it:",
            f'  curl {address}/v1/videos/text2video -H "Authorization: Bearer {token.secret}" \\',
            """    -H "Content-Type: application/json" -d '{"prompt": "a lake at dawn"}'""",
        ]
    telling.remark("\n".join(lines))
