"""``filmgate admin keys``. A secret is printed when it is made, and never again."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from filmgate.domain.customer import ApiKey, Issued, KeyKind
from filmgate.domain.errors import FixRequest
from filmgate.entrypoints.cli import telling
from filmgate.entrypoints.cli.admin.asking import CustomerName, Json, Yes, at_work, confirm
from filmgate.entrypoints.cli.admin.asking import operator as me
from filmgate.entrypoints.cli.failures import DONE
from filmgate.entrypoints.cli.parsing import group

if TYPE_CHECKING:
    from filmgate.assembly import Embedded

app = group("keys", "What customers call with; shown once.")

KeyName = Annotated[str, Parameter(name="KEY", help="A key's id, or what is shown of it.")]
HOUR_S = 3600.0


@app.command
def create(
    customer: CustomerName,
    /,
    *,
    kind: Annotated[
        str,
        Parameter(
            name="--kind",
            help="api (a token), pair (Kling's access key and secret key), "
            "or webhook (what calls to the customer are signed with).",
        ),
    ] = "api",
    label: Annotated[str, Parameter(name="--label", help="What it is for.")] = "",
    json: Json = False,
) -> int:
    """Make a key and print it. It can't be shown again."""
    wanted = _kind(kind)

    async def work(house: Embedded) -> int:
        found = await house.office.customers.find(customer)
        issued = await house.office.keys.create(found, kind=wanted, label=label, by=me())
        if json:
            telling.say_json({**facts(issued.key, time.time()), **_secret(issued)})
        else:
            _tell_issued(issued)
        return DONE

    return at_work(work)


@app.command(name="list")
def list_keys(
    *,
    customer: Annotated[
        str | None, Parameter(name="--customer", help="Only this customer's.")
    ] = None,
    json: Json = False,
) -> int:
    """Every key, without its secret."""

    async def work(house: Embedded) -> int:
        office = house.office
        owner = None if customer is None else (await office.customers.find(customer)).id
        found = await office.keys.all(owner)
        now = time.time()
        if json:
            telling.say_json([facts(key, now) for key in found])
        elif found:
            _tell_keys(found, now)
        else:
            telling.remark("no keys yet")
        return DONE

    return at_work(work)


@app.command
def revoke(key: KeyName, /, *, yes: Yes = False, json: Json = False) -> int:
    """Make a key useless, at once and for good."""
    confirm("Whoever uses this key is locked out at once, for good.", yes=yes)

    async def work(house: Embedded) -> int:
        revoked = await house.office.keys.revoke(key, by=me())
        if json:
            telling.say_json(facts(revoked, time.time()))
        else:
            telling.say(f"{revoked.id} revoked")
        return DONE

    return at_work(work)


@app.command
def rotate(
    key: KeyName,
    /,
    *,
    overlap_h: Annotated[
        float, Parameter(name="--overlap", help="Hours that the old key goes on working.")
    ] = 24,
    json: Json = False,
) -> int:
    """Make a key's successor and print it; the old one works on for a while."""

    async def work(house: Embedded) -> int:
        old, issued = await house.office.keys.rotate(key, overlap_s=overlap_h * HOUR_S, by=me())
        now = time.time()
        if json:
            new = {**facts(issued.key, now), **_secret(issued)}
            telling.say_json({**new, "replaces": facts(old, now)})
        else:
            _tell_issued(issued)
            until = telling.clock_time(old.revoked_at or now)
            telling.remark(f"{old.id} ({old.shown}) works until {until}")
        return DONE

    return at_work(work)


@app.command(name="rotate-master")
def rotate_master(*, yes: Yes = False, json: Json = False) -> int:
    """Encrypt all stored secrets with a new master key. Interrupted, it can be repeated."""
    confirm("Copies of the home made before this need the old master key.", yes=yes)

    async def work(house: Embedded) -> int:
        done = await house.office.keys.rotate_master(by=me())
        if json:
            told = {"secrets": done.secrets, "master": done.master, "left_to_do": done.left_to_do}
            telling.say_json(told)
        else:
            telling.say(f"secrets encrypted anew: {done.secrets}; master key {done.master}")
            if done.left_to_do:
                telling.remark(f"left to do: {done.left_to_do}")
        return DONE

    return at_work(work)


def facts(key: ApiKey, now: float) -> dict[str, object]:
    """Fit for anybody's eyes."""
    return {
        "key": key.id,
        "customer": key.customer,
        "kind": key.kind.value,
        "shown": key.shown,
        "label": key.label,
        "works": key.works_at(now),
        "created_at": telling.iso_time(key.created_at),
        "revoked_at": None if key.revoked_at is None else telling.iso_time(key.revoked_at),
        "last_used_at": None if key.last_used_at is None else telling.iso_time(key.last_used_at),
    }


def _secret(issued: Issued) -> dict[str, object]:
    match issued.key.kind:
        case KeyKind.API:
            return {"api_key": issued.secret}
        case KeyKind.PAIR:
            return {"access_key": issued.key.shown, "secret_key": issued.secret}
        case KeyKind.WEBHOOK:
            return {"webhook_secret": issued.secret}


def _tell_issued(issued: Issued) -> None:
    """The secret alone on stdout, so that it can be piped to where it belongs."""
    if issued.key.kind is KeyKind.PAIR:
        telling.say(f"KLING_ACCESS_KEY={issued.key.shown}")
        telling.say(f"KLING_SECRET_KEY={issued.secret}")
    else:
        telling.say(issued.secret)
    telling.remark(f"{issued.key.id}: keep it now, it is never shown again")


def _tell_keys(keys: list[ApiKey], now: float) -> None:
    telling.say_table(
        ("KEY", "KIND", "SHOWN", "AGE", "USED", "STATE", "CUSTOMER", "LABEL"),
        [
            (
                key.id,
                key.kind.value,
                key.shown,
                telling.age(key.created_at, now),
                "-" if key.last_used_at is None else f"{telling.age(key.last_used_at, now)} ago",
                _state(key, now),
                key.customer,
                key.label,
            )
            for key in keys
        ],
    )


def _state(key: ApiKey, now: float) -> str:
    if key.revoked_at is None:
        return "works"
    if key.works_at(now):
        return f"works {telling.age(now, key.revoked_at)} more"
    return "revoked"


def _kind(text: str) -> KeyKind:
    try:
        return KeyKind(text.lower())
    except ValueError:
        raise FixRequest(
            f"there is no kind {text!r}", field="--kind", remedy=f"choose {', '.join(KeyKind)}"
        ) from None
