-- The change capture treats unbounded text as a large object, so every text has a length.

create table categories (
  id bigint generated always as identity primary key,
  name varchar(100) not null unique,
  parent_id bigint references categories (id),
  row_version bigint not null default 1,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);

create table sellers (
  id bigint generated always as identity primary key,
  name varchar(200) not null unique,
  country varchar(2) not null,
  row_version bigint not null default 1,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);

create table products (
  id bigint generated always as identity primary key,
  sku varchar(64) not null unique,
  name varchar(200) not null,
  description varchar(2000) not null default '',
  price numeric(12, 2) not null check (price >= 0),
  stock integer not null check (stock >= 0),
  category_id bigint not null references categories (id),
  seller_id bigint not null references sellers (id),
  brand varchar(100) not null default '',
  rating numeric(2, 1) check (rating between 0 and 5),
  reorder_point integer not null default 0 check (reorder_point >= 0),
  lead_time_days integer not null default 7 check (lead_time_days >= 0),
  is_active boolean not null default true,
  row_version bigint not null default 1,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);

create index products_by_category on products (category_id, id);
create index products_by_seller on products (seller_id);
