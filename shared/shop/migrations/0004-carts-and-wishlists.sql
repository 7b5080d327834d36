create table carts (
  id bigint generated always as identity primary key,
  customer_id bigint not null references customers (id),
  status varchar(20) not null default 'open' check (status in ('open', 'ordered', 'abandoned')),
  row_version bigint not null default 1,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  unique (id, customer_id)
);

create index carts_by_customer on carts (customer_id, id);

-- A line carries its customer, so that all changes around one customer share a shard. The two
-- columns of the reference keep line and cart in agreement.
create table cart_items (
  id bigint generated always as identity primary key,
  cart_id bigint not null,
  customer_id bigint not null,
  product_id bigint not null references products (id),
  quantity integer not null check (quantity > 0),
  row_version bigint not null default 1,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  foreign key (cart_id, customer_id) references carts (id, customer_id),
  unique (cart_id, product_id)
);

create table wishlists (
  id bigint generated always as identity primary key,
  customer_id bigint not null references customers (id),
  product_id bigint not null references products (id),
  row_version bigint not null default 1,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  unique (customer_id, product_id)
);
