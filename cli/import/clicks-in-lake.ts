import { athenaClient } from '../../shared/lake/athena-client.ts';
import { lakeOfStage } from '../../shared/lake/lake-of-stage.ts';
import { runSql } from '../../shared/lake/run-sql.ts';
import { connectJobsCloud } from '../jobs/cloud.ts';
import type { Place } from '../options/place.ts';

/** How many clicks of the past the lake holds that another import, or someone else, has sent. */
export async function otherClicksInLake(options: Place, importId: string): Promise<number> {
  const { stage, url, close } = await connectJobsCloud(options);
  close();
  const athena = athenaClient(url);
  try {
    const { rows } = await runSql(
      athena,
      `SELECT count(*) FROM clicks WHERE is_backfill AND event_id NOT LIKE '${importId}-%'`,
      lakeOfStage(stage),
    );
    return Number(rows[0]?.[0] ?? 0);
  } finally {
    athena.destroy();
  }
}
