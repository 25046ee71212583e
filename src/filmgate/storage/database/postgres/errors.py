"""What PostgreSQL's errors mean to us."""

from __future__ import annotations

import asyncpg

from filmgate.domain.errors import BadInput, SetUp, Wait

RETRY_AFTER_S = 2.0
SETTING = "FILMGATE_DATABASE_URL"

AGAIN = (asyncpg.TransactionRollbackError, asyncpg.UniqueViolationError)
"""Somebody was in the way at the same moment (a deadlock, or the same name): nothing was written,
and the second time their work is seen."""
_GONE = (
    OSError,  # with it TimeoutError
    asyncpg.PostgresConnectionError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.CannotConnectNowError,
    asyncpg.TooManyConnectionsError,
    asyncpg.IdleInTransactionSessionTimeoutError,
)


class Lost(Exception):
    """The connection is gone, and nothing was written on it."""


class InDoubt(Exception):
    """The connection went while the commit was out, and the server can't be asked about it."""


def is_gone(error: Exception) -> bool:
    return isinstance(error, _GONE)


def in_words(error: Exception) -> Exception:
    """What the caller is told; errors that are none of PostgreSQL's stay what they are."""
    said: Exception = error
    match error:
        case Lost():
            remedy = f"Check that the server is up and that {SETTING} names it; then try again."
            said = _wait(f"the database can't be reached: {error}", remedy)
        case InDoubt():
            said = _wait("the database went away while it wrote: nobody knows whether it did")
        case (
            asyncpg.LockNotAvailableError()
            | asyncpg.QueryCanceledError()
            | asyncpg.TransactionRollbackError()
        ):
            said = _wait("the database is busy")
        case asyncpg.DataError():
            said = BadInput(f"this can't be kept in the database: {error}")
        case (
            asyncpg.InvalidAuthorizationSpecificationError()
            | asyncpg.InvalidCatalogNameError()
            | asyncpg.ClientConfigurationError()
        ):
            said = _set_up(f"the database can't be opened: {error}")
        case asyncpg.IntegrityConstraintViolationError():
            pass  # a mistake of ours, which nobody can set up away
        case asyncpg.PostgresError():
            said = _set_up(f"the database can't be used: {error}")
    return said


def _wait(message: str, remedy: str = "Try again in a moment.") -> Wait:
    return Wait(message, retry_after_s=RETRY_AFTER_S, field=SETTING, remedy=remedy)


def _set_up(message: str) -> SetUp:
    return SetUp(
        message,
        field=SETTING,
        remedy=f"Check the server, the user's rights there, and {SETTING}.",
    )
