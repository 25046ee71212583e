-- number: what the ids of other protocols lead back to; follows from the id (domain/handles).
-- fault: why it failed, in one word for programs.
-- unfetched: 1 while something that it was given has still to be fetched. Until then it stands in
--   no line: whoever starts tasks passes it by, and whoever fetches finds it.
alter table task add column number integer not null default -1;
alter table task add column fault text;
alter table task add column unfetched integer not null default 0;
create index task_by_number on task (number);
drop index task_open_at_account;
create index task_open_at_account
  on task (account, state, unfetched, customer, priority desc, created_at, id)
  where state in ('queued', 'starting', 'in_doubt', 'running', 'fetching');
-- What failed before this version said why in words alone.
update task set fault = 'provider' where state = 'failed';
