"""The errors of the house, sorted by what the reader must do about them.

Each leaf says in one line what is wrong (``message``), where (``field``, the name of the request's
field, which every protocol and the CLI translates to its own word) and what helps (``remedy``).
"""

from __future__ import annotations


class FilmgateError(Exception):
    """Something went wrong; the subclass says who can mend it."""

    def __init__(
        self, message: str, *, field: str | None = None, remedy: str | None = None
    ) -> None:
        super().__init__(message)
        self.message = message
        self.field = field
        self.remedy = remedy


class FixRequest(FilmgateError):
    """The request can't be carried out as it stands: change it. Nothing was spent."""


class Unsupported(FixRequest):
    """No model, or not this one, can do what was asked; the remedy names the nearest that can."""


class UnknownModel(Unsupported):
    """Nobody knows a model of that name."""


class Disallowed(FixRequest):
    """The content is not allowed here."""


class BadInput(FixRequest):
    """A given picture, sound or clip can't be read or breaks a limit."""


class NotFound(FixRequest):
    """There is no such thing, or it belongs to somebody else."""


class Conflict(FixRequest):
    """The thing is no longer, or not yet, in a state that allows this."""


class TopUp(FilmgateError):
    """There is not enough money, or the caller's own ceiling is lower than the price."""

    def __init__(
        self,
        message: str,
        *,
        needed_credits: int | None = None,
        available_credits: int | None = None,
        field: str | None = None,
        remedy: str | None = None,
    ) -> None:
        super().__init__(message, field=field, remedy=remedy)
        self.needed_credits = needed_credits
        self.available_credits = available_credits


class Wait(FilmgateError):
    """Too much at once; the same request will do later."""

    def __init__(
        self,
        message: str,
        *,
        retry_after_s: float,
        field: str | None = None,
        remedy: str | None = None,
    ) -> None:
        super().__init__(message, field=field, remedy=remedy)
        self.retry_after_s = retry_after_s


class Unreachable(FilmgateError):
    """The provider can't be reached; nothing is known to have been started."""


class SetUp(FilmgateError):
    """The installation or its settings are incomplete; the operator must act."""


class RenderFailed(FilmgateError):
    """The work was started and failed; the message is the reason told to the customer."""
