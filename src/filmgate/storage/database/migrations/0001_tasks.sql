-- One row a task. What is looked for stands in columns of its own; what is only carried is JSON.
-- version: raised with every write, and compared before it.
-- runner: who looks after the task; means nothing once that runner's lock is free.
-- id: "task_" and a ULID, so the order of ids is the order of time.
create table task (
  id text primary key,
  version integer not null,
  state text not null,
  provider text not null,
  runner text,
  job text,
  model text not null,
  kind text not null,
  quote_usd_micros integer not null,
  created_at real not null,
  updated_at real not null,
  reason text,
  request text not null,
  output text not null,
  result text,
  notes text not null,
  understood text not null,
  timeline text not null
) strict, without rowid;

create index task_by_state on task (state, created_at, id);
create index task_by_time on task (created_at, id);
