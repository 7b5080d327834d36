import { type StateStore, tolerateRefusal } from '../state-store.ts';
import {
  type History,
  type JobRow,
  type JobStatus,
  newJobRow,
  packJobRow,
  unpackJobRow,
} from './control.ts';
import { jobKey, type Run } from './layout.ts';

/** What a person, or a job about itself, wants a job to be. */
interface StatusChange {
  readonly status: JobStatus;
  readonly reason?: string | undefined;
  /** Only from this status; another one stays as it is. */
  readonly onlyFrom?: JobStatus;
}

/** The job row of a run; undefined before its first batch. */
export async function readJobRow(store: StateStore, run: Run): Promise<JobRow | undefined> {
  const item = await store.get(jobKey(run));
  return item && unpackJobRow(item);
}

/**
 * Sets what a run is to be, whatever closers do to its row meanwhile. A run that lets batches pass
 * is marked so for good: a shard that is seen first after that begins behind.
 *
 * @returns the row as it is now.
 */
export async function setJobStatus(
  store: StateStore,
  run: Run,
  { status, reason, onlyFrom }: StatusChange,
  nowMs: number,
): Promise<JobRow> {
  return changeRow(store, run, (row) => {
    const isWanted = onlyFrom === undefined || row.status === onlyFrom;
    if (!isWanted || row.status === status) return row;
    return { ...row, status, reason, sinceMs: nowMs, skipped: row.skipped || status !== 'running' };
  });
}

/**
 * Marks a run that goes on running as one that may let batches pass; to be called before it does.
 *
 * @returns the row as it is now.
 */
export function letBatchesPass(store: StateStore, run: Run): Promise<JobRow> {
  return changeRow(store, run, (row) => (row.skipped ? row : { ...row, skipped: true }));
}

/**
 * Notes that the history of a run was told to its end; what shards bring may join it from now on.
 *
 * @returns the row as it is now.
 */
export function endHistory(store: StateStore, run: Run): Promise<JobRow> {
  return changeRow(store, run, (row) =>
    row.history && !row.history.told ? { ...row, history: { ...row.history, told: true } } : row,
  );
}

/** @param change gives the row itself where there is nothing to change. */
async function changeRow(
  store: StateStore,
  run: Run,
  change: (row: JobRow) => JobRow,
): Promise<JobRow> {
  for (;;) {
    const row = await readJobRow(store, run);
    const before = row ?? newJobRow;
    const changed = change(before);
    if (changed === before) return before;
    const next = { ...changed, version: row ? row.version + 1 : newJobRow.version };
    const condition = row
      ? ({ attribute: 'version', equals: row.version } as const)
      : ({ absent: true } as const);
    const write = { key: jobKey(run), condition, put: packJobRow(next) };
    if (await tolerateRefusal(() => store.transact([write]))) return next;
  }
}

/** Why a run does not run that begins with a history. */
export const toldReason = 'its history is told to it';

/** Why a run does not run yet that begins in the past of its streams. */
export const beganReason = 'functions are told of it';

/** How a run begins that does not begin with the next batch. */
interface PastBeginning {
  /** Its shards catch up from the records that arrived then; undefined: from the oldest there are. */
  readonly fromMs: number | undefined;
  readonly status: 'running' | 'stopped';
  /** What is told to it ahead of that. */
  readonly history?: History;
}

/**
 * Makes the row of a run that begins in the past: each of its shards is born behind.
 *
 * Where functions are to run it, it begins stopped and is started once all of them let batches pass
 * for it, noting where. Begun at once, one of them could reach the tip while another, which does
 * not know of it yet, acknowledges the next batch: nobody would read that again.
 *
 * @throws RangeError when the run has begun already.
 */
export async function beginInPast(
  store: StateStore,
  run: Run,
  { fromMs, status, history }: PastBeginning,
  nowMs: number,
): Promise<void> {
  const reason = status === 'running' ? undefined : history ? toldReason : beganReason;
  const began = { status, reason, skipped: true, fromMs, history, sinceMs: nowMs };
  const put = packJobRow({ ...newJobRow, ...began });
  const write = { key: jobKey(run), condition: { absent: true }, put } as const;
  if (await tolerateRefusal(() => store.transact([write]))) return;
  throw new RangeError(
    `Cannot begin generation ${run.generation} of ${run.name}: it has begun before: received a job row`,
  );
}
