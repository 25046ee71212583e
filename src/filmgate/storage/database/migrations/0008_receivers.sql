-- Who is told of all tasks that a customer has made by one protocol. events: JSON.
create table receiver (
  id text primary key,
  customer text not null,
  protocol text not null,
  name text not null,
  url text not null,
  events text not null,
  secret_hint text not null,
  created_at real not null,
  updated_at real not null
) strict;
create index receiver_of_customer on receiver (customer, protocol, id);
