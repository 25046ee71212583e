"""Everything an operator can do, by what it is done to."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from filmgate.catalogue.load_plans import Plans
from filmgate.domain.customer_ports import Mint, Register, Trail
from filmgate.domain.ports import Clock, Ids, Provider, Store
from filmgate.usecases.admin_customers import CustomerOffice
from filmgate.usecases.admin_keys import KeyOffice
from filmgate.usecases.admin_webhooks import WebhookOffice
from filmgate.usecases.admin_work import CreditOffice, TaskOffice


def open_office(
    register: Register,
    store: Store,
    *,
    providers: Mapping[str, Provider],
    plans: Callable[[], Plans],
    clock: Clock,
    ids: Ids,
    mint: Mint,
) -> Office:
    trail = register.trail
    return Office(
        customers=CustomerOffice(
            register=register, plans=plans, ledger=store.ledger, clock=clock, mint=mint
        ),
        keys=KeyOffice(register=register, clock=clock, mint=mint),
        credits=CreditOffice(store=store, trail=trail, clock=clock, ids=ids),
        tasks=TaskOffice(store=store, trail=trail, clock=clock, providers=providers),
        webhooks=WebhookOffice(log=store.delivery_log, trail=trail, clock=clock),
        trail=trail,
        plans=plans(),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Office:
    customers: CustomerOffice
    keys: KeyOffice
    credits: CreditOffice
    tasks: TaskOffice
    webhooks: WebhookOffice
    trail: Trail
    plans: Plans
