import { liveSections } from '../../shared/events/live.ts';
import { readLiveSection } from '../../shared/jobs/live-section.ts';
import { historyShard } from '../../shared/jobs/run-shards.ts';
import {
  addCounts,
  beforeAll,
  type Counts,
  type JobStatus,
  newJobRow,
  unpackControl,
} from '../../shared/stream/state/control.ts';
import {
  controlRows,
  jobPartition,
  type Run,
  shardOfControl,
} from '../../shared/stream/state/layout.ts';
import { readJobRow } from '../../shared/stream/state/operate.ts';
import type { StateStore } from '../../shared/stream/state-store.ts';

/** `live`: its results count; `beside`: it runs unseen; `history`: a closed one, which no stream feeds. */
export type Role = 'live' | 'beside' | 'history';

/** How one generation of a job stands. */
export interface RunReport {
  readonly job: string;
  readonly generation: number;
  readonly role: Role;
  readonly status: JobStatus;
  readonly reason: string | undefined;
  /** When it got that status; undefined: it never had another. */
  readonly sinceMs: number | undefined;
  /** Windows that ended by then are told; null before all shards have spoken. */
  readonly watermarkMs: number | null;
  /** How far its time is behind: it goes on between the ends of windows, too. */
  readonly lagMs: number | null;
  /** Of the streams. */
  readonly shards: number;
  /** Shards that are to read what passed by. */
  readonly shardsBehind: number;
  readonly counts: Counts;
}

/** Reads how a generation stands, from its rows. */
export async function reportRun(
  store: StateStore,
  run: Run,
  role: Role,
  nowMs: number,
): Promise<RunReport> {
  const row = (await readJobRow(store, run)) ?? newJobRow;
  const rows = await store.query(jobPartition(run), controlRows);
  const controls = rows.map(unpackControl);
  const shards = rows.filter(({ sk }) => shardOfControl(sk).shard !== historyShard);
  const watermarkMs = row.floorMs === beforeAll ? null : row.floorMs;
  const timeMs = role === 'live' ? await shownTime(store, run, watermarkMs) : watermarkMs;
  return {
    job: run.name,
    generation: run.generation,
    role,
    status: row.status,
    reason: row.reason,
    sinceMs: row.sinceMs === 0 ? undefined : row.sinceMs,
    watermarkMs,
    lagMs: timeMs === null ? null : Math.max(0, nowMs - timeMs),
    shards: shards.length,
    shardsBehind: shards.map(unpackControl).filter(({ behind }) => behind !== undefined).length,
    counts: addCounts(controls.map(({ counts }) => counts)),
  };
}

/** Ticks that pass no end leave the watermark in the job's row where it is; its health tells more. */
async function shownTime(
  store: StateStore,
  { name, generation }: Run,
  watermarkMs: number | null,
): Promise<number | null> {
  const health = await readLiveSection(store, `health#${name}`, liveSections.health);
  if (watermarkMs === null || health?.generation !== generation) return watermarkMs;
  return Math.max(watermarkMs, health.watermarkMs ?? watermarkMs);
}
