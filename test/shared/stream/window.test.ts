import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { startOf, tumbling } from '../../../shared/stream/window.ts';

describe('startOf()', () => {
  it('puts an event on the boundary into the later window', () => {
    expect([startOf(2999, 3000), startOf(3000, 3000)]).toEqual([0, 3000]);
  });

  it('is right before the epoch', () => {
    expect([startOf(-1, 3000), startOf(-3000, 3000)]).toEqual([-3000, -3000]);
  });

  it('gives a window that holds the time', () => {
    fc.assert(
      fc.property(fc.integer(), fc.integer({ min: 1, max: 1e9 }), (timeMs, sizeMs) => {
        const startMs = startOf(timeMs, sizeMs);
        expect(startMs <= timeMs && timeMs < startMs + sizeMs).toBe(true);
        expect(Math.abs(startMs % sizeMs)).toBe(0);
      }),
    );
  });
});

describe('tumbling()', () => {
  it.each([0, -1, 1.5, Number.NaN])('refuses a length of %s', (sizeMs) => {
    expect(() => tumbling(sizeMs)).toThrow('sizeMs must be a positive integer');
  });
});
