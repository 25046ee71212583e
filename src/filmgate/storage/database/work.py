"""Lines, owners and what a runner has in hand."""

from __future__ import annotations

from filmgate.domain.change import Limit
from filmgate.domain.line import Account, Line, Unfetched, Waiting, tasks_at_once
from filmgate.domain.ports import InHand
from filmgate.domain.task import IN_SLOTS, State
from filmgate.storage.database.question import OPEN_ONLY, counted, marks
from filmgate.storage.database.rows import Row, maybe, number, text, time
from filmgate.storage.database.session import Database, Session, count

# Word for word as the index has it.
_BEGUN = "(state in ('starting', 'in_doubt', 'running', 'fetching') or rescue_until is not null)"
_READY = f"state = 'queued' and unfetched = 0 and {OPEN_ONLY}"
# Steps from customer to customer along the index: its cost is the number of customers who wait,
# and not the number of their tasks.
_LINE = f"""
with recursive member (customer) as (
  select min(customer) from task where account = ? and {_READY}
  union all
  select (select min(customer) from task
          where account = ? and {_READY}
          and customer > member.customer)
  from member where member.customer is not null
), head as (
  select customer,
    (select id from task where account = ? and {_READY}
     and customer = member.customer and model not in (FULL)
     order by priority desc, created_at, id limit 1) as first,
    coalesce((select served from turn where account = ? and customer = member.customer), 0)
      as served,
    (select count(*) from task where customer = member.customer
     and state in ('running', 'starting') and {OPEN_ONLY}) as busy
  from member where customer is not null
)
select first, customer, served, busy from head where first is not null order by served, first
"""  # noqa: S608
_OF_ONE = f"""
select id from task where account = ? and {_READY}
and customer = ? and model not in (FULL) order by priority desc, created_at, id limit ?
"""  # noqa: S608
_UNFETCHED = f"state = 'queued' and unfetched = 1 and {OPEN_ONLY}"
_WHO_WAITS = f"""
with recursive member (customer) as (
  select min(customer) from task where account = ? and {_UNFETCHED}
  union all
  select (select min(customer) from task
          where account = ? and {_UNFETCHED}
          and customer > member.customer)
  from member where member.customer is not null
)
select customer from member where customer is not null
"""  # noqa: S608
_WHAT_WAITS = f"""
select id from task where account = ? and {_UNFETCHED} and customer = ?
order by priority desc, created_at, id limit ?
"""  # noqa: S608
_IN_HAND = f"""
select id, account, state, job, model, updated_at, give_up_at, rescue_until from task
where runner = ? and {_BEGUN}
"""  # noqa: S608


_OWNERS = f"""
select distinct runner from task where {_BEGUN} and runner is not null
"""  # noqa: S608


class DatabaseWork:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def line(self, account: Account, *, besides_runners: frozenset[str]) -> Line:
        def work(session: Session) -> Line:
            def used(model: str | None = None) -> int:
                return _in_slots(session, account.id, model, besides_runners)

            full = [model for model, most in account.slots_of_model.items() if used(model) >= most]
            rows: list[Row] = session.execute(
                _LINE.replace("FULL", marks(full)),
                (account.id, account.id, account.id, *full, account.id),
            ).fetchall()
            in_use = used()
            at_once = tasks_at_once(account.slots - in_use, len(rows))

            def tasks(first: str, customer: str) -> tuple[str, ...]:
                if at_once == 1:
                    return (first,)
                found: list[Row] = session.execute(
                    _OF_ONE.replace("FULL", marks(full)), (account.id, customer, *full, at_once)
                ).fetchall()
                return tuple(text(row[0]) for row in found)

            waiting = tuple(
                Waiting(
                    customer=text(customer),
                    tasks=tasks(text(first), text(customer)),
                    served=number(served),
                    busy=number(busy),
                )
                for first, customer, served, busy in rows
            )
            return Line(in_use=in_use, waiting=waiting)

        return await self._database.read(work)

    async def unfetched(self, account: Account, *, each: int) -> list[Unfetched]:
        def work(session: Session) -> list[Unfetched]:
            found: list[Unfetched] = []
            for (cell,) in session.execute(_WHO_WAITS, (account.id, account.id)).fetchall():
                customer = text(cell)
                rows = session.execute(_WHAT_WAITS, (account.id, customer, each)).fetchall()
                tasks = tuple(text(row[0]) for row in rows)
                found.append(Unfetched(customer=customer, tasks=tasks))
            return found

        return await self._database.read(work)

    async def owners(self) -> frozenset[str]:
        def work(session: Session) -> frozenset[str]:
            rows: list[Row] = session.execute(_OWNERS).fetchall()
            return frozenset(text(row[0]) for row in rows)

        return await self._database.read(work)

    async def adopt(self, runner: str, gone: frozenset[str]) -> int:
        names = sorted(gone)

        def work(session: Session) -> int:
            # The version is raised, so that whoever was thought gone finds its claim stale.
            return session.execute(
                "update task set runner = ?, version = version + 1 "  # noqa: S608
                f"where (runner in ({marks(names)}) or runner is null) and {_BEGUN}",
                (runner, *names),
            ).rowcount

        return await self._database.write(work)

    async def in_hand(self, runner: str, *, account: str | None = None) -> list[InHand]:
        statement = _IN_HAND + (" and account = ?" if account is not None else "")
        values = (runner,) if account is None else (runner, account)

        def work(session: Session) -> list[InHand]:
            return [_in_hand(row) for row in session.execute(statement, values).fetchall()]

        return await self._database.read(work)

    async def overdue(self, now: float) -> list[str]:
        def work(session: Session) -> list[str]:
            rows: list[Row] = session.execute(
                "select id from task where state = 'queued' and give_up_at is not null "
                "and give_up_at <= ? limit 500",
                (now,),
            ).fetchall()
            return [text(row[0]) for row in rows]

        return await self._database.read(work)


def _in_slots(session: Session, account: str, model: str | None, besides: frozenset[str]) -> int:
    where = counted(
        Limit(at_most=0, states=IN_SLOTS, account=account, model=model, besides_runners=besides)
    )
    statement = f"select count(*) from task{where.sql()}"  # noqa: S608 - no value is in it
    return count(session, statement, where.values)


def _in_hand(row: Row) -> InHand:
    task, account, state, job, model, since, give_up_at, rescue_until = row
    return InHand(
        task=text(task),
        account=text(account),
        state=State(text(state)),
        job=maybe(job, str),
        model=text(model),
        since=time(since),
        give_up_at=maybe(give_up_at, float),
        rescue_until=maybe(rescue_until, float),
    )
