-- Limits of a sale (value, quantity) are rules of the shop's code: imported history may break them
-- and is kept. What would be nonsense whoever writes it is refused here.

create table orders (
  id bigint generated always as identity primary key,
  customer_id bigint not null references customers (id),
  ordered_at timestamptz not null default now(),
  total numeric(12, 2) not null check (total >= 0),
  status varchar(20) not null default 'pending' check (
    status in ('pending', 'paid', 'shipped', 'delivered', 'completed', 'cancelled', 'expired')),
  channel varchar(20) not null default 'web',
  device_id varchar(64),
  ip varchar(45),
  ip_hash varchar(64),
  shipping_address varchar(500),
  shipping_address_hash varchar(64),
  shipping_country varchar(2) not null,
  payment_id bigint,
  shipment_id bigint,
  -- A repeated checkout is known by its key; another request under the same key by its hash.
  idempotency_key varchar(128),
  request_hash varchar(64),
  row_version bigint not null default 1,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  unique (id, customer_id),
  unique (customer_id, idempotency_key)
);

create function private.hash_order() returns trigger language plpgsql as $$
begin
  new.ip_hash := public.keyed_hash(new.ip);
  new.shipping_address_hash := public.keyed_hash(new.shipping_address);
  return new;
end $$;

create trigger hash_order before insert or update on orders
  for each row execute function private.hash_order();

-- A fact that needs no other: who, when, which category and seller, at which price.
create table order_items (
  id bigint generated always as identity primary key,
  order_id bigint not null,
  customer_id bigint not null,
  product_id bigint not null references products (id),
  category_id bigint not null references categories (id),
  seller_id bigint not null references sellers (id),
  quantity integer not null check (quantity > 0),
  unit_price numeric(12, 2) not null check (unit_price >= 0),
  ordered_at timestamptz not null default now(),
  channel varchar(20) not null default 'web',
  row_version bigint not null default 1,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  foreign key (order_id, customer_id) references orders (id, customer_id)
);

create index order_items_by_order on order_items (order_id);

create table payments (
  id bigint generated always as identity primary key,
  order_id bigint not null,
  customer_id bigint not null,
  paid_at timestamptz,
  method varchar(20) not null check (
    method in ('credit_card', 'debit_card', 'paypal', 'pix', 'bank_slip', 'digital_wallet',
      'cash_on_delivery')),
  installments integer not null default 1 check (installments > 0),
  amount numeric(12, 2) not null check (amount >= 0),
  status varchar(20) not null check (status in ('pending', 'approved', 'declined', 'refunded')),
  transaction_id varchar(64) not null unique,
  card_fingerprint varchar(64),
  device_id varchar(64),
  shipping_address_hash varchar(64),
  row_version bigint not null default 1,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  foreign key (order_id, customer_id) references orders (id, customer_id),
  check (status <> 'approved' or paid_at is not null)
);

create index payments_by_order on payments (order_id);

create table shipments (
  id bigint generated always as identity primary key,
  order_id bigint not null,
  customer_id bigint not null,
  status varchar(20) not null default 'preparing' check (
    status in ('preparing', 'shipped', 'delivered', 'returned')),
  carrier varchar(100) not null,
  shipping_country varchar(2) not null,
  shipped_at timestamptz,
  delivered_at timestamptz,
  row_version bigint not null default 1,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  foreign key (order_id, customer_id) references orders (id, customer_id)
);

create index shipments_by_order on shipments (order_id);

-- What takes money back out of the day it happens on; the order itself stays as it was sold.
create table order_adjustments (
  id bigint generated always as identity primary key,
  order_id bigint not null,
  customer_id bigint not null,
  kind varchar(20) not null check (kind in ('refund', 'cancellation', 'expiry')),
  amount numeric(12, 2) not null check (amount >= 0),
  occurred_at timestamptz not null default now(),
  row_version bigint not null default 1,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  foreign key (order_id, customer_id) references orders (id, customer_id)
);

create index order_adjustments_by_order on order_adjustments (order_id);

alter table orders
  add foreign key (payment_id) references payments (id),
  add foreign key (shipment_id) references shipments (id);
