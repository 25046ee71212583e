"""The house's vital signs as Prometheus reads them."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Gauge, generate_latest

from filmgate.usecases.vitals import VitalSigns


class Figures:
    def __init__(self, registry: CollectorRegistry, signs: VitalSigns) -> None:
        self._registry = registry
        self._signs = signs

        def gauge(name: str, told: str, labels: tuple[str, ...] = ()) -> Gauge:
            return Gauge(f"filmgate_{name}", told, labels, registry=registry)

        self._tasks = gauge("tasks", "Unfinished tasks, by state.", ("state",))
        self._oldest = gauge("oldest_queued_seconds", "Age of the oldest task in the queue.")
        self._polls = gauge("poll_lag_seconds", "How late the latest look at a provider is.")
        self._frames = gauge("render_frames_per_second", "Of all local renders together.")
        self._waiting = gauge("webhooks_waiting", "Webhooks that have not arrived yet.")
        self._webhooks = gauge("webhook_lag_seconds", "How long the oldest due webhook waits.")
        self._difference = gauge(
            "ledger_difference_credits", "Kept balances against all transfers; 0 when sound."
        )
        self._faults = gauge(
            "ledger_faults", "Holds that don't match their tasks; 0 when sound.", ("kind",)
        )

    async def scrape(self) -> bytes:
        """Raises SetUp where the store is in trouble."""
        now = await self._signs.read()
        for state, count in now.tasks.items():
            self._tasks.labels(state.value).set(count)
        self._oldest.set(now.oldest_queued_s)
        self._polls.set(now.poll_lag_s)
        self._frames.set(now.frames_per_second)
        self._waiting.set(now.deliveries_waiting)
        self._webhooks.set(now.delivery_lag_s)
        self._difference.set(now.audit.difference)
        faults = self._faults.labels
        faults("open_holds_of_ended_tasks").set(now.audit.open_holds_of_ended_tasks)
        faults("open_tasks_without_hold").set(now.audit.open_tasks_without_hold)
        faults("holds_ended_twice").set(now.audit.holds_ended_twice)
        return generate_latest(self._registry)
