-- Two users without a password (it is set from outside, from their secrets) and with nothing but
-- what they need. Names of columns spell out what may leave; what is missing here stays inside.

do $$
begin
  if not exists (select from pg_roles where rolname = 'shop_app') then
    create role shop_app login;
  end if;
  if not exists (select from pg_roles where rolname = 'shop_capture') then
    create role shop_capture login;
  end if;
  -- On RDS the right to replicate is a role of its own that nobody can grant by attribute.
  if exists (select from pg_roles where rolname = 'rds_replication') then
    grant rds_replication to shop_capture;
  elsif not (select rolreplication from pg_roles where rolname = 'shop_capture') then
    alter role shop_capture replication;
  end if;
end $$;

-- Called by whoever sets up the shop, with the password of the user's secret.
create function private.set_password(user_name text, password text) returns void
language plpgsql as $$
begin
  if user_name not in ('shop_app', 'shop_capture') then
    raise exception 'Cannot set password: no such user of the shop: received "%"', user_name;
  end if;
  execute format('alter role %I password %L', user_name, password);
end $$;

revoke execute on all functions in schema private from public;
revoke create on schema public from public;
grant usage on schema public to shop_app, shop_capture;

-- A transaction that stays open holds back what happened in it while time goes on around it; after
-- this long its rows could only be late.
alter role shop_app set transaction_timeout = '5s';

grant execute on function keyed_hash(text), store_credentials(bigint, text) to shop_app;

grant select on categories, sellers, products, carts, cart_items, wishlists, order_items, payments,
  shipments, order_adjustments to shop_app;
grant select (id, first_name, last_name, email_hash, country, row_version, created_at, updated_at)
  on customers to shop_app;
grant select (id, customer_id, ordered_at, total, status, channel, device_id, ip_hash,
  shipping_address_hash, shipping_country, payment_id, shipment_id, idempotency_key, request_hash,
  row_version, created_at, updated_at) on orders to shop_app;

grant insert (first_name, last_name, email, phone, address, country) on customers to shop_app;
grant insert (customer_id) on carts to shop_app;
grant insert (cart_id, customer_id, product_id, quantity) on cart_items to shop_app;
grant insert (customer_id, product_id) on wishlists to shop_app;
grant insert (customer_id, total, channel, device_id, ip, shipping_address, shipping_country,
  idempotency_key, request_hash) on orders to shop_app;
grant insert (order_id, customer_id, product_id, category_id, seller_id, quantity, unit_price,
  ordered_at, channel) on order_items to shop_app;
grant insert (order_id, customer_id, paid_at, method, installments, amount, status, transaction_id,
  card_fingerprint) on payments to shop_app;

grant update (stock) on products to shop_app;
grant update (status) on carts to shop_app;
grant update (quantity) on cart_items to shop_app;
grant update (status, payment_id) on orders to shop_app;

grant delete on cart_items, wishlists to shop_app;

grant select (id, name, parent_id, row_version, created_at, updated_at)
  on categories to shop_capture;
grant select (id, name, country, row_version, created_at, updated_at) on sellers to shop_capture;
grant select (id, first_name, last_name, email_hash, phone_hash, address_hash, country,
  row_version, created_at, updated_at) on customers to shop_capture;
grant select (id, sku, name, description, price, stock, category_id, seller_id, brand, rating,
  reorder_point, lead_time_days, is_active, row_version, created_at, updated_at)
  on products to shop_capture;
grant select (id, customer_id, status, row_version, created_at, updated_at)
  on carts to shop_capture;
grant select (id, cart_id, customer_id, product_id, quantity, row_version, created_at, updated_at)
  on cart_items to shop_capture;
grant select (id, customer_id, product_id, row_version, created_at, updated_at)
  on wishlists to shop_capture;
grant select (id, customer_id, ordered_at, total, status, channel, device_id, ip_hash,
  shipping_address_hash, shipping_country, payment_id, shipment_id, row_version, created_at,
  updated_at) on orders to shop_capture;
grant select (id, order_id, customer_id, product_id, category_id, seller_id, quantity, unit_price,
  ordered_at, channel, row_version, created_at, updated_at) on order_items to shop_capture;
grant select (id, order_id, customer_id, paid_at, method, installments, amount, status,
  transaction_id, card_fingerprint, device_id, shipping_address_hash, row_version, created_at,
  updated_at) on payments to shop_capture;
grant select (id, order_id, customer_id, status, carrier, shipping_country, shipped_at,
  delivered_at, row_version, created_at, updated_at) on shipments to shop_capture;
grant select (id, order_id, customer_id, kind, amount, occurred_at, row_version, created_at,
  updated_at) on order_adjustments to shop_capture;
grant select (slice, partition_key, ticked_at, row_version, created_at, updated_at)
  on clock to shop_capture;
