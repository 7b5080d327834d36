import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { readSecret } from '../../shared/config/read-secret.ts';
import { migrate } from '../../shared/shop/migrate.ts';
import { setPasswords } from '../../shared/shop/set-passwords.ts';
import type { Outcome } from './show-status.ts';
import type { CaptureTarget } from './target.ts';

const userSecret = z
  .string()
  .transform((text) => z.object({ password: z.string().min(1) }).parse(JSON.parse(text)).password);
const markRows = z.object({ rows: z.array(z.object({ mark: z.string() })).length(1) });
const reachedRows = z.object({ rows: z.array(z.object({ reached: z.boolean() })) });

const DRAIN_MS_MAX = 15 * 60_000;

/**
 * Changes the schema under a running capture: everything committed before is sent by the old schema,
 * then the capture stops, the migrations run, and it goes on where it stopped. A capture that was
 * not running stays stopped: the first deployment migrates before anything can be captured.
 */
export async function migrateSchema(
  target: CaptureTarget,
  progress: (line: string) => void,
): Promise<Outcome> {
  const { running } = await target.report();
  if (running) {
    progress('waiting until what is committed has been sent');
    await drain(target);
    progress('stopping the capture');
    await target.stop();
  }
  try {
    progress('migrating');
    const pseudonymKey = await readSecret(target.secrets, `${target.stage}/pseudonym-key`);
    const applied = await migrate(target.sql, { pseudonymKey });
    await setPasswords(target.sql, {
      shop_app: await password(target, 'app'),
      shop_capture: await password(target, 'capture'),
    });
    const text =
      applied.length === 0 ? 'The schema is up to date.' : `Applied ${applied.join(', ')}.`;
    return { healthy: true, json: { applied, resumed: running }, text };
  } finally {
    // Also after a migration that failed: it was rolled back, and the shop goes on.
    if (running) {
      progress('starting the capture');
      await target.start();
    }
  }
}

/** Ticks keep the slot moving, so a mark is reached although nobody shops. */
async function drain(target: CaptureTarget): Promise<void> {
  const marked = await target.sql.query('select cast(pg_current_wal_lsn() as varchar) as mark');
  const mark = markRows.parse(marked).rows[0]?.mark ?? '';
  for (let waitedMs = 0; waitedMs < DRAIN_MS_MAX; waitedMs += target.pollEveryMs) {
    const slots = await target.sql.query(
      `select confirmed_flush_lsn >= cast($1 as pg_lsn) as reached from pg_replication_slots
       where slot_type = 'logical' and not temporary and active`,
      [mark],
    );
    const { rows } = reachedRows.parse(slots);
    if (rows.length > 0 && rows.every(({ reached }) => reached)) return;
    await sleep(target.pollEveryMs);
  }
  throw new Error(
    `Cannot migrate: the capture did not send what was committed in ${DRAIN_MS_MAX / 60_000} minutes; look at "npm run capture -- status": received log position ${mark}`,
  );
}

async function password(target: CaptureTarget, user: 'app' | 'capture'): Promise<string> {
  return userSecret.parse(await readSecret(target.secrets, `${target.stage}/database/${user}`));
}
