create table customers (
  id bigint generated always as identity primary key,
  first_name varchar(100) not null,
  last_name varchar(100) not null,
  email varchar(254) not null,
  phone varchar(40),
  address varchar(500),
  email_hash varchar(64) not null unique,
  phone_hash varchar(64),
  address_hash varchar(64),
  country varchar(2) not null,
  row_version bigint not null default 1,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);

create function private.hash_contact() returns trigger language plpgsql as $$
begin
  new.email_hash := public.keyed_hash(new.email);
  new.phone_hash := public.keyed_hash(new.phone);
  new.address_hash := public.keyed_hash(new.address);
  return new;
end $$;

create trigger hash_contact before insert or update on customers
  for each row execute function private.hash_contact();

-- In a schema of its own, which no capture reads and the shop's user cannot enter.
create table private.credentials (
  customer_id bigint primary key references customers (id) on delete cascade,
  password_hash varchar(256) not null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);

-- The one way in: a first password for a customer that has none.
create function public.store_credentials(customer bigint, hash text) returns void
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  insert into private.credentials (customer_id, password_hash) values (customer, hash);
end $$;

revoke execute on function public.store_credentials(bigint, text) from public;
