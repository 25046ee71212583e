-- Customers, their keys, encrypted secrets, and the trail of what operators did.
create table customer (
  id text primary key,
  name text not null unique,
  plan text not null,
  role text not null,
  created_at real not null,
  disabled_at real,
  priority integer not null,
  max_task_credits integer
) strict, without rowid;
insert into customer (id, name, plan, role, created_at, priority)
  values ('owner', 'owner', 'owner', 'owner', 0.0, 9);

-- handle: what a key is found by: a token's hash, or the access key of a pair. Never a secret.
create table api_key (
  id text primary key,
  customer text not null,
  kind text not null,
  shown text not null,
  handle text not null unique,
  label text not null,
  created_at real not null,
  revoked_at real,
  last_used_at real
) strict, without rowid;
create index api_key_of_customer on api_key (customer, created_at, id);

-- box: encrypted with the master key of that id, bound to name and owner.
create table secret (
  name text primary key,
  owner text not null,
  master text not null,
  box text not null
) strict, without rowid;

-- Which master key everything is encrypted with; changes in one transaction with all boxes.
create table master_key (
  only_one integer primary key check (only_one = 1),
  id text not null
) strict;

create table trail (
  seq integer primary key,
  at real not null,
  by_whom text not null,
  action text not null,
  subject text not null,
  details text not null
) strict;
create index trail_of_subject on trail (subject, seq);
create trigger trail_is_not_changed before update on trail
  begin select raise(abort, 'the trail is never changed'); end;
create trigger trail_is_not_removed before delete on trail
  begin select raise(abort, 'the trail is never removed'); end;
