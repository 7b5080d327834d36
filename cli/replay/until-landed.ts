import { setTimeout as delay } from 'node:timers/promises';
import { factDataSets } from '../../shared/lake/data-sets.ts';
import type { JoinPoints } from './join-point.ts';
import type { Lake } from './lake.ts';

/** What waiting takes. */
export interface Waiting {
  now(): number;
  say(line: string): void;
  /** @default - of the clock on the wall */
  sleep?(milliseconds: number): Promise<unknown>;
}

const pollMs = 5_000;
const patienceMs = 180_000;

/**
 * Waits until the lake holds all that the streams brought from the join point on. What came before
 * that arrived earlier, and so did it in the lake.
 *
 * @throws Error when some of it does not come, naming a fact.
 */
export async function untilLanded(
  lake: Lake,
  { facts }: Pick<JoinPoints, 'facts'>,
  streams: readonly string[],
  { now, say, sleep = delay }: Waiting,
): Promise<void> {
  const missing = new Map(
    [...facts].flatMap(([stream, ofStream]) =>
      streams.includes(stream) ? [[stream, new Map(ofStream)] as const] : [],
    ),
  );
  const lacking = () => [...missing.values()].reduce((sum, { size }) => sum + size, 0);
  const all = lacking();
  let changedMs = now();
  for (;;) {
    const before = lacking();
    for (const dataSet of factDataSets.filter(({ stream }) => streams.includes(stream))) {
      const ofStream = missing.get(dataSet.stream) ?? new Map<string, number>();
      const isOf = (id: string): boolean =>
        dataSet.stream === 'clickstream' || id.startsWith(`${dataSet.name}|`);
      const times = [...ofStream].flatMap(([id, atMs]) => (isOf(id) ? [atMs] : []));
      if (times.length === 0) continue;
      const span = {
        fromMs: times.reduce((first, atMs) => Math.min(first, atMs)),
        toMs: times.reduce((last, atMs) => Math.max(last, atMs)) + 1,
      };
      for (const id of await lake.identities(dataSet, span)) ofStream.delete(id);
    }
    const left = lacking();
    if (left === 0) return;
    if (left < before) changedMs = now();
    const [id] = [...missing.values()].flatMap((ofStream) => [...ofStream.keys()]);
    if (now() > changedMs + patienceMs) {
      throw new Error(
        `Cannot begin with the lake: ${left} of the last ${all} facts of the streams did not land for ${patienceMs / 1_000} s: received none for ${id}`,
      );
    }
    say(
      `The lake lacks ${left.toLocaleString('en')} of the last ${all.toLocaleString('en')} facts of the streams; they land within a minute or two.`,
    );
    await sleep(pollMs);
  }
}
