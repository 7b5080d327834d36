import type { Emission } from '../job.ts';
import type { ShardId } from '../record.ts';
import type { ItemKey } from '../state-store.ts';

/** What names the state of one run of one job. */
export interface Run {
  readonly name: string;
  readonly generation: number;
}

const widthOfTime = 15;
const widthOfVersion = 12;
const widthOfChunk = 3;

/** Text that sorts as the time does, before the epoch too. */
function sortable(timeMs: number): string {
  if (timeMs >= 0) return padded(timeMs, widthOfTime);
  return `-${padded(10 ** widthOfTime + timeMs, widthOfTime)}`;
}

function padded(value: number, width: number): string {
  return String(value).padStart(width, '0');
}

function prefix({ name, generation }: Run): string {
  return `${name}#${generation}`;
}

/** Partition of the job row and of the control rows of its shards. */
export function jobPartition(run: Run) {
  return { table: 'state', pk: `J#${prefix(run)}` } as const;
}

/** Key of the job row. */
export function jobKey(run: Run): ItemKey {
  return { ...jobPartition(run), sk: 'JOB' };
}

/** Key of the control row of one shard. */
export function controlKey(run: Run, { stream, shard }: ShardId): ItemKey {
  return { ...jobPartition(run), sk: `C#${stream}#${shard}` };
}

/** Sort keys of all control rows of a job. */
export const controlRows = { from: 'C#', to: 'C$' } as const;

/** The shard that a control row belongs to, from its sort key. */
export function shardOfControl(sk: string): ShardId {
  const [, stream = '', shard = ''] = sk.split('#');
  return { stream, shard };
}

/** Partition of a pane: its base and its deltas. */
export function panePartition(run: Run, paneStartMs: number) {
  return { table: 'state', pk: `P#${prefix(run)}#${paneStartMs}` } as const;
}

/** Key of what one commit of one shard added to a pane. */
export function deltaKey(run: Run, paneStartMs: number, shard: ShardId, version: number): ItemKey {
  return { ...panePartition(run, paneStartMs), sk: deltaSk(shard, version) };
}

/** Sort key of a delta: those of one shard lie in order of their version. */
export function deltaSk({ stream, shard }: ShardId, version: number): string {
  return `D#${stream}#${shard}#${padded(version, widthOfVersion)}`;
}

/** Key of the row that names the segments of a pane's base. */
export function baseKey(run: Run, paneStartMs: number): ItemKey {
  return { ...panePartition(run, paneStartMs), sk: 'BASE' };
}

/** Key of one part of a base: the sum of all deltas of a pane that were folded so far. */
export function segmentKey(run: Run, paneStartMs: number, base: string, index: number): ItemKey {
  return { ...panePartition(run, paneStartMs), sk: `SEGMENT#${base}#${index}` };
}

/** Key of what a keyed job or a session job remembers of a key. */
export function rowKey(run: Run, key: string): ItemKey {
  return { table: 'state', pk: `K#${prefix(run)}#${key}`, sk: 'ROW' };
}

/** Timers lie in so many partitions, by the hash of their key. */
export const timerPartitions = 4;

/** Partition of timers, in order of their times. */
export function timerPartition(run: Run, partition: number) {
  return { table: 'state', pk: `T#${prefix(run)}#${partition}` } as const;
}

/** Key of the timer of a key: at `atMs` its row is to be looked at. */
export function timerKey(run: Run, key: string, atMs: number): ItemKey {
  let hash = 0;
  for (let index = 0; index < key.length; index += 1) {
    hash = (Math.imul(hash, 31) + key.charCodeAt(index)) | 0;
  }
  const partition = (hash >>> 0) % timerPartitions;
  return { ...timerPartition(run, partition), sk: `${sortable(atMs)}#${key}` };
}

/** Sort keys of all timers up to a time. */
export function timersThrough(atMs: number) {
  return { from: ' ', to: `${sortable(atMs)}$` };
}

/** The key that a timer belongs to, from its sort key. */
export function keyOfTimer(sk: string): string {
  return sk.slice(sk.indexOf('#') + 1);
}

/** Identities counted by one shard, one block per commit. */
export function blockPartition(run: Run, { stream, shard }: ShardId) {
  return { table: 'state', pk: `I#${prefix(run)}#${stream}#${shard}` } as const;
}

/** Sort key of the block of identities of one commit: blocks lie in order of their version. */
export function blockSk(version: number): string {
  return padded(version, widthOfVersion);
}

/** Partition of the results of all windows of a run. */
export function resultPartition(run: Run) {
  return { table: 'results', pk: prefix(run) } as const;
}

/** Key of the result of one window, or of a later chunk of it: results lie in order of time. */
export function resultKey(run: Run, windowStartMs: number, chunk = 0): ItemKey {
  const sk = sortable(windowStartMs) + (chunk === 0 ? '' : `#${padded(chunk, widthOfChunk)}`);
  return { ...resultPartition(run), sk };
}

/** Key of the result of one session. */
export function sessionResultKey(run: Run, startMs: number, key: string): ItemKey {
  return { ...resultPartition(run), sk: `${sortable(startMs)}#${key}` };
}

/** Emissions not yet published; a row is removed once it is. */
export function outboxPartition(run: Run) {
  return { table: 'state', pk: `O#${prefix(run)}` } as const;
}

/** Key of the row that says up to where the world was told what a run has counted. */
export function toldKey(run: Run): ItemKey {
  return { ...jobPartition(run), sk: 'TOLD' };
}

/** What a run said of its history where no result says it: kept until the run is live. */
export function keptPartition(run: Run) {
  return { table: 'state', pk: `W#${prefix(run)}` } as const;
}

/** Key of one such word: they lie in order of the time they are about. */
export function keptKey(run: Run, atMs: number, emission: Emission): ItemKey {
  return { ...keptPartition(run), sk: `${sortable(atMs)}#${outboxSk(emission)}` };
}

/** Sort keys of a whole partition, in whatever script they are written. */
export const wholePartition = { from: '\u0001', to: '\u{10ffff}' } as const;

/** Undecodable records not yet sent to the dead-letter queue; a row is removed once they are. */
export function quarantinePartition(run: Run) {
  return { table: 'state', pk: `Q#${prefix(run)}` } as const;
}

/** Side outputs that are kept: late events, and events from the future. */
export function sideOutputPartition(run: Run, output: 'late' | 'future') {
  return { table: 'state', pk: `S#${prefix(run)}#${output}` } as const;
}

/** Sort key of what one commit of one shard put into a side output, the outbox or quarantine. */
export function commitSk({ stream, shard }: ShardId, version: number): string {
  return `${stream}#${shard}#${padded(version, widthOfVersion)}`;
}

/** Name of an emission in the outbox: equal for equal emissions. */
export function outboxSk({ id, revision }: Emission): string {
  return `${id}#${revision}`;
}
