-- Rules every captured row keeps, whoever writes it. Readers of the change stream know a change by
-- table, key and row_version, and find a row's changes in one shard by its partition key.

create function private.raise_row_version() returns trigger language plpgsql as $$
begin
  new.row_version := old.row_version + 1;
  new.updated_at := clock_timestamp();
  return new;
end $$;

create function private.refuse_key_change() returns trigger language plpgsql as $$
begin
  raise exception 'Cannot change %: % is a key and stays as it is', tg_table_name, tg_argv[0]
    using errcode = 'restrict_violation';
end $$;

create function private.refuse_fact_change() returns trigger language plpgsql as $$
begin
  raise exception 'Cannot % %: its rows are facts: insert a row that corrects them',
    lower(tg_op), tg_table_name using errcode = 'restrict_violation';
end $$;

create function private.refuse_truncate() returns trigger language plpgsql as $$
begin
  raise exception 'Cannot truncate %: the change capture would not see it: delete its rows',
    tg_table_name using errcode = 'restrict_violation';
end $$;

do $$
declare
  captured text;
  key_column text;
begin
  foreach captured in array array['categories', 'sellers', 'customers', 'products', 'carts',
    'cart_items', 'wishlists', 'orders', 'order_items', 'payments', 'shipments',
    'order_adjustments', 'clock'] loop
    execute format('create trigger raise_row_version before update on %I
      for each row execute function private.raise_row_version()', captured);
    execute format('create trigger refuse_truncate before truncate on %I
      for each statement execute function private.refuse_truncate()', captured);
    for key_column in
      select attname from pg_attribute
      where attrelid = captured::regclass and not attisdropped
        and attname in ('id', 'customer_id', 'slice', 'partition_key')
    loop
      execute format('create trigger %I before update on %I for each row
        when (new.%I is distinct from old.%I) execute function private.refuse_key_change(%L)',
        'refuse_change_of_' || key_column, captured, key_column, key_column, key_column);
    end loop;
  end loop;
end $$;

create trigger facts_stay before update or delete on order_items
  for each row execute function private.refuse_fact_change();

create trigger facts_stay before update or delete on order_adjustments
  for each row execute function private.refuse_fact_change();

-- A payment carries what the jobs compare it by, as its order has it.
create function private.complete_payment() returns trigger language plpgsql as $$
begin
  select device_id, shipping_address_hash into new.device_id, new.shipping_address_hash
  from public.orders where id = new.order_id;
  return new;
end $$;

create trigger complete_payment before insert on payments
  for each row execute function private.complete_payment();
