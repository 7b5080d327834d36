import { textOf } from '../../shared/stream/state/control.ts';
import { rowKey } from '../../shared/stream/state/layout.ts';
import { checkCounted, producedById } from './check.ts';
import { alertAfter, countedKeys, sidesOf, stretchOf } from './declare-keyed-job.ts';
import type { World } from './world.ts';

/** The rule without memory says one thing of each event that it was given in time. */
export function checkRule(world: World): void {
  const said = new Map<string, number>();
  const byId = producedById(world);
  for (const { id, data } of world.published.values()) {
    said.set(id, (said.get(id) ?? 0) + 1);
    if (byId.get(id)?.event.amount !== data) world.violation(`of event ${id} it says ${data}`);
  }
  checkCounted(world, (id) => said.get(id) ?? 0);
}

/**
 * The rule with a memory numbers the events of each key and stretch, and warns once at the third;
 * where events have several keys, one of two sides of each stretch is taken.
 */
export function checkAlerts(world: World): void {
  const numbers = checkNumbered(world);
  const alerts = told(world, 'alert').map(({ id }) => id.slice('alert|'.length));
  const due = [...numbers]
    .filter(([, found]) => found.length >= alertAfter)
    .map(([place]) => place);
  if (due.sort().join() !== alerts.sort().join()) {
    world.violation(`alerts are ${alerts.join(', ')}, where ${due.join(', ')} are due`);
  }
  if (world.plan.several) checkSides(world);
}

/** Gives the numbers that the events of each key and stretch were told with. */
function checkNumbered(world: World): ReadonlyMap<string, readonly number[]> {
  const { plan } = world;
  const places = new Map<string, string[]>();
  const numbers = new Map<string, number[]>();
  const byId = producedById(world);
  for (const { id, data } of told(world, 'nth')) {
    const eventId = String(data);
    const place = id.slice(0, id.lastIndexOf('|'));
    const number = Number(id.slice(id.lastIndexOf('|') + 1));
    numbers.set(place, [...(numbers.get(place) ?? []), number]);
    places.set(eventId, [...(places.get(eventId) ?? []), place]);
  }
  for (const [eventId, found] of places) {
    const event = byId.get(eventId)?.event;
    if (!event) continue;
    const wanted = countedKeys(event, plan).map((key) => `${key}|${stretchOf(event, plan)}`);
    // Counted twice is told by the counts; counted for some of its keys only, or for others, here.
    if ([...new Set(found)].sort().join() !== wanted.sort().join()) {
      world.violation(`event ${eventId} was counted for ${found}, not for ${wanted}`);
    }
  }
  checkCounted(world, (id) => (places.get(id)?.length ?? 0) / (plan.several ? 2 : 1));
  for (const [place, found] of numbers) {
    found.sort((a, b) => a - b);
    if (found.some((number, index) => number !== index + 1)) {
      world.violation(`events of ${place} are numbered ${found.join(', ')}`);
    }
    checkRow(world, place, found.length);
  }
  return numbers;
}

/** What is remembered is what was told. */
function checkRow({ table, job, violation }: World, place: string, events: number): void {
  const [key = '', start = ''] = place.split('|');
  const row = table.get(rowKey(job, key));
  if (!row) {
    violation(`nothing is remembered of ${key}`);
    return;
  }
  const { state } = JSON.parse(textOf(row, 'state'));
  if (state[start] !== events) {
    violation(`of ${place} ${events} events were told, and ${state[start]} are remembered`);
  }
}

/** Of each stretch with an event one side is taken, by one event: what it saw free stayed free. */
function checkSides(world: World): void {
  const { plan } = world;
  const byId = producedById(world);
  const stretches = new Map<string, string[]>();
  for (const { data } of told(world, 'nth')) {
    const event = byId.get(String(data))?.event;
    if (event) stretches.set(stretchOf(event, plan), []);
  }
  for (const { id, data } of told(world, 'taken')) {
    const event = byId.get(String(data))?.event;
    const start = id.slice(id.indexOf('|') + 1);
    stretches.set(start, [...(stretches.get(start) ?? []), id]);
    if (!event || sidesOf(event, start)[0] !== id) world.violation(`${id} is taken by ${data}`);
  }
  for (const [start, taken] of stretches) {
    if (taken.length === 1) continue;
    world.violation(`of stretch ${start} ${taken.length} sides are taken: ${taken.join(', ')}`);
  }
}

function told({ published }: World, type: string) {
  return [...published.values()].filter((emission) => emission.type === type);
}
