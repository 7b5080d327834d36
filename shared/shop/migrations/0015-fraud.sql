-- What fraud is known by. An order and a payment carry what they are compared by, as it was at their
-- time: who reads the change stream joins nothing. What operators find out is a fact of its own.

-- Addresses of one mailbox are one: what stands behind a plus only sorts mail, and Google looks at
-- no dots.
create function private.mailbox_of(email text) returns text language sql immutable strict as $$
  select case
    when domain in ('gmail.com', 'googlemail.com') then replace(name, '.', '') || '@gmail.com'
    else name || '@' || domain
  end
  from (
    select regexp_replace(regexp_replace(address, '@[^@]*$', ''), '(.)\+.*$', '\1') as name,
      regexp_replace(address, '^.*@', '') as domain
    from (select lower(btrim(email)) as address) as written
  ) as parts
$$;

alter table orders
  add customer_since timestamptz,
  -- The customer as clicks know them.
  add customer_hash varchar(64),
  add email_hash varchar(64),
  add review varchar(10) check (review in ('open', 'fraud', 'legitimate'));

alter table payments
  add ip_hash varchar(64),
  add shipping_country varchar(2),
  add customer_since timestamptz,
  add customer_hash varchar(64),
  add email_hash varchar(64),
  add order_total numeric(12, 2),
  add ordered_at timestamptz,
  add attempted_at timestamptz not null default now(),
  add decision varchar(10) check (decision in ('allow', 'review', 'block')),
  add decision_basis varchar(10) check (decision_basis in ('model', 'rules', 'default')),
  add decision_score numeric(6, 5) check (decision_score between 0 and 1);

create table order_reviews (
  id bigint generated always as identity primary key,
  order_id bigint not null,
  customer_id bigint not null,
  verdict varchar(10) not null check (verdict in ('fraud', 'legitimate')),
  source varchar(10) not null check (source in ('operator', 'chargeback', 'import')),
  -- Who found it out: stays inside.
  reviewer varchar(128),
  reviewed_at timestamptz not null default now(),
  is_backfill boolean not null default false,
  ordered_at timestamptz,
  order_total numeric(12, 2),
  card_fingerprint varchar(64),
  device_id varchar(64),
  shipping_address_hash varchar(64),
  ip_hash varchar(64),
  email_hash varchar(64),
  customer_hash varchar(64),
  row_version bigint not null default 1,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  foreign key (order_id, customer_id) references orders (id, customer_id)
);

create index order_reviews_by_order on order_reviews (order_id, id);

-- What there is already gets its values before the rules below hold them fast. A payment was
-- attempted when it was written, or, told of the past, when it was paid or its order was placed.
update orders set customer_since = customers.created_at,
  customer_hash = public.keyed_hash(customers.id::text),
  email_hash = public.keyed_hash(private.mailbox_of(customers.email))
from customers where customers.id = orders.customer_id;

update payments set ip_hash = orders.ip_hash, shipping_country = orders.shipping_country,
  customer_since = orders.customer_since, customer_hash = orders.customer_hash,
  email_hash = orders.email_hash, order_total = orders.total, ordered_at = orders.ordered_at,
  attempted_at = coalesce(payments.paid_at,
    case when payments.is_backfill then orders.ordered_at end, payments.created_at)
from orders where orders.id = payments.order_id;

-- As its definer, because the shop's user reads no e-mail address.
create function private.complete_order() returns trigger language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  select created_at, public.keyed_hash(id::text), public.keyed_hash(private.mailbox_of(email))
  into new.customer_since, new.customer_hash, new.email_hash
  from public.customers where id = new.customer_id;
  return new;
end $$;

create trigger complete_order before insert on orders
  for each row execute function private.complete_order();

-- What an order was compared by stays as it was; hashes are made anew where their text changed.
create or replace function private.hash_order() returns trigger language plpgsql as $$
begin
  if tg_op = 'INSERT' or new.ip is distinct from old.ip then
    new.ip_hash := public.keyed_hash(new.ip);
  else
    new.ip_hash := old.ip_hash;
  end if;
  if tg_op = 'INSERT' or new.shipping_address is distinct from old.shipping_address then
    new.shipping_address_hash := public.keyed_hash(new.shipping_address);
  else
    new.shipping_address_hash := old.shipping_address_hash;
  end if;
  if tg_op = 'UPDATE' then
    new.customer_since := old.customer_since;
    new.customer_hash := old.customer_hash;
    new.email_hash := old.email_hash;
  end if;
  return new;
end $$;

create or replace function private.complete_payment() returns trigger language plpgsql as $$
begin
  select device_id, shipping_address_hash, ip_hash, shipping_country, customer_since,
    customer_hash, email_hash, total, ordered_at
  into new.device_id, new.shipping_address_hash, new.ip_hash, new.shipping_country,
    new.customer_since, new.customer_hash, new.email_hash, new.order_total, new.ordered_at
  from public.orders where id = new.order_id;
  return new;
end $$;

-- The card is the one that was tried last.
create function private.complete_review() returns trigger language plpgsql as $$
begin
  select ordered_at, total, device_id, shipping_address_hash, ip_hash, email_hash, customer_hash
  into new.ordered_at, new.order_total, new.device_id, new.shipping_address_hash, new.ip_hash,
    new.email_hash, new.customer_hash
  from public.orders where id = new.order_id;
  select card_fingerprint into new.card_fingerprint from public.payments
  where order_id = new.order_id and card_fingerprint is not null order by id desc limit 1;
  return new;
end $$;

create trigger complete_review before insert on order_reviews
  for each row execute function private.complete_review();

create trigger facts_stay before update or delete on order_reviews
  for each row execute function private.refuse_fact_change();

create trigger refuse_truncate before truncate on order_reviews
  for each statement execute function private.refuse_truncate();

revoke execute on all functions in schema private from public;

grant select (customer_since, customer_hash, email_hash, review), update (review)
  on orders to shop_app;
grant insert (attempted_at, decision, decision_basis, decision_score) on payments to shop_app;
grant select on order_reviews to shop_app;
grant insert (order_id, customer_id, verdict, source, reviewer, reviewed_at, is_backfill)
  on order_reviews to shop_app;

grant select (customer_since, customer_hash, email_hash, review) on orders to shop_capture;
grant select (ip_hash, shipping_country, customer_since, customer_hash, email_hash, order_total,
  ordered_at, attempted_at, decision, decision_basis, decision_score) on payments to shop_capture;
grant select (id, order_id, customer_id, verdict, source, reviewed_at, is_backfill, ordered_at,
  order_total, card_fingerprint, device_id, shipping_address_hash, ip_hash, email_hash,
  customer_hash, row_version, created_at, updated_at) on order_reviews to shop_capture;
