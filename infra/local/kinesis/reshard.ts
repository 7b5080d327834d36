import { evenRanges, type HashRange } from './hash-key.ts';
import { lastCounter, sequenceNumber, sequencePrefix } from './sequence-number.ts';
import { hashRangeOf, openShards, type ShardState, type StreamState } from './stream-state.ts';

/** When a change of shards happens, and the stamp drawn for it, above all stamps before. */
export interface Moment {
  readonly nowMs: number;
  readonly stampMs: number;
}

/** Shards over the whole hash space, for a stream that has none. */
export function firstShards(count: number, moment: Moment): ShardState[] {
  return evenRanges(count).map((range, index) => newShard(index, [], range, moment));
}

/**
 * Closes a shard and opens two in its place.
 *
 * @param at where the second begins; inside the range of the shard, not at its start.
 */
export function split(
  state: StreamState,
  shard: ShardState,
  at: bigint,
  moment: Moment,
): StreamState {
  const { start, end } = hashRangeOf(shard);
  const lower = { start, end: at - 1n };
  const upper = { start: at, end };
  return replace(state, [shard], [lower, upper], moment);
}

/** Closes two shards, the second of which begins where the first ends, and opens one instead. */
export function merge(
  state: StreamState,
  first: ShardState,
  second: ShardState,
  moment: Moment,
): StreamState {
  const range = { start: hashRangeOf(first).start, end: hashRangeOf(second).end };
  return replace(state, [first, second], [range], moment);
}

/**
 * Changes to a number of shards of one size: splits at every new border, then merges what lies
 * between two of them.
 */
export function rescale(state: StreamState, count: number, draw: () => Moment): StreamState {
  let next = state;
  const ranges = evenRanges(count);
  for (const { start } of ranges.slice(1)) {
    const cut = openShards(next).find((shard) => {
      const range = hashRangeOf(shard);
      return range.start < start && start <= range.end;
    });
    if (cut !== undefined) next = split(next, cut, start, draw());
  }
  for (const range of ranges) {
    for (let [first, second] = within(next, range); first && second; ) {
      next = merge(next, first, second, draw());
      [first, second] = within(next, range);
    }
  }
  return next;
}

function within(state: StreamState, range: HashRange): ShardState[] {
  return openShards(state)
    .filter((shard) => {
      const { start, end } = hashRangeOf(shard);
      return start >= range.start && end <= range.end;
    })
    .sort((a, b) => (hashRangeOf(a).start < hashRangeOf(b).start ? -1 : 1));
}

function replace(
  state: StreamState,
  parents: readonly ShardState[],
  ranges: readonly HashRange[],
  moment: Moment,
): StreamState {
  const children = ranges.map((range, offset) =>
    newShard(
      state.nextShardIndex + offset,
      parents.map(({ index }) => index),
      range,
      moment,
    ),
  );
  const kept = state.shards.map((shard) =>
    parents.some(({ index }) => index === shard.index) ? close(shard, moment) : shard,
  );
  return {
    ...state,
    nextShardIndex: state.nextShardIndex + children.length,
    shards: [...kept, ...children],
  };
}

function newShard(
  index: number,
  parents: number[],
  { start, end }: HashRange,
  { nowMs, stampMs }: Moment,
): ShardState {
  return {
    index,
    parents,
    hashStart: String(start),
    hashEnd: String(end),
    stampMs,
    createdAtMs: nowMs,
  };
}

/** Above every record of the shard, whose stamps are older, and below those of its children. */
function close(shard: ShardState, { nowMs, stampMs }: Moment): ShardState {
  const prefix = sequencePrefix(stampMs - 1, shard.index);
  const endingSequenceNumber = sequenceNumber(prefix, lastCounter);
  return { ...shard, closed: { endingSequenceNumber, atMs: nowMs } };
}
