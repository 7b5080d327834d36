import type { JobHealth, LiveDocument } from '../shared/events/live.ts';
import type { Formats } from './format.ts';
import { jobName } from './job-name.ts';

/** Jobs write their health with every batch, and ticks make a batch every few seconds. */
const silentAfterMs = 15_000;
/** Between two ticks a few seconds pass, on AWS DMS adds some. */
const lagMaxMs = 30_000;

export type Connection =
  | { readonly kind: 'connecting' }
  | { readonly kind: 'answering' }
  | { readonly kind: 'signed-out' }
  | {
      readonly kind: 'away';
      readonly reason: string;
      readonly sinceMs: number;
      readonly retryAtMs: number;
    };

export interface Freshness {
  readonly level: 'connecting' | 'signed-out' | 'live' | 'waiting' | 'delayed' | 'stale' | 'away';
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
  if (connection.kind === 'signed-out') {
    return { level: 'signed-out', label: 'Signed out', reason: '' };
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
  const troubles = jobs.flatMap((job) => jobTrouble(job, clock.serverNowMs, format) ?? []);
  const [worst] = troubles.toSorted((a, b) => order.indexOf(a.label) - order.indexOf(b.label));
  if (worst) return worst;
  return { level: 'live', label: 'Live', reason: '' };
}

/** What is worst for who looks is told first. */
const order = ['Parked', 'Stopped', 'Not updating', 'Delayed'];

/** Why the figures of one job are not live; undefined where they are, or where it keeps no windows. */
export function jobTrouble(job: JobHealth, nowMs: number, format: Formats): Freshness | undefined {
  if (job.watermarkMs === undefined) return undefined;
  if ((job.status ?? 'running') !== 'running') return standing(job);
  const silentMs = nowMs - job.updatedAtMs;
  if (silentMs > silentAfterMs) return silent(job, silentMs, format);
  const reason = behind(job, nowMs, format);
  return reason === undefined ? undefined : { level: 'delayed', label: 'Delayed', reason };
}

/** Its figures are from before; they follow when it goes on. */
function standing({ job, status = 'stopped', reason }: JobHealth): Freshness {
  const why = reason === undefined ? '' : `: ${reason}`;
  return {
    level: 'delayed',
    label: status === 'parked' ? 'Parked' : 'Stopped',
    reason: `${jobName(job)} is ${status}${why}. Its figures follow when it goes on.`,
  };
}

function silent(job: JobHealth, silentMs: number, format: Formats): Freshness {
  const since = `since ${format.second(job.updatedAtMs)} (${format.duration(silentMs)})`;
  return {
    level: 'stale',
    label: 'Not updating',
    reason: `${jobName(job.job)} has written nothing ${since}: no change or tick reaches it. Capture, stream or function stands still.`,
  };
}

/** Ticks make the lag: it grows while one is late, whether data is read slowly or ticks stay away. */
function behind(job: JobHealth, nowMs: number, format: Formats): string | undefined {
  const name = jobName(job.job);
  const shards = job.shards ?? [];
  const untold = shards.find((shard) => shard.watermarkMs === null);
  if (job.watermarkMs == null) {
    const from = untold ? `${untold.shard} of ${untold.stream}` : 'every shard';
    return `${name} knows no time yet: it waits for the first tick from ${from}.`;
  }
  const slowest = shards.reduce<Shard | undefined>(
    (worst, shard) => ((shard.lagMs ?? 0) > (worst?.lagMs ?? lagMaxMs) ? shard : worst),
    undefined,
  );
  if (slowest?.lagMs == null) return undefined;
  // The lag was taken when the health was written, and has grown since.
  const lagMs = slowest.lagMs + Math.max(0, nowMs - job.updatedAtMs);
  return `${name} is ${format.duration(lagMs)} behind at ${slowest.shard} of ${slowest.stream}: it is catching up, or its ticks stay away. Windows close later.`;
}

type Shard = NonNullable<JobHealth['shards']>[number];
