"""The ledger's rows. The kept balances change in the same transaction as the transfers."""

from __future__ import annotations

from filmgate.domain.change import AlreadyPosted, NotEnough
from filmgate.domain.ledger import BY_HAND, Account, Audit, Balance, Transfer
from filmgate.domain.ports import TransferQuery
from filmgate.storage.database.question import marks, transfers_wanted
from filmgate.storage.database.rows import (
    TRANSFER_COLUMNS,
    Row,
    number,
    transfer_cells,
    transfer_of,
)
from filmgate.storage.database.session import Database, Session, count

_NAMES = ", ".join(TRANSFER_COLUMNS)
_INSERT = (
    f"insert into transfer ({_NAMES}) values ({marks(TRANSFER_COLUMNS)}) "  # noqa: S608
    "on conflict do nothing"
)
_SELECT = f"select {_NAMES} from transfer"  # noqa: S608
_GIVE = """
insert into balance (customer, available, held) values (?, ?, 0)
on conflict (customer) do update set available = balance.available + excluded.available
"""
_MOVE = """
update balance set available = available + ?, held = held + ?
where customer = ? and available + ? >= 0
"""
_DIFFERENCE = """
select coalesce(sum(abs(available) + abs(held)), 0) from (
  select customer, sum(available) as available, sum(held) as held from (
    select customer,
      case 'available' when target then credits when source then -credits else 0 end as available,
      case 'held' when target then credits when source then -credits else 0 end as held
    from transfer
    union all
    select customer, -available, -held from balance
  ) as both_sides group by customer
) as by_customer
"""
_ENDED = "state in ('succeeded', 'failed', 'cancelled')"
_ENDING = "select 1 from transfer where task = task_row.id and kind in ('capture', 'release')"
_LEFT_OPEN = f"""
select count(*) from task as task_row
where hold_credits > 0 and {_ENDED} and not exists ({_ENDING})
"""  # noqa: S608
_WITHOUT_HOLD = f"""
select count(*) from task as task_row where hold_credits > 0 and not {_ENDED}
and (exists ({_ENDING})
     or not exists (select 1 from transfer where task = task_row.id and kind = 'hold'))
"""  # noqa: S608
_ENDED_TWICE = """
select count(*) from (
  select task from transfer where kind in ('capture', 'release') group by task having count(*) > 1
) as twice
"""


class DatabaseLedger:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def post(self, transfer: Transfer) -> Transfer:
        assert transfer.kind in BY_HAND, f"{transfer.kind} follows from a task alone"

        def work(session: Session) -> Transfer:
            write_transfer(session, transfer)
            return transfer

        return await self._database.write(work)

    async def balance(self, customer: str) -> Balance:
        return await self._database.read(lambda session: _balance(session, customer))

    async def transfers(self, wanted: TransferQuery) -> list[Transfer]:
        where = transfers_wanted(wanted)
        statement = f"{_SELECT}{where.sql()} order by seq desc limit ? offset ?"
        values = (*where.values, wanted.limit, wanted.offset)

        def work(session: Session) -> list[Transfer]:
            rows: list[Row] = session.execute(statement, values).fetchall()
            return [transfer_of(row) for row in rows]

        return await self._database.read(work)

    async def check(self) -> Audit:
        return await self._database.read(audit, at_one_moment=True)


def write_transfer(session: Session, transfer: Transfer) -> None:
    """Inside the caller's transaction. Raises AlreadyPosted, NotEnough."""
    if session.execute(_INSERT, transfer_cells(transfer)).rowcount != 1:
        raise AlreadyPosted(transfer.id)
    available, held = transfer.change(Account.AVAILABLE), transfer.change(Account.HELD)
    if held == 0 and available >= 0:
        session.execute(_GIVE, (transfer.customer, available))
        return
    values = (available, held, transfer.customer, available)
    if session.execute(_MOVE, values).rowcount != 1:
        there = _balance(session, transfer.customer)
        raise NotEnough(needed=-available, available=there.available)


def audit(session: Session) -> Audit:
    return Audit(
        difference=count(session, _DIFFERENCE),
        open_holds_of_ended_tasks=count(session, _LEFT_OPEN),
        open_tasks_without_hold=count(session, _WITHOUT_HOLD),
        holds_ended_twice=count(session, _ENDED_TWICE),
        transfers=count(session, "select count(*) from transfer"),
    )


def _balance(session: Session, customer: str) -> Balance:
    row = session.execute(
        "select available, held from balance where customer = ?", (customer,)
    ).fetchone()
    return Balance() if row is None else Balance(available=number(row[0]), held=number(row[1]))
