import { revenueJob } from '../../../functions/statistics/revenue.ts';
import { shopFacts } from '../../../shared/changes/shop-facts.ts';
import { settings } from '../../../shared/config/settings.ts';
import { clicks } from '../../../shared/events/click-source.ts';
import { count, sum } from '../../../shared/stream/accumulator.ts';
import {
  type Job,
  keyedJob,
  multiKeyedJob,
  sessionJob,
  windowedJob,
} from '../../../shared/stream/job.ts';
import type { Source } from '../../../shared/stream/source.ts';
import { session, sliding, tumbling } from '../../../shared/stream/window.ts';

const minuteMs = 60_000;

/** What the jobs look at in an event of either kind. */
interface View<Event> {
  atMs(event: Event): number;
  key(event: Event): string;
  amount(event: Event): number;
}

/** Kinds of work that a job makes. */
export type JobKind = 'tumbling' | 'sliding' | 'session' | 'keyed' | 'entities';

/** The key of a click is its product. */
const clickJobs = jobsOver(clicks(), {
  atMs: (click) => click.occurredAtMs,
  key: (click) => String(click.productId),
  amount: (click) => (click.type === 'purchase' ? 1 : 0),
});
/** The key of an order is its customer. */
const orderJobs = jobsOver(shopFacts(['order'], 0), {
  atMs: (order) => order.orderedAtMs,
  key: (order) => order.customerId,
  amount: (order) => order.totalCents,
});
/** The shop's own. */
const revenue = revenueJob({ ...settings({}), changeTickSettleMs: 0 });

/** Hands over the job that makes this kind of work of such records. */
export function withJob<Result>(
  record: 'click' | 'order',
  kind: JobKind,
  use: <Event>(job: Job<Event>) => Result,
): Result {
  if (record === 'click') return use(clickJobs[kind]);
  return kind === 'tumbling' ? use(revenue) : use(orderJobs[kind]);
}

function jobsOver<Event>(
  source: Source<Event>,
  view: View<Event>,
): Readonly<Record<JobKind, Job<Event>>> {
  const common = {
    generation: 1,
    eventTimeMs: view.atMs,
    watermarkDelayMs: 1_000,
    allowedLatenessMs: minuteMs,
    maxFutureMs: 5 * minuteMs,
  };
  const accumulators = { events: count<Event>(), amount: sum(view.amount) };
  return {
    tumbling: windowedJob([source], {
      ...common,
      name: 'bench-tumbling',
      window: tumbling(minuteMs),
      key: () => 'shop',
      accumulators,
      preliminaryEveryMs: undefined,
      type: 'totals',
      result: (totals) => totals.get('shop'),
    }),
    sliding: windowedJob([source], {
      ...common,
      name: 'bench-sliding',
      window: sliding(5 * minuteMs, minuteMs),
      key: view.key,
      accumulators,
      preliminaryEveryMs: undefined,
      type: 'top',
      result: (totals) => largest(totals, 10),
    }),
    session: sessionJob([source], {
      ...common,
      name: 'bench-session',
      window: session(30 * minuteMs),
      key: view.key,
      accumulators,
      type: 'session',
      result: ({ key }, values) => ({ key, ...values }),
    }),
    keyed: keyedJob([source], {
      ...common,
      name: 'bench-keyed',
      key: view.key,
      stateTtlMs: 10 * minuteMs,
      evaluate(event, state: { readonly events: number; readonly sinceMs: number } | undefined) {
        const atMs = view.atMs(event);
        const fresh = state === undefined || atMs - state.sinceMs > 10 * minuteMs;
        const next = fresh
          ? { events: 1, sinceMs: atMs }
          : { events: state.events + 1, sinceMs: state.sinceMs };
        if (next.events !== velocityLimit) return { state: next, emissions: [] };
        const key = view.key(event);
        const id = `bench-keyed|${key}|${next.sinceMs}`;
        const data = { key, events: next.events };
        return {
          state: next,
          emissions: [{ id, entity: key, type: 'alert', revision: 1, data }],
        };
      },
    }),
    entities: multiKeyedJob([source], {
      ...common,
      name: 'bench-entities',
      keys: (event) => entityKinds.map((kind) => `${kind}|${view.key(event)}`),
      stateTtlMs: 10 * minuteMs,
      evaluate(event, known: ReadonlyMap<string, number>) {
        const states = new Map<string, number>();
        for (const kind of entityKinds) {
          const key = `${kind}|${view.key(event)}`;
          states.set(key, (known.get(key) ?? 0) + 1);
        }
        return { states, emissions: [] };
      },
    }),
  };
}

/** An event touches so many entities: a customer, a card, a device and so on. */
const entityKinds = ['customer', 'card', 'device', 'address', 'ip', 'email', 'amount'];

/** So many events of a key within ten minutes are worth an alert. */
const velocityLimit = 50;

function largest(
  totals: ReadonlyMap<string, { readonly events: number; readonly amount: number }>,
  places: number,
) {
  return [...totals]
    .map(([key, values]) => ({ key, ...values }))
    .sort((a, b) => b.events - a.events || (a.key < b.key ? -1 : 1))
    .slice(0, places);
}
