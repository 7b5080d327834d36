import {
  type Emission,
  type Job,
  type KeyedJob,
  keyedJob,
  multiKeyedJob,
} from '../../shared/stream/job.ts';
import type { Source } from '../../shared/stream/source.ts';
import { startOf } from '../../shared/stream/window.ts';
import type { Plan } from './plan.ts';
import type { SimulatedEvent } from './simulated-stream.ts';

/** Events of a key in one stretch of time after which the keyed rule raises its alert. */
export const alertAfter = 3;

/** Events per stretch of time. */
export interface Stretches {
  readonly [start: string]: number;
}

/** What a side of a stretch remembers: the event that has taken it. */
type Taken = { readonly by: string };

type Common = Pick<
  Job<SimulatedEvent>,
  'name' | 'generation' | 'eventTimeMs' | 'watermarkDelayMs' | 'allowedLatenessMs' | 'maxFutureMs'
>;

/** Length of the stretches that the keyed rule counts in, in units. */
const stretch = 50;

/** The stretch of time that an event lies in. */
export function stretchOf({ timeMs }: SimulatedEvent, { unitMs }: Plan): string {
  return String(startOf(timeMs, stretch * unitMs));
}

/** The keys that an event counts for: its own, and where it has several one of two for all. */
export function countedKeys({ key, amount }: SimulatedEvent, { several }: Plan): readonly string[] {
  return several ? [key, `group-${amount % 2}`] : [key];
}

/** The two sides of a stretch, the event's own first: whoever finds both free takes it. */
export function sidesOf({ amount }: SimulatedEvent, start: string): readonly [string, string] {
  const [left, right] = [`left|${start}`, `right|${start}`];
  return amount % 4 < 2 ? [left, right] : [right, left];
}

/**
 * A rule that numbers the events of each key. Where events have several keys it also lets one event
 * of a stretch take a side of it, unless another has taken the other side: that key is only looked
 * at.
 */
export function declareKeyedJob(
  plan: Plan,
  sources: readonly Source<SimulatedEvent>[],
  common: Common,
  keyOf: (event: SimulatedEvent) => string,
): KeyedJob<SimulatedEvent, Stretches> | KeyedJob<SimulatedEvent, Stretches | Taken> {
  // Longer than any event is late, so that no event finds its stretch forgotten.
  const declaration = { ...common, stateTtlMs: 20_000 * plan.unitMs };
  if (!plan.several) {
    return keyedJob(sources, {
      ...declaration,
      key: keyOf,
      evaluate: (event, state: Stretches | undefined) =>
        numbered(event, event.key, stretchOf(event, plan), state),
    });
  }
  return multiKeyedJob(sources, {
    ...declaration,
    keys: (event) => [
      keyOf(event),
      ...countedKeys(event, plan).slice(1),
      ...sidesOf(event, stretchOf(event, plan)),
    ],
    evaluate: (event, known: ReadonlyMap<string, Stretches | Taken>) => {
      const start = stretchOf(event, plan);
      const states = new Map<string, Stretches | Taken>();
      const emissions: Emission[] = [];
      for (const key of countedKeys(event, plan)) {
        const state = known.get(key);
        const next = numbered(event, key, start, state && 'by' in state ? undefined : state);
        states.set(key, next.state);
        emissions.push(...next.emissions);
      }
      const sides = sidesOf(event, start);
      if (sides.every((side) => !known.has(side))) {
        const [own] = sides;
        states.set(own, { by: event.id });
        emissions.push({ id: own, entity: own, type: 'taken', revision: 1, data: event.id });
      }
      return { states, emissions };
    },
  });
}

/** The rule tells of each event which one of its stretch it is; of the third it warns. */
function numbered(
  event: SimulatedEvent,
  entity: string,
  start: string,
  state: Stretches | undefined,
): { readonly state: Stretches; readonly emissions: readonly Emission[] } {
  const events = (state?.[start] ?? 0) + 1;
  const nth = { id: `${entity}|${start}|${events}`, entity, type: 'nth', revision: 1 };
  const alert = { id: `alert|${entity}|${start}`, entity, type: 'alert', revision: 1 };
  return {
    state: { ...state, [start]: events },
    emissions: [
      { ...nth, data: event.id },
      ...(events === alertAfter ? [{ ...alert, data: alertAfter }] : []),
    ],
  };
}
