import type { Accumulator } from '../accumulator.ts';

/** What a key did between two silences. Times are epoch milliseconds. */
export interface Stretch<Mark extends string> {
  readonly firstMs: number;
  readonly lastMs: number;
  /** When each mark came first; null where it did not. */
  readonly firstOf: Readonly<Record<Mark, number | null>>;
}

interface StretchOptions<Event, Mark extends string> {
  /** Events less than so many milliseconds apart belong together, as in sessions. */
  readonly gapMs: number;
  readonly timeMs: (event: Event) => number;
  /** What is looked for. The order is that of the state: what is looked for anew comes last. */
  readonly marks: readonly Mark[];
  /** What the event is, none, one or several. */
  readonly marksOf: (event: Event) => readonly Mark[];
}

/** Numbers before the marks of a stretch: its first time and its last. */
const bounds = 2;
/** A mark that did not come, as it is packed. */
const never = -1;

/**
 * The stretches of activity of a key: sessions inside of a windowed job, where all keys are told in
 * one result and while they go on. Events less than a gap apart are one stretch, and two stretches
 * less than a gap apart are one, so it depends on the set of times alone: any order of events and
 * merges gives the same. Of a window of panes there are at most `sizeMs / gapMs + 1`, some 40 bytes
 * each.
 *
 * @throws RangeError unless `gapMs` is a positive integer; from `add` unless the time is an integer.
 */
export function stretches<Event, const Mark extends string>({
  gapMs,
  timeMs,
  marks,
  marksOf,
}: StretchOptions<Event, Mark>): Accumulator<Event, readonly Stretch<Mark>[], number[]> {
  if (!Number.isSafeInteger(gapMs) || gapMs < 1) {
    throw new RangeError(
      `Cannot keep stretches: gapMs must be a positive integer: received ${gapMs}`,
    );
  }
  const width = bounds + marks.length;
  return {
    zero: () => [],
    add: (state, event) => {
      const atMs = timeMs(event);
      if (!Number.isSafeInteger(atMs)) {
        throw new RangeError(
          `Cannot keep stretches: the time must be an integer: received ${atMs}`,
        );
      }
      const marked = marksOf(event);
      const one = [atMs, atMs];
      for (const mark of marks) one.push(marked.includes(mark) ? atMs : Number.POSITIVE_INFINITY);
      return united(state, one, width, gapMs);
    },
    merge: (state, more) => united(state, more, width, gapMs),
    value: (state) => stretchesOf(state, marks, width),
    pack: (state) => state.map((time, index) => packedTime(state, time, index, width)),
    unpack: (packed: readonly number[]) =>
      packed.map((time, index) => unpackedTime(packed, time, index, width)),
  };
}

/**
 * Both lists are in order of time and their own stretches lie a gap apart or more; so are those of
 * the answer.
 */
function united(
  left: readonly number[],
  right: readonly number[],
  width: number,
  gapMs: number,
): number[] {
  if (left.length === 0) return right.slice();
  if (right.length === 0) return left.slice();
  const result: number[] = [];
  let atLeft = 0;
  let atRight = 0;
  while (atLeft < left.length || atRight < right.length) {
    const isLeft = at(left, atLeft) <= at(right, atRight);
    const from = isLeft ? left : right;
    const place = isLeft ? atLeft : atRight;
    const last = result.length - width;
    if (last >= 0 && at(from, place) - at(result, last + 1) < gapMs) {
      result[last + 1] = Math.max(at(result, last + 1), at(from, place + 1));
      for (let mark = bounds; mark < width; mark += 1) {
        result[last + mark] = Math.min(at(result, last + mark), at(from, place + mark));
      }
    } else {
      for (let index = 0; index < width; index += 1) result.push(at(from, place + index));
    }
    if (isLeft) atLeft += width;
    else atRight += width;
  }
  return result;
}

function at(times: readonly number[], index: number): number {
  return times[index] ?? Number.POSITIVE_INFINITY;
}

function stretchesOf<Mark extends string>(
  state: readonly number[],
  marks: readonly Mark[],
  width: number,
): Stretch<Mark>[] {
  const told: Stretch<Mark>[] = [];
  for (let place = 0; place < state.length; place += width) {
    // Filled in the order of the marks: all are of one shape, which a hundred thousand visitors feel.
    const firstOf: Partial<Record<Mark, number | null>> = {};
    let index = place + bounds;
    for (const mark of marks) {
      const time = at(state, index);
      firstOf[mark] = Number.isFinite(time) ? time : null;
      index += 1;
    }
    told.push({
      firstMs: at(state, place),
      lastMs: at(state, place + 1),
      firstOf: firstOf as Record<Mark, number | null>,
    });
  }
  return told;
}

/** Times but the first of a stretch are packed as their distance from it, which is short. */
function packedTime(state: readonly number[], time: number, index: number, width: number): number {
  if (index % width === 0) return time;
  return Number.isFinite(time) ? time - at(state, index - (index % width)) : never;
}

function unpackedTime(
  packed: readonly number[],
  time: number,
  index: number,
  width: number,
): number {
  if (index % width === 0) return time;
  return time === never ? Number.POSITIVE_INFINITY : time + at(packed, index - (index % width));
}
