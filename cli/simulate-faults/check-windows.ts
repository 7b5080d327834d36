import type { WindowedJob } from '../../shared/stream/job.ts';
import { textOf } from '../../shared/stream/state/control.ts';
import { resultPartition } from '../../shared/stream/state/layout.ts';
import { firstEndOf, startOf } from '../../shared/stream/window.ts';
import { checkCounted, checkRevisions } from './check.ts';
import { alarmsOf, alarmType, beforePrefix, fillerText, type ResultRow } from './declare-job.ts';
import type { SimulatedEvent } from './simulated-stream.ts';
import type { World } from './world.ts';

/** Windows hold what a computation over all events says, but for those that came late for them. */
export function checkWindows(world: World, job: WindowedJob<SimulatedEvent>): void {
  const { counted } = world.audit;
  checkCounted(world, (id) => counted.get(id)?.length ?? 0);
  const wanted = expected(world, job);
  const found = readResults(world, job);
  for (const end of new Set([...wanted.keys(), ...found.keys()])) {
    const [want, got] = [wanted.get(end), found.get(end)];
    if (JSON.stringify(want) === JSON.stringify(got)) continue;
    world.violation(
      `window ${end} holds ${JSON.stringify(got)} instead of ${JSON.stringify(want)}`,
    );
  }
  const said = checkRevisions(world);
  checkAlarms(world, job, said);
  for (const [end, rows] of found) {
    const startMs = end - job.window.sizeMs;
    const last = said.get(`${job.name}|${job.generation}|${startMs}`)?.at(-1);
    if (JSON.stringify(last) === JSON.stringify(rows)) continue;
    world.violation(`the last revision of window ${end} is not its result`);
  }
  for (const [id, revisions] of said) checkGrowth(world, id, revisions as readonly ResultRow[][]);
}

/** Rows per window, by its end, over all events but those that were late for the window. */
function expected(
  { produced, audit, violation, plan }: World,
  { window }: WindowedJob<SimulatedEvent>,
): ReadonlyMap<number, readonly ResultRow[]> {
  const windows = new Map<number, Map<string, SimulatedEvent[]>>();
  const reachMs = window.sizeMs + window.lookbackMs;
  for (const { event, inTime } of produced) {
    const fromEnd = audit.counted.get(event.id)?.[0];
    if (fromEnd === undefined) continue;
    const pane = startOf(event.timeMs, window.paneMs, window.offsetMs);
    const first = firstEndOf(window, pane);
    if (inTime && fromEnd > first)
      violation(`event ${event.id} is late for a window, though within the bound`);
    for (let end = first; end - reachMs <= event.timeMs; end += window.slideMs) {
      if (end < fromEnd) continue;
      const key = `${event.timeMs < end - window.sizeMs ? beforePrefix : ''}${event.key}`;
      const byKey = windows.get(end) ?? new Map<string, SimulatedEvent[]>();
      byKey.set(key, [...(byKey.get(key) ?? []), event]);
      windows.set(end, byKey);
    }
  }
  const filler = plan.wide ? fillerText : '';
  return new Map(
    [...windows].map(([end, byKey]) => [
      end,
      [...byKey]
        .map(([key, events]) => ({
          key,
          events: events.length,
          amount: events.reduce((sum, { amount }) => sum + amount, 0),
          ids: events.map(({ id }) => id).sort(),
          filler,
        }))
        .sort((a, b) => (inOrder(a.key) < inOrder(b.key) ? -1 : 1)),
    ]),
  );
}

/** What a window looks back at stands behind its own rows. */
function inOrder(key: string): string {
  return key.startsWith(beforePrefix) ? `~${key}` : key;
}

/** Each closing, and each revision of a closed window, raised the alarms of its rows, and no others. */
function checkAlarms(
  world: World,
  job: WindowedJob<SimulatedEvent>,
  said: ReadonlyMap<string, readonly unknown[]>,
): void {
  const wanted = new Map<string, string>();
  for (const [startMs, revisions] of world.audit.closings) {
    const rowsOf = said.get(`${job.name}|${job.generation}|${startMs}`) ?? [];
    for (const revision of revisions) {
      const rows = rowsOf[revision - 1] as readonly ResultRow[];
      const bounds = { startMs, endMs: startMs + job.window.sizeMs };
      for (const { id, data } of world.plan.alarms ? alarmsOf(rows, bounds) : []) {
        wanted.set(`${id}#${revision}`, JSON.stringify(data));
      }
    }
  }
  for (const { id, type, revision, data } of world.published.values()) {
    if (type !== alarmType) continue;
    const name = `${id}#${revision}`;
    const want = wanted.get(name);
    if (want !== JSON.stringify(data)) {
      world.violation(`${name} says ${JSON.stringify(data)} instead of ${want}`);
    }
    wanted.delete(name);
  }
  for (const name of wanted.keys()) world.violation(`${name} was never raised`);
}

function readResults(
  world: World,
  job: WindowedJob<SimulatedEvent>,
): ReadonlyMap<number, readonly ResultRow[]> {
  const results = new Map<number, ResultRow[]>();
  for (const item of world.table.all(resultPartition(job))) {
    const startMs = Number(item.sk.split('#')[0]);
    const end = startMs + job.window.sizeMs;
    const rows: ResultRow[] = JSON.parse(textOf(item, 'data'));
    results.set(end, [...(results.get(end) ?? []), ...rows]);
    const isFirst = !item.sk.includes('#');
    if (isFirst && item.attributes['final'] !== true) world.violation(`window ${end} is not final`);
  }
  return results;
}

/** A revision knows all that the one before knew, and more. */
function checkGrowth(world: World, id: string, revisions: readonly (readonly ResultRow[])[]): void {
  let known = new Set<string>();
  for (const [index, rows] of revisions.entries()) {
    const ids = new Set(rows.flatMap((row) => row.ids));
    if (ids.size <= known.size || [...known].some((one) => !ids.has(one))) {
      world.violation(`revision ${index + 1} of ${id} knows no more than the one before`);
    }
    known = ids;
  }
}
