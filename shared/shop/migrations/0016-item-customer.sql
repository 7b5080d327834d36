-- A line says whose it is as clicks know the customer, so that who reads it joins nothing. Lines from
-- before stay without: facts do not change.

alter table order_items add customer_hash varchar(64);

create function private.complete_item() returns trigger language plpgsql as $$
begin
  new.customer_hash := public.keyed_hash(new.customer_id::text);
  return new;
end $$;

create trigger complete_item before insert on order_items
  for each row execute function private.complete_item();

revoke execute on all functions in schema private from public;

grant select (customer_hash) on order_items to shop_capture;
