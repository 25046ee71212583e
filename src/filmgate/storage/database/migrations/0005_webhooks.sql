-- An event that somebody wants to be called for is its own delivery: both are born in one write.
-- state: of the delivery, null where nobody is called. tries: attempts of the present round.
-- due_at: when the next attempt may be made, or while one is out, when it counts as lost.
--   Null once the delivery has ended.
-- version: raised whenever somebody takes or changes the delivery, and compared before it.
-- host: of the URL, so that one receiver's slowness holds up nobody else.
alter table event rename column attempts to tries;
alter table event rename column next_at to due_at;
alter table event add column version integer not null default 1;
alter table event add column state text;
alter table event add column host text;
-- Nobody has been called before this version. A whole URL keeps receivers apart as well as a host.
update event set host = url, state = case when due_at is null then 'delivered' else 'pending' end
  where url is not null;

create index event_due_at_host on event (host, due_at, id, customer) where due_at is not null;
create index event_waiting on event (customer, url) where due_at is not null;

-- The delivery log, seq is the order in which attempts were recorded.
create table attempt (
  seq integer primary key,
  event text not null,
  at real not null,
  took_ms integer not null,
  status integer,
  error text not null,
  snippet text not null,
  retry_after_s real
) strict;
create index attempt_of_event on attempt (event, seq);

-- Receivers that said they are gone.
create table receiver_off (
  customer text not null,
  url text not null,
  off_at real not null,
  primary key (customer, url)
) strict, without rowid;
