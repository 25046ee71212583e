-- Customers, credits, events and fair lines.
-- account: the seat at the provider. give_up_at: the deadline on record of the present state.
-- rescue_until: the task has failed, and a late film is looked for until then.
alter table task add column customer text not null default 'owner';
alter table task add column account text not null default 'local';
alter table task add column hold_credits integer not null default 0;
alter table task add column charged_credits integer;
alter table task add column priority integer not null default 0;
alter table task add column external_id text;
alter table task add column idempotency_key text;
alter table task add column body_digest text;
alter table task add column callback text;
alter table task add column deadline_at real;
alter table task add column chosen text;
alter table task add column give_up_at real;
alter table task add column rescue_until real;
alter table task add column rescued text;
alter table task add column expires_at real;

-- What has ended is many, what is open is few: the indexes that work hangs on hold the open alone.
drop index task_by_state;
create index task_of_customer on task (customer, created_at, id);
create index task_open_at_account
  on task (account, state, customer, priority desc, created_at, id)
  where state in ('queued', 'starting', 'in_doubt', 'running', 'fetching');
create index task_open_of_customer on task (customer, state)
  where state in ('queued', 'starting', 'in_doubt', 'running', 'fetching');
create index task_of_runner on task (runner, account)
  where state in ('starting', 'in_doubt', 'running', 'fetching') or rescue_until is not null;
create index task_overdue on task (give_up_at) where state = 'queued' and give_up_at is not null;
create unique index task_by_external_id on task (customer, external_id)
  where external_id is not null;
create unique index task_by_idempotency_key on task (customer, idempotency_key)
  where idempotency_key is not null;

-- The ledger: each row moves credits from one account to another and is never touched again.
create table transfer (
  seq integer primary key,
  id text not null unique,
  kind text not null,
  customer text not null,
  source text not null,
  target text not null,
  credits integer not null check (credits > 0),
  at real not null,
  task text,
  reference text,
  note text not null,
  by_whom text not null
) strict;
create unique index transfer_of_task on transfer (task, kind) where task is not null;
create unique index transfer_ends_hold on transfer (task) where kind in ('capture', 'release');
create unique index transfer_by_reference on transfer (reference) where reference is not null;
create index transfer_of_customer on transfer (customer, seq);
create trigger transfer_is_not_changed before update on transfer
  begin select raise(abort, 'a transfer is never changed'); end;
create trigger transfer_is_not_removed before delete on transfer
  begin select raise(abort, 'a transfer is never removed'); end;

-- The sums of the transfers, kept so that a hold needs no sum; compared with them by every check.
create table balance (
  customer text primary key,
  available integer not null check (available >= 0),
  held integer not null check (held >= 0)
) strict, without rowid;

-- next_at: when it is to be told; null once it is told or given up.
create table event (
  id text primary key,
  customer text not null,
  task text not null,
  kind text not null,
  url text,
  protocol text not null,
  secret text,
  at real not null,
  attempts integer not null default 0,
  next_at real
) strict, without rowid;
create index event_due on event (next_at) where next_at is not null;
create index event_of_customer on event (customer, at);

-- served: a count of turns, higher for whoever was served later.
create table turn (
  account text not null,
  customer text not null,
  served integer not null,
  primary key (account, customer)
) strict, without rowid;
create index turn_by_served on turn (served);
