"""What the server answers. Times are ISO 8601 in UTC with milliseconds, units stand in the names.

A field is never left out: what is not known, or not yet, is null.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from msgspec import Meta, Struct

from filmgate.domain.change import EventKind
from filmgate.domain.customer import Role, WhenFull
from filmgate.domain.delivery import DeliveryState
from filmgate.domain.ledger import Kind as TransferKind
from filmgate.domain.model import Feature
from filmgate.domain.request import Kind, Mode, Ratio
from filmgate.domain.task import State
from filmgate.protocols.filmgate.shapes import Pattern, request_shapes
from filmgate.protocols.filmgate.wire import TASK_ID

Time = Annotated[str, Meta(extra_json_schema={"format": "date-time"})]
TaskId = Annotated[str, Meta(pattern=TASK_ID)]


class Reply(Struct, kw_only=True):
    """What all answers are. Clients pass over fields they don't know: later versions add some."""


class ErrorFacts(Reply):
    code: Annotated[str, Meta(description="One word; decide by this.")]
    message: Annotated[str, Meta(description="One sentence for people.")]
    request_id: str
    field: str | None = None
    remedy: str | None = None
    retry_after_s: float | None = None
    needed_credits: int | None = None
    available_credits: int | None = None


class ErrorReply(Reply):
    error: ErrorFacts


class GivenAsset(Reply):
    """An input as the task has it."""

    asset: str | None
    """None until it has been fetched."""
    url: str | None
    media_type: str | None
    size_bytes: int | None
    name: str


TOLD = request_shapes(Pattern(asset=GivenAsset, suffix="", base=Reply, meta={}, is_strict=False))
if TYPE_CHECKING:
    AnyTold = Reply
else:
    AnyTold = TOLD.union()


class OutputReply(Reply):
    """What the film is to be, exactly."""

    width: int
    height: int
    fps: int
    duration_s: float
    sound: bool
    seed: int


class FilmReply(Reply):
    """The film as it was measured, and where it is; links are signed and end some day."""

    url: str | None
    poster_url: str | None
    thumbnail_url: str | None
    preview_url: str | None
    width: int
    height: int
    fps: float
    duration_s: float
    sound: bool
    size_bytes: int
    sha256: str


class StepReply(Reply):
    at: Time
    state: State
    note: str


class ChosenReply(Reply):
    provider: str
    because: str
    rejected: tuple[str, ...]


class WebhookReply(Reply):
    url: str


class ProgressReply(Reply):
    """How far a task is; percent is work done, and null where nobody knows."""

    state: State
    percent: float | None
    stage: str | None
    frames_per_second: float | None
    eta_s: float | None
    tasks_ahead: Annotated[int, Meta(description="How many in the same line are older.")]


class TaskReply(Reply):
    id: TaskId
    state: State
    kind: Kind
    percent: float | None
    stage: str | None
    frames_per_second: float | None
    eta_s: float | None
    tasks_ahead: int
    model: str
    provider: str
    chosen: ChosenReply | None
    external_id: str | None
    request: AnyTold
    output: OutputReply
    film: FilmReply | None
    rescued: Annotated[bool, Meta(description="The film came after the task had failed; free.")]
    reason: str | None
    fault: str | None
    notes: tuple[str, ...]
    understood: dict[str, str]
    price_usd_micros: int
    held_credits: int
    charged_credits: int | None
    priority: int
    webhook: WebhookReply | None
    timeline: tuple[StepReply, ...]
    created_at: Time
    updated_at: Time
    deadline_at: Time | None
    expires_at: Time | None


class TaskList(Reply):
    tasks: tuple[TaskReply, ...]
    next_cursor: str | None


class OfferReply(Reply):
    """What one provider would do for a request, or why it can't."""

    provider: str
    model: str
    possible: bool
    why_not: str | None
    remedy: str | None
    credits: Annotated[int | None, Meta(description="What your plan takes.")]
    price_usd_micros: Annotated[int | None, Meta(description="The provider's own price.")]
    output: OutputReply | None
    notes: tuple[str, ...]


class QuoteReply(Reply):
    kind: Kind
    offers: tuple[OfferReply, ...]


class AssetReply(Reply):
    id: str
    media_type: str
    size_bytes: int
    name: str
    sha256: str
    width: int | None
    height: int | None
    duration_s: float | None
    fps: float | None
    sound: bool | None


class FrameReply(Reply):
    width: int
    height: int
    fps: int


class AbilityReply(Reply):
    """In each cell of modes and lengths all features work, also together. Empty: any."""

    kinds: tuple[Kind, ...]
    modes: tuple[Mode, ...]
    durations_s: tuple[int, ...]
    range_s: tuple[float, float] | None
    features: tuple[Feature, ...]
    silent: bool


class ListingReply(Reply):
    """The model as one provider has it."""

    usable: Annotated[bool, Meta(description="Whether this server can send it work.")]
    retired: str | None
    kinds: tuple[Kind, ...]
    usd_micros_for_5_s: dict[Mode, int]
    priced: str | None
    source: str | None


class ModelReply(Reply):
    name: str
    title: str
    summary: str
    source: str
    kinds: tuple[Kind, ...]
    modes: dict[Mode, FrameReply]
    default_mode: Mode | None
    durations_s: tuple[int, ...]
    ratios: tuple[Ratio, ...]
    features: tuple[Feature, ...]
    abilities: tuple[AbilityReply, ...]
    prompt_chars: int
    names: Annotated[tuple[str, ...], Meta(description="Whatever other protocols call it.")]
    credits_for_5_s: Annotated[dict[Mode, int], Meta(description="What your plan takes.")]
    providers: dict[str, ListingReply]


class ModelList(Reply):
    models: tuple[ModelReply, ...]


class RateReply(Reply):
    requests: int
    window_s: int


class PlanReply(Reply):
    name: str
    title: str
    summary: str
    credit_usd_micros: int
    concurrency: int | None
    queue_limit: int
    when_full: WhenFull
    rates: tuple[RateReply, ...]
    retention_days: int | None


class BalanceReply(Reply):
    available_credits: int
    held_credits: int


class AccountReply(Reply):
    id: str
    name: str
    role: Role
    key: Annotated[str, Meta(description="The beginning of the key that was used.")]
    plan: PlanReply
    balance: BalanceReply
    priority_max: int
    max_task_credits: int | None
    unfinished_tasks: int


class TransactionReply(Reply):
    id: str
    kind: TransferKind
    available_credits: Annotated[int, Meta(description="What it did to the available credits.")]
    held_credits: Annotated[int, Meta(description="What it did to the held ones.")]
    task: str | None
    reference: str | None
    note: str
    at: Time


class TransactionList(Reply):
    transactions: tuple[TransactionReply, ...]
    next_cursor: str | None


class EventReply(Reply):
    id: str
    type: str
    event: EventKind
    task: str
    webhook_host: str | None
    at: Time


class EventList(Reply):
    events: tuple[EventReply, ...]


class DeliveryReply(Reply):
    """A webhook on its way."""

    id: str
    type: str
    task: str
    host: str
    state: DeliveryState
    tries: int
    due_at: Time | None


class DeliveryList(Reply):
    deliveries: tuple[DeliveryReply, ...]


class ReceiverReply(Reply):
    """Somebody who is called for every task."""

    id: str
    name: str
    url: str
    events: tuple[str, ...]
    secret_hint: Annotated[str, Meta(description="The end of its signing secret.")]
    created_at: Time
    updated_at: Time


class ReceiverList(Reply):
    receivers: tuple[ReceiverReply, ...]


class NewReceiverReply(Reply):
    receiver: ReceiverReply
    secret: Annotated[str, Meta(description="What calls are signed with; shown this once.")]


class TrialReply(Reply):
    status: Annotated[int, Meta(description="What the receiver answered.")]


class ItemReply(Reply):
    """A voice or an element, for requests to name by its id."""

    id: str
    name: str
    description: str
    is_preset: bool
    created_at: Time | None


class ItemList(Reply):
    items: tuple[ItemReply, ...]
