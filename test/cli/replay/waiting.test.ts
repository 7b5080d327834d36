import { describe, expect, it } from 'vitest';
import { untilHeld } from '../../../cli/replay/learn-history.ts';
import { untilLanded } from '../../../cli/replay/until-landed.ts';

/** Time that only waiting moves on. */
function waiting() {
  const clock = { nowMs: 0 };
  const said: string[] = [];
  return {
    said,
    now: () => clock.nowMs,
    say: (line: string) => said.push(line),
    sleep: async (milliseconds: number) => {
      clock.nowMs += milliseconds;
    },
  };
}

describe('untilLanded()', () => {
  const join = {
    fromMs: 0,
    untilMs: 0,
    facts: new Map([
      [
        'shop-changes',
        new Map([
          ['orders|1|1', Date.UTC(2026, 2, 1)],
          ['order_items|1|1', Date.UTC(2026, 2, 1)],
        ]),
      ],
    ]),
  };

  /** A lake that holds orders from some time on, and items from another. */
  const lakeFrom = (now: () => number, ordersMs: number, itemsMs: number) => ({
    async *facts() {},
    identities: async ({ name }: { readonly name: string }) =>
      new Set(now() >= (name === 'orders' ? ordersMs : itemsMs) ? [`${name}|1|1`] : []),
    backfill: async () => ({}),
    close: () => undefined,
  });

  it('waits until the lake holds all that the streams brought', async () => {
    const patient = waiting();
    const lake = lakeFrom(patient.now, 9_000, 60_000);
    await untilLanded(lake, join, ['shop-changes'], patient);
    expect(patient.now()).toBe(60_000);
    expect(patient.said[0]).toBe(
      'The lake lacks 2 of the last 2 facts of the streams; they land within a minute or two.',
    );
    expect(patient.said.at(-1)).toContain('lacks 1 of the last 2');
  });

  it('takes no click for an order, whatever its sender has named it', async () => {
    const patient = waiting();
    const lake = lakeFrom(patient.now, Number.POSITIVE_INFINITY, 0);
    const named = new Map([['orders|1|1', Date.UTC(2026, 2, 1)]]);
    const both = { ...join, facts: new Map([...join.facts, ['clickstream', named]]) };
    const identities: typeof lake.identities = async (dataSet) =>
      dataSet.name === 'clicks' ? new Set(['orders|1|1']) : lake.identities(dataSet);
    await expect(
      untilLanded({ ...lake, identities }, both, ['shop-changes', 'clickstream'], patient),
    ).rejects.toThrow('received none for orders|1|1');
  });

  it('gives up on what does not come, and names it', async () => {
    const patient = waiting();
    const lake = lakeFrom(patient.now, 0, Number.POSITIVE_INFINITY);
    await expect(untilLanded(lake, join, ['shop-changes'], patient)).rejects.toThrow(
      'Cannot begin with the lake: 1 of the last 2 facts of the streams did not land for 180 s: received none for order_items|1|1',
    );
  });
});

describe('untilHeld()', () => {
  const lakeOf = (now: () => number, perSecond: number, most: number) => ({
    async backfill() {
      const held = Math.min(most, Math.floor((now() * perSecond) / 1_000));
      return { orders: held, clicks: held };
    },
  });

  it('waits for as long as more comes', async () => {
    const patient = waiting();
    await untilHeld(lakeOf(patient.now, 1, 1_000), { orders: 900, clicks: 5 }, patient);
    expect(patient.now()).toBe(900_000);
    expect(patient.said).toContain('The lake holds 400 of 900 orders.');
  });

  it('is not content with facts of a shop that was emptied', async () => {
    const patient = waiting();
    const lake = {
      async backfill(fromKeys: Readonly<Record<string, string>> = {}) {
        const fresh = patient.now() >= 30_000 ? 120 : 0;
        return { orders: fromKeys['orders'] === '501' ? fresh : 500 + fresh };
      },
    };
    await untilHeld(lake, { orders: { facts: 120, fromKey: '501' } }, patient);
    expect(patient.now()).toBe(30_000);
  });

  it('fails when orders are missing, and goes on when clicks are', async () => {
    const patient = waiting();
    await expect(
      untilHeld(lakeOf(patient.now, 100, 899), { orders: 900 }, patient),
    ).rejects.toThrow('no more of it came into the lake for 180 s: received 899 of 900 orders');
    const other = waiting();
    await untilHeld(lakeOf(other.now, 100, 899), { orders: 899, clicks: 900 }, other);
    expect(other.said.at(-1)).toBe(
      'The lake holds 899 of 900 clicks, and no more came: the others were sent before.',
    );
  });
});
