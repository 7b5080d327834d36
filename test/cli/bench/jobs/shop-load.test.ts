import { describe, expect, it } from 'vitest';
import { ShopLoad } from '../../../../cli/bench/jobs/shop-load.ts';
import { shopFacts } from '../../../../shared/changes/shop-facts.ts';
import { clicks } from '../../../../shared/events/click-source.ts';

const kinds = ['order', 'orderItem', 'payment', 'adjustment'] as const;

describe('ShopLoad', () => {
  it('brings clicks of all visitors and facts of all kinds that their sources can read', () => {
    const streams = ['clickstream', 'shop-changes'];
    const load = new ShopLoad({ keys: 100, shards: 2, streams });
    const batches = Array.from({ length: 24 }, () => load.batch());
    const recordsOf = (stream: string) =>
      batches.filter(({ from }) => from.stream === stream).flatMap(({ records }) => records);
    const decoded = [
      ...clicks().decode(recordsOf('clickstream')),
      ...shopFacts(kinds, 0).decode(recordsOf('shop-changes')),
    ];
    const events = decoded.flatMap((one) => (one.kind === 'event' ? [one.event] : []));
    expect(decoded.filter(({ kind }) => kind === 'undecodable')).toEqual([]);
    expect(decoded.some(({ kind }) => kind === 'tick')).toBe(true);
    const facts = events.map((event) => ('kind' in event ? event.kind : event.type));
    expect(new Set(facts)).toEqual(new Set([...kinds, 'view', 'cart', 'remove', 'purchase']));
    const sessions = events.map((event) => ('session' in event ? event.session : undefined));
    expect(new Set(sessions.filter(Boolean)).size).toBe(100);
    expect(new Set(batches.map(({ from }) => `${from.stream}/${from.shard}`)).size).toBe(4);
  });
});
