import type { SessionJob } from '../../shared/stream/job.ts';
import { textOf } from '../../shared/stream/state/control.ts';
import { resultPartition } from '../../shared/stream/state/layout.ts';
import { checkCounted, checkRevisions, producedById } from './check.ts';
import { isSilent, type ResultRow } from './declare-job.ts';
import type { SimulatedEvent } from './simulated-stream.ts';
import type { World } from './world.ts';

interface FoundSession {
  readonly startMs: number;
  readonly endMs: number;
  readonly row: ResultRow;
}

/** Sessions hold each event that was in time once, reach as far as they must, and no further. */
export function checkSessions(world: World, job: SessionJob<SimulatedEvent>): void {
  const times = new Map<string, number>();
  const said = checkRevisions(world);
  const superseded = new Set(
    [...world.published.values()].flatMap(({ supersedes }) => supersedes ?? []),
  );
  const byKey = new Map<string, FoundSession[]>();
  const told = new Set<string>();
  for (const item of world.table.all(resultPartition(job))) {
    const row: ResultRow = JSON.parse(textOf(item, 'data'));
    const found = {
      startMs: Number(item.attributes['startMs']),
      endMs: Number(item.attributes['endMs']),
      row,
    };
    byKey.set(row.key, [...(byKey.get(row.key) ?? []), found]);
    for (const id of row.ids) times.set(id, (times.get(id) ?? 0) + 1);
    const id = `${job.name}|${job.generation}|${row.key}|${found.startMs}`;
    told.add(id);
    if (JSON.stringify(said.get(id)?.at(-1)) !== JSON.stringify(row)) {
      world.violation(`the last revision of session ${id} is not its result`);
    }
    checkExtent(world, job, found);
  }
  if (world.plan.silence) checkSilence(world, job, byKey);
  else checkCounted(world, (id) => times.get(id) ?? 0);
  for (const id of said.keys()) {
    const isTakenBack = superseded.has(id) || said.get(id)?.at(-1) === null;
    if (!told.has(id) && !isTakenBack) world.violation(`session ${id} has no result any more`);
  }
  for (const sessions of byKey.values()) checkApart(world, job, sessions);
}

/** Where nothing can be late, a session is told if and only if it has something to tell. */
function checkSilence(
  world: World,
  { window }: SessionJob<SimulatedEvent>,
  found: ReadonlyMap<string, readonly FoundSession[]>,
): void {
  const events = world.produced
    .map(({ event }) => event)
    .filter(({ hostile, fromFuture }) => !hostile && !fromFuture);
  const wanted: string[] = [];
  for (const ofKey of Map.groupBy(events, ({ key }) => key).values()) {
    let session: SimulatedEvent[] = [];
    const inOrder = ofKey.toSorted((a, b) => a.timeMs - b.timeMs);
    for (const [index, event] of inOrder.entries()) {
      session.push(event);
      const next = inOrder[index + 1];
      if (next && next.timeMs - event.timeMs < window.gapMs) continue;
      const amount = session.reduce((sum, one) => sum + one.amount, 0);
      if (!isSilent(amount)) wanted.push(idsOf(session.map(({ id }) => id)));
      session = [];
    }
  }
  const told = [...found.values()].flat().map(({ row }) => idsOf(row.ids));
  for (const ids of wanted) if (!told.includes(ids)) world.violation(`no session tells of ${ids}`);
  for (const ids of told) if (!wanted.includes(ids)) world.violation(`a session tells of ${ids}`);
}

function idsOf(ids: readonly string[]): string {
  return ids.toSorted().join(' ');
}

/** A session is what its events make of it. */
function checkExtent(
  world: World,
  job: SessionJob<SimulatedEvent>,
  { startMs, endMs, row }: FoundSession,
): void {
  const byId = producedById(world);
  const events = row.ids.flatMap((id) => byId.get(id)?.event ?? []);
  const timesMs = events.map(({ timeMs }) => timeMs).sort((a, b) => a - b);
  const name = `session ${row.key} ${startMs}`;
  if (startMs !== timesMs[0] || endMs !== (timesMs.at(-1) ?? 0) + job.window.gapMs) {
    world.violation(`${name} to ${endMs} does not fit its events`);
  }
  if (
    timesMs.some((timeMs, index) => timeMs - (timesMs[index - 1] ?? timeMs) >= job.window.gapMs)
  ) {
    world.violation(`${name} has a gap within`);
  }
  const amount = events.reduce((sum, event) => sum + event.amount, 0);
  if (amount !== row.amount || events.length !== row.events) {
    world.violation(`${name} says ${row.events} events of ${row.amount}`);
  }
  if (events.some(({ key }) => key !== row.key)) world.violation(`${name} holds other keys`);
}

/**
 * Sessions of one key do not touch. Only an event beyond the bound may come when the session that
 * it should have been in is final: it then makes one of its own.
 */
function checkApart(
  world: World,
  { window }: SessionJob<SimulatedEvent>,
  sessions: readonly FoundSession[],
): void {
  const byId = producedById(world);
  const inOrder = sessions.toSorted((a, b) => a.startMs - b.startMs);
  for (const [index, next] of inOrder.entries()) {
    const before = inOrder[index - 1];
    if (!before || next.startMs >= before.endMs) continue;
    const ids = [...before.row.ids, ...next.row.ids];
    if (ids.every((id) => byId.get(id)?.inTime)) {
      world.violation(
        `sessions of ${next.row.key} from ${before.startMs} and ${next.startMs} are less than ${window.gapMs} ms apart`,
      );
    }
  }
}
