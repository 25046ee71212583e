"""Everything an operator can do, by what it is done to."""

from __future__ import annotations

from dataclasses import dataclass

from filmgate.catalogue.load_plans import Plans
from filmgate.domain.customer_ports import Trail
from filmgate.usecases.admin_customers import CustomerOffice
from filmgate.usecases.admin_keys import KeyOffice
from filmgate.usecases.admin_webhooks import WebhookOffice
from filmgate.usecases.admin_work import CreditOffice, TaskOffice


@dataclass(frozen=True, slots=True, kw_only=True)
class Office:
    customers: CustomerOffice
    keys: KeyOffice
    credits: CreditOffice
    tasks: TaskOffice
    webhooks: WebhookOffice
    trail: Trail
    plans: Plans
