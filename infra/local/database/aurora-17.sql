-- What PostgreSQL 18 can and Aurora PostgreSQL 17 cannot, refused in the shop's database: functions
-- by taking their execution away, definitions by an event trigger. Syntax that names nothing new
-- (RETURNING old.* and new.*) is not recognised.

create schema if not exists aurora;

revoke all on schema aurora from public;

do $$
declare
  newer regprocedure;
begin
  for newer in
    select oid from pg_proc
    where pronamespace = 'pg_catalog'::regnamespace
      and proname in ('array_reverse', 'array_sort', 'casefold', 'crc32', 'crc32c', 'gamma',
        'lgamma', 'uuidv4', 'uuidv7', 'pg_get_acl', 'has_largeobject_privilege')
  loop
    execute format('revoke execute on function %s from public', newer);
  end loop;
end $$;

create or replace function aurora.refuse_newer_definitions() returns event_trigger
language plpgsql security definer set search_path = pg_catalog as $$
declare
  relation oid;
begin
  for relation in
    select objid from pg_event_trigger_ddl_commands() where classid = 'pg_class'::regclass
  loop
    if exists (select from pg_attribute where attrelid = relation and attgenerated = 'v') then
      raise exception 'Cannot define table: Aurora PostgreSQL 17 has no virtual generated columns: received %',
        relation::regclass using hint = 'Write "generated always as (...) stored".';
    end if;
    if exists (select from pg_constraint
      where conrelid = relation and (not conenforced or conperiod or (contype = 'n' and not convalidated))) then
      raise exception 'Cannot define table: Aurora PostgreSQL 17 has no constraints "not enforced", "without overlaps", "period" or "not null … not valid": received %',
        relation::regclass;
    end if;
  end loop;
end $$;

drop event trigger if exists refuse_newer_definitions;

create event trigger refuse_newer_definitions on ddl_command_end
execute function aurora.refuse_newer_definitions();
