-- Where the database can run jobs itself (Aurora, with pg_cron preloaded) it ticks its own clock.
-- Elsewhere whoever runs the database calls tick_clock().

do $$
begin
  if coalesce(current_setting('shared_preload_libraries', true), '') not like '%pg_cron%' then
    return;
  end if;
  if current_setting('cron.database_name', true) is distinct from current_database() then
    raise exception 'Cannot schedule the clock: parameter cron.database_name must name this database: received "%"',
      current_setting('cron.database_name', true);
  end if;
  create extension if not exists pg_cron;
  perform cron.schedule('tick clock', '5 seconds', 'select public.tick_clock()');
  perform cron.schedule('forget old ticks', '0 3 * * *',
    $job$delete from cron.job_run_details where end_time < now() - interval '1 day'$job$);
end $$;
