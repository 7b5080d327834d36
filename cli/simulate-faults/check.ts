import {
  addCounts,
  type Counts,
  noCounts,
  unpackControl,
} from '../../shared/stream/state/control.ts';
import { controlKey } from '../../shared/stream/state/layout.ts';
import { checkAlerts, checkRule } from './check-rules.ts';
import { checkSessions } from './check-sessions.ts';
import { checkWindows } from './check-windows.ts';
import { alarmType, futureMax } from './declare-job.ts';
import type { StoredRecord } from './simulated-stream.ts';
import type { Produced, World } from './world.ts';

/** Holds the end of a history against what was put into the streams. */
export function check(world: World): void {
  checkConservation(world);
  checkSideOutputs(world);
  checkPublished(world);
  switch (world.job.kind) {
    case 'windowed':
      checkWindows(world, world.job);
      break;
    case 'session':
      checkSessions(world, world.job);
      break;
    case 'rule':
      checkRule(world);
      break;
    case 'keyed':
      checkAlerts(world);
      break;
  }
}

/** What the control rows of all shards count. */
export function countsOf(world: World): Counts {
  const all: Counts[] = [];
  for (const stream of world.streams.values()) {
    for (const { id } of stream.shards) all.push(countsOfShard(world, stream.name, id));
  }
  return addCounts(all);
}

function countsOfShard({ table, job }: World, stream: string, shard: string): Counts {
  const item = table.get(controlKey(job, { stream, shard }));
  return item ? unpackControl(item).counts : noCounts;
}

/** Every record with an event, or with what should be one, had one effect. */
function checkConservation(world: World): void {
  for (const stream of world.streams.values()) {
    for (const { id, records } of stream.shards) {
      const { counted, late, duplicate, future, quarantined } = countsOfShard(
        world,
        stream.name,
        id,
      );
      const put = records.filter((record) => hasEffect(world, record)).length;
      const taken = counted + late + duplicate + future + quarantined;
      if (put === taken) continue;
      world.violation(
        `of ${put} records in ${id} ${counted} were counted, ${late} late, ${duplicate} duplicate, ${future} future, ${quarantined} quarantined`,
      );
    }
  }
}

function hasEffect(world: World, record: StoredRecord): boolean {
  const { kind } = record.payload;
  return kind === 'event' || kind === 'poison' || isFromFuture(world, record);
}

function isFromFuture({ plan }: World, { payload, arrivalMs }: StoredRecord): boolean {
  if (payload.kind === 'event') return payload.event.fromFuture;
  return payload.kind === 'tick' && payload.atMs > arrivalMs + futureMax * plan.unitMs;
}

function checkSideOutputs(world: World): void {
  const { side } = world.audit;
  const counts = countsOf(world);
  for (const output of ['late', 'future', 'quarantined'] as const) {
    if (side[output].size === counts[output]) continue;
    world.violation(
      `${counts[output]} records are ${output}, but ${side[output].size} lie in that side output`,
    );
  }
  for (const [place, payload] of side.quarantined) {
    if (payload.kind === 'poison' || (payload.kind === 'event' && payload.event.hostile)) continue;
    world.violation(`record ${place} is quarantined: ${JSON.stringify(payload)}`);
  }
  for (const stream of world.streams.values()) {
    for (const { id, records } of stream.shards) {
      for (const record of records) {
        const { sequenceNumber, payload } = record;
        const place = `${id} ${sequenceNumber}`;
        const isPoison = payload.kind === 'poison';
        if (isPoison && !side.quarantined.has(place)) {
          world.violation(`poison ${place} is not quarantined`);
        }
        if (isFromFuture(world, record) !== side.future.has(place)) {
          world.violation(`record ${place} and the side output of the future disagree`);
        }
      }
    }
  }
}

/** What was put into the outbox was published, and nothing else was. */
function checkPublished({ audit, published, violation }: World): void {
  for (const [name, packed] of audit.outbox) {
    const emission = published.get(name);
    if (!emission) violation(`emission ${name} was never published`);
    else if (JSON.stringify(emission) !== packed)
      violation(`emission ${name} was published otherwise`);
  }
  for (const name of published.keys()) {
    if (!audit.outbox.has(name)) violation(`emission ${name} was published without the outbox`);
  }
}

/**
 * Holds how often events were counted against what was put: once, or not at all and late.
 *
 * @param times how often the results hold an event.
 */
export function checkCounted(world: World, times: (id: string) => number): void {
  const late = lateIds(world);
  for (const { event, inTime } of world.produced) {
    const { id, hostile, fromFuture } = event;
    const counted = times(id);
    if (hostile || fromFuture) {
      if (counted > 0) world.violation(`event ${id} is counted, though it never can be`);
      continue;
    }
    if (counted > 1) world.violation(`event ${id} is counted ${counted} times`);
    if (counted === 0 && !late.has(id)) world.violation(`event ${id} is lost`);
    if (counted === 0 && inTime) world.violation(`event ${id} is late, though within the bound`);
  }
  const sum = world.produced.reduce((total, { event }) => total + times(event.id), 0);
  const { counted } = countsOf(world);
  if (sum !== counted) world.violation(`${counted} events are counted, but results hold ${sum}`);
}

function lateIds({ audit }: World): ReadonlySet<string> {
  const ids = new Set<string>();
  for (const payload of audit.side.late.values()) {
    if (payload.kind === 'event') ids.add(payload.event.id);
  }
  return ids;
}

/**
 * What was said under each id, revision by revision: they count from 1 without a gap. A long list
 * comes in chunks, each under an id of its own; it is whole here again.
 */
export function checkRevisions(world: World): ReadonlyMap<string, readonly unknown[]> {
  const { published } = world;
  const results = [...published.values()].filter(({ type }) => type !== alarmType);
  const first = results.filter(({ chunk }) => !chunk || chunk.index === 0);
  const said = new Map<string, readonly unknown[]>();
  let chunks = 0;
  for (const [id, emissions] of Map.groupBy(first, (emission) => emission.id)) {
    const inOrder = emissions.toSorted((a, b) => a.revision - b.revision);
    if (inOrder.some(({ revision }, index) => revision !== index + 1)) {
      const revisions = inOrder.map(({ revision }) => revision);
      world.violation(`revisions of ${id} are ${revisions.join(', ')}`);
    }
    const whole = inOrder.map(({ data, revision, chunk }) => {
      const rows: unknown[] = [data];
      for (let index = 1; index < (chunk?.count ?? 1); index += 1) {
        const more = published.get(`${id}|${index}#${revision}`);
        if (!more) world.violation(`chunk ${index} of ${id}, revision ${revision}, is missing`);
        rows.push(more?.data);
      }
      chunks += rows.length;
      return Array.isArray(data) ? rows.flat() : data;
    });
    said.set(id, whole);
  }
  if (chunks !== results.length) {
    world.violation(`${results.length - chunks} chunks belong to no revision`);
  }
  return said;
}

/** Events by their id. */
export function producedById({ produced }: World): ReadonlyMap<string, Produced> {
  return new Map(produced.map((one) => [one.event.id, one]));
}
