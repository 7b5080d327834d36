-- History that is imported may break the rules of a sale. It is kept as it was sold, and what it
-- breaks is written down here, by the line of the file it came from.

create table private.import_findings (
  -- SHA-256 of the file, in hexadecimal.
  file_hash varchar(64) not null,
  line integer not null check (line > 0),
  field varchar(40) not null,
  order_id bigint not null references orders (id) on delete cascade,
  -- What the file calls the order.
  reference varchar(128) not null,
  reason varchar(300) not null,
  found_at timestamptz not null default now(),
  primary key (file_hash, line, field, order_id)
);

create index import_findings_by_order on private.import_findings (order_id);
