"""What a sandbox changes of a house: its clock, its provider, its service and its frame."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from filmgate.domain.line import Account
from filmgate.domain.ports import Clock, Provider
from filmgate.execution.clock import SystemClock, TurnedClock
from filmgate.usecases.service import Service

if TYPE_CHECKING:
    from prometheus_client import CollectorRegistry

    from filmgate.entrypoints.api.journal import Journal
    from filmgate.protocols.face import Face

    MakeJournal = Callable[[CollectorRegistry], Journal]

SLOTS = 16
"""A task that is stuck by its script takes one for as long as the sandbox lives."""


class Stage:
    """Of a house that serves customers: nothing is changed."""

    def __init__(self) -> None:
        self.clock: Clock = SystemClock()

    def account(self, account: Account) -> Account:
        return account

    def provider(self, provider: Provider) -> Provider:
        return provider

    def service(self, service: Service) -> Service:
        return service

    def faces(self, faces: Sequence[Face], look_again: Callable[[], None]) -> Sequence[Face]:
        """``look_again``: looks at every task now."""
        del look_again
        return faces

    def journal(self, journal: MakeJournal) -> MakeJournal:
        return journal


class SandboxStage(Stage):
    def __init__(self) -> None:
        super().__init__()
        from filmgate.entrypoints.api.stage import Record  # noqa: PLC0415 - sandboxes alone

        self._turned = TurnedClock()
        self.clock = self._turned
        self._record = Record()

    def account(self, account: Account) -> Account:
        return replace(account, slots=SLOTS)

    def provider(self, provider: Provider) -> Provider:
        from filmgate.providers.rehearsal import RehearsalProvider  # noqa: PLC0415 - see above

        return RehearsalProvider(provider, self.clock, random.random)

    def service(self, service: Service) -> Service:
        from filmgate.usecases.rehearse import on_stage  # noqa: PLC0415 - see above

        return on_stage(service)

    def faces(self, faces: Sequence[Face], look_again: Callable[[], None]) -> Sequence[Face]:
        from filmgate.entrypoints.api.stage import SandboxFace, staged  # noqa: PLC0415 - see above

        def turn(seconds: float) -> None:
            self._turned.turn(seconds)
            look_again()

        own = SandboxFace(record=self._record, turn=turn, now=self._turned.now)
        return staged(faces, own)

    def journal(self, journal: MakeJournal) -> MakeJournal:
        return self._record.over(journal)
