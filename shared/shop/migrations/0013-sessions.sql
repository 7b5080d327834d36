-- What a log-in needs, and no more: the hash behind one e-mail address, asked for by the hash of the
-- address. Whoever knows no address learns nothing, and nobody can list the hashes.

create function public.find_credentials(sought_email_hash varchar)
returns table (customer_id bigint, password_hash varchar)
language sql stable strict security definer
set search_path = pg_catalog, pg_temp
as $$
  select credentials.customer_id, credentials.password_hash
  from public.customers join private.credentials on credentials.customer_id = customers.id
  where customers.email_hash = sought_email_hash
$$;

revoke execute on function public.find_credentials(varchar) from public;
grant execute on function find_credentials(varchar) to shop_app;
