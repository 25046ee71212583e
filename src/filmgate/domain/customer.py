"""Who calls, with which key, under which plan; and what a plan takes for a request.

Nothing here holds a secret for longer than it takes to show it once: keys are known by what is
shown of them, and ``Issued`` is the only value that carries a secret, hidden from its own repr.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from hashlib import sha256

from filmgate.domain.line import RateLimit
from filmgate.domain.model import Charge, Model, asked
from filmgate.domain.pricing import blocks_of, fits
from filmgate.domain.request import Request
from filmgate.domain.task import OWNER, Output

CUSTOMER_HEAD = "cus_"
KEY_HEAD = "key_"
DAY_S = 86_400


class WhenFull(StrEnum):
    """What becomes of a task beyond the plan's concurrency."""

    QUEUE = "queue"
    REFUSE = "refuse"


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanPrice(Charge):
    """One line of a plan's price list; the first line that fits a request counts."""

    credits: int
    """Whole credits for each begun block."""
    models: frozenset[str] = frozenset()
    """The catalogue's names; empty: every model."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Limits and prices, as data. Nobody pays us here: what a plan costs a month is only told."""

    name: str
    title: str
    summary: str
    source: str
    credit_usd_micros: int = 5_000
    concurrency: int | None = None
    """How many tasks may be at work at once; None for no limit."""
    queue_limit: int = 50
    """How many more may wait."""
    when_full: WhenFull = WhenFull.QUEUE
    rates: tuple[RateLimit, ...] = ()
    """For requests that make something."""
    query_rates: tuple[RateLimit, ...] = ()
    """For questions about tasks."""
    retention_days: int | None = None
    """None: kept until somebody removes it."""
    prices: tuple[PlanPrice, ...] = ()
    tier: str = ""
    usd_per_month: Decimal = Decimal(0)
    hosted_concurrency: int | None = None
    """On accounts that the customer brings along; None: not offered."""
    usd_per_hosted_seat: Decimal | None = None

    @property
    def queue_max(self) -> int:
        return 0 if self.when_full is WhenFull.REFUSE else self.queue_limit

    @property
    def retention_s(self) -> float | None:
        return None if self.retention_days is None else float(self.retention_days * DAY_S)


def plan_price(plan: Plan, model: Model, request: Request, output: Output) -> int | None:
    """Whole credits, a begun block counting as one; None where the plan has no price.

    None must never be read as nothing: what has no price is refused.
    """
    want = asked(model, request)
    for line in plan.prices:
        known = not line.models or model.name in line.models
        if known and fits(line, want, output.duration_s):
            return line.credits * blocks_of(line, output.duration_s)
    return None


class Role(StrEnum):
    CUSTOMER = "customer"
    ADMIN = "admin"
    """Sees details and costs that a customer's error leaves out, and the studio's admin pages."""
    OWNER = "owner"
    """Who sits at the computer itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Customer:
    id: str
    name: str
    """What people call the customer; no two share one."""
    plan: str
    role: Role = Role.CUSTOMER
    created_at: float
    disabled_at: float | None = None
    priority: int = 0
    """The highest that the customer may give a task."""
    max_task_credits: int | None = None
    """The most that one task may cost; None for no ceiling."""


PRIORITY_MAX = 9
THE_OWNER = Customer(
    id=OWNER, name=OWNER, plan=OWNER, role=Role.OWNER, created_at=0.0, priority=PRIORITY_MAX
)
"""In every store from the beginning."""


class KeyKind(StrEnum):
    API = "api"
    """A token, sent as it is; we keep its hash."""
    PAIR = "pair"
    """Access key and secret key, for tokens that the client signs; we must read the secret."""
    WEBHOOK = "webhook"
    """What we sign calls to the customer with; we must read it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiKey:
    """A key as everybody may see it."""

    id: str
    customer: str
    kind: KeyKind
    shown: str
    """The beginning of a token (``fg_1a2b3c4d``); the whole access key of a pair."""
    label: str = ""
    created_at: float
    revoked_at: float | None = None
    """From then on it opens nothing; may lie ahead, while a new key takes over."""
    last_used_at: float | None = None

    def works_at(self, now: float) -> bool:
        return self.revoked_at is None or now < self.revoked_at


@dataclass(frozen=True, slots=True, kw_only=True)
class Issued:
    """A new key with its secret, which is shown now and never again."""

    key: ApiKey
    secret: str = field(repr=False)
    """The token, the secret key of a pair, or the signing secret."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """Keys that are known beforehand, as a sandbox has them. Never for real customers."""

    secret: str
    access_key: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Welcome:
    """A server's first customer, with keys that are shown this once."""

    customer: Customer
    credits: int
    keys: Mapping[KeyKind, Issued]


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredKey:
    key: ApiKey
    handle: str = field(repr=False)
    """What it is found by: the token's hash, or the access key of a pair."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Who a key belongs to, once it is proved."""

    customer: Customer
    plan: Plan
    key: ApiKey


class Denial(StrEnum):
    """Why a key opens nothing. For our log and our own choice of words: a stranger learns only
    that it doesn't."""

    UNKNOWN = "unknown"
    REVOKED = "revoked"
    DISABLED = "disabled"
    """The key is right; its customer is locked out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Deed:
    """One line of the trail: who did what to whom. Never changed, never removed."""

    at: float
    by: str
    """The operating system's name of the operator."""
    action: str
    """The command, like ``keys revoke``."""
    subject: str
    """The id of what it was done to."""
    details: Mapping[str, str] = field(default_factory=dict[str, str])
    """The arguments; no secret is ever among them."""


def token_handle(token: str) -> str:
    """What an API key is stored and found as.

    One round of SHA-256 is right here, where for a password it would be wrong: a slow hash makes
    guessing dear, and a token of 256 random bits can't be guessed at any price. A slow one would
    only let strangers burn our processor with every wrong key that they send.
    """
    return sha256(b"filmgate key\0" + token.encode(errors="surrogatepass")).hexdigest()
