-- Customers' voices and elements. A deleted one keeps its row: whoever asks again is told so.
-- assets: what it is made of, as JSON; the sweep spares inputs that an undeleted row names.
create table library_item (
  number integer primary key,
  customer text not null,
  kind text not null,
  name text not null,
  description text not null,
  facts text not null,
  assets text not null,
  task text,
  created_at real not null,
  deleted_at real
) strict;
create index library_item_of_customer on library_item (customer, created_at, number);
