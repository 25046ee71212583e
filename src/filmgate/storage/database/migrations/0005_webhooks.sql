-- One row an event and receiver; what receivers know it by is the event's id.
-- version: raised whenever somebody takes or changes the row, and compared before it.
-- due_at: when the next attempt may be made; while one is out, when it counts as lost.
--   Null once the delivery has ended.
-- host: of the URL, so that one receiver's slowness holds up nobody else.
create table webhook_delivery (
  id text primary key,
  version integer not null,
  state text not null,
  endpoint text not null,
  protocol text not null,
  url text not null,
  host text not null,
  tries integer not null,
  due_at real,
  event text not null,
  kind text not null,
  customer text not null,
  task text not null,
  happened_at real not null,
  payload text not null
) strict, without rowid;

create index webhook_delivery_due on webhook_delivery (host, due_at, id, customer)
  where due_at is not null;
create index webhook_delivery_soonest on webhook_delivery (due_at) where due_at is not null;
create index webhook_delivery_of_task on webhook_delivery (task, happened_at, id);
create index webhook_delivery_of_endpoint on webhook_delivery (endpoint)
  where due_at is not null;

-- The delivery log; number is the order in which attempts were recorded.
create table webhook_attempt (
  number integer primary key,
  delivery text not null,
  at real not null,
  took_ms integer not null,
  status integer,
  error text not null,
  snippet text not null,
  retry_after_s real
) strict;

create index webhook_attempt_of_delivery on webhook_attempt (delivery, number);

-- Receivers that said they are gone.
create table webhook_endpoint_off (
  endpoint text primary key,
  off_at real not null
) strict, without rowid;
