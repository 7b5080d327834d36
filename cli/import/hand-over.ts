import { setTimeout as sleep } from 'node:timers/promises';
import type { ProgressBar } from '../progress-bar.ts';
import { atPace } from './pace.ts';

/** What an import does with the events of its file. */
export interface HandOver<Event> {
  /** Undefined: as history, as fast as it goes. */
  readonly speed: number | undefined;
  /** Lines of one call of `write`, unless one event has more. */
  readonly linesMax: number;
  lines(event: Event): number;
  atMs(event: Event): number;
  /** The event at other times. */
  moved(event: Event, shifted: (atMs: number) => number): Event;
  write(events: readonly Event[]): Promise<void>;
  /** Moved on by what was written. */
  readonly bar: ProgressBar;
}

/** Writes all events: as they come, or each when its time has come. */
export async function handOver<Event>(
  events: AsyncIterable<Event>,
  options: HandOver<Event>,
): Promise<void> {
  const { speed } = options;
  if (speed === undefined) await asHistory(events, options);
  else await asLive(events, options, speed);
}

async function asHistory<Event>(
  events: AsyncIterable<Event>,
  { lines, linesMax, write, bar }: HandOver<Event>,
): Promise<void> {
  let batch: Event[] = [];
  let size = 0;
  const writeBatch = async (): Promise<void> => {
    if (size > 0) await write(batch);
    bar.add(size);
    batch = [];
    size = 0;
  };
  for await (const event of events) {
    if (size + lines(event) > linesMax) await writeBatch();
    batch.push(event);
    size += lines(event);
  }
  await writeBatch();
}

/** Ctrl-C ends it after the events that are being written. */
async function asLive<Event>(
  events: AsyncIterable<Event>,
  { atMs, moved, lines, linesMax, write, bar }: HandOver<Event>,
  speed: number,
): Promise<void> {
  const all: Event[] = [];
  for await (const event of events) all.push(event);
  const stop = new AbortController();
  const stopNow = (): void => stop.abort();
  process.once('SIGINT', stopNow);
  const { signal } = stop;
  const wait = (ms: number): Promise<void> => sleep(ms, undefined, { signal }).catch(() => {});
  const pace = { speed, signal, now: Date.now, sleep: wait };
  for await (const { events: due, shifted } of atPace(all, atMs, pace)) {
    for (let start = 0; start < due.length; start += linesMax) {
      const part = due.slice(start, start + linesMax);
      await write(part.map((event) => moved(event, shifted)));
      bar.add(part.reduce((sum, event) => sum + lines(event), 0));
    }
  }
  process.off('SIGINT', stopNow);
}
