-- Rows that tell the readers of the change stream how far time has come. A tick must reach every
-- shard, behind the data it vouches for. Kinesis places a record by the MD5 of its partition key as
-- a 128-bit number, so there is one row per eighth of that space, each under a key whose MD5 lies in
-- it: up to eight shards of equal size, each holds at least one.

create table clock (
  slice smallint primary key check (slice between 0 and 7),
  partition_key varchar(32) not null unique check (
    get_byte(decode(md5(partition_key), 'hex'), 0) >> 5 = slice),
  ticked_at timestamptz not null default now(),
  row_version bigint not null default 1,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);

insert into clock (slice, partition_key)
select distinct on (slice) slice, partition_key
from generate_series(1, 1000) as attempt,
  lateral (select 'tick-' || attempt as partition_key) as candidate,
  lateral (select get_byte(decode(md5(partition_key), 'hex'), 0) >> 5 as slice) as placed
order by slice, attempt;

-- Two callers at once must not lock the rows crosswise, and time must not run backwards.
create function public.tick_clock() returns void language plpgsql as $$
begin
  perform from public.clock order by slice for update;
  update public.clock set ticked_at = greatest(ticked_at, clock_timestamp());
end $$;

revoke execute on function public.tick_clock() from public;
