import type { JobHealth, LiveDocument } from '../shared/events/live.ts';
import type { Formats } from './format.ts';
import { jobName } from './job-name.ts';

/** Jobs write their health with every batch, and ticks make a batch every few seconds. */
const silentAfterMs = 20_000;
const watermarkBehindMaxMs = 60_000;
const readLagMaxMs = 15_000;

export type Connection =
  | { readonly kind: 'connecting' }
  | { readonly kind: 'answering' }
  | {
      readonly kind: 'away';
      readonly reason: string;
      readonly sinceMs: number;
      readonly retryAtMs: number;
    };

export interface Freshness {
  readonly level: 'connecting' | 'live' | 'waiting' | 'delayed' | 'stale' | 'away';
  readonly label: string;
  /** Why the figures are not live, for people; empty where they are. */
  readonly reason: string;
}

/** How far the figures on the page can be trusted right now, and if they cannot, why. */
export function freshness(
  document: LiveDocument | undefined,
  connection: Connection,
  clock: { readonly nowMs: number; readonly serverNowMs: number },
  format: Formats,
): Freshness {
  if (connection.kind === 'away') {
    const { reason, sinceMs, retryAtMs } = connection;
    const inSeconds = Math.max(0, Math.ceil((retryAtMs - clock.nowMs) / 1000));
    const again = inSeconds === 0 ? 'Trying again now.' : `Trying again in ${inSeconds} s.`;
    const kept = document === undefined ? '' : ' What you see is from then.';
    return {
      level: 'away',
      label: 'Offline',
      reason: `${reason}, since ${format.second(sinceMs)}. ${again}${kept}`,
    };
  }
  if (document === undefined) return { level: 'connecting', label: 'Connecting', reason: '' };

  // Jobs that keep windows have a watermark; others write only when they have something to do.
  const jobs = document.health.filter((job) => job.watermarkMs !== undefined);
  if (jobs.length === 0) {
    return {
      level: 'waiting',
      label: 'Waiting',
      reason: 'No job has written a result yet. Figures appear with the first change in the shop.',
    };
  }
  for (const job of jobs) {
    const silentMs = clock.serverNowMs - job.updatedAtMs;
    if (silentMs > silentAfterMs) return silent(job, silentMs, format);
  }
  for (const job of jobs) {
    const reason = behind(job, clock.serverNowMs, format);
    if (reason !== undefined) return { level: 'delayed', label: 'Delayed', reason };
  }
  return { level: 'live', label: 'Live', reason: '' };
}

function silent(job: JobHealth, silentMs: number, format: Formats): Freshness {
  const since = `since ${format.second(job.updatedAtMs)} (${format.duration(silentMs)})`;
  return {
    level: 'stale',
    label: 'Not updating',
    reason: `${jobName(job.job)} has written nothing ${since}: no change or tick reaches it. Capture, stream or function stands still.`,
  };
}

function behind(job: JobHealth, nowMs: number, format: Formats): string | undefined {
  const shards = job.shards ?? [];
  const laggard = shards.reduce<{ name: string; lagMs: number } | undefined>(
    (worst, { stream, shard, lagMs }) =>
      lagMs !== null && lagMs > (worst?.lagMs ?? readLagMaxMs)
        ? { name: `${shard} of ${stream}`, lagMs }
        : worst,
    undefined,
  );
  if (laggard !== undefined) {
    return `${jobName(job.job)} reads ${laggard.name} ${format.duration(laggard.lagMs)} behind and is catching up.`;
  }
  if (job.watermarkMs == null) {
    return `${jobName(job.job)} waits for the first tick of every shard before it closes windows.`;
  }
  const behindMs = nowMs - job.watermarkMs;
  if (behindMs <= watermarkBehindMaxMs) return undefined;
  const holder = shards.find((shard) => shard.watermarkMs === null) ?? earliest(shards);
  const held = holder ? ` Held by ${holder.shard} of ${holder.stream}, which sends no ticks.` : '';
  return `Event time of ${jobName(job.job)} stands at ${format.second(job.watermarkMs)}, ${format.duration(behindMs)} behind: windows stay open.${held}`;
}

type Shard = NonNullable<JobHealth['shards']>[number];

function earliest(shards: readonly Shard[]): Shard | undefined {
  return shards.reduce<Shard | undefined>(
    (first, shard) =>
      (shard.watermarkMs ?? 0) < (first?.watermarkMs ?? Number.POSITIVE_INFINITY) ? shard : first,
    undefined,
  );
}
