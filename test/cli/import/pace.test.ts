import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { atPace, type Pace } from '../../../cli/import/pace.ts';

/** Time that passes only where it is slept, and while each bundle is handled. */
function virtualTime(startMs: number): Pace & { pass(milliseconds: number): void } {
  let nowMs = startMs;
  const pass = (milliseconds: number): void => {
    nowMs += milliseconds;
  };
  return {
    ...{ speed: 10, pass, signal: new AbortController().signal, now: () => nowMs },
    sleep: async (milliseconds) => pass(Math.ceil(milliseconds)),
  };
}

describe('atPace()', () => {
  it('lets every event happen once, in order, none before its time', async () => {
    const times = fc.array(fc.integer({ min: 0, max: 10_000_000 }), { maxLength: 50 });
    const handling = fc.integer({ min: 0, max: 5_000 });
    await fc.assert(
      fc.asyncProperty(times, handling, async (inFile, handlingMs) => {
        const time = virtualTime(1_700_000_000_000);
        const startMs = time.now();
        const firstMs = Math.min(...inFile);
        const told: number[] = [];
        for await (const { events, shifted } of atPace(inFile, (atMs) => atMs, time)) {
          for (const atMs of events) {
            expect(startMs + (atMs - firstMs) / time.speed).toBeLessThanOrEqual(time.now());
            expect(shifted(atMs)).toBeLessThanOrEqual(time.now());
            expect(shifted(atMs)).toBeGreaterThanOrEqual(time.now() - 2_000);
          }
          told.push(...events);
          time.pass(handlingMs);
        }
        expect(told).toEqual(inFile.toSorted((a, b) => a - b));
      }),
    );
  });

  it('ends when it is told to', async () => {
    const stop = new AbortController();
    const time = { ...virtualTime(0), signal: stop.signal };
    let bundles = 0;
    for await (const _ of atPace([0, 1_000_000, 2_000_000], (atMs) => atMs, time)) {
      bundles += 1;
      stop.abort();
    }
    expect(bundles).toBe(1);
  });
});
