"""Keys as they are made, used, replaced and taken away."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace

import pytest
from tests.pretend.rooms import HandClock

from filmgate.catalogue.load import load_catalogue
from filmgate.catalogue.load_plans import load_plans
from filmgate.domain.customer import Caller, Customer, Denial, Given, Issued, KeyKind, Role
from filmgate.domain.customer_ports import Register
from filmgate.domain.errors import Conflict, FixRequest, NotFound, TopUp
from filmgate.domain.ledger import top_up
from filmgate.domain.request import TextToVideo
from filmgate.domain.task import OWNER, Output
from filmgate.execution.mint import RandomMint
from filmgate.storage.memory import memory_store
from filmgate.storage.memory_customers import memory_register
from filmgate.usecases.admin_customers import CustomerOffice
from filmgate.usecases.admin_keys import KeyOffice
from filmgate.usecases.callers import TOUCH_S, Door, Signer
from filmgate.usecases.customer_plans import CustomerPlans


@dataclass
class House:
    register: Register = field(default_factory=memory_register)
    clock: HandClock = field(default_factory=HandClock)

    def __post_init__(self) -> None:
        mint = RandomMint()
        ledger = memory_store().ledger
        self.ledger = ledger
        self.door = Door(register=self.register, plans=load_plans, clock=self.clock)
        self.keys = KeyOffice(register=self.register, clock=self.clock, mint=mint)
        self.customers = CustomerOffice(
            register=self.register, plans=load_plans, ledger=ledger, clock=self.clock, mint=mint
        )
        self.plans = CustomerPlans(self.register.customers, load_plans, load_catalogue)

    def customer(self, name: str = "alice", **more: object) -> Customer:
        return asyncio.run(self.customers.create(name, by="me", **more))

    def key(self, customer: Customer, kind: KeyKind = KeyKind.API, **more: object) -> Issued:
        return asyncio.run(self.keys.create(customer, kind=kind, by="me", **more))

    def caller(self, token: str) -> Caller | Denial:
        return asyncio.run(self.door.caller_of(token))

    def signer(self, access_key: str) -> Signer | Denial:
        return asyncio.run(self.door.signer_of(access_key))


@pytest.fixture
def house() -> House:
    return House()


def test_a_token_opens_the_door_for_its_customer(house: House) -> None:
    alice, bob = house.customer(plan="kie"), house.customer("bob")
    issued = house.key(alice)
    house.key(bob)
    caller = house.caller(issued.secret)
    assert isinstance(caller, Caller)
    assert (caller.customer, caller.plan.name, caller.key) == (alice, "kie", issued.key)


@pytest.mark.parametrize(
    "spoiled",
    [
        lambda token: token[:-1] + ("a" if token[-1] != "a" else "b"),
        lambda token: token + "a",
        lambda token: token[:-1],
        lambda token: token.swapcase(),
        lambda token: f" {token}",
        lambda token: "",
        lambda token: token[:11],
        lambda token: "\N{SNOWMAN}",
        lambda token: "\ud800",
    ],
)
def test_anything_but_the_token_opens_nothing(house: House, spoiled: Callable[[str], str]) -> None:
    issued = house.key(house.customer())
    assert house.caller(spoiled(issued.secret)) is Denial.UNKNOWN


def test_what_the_database_holds_of_a_token_opens_nothing(house: House) -> None:
    issued = house.key(house.customer())
    (stored,) = house.register.keys._rows.keys.values()
    assert issued.secret not in repr(stored)
    for stolen in (stored.handle, stored.key.shown, stored.key.id):
        assert house.caller(stolen) is Denial.UNKNOWN


def test_the_hash_is_compared_again_after_it_was_found(house: House) -> None:
    """A database that answers with somebody else's row doesn't open the door."""
    issued = house.key(house.customer())

    class Confused:
        async def find(self, handle: str) -> object:
            stored = next(iter(house.register.keys._rows.keys.values()))
            return replace(stored, handle=stored.handle[::-1])

    door = replace(house.door, register=replace(house.register, keys=Confused()))
    assert asyncio.run(door.caller_of(issued.secret)) is Denial.UNKNOWN


def test_s0_01_keys_that_we_issue_look_like_ak_and_sk(house: House) -> None:
    issued = house.key(house.customer(), KeyKind.PAIR)
    assert re.fullmatch(r"ak_[0-9A-Za-z]{27}", issued.key.shown)
    assert re.fullmatch(r"sk_[0-9A-Za-z]{43}", issued.secret)
    signer = house.signer(issued.key.shown)
    assert isinstance(signer, Signer)
    assert signer.secret_key == issued.secret
    assert signer.caller.key == issued.key


def test_s0_01_secrets_are_never_shown_by_a_repr(house: House) -> None:
    alice = house.customer()
    for kind in KeyKind:
        issued = house.key(alice, kind)
        assert issued.secret not in repr(issued)
        assert issued.secret not in repr(asyncio.run(house.keys.all()))
        assert issued.secret not in repr(asyncio.run(house.register.trail.all()))
    pair = house.key(alice, KeyKind.PAIR)
    signer = house.signer(pair.key.shown)
    assert pair.secret not in repr(signer)


def test_one_sort_of_key_is_not_taken_for_another(house: House) -> None:
    alice = house.customer()
    pair, token = house.key(alice, KeyKind.PAIR), house.key(alice)
    hook = house.key(alice, KeyKind.WEBHOOK)
    for word in (pair.key.shown, pair.secret, hook.secret, hook.key.id):
        assert house.caller(word) is Denial.UNKNOWN
    for word in (token.secret, token.key.shown, pair.secret, hook.key.id, hook.key.shown):
        assert house.signer(word) is Denial.UNKNOWN


def test_new_keys_differ_and_have_the_forms_that_others_expect() -> None:
    mint = RandomMint()
    assert len({mint.token() for _ in range(200)}) == 200
    assert re.fullmatch(r"fg_[0-9A-Za-z]{43}", mint.token())
    assert re.fullmatch(r"whsec_[0-9A-Za-z+/]{43}=", mint.webhook_secret())


def test_what_is_shown_of_a_token_is_its_beginning(house: House) -> None:
    issued = house.key(house.customer())
    assert issued.key.shown == issued.secret[:11]
    short = house.key(house.customer("bob"), given=Given(secret="sandbox-api-key"))
    assert short.key.shown == "sandb"


def test_keys_known_beforehand(house: House) -> None:
    alice = house.customer()
    house.key(alice, given=Given(secret="sandbox-api-key"))
    pair = Given(access_key="sandbox-access-key", secret="sandbox-secret-key-0123456789abcdef")
    house.key(alice, KeyKind.PAIR, given=pair)
    assert isinstance(house.caller("sandbox-api-key"), Caller)
    signer = house.signer("sandbox-access-key")
    assert isinstance(signer, Signer)
    assert signer.secret_key == pair.secret
    with pytest.raises(Conflict):
        house.key(alice, given=Given(secret="sandbox-api-key"))


@pytest.mark.parametrize("kind", list(KeyKind))
def test_a_revoked_key_is_useless_at_once_and_its_secret_gone(house: House, kind: KeyKind) -> None:
    alice = house.customer()
    issued = house.key(alice, kind)
    revoked = asyncio.run(house.keys.revoke(issued.key.id, by="me"))
    assert revoked.revoked_at == house.clock.time
    assert house.caller(issued.secret) in {Denial.REVOKED, Denial.UNKNOWN}
    assert house.signer(issued.key.shown) in {Denial.REVOKED, Denial.UNKNOWN}
    assert asyncio.run(house.door.signing_secrets(alice.id)) == []
    with pytest.raises(NotFound):
        asyncio.run(house.register.keys.secret(issued.key))
    with pytest.raises(Conflict):
        asyncio.run(house.keys.revoke(issued.key.id, by="me"))


@pytest.mark.parametrize("kind", [KeyKind.API, KeyKind.PAIR])
def test_rotation_lets_both_work_for_the_overlap(house: House, kind: KeyKind) -> None:
    def opens(issued: Issued) -> bool:
        if kind is KeyKind.API:
            return isinstance(house.caller(issued.secret), Caller)
        return isinstance(house.signer(issued.key.shown), Signer)

    first = house.key(house.customer(), kind, label="phone")
    old, second = asyncio.run(house.keys.rotate(first.key.id, overlap_s=60.0, by="me"))
    assert old.revoked_at == house.clock.time + 60
    assert second.key.label == "phone"
    assert second.key.customer == first.key.customer
    assert opens(first)
    assert opens(second)
    house.clock.time += 59.9
    assert opens(first)
    house.clock.time += 0.1
    assert not opens(first)
    assert opens(second)
    with pytest.raises(Conflict):
        asyncio.run(house.keys.rotate(first.key.id, by="me"))


def test_rotating_twice_never_lengthens_a_keys_life(house: House) -> None:
    first = house.key(house.customer())
    asyncio.run(house.keys.rotate(first.key.id, overlap_s=60.0, by="me"))
    old, _ = asyncio.run(house.keys.rotate(first.key.id, overlap_s=600.0, by="me"))
    assert old.revoked_at == house.clock.time + 60


@pytest.mark.parametrize("overlap_s", [-1.0, 91 * 24 * 3600.0, float("nan"), float("inf")])
def test_an_overlap_has_an_end(house: House, overlap_s: float) -> None:
    first = house.key(house.customer())
    with pytest.raises(FixRequest):
        asyncio.run(house.keys.rotate(first.key.id, overlap_s=overlap_s, by="me"))


def test_calls_are_signed_with_both_secrets_while_one_takes_over(house: House) -> None:
    alice = house.customer()
    first = house.key(alice, KeyKind.WEBHOOK)
    house.clock.time += 1
    _, second = asyncio.run(house.keys.rotate(first.key.id, overlap_s=60.0, by="me"))
    assert asyncio.run(house.door.signing_secrets(alice.id)) == [second.secret, first.secret]
    house.clock.time += 61
    assert asyncio.run(house.door.signing_secrets(alice.id)) == [second.secret]
    assert asyncio.run(house.door.signing_secrets("cus_other")) == []


def test_a_disabled_customers_keys_open_nothing_until_enabled(house: House) -> None:
    alice = house.customer()
    token, pair = house.key(alice), house.key(alice, KeyKind.PAIR)
    asyncio.run(house.customers.disable("alice", by="me"))
    assert house.caller(token.secret) is Denial.DISABLED
    assert house.signer(pair.key.shown) is Denial.DISABLED
    with pytest.raises(Conflict):
        asyncio.run(house.customers.disable(alice.id, by="me"))
    asyncio.run(house.customers.enable("alice", by="me"))
    assert isinstance(house.caller(token.secret), Caller)


def test_the_last_use_is_noted_but_not_with_every_call(house: House) -> None:
    issued = house.key(house.customer())

    def used_at() -> float | None:
        house.caller(issued.secret)
        return asyncio.run(house.keys.find(issued.key.id)).last_used_at

    start = house.clock.time
    assert used_at() == start
    house.clock.time += TOUCH_S - 1
    assert used_at() == start
    house.clock.time += 1
    assert used_at() == house.clock.time
    house.caller("fg_wrong")


def test_a_key_is_found_by_id_beginning_or_whole_and_never_repeated(house: House) -> None:
    issued = house.key(house.customer())
    for text in (issued.key.id, issued.key.shown, issued.secret):
        assert asyncio.run(house.keys.find(text)) == issued.key
    with pytest.raises(NotFound) as caught:
        asyncio.run(house.keys.find("fg_somebodys-whole-secret-key"))
    assert "somebody" not in repr(caught.value) + caught.value.message


# --- customers --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "more"),
    [
        ("", {}),
        ("   ", {}),
        ("cus_01", {}),
        ("a" * 101, {}),
        ("red\x1b[31m", {}),
        ("two\nlines", {}),
        ("x", {"priority": -1}),
        ("x", {"priority": 10}),
        ("x", {"max_task_credits": -1}),
        ("x", {"role": Role.OWNER}),
        ("x", {"plan": "no such plan"}),
    ],
)
def test_what_is_no_customer(house: House, name: str, more: dict[str, object]) -> None:
    with pytest.raises(FixRequest):
        house.customer(name, **more)
    assert asyncio.run(house.register.trail.all()) == []


def test_the_owner_can_be_neither_disabled_nor_sold_a_plan(house: House) -> None:
    for work in (
        house.customers.disable("owner", by="me"),
        house.customers.set_plan("owner", "kie", by="me"),
    ):
        with pytest.raises(Conflict):
            asyncio.run(work)


def test_credits_keep_their_worth_when_the_plan_changes(house: House) -> None:
    alice = house.customer()
    assert asyncio.run(house.customers.set_plan("alice", "kling", by="me")).plan == "kling"
    asyncio.run(house.customers.set_plan("alice", "kie", by="me"))
    asyncio.run(house.ledger.post(top_up("txn_1", alice.id, 10, 1.0, reference="r")))
    assert asyncio.run(house.customers.set_plan("alice", "piapi", by="me")).plan == "piapi"
    with pytest.raises(Conflict, match="worth something else"):
        asyncio.run(house.customers.set_plan("alice", "kling", by="me"))
    found = asyncio.run(house.customers.find("alice"))
    assert found.plan == "piapi"


# --- what tasks need to know ------------------------------------------------------------------

FIVE_S = Output(width=1, height=1, fps=24, duration_s=5.0, seed=1)


def price(house: House, customer: str, model: str = "kling-v1-6") -> int:
    asked = TextToVideo(prompt="x")
    return asyncio.run(
        house.plans.price_credits(
            customer, provider="local", model=model, request=asked, output=FIVE_S
        )
    )


def test_terms_come_from_the_plan(house: House) -> None:
    alice = house.customer(plan="kie", priority=3)
    terms = asyncio.run(house.plans.terms(alice.id))
    assert terms.plan == "kie"
    assert (terms.concurrency, terms.queue_max, terms.priority_max) == (10, 50, 3)
    assert terms.retention_s == 14 * 86400
    refusing = asyncio.run(house.plans.terms(house.customer("bob", plan="kling").id))
    assert refusing.queue_max == 0
    with pytest.raises(NotFound):
        asyncio.run(house.plans.terms("cus_9"))


def test_the_owner_pays_nothing_and_waits_for_nobody(house: House) -> None:
    terms = asyncio.run(house.plans.terms(OWNER))
    assert terms.concurrency is None
    assert terms.retention_s is None
    assert price(house, OWNER, "kling-v3") == 0


def test_what_has_no_price_is_refused_rather_than_given_away(house: House) -> None:
    alice = house.customer(plan="kie")
    assert price(house, alice.id, "kling-v2-1") == 50
    with pytest.raises(TopUp, match="has no price"):
        price(house, alice.id, "kling-v3")


def test_no_task_costs_more_than_the_customers_ceiling(house: House) -> None:
    assert price(house, house.customer(max_task_credits=50).id) == 50
    with pytest.raises(TopUp, match="no task of yours may take more than 49"):
        price(house, house.customer("bob", max_task_credits=49).id)
