import { athenaClient } from '../../shared/lake/athena-client.ts';
import { runSql } from '../../shared/lake/run-sql.ts';
import { type CloudOptions, connectJobsCloud } from '../jobs/cloud.ts';

/** How many clicks of the past the lake holds that another import, or someone else, has sent. */
export async function otherClicksInLake(options: CloudOptions, importId: string): Promise<number> {
  const { stage, url, close } = await connectJobsCloud(options);
  close();
  const athena = athenaClient(url);
  try {
    const { rows } = await runSql(
      athena,
      `SELECT count(*) FROM clicks WHERE is_backfill AND event_id NOT LIKE '${importId}-%'`,
      {
        workgroup: `${stage}-shop`,
        database: stage === 'dev' ? 'ecommerce' : `ecommerce_${stage}`,
      },
    );
    return Number(rows[0]?.[0] ?? 0);
  } finally {
    athena.destroy();
  }
}
