-- What the lists of the API are sorted and filtered by. Every index ends with the id, so that a page
-- begins behind the last row of the one before without counting rows. Columns that change while
-- people shop (stock, updated_at) are in none: such updates stay within their page of the table.

create index products_by_price on products (price, id);
create index products_by_name on products (name, id);
create index products_by_created_at on products (created_at, id);
-- A row without a value stands below all that have one, in one index for both directions.
create index products_by_rating on products ((coalesce(rating, -1)), id);
create index products_by_category_and_price on products (category_id, price, id);
create index products_by_brand on products (brand, id);
drop index products_by_seller;
create index products_by_seller on products (seller_id, id);

create index categories_by_parent on categories (parent_id, id);

create index customers_by_created_at on customers (created_at, id);

create index carts_by_created_at on carts (created_at, id);

create index wishlists_by_customer on wishlists (customer_id, id);
create index wishlists_by_product on wishlists (product_id, id);

create index orders_by_customer on orders (customer_id, id);
create index orders_by_ordered_at on orders (ordered_at, id);
create index orders_by_total on orders (total, id);
create index orders_by_status on orders (status, id);

create index order_items_by_customer on order_items (customer_id, id);
create index order_items_by_product on order_items (product_id, id);
create index order_items_by_ordered_at on order_items (ordered_at, id);

create index payments_by_customer on payments (customer_id, id);
create index payments_by_paid_at
  on payments ((coalesce(paid_at, timestamptz '0001-01-01 00:00:00+00')), id);
create index payments_by_status on payments (status, id);

create index shipments_by_customer on shipments (customer_id, id);
create index shipments_by_status on shipments (status, id);

-- What operators write through the API, and customers about themselves.
grant insert (name, parent_id), update (name, parent_id) on categories to shop_app;
grant insert (name, country), update (name, country) on sellers to shop_app;
grant insert (sku, name, description, price, stock, category_id, seller_id, brand, rating,
  reorder_point, lead_time_days, is_active) on products to shop_app;
grant update (sku, name, description, price, category_id, seller_id, brand, rating, reorder_point,
  lead_time_days, is_active) on products to shop_app;
grant update (first_name, last_name, email, phone, address, country) on customers to shop_app;
