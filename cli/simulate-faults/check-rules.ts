import { startOf } from '../../shared/stream/window.ts';
import { checkCounted, producedById } from './check.ts';
import { alertAfter, alertStretch } from './declare-job.ts';
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

/** The rule with a memory numbers the events of each key and stretch, and warns once at the third. */
export function checkAlerts(world: World): void {
  const times = new Map<string, number>();
  const numbers = new Map<string, number[]>();
  const alerts: string[] = [];
  const byId = producedById(world);
  for (const { id, type, data } of world.published.values()) {
    if (type === 'alert') alerts.push(id.slice('alert|'.length));
    else if (typeof data === 'string') {
      times.set(data, (times.get(data) ?? 0) + 1);
      const place = id.slice(0, id.lastIndexOf('|'));
      const number = Number(id.slice(id.lastIndexOf('|') + 1));
      numbers.set(place, [...(numbers.get(place) ?? []), number]);
      const event = byId.get(data)?.event;
      const stretchMs = alertStretch * world.plan.unitMs;
      if (event && place !== `${event.key}|${startOf(event.timeMs, stretchMs)}`) {
        world.violation(`event ${data} was told of as ${id}`);
      }
    }
  }
  checkCounted(world, (id) => times.get(id) ?? 0);
  for (const [place, found] of numbers) {
    found.sort((a, b) => a - b);
    if (found.some((number, index) => number !== index + 1)) {
      world.violation(`events of ${place} are numbered ${found.join(', ')}`);
    }
  }
  const due = [...numbers]
    .filter(([, found]) => found.length >= alertAfter)
    .map(([place]) => place);
  if (due.sort().join() !== alerts.sort().join()) {
    world.violation(`alerts are ${alerts.join(', ')}, where ${due.join(', ')} are due`);
  }
}
