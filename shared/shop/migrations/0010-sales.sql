-- The life of an order after the checkout: what is given back, sent, completed and expired; and
-- history that is told later than it happened.

-- True where a row tells of the past: readers of the change stream know it for no late event.
do $$
declare
  told text;
begin
  foreach told in array array['orders', 'order_items', 'payments', 'shipments',
    'order_adjustments'] loop
    execute format('alter table %I add is_backfill boolean not null default false', told);
    execute format('grant select (is_backfill), insert (is_backfill) on %I to shop_app', told);
    execute format('grant select (is_backfill) on %I to shop_capture', told);
  end loop;
end $$;

-- One row per line that is given back; a row without a line stands for an amount of the whole order.
-- The amounts of a refund, cancellation or expiry add up to what it takes out of the revenue.
alter table order_adjustments
  add order_item_id bigint references order_items (id),
  add product_id bigint references products (id),
  add category_id bigint references categories (id),
  add seller_id bigint references sellers (id),
  add quantity integer check (quantity > 0),
  add method varchar(20) check (
    method in ('credit_card', 'debit_card', 'paypal', 'pix', 'bank_slip', 'digital_wallet',
      'cash_on_delivery')),
  -- Free text may name a person: it stays inside.
  add reason varchar(200),
  -- A repeated refund is known by its key; another request under the same key by its hash.
  add idempotency_key varchar(128),
  add request_hash varchar(64);

-- A shipment that was being prepared ends with the cancellation of its order.
alter table shipments drop constraint shipments_status_check;
alter table shipments add constraint shipments_status_check check (
  status in ('preparing', 'shipped', 'delivered', 'returned', 'cancelled'));

-- What may expire, oldest first, however many orders there have ever been.
create index orders_unpaid on orders (ordered_at, id) where status = 'pending';

grant insert (ordered_at) on orders to shop_app;
grant insert (order_id, customer_id, status, carrier, shipping_country, shipped_at, delivered_at)
  on shipments to shop_app;
grant insert (order_id, customer_id, kind, amount, occurred_at, order_item_id, product_id,
  category_id, seller_id, quantity, method, reason, idempotency_key, request_hash)
  on order_adjustments to shop_app;
grant update (status) on payments to shop_app;
grant update (status, shipped_at, delivered_at) on shipments to shop_app;
grant update (shipment_id) on orders to shop_app;

grant select (order_item_id, product_id, category_id, seller_id, quantity, method)
  on order_adjustments to shop_capture;
