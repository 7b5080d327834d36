import { z } from 'zod';
import type { SqlConnection } from '../../shared/shop/sql-connection.ts';

export interface SlotReport {
  readonly slot: string;
  /** Whether somebody reads it now. */
  readonly active: boolean;
  /** `lost` when PostgreSQL gave it up. */
  readonly walStatus: string;
  readonly acknowledgedLsn: string;
  /** Log that PostgreSQL must keep because it is not acknowledged. */
  readonly lagBytes: number;
  /** Since the clock rows were last updated in the database. */
  readonly secondsSinceTick: number;
}

const rows = z.object({
  rows: z.array(
    z.object({
      slot: z.string(),
      active: z.boolean(),
      walStatus: z
        .string()
        .nullable()
        .transform((text) => text ?? 'unknown'),
      acknowledgedLsn: z
        .string()
        .nullable()
        .transform((text) => text ?? 'none'),
      lagBytes: z.coerce.number(),
      secondsSinceTick: z.coerce.number(),
    }),
  ),
});

const SLOT_SQL = `
select slot_name as "slot", active, wal_status as "walStatus",
  cast(confirmed_flush_lsn as varchar) as "acknowledgedLsn",
  cast(pg_wal_lsn_diff(pg_current_wal_lsn(), confirmed_flush_lsn) as bigint) as "lagBytes",
  (select cast(extract(epoch from clock_timestamp() - max(ticked_at)) as double precision)
   from clock) as "secondsSinceTick"
from pg_replication_slots
where slot_type = 'logical' and not temporary
order by active desc, slot_name`;

/** How far the capture's slot has come, as PostgreSQL sees it; undefined without a slot. */
export async function readSlot(sql: SqlConnection): Promise<SlotReport | undefined> {
  return rows.parse(await sql.query(SLOT_SQL)).rows[0];
}
