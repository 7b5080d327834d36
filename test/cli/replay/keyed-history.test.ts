import { expect, test } from 'vitest';
import type { LakeFact } from '../../../cli/replay/lake-facts.ts';
import { tellerOf } from '../../../cli/replay/tell-history.ts';
import { type ShopFacts, shopFacts } from '../../../shared/changes/shop-facts.ts';
import type { ClickRecord } from '../../../shared/events/click.ts';
import { clicks } from '../../../shared/events/click-source.ts';
import { createRandom } from '../../../shared/random/random.ts';
import { MemoryStore } from '../../../shared/state/memory-store.ts';
import { multiKeyedJob } from '../../../shared/stream/job.ts';
import type { Source } from '../../../shared/stream/source.ts';
import { viewText } from '../../fixtures/clicks.ts';
import { DyingStore } from '../../fixtures/dying-store.ts';
import { orderText } from '../../fixtures/shop-changes.ts';

const sinceMs = Date.UTC(2026, 2, 1);
const visitors = 7;

type Event = ClickRecord | ShopFacts['order'];
const sources: readonly Source<Event>[] = [shopFacts(['order'], 2_000), clicks(['view'])];
const visitorOf = (event: Event) =>
  'orderId' in event ? (event.customerHash ?? '') : (event.user ?? '');
const nameOf = (event: Event) => ('orderId' in event ? event.orderId : event.eventId);

/** Remembers of each visitor, and of all, what came one after the other. */
function diary(written: Map<string, string>) {
  return multiKeyedJob<Event, string>(sources, {
    name: 'diary',
    generation: 1,
    eventTimeMs: (event) => ('orderedAtMs' in event ? event.orderedAtMs : event.occurredAtMs),
    watermarkDelayMs: 5_000,
    allowedLatenessMs: 0,
    maxFutureMs: 60_000,
    stateTtlMs: 30 * 24 * 3_600_000,
    keys: (event) => [visitorOf(event), `all|${visitorOf(event) < '3'}`],
    evaluate(event, states) {
      const changed = new Map(
        [visitorOf(event), `all|${visitorOf(event) < '3'}`].map((key) => [
          key,
          `${states.get(key) ?? ''} ${nameOf(event)}`,
        ]),
      );
      for (const [key, state] of changed) written.set(key, state);
      return { states: changed, emissions: [] };
    },
  });
}

function history(): readonly LakeFact[] {
  const random = createRandom(5);
  let atMs = sinceMs;
  return Array.from({ length: 160 }, (_, index): LakeFact => {
    atMs += random.integer(0, 40_000);
    const visitor = String(random.integer(1, visitors));
    const isOrder = random.chance(0.4);
    const text = isOrder
      ? orderText(index, atMs, { customer_hash: visitor })
      : viewText(`c${index}`, atMs, { user: visitor });
    return {
      stream: isOrder ? 'shop-changes' : 'clickstream',
      atMs,
      id: isOrder ? `orders|${index}` : `clicks|c${index}`,
      arrivalMs: atMs,
      isBackfill: true,
      data: Buffer.from(text),
    };
  });
}

test('a job that remembers is told a history of two streams in its order, wherever it is killed', async () => {
  const facts = history();
  const expected = new Map<string, string>();
  for (const { stream, id, data } of facts) {
    const record = JSON.parse(data.toString());
    const visitor = stream === 'clickstream' ? record.user : record.data.customer_hash;
    for (const key of [visitor, `all|${visitor < '3'}`]) {
      expected.set(key, `${expected.get(key) ?? ''} ${id.split('|')[1]}`);
    }
  }
  const engine = { now: () => sinceMs, backOff: async () => {}, isShadow: async () => true };
  for (let death = 1, finished = false; !finished; death += 3) {
    const store = new MemoryStore();
    const dying = new DyingStore(store, (call) => call === death, death % 2 === 0);
    const written = new Map<string, string>();
    const job = diary(written);
    const first = tellerOf({ ...engine, store: dying }, job, undefined);
    finished = await first.tell(facts).then(
      () => true,
      () => false,
    );
    const again = tellerOf({ ...engine, store }, job, undefined);
    const resumeMs = (await again.resumeMs()) ?? sinceMs;
    await again.tell(facts.filter(({ atMs }) => atMs >= resumeMs));
    await again.end();
    expect(written, `killed at call ${death}`).toEqual(expected);
  }
});
